"""Storage: a reader sees the old file or the new one; the newest finished batch wins."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import UsageError
from pipeline.resources.storage import UNFINISHED, Storage
from pipeline.tables import TABLES
from tests.killing import killed_at_each_touch


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(root=str(tmp_path / "data"))
    storage.prepare()
    return storage


def turns(conversation_id: str, words: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "conversation_id": [conversation_id],
            "turn": [0],
            "role": ["participant"],
            "start_s": [0.0],
            "end_s": [1.0],
            "text": [words],
            "n_redactions": [0],
        }
    )


def vectors(conversation_id: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment_id": [f"{conversation_id}/0/0"],
            "vector": [[1.0, 0.0]],
            "model": ["a model"],
            "precision": ["float32"],
        }
    )


def finish(storage: Storage, batch_id: str, conversation_id: str, words: str) -> None:
    storage.write_table("redacted_turns", turns(conversation_id, words), batch_id)
    storage.write_table("segment_embeddings", vectors(conversation_id), batch_id)


def files(storage: Storage) -> list[Path]:
    return [path for path in Path(storage.root).rglob("*") if path.is_file()]


def live_words(storage: Storage) -> list[str]:
    return storage.read_live("redacted_turns")["text"].tolist()


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_litter(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.write_bytes("deidentified/themes.parquet", b"old")

    def disk_full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space left"):
        storage.write_bytes("deidentified/themes.parquet", b"new")
    assert [path.name for path in files(storage)] == ["themes.parquet"]
    assert storage.read_bytes("deidentified/themes.parquet") == b"old"


def test_a_table_that_is_refused_leaves_the_old_one(storage: Storage) -> None:
    storage.write_table("redacted_turns", turns("C001", "old"), "b000001")
    with pytest.raises(Exception, match="nulls"):
        storage.write_table("redacted_turns", turns("C001", "new").assign(text=None), "b000001")
    assert storage.read_table("redacted_turns", "b000001")["text"].tolist() == ["old"]


def test_what_a_killed_writer_left_is_no_table(storage: Storage) -> None:
    finish(storage, "b000001", "C001", "whole")
    folder = Path(storage.path("deidentified/redacted_turns"))
    (folder / ".unfinished-b000002.parquet").write_bytes(b"half")
    assert storage.batches("redacted_turns") == ["b000001"]
    assert live_words(storage) == ["whole"]


OLD = {"deidentified/themes.parquet": b"old", "restricted/redactions/b000001.parquet": b"old too"}
NEW = {name: content.replace(b"old", b"new") for name, content in OLD.items()}


def test_files_that_stand_together_are_all_old_or_all_new_wherever_their_writer_is_killed(
    storage: Storage,
) -> None:
    seen: list[bool] = []
    for name, content in OLD.items():
        storage.write_bytes(name, content)
    for _ in killed_at_each_touch(Path(storage.root), lambda: storage.write_together(NEW)):
        storage.prepare()
        now = {name: storage.read_bytes(name) for name in OLD}
        assert now in (OLD, NEW)
        seen.append(now == NEW)
        for name, content in OLD.items():
            storage.write_bytes(name, content)
    assert set(seen) == {False, True}
    assert len(seen) > 6
    assert not list(Path(storage.root).glob(".journal-*"))


def test_files_that_stand_together_leave_no_litter(storage: Storage) -> None:
    storage.write_together(NEW)
    assert {str(p.relative_to(storage.root)): p.read_bytes() for p in files(storage)} == NEW
    with pytest.raises(OSError, match="themes"):
        storage.write_together(NEW | {"deidentified/themes.parquet/below": b"no folder"})
    assert {str(p.relative_to(storage.root)): p.read_bytes() for p in files(storage)} == NEW


def test_a_half_written_file_says_whose_it_is(storage: Storage) -> None:
    with storage._unfinished("deidentified/themes.parquet", b"half") as temporary:
        assert temporary.name.startswith(f"{UNFINISHED}{os.getpid()}-")


def test_restricted_folders_are_for_their_owner_alone(storage: Storage) -> None:
    mode = Path(storage.path("restricted")).stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_restricted_files_can_be_read_by_their_owner_alone(storage: Storage) -> None:
    storage.write_bytes("restricted/turns/b000001.parquet", b"words")
    mode = Path(storage.path("restricted/turns/b000001.parquet")).stat().st_mode
    assert stat.S_IMODE(mode) & 0o077 == 0


def test_of_many_writers_of_a_manifest_one_is_first(storage: Storage) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(
            pool.map(
                lambda n: storage.create_bytes(
                    "restricted/batches/b000001/manifest.json", b"%d" % n
                ),
                range(32),
            )
        )
    assert won.count(True) == 1
    content = storage.read_bytes("restricted/batches/b000001/manifest.json")
    assert content == b"%d" % won.index(True)
    assert len(files(storage)) == 1


@pytest.mark.parametrize("order", [("b000001", "b000002"), ("b000002", "b000001")])
def test_the_batch_received_last_wins_whichever_finished_last(
    storage: Storage, order: tuple[str, str]
) -> None:
    words = {"b000001": "first said", "b000002": "corrected"}
    for batch_id in order:
        finish(storage, batch_id, "C001", words[batch_id])
    assert live_words(storage) == ["corrected"]


def test_a_batch_under_way_changes_nothing(storage: Storage) -> None:
    finish(storage, "b000001", "C001", "finished")
    storage.write_table("redacted_turns", turns("C001", "under way"), "b000002")
    assert live_words(storage) == ["finished"]


def test_a_conversation_that_was_not_corrected_stays(storage: Storage) -> None:
    finish(storage, "b000001", "C001", "first")
    finish(storage, "b000002", "C002", "second")
    assert sorted(live_words(storage)) == ["first", "second"]


def test_tables_that_know_only_segments_follow_their_conversation(storage: Storage) -> None:
    finish(storage, "b000001", "C001", "first said")
    finish(storage, "b000002", "C001", "corrected")
    assert len(storage.read_live("segment_embeddings")) == 1


def test_what_was_redacted_anew_stands_in_no_older_part(storage: Storage) -> None:
    finish(storage, "b000001", "C001", "first said")
    finish(storage, "b000002", "C002", "another")
    finish(storage, "b000003", "C001", "corrected")
    storage.write_table("redacted_turns", turns("C003", "under way"), "b000004")
    before = live_words(storage)
    storage.drop_superseded()
    parts = [storage.read_table("redacted_turns", b) for b in storage.batches("redacted_turns")]
    words = [list(part["text"]) for part in parts]
    assert words == [[], ["another"], ["corrected"], ["under way"]]
    assert storage.read_table("segment_embeddings", "b000001").empty
    assert live_words(storage) == before


def test_an_empty_data_root_holds_empty_tables(storage: Storage) -> None:
    assert storage.read_live("segments").columns.tolist() == TABLES["segments"].schema.names
    assert storage.read_table("themes").empty


def test_a_remote_root_works_as_a_local_one_does(request: pytest.FixtureRequest) -> None:
    storage = Storage(root=f"memory://{request.node.name}")
    storage.prepare()
    assert storage.create_bytes("restricted/batches/b000001/manifest.json", b"first")
    assert not storage.create_bytes("restricted/batches/b000001/manifest.json", b"second")
    finish(storage, "b000001", "C001", "first said")
    finish(storage, "b000002", "C001", "corrected")
    assert live_words(storage) == ["corrected"]
    storage.write_together(NEW)
    assert {name: storage.read_bytes(name) for name in NEW} == NEW
    storage.delete("deidentified")
    assert storage.read_live("redacted_turns").empty


def test_the_same_table_written_twice_is_the_same_bytes(storage: Storage) -> None:
    first = storage.read_bytes(storage.write_table("redacted_turns", turns("C001", "a"), "b000001"))
    again = storage.read_bytes(storage.write_table("redacted_turns", turns("C001", "a"), "b000001"))
    assert first == again


@pytest.mark.parametrize(
    ("name", "batch_id"),
    [("redacted_turns", None), ("themes", "b000001")],
    ids=["a batch table without its batch", "a corpus table with a batch"],
)
def test_a_table_is_asked_for_as_it_is_cut(
    storage: Storage, name: str, batch_id: str | None
) -> None:
    with pytest.raises(UsageError, match=name):
        storage.read_table(name, batch_id)


def test_walking_names_every_file_from_the_data_root(storage: Storage) -> None:
    storage.write_bytes("deidentified/themes.parquet", b"x")
    storage.write_json("releases/public/r1/datapackage.json", {"name": "public"})
    assert list(storage.walk()) == [
        "deidentified/themes.parquet",
        "releases/public/r1/datapackage.json",
    ]


def test_releases_can_be_read_by_analysts_of_the_machine(storage: Storage) -> None:
    storage.write_bytes("releases/public/r1/quotes.parquet", b"words")
    mode = Path(storage.path("releases/public/r1/quotes.parquet")).stat().st_mode
    assert stat.S_IMODE(mode) == 0o644


def test_walking_names_a_file_once_though_a_link_leads_to_its_folder(storage: Storage) -> None:
    storage.write_bytes("releases/public/r1/quotes.parquet", b"words")
    Path(storage.path("releases/public/latest")).symlink_to("r1")
    assert list(storage.walk()) == ["releases/public/r1/quotes.parquet"]
