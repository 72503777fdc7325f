"""What is personal in the demo, by its answer key and register, and where to look for it."""

import csv
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.tables import DIRECT_IDENTIFIERS

DEMO = Path(__file__).parents[2] / "demo"
NAME_COLUMNS = ("participant_names", "interviewer_name", "known_third_parties")
SHORTEST = 6  # shorter ones occur in any file of numbers


class Mark(NamedTuple):
    """One direct identifier of one conversation."""

    conversation_id: str
    entity_type: str
    text: str


def normalised(text: str) -> str:
    """Lower case, single spaces: as the same words may be written elsewhere."""
    return re.sub(r"\s+", " ", text).strip().casefold()


@cache
def marks() -> frozenset[Mark]:
    """Every full name, number, e-mail, handle, web address and postal address of the demo."""
    return frozenset(
        mark
        for mark in (*_from_answer_key(), *_from_register())
        if len(mark.text) >= SHORTEST and (mark.entity_type != "PERSON" or " " in mark.text)
    )


def _from_answer_key() -> Iterator[Mark]:
    with (DEMO / "answer_key" / "gold_turns.jsonl").open(encoding="utf-8") as lines:
        for turn in map(json.loads, lines):
            for start, end, entity_type in turn["spans"]:
                if entity_type in DIRECT_IDENTIFIERS - {"DOB"}:
                    text = normalised(turn["text"][start:end])
                    yield Mark(turn["conversation_id"], entity_type, text)


def _from_register() -> Iterator[Mark]:
    with (DEMO / "raw" / "participants.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in NAME_COLUMNS:
                for name in row[column].split(";"):
                    yield Mark(row["conversation_id"], "PERSON", normalised(name))


def found_in(contents: Iterable[bytes], wanted: Iterable[str]) -> set[str]:
    """Those of the wanted texts that stand in any of the contents, in any usual encoding."""
    by_head: dict[bytes, list[tuple[bytes, str]]] = {}
    for text in wanted:
        for form in _forms(text):
            by_head.setdefault(form[:SHORTEST], []).append((form, text))
    heads = _windows(b"".join(by_head))[::SHORTEST]
    found = set()
    for content in contents:
        lowered = content.lower()
        for at in np.flatnonzero(np.isin(_windows(lowered), heads)).tolist():
            found |= {
                text
                for form, text in by_head[lowered[at : at + SHORTEST]]
                if lowered.startswith(form, at)
            }
    return found


def _forms(text: str) -> set[bytes]:
    """The text as UTF-8, UTF-16, JSON, in an address and in a file name."""
    forms = {text, json.dumps(text)[1:-1], *(text.replace(" ", gap) for gap in ("%20", "+", "_"))}
    return {form.encode() for form in forms} | {text.encode("utf-16-le")}


def _windows(content: bytes) -> NDArray[np.uint64]:
    """The number that each stretch of `SHORTEST` bytes spells: a thousand texts in one pass."""
    letters = np.frombuffer(content, dtype=np.uint8).astype(np.uint64)
    n_windows = max(len(letters) - SHORTEST + 1, 0)
    windows = np.zeros(n_windows, dtype=np.uint64)
    for place in range(SHORTEST):
        windows += letters[place : place + n_windows] << np.uint64(8 * place)
    return windows


def contents(path: Path) -> Iterator[bytes]:
    """The file's bytes, and what they unpack to."""
    raw = path.read_bytes()
    yield raw
    yield normalised(raw.decode(errors="replace")).encode()
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        yield normalised(json.dumps(table.to_pylist(), ensure_ascii=False, default=str)).encode()
    elif raw.startswith(b"SQLite format 3"):
        yield from _sqlite(path)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def _sqlite(path: Path) -> Iterator[bytes]:
    """Every value of every table: in the file a long value may be cut at the end of a page."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = [
            n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for name in names:
            for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - its own names
                yield normalised("\n".join(str(value) for value in row)).encode()
