"""Validation: redacted turns in, segments out. Rules: `pipeline.domain.validation`."""

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import MOST_IDS, Events, check_specs_for, publish
from pipeline.checks.validation import (
    EVERYONE_CONSENTED,
    VERBATIM,
    not_consented,
    not_verbatim,
)
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.governance.consent import may_go_on
from pipeline.domain.validation.segments import cut_segments
from pipeline.domain.validation.voice import with_voices
from pipeline.errors import PipelineError
from pipeline.partitions import intake_batches
from pipeline.receiving import today
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


@dg.multi_asset(
    name="cut",
    specs=[
        table_spec("segments", deps=["redacted_turns", "consent"]),
        table_spec("exclusions", deps=["redacted_turns", "consent"]),
    ],
    check_specs=check_specs_for("segments", "exclusions", checks=[VERBATIM, EVERYONE_CONSENTED]),
    partitions_def=intake_batches,
    pool="models",
)
@quoting_nobody
def cut(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    encoder: Encoder,
    expectations: Expectations,
) -> Events:
    """Windows of participants' answers and their voice; what is left out is counted by reason."""
    turns = storage.read_table("redacted_turns", context.partition_key)
    people = may_go_on(storage.read_table("consent"), today())
    lapsed = sorted(set(turns["conversation_id"]) - people.keys())
    if lapsed:
        raise PipelineError(
            f"Consent for {', '.join(lapsed[:MOST_IDS])} lapsed while the batch was under way; run "
            "the batch again, then intake sets them aside"
        )
    tables = cut_segments(turns, people, programme.settings())
    heard = encoder.hear(texts_to_embed(tables.segments))
    tables = tables._replace(segments=with_voices(tables.segments, heard))
    checks = {
        VERBATIM: not_verbatim(tables.segments, turns),
        EVERYONE_CONSENTED: not_consented(tables.segments, people),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)
