"""Promise 1: outside landing and restricted no direct identifier of the answer key is found.

What redaction itself missed can only stand where redacted words stand; it is counted and held
under the ceiling that the redaction benchmark states.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.tables import DIRECT_IDENTIFIERS
from tests.conftest import ROOT, DemoRun
from tests.golden.identifiers import Mark, contents, found_in, marks, normalised

pytestmark = [pytest.mark.slow, pytest.mark.model]

STATED = DIRECT_IDENTIFIERS - {"DOB"}  # dates are said in too many ways to search for
# Columns that hold people's words, redacted: what redaction missed can be nowhere else.
REDACTED_WORDS = {
    "redacted_turns": {"text"},
    "segments": {"text", "question"},
    "quotes": {"text", "reading_text"},
    "stories": {"text", "reading_text"},
    "themes": {"phrases"},
}


def table_of(path: Path) -> str:
    """The table that a file is a part of; per-batch parts lie in a folder of its name."""
    is_part = path.stem.startswith("b0")
    return path.parent.name if is_part else path.stem


def published(demo: DemoRun) -> list[Path]:
    """Every file outside the restricted zone, and whatever the process left elsewhere."""
    restricted = demo.data / "restricted"
    files = [*demo.data.rglob("*"), *demo.elsewhere.rglob("*")]
    return [f for f in files if f.is_file() and restricted not in f.parents]


def is_made_of_tables(path: Path) -> bool:
    """Pages, packs and projects repeat the words of their release's tables, and nothing else."""
    return "releases" in path.parts and path.suffix in {".html", ".csv", ".qdpx"}


def holds_redacted_words(path: Path) -> bool:
    is_table = path.suffix == ".parquet" and table_of(path) in REDACTED_WORDS
    return is_table or is_made_of_tables(path)


def beside_redacted_words(path: Path) -> Iterator[bytes]:
    """The table's names, notes and values, without the columns of redacted words."""
    if is_made_of_tables(path):
        return
    table = pq.read_table(path)
    others = table.drop_columns([*REDACTED_WORDS[table_of(path)] & {*table.column_names}])
    yield normalised(str(others.schema.metadata)).encode()
    yield normalised(json.dumps(others.to_pylist(), ensure_ascii=False, default=str)).encode()


@pytest.fixture(scope="module")
def redacted_words(demo_run: DemoRun) -> dict[str, str]:
    """All redacted words of each conversation."""
    parts = (demo_run.data / "deidentified" / "redacted_turns").glob("*.parquet")
    turns = pd.concat(pd.read_parquet(part) for part in parts)
    words = turns.groupby("conversation_id")["text"].agg("\n".join)
    return {conversation: normalised(text) for conversation, text in words.items()}


@pytest.fixture(scope="module")
def missed(redacted_words: dict[str, str]) -> set[Mark]:
    """Marks of the answer key that still stand in the conversation they were marked in."""
    return {mark for mark in marks() if mark.text in redacted_words.get(mark.conversation_id, "")}


def test_the_search_finds_what_is_there(demo_run: DemoRun) -> None:
    """Were the search blind, all the other tests would pass."""
    restricted = list((demo_run.data / "restricted").rglob("*.parquet"))
    wanted = {mark.text for mark in marks() if mark.entity_type == "PERSON"}
    found = found_in((c for f in restricted for c in contents(f)), wanted)
    assert len(found) > 0.8 * len(wanted)


def test_nothing_but_redacted_words_names_anyone(demo_run: DemoRun) -> None:
    wanted = {mark.text for mark in marks()}
    guilty = {}
    for file in published(demo_run):
        held = beside_redacted_words(file) if holds_redacted_words(file) else contents(file)
        n_found = len(found_in(held, wanted))
        if n_found:
            guilty[str(file.relative_to(demo_run.data.parent))] = n_found
    assert not guilty


def test_file_names_name_no_one(demo_run: DemoRun) -> None:
    paths = [str(f.relative_to(demo_run.data.parent)).encode() for f in published(demo_run)]
    assert not found_in(paths, {mark.text for mark in marks()})


def test_what_is_printed_names_no_one(demo_run: DemoRun) -> None:
    assert not found_in([demo_run.printed.encode()], {mark.text for mark in marks()})


def test_redacted_words_hold_only_what_redaction_missed(
    demo_run: DemoRun, redacted_words: dict[str, str]
) -> None:
    everything = "\n".join(redacted_words.values())
    wanted = {mark.text for mark in marks() if mark.text not in everything}
    files = [f for f in published(demo_run) if holds_redacted_words(f)]
    assert not found_in((c for f in files for c in contents(f)), wanted)


def test_redaction_misses_no_more_than_its_benchmark_says(missed: set[Mark]) -> None:
    results = json.loads((ROOT / "benchmarks" / "results" / "redaction.json").read_text())
    by_type = results["key"]["ours"]["cased"]["all"]["types"]
    n_missed = sum(marked - found for t, (found, marked) in by_type.items() if t in STATED)
    assert len(missed) <= n_missed


def test_most_of_what_is_personal_is_redacted(missed: set[Mark]) -> None:
    """Nine in ten, whatever the results file says."""
    assert len(missed) < 0.1 * len(marks())
