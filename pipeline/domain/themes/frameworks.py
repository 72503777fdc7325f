"""Frameworks: what a programme has in mind, given in words, and examples that people coded.

A framework is one YAML file: its kind, and entries of a code, a title and a few plain phrases.
Examples are optional and stand in a spreadsheet beside it, one row a segment: its id and the code
of the entry that it speaks of, or `none`. They hold ids, not words, so that a person who is erased
leaves none behind: an id whose segment is gone is passed over.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.domain.governance.spreadsheets import decode, read_cells
from pipeline.errors import RegisterError, UsageError

NONE = "none"
"""What a person writes in place of a code when no entry fits."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_COLUMNS = ("segment_id", "code")


class Entry(NamedTuple):
    """One priority, pathway or other heading: what it is about, in a few plain phrases."""

    kind: str
    code: str
    title: str
    phrases: tuple[str, ...]


class Framework(NamedTuple):
    """What a programme has in mind.

    Attributes
    ----------
    name : str
        The file's name, which is also its name in tables.
    entries : tuple of Entry
        In the file's order.
    examples : mapping
        Segments that people coded: `segment_id` to the entry's code, or `NONE`.
    """

    name: str
    entries: tuple[Entry, ...]
    examples: Mapping[str, str]


def read_framework(
    name: str, described: Mapping[str, Any], examples: Mapping[str, str]
) -> Framework:
    """A framework from its file, and the examples beside it.

    Raises
    ------
    UsageError
        If something is missing, or a code is unsafe, given twice or unknown.
    """
    kind = described.get("kind")
    listed: list[Mapping[str, Any]] = described.get("entries") or []
    if not isinstance(kind, str) or not listed:
        raise UsageError("write its kind, and at least one entry")
    entries = tuple(_entry(kind, at, entry) for at, entry in enumerate(listed, start=1))
    twice = [code for code, times in Counter(e.code for e in entries).items() if times > 1]
    if twice:
        raise UsageError(f"codes given twice: {', '.join(sorted(twice))}")
    unknown = set(examples.values()) - {NONE, *(entry.code for entry in entries)}
    if unknown:
        raise UsageError(
            f"examples with {len(unknown)} codes that no entry has; write an entry's code, or none"
        )
    return Framework(name, entries, examples)


def read_examples(content: bytes) -> dict[str, str]:
    """Coded segments from a spreadsheet with the columns `segment_id` and `code`.

    Raises
    ------
    UsageError
        If it cannot be read, lacks a column, or gives a segment two codes.
    """
    try:
        header, rows = read_cells(decode(content, "The file of examples"), "The file of examples")
        if not set(_COLUMNS) <= set(header):
            raise UsageError(f"write the columns {' and '.join(_COLUMNS)}")
        segment, code = (header.index(column) for column in _COLUMNS)
        coded = [(r.cells[segment].strip(), r.cells[code].strip()) for r in rows]
    except RegisterError as error:
        raise UsageError(str(error)) from None
    except IndexError:
        raise UsageError("a row has fewer cells than the header") from None
    pairs = {pair for pair in coded if all(pair)}
    examples = dict(pairs)
    if len(examples) < len(pairs):
        raise UsageError(f"{len(pairs) - len(examples)} segments have two codes; keep one")
    return dict(sorted(examples.items()))


def _entry(kind: str, at: int, described: Mapping[str, Any]) -> Entry:
    code, title = described.get("code"), described.get("title")
    phrases: list[Any] = described.get("phrases") or []
    if not isinstance(code, str) or not _CODE.fullmatch(code) or code == NONE:
        raise UsageError(f"entry {at}: write a code of lower-case letters, digits and hyphens")
    if not isinstance(title, str) or not all(isinstance(phrase, str) for phrase in phrases):
        raise UsageError(f"entry {code}: write a title, and phrases as text")
    return Entry(kind, code, title, tuple(phrases))
