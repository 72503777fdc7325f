"""What may be kept, of whom and how long. Rules: `pipeline.domain.governance`."""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.keeping import (
    EVERYBODY_WHO_WITHDREW_IS_GONE,
    NO_ORIGINAL_IS_KEPT_TOO_LONG,
    NOTHING_IS_TO_BE_CALLED_BACK,
)
from pipeline.domain.governance.recalls import to_tell
from pipeline.keeping import (
    enforce,
    erase_the_withdrawn,
    overdue_originals,
    recalls_now,
    take_out,
)
from pipeline.receiving import today
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

FIRST, SECOND, THIRD = ({"dagster/priority": n} for n in ("12", "11", "10"))
"""Before the night's other work, which waits for none of this and must not fail with it."""


@dg.multi_asset(
    name="erase_who_withdrew",
    specs=[table_spec("erasures", deps=["consent"])],
    check_specs=check_specs_for("erasures", checks=[EVERYBODY_WHO_WITHDREW_IS_GONE]),
    pool="corpus",
    op_tags=FIRST,
)
@quoting_nobody
def erase_who_withdrew(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Whoever withdrew in the register is erased from every layer; what is left is an alarm."""
    done = erase_the_withdrawn(
        storage, landing, programme.settings(), context.instance, own_run=context.run.run_id
    )
    checks = {EVERYBODY_WHO_WITHDREW_IS_GONE: done.left}
    tables = {"erasures": storage.read_table("erasures")}
    yield from publish(context, storage, expectations, tables, checks)


@dg.multi_asset(
    name="recall_releases",
    specs=[table_spec("recalls", deps=["consent"])],
    check_specs=check_specs_for("recalls", checks=[NOTHING_IS_TO_BE_CALLED_BACK]),
    pool="corpus",
    op_tags=SECOND,
)
@quoting_nobody
def recall_releases(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    expectations: Expectations,
) -> Events:
    """Releases that hold what their audience may hear no more are taken out, and told of."""
    recalls = take_out(storage, recalls_now(storage, landing))
    told = sorted({f"{row['audience']} {row['release_id']}" for row in to_tell(recalls, today())})
    checks = {NOTHING_IS_TO_BE_CALLED_BACK: told}
    yield from publish(context, storage, expectations, {"recalls": recalls}, checks)


@dg.multi_asset(
    name="keep_no_longer",
    specs=[table_spec("retention", deps=["consent"], freshness_policy=NIGHTLY)],
    check_specs=check_specs_for("retention", checks=[NO_ORIGINAL_IS_KEPT_TOO_LONG]),
    pool="corpus",
    op_tags=THIRD,
)
@quoting_nobody
def keep_no_longer(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """What the programme's clocks say is due is taken away."""
    table = enforce(storage, landing, programme.clocks())
    checks = {NO_ORIGINAL_IS_KEPT_TOO_LONG: overdue_originals(table)}
    yield from publish(context, storage, expectations, {"retention": table}, checks)
