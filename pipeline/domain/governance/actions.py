"""You said, we did: what came of what was heard, and whether people were told.

Actions come from `actions.csv` beside the transcripts, in the programme's own words. They name the
themes and story sets that they answer; "not possible", with the reason, is an answer too.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from pipeline.domain.governance.spreadsheets import (
    ERASED,
    Cells,
    Problem,
    column_name,
    day_of,
    is_misaligned,
    plain,
    read_rows,
)
from pipeline.domain.redaction.words import PLACEHOLDER
from pipeline.domain.release.identifiers import identifying
from pipeline.tables import ACTION_STATES, DIRECT_IDENTIFIERS, TABLES, empty

WHAT = "The file of actions"
NEEDED = ("action_id", "what", "status")
COLUMNS = (
    "action_id", "what", "by_role", "status", "because", "theme_ids", "story_set_ids",
    "started_on", "done_on", "told_on", "told_how",
)  # fmt: skip
ENDED = ("done", "not_possible")
LONGEST = {"what": 300, "by_role": 80, "because": 500, "told_how": 300}
_ID = re.compile(r"[A-Za-z0-9][\w-]{0,39}")
_HEARD_ID = re.compile(r"[A-Za-z0-9][\w-]{0,79}")
_BEGUN = ("under_way", "done")
_DAYS = ("started_on", "done_on", "told_on")

PROBLEMS: dict[str, str] = {
    "no_id": "Write a short id: letters, digits, - and _.",
    "id_twice": "Write another id: an earlier row has this one.",
    "no_words": "Say in a sentence what is or was to be done.",
    "too_long": "Write less: "
    + ", ".join(f"{name} at most {most}" for name, most in LONGEST.items())
    + " characters.",
    "unknown_status": f"Write {', '.join(ACTION_STATES)}.",
    "no_because": "Say why it is not possible.",
    "nothing_heard": "Name what it answers: themes or story sets, as the tables have their ids, "
    "';' between them.",
    "not_an_id": "Write ids of themes and story sets, ';' between them.",
    "no_day": "Write the day on which it was done, or found not to be possible: from then on "
    "people are to be told.",
    "not_a_day": "Write the day as 2026-03-31 or 31/03/2026.",
    "in_future": "Write the day once it has come.",
    "before_start": "Write a day that is not before the day on which it was started.",
    "not_ended": "Take the day out, or write done or not_possible as the status.",
    "placeholder": "Write it without placeholders.",
    "personal": "Write it without names of people, numbers and addresses.",
    "misaligned_row": "The row has more cells than the header; a text with a comma needs quotes.",
}
"""Codes of what is wrong in a row, each with what to do. Such a row is no action."""


class Action(NamedTuple):
    """One row, understood."""

    action_id: str
    what: str
    by_role: str
    status: str
    because: str
    theme_ids: tuple[str, ...]
    story_set_ids: tuple[str, ...]
    started_on: date | None
    done_on: date | None
    told_on: date | None
    told_how: str


class Read(NamedTuple):
    """What a file says: its good rows in order, and what is wrong elsewhere."""

    actions: list[Action]
    problems: list[Problem]


def read_actions(
    content: bytes, today: date, types_in: Callable[[str], Iterable[str]] | None = None
) -> Read:
    """The actions of the file, and what is wrong with its other rows.

    Parameters
    ----------
    types_in : callable, optional
        Types of personal data in a text: a row that holds direct identifiers is no action. Places
        and organisations may be named, since things are done somewhere by somebody.

    Raises
    ------
    RegisterError
        If the file is no table or lacks a column.
    """
    header, rows = read_rows(content, WHAT, NEEDED, COLUMNS)
    read, seen = Read([], []), Counter[str]()
    for row in rows:
        action, problems = _understand(row, header, today, types_in)
        seen[action.action_id.casefold()] += 1
        if seen[action.action_id.casefold()] > 1:
            problems.setdefault("action_id", "id_twice")
        read.problems.extend(Problem(row.number, *problem) for problem in problems.items())
        if not problems:
            read.actions.append(action)
    return read


def _understand(
    row: Cells,
    header: Sequence[str],
    today: date,
    types_in: Callable[[str], Iterable[str]] | None,
) -> tuple[Action, dict[str, str]]:
    cells = {name: plain(cell) for name, cell in zip(header, row.cells, strict=False)}
    read = {name: cells.get(name, "") for name in COLUMNS}
    days = {name: day_of(read[name]) for name in _DAYS}
    action = Action(
        read["action_id"],
        read["what"],
        read["by_role"],
        column_name(read["status"]),
        read["because"],
        _ids(read["theme_ids"]),
        _ids(read["story_set_ids"]),
        days["started_on"],
        days["done_on"],
        days["told_on"],
        read["told_how"],
    )
    found = dict(_faults(action, types_in))
    for name, day in days.items():
        if read[name] and not day:
            found[name] = "not_a_day"
        elif day and day > today and (name != "started_on" or action.status in _BEGUN):
            found[name] = "in_future"
    if is_misaligned(row, header):
        found["the row"] = "misaligned_row"
    return action, found


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in re.split(r"[;,\s]+", cell) if part))


def _faults(
    action: Action, types_in: Callable[[str], Iterable[str]] | None
) -> Iterator[tuple[str, str]]:
    if not _ID.fullmatch(action.action_id):
        yield "action_id", "no_id"
    if action.what == ERASED or not re.search(r"[^\W\d_]{2}", action.what):
        yield "what", "no_words"
    if action.status not in ACTION_STATES:
        yield "status", "unknown_status"
    if action.status == "not_possible" and not action.because:
        yield "because", "no_because"
    if action.status in ENDED and not action.done_on:
        yield "done_on", "no_day"
    if action.done_on and action.status in ACTION_STATES and action.status not in ENDED:
        yield "done_on", "not_ended"
    elif action.done_on and action.started_on and action.done_on < action.started_on:
        yield "done_on", "before_start"
    yield from _faults_of_ids(action)
    for name, most in LONGEST.items():
        fault = _fault_of_text(getattr(action, name), most, types_in)
        if fault:
            yield name, fault


def _faults_of_ids(action: Action) -> Iterator[tuple[str, str]]:
    if not (action.theme_ids or action.story_set_ids):
        yield "story_set_ids", "nothing_heard"
    for name in ("theme_ids", "story_set_ids"):
        if not all(map(_HEARD_ID.fullmatch, getattr(action, name))):
            yield name, "not_an_id"


def _fault_of_text(
    text: str, most: int, types_in: Callable[[str], Iterable[str]] | None
) -> str | None:
    if len(text) > most:
        return "too_long"
    if PLACEHOLDER.search(text):
        return "placeholder"
    is_personal = identifying(text) or (
        bool(text) and types_in is not None and {*types_in(text)} & DIRECT_IDENTIFIERS
    )
    return "personal" if is_personal else None


# The table


def actions_table(actions: Iterable[Action], tell_within_days: int) -> pd.DataFrame:
    """Table `actions`, in the order of the file."""
    rows = [
        _row(position, action, tell_within_days) for position, action in enumerate(actions, start=1)
    ]
    none = empty(TABLES["actions"])
    return pd.DataFrame(rows, columns=none.columns).astype({"position": "int32"}) if rows else none


def _row(position: int, action: Action, tell_within_days: int) -> Mapping[str, object]:
    told = {name: None if value == "" else value for name, value in action._asdict().items()}
    return told | {
        "position": position,
        "theme_ids": list(action.theme_ids),
        "story_set_ids": list(action.story_set_ids),
        "due_on": _due_on(action, tell_within_days),
    }


def _due_on(action: Action, tell_within_days: int) -> date | None:
    """Being told of a plan is not being told how it ended."""
    if action.status not in ENDED or not action.done_on:
        return None
    if action.told_on and action.told_on >= action.done_on:
        return None
    return action.done_on + timedelta(days=tell_within_days)


def untold(actions: pd.DataFrame, today: date) -> list[str]:
    """Ids of actions that have ended and that people should have been told of by now."""
    due = actions.dropna(subset=["due_on"])
    return sorted(due.loc[[day < today for day in due["due_on"]], "action_id"])


def unknown_answers(
    actions: pd.DataFrame, theme_ids: Iterable[str], story_set_ids: Iterable[str]
) -> list[str]:
    """Ids of actions none of whose themes and story sets is there any more."""
    themes, sets = set(theme_ids), set(story_set_ids)
    rows = zip(actions["action_id"], actions["theme_ids"], actions["story_set_ids"], strict=True)
    return sorted(one for one, t, s in rows if not (themes & set(t) or sets & set(s)))
