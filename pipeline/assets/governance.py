"""Governance: what people keep in spreadsheets in, tables out.

Rules: `pipeline.domain.governance.register`, `pipeline.domain.redaction.decisions` and
`pipeline.domain.themes.decisions`.
"""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Check, check_specs_for, publish
from pipeline.deciding import personal_types, read_the_file, read_the_theme_file
from pipeline.domain.governance.register import read_register
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.domain.themes.decisions import checked
from pipeline.resources.detector import Detector
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

NO_PROBLEMS = Check(
    "participants",
    "every_register_row_is_usable",
    "No row of the register has errors; a row that has keeps its conversation in quarantine.",
    blocking=False,
)
DECISIONS_ARE_READ = Check(
    "redaction_decisions",
    "every_row_of_the_file_is_usable",
    "The file of reviewers' decisions can be read, row for row; a row that cannot decides nothing, "
    "and what was decided before holds.",
    blocking=False,
)
THEME_DECISIONS_ARE_READ = Check(
    "theme_decisions",
    "every_row_of_the_file_is_usable",
    "The file of decisions about themes can be read, row for row; a row that cannot decides "
    "nothing, and what was decided before holds.",
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


@dg.multi_asset(
    name="read_the_decisions",
    specs=[table_spec("redaction_decisions")],
    check_specs=check_specs_for("redaction_decisions", checks=[DECISIONS_ARE_READ]),
    pool="register",
)
@quoting_nobody
def read_the_decisions(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    expectations: Expectations,
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    """What reviewers decided to mask and to keep; the table only grows."""
    reading = read_the_file(storage, landing)
    checks = {DECISIONS_ARE_READ: reading.unusable}
    tables = {"redaction_decisions": reading.record}
    yield from publish(context, storage, expectations, tables, checks)


@dg.multi_asset(
    name="read_the_theme_decisions",
    specs=[table_spec("theme_decisions", deps=["known_names", "redaction_decisions"])],
    check_specs=check_specs_for("theme_decisions", checks=[THEME_DECISIONS_ARE_READ]),
    pool="models",
)
@quoting_nobody
def read_the_theme_decisions(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    detector: Detector,
    expectations: Expectations,
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    """What people decided about themes; words that they wrote are searched for names."""
    reading = read_the_theme_file(storage, landing)
    types_in = personal_types(storage, detector, read_keep_list(programme.gazetteer()))
    checks = {THEME_DECISIONS_ARE_READ: reading.unusable}
    tables = {"theme_decisions": checked(reading.record, types_in)}
    yield from publish(context, storage, expectations, tables, checks)
