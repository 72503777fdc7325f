"""Redaction: turns in, redacted turns out. Rules: `pipeline.domain.redaction`."""

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.redaction import (
    COUNTS_AGREE,
    GIVEN_AWAY,
    MOST_ARE_REDACTED,
    NO_TURN_LOST,
    SECOND_PASS,
    lost_or_altered,
    still_given_away,
    still_personal,
    unaccounted,
)
from pipeline.domain.redaction.decisions import in_force
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.partitions import intake_batches
from pipeline.redacting import put_in_quarantine, redacted_batch
from pipeline.resources.auditor import Auditor
from pipeline.resources.compute import Compute
from pipeline.resources.detector import Detector
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


@dg.multi_asset(
    name="redact",
    specs=[
        table_spec("redacted_turns", deps=["turns", "known_names"], kinds={"presidio"}),
        table_spec("redactions", deps=["turns", "known_names"], kinds={"presidio"}),
        table_spec("generalisations", deps=["turns", "known_names"]),
        table_spec("redaction_review", deps=["turns", "known_names"], kinds={"presidio"}),
        table_spec("decision_outcomes", deps=["turns", "redaction_decisions"]),
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
    turns, names = storage.read_table("turns", batch_id), storage.read_table("known_names")
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
