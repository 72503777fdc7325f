"""Redacting a batch: each conversation alone, and one that cannot be redacted set aside.

Rules: `pipeline.domain.redaction`. What happened to a batch: `redacted_batch`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from pipeline.checks.redaction import still_personal
from pipeline.domain.intake.reading import SetAside, quarantine_table
from pipeline.domain.redaction.conversation import Redacted, redact_conversation
from pipeline.domain.redaction.keep import KeepList
from pipeline.receiving import read_manifest
from pipeline.resources.compute import Compute
from pipeline.resources.detector import Detector
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty

FAILED = "redaction_failed"
RESIDUE = "still_personal"


class RedactedBatch(NamedTuple):
    """What a batch became; `set_aside` maps each conversation that failed to reason and place."""

    redacted_turns: pd.DataFrame
    redactions: pd.DataFrame
    generalisations: pd.DataFrame
    set_aside: dict[str, tuple[str, str]]
    too_many: list[str]


def redacted_batch(
    turns: pd.DataFrame,
    known_names: pd.DataFrame,
    detector: Detector,
    keep: KeepList,
    settings: Settings,
    compute: Compute,
) -> RedactedBatch:
    """Every conversation redacted, apart from those set aside and named."""
    conversations = {
        conversation: (own, _of(known_names, conversation))
        for conversation, own in _by_conversation(turns).items()
    }
    # A resource cannot be sent to another process, only what it is made from.
    sent = partial(_redact, detector=type(detector), options=detector.model_dump(), keep=keep)
    mapped = compute.map(sent, conversations, "redaction", settings.workers)
    aside = {conversation: (FAILED, place) for conversation, place in mapped.failures.items()}
    for conversation, redacted in mapped.results.items():
        residue = still_personal(redacted.redacted_turns, conversations[conversation][1])
        if residue:
            aside[conversation] = (RESIDUE, f"{len(residue)} turns")
    kept = [redacted for c, redacted in mapped.results.items() if c not in aside]
    return RedactedBatch(
        _joined("redacted_turns", [redacted.redacted_turns for redacted in kept]),
        _joined("redactions", [redacted.redactions for redacted in kept]),
        _joined("generalisations", [redacted.generalisations for redacted in kept]),
        aside,
        _too_many(aside, len(conversations), settings),
    )


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
    intake = before[~before["reason"].isin([FAILED, RESIDUE])]
    after = pd.concat([intake, quarantine_table(rows, set_aside)], ignore_index=True)
    if len(after) != len(intake) or len(before) != len(intake):
        storage.write_table("quarantine", after, batch_id)


def _redact(
    argument: tuple[pd.DataFrame, pd.DataFrame],
    detector: type[Detector],
    options: Mapping[str, Any],
    keep: KeepList,
) -> Redacted:
    turns, known_names = argument
    return redact_conversation(turns, known_names, detector(**options).find, keep)


def _by_conversation(turns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(conversation): own for conversation, own in turns.groupby("conversation_id")}


def _of(known_names: pd.DataFrame, conversation: str) -> pd.DataFrame:
    return known_names.loc[known_names["conversation_id"].eq(conversation)]


def _joined(table: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else empty(TABLES[table])


def _too_many(aside: Mapping[str, object], asked: int, settings: Settings) -> list[str]:
    few = len(aside) < settings.min_quarantined_to_stop
    return [] if few or len(aside) <= settings.max_quarantined_share * asked else sorted(aside)
