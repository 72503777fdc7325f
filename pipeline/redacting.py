"""Redacting a batch: each conversation alone, and one that cannot be redacted set aside.

Rules: `pipeline.domain.redaction`. What happened to a batch: `redacted_batch`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from pipeline.checks.redaction import still_personal
from pipeline.domain.intake.reading import SetAside, quarantine_table
from pipeline.domain.redaction.canaries import counted, covered, sow
from pipeline.domain.redaction.conversation import Redacted, redact_conversation
from pipeline.domain.redaction.decisions import Ruling, outcomes, ruling_for
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.residue import Suspicion, is_grave, review, suspicions, tokens
from pipeline.domain.redaction.spans import Finding
from pipeline.errors import GateError
from pipeline.receiving import read_manifest
from pipeline.resources.auditor import Auditor
from pipeline.resources.compute import Compute
from pipeline.resources.detector import Detector
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty

FAILED = "redaction_failed"
RESIDUE = "still_personal"
NAMED = "still_named"


class Work(NamedTuple):
    """One conversation: its turns, what the register knows, what reviewers decided."""

    turns: pd.DataFrame
    known_names: pd.DataFrame
    ruling: Ruling


class Audited(NamedTuple):
    """One conversation redacted, searched anew, and its decisions' outcomes."""

    redacted: Redacted
    suspicions: list[Suspicion]
    outcomes: pd.DataFrame


class RedactedBatch(NamedTuple):
    """What a batch became; `set_aside` maps each conversation that failed to reason and place."""

    redacted_turns: pd.DataFrame
    redactions: pd.DataFrame
    generalisations: pd.DataFrame
    review: pd.DataFrame
    outcomes: pd.DataFrame
    set_aside: dict[str, tuple[str, str]]
    too_many: list[str]


def raw_turns(storage: Storage, batch_id: str) -> pd.DataFrame:
    """The turns of a batch before redaction.

    Raises
    ------
    GateError
        If they are kept no longer: redacting none would publish a batch without words.
    """
    if not storage.exists(storage.table_path("turns", batch_id)):
        raise GateError(
            f"The raw turns of batch {batch_id} are kept no longer; run the whole batch, which "
            "reads its files in landing again"
        )
    return storage.read_table("turns", batch_id)


def redacted_batch(
    turns: pd.DataFrame,
    known_names: pd.DataFrame,
    decisions: Mapping[str, Ruling],
    detector: Detector,
    auditor: Auditor,
    keep: KeepList,
    settings: Settings,
    compute: Compute,
) -> RedactedBatch:
    """Every conversation redacted and audited, apart from those set aside and named.

    Parameters
    ----------
    decisions : mapping of conversation id to Ruling
        What reviewers decided, as `in_force` gives it.
    """
    conversations = {
        conversation: Work(
            own,
            _of(known_names, conversation),
            ruling_for(decisions, conversation, list(own["text"])),
        )
        for conversation, own in _by_conversation(turns).items()
    }
    # A resource cannot be sent to another process, only what it is made from.
    made_from = [(type(resource), resource.model_dump()) for resource in (detector, auditor)]
    sent = partial(_redact, made_from=made_from, keep=keep)
    mapped = compute.map(sent, conversations, "redaction", settings.workers)
    aside = {conversation: (FAILED, place) for conversation, place in mapped.failures.items()}
    for conversation, done in mapped.results.items():
        aside |= _refused(conversation, done, conversations[conversation].known_names)
    kept = [done.redacted for c, done in mapped.results.items() if c not in aside]
    return RedactedBatch(
        _joined("redacted_turns", [redacted.redacted_turns for redacted in kept]),
        _joined("redactions", [redacted.redactions for redacted in kept]),
        _joined("generalisations", [redacted.generalisations for redacted in kept]),
        review(
            {c: done.suspicions for c, done in mapped.results.items()},
            {c: done.redacted.redacted_turns for c, done in mapped.results.items()},
        ),
        _joined("decision_outcomes", [done.outcomes for done in mapped.results.values()]),
        aside,
        _too_many(aside, len(conversations), settings),
    )


