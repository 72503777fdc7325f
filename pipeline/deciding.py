"""Reviewers' decisions: their file read into the record, and who must be redacted anew for them.

Rules: `pipeline.domain.redaction.decisions`.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.domain.intake.planning import DECIDABLE, Ledger
from pipeline.domain.redaction.decisions import (
    WHAT,
    Problem,
    Ruling,
    in_force,
    read_decisions,
    recorded,
    report,
    ruling_for,
)
from pipeline.errors import RegisterError
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage, sha256
from pipeline.tables import TABLES, parquet_bytes, to_arrow

RECORD = "redaction_decisions"
OUTCOMES = "decision_outcomes"
NOT_CARRIED_OUT = {
    "known_name": "a name of the register is never kept",
    "outweighed": "another decision masks it",
    "part_of_more": "it is part of a longer redaction; write all of that",
}

MOST_NUMBERS = 20


class Reading(NamedTuple):
    """The record after a look at the file, and what a person should know of the file."""

    record: pd.DataFrame
    problems: list[Problem]
    broken: str = ""
    """Why the whole file could not be read; what was decided before holds."""

    @property
    def lines(self) -> list[str]:
        """All that is wrong, as lines for a person, without values."""
        return [self.broken] if self.broken else report(self.problems)


def read_the_file(storage: Storage, landing: Landing) -> Reading:
    """What the record would be with the file as it is now; nothing is written."""
    before = storage.read_table(RECORD)
    try:
        content = landing.read_decisions()
        if content is None or not content.strip():
            return Reading(before, [])
        decided = read_decisions(content)
    except RegisterError as error:
        return Reading(before, [], str(error))
    except (ValueError, MemoryError):
        return Reading(before, [], f"{WHAT} is no table; save it as CSV UTF-8.")
    return Reading(recorded(before, decided.decisions), decided.problems)


def is_news(storage: Storage, reading: Reading) -> bool:
    """Whether the file says something that the record does not hold yet."""
    content = parquet_bytes(to_arrow(TABLES[RECORD], reading.record))
    path = storage.table_path(RECORD)
    return content != (storage.read_bytes(path) if storage.exists(path) else b"") and (
        len(reading.record) > 0
    )


def due(storage: Storage, ledger: Ledger, finished: set[str]) -> set[str]:
    """Conversations whose redaction does not rest on the decisions in force.

    Compared are the decisions whose words stand in the turns with those that were applied. A batch
    that needed nothing under the same decisions is not compared again; one that is not finished
    reads the decisions when it is run. One that is in the record no more was erased with a person:
    that unmasks nobody.
    """
    decisions = in_force(storage.read_table(RECORD))
    if not decisions:
        return set()
    identity = sha256(repr(sorted(decisions.items())).encode())
    by_batch: dict[str, set[str]] = {}
    for record in ledger.records.values():
        conversation = record.entry.conversation_id
        is_taken = record.reason is None or record.reason in DECIDABLE
        if conversation and is_taken and record.batch_id in finished:
            by_batch.setdefault(record.batch_id, set()).add(conversation)
    return {
        conversation
        for batch_id, conversations in sorted(by_batch.items())
        for conversation in _due_in(storage, batch_id, conversations, decisions, identity)
    }


def _due_in(
    storage: Storage,
    batch_id: str,
    conversations: set[str],
    decisions: Mapping[str, Ruling],
    identity: str,
) -> set[str]:
    memo = f"restricted/batches/{batch_id}/decided.json"
    if storage.exists(memo) and storage.read_json(memo) == {"decisions": identity}:
        return set()
    turns, applied = storage.read_table("turns", batch_id), storage.read_table(OUTCOMES, batch_id)
    found = {
        str(conversation)
        for conversation, own in turns.groupby("conversation_id")
        if conversation in conversations
        and not _applied(ruling_for(decisions, str(conversation), list(own["text"])))
        <= set(applied.loc[applied["conversation_id"].eq(conversation), "decision_id"])
    }
    if not found:
        storage.write_json(memo, {"decisions": identity})
    return found


def _applied(ruling: Ruling) -> set[str]:
    return {decision.decision_id for decision in ruling}


# What people are told


def told(storage: Storage, live: Mapping[str, str]) -> Iterator[str]:
    """What became of the decisions in force, by number in the record; never their words."""
    record = storage.read_table(RECORD)
    if record.empty:
        return
    holding = {d.decision_id for ruling in in_force(record).values() for d in ruling}
    newest = record[record["decision_id"].isin(holding)].drop_duplicates("decision_id", keep="last")
    number = dict(zip(newest["decision_id"], newest["position"], strict=True))
    parts = [storage.read_table(OUTCOMES, batch_id) for batch_id in sorted({*live.values()})]
    met = pd.concat(parts, ignore_index=True) if parts else storage.read_table(RECORD).iloc[:0]
    yield f"{len(number)} decisions of reviewers are in force"
    unmet = sorted(set(number) - set(met["decision_id"]), key=lambda d: number[d])
    if unmet:
        yield f"  no longer or not yet met in any conversation: {_numbers(number, unmet)}"
    for outcome, why in NOT_CARRIED_OUT.items():
        those = met.loc[met["outcome"].eq(outcome), "decision_id"] if parts else ()
        refused = sorted({*those} & set(number), key=lambda d: number[d])
        if refused:
            yield f"  not kept, for {why}: {_numbers(number, refused)}"


def _numbers(number: Mapping[str, int], decisions: list[str]) -> str:
    shown = ", ".join(str(number[d]) for d in decisions[:MOST_NUMBERS])
    more = len(decisions) - MOST_NUMBERS
    return f"number {shown}" + (f" and {more} more" if more > 0 else "")
