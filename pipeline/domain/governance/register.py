"""Reading the consent register, `participants.csv`, as spreadsheets export it.

A row with an error is left out and named by row and column; the others go on. No problem, and no
error raised here, holds a value of the register: reports are read by more people than the file.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.governance.spreadsheets import changed, day_of, decode, read_cells, without
from pipeline.domain.intake.names import SAFE_ID
from pipeline.errors import RegisterError
from pipeline.tables import AUDIENCES, TABLES, records

WHAT = "The register"
REQUIRED = ("conversation_id", "participant_id", "consent_audience")
BANDS = (
    "contributor_role", "interviewer_id", "mode", "age_band", "sex", "gender_same_as_registered",
    "ethnic_group", "disability", "sexual_orientation", "religion", "unpaid_carer",
    "first_language", "locality",
)  # fmt: skip
NAMES = {
    "participant_names": "participant",
    "interviewer_name": "interviewer",
    "known_third_parties": "third_party",
}
FLAGS = ("quote", "story", "training", "recontact", "film")
OPTIONAL = (
    *NAMES, "interviewed_on", *BANDS,
    *(f"consent_{flag}" for flag in FLAGS if flag != "film"), "consent_wording",
    "consent_given_on", "consent_withdrawn_on",
)  # fmt: skip
KNOWN = frozenset((*REQUIRED, *OPTIONAL, "consent_film", "consent_expires_on"))
"""The last two are for programmes that film, or ask for a time: nobody is reminded of them."""
_RECORD_OF_CONSENT = {*REQUIRED, *(name for name in KNOWN if name.startswith("consent_"))}

_CONTACT_WORDS = frozenset(
    (
        "email", "mail", "phone", "telephone", "tel", "mobile", "landline", "address", "postcode",
        "street", "contact",
    )
)  # fmt: skip
_CONTACT_VALUE = re.compile(r"\S+@\S+\.\S+|(?:\+44|\b0)(?:[\s().-]*\d){9,10}\b")
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0", ""})
_NO_AUDIENCE = frozenset({"", "none", "no"})

PROBLEMS: dict[str, str] = {
    "duplicate_id": "The conversation id stands in more than one row; keep the right one.",
    "unsafe_id": "An id is empty, too long or has signs beside letters, digits, '-' and '_'.",
    "bad_date": "The date is none; write 2024-03-31 or 31/03/2024.",
    "unclear_consent": "The word is neither yes nor no; write yes or no.",
    "unknown_audience": f"The audience is unknown; write one of: {', '.join(AUDIENCES)}; or none.",
    "misaligned_row": "The row has more cells than the header; a name with a comma needs quotes.",
    "contact_value": "The cell looks like a phone number or e-mail address; take contact data out.",
    "contact_column": "Contact data does not belong in the pipeline; the column was not read.",
    "extra_column": "The column is not part of the register; it was not read.",
    "absent_column": "There is no such column. Without it a consent counts as no, nobody counts as "
    "withdrawn, and all else is not known.",
}
"""Codes of what is wrong in a register, each with what to do. The last three concern no row."""


class Register(NamedTuple):
    """Tables of the register and what was wrong with it.

    `problems` has the columns row (as a spreadsheet numbers them, the header is 1), column,
    conversation_id (null if it is unsafe or the whole column is concerned), problem, sentence.
    """

    participants: pd.DataFrame
    known_names: pd.DataFrame
    consent: pd.DataFrame
    problems: pd.DataFrame

    @property
    def conversation_ids(self) -> set[str]:
        """Conversations that the register holds, rows with errors included."""
        return {*self.participants["conversation_id"], *self.problems["conversation_id"].dropna()}


class _Problem(NamedTuple):
    row: int
    column: str
    conversation_id: str | None
    problem: str


class _Row(NamedTuple):
    number: int
    cells: Mapping[str, str]
    n_beyond_header: int


class _Entry(NamedTuple):
    """One row of the register, understood."""

    participant: dict[str, Any]
    names: list[dict[str, str]]
    consent: dict[str, Any]


def read_register(content: bytes) -> Register:
    """The register as tables, and its problems.

    Raises
    ------
    RegisterError
        If the file is no table or lacks a column without which nobody's consent is known.
    """
    header, rows = _table(decode(content, WHAT))
    problems = _column_problems(header)
    times = Counter(row.cells["conversation_id"] for row in rows)
    entries: list[_Entry] = []
    for row in rows:
        entry, found = _understand(row, times)
        problems += found
        if not found:
            entries.append(entry)
    return _register(entries, problems)


def report(register: Register) -> list[str]:
    """The problems as lines for a person: row, column, what to do; no values."""
    return [
        f"row {found['row']}, {found['column']}: {found['sentence']}"
        for found in records(register.problems)
    ]


def n_rows_of(content: bytes, conversation_id: str) -> int:
    """How many rows of the register file are of a conversation, those with errors included."""
    _, rows = _table(decode(content, WHAT))
    return sum(row.cells["conversation_id"] == conversation_id for row in rows)


def without_rows(content: bytes, conversation_ids: set[str]) -> bytes:
    """The register file without these conversations' rows, every other byte as it was."""
    _table(decode(content, WHAT))  # refuses what is no register

    def is_theirs(header: Sequence[str], cells: Sequence[str]) -> bool:
        position = header.index("conversation_id")
        return len(cells) > position and cells[position].strip() in conversation_ids

    return without(content, is_theirs)


