"""Intake: the files of a batch in, turns and quarantine out. Rules: `pipeline.domain.intake`."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import MOST_IDS, Check, check_specs_for, publish
from pipeline.partitions import intake_batches
from pipeline.receiving import lost_by, take_in
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

NOT_TOO_MANY = Check(
    "turns",
    "not_too_many_are_set_aside",
    "Most of the batch can be read (setting max_quarantined_share); if not, an export or the "
    "register is wrong, and quarantine says how.",
)


@dg.multi_asset(
    name="read_transcripts",
    specs=[
        table_spec("quarantine", deps=["participants"]),
        table_spec("turns", deps=["participants"]),
    ],
    check_specs=check_specs_for("quarantine", "turns", checks=[NOT_TOO_MANY]),
    partitions_def=intake_batches,
    pool="intake",
)
@quoting_nobody
def read_transcripts(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    expectations: Expectations,
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    """Why files were set aside is published even when they are too many to go on."""
    taken = take_in(storage, landing, programme.settings(), context.partition_key)
    lost = lost_by(storage, context.partition_key, taken)
    if lost:
        raise dg.Failure(
            f"{len(lost)} files of this finished batch are no longer as they were, so it cannot be "
            "read again and stays as it is; a changed file is taken in by a later batch",
            metadata={"files": dg.MetadataValue.text(", ".join(lost[:MOST_IDS]))},
            allow_retries=False,
        )
    yield from publish(context, storage, expectations, {"quarantine": taken.quarantine})
    checks = {NOT_TOO_MANY: taken.not_too_many}
    for event in publish(context, storage, expectations, {"turns": taken.turns}, checks):
        if isinstance(event, dg.MaterializeResult):
            counts = {f"left out: {kind}": dg.MetadataValue.int(n) for kind, n in taken.left_out}
            yield event._replace(metadata={**(event.metadata or {}), **counts})
        else:
            yield event
