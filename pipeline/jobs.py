"""What can be asked for: take a batch in, rebuild what rests on the whole corpus, erase."""

import dagster as dg

from pipeline.receiving import mark_stopped

REGISTER_TABLES = dg.AssetSelection.assets("participants", "known_names", "consent")
BATCH_TABLES = dg.AssetSelection.assets("turns", "quarantine") | dg.AssetSelection.groups(
    "redaction", "validation", "embedding"
)
CORPUS_TABLES = dg.AssetSelection.groups("themes", "stories", "release")


@dg.failure_hook(required_resource_keys={"storage"})
def remember_that_a_gate_stopped_the_batch(context: dg.HookContext) -> None:
    """A gate's refusal stands until a person or a new file changes something; a crash does not."""
    if not isinstance(context.op_exception, dg.Failure):
        return
    run = context.instance.get_run_by_id(context.run_id)
    if run and "dagster/partition" in run.tags:
        mark_stopped(context.resources.storage, run.tags["dagster/partition"])


admit_batch = dg.define_asset_job(
    "admit_batch",
    selection=REGISTER_TABLES | BATCH_TABLES,
    hooks={remember_that_a_gate_stopped_the_batch},
    description="Take one intake batch from files to embedded segments.",
)

refresh_register = dg.define_asset_job(
    "refresh_register",
    selection=REGISTER_TABLES,
    description="Read the register again: who took part, and who may hear what.",
)

nightly = dg.define_asset_job(
    "nightly",
    selection=REGISTER_TABLES | CORPUS_TABLES,
    description="Themes, stories and releases over all conversations.",
)

jobs = [admit_batch, refresh_register, nightly]
