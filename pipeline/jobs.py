"""What can be asked for: take a batch in, rebuild what rests on the whole corpus, erase."""

import dagster as dg
from pydantic import Field

from pipeline.assets.governance import read_the_decisions, read_the_register
from pipeline.erasing import erase_from
from pipeline.headless import only_one
from pipeline.receiving import mark_stopped
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage

REGISTER_TABLES = dg.AssetSelection.assets(
    "participants", "known_names", "consent", "redaction_decisions"
)
THEME_DECISIONS = dg.AssetSelection.assets("theme_decisions")
SIGN_OFFS = dg.AssetSelection.assets("approvals", "clearances", "actions")
KEEPING = dg.AssetSelection.assets("erasures", "recalls", "retention")
REPRESENTATION = dg.AssetSelection.assets(
    "representation", "representation_summary", "interviewers", "inequalities", "pipeline_equity"
)
LEDGER = dg.AssetSelection.assets("contributions")
BATCH_TABLES = dg.AssetSelection.assets(
    "turns", "quarantine", "placements"
) | dg.AssetSelection.groups("redaction", "validation", "embedding")
WEEKLY_TABLES = dg.AssetSelection.assets("theme_drift")
CORPUS_TABLES = (
    dg.AssetSelection.groups("themes", "stories", "exchange", "release")
    - WEEKLY_TABLES
    - dg.AssetSelection.assets("placements")
)


@dg.failure_hook(required_resource_keys={"storage"})
def remember_that_a_gate_stopped_the_batch(context: dg.HookContext) -> None:
    """A gate's refusal stands until a person or a new file changes something; a crash does not.

    Nor does a refused register: it is no fault of the batch, which runs once that is mended.
    """
    is_of_the_batch = context.op.name not in {read_the_register.op.name, read_the_decisions.op.name}
    if not isinstance(context.op_exception, dg.Failure) or not is_of_the_batch:
        return
    run = context.instance.get_run_by_id(context.run_id)
    if run and "dagster/partition" in run.tags:
        mark_stopped(context.resources.storage, run.tags["dagster/partition"])


admit_batch = dg.define_asset_job(
    "admit_batch",
    selection=REGISTER_TABLES | BATCH_TABLES,
    hooks={remember_that_a_gate_stopped_the_batch},
    description="Take one intake batch from files to embedded segments, placed in the live themes.",
)

refresh_register = dg.define_asset_job(
    "refresh_register",
    selection=REGISTER_TABLES | KEEPING | THEME_DECISIONS | SIGN_OFFS,
    description="Read register, decisions, sign-offs and actions again: who may hear what, who is "
    "to be erased, and what may be kept no longer.",
)

nightly = dg.define_asset_job(
    "nightly",
    selection=(
        REGISTER_TABLES
        | KEEPING
        | THEME_DECISIONS
        | CORPUS_TABLES
        | REPRESENTATION
        | SIGN_OFFS
        | LEDGER
    ),
    description="Themes, stories and releases over all conversations.",
)

weekly = dg.define_asset_job(
    "weekly",
    selection=WEEKLY_TABLES,
    description="How far the themes have drifted from what would be found today.",
)


class Erasure(dg.Config):
    """Whom to erase."""

    conversation_ids: list[str] = Field(description="Conversations to erase from every layer.")


@dg.op(pool="corpus", description="Remove conversations from every layer and certify it.")
def erase_conversations(
    context: dg.OpExecutionContext, config: Erasure, storage: Storage, landing: Landing
) -> None:
    """Fails beside another run, and when the search afterwards finds something; run it again."""
    with only_one(storage.root):
        certificates = erase_from(
            storage, landing, config.conversation_ids, context.instance, own_run=context.run_id
        )
    found = sum(sum(certificate.residual.values()) for certificate in certificates)
    context.log.info("%d certificates, %d residual hits", len(certificates), found)
    if found:
        raise dg.Failure(f"{found} residual hits: run the erasure again", allow_retries=False)


@dg.job(description="Erase conversations; run nightly afterwards, so that releases are built anew.")
def erase() -> None:
    """Erasure as an operator starts it from Dagster's pages."""
    erase_conversations()


jobs = [admit_batch, refresh_register, nightly, weekly, erase]
