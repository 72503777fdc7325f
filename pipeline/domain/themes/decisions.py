"""What people decided about themes: a name, a description, two that are one, one to leave out.

Decisions come from `theme_decisions.csv` beside the transcripts. What was read once is in force
until a later row says otherwise: a row that is taken out of the file, a lost or a broken file
change nothing. What decisions do is in `pipeline.domain.themes.rulings`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.governance.spreadsheets import (
    Cells,
    Problem,
    column_name,
    day_of,
    is_misaligned,
    plain,
    read_rows,
    without,
)
from pipeline.domain.redaction.words import PLACEHOLDER, is_ordinary
from pipeline.domain.release.identifiers import identifying
from pipeline.tables import TABLES, empty, records

WHAT = "The file of theme decisions"
NEEDED = ("theme_id", "action")
COLUMNS = (*NEEDED, "other_theme_id", "words", "decided_by", "date", "reason")
NAMING = ("rename", "describe")
PAIRING = ("merge", "keep_apart")
ACTIONS = (*NAMING, *PAIRING, "hide", "undo")
LONGEST = {"rename": 80, "describe": 500}
LONGEST_NOTE = 500
_WORD = re.compile(r"[^\W_]+")
_THEME_ID = re.compile(r"T[0-9a-f]{1,10}", re.IGNORECASE)
"""As runs make them; whatever else stands there may be somebody's name."""

PROBLEMS: dict[str, str] = {
    "no_theme": "Write the id of a theme, as in the table themes.",
    "unknown_action": "Write rename, describe, merge, hide, keep apart or undo.",
    "no_other": "Write the id of the other theme.",
    "same_theme": "Write another theme's id; this is the same one.",
    "no_second_theme": "Leave it empty: this action is about one theme.",
    "no_words": "Write the words that people are to read.",
    "words_unread": "Leave it empty: only rename and describe take words; notes go under reason.",
    "not_an_action": "Leave it empty, or write the one action that is taken back.",
    "too_long": f"Write at most {LONGEST['rename']} characters for a name, "
    f"{LONGEST['describe']} for a description.",
    "placeholder": "Write it without placeholders.",
    "identifying": "Write it without e-mail addresses, telephone numbers, postcodes and links.",
    "not_a_day": "Write the day as 2026-03-31 or 31/03/2026.",
    "misaligned_row": "The row has more cells than the header; a text with a comma needs quotes.",
}
"""Codes of what is wrong in a row, each with what to do. Such a row decides nothing."""


class Decision(NamedTuple):
    """One row, understood. Of a merge, `theme_id` becomes part of `other_theme_id`."""

    theme_id: str
    action: str
    other_theme_id: str = ""
    words: str = ""
    decided_by: str = ""
    decided_on: date | None = None
    reason: str = ""


class Decided(NamedTuple):
    """What a file says: its good rows in order with their numbers, and what is wrong elsewhere."""

    decisions: list[Decision]
    rows: list[int]
    problems: list[Problem]


class Standing(NamedTuple):
    """A decision as the record has it."""

    name: str
    """As reports name it: D0003, or "row 7" for a row that could not be read."""
    position: int
    decision: Decision
    after_run_id: str
    personal: tuple[str, ...]
    problem: str
    row: int | None = None
    """Where it stands in the file, if it still does."""


# The file


def read_theme_decisions(content: bytes) -> Decided:
    """The decisions of the file, and what is wrong with its other rows.

    Raises
    ------
    RegisterError
        If the file is no table or has no column for the theme or the action.
    """
    header, rows = read_rows(content, WHAT, NEEDED, COLUMNS)
    decided = Decided([], [], [])
    for row in rows:
        decision, problems = _understand(row, header)
        decided.problems.extend(problems)
        if not problems:
            decided.decisions.append(decision)
            decided.rows.append(row.number)
    return decided


def _understand(row: Cells, header: Sequence[str]) -> tuple[Decision, list[Problem]]:
    cells = {name: plain(cell) for name, cell in zip(header, row.cells, strict=False)}
    read = {name: cells.get(name, "") for name in COLUMNS}
    decision = Decision(
        read["theme_id"],
        column_name(read["action"]),
        read["other_theme_id"],
        read["words"],
        read["decided_by"][:LONGEST_NOTE],
        day_of(read["date"]),
        read["reason"][:LONGEST_NOTE],
    )
    found = dict(_faults(decision))
    if read["date"] and not decision.decided_on:
        found["date"] = "not_a_day"
    if is_misaligned(row, header):
        found["the row"] = "misaligned_row"
    return decision, [Problem(row.number, column, code) for column, code in found.items()]


def _faults(decision: Decision) -> Iterator[tuple[str, str]]:
    if not _THEME_ID.fullmatch(decision.theme_id):
        yield "theme_id", "no_theme"
    if decision.action not in ACTIONS:
        yield "action", "unknown_action"
        return
    other, words = _fault_of_other(decision), _fault_of_words(decision)
    if other:
        yield "other_theme_id", other
    if words:
        yield "words", words


def _fault_of_other(decision: Decision) -> str:
    other = decision.other_theme_id
    if not other:
        return "no_other" if decision.action in PAIRING else ""
    if decision.action not in (*PAIRING, "undo"):
        return "no_second_theme"
    if not _THEME_ID.fullmatch(other):
        return "no_other"
    return "same_theme" if is_same(other, decision.theme_id) else ""


def _fault_of_words(decision: Decision) -> str:
    words, action = decision.words, decision.action
    if action == "undo":
        is_action = not words or column_name(words) in ACTIONS
        return "" if is_action else "not_an_action"
    if action not in NAMING:
        return "words_unread" if words else ""
    if PLACEHOLDER.search(words):
        return "placeholder"
    if not _WORD.search(words):
        return "no_words"
    if len(words) > LONGEST[action]:
        return "too_long"
    return "identifying" if identifying(words) else ""


