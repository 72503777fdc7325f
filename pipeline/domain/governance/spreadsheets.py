"""Tables that people keep in a spreadsheet, as spreadsheets export them.

Comma, semicolon, tab or bar; UTF-8 with or without its mark, UTF-16, Windows-1252; Excel's own
first line `sep=;`. No error raised here holds a value of the file.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.errors import RegisterError

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_UK_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 00:00(?::00)?)?")
_PLAUSIBLE_YEARS = range(1990, 2101)
_UNSEEN = ("Cc", "Cf", "Co", "Cs")
"""Unicode categories of control and direction signs, which change how other text is shown."""

ERASED = "erased"
"""What stands where a cell mentioned somebody who was erased; it says nothing."""

MOST_PROBLEMS = 50
"""Lines that a report of a file has at most."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_YES = frozenset({"yes", "y", "true", "1", "x", "confirmed"})
_NO = frozenset({"no", "n", "false", "0", ""})


class Cells(NamedTuple):
    """One row, numbered as a spreadsheet numbers it: the header is 1."""

    number: int
    cells: list[str]


class Problem(NamedTuple):
    """What is wrong with a row; `row` as a spreadsheet numbers it, the header is 1."""

    row: int
    column: str
    problem: str
    """A code, for which the module of the file says what to do."""


def encoding_of(content: bytes) -> str:
    """The encoding that the file is written in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"


def decode(content: bytes, what: str) -> str:
    """The file as text.

    Parameters
    ----------
    what : str
        What the file is, as the beginning of a sentence: "The register".

    Raises
    ------
    RegisterError
        If it is a workbook, no text, or empty.
    """
    if content.startswith(b"PK"):
        raise RegisterError(f"{what} is a workbook; save it as CSV UTF-8 from Excel.")
    try:
        text = content.decode(encoding_of(content))
    except UnicodeDecodeError:
        raise RegisterError(f"{what} is no text; save it as CSV UTF-8.") from None
    if "\0" in text or not text.strip():
        raise RegisterError(f"{what} is empty or no text; save it as CSV UTF-8.")
    return text


def read_cells(text: str, what: str) -> tuple[list[str], Iterator[Cells]]:
    """The header as column names, and the rows that hold anything.

    Raises
    ------
    RegisterError
        If the text is no table; while the rows are read, too.
    """
    rows = _rows(text, what)
    first = next(rows, None)
    return [column_name(cell) for cell in first.cells] if first else [], rows


def read_rows(
    content: bytes, what: str, needed: Sequence[str], columns: Sequence[str]
) -> tuple[list[str], Iterator[Cells]]:
    """The header and the rows of a file that people keep.

    Parameters
    ----------
    what : str
        What the file is, as the beginning of a sentence.
    needed, columns : sequence of str
        Columns without which it says nothing; all that are read, none of which may stand twice.

    Raises
    ------
    RegisterError
        If the file is no table, lacks a column or has one twice; while the rows are read, too.
    """
    header, rows = read_cells(decode(content, what), what)
    missing = [name for name in needed if name not in header]
    twice = sorted(name for name in columns if header.count(name) > 1)
    if missing or twice:
        fault = f"no column {', '.join(missing)}" if missing else f"{', '.join(twice)} twice"
        raise RegisterError(f"{what} has {fault}; the first line names each column once.")
    return header, rows


def is_misaligned(row: Cells, header: Sequence[str]) -> bool:
    """Whether a row has more cells than the header: an unquoted comma moved the others."""
    return any(cell.strip() for cell in row.cells[len(header) :])


def report(problems: Iterable[Problem], remedies: Mapping[str, str]) -> list[str]:
    """The problems as lines for a person: row, column, what to do; no values."""
    return shortened([f"row {p.row}, {p.column}: {remedies[p.problem]}" for p in problems])


def shortened(lines: Sequence[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - MOST_PROBLEMS
    return [*lines[:MOST_PROBLEMS], f"and {more} more"] if more > 0 else [*lines]


def without(content: bytes, is_to_go: Callable[[Sequence[str], Sequence[str]], bool]) -> bytes:
    """The file without the rows that are to go, every other byte as it was.

    Parameters
    ----------
    is_to_go : callable
        Given the column names and the cells of a row.
    """
    return changed(content, lambda header, cells: None if is_to_go(header, cells) else [*cells])


def changed(
    content: bytes, change: Callable[[Sequence[str], Sequence[str]], list[str] | None]
) -> bytes:
    """The file with some rows changed or left out, every byte of the others as it was.

    Parameters
    ----------
    change : callable
        Given the column names and the cells of a row: its cells as they are to be; None: it goes.
    """
    encoding = encoding_of(content)
    text = content.decode(encoding)
    # As rows are read: the other signs of a new line, which word processors leave, are in cells.
    lines = list(io.StringIO(text, newline=""))
    delimiter = _delimiter(text)
    reader = csv.reader(lines, delimiter=delimiter)
    header: list[str] = []
    kept: list[str] = []
    begin = 0
    for cells in reader:
        own = lines[begin : reader.line_num]
        begin = reader.line_num
        is_row = bool(header) and any(cell.strip() for cell in cells)
        if not header and any(cell.strip() for cell in cells) and not _is_hint(cells[0]):
            header = [column_name(cell) for cell in cells]
        after = change(header, cells) if is_row else cells
        if after == cells:
            kept += own
        elif after is not None:
            kept.append(_line(after, delimiter, own[-1]))
    return "".join(kept).encode(encoding)


def column_name(cell: str) -> str:
    """A heading as a column is called: lower case, words joined by "_"."""
    return re.sub(r"[\s-]+", "_", cell.strip().strip("\ufeff").lower())


def plain(cell: str) -> str:
    """A cell as one line of visible text."""
    said = unicodedata.normalize("NFC", cell)
    seen = (" " if c.isspace() else c for c in said if c.isspace() or not _is_unseen(c))
    return " ".join("".join(seen).split())


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN


def yes_or_no(cell: str) -> bool | None:
    """Whether a cell says yes; empty says no; None: it says neither."""
    word = cell.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table for a spreadsheet: UTF-8 with its mark; no cell can be taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(
        [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in r] for r in rows
    )
    return text.getvalue().encode("utf-8-sig")


def day_of(cell: str) -> date | None:
    """The day that a cell says, as 2026-03-31 or 31/03/2026; None: it says none."""
    found = _ISO_DAY.fullmatch(cell)
    british = _UK_DAY.fullmatch(cell)
    parts = found.groups() if found else british.groups()[::-1] if british else ("0", "0", "0")
    year, month, day = (int(part) for part in parts)
    if year not in _PLAUSIBLE_YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _rows(text: str, what: str) -> Iterator[Cells]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells) and not _is_hint(cells[0]):
                yield Cells(number, cells)
    except csv.Error:
        raise RegisterError(f"{what} is no table; save it as CSV UTF-8.") from None


def _line(cells: Sequence[str], delimiter: str, last: str) -> str:
    """The cells as a line that ends as the one in whose place it stands."""
    ending = last[len(last.rstrip("\r\n")) :]
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator=ending).writerow(cells)
    return line.getvalue()


def _delimiter(text: str) -> str:
    lines = (line for line in text.splitlines() if line.strip() and not _is_hint(line))
    return max(",;\t|", key=next(lines, "").count)


def _is_hint(line: str) -> bool:
    """Excel's own first line, which names the delimiter."""
    return line.lower().startswith("sep=")
