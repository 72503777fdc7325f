"""Retention: what a clock says is due goes, on its day and not before, and is told of."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.governance.retention import (
    DEFAULTS,
    Clock,
    Corpus,
    Kept,
    due,
    enforced,
    everything_kept,
    let_go,
    read_clocks,
    remove,
    rows,
)
from pipeline.errors import UsageError
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES, empty

FIRST = date(2024, 1, 10)
LATER = FIRST + timedelta(60)
CORPUS = Corpus({"b000001": FIRST, "b000002": LATER}, {"b000001": {"ref2"}}, {"b000001"})
RAW = (Clock("raw_turns", 90, "data team"),)
PER_BATCH = ("turns", "redacted_turns", "segments", "segment_embeddings")


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    """Two batches, a cache, quarantine of one mended and one waiting file, two releases."""
    storage = Storage(root=str(tmp_path))
    for batch_id in ("b000001", "b000002"):
        for name in PER_BATCH:
            storage.write_table(name, empty(TABLES[name]), batch_id)
        storage.write_bytes(f"deidentified/vector_cache/m-float32/{batch_id}.parquet", b"x")
    aside = pd.DataFrame(
        [dict.fromkeys(TABLES["quarantine"].schema.names, "x") | {"file_ref": ref}
         for ref in ("ref1", "ref2")]
    )  # fmt: skip
    storage.write_table("quarantine", aside, "b000001")
    for identity in ("aaaa", "bbbb"):
        storage.write_bytes(f"releases/public/{identity}/quotes.parquet", b"x")
    Path(storage.path("releases/public/latest")).symlink_to("bbbb")
    return storage


def night(
    store: Storage, clocks: tuple[Clock, ...], before: pd.DataFrame, today: date
) -> pd.DataFrame:
    kept = everything_kept(store, CORPUS)
    table = rows(kept, clocks, CORPUS, before, today)
    removed = {one: remove(store, one, CORPUS) for one in due(table, kept, today)}
    return enforced(table, removed, today)


def none() -> pd.DataFrame:
    return empty(TABLES["retention"])


def outcomes(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    return dict(
        zip(zip(table["what"], table["batch_id"], strict=True), table["outcome"], strict=True)
    )


def test_raw_turns_go_on_the_ninetieth_day_after_their_batch_was_received(store: Storage) -> None:
    table = night(store, RAW, none(), FIRST + timedelta(89))
    assert set(table["outcome"]) == {"kept"}
    assert store.exists("restricted/turns/b000001.parquet")

    table = night(store, RAW, table, FIRST + timedelta(90))
    assert outcomes(table) == {("turns", "b000001"): "removed", ("turns", "b000002"): "kept"}
    assert not store.exists("restricted/turns/b000001.parquet")
    assert store.exists("restricted/turns/b000002.parquet")
    assert store.exists("deidentified/redacted_turns/b000001.parquet")
    gone = table[table["batch_id"].eq("b000001")].iloc[0]
    assert gone["done_on"] == gone["due_on"] == FIRST + timedelta(90)


def test_what_was_done_stays_told_of(store: Storage) -> None:
    table = night(store, RAW, none(), FIRST + timedelta(90))
    again = night(store, RAW, table, FIRST + timedelta(95))
    assert again["done_on"].tolist()[0] == FIRST + timedelta(90)
    assert len(again) == 2


def test_a_batch_of_before_there_were_clocks_counts_from_the_first_look(store: Storage) -> None:
    unknown = CORPUS._replace(received={"b000001": None})
    kept = everything_kept(store, unknown)
    first = rows(kept, RAW, unknown, none(), LATER)
    later = rows(kept, RAW, unknown, first, LATER + timedelta(50))
    assert later["kept_since"].tolist() == [LATER]
    assert due(later, kept, LATER + timedelta(89)) == []
    assert len(due(later, kept, LATER + timedelta(90))) == 1


def test_a_night_that_is_killed_after_it_removed_is_told_of_by_the_next(store: Storage) -> None:
    day = FIRST + timedelta(90)
    kept = everything_kept(store, CORPUS)
    table = rows(kept, RAW, CORPUS, none(), day)
    for one in due(table, kept, day):
        remove(store, one, CORPUS)
    after = night(store, RAW, table, day + timedelta(1))
    assert outcomes(after)["turns", "b000001"] == "removed"


def test_of_quarantine_only_what_still_waits_is_kept(store: Storage) -> None:
    clocks = (Clock("quarantine", 30, "data team"),)
    table = night(store, clocks, none(), FIRST + timedelta(30))
    assert store.read_table("quarantine", "b000001")["file_ref"].tolist() == ["ref2"]
    assert table["n_removed"].tolist() == [1]
    table = night(store, clocks, table, FIRST + timedelta(31))
    assert table["outcome"].tolist() == ["in_use"]


def test_a_batch_whose_redacted_layer_is_due_leaves_the_corpus_and_is_not_run_again(
    store: Storage,
) -> None:
    night(store, (Clock("redacted", 30, "governance"),), none(), FIRST + timedelta(30))
    for name in PER_BATCH:
        assert store.batches(name) == ["b000002"]
    assert let_go(store, ["b000001", "b000002"]) == {"b000001"}


def test_releases_and_vectors_count_from_the_night_that_first_saw_them(store: Storage) -> None:
    clocks = (Clock("vector_cache", 10, "data team"), Clock("releases", 10, "engagement team"))
    corpus = CORPUS._replace(received={})
    kept = everything_kept(store, corpus)
    table = rows(kept, clocks, corpus, none(), LATER)
    assert set(table["kept_since"]) == {LATER}
    table = rows(kept, clocks, corpus, table, LATER + timedelta(10))
    gone = {one.batch_id for one in due(table, kept, LATER + timedelta(10))}
    assert gone == {"b000001", "b000002", "aaaa"}
    assert outcomes(table)["public", "bbbb"] == "in_use"


def test_originals_are_named_and_left_to_people(store: Storage) -> None:
    clocks = (Clock("originals", 30, "data team"),)
    table = night(store, clocks, none(), FIRST + timedelta(30))
    assert table["outcome"].tolist() == ["for_people"]


def test_a_programme_that_says_nothing_keeps_raw_turns_for_ninety_days() -> None:
    assert read_clocks(None) == DEFAULTS == (Clock("raw_turns", 90, "data team"),)


def test_a_programme_sets_its_own_clocks_or_none() -> None:
    said: dict[str, Any] = {
        "raw_turns": {"keep_days": None, "owner": "the board"},
        "releases": {"keep_days": 365, "owner": "engagement team"},
    }
    assert read_clocks(said) == (Clock("releases", 365, "engagement team"),)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"films": {"keep_days": 3, "owner": "x"}}, "no clock films"),
        ({"releases": {"keep_days": 3}}, "releases needs an owner"),
        ({"releases": {"keep_days": 0, "owner": "x"}}, "releases needs keep_days"),
        ({"releases": {"keep_days": True, "owner": "x"}}, "releases needs keep_days"),
        ({"releases": 3}, "releases needs an owner"),
        ({"releases": {"owner": "x"}}, "releases needs keep_days"),
    ],
    ids=["unknown", "nobody's", "no days", "yes for days", "a bare number", "days left out"],
)
def test_a_clock_that_cannot_be_read_is_refused(said: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_clocks(said)


def test_what_no_clock_runs_for_is_kept_and_not_listed(store: Storage) -> None:
    kept = everything_kept(store, CORPUS)
    assert Kept in {type(one) for one in kept}
    assert rows(kept, (), CORPUS, none(), LATER).empty