def audited(work: Work, detector: Detector, auditor: Auditor, keep: KeepList) -> Audited:
    """One conversation redacted, and what a second search finds in it afterwards."""
    turns, known_names, ruling = work
    redacted = redact_conversation(
        turns, known_names, detector.find, keep, ruling, without=detector.without
    )
    ordered = turns.sort_values("turn", kind="stable", ignore_index=True)
    texts, after = list(ordered["text"]), list(redacted.redacted_turns["text"])
    found = _findings(ordered, redacted.redactions)
    told = tokens(texts, found, sorted(set(known_names["name"])))
    return Audited(
        redacted,
        suspicions(after, told, auditor.find(after), keep, ruling),
        _outcomes_table(turns, outcomes(texts, found, ruling)),
    )


def canary_counts(
    turns: pd.DataFrame,
    detector: Detector,
    keep: KeepList,
    settings: Settings,
    compute: Compute,
) -> pd.DataFrame:
    """How many canaries the detector finds in copies of the batch's turns: counts, no words."""
    sown = sow(turns, settings.canaries_per_group)
    sent = partial(_redact_copy, detector=type(detector), options=detector.model_dump(), keep=keep)
    mapped = compute.map(sent, sown.copies, "canaries", settings.workers)
    return counted(sown.canaries, covered(sown.canaries, sown.copies, mapped.results))


def put_in_quarantine(
    storage: Storage, batch_id: str, set_aside: Mapping[str, tuple[str, str]]
) -> None:
    """Replace what an earlier redaction of the batch set aside; rows of intake stay."""
    entries = {entry.conversation_id: entry for entry in read_manifest(storage, batch_id)}
    rows = [
        SetAside(entries[conversation], reason, place)
        for conversation, (reason, place) in sorted(set_aside.items())
    ]
    before = storage.read_table("quarantine", batch_id)
    intake = before[~before["reason"].isin([FAILED, RESIDUE, NAMED])]
    after = pd.concat([intake, quarantine_table(rows, set_aside)], ignore_index=True)
    if len(after) != len(intake) or len(before) != len(intake):
        storage.write_table("quarantine", after, batch_id)


def _redact(
    work: Work, made_from: Sequence[tuple[type[Any], Mapping[str, Any]]], keep: KeepList
) -> Audited:
    detector, auditor = (kind(**options) for kind, options in made_from)
    return audited(work, detector, auditor, keep)


def _redact_copy(
    turns: pd.DataFrame, detector: type[Detector], options: Mapping[str, Any], keep: KeepList
) -> pd.DataFrame:
    nobody = empty(TABLES["known_names"])
    return redact_conversation(turns, nobody, detector(**options).find, keep).redactions


def _refused(
    conversation: str, done: Audited, known_names: pd.DataFrame
) -> dict[str, tuple[str, str]]:
    """The conversation with reason and place, if something personal is known to be left in it."""
    residue = still_personal(done.redacted.redacted_turns, known_names)
    if residue:
        return {conversation: (RESIDUE, f"{len(residue)} turns")}
    grave = {s.row for s in done.suspicions if is_grave(s)}
    return {conversation: (NAMED, f"{len(grave)} turns")} if grave else {}


def _findings(turns: pd.DataFrame, redactions: pd.DataFrame) -> list[list[Finding]]:
    """What was redacted in each turn, as redaction found it."""
    by_turn: dict[int, list[Finding]] = {int(turn): [] for turn in turns["turn"]}
    columns = (redactions[name] for name in ("turn", *Finding._fields))
    for turn, *values in zip(*columns, strict=True):
        by_turn[int(turn)].append(Finding(*values))
    return list(by_turn.values())


def _outcomes_table(turns: pd.DataFrame, told: Mapping[Any, tuple[int, str]]) -> pd.DataFrame:
    rows = [
        (turns["conversation_id"].iloc[0], decision.decision_id, n_mentions, outcome)
        for decision, (n_mentions, outcome) in told.items()
    ]
    none = empty(TABLES["decision_outcomes"])
    return pd.DataFrame(rows, columns=none.columns).astype(none.dtypes.to_dict())


def _by_conversation(turns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(conversation): own for conversation, own in turns.groupby("conversation_id")}


def _of(known_names: pd.DataFrame, conversation: str) -> pd.DataFrame:
    return known_names.loc[known_names["conversation_id"].eq(conversation)]


def _joined(table: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else empty(TABLES[table])


def _too_many(aside: Mapping[str, object], asked: int, settings: Settings) -> list[str]:
    few = len(aside) < settings.min_quarantined_to_stop
    return [] if few or len(aside) <= settings.max_quarantined_share * asked else sorted(aside)