def is_same(one: str, other: str) -> bool:
    """Whether two ids are the same however they are capitalised."""
    return one.casefold() == other.casefold()


# The record


def recorded(before: pd.DataFrame, decided: Decided, after_run_id: str) -> pd.DataFrame:
    """Table `theme_decisions` after a reading of the file: what is new is added.

    New is what was not in the file at its last reading, so that a row written in again decides
    again. Rows that cannot be read are listed as long as they stand in the file. A file without a
    good row says nothing of the rows that were there.

    Parameters
    ----------
    after_run_id : str
        The theme run that was the last one when the file was read; empty: there was none.
    """
    known = [one for one in read_record(before) if not one.problem]
    there = {r["decision"]: int(r["row"]) for r in records(before) if not _is_empty(r["row"])}
    fresh = Counter(decided.decisions)
    fresh -= Counter(one.decision for one in known if one.name in there)
    numbers: dict[Decision, list[int]] = {}
    added: list[tuple[Decision, int]] = []
    for decision, row in zip(reversed(decided.decisions), reversed(decided.rows), strict=True):
        if fresh[decision] > 0:
            fresh[decision] -= 1
            added.append((decision, row))
        else:
            numbers.setdefault(decision, []).append(row)
    rows = [
        _record(one, _next(numbers, one) if decided.decisions else there.get(one.name))
        for one in known
    ]
    first = max((one.position for one in known), default=0) + 1
    for position, (decision, row) in enumerate(reversed(added), start=first):
        new = Standing(f"D{position:04}", position, decision, after_run_id, (), "")
        rows.append(_record(new, row))
    return _table([*rows, *map(_unreadable, _by_row(decided.problems))])


def _next(numbers: Mapping[Decision, list[int]], known: Standing) -> int | None:
    left = numbers.get(known.decision)
    return left.pop() if left else None


def _by_row(problems: Sequence[Problem]) -> list[tuple[int, str]]:
    """Each row that cannot be read, with all that is to do in it."""
    sentences: dict[int, list[str]] = {}
    for problem in problems:
        sentences.setdefault(problem.row, []).append(
            f"{problem.column}: {PROBLEMS[problem.problem]}"
        )
    return [(row, " ".join(told)) for row, told in sentences.items()]


def _record(one: Standing, row: int | None) -> dict[str, object]:
    decision = {name: value or None for name, value in one.decision._asdict().items()}
    return {
        "decision": one.name,
        "position": one.position,
        "row": row,
        **decision,
        "after_run_id": one.after_run_id or None,
        "personal": list(one.personal),
        "problem": None,
    }


def _unreadable(found: tuple[int, str]) -> dict[str, object]:
    row, sentence = found
    return {"decision": f"row {row}", "row": row, "personal": [], "problem": sentence}


def _table(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    none = empty(TABLES["theme_decisions"])
    if not rows:
        return none
    frame = pd.DataFrame(rows, columns=none.columns)
    whole = dict.fromkeys(("position", "row"), "Int32")
    return frame.astype(whole).astype(dict.fromkeys(none.columns.difference([*whole]), object))


def read_record(record: pd.DataFrame) -> list[Standing]:
    """The rows of table `theme_decisions`, in the order in which they were first read."""
    standing = [_standing(row) for row in records(record)]
    return sorted(standing, key=lambda one: (bool(one.problem), one.position))


def _standing(row: Mapping[str, Any]) -> Standing:
    told: dict[str, Any] = {n: None if _is_empty(value) else value for n, value in row.items()}
    texts = {name: str(told[name] or "") for name in Decision._fields if name != "decided_on"}
    return Standing(
        str(told["decision"]),
        int(told["position"] or told["row"]),
        Decision(**texts, decided_on=told["decided_on"]),
        str(told["after_run_id"] or ""),
        tuple(row["personal"]),
        str(told["problem"] or ""),
        told["row"] and int(told["row"]),
    )


def _is_empty(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and pd.isna(value) is True)


def checked(record: pd.DataFrame, types_in: Callable[[str], Iterable[str]]) -> pd.DataFrame:
    """The record with what redaction finds in the words that people wrote.

    Parameters
    ----------
    types_in : callable
        Types of personal data in a text.
    """
    is_shown = record["action"].isin(NAMING)
    found = [
        sorted(set(types_in(words))) if shown else []
        for words, shown in zip(record["words"], is_shown, strict=True)
    ]
    return record.assign(personal=pd.Series(found, index=record.index, dtype=object))


def telling_names(names: Iterable[str]) -> list[str]:
    """Names that can be looked for in words about a subject: "Hope Quill" is one, "Hope" is not."""
    found = {
        name for name in names if len(_WORD.findall(name)) > 1 or not is_ordinary(name.lower())
    }
    return sorted(found)


# Erasing


def without_mentions(content: bytes, mentions: Callable[[str], bool]) -> bytes:
    """The file without the rows in which a person is mentioned; what they decide stays."""
    return without(content, lambda _, cells: any(map(mentions, cells)))


def forget(record: pd.DataFrame, mentions: Callable[[str], bool]) -> pd.DataFrame:
    """The record without what mentions a person: of a decision, all but who and why is needed."""

    def is_mention(text: object) -> bool:
        return isinstance(text, str) and mentions(text)

    needed = ["words", "theme_id", "other_theme_id"]
    kept = record[~record[needed].map(is_mention).astype(bool).any(axis=1)]
    notes = {
        name: kept[name].where(~kept[name].map(is_mention).astype(bool), None)
        for name in ("decided_by", "reason")
    }
    return kept.assign(**notes)
