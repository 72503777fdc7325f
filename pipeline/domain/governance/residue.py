# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyarrow carries no types.
"""Searching files for what must no longer be there: identifiers, hashes and words."""

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.domain.governance.store import Store

_PIECE_WORDS = 8
_SHORTEST_MIXED, _SHORTEST_WORD = 3, 4
_ERASED = "erased"
# A row of a Markdown table inside a JSON string: it ends before the next escaped line break.
_IN_ROW = rb"\|(?:(?!\\n)[^\"\n])*?"
_IN_ROW_TO_ITS_END = rb"(?:(?!\\n)[^\"\n])*\|"


class Needles(NamedTuple):
    """What is searched for."""

    identifiers: frozenset[str]
    hashes: frozenset[str]
    texts: tuple[bytes, ...]


def pieces_of(own: Iterable[str], others: Iterable[str]) -> tuple[bytes, ...]:
    """Stretches of eight words of a person's turns that nobody else said.

    Whatever copy of fifteen or more words of a turn is left somewhere holds one of them whole.
    """
    elsewhere = "\n".join(others)
    pieces: set[str] = set()
    for text in own:
        words = list(re.finditer(r"\S+", text))
        for first in range(0, len(words) - _PIECE_WORDS + 1, _PIECE_WORDS):
            piece = text[words[first].start() : words[first + _PIECE_WORDS - 1].end()]
            if piece not in elsewhere:
                pieces |= {piece, json.dumps(piece)[1:-1]}
    return tuple(sorted(piece.encode() for piece in pieces))


def holds(path: str, content: bytes, needles: Needles) -> list[str]:
    """Kinds of needles that a file, or its name, holds."""
    found: set[str] = set()
    named = _pattern(needles.identifiers)
    for body in (path.encode(), *_readable(content)):
        if named is not None and named.search(body):
            found.add("identifier")
        if any(value.encode() in body for value in needles.hashes):
            found.add("hash")
        if any(piece in body for piece in needles.texts):
            found.add("text")
    return sorted(found)


def event_logs(store: Store) -> list[Path]:
    """SQLite files of the orchestrator under a local data root."""
    if not store.is_local or not store.exists("dagster"):
        return []
    return [Path(store.path(path)) for path in store.walk("dagster") if path.endswith(".db")]


def scrub(database: Path, identifiers: frozenset[str]) -> None:
    """Replace identifiers in every text of an SQLite file, and let nothing linger in free pages.

    A row of a table's preview that names one goes whole, since what was said stands beside it.
    """
    pattern = _pattern(identifiers | {_as_markdown(name) for name in identifiers})
    if pattern is None:
        return
    row = re.compile(_IN_ROW + pattern.pattern + _IN_ROW_TO_ITS_END)

    def erased(value: str) -> str:
        without_rows = row.sub(f"| {_ERASED} |".encode(), value.encode())
        return pattern.sub(_ERASED.encode(), without_rows).decode()

    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as connection:
        connection.create_function("erased", 1, erased, deterministic=True)
        connection.execute("PRAGMA secure_delete = ON")
        for table, column in _text_columns(connection):
            # Names come from the database's own catalogue and are quoted.
            connection.execute(
                f"UPDATE {table} SET {column} = erased({column}) "  # noqa: S608
                f"WHERE typeof({column}) = 'text' AND {column} <> erased({column})"
            )
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _as_markdown(identifier: str) -> str:
    """The identifier as a preview shows it, with entities for all but letters and digits."""
    return "".join(c if c.isalnum() else f"&#{ord(c)};" for c in identifier)


def _text_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found: list[tuple[str, str]] = []
    for (table,) in tables:
        if not table.startswith("sqlite_"):
            quoted = '"' + table.replace('"', '""') + '"'
            columns = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
            found += [(quoted, '"' + str(c[1]).replace('"', '""') + '"') for c in columns]
    return found


def _pattern(identifiers: Iterable[str]) -> re.Pattern[bytes] | None:
    """Identifiers as whole words; one like "7" or "a" would be found in anything."""
    telling = [name for name in sorted(identifiers) if _is_telling(name)]
    if not telling:
        return None
    either = b"|".join(re.escape(name).encode() for name in telling)
    return re.compile(rb"(?<![A-Za-z0-9_-])(?:" + either + rb")(?![A-Za-z0-9_-])")


def _is_telling(identifier: str) -> bool:
    is_mixed = re.search(r"[A-Za-z]", identifier) and re.search(r"[0-9]", identifier)
    shortest = _SHORTEST_MIXED if is_mixed else _SHORTEST_WORD
    return len(identifier) >= shortest and not identifier.isdigit()


def _readable(content: bytes) -> Iterator[bytes]:
    """What a file says: the strings of Parquet, the members of a ZIP, else its bytes."""
    if content.startswith(b"PAR1"):
        yield from _strings_of_parquet(content)
    elif content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
            yield content
    else:
        yield content


def _strings_of_parquet(content: bytes) -> Iterator[bytes]:
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError):
        yield content
        return
    yield str(table.schema).encode()
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            yield "\n".join(value for value in column.to_pylist() if value).encode()
        elif _has_strings(column.type):
            yield json.dumps(column.to_pylist(), ensure_ascii=False, default=str).encode()


def _has_strings(kind: pa.DataType) -> bool:
    nested: Sequence[pa.DataType] = ()
    if pa.types.is_list(kind):
        nested = [kind.value_type]
    elif pa.types.is_struct(kind):
        nested = [kind.field(at).type for at in range(kind.num_fields)]
    return pa.types.is_string(kind) or any(_has_strings(inner) for inner in nested)