def without_names(content: bytes, conversation_ids: set[str]) -> bytes:
    """The register file with nothing of these conversations but ids and consent.

    The row stays as the record of a withdrawal: were it gone, a copy of the transcript that comes
    again with a new row would be taken in. Names, bands and whatever stands in columns that are no
    part of the register go.
    """
    _table(decode(content, WHAT))

    def forgotten(header: Sequence[str], cells: Sequence[str]) -> list[str]:
        position = header.index("conversation_id")
        if len(cells) <= position or cells[position].strip() not in conversation_ids:
            return [*cells]
        names = [*header, *[""] * (len(cells) - len(header))]
        return [
            cell if name in _RECORD_OF_CONSENT else ""
            for name, cell in zip(names, cells, strict=False)
        ]

    return changed(content, forgotten)


# Reading the file


def _table(text: str) -> tuple[list[str], list[_Row]]:
    header, rows = read_cells(text, WHAT)
    _refuse_unusable(header)
    return header, [_row(number, header, cells) for number, cells in rows]


def _row(number: int, header: list[str], cells: list[str]) -> _Row:
    values = dict.fromkeys(KNOWN, "") | {
        name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=False)
    }
    beyond = sum(bool(cell.strip()) for cell in cells[len(header) :])
    return _Row(number, values, beyond)


def _refuse_unusable(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise RegisterError(f"The register has no column {', '.join(missing)}; add it.")
    twice = sorted(name for name in KNOWN if header.count(name) > 1)
    if twice:
        raise RegisterError(f"The register has column {', '.join(twice)} twice; remove one.")


def _column_problems(header: list[str]) -> list[_Problem]:
    problems = [_Problem(1, name, None, "absent_column") for name in OPTIONAL if name not in header]
    for position, name in enumerate(header, start=1):
        # The heading of a foreign column may itself be a value: only its position is told.
        if name and name not in KNOWN:
            is_contact = not _CONTACT_WORDS.isdisjoint(name.replace("e_mail", "email").split("_"))
            code = "contact_column" if is_contact else "extra_column"
            problems.append(_Problem(1, f"column {position}", None, code))
    return problems


# Understanding a row


def _understand(row: _Row, times: Mapping[str, int]) -> tuple[_Entry, list[_Problem]]:
    cells = row.cells
    conversation_id = cells["conversation_id"]
    is_safe = SAFE_ID.fullmatch(conversation_id) is not None
    problems: list[_Problem] = []

    def note(column: str, code: str) -> None:
        problems.append(_Problem(row.number, column, conversation_id if is_safe else None, code))

    for column in ("conversation_id", "participant_id"):
        if not SAFE_ID.fullmatch(cells[column]):
            note(column, "unsafe_id")
    if is_safe and times[conversation_id] > 1:
        note("conversation_id", "duplicate_id")
    if row.n_beyond_header:
        note("the row", "misaligned_row")
    for column in (*BANDS, *NAMES, "consent_wording"):
        if _CONTACT_VALUE.search(cells[column]):
            note(column, "contact_value")
    participant = {"conversation_id": conversation_id, "participant_id": cells["participant_id"]}
    entry = _Entry(
        participant
        | {"interviewed_on": _day(cells, "interviewed_on", note)}
        | {name: cells[name] or None for name in BANDS},
        list(_names(conversation_id, cells)),
        participant | _consent(cells, note),
    )
    return entry, problems


def _names(conversation_id: str, cells: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for column, kind in NAMES.items():
        for name in dict.fromkeys(part.strip() for part in re.split(r"[;|]", cells[column])):
            if name:
                yield {"conversation_id": conversation_id, "name": name, "kind": kind}


def _consent(cells: Mapping[str, str], note: Callable[[str, str], None]) -> dict[str, Any]:
    return {
        "audience": _audience(cells["consent_audience"], note),
        **{flag: _flag(cells, f"consent_{flag}", note) for flag in FLAGS},
        "wording": cells["consent_wording"] or None,
        "given_on": _day(cells, "consent_given_on", note),
        "expires_on": _day(cells, "consent_expires_on", note),
        "withdrawn_on": _day(cells, "consent_withdrawn_on", note),
    }


def _audience(cell: str, note: Callable[[str, str], None]) -> str | None:
    words = " ".join(re.split(r"[\s_-]+", cell.lower().replace("&", " and ").strip()))
    for audience in AUDIENCES:
        if words == audience.replace("-", " "):
            return audience
    if words not in _NO_AUDIENCE:
        note("consent_audience", "unknown_audience")
    return None


def _flag(cells: Mapping[str, str], column: str, note: Callable[[str, str], None]) -> bool:
    word = cells[column].lower()
    if word not in _YES | _NO:
        note(column, "unclear_consent")
    return word in _YES


def _day(cells: Mapping[str, str], column: str, note: Callable[[str, str], None]) -> date | None:
    cell = cells[column]
    if not cell:
        return None
    value = day_of(cell)
    if value is None:
        note(column, "bad_date")
    return value


# Making the tables


def _register(entries: list[_Entry], problems: list[_Problem]) -> Register:
    ordered = sorted(problems, key=lambda found: (found.row, found.column, found.problem))
    return Register(
        _frame("participants", [entry.participant for entry in entries]),
        _frame("known_names", [name for entry in entries for name in entry.names]),
        _frame("consent", [entry.consent for entry in entries]),
        pd.DataFrame(
            [(*found, PROBLEMS[found.problem]) for found in ordered],
            columns=[*_Problem._fields, "sentence"],
            dtype=object,
        ),
    )


def _frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = TABLES[name]
    frame = pd.DataFrame(rows, columns=[column.name for column in table.columns], dtype=object)
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)
