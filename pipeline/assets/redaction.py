"""Redaction: turns in, redacted turns out. Rules: `pipeline.domain.redaction`."""

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.redaction import (
    CANARIES_ARE_FOUND,
    COUNTS_AGREE,
    GIVEN_AWAY,
    MOST_ARE_REDACTED,
    NO_TURN_LOST,
    NOBODY_PROTECTED_LESS,
    SECOND_PASS,
    lost_or_altered,
    still_given_away,
    still_personal,
    unaccounted,
)
from pipeline.domain.redaction.canaries import found_less, too_few
from pipeline.domain.redaction.decisions import in_force
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.partitions import intake_batches
from pipeline.redacting import canary_counts, put_in_quarantine, raw_turns, redacted_batch
from pipeline.resources.auditor import Auditor
from pipeline.resources.compute import Compute
from pipeline.resources.detector import Detector
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

READ = ("turns", "known_names", "redaction_decisions")


@dg.multi_asset(
    name="sow_canaries",
    specs=[table_spec("redaction_canaries", deps=["turns"])],
    check_specs=check_specs_for(
        "redaction_canaries", checks=[CANARIES_ARE_FOUND, NOBODY_PROTECTED_LESS]
    ),
    partitions_def=intake_batches,
    pool="models",
)
@quoting_nobody
def sow_canaries(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    detector: Detector,
    compute: Compute,
    expectations: Expectations,
) -> Events:
    """Made-up identifiers in copies of the batch's turns: how many redaction finds, by group."""
    settings = programme.settings()
    keep = read_keep_list(programme.gazetteer())
    turns = raw_turns(storage, context.partition_key)
    counts = canary_counts(turns, detector, keep, settings, compute)
    checks = {
        CANARIES_ARE_FOUND: too_few(counts, settings.min_canary_recall),
        NOBODY_PROTECTED_LESS: found_less(
            counts, settings.max_canary_gap, settings.max_canary_chance
        ),
    }
    tables = {"redaction_canaries": counts}
    yield from publish(context, storage, expectations, tables, checks)


@dg.multi_asset(
    name="redact",
    specs=[
        table_spec("redacted_turns", deps=[*READ, "redaction_canaries"], kinds={"presidio"}),
        table_spec("redactions", deps=READ, kinds={"presidio"}),
        table_spec("generalisations", deps=READ),
        table_spec("redaction_review", deps=READ, kinds={"presidio"}),
        table_spec("decision_outcomes", deps=READ),
    ],
    check_specs=check_specs_for(
        "redacted_turns",
        "redactions",
        "generalisations",
        "redaction_review",
        "decision_outcomes",
        checks=[NO_TURN_LOST, SECOND_PASS, COUNTS_AGREE, MOST_ARE_REDACTED, GIVEN_AWAY],
    ),
    partitions_def=intake_batches,
    pool="models",
)
@quoting_nobody
def redact(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    detector: Detector,
    auditor: Auditor,
    compute: Compute,
    expectations: Expectations,
) -> Events:
    """Personal data replaced by its type; a conversation that resists goes to quarantine."""
    batch_id, settings = context.partition_key, programme.settings()
    keep = read_keep_list(programme.gazetteer())
    turns, names = raw_turns(storage, batch_id), storage.read_table("known_names")
    decisions = in_force(storage.read_table("redaction_decisions"))
    batch = redacted_batch(turns, names, decisions, detector, auditor, keep, settings, compute)
    put_in_quarantine(storage, batch_id, batch.set_aside)
    redacted, redactions = batch.redacted_turns, batch.redactions
    checks = {
        NO_TURN_LOST: lost_or_altered(turns, redacted, batch.set_aside.keys()),
        SECOND_PASS: still_personal(redacted, names),
        COUNTS_AGREE: unaccounted(redacted, redactions),
        MOST_ARE_REDACTED: batch.too_many,
        GIVEN_AWAY: still_given_away(redacted, batch.review),
    }
    tables = {
        "redacted_turns": redacted,
        "redactions": redactions,
        "generalisations": batch.generalisations,
        "redaction_review": batch.review,
        "decision_outcomes": batch.outcomes,
    }
    yield from publish(context, storage, expectations, tables, checks)
