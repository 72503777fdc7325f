"""People's decisions: their files read into the records, and who must be redacted anew for them.

Rules: `pipeline.domain.redaction.decisions` and `pipeline.domain.themes.decisions`.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import NamedTuple, TypeVar

import pandas as pd

from pipeline.domain.governance.spreadsheets import report
from pipeline.domain.intake.manifest import Entry
from pipeline.domain.intake.planning import DECIDABLE, Ledger
from pipeline.domain.redaction.conversation import gather
from pipeline.domain.redaction.decisions import (
    EVERYWHERE,
    PROBLEMS,
    WHAT,
    Ruling,
    in_force,
    read_decisions,
    recorded,
    ruling_for,
)
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_name, is_ordinary
from pipeline.domain.themes import decisions as about_themes
from pipeline.errors import RegisterError
from pipeline.resources.detector import Detector
from pipeline.resources.landing import DECISIONS, THEME_DECISIONS, Landing
from pipeline.resources.storage import Storage, sha256
from pipeline.tables import TABLES, parquet_bytes, records, to_arrow

RECORD = "redaction_decisions"
OUTCOMES = "decision_outcomes"
THEME_RECORD = "theme_decisions"
THEME_OUTCOMES = "theme_decision_outcomes"
NOT_CARRIED_OUT = {
    "known_name": "a name of the register is never kept",
    "outweighed": "another decision masks it",
    "part_of_more": "it is part of a longer redaction; write all of that",
}

HARMLESS = frozenset({"AGE", "DATE", "JOB"})
"""Types that say nothing about anybody in the name of a theme: "Young carers", "Staff nurses"."""

MOST_NUMBERS = 20
T = TypeVar("T")


class Reading(NamedTuple):
    """A record after a look at its file, and what a person should know of the file."""

    table: str
    record: pd.DataFrame
    unusable: list[str]
    """Rows that decide nothing; or that it is the whole file."""
    lines: list[str]
    """All that is wrong, as lines for a person, without values."""


def read_the_file(storage: Storage, landing: Landing) -> Reading:
    """What the record would be with the file as it is now; nothing is written."""

    def understand(content: bytes, before: pd.DataFrame) -> Reading:
        decided = read_decisions(content)
        rows = numbered_rows(problem.row for problem in decided.problems)
        record = recorded(before, decided.decisions)
        return Reading(RECORD, record, rows, report(decided.problems, PROBLEMS))

    return _reading(storage, landing, RECORD, DECISIONS, WHAT, understand)


def read_the_theme_file(storage: Storage, landing: Landing) -> Reading:
    """The same of decisions about themes; words that are new were not searched for names yet."""
    lineage = storage.read_table("theme_lineage").sort_values("position")
    last_run_id = "" if lineage.empty else str(lineage["run_id"].iloc[-1])

    def understand(content: bytes, before: pd.DataFrame) -> Reading:
        decided = about_themes.read_theme_decisions(content)
        rows = numbered_rows(problem.row for problem in decided.problems)
        record = about_themes.recorded(before, decided, last_run_id)
        lines = report(decided.problems, about_themes.PROBLEMS)
        return Reading(THEME_RECORD, record, rows, lines)

    what = about_themes.WHAT
    return _reading(storage, landing, THEME_RECORD, THEME_DECISIONS, what, understand)


def _reading(
    storage: Storage,
    landing: Landing,
    table: str,
    file: str,
    what: str,
    understand: Callable[[bytes, pd.DataFrame], Reading],
) -> Reading:
    """A file that is missing or broken leaves the record as it is."""
    before = storage.read_table(table)
    reading, fault = understood(landing, file, what, lambda content: understand(content, before))
    if reading is None:
        return Reading(table, before, *((["the file"], [fault]) if fault else ([], [])))
    return reading


def understood(
    landing: Landing, file: str, what: str, read: Callable[[bytes], T]
) -> tuple[T | None, str]:
    """What a file says, and why nothing of it can be read; a missing or empty one says nothing.

    Parameters
    ----------
    what : str
        What the file is, as the beginning of a sentence.
    """
    try:
        content = landing.read_decisions(file)
        return (read(content) if content and content.strip() else None), ""
    except RegisterError as error:
        return None, str(error)
    except (ValueError, MemoryError):  # whatever people put there, the night goes on without it
        return None, f"{what} is no table; save it as CSV UTF-8."


def numbered_rows(numbers: Iterator[int]) -> list[str]:
    """Each row once, as `row 7`."""
    return [f"row {number}" for number in sorted({*numbers})]


def is_news(storage: Storage, reading: Reading) -> bool:
    """Whether the file says something that the record does not hold yet."""
    content = parquet_bytes(to_arrow(TABLES[reading.table], reading.record))
    path = storage.table_path(reading.table)
    return content != (storage.read_bytes(path) if storage.exists(path) else b"") and (
        len(reading.record) > 0
    )


def personal_types(
    storage: Storage, detector: Detector, keep: KeepList
) -> Callable[[str], set[str]]:
    """What redaction finds in words that people wrote, as it would in a conversation.

    Names of the register count, and what reviewers decided for the whole programme.
    """
    names = about_themes.telling_names(storage.read_table("known_names")["name"])
    ruling = in_force(storage.read_table(RECORD)).get(EVERYWHERE, ())

    def types_in(words: str) -> set[str]:
        (found,) = gather([words], names, detector.find, keep, ruling)
        return {f.entity_type for f in found if not _is_mere_beginning(words, f)} - HARMLESS

    return types_in


def _is_mere_beginning(words: str, finding: Finding) -> bool:
    """Whether an everyday word was taken for a name for its capital alone: "Sea swimming"."""
    said = words[: finding.end].lower().split() if finding.start == 0 else []
    is_guess = finding.rule == "tagger.sentence_start"
    return is_guess and bool(said) and all(is_ordinary(w) and not is_name(w) for w in said)


def due(
    storage: Storage, ledger: Ledger, finished: set[str], original: Callable[[Entry], list[str]]
) -> set[str]:
    """Conversations whose redaction does not rest on the decisions in force.

    Compared are the decisions whose words stand in the turns with those that were applied. A batch
    that needed nothing under the same decisions is not compared again; one that is not finished
    reads the decisions when it is run. One that is in the record no more was erased with a person:
    that unmasks nobody.

    Parameters
    ----------
    original : callable
        The texts of a file in landing: where a batch's raw turns are kept no longer, these are
        compared. A file that cannot be read any more has none.
    """
    decisions = in_force(storage.read_table(RECORD))
    if not decisions:
        return set()
    identity = sha256(repr(sorted(decisions.items())).encode())
    by_batch: dict[str, dict[str, Entry]] = {}
    for record in ledger.records.values():
        conversation = record.entry.conversation_id
        is_taken = record.reason is None or record.reason in DECIDABLE
        if conversation and is_taken and record.batch_id in finished:
            by_batch.setdefault(record.batch_id, {})[conversation] = record.entry
    return {
        conversation
        for batch_id, conversations in sorted(by_batch.items())
        for conversation in _due_in(storage, batch_id, conversations, decisions, identity, original)
    }


def _due_in(
    storage: Storage,
    batch_id: str,
    conversations: Mapping[str, Entry],
    decisions: Mapping[str, Ruling],
    identity: str,
    original: Callable[[Entry], list[str]],
) -> set[str]:
    memo = f"restricted/batches/{batch_id}/decided.json"
    if storage.exists(memo) and storage.read_json(memo) == {"decisions": identity}:
        return set()
    applied = storage.read_table(OUTCOMES, batch_id)
    said = _said(storage, batch_id, conversations, original)
    found = {
        conversation
        for conversation, texts in said.items()
        if not _applied(ruling_for(decisions, conversation, texts))
        <= set(applied.loc[applied["conversation_id"].eq(conversation), "decision_id"])
    }
    if not found:
        storage.write_json(memo, {"decisions": identity})
    return found


def _said(
    storage: Storage,
    batch_id: str,
    conversations: Mapping[str, Entry],
    original: Callable[[Entry], list[str]],
) -> dict[str, list[str]]:
    """The texts of each conversation of the batch before redaction.

    Of one whose raw turns are kept no longer, as its file has them; where that is gone too, as they
    were redacted: what is to be masked stands there, and a person is told to put the file back.
    """
    if storage.exists(storage.table_path("turns", batch_id)):
        return _texts(storage.read_table("turns", batch_id), conversations)
    redacted = _texts(storage.read_table("redacted_turns", batch_id), conversations)
    return {c: original(entry) or redacted.get(c, []) for c, entry in conversations.items()}


def _texts(turns: pd.DataFrame, conversations: Container[str]) -> dict[str, list[str]]:
    by_conversation = turns.groupby("conversation_id")["text"]
    return {str(c): list(texts) for c, texts in by_conversation if str(c) in conversations}


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


def told_of_themes(storage: Storage) -> Iterator[str]:
    """What became of the decisions about themes in the last run; never their words."""
    outcomes = records(storage.read_table(THEME_OUTCOMES))
    if not outcomes:
        return
    applied = sum(row["outcome"] == "applied" for row in outcomes)
    yield f"{applied} of {len(outcomes)} decisions about themes are applied"
    others = [row for row in outcomes if row["outcome"] not in {"applied", "overruled"}]
    for row in others[:MOST_NUMBERS]:
        yield f"  {row['decision']} {IN_WORDS[row['outcome']]}: {row['why']}"
    if others[MOST_NUMBERS:]:
        yield f"  and {len(others) - MOST_NUMBERS} more that are not"


IN_WORDS = {
    "waits": "waits",
    "contradicts": "contradicts a later one",
    "no_longer_applies": "no longer applies",
    "held_back": "is held back",
    "not_readable": "cannot be read",
}
"""What is to be told of a decision that is not carried out."""
