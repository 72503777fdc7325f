# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyarrow carries no types.
"""Searching files for what must no longer be there: identifiers, hashes and words.

A file says the same in many ways: compressed in Parquet or a ZIP, with entities in HTML, with
escapes in JSON. Each is read as a person or a program would read it, and as its bare bytes.
"""

import gzip
import hashlib
import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.domain.archives import DAMAGED, UNREADABLE
from pipeline.domain.governance.store import Store

_WINDOW_WORDS = 8
_FEWEST_WORDS = 4
"""Different ones in a window: "no, no, no ..." is nobody's own."""
_SHORTEST_MIXED, _SHORTEST_WORD = 3, 4
_SLICE, _OVERLAP = 2_000_000, 4_000
_DEEPEST, _LARGEST = 3, 500_000_000
_ERASED = "erased"
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEX = re.compile(r"[0-9a-f]{12,}")
_TAG = re.compile(r"<[^<>]{0,500}>")
_ESCAPED = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|[nrt\"/])")
_SQLITE = b"SQLite format 3\0"
# A row of a Markdown table inside a JSON string: it ends before the next escaped line break.
_IN_ROW = rb"\|(?:(?!\\n)[^\"\n])*?"
_IN_ROW_TO_ITS_END = rb"(?:(?!\\n)[^\"\n])*\|"


class Needles(NamedTuple):
    """What is searched for."""

    identifiers: frozenset[str]
    hashes: frozenset[str]
    windows: frozenset[str] = frozenset()
    """Keyed hashes of eight words in a row: what was said, without saying it."""
    key: bytes = b""


def windows_of(own: Iterable[str], others: Iterable[str], key: bytes) -> frozenset[str]:
    """Every eight words in a row of a person's turns that nobody else said, hashed.

    Capitals and punctuation do not matter. Whatever copy of fifteen or more words of a turn is
    left somewhere holds one that a search at every eighth word meets.
    """
    said = {window for text in own for window in _windows(text, 1)}
    for text in others:
        said.difference_update(_windows(text, 1))
    return frozenset(_hashed(window, key) for window in said)


def holds(path: str, content: bytes, needles: Needles, *, every: int = _WINDOW_WORDS) -> list[str]:
    """Kinds of needles that a file, or its name, holds.

    Parameters
    ----------
    every : int
        Words from one window that is compared to the next; 1 for short texts.
    """
    telling, hashes = _sought(needles)
    found: set[str] = set()
    for text in (path, *_texts(content)):
        for part in _sliced(text):
            names = set(_NAME.findall(part))
            if not telling.isdisjoint(names):
                found.add("identifier")
            if not hashes.isdisjoint(names) or not hashes.isdisjoint(_HEX.findall(part.lower())):
                found.add("hash")
            if needles.windows and "text" not in found:
                said = (_hashed(window, needles.key) for window in _windows(part, every))
                if not needles.windows.isdisjoint(said):
                    found.add("text")
    return sorted(found)


@lru_cache(maxsize=8)
def _sought(needles: Needles) -> tuple[frozenset[str], frozenset[str]]:
    """Identifiers that are no everyday numbers; hashes without what stands before them."""
    hexes = ((value, _HEX.search(value)) for value in needles.hashes)
    return (
        frozenset(name for name in needles.identifiers if _is_telling(name)),
        frozenset(found[0] if found else value for value, found in hexes),
    )


def event_logs(store: Store) -> list[Path]:
    """SQLite files of the orchestrator under a local data root."""
    if not store.is_local or not store.exists("dagster"):
        return []
    return [Path(store.path(path)) for path in store.walk("dagster") if path.endswith(".db")]


def scrub(database: Path, identifiers: frozenset[str]) -> None:
    """Replace identifiers in every text of an SQLite file, and let nothing linger in free pages.

    A row of a table's preview that names one goes whole, since what was said stands beside it.
    """
    pattern = _pattern(_present(database, identifiers))
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


def _present(database: Path, identifiers: frozenset[str]) -> set[str]:
    """Those that stand in the file or its journal at all, plain or as a preview shows them.

    Hundreds of hashes of a person are looked for, and few are ever there.
    """
    journal = database.with_name(f"{database.name}-wal")
    bodies = [path.read_bytes() for path in (database, journal) if path.exists()]
    forms = ({name, _as_markdown(name)} for name in identifiers)
    return {form for both in forms for form in both if any(form.encode() in b for b in bodies)}


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


# Words


def _windows(text: str, every: int) -> Iterator[str]:
    words = _WORD.findall(text.lower())
    for first in range(0, len(words) - _WINDOW_WORDS + 1, every):
        window = words[first : first + _WINDOW_WORDS]
        if len({*window}) >= _FEWEST_WORDS:
            yield " ".join(window)


def _hashed(window: str, key: bytes) -> str:
    return hashlib.blake2b(window.encode(), key=key[:64], digest_size=8).hexdigest()


def _sliced(text: str) -> Iterator[str]:
    """The text in parts that overlap by more than what is searched for."""
    for start in range(0, max(len(text), 1), _SLICE):
        yield text[start : start + _SLICE + _OVERLAP]


# What a file says


def _texts(content: bytes) -> Iterator[str]:
    for body in _readable(content):
        text = _decoded(body)
        plain = html.unescape(_ESCAPED.sub(_unescaped, text))
        yield text
        if plain != text:
            yield plain
        if "<" in plain:
            yield _TAG.sub(" ", plain)


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "ignore")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        is_text = b"\0" not in body
        return body.decode("cp1252" if is_text else "utf-8", "ignore")


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else " "


def _readable(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """What a file says: the strings of Parquet, of SQLite, members of archives, else its bytes."""
    if content.startswith(b"PAR1"):
        yield from _strings_of_parquet(content)
    elif content.startswith(b"PK\x03\x04") and depth < _DEEPEST:
        yield from _members(content, depth)
    elif content.startswith(b"\x1f\x8b") and depth < _DEEPEST:
        yield from _unpacked(content, depth)
    elif content.startswith(_SQLITE):
        yield content
        yield from _strings_of_sqlite(content)
    else:
        yield content


def _members(content: bytes, depth: int) -> Iterator[bytes]:
    """Names and contents; an archive that cannot be read, or is too large, as its bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _LARGEST:
                yield content
                return
            for member in members:
                yield member.filename.encode("utf-8", "ignore")
                yield from _readable(archive.read(member), depth + 1)
    except (*DAMAGED, *UNREADABLE):
        yield content


def _unpacked(content: bytes, depth: int) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            yield from _readable(packed.read(_LARGEST), depth + 1)
    except (*DAMAGED, *UNREADABLE):
        yield content


def _strings_of_sqlite(content: bytes) -> Iterator[bytes]:
    """Long texts lie in pieces over the pages of the file: the database puts them together."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            # The two bytes say that there is a journal beside it: in memory there is none.
            connection.deserialize(content[:18] + b"\x01\x01" + content[20:])
            for table, column in _text_columns(connection):
                rows = connection.execute(
                    f"SELECT {column} FROM {table} WHERE typeof({column}) = 'text'"  # noqa: S608
                )
                yield "\n".join(value for (value,) in rows).encode("utf-8", "ignore")
    except sqlite3.Error:
        return


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
