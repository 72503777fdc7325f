"""Governance: the register in, its tables out. Rules: `pipeline.domain.governance.register`."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Check, check_specs_for, publish
from pipeline.domain.governance.register import read_register
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage

NO_PROBLEMS = Check(
    "participants",
    "every_register_row_is_usable",
    "No row of the register has errors; a row that has keeps its conversation in quarantine.",
    blocking=False,
)


@dg.multi_asset(
    name="read_the_register",
    specs=[table_spec(name) for name in ("participants", "known_names", "consent")],
    check_specs=check_specs_for("participants", "known_names", "consent", checks=[NO_PROBLEMS]),
    pool="register",
)
@quoting_nobody
def read_the_register(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    expectations: Expectations,
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    """Who took part, names known beforehand, and who may hear what."""
    register = read_register(landing.read_register())
    tables = {name: getattr(register, name) for name in ("participants", "known_names", "consent")}
    rows = sorted({f"row {row}" for row in register.problems["row"] if row > 1})
    yield from publish(context, storage, expectations, tables, {NO_PROBLEMS: rows})
