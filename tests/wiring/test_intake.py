"""Real files in a real folder: what is taken in, what is set aside, and that nothing is lost."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.domain.governance.register import read_register
from pipeline.domain.intake.names import file_ref
from pipeline.domain.intake.reading import TakenIn
from pipeline.errors import RegisterError
from pipeline.places import Places
from pipeline.receiving import (
    batch_ids,
    lost_by,
    mark_stopped,
    read_ledger,
    receive,
    take_in,
    to_run,
    unsettled,
)
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage
from pipeline.running import Headless, tell_outcome
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty
from tests.wiring.small_landing import put, register, transcript

SETTINGS = Settings.model_validate({"max_file_mb": 1})


class Place:
    """A landing folder, a data root and what happens between them."""

    def __init__(self, base: Path) -> None:
        self.folder = base / "landing"
        self.folder.mkdir()
        self.storage = Storage(root=str(base / "data"))
        self.storage.prepare()
        self.landing = Landing(folder=str(self.folder))
        self.seen: dict[str, str] | None = None

    def look(self) -> list[str]:
        """One look; the batches that it opened."""
        look = self.landing.look()
        if self.seen is None:
            self.seen = unsettled(look, read_ledger(self.storage))
        found = read_register(self.landing.read_register())
        received = receive(self.storage, self.landing, found, SETTINGS, look, self.seen)
        self.seen = received.seen
        return received.batch_ids

    def admit(self, batch_id: str) -> TakenIn:
        """Read a batch and publish what intake publishes, as if all later stages followed."""
        taken = take_in(self.storage, self.landing, SETTINGS, batch_id)
        self.storage.write_table("quarantine", taken.quarantine, batch_id)
        self.storage.write_table("turns", taken.turns, batch_id)
        for name in ("redacted_turns", "segment_embeddings"):
            self.storage.write_table(name, empty(TABLES[name]), batch_id)
        return taken

    def tell(self) -> None:
        """What the console is told at the end."""
        where = Places(self.storage.root, self.landing.folder, "", "100-conversations")
        tell_outcome(
            Headless(where, verbose=False), read_register(self.landing.read_register()), []
        )

    def outcome(self) -> dict[str, str | None]:
        """Run whatever is to run; every file's state by name."""
        self.look()
        for batch_id in to_run(self.storage):
            self.admit(batch_id)
        return {name: one.reason for name, one in read_ledger(self.storage).records.items()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_good_transcript_becomes_turns(place: Place) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1")
    (batch_id,) = place.look()
    turns = place.admit(batch_id).turns
    assert set(turns["conversation_id"]) == {"C1"}
    assert set(turns["role"]) == {"interviewer", "participant"}


def test_lines_that_are_no_turns_are_counted_by_kind(place: Place) -> None:
    path = put(place.folder, "C1")
    path.write_text("Recorded in the hall\n\n" + path.read_text())
    register(place.folder, "C1")
    (batch_id,) = place.look()
    assert place.admit(batch_id).left_out == (("cover_lines", 1),)


def test_a_file_that_grows_between_looks_is_left_until_it_stands_still(place: Place) -> None:
    path = put(place.folder, "C1")
    register(place.folder, "C1")
    place.seen = {}
    assert place.look() == []
    path.write_text(path.read_text() + "\n\nParticipant: And one more thing.")
    assert place.look() == []
    assert place.look() == ["b000001"]
    assert place.look() == []


def test_every_spoiled_file_is_set_aside_and_the_good_ones_go_on(place: Place) -> None:
    put(place.folder, "C1")
    put(place.folder / "second round", "C2")
    shutil.copy(put(place.folder, "C3"), place.folder / "C4.txt")
    put(place.folder, "C5")
    (place.folder / "C5.vtt").write_text("WEBVTT\n")
    (place.folder / "C6.txt").touch()
    (place.folder / "C7.pages").write_text("x")
    (place.folder / "C8.vtt").write_bytes(bytes(range(256)) * 9)
    (place.folder / "C9.json").write_text('{"segments": [{"text": "The bus')
    (place.folder / "C10.docx").write_text("no archive")
    (place.folder / "Rose Quillfeather.txt").write_text(transcript("one"))
    (place.folder / "C11\n.txt").write_text(transcript("two"))
    with (place.folder / "C12.vtt").open("wb") as large:
        large.truncate(300_000_000)
    (place.folder / "~$C1.docx").touch()
    put(place.folder, "C13")
    register(place.folder, *(f"C{number}" for number in range(1, 13)))
    assert place.outcome() == {
        "C1.txt": None, "second round/C2.txt": None, "C3.txt": None, "C4.txt": "duplicate_content",
        "C5.txt": "two_files", "C5.vtt": "two_files", "C6.txt": "empty_file",
        "C7.pages": "unknown_format", "C8.vtt": "not_this_format", "C9.json": "broken_file",
        "C10.docx": "not_this_format", "Rose Quillfeather.txt": "unsafe_name",
        "C11\n.txt": "unsafe_name", "C12.vtt": "too_large", "C13.txt": "no_register_row",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["Rose Quillfeather.txt", "Rose-Quillfeather.txt", "RoseQuillfeather.pages"],
    ids=["no id", "could be an id", "other format"],
)
def test_a_name_that_the_register_does_not_know_stays_in_landing_and_restricted(
    place: Place, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.folder / name).write_text(transcript())
    register(place.folder)
    place.outcome()
    rows = place.storage.read_table("quarantine", "b000001")
    assert list(rows["file_ref"]) == [file_ref(name)]
    place.tell()
    said = capsys.readouterr()
    assert f"file {file_ref(name)}" in said.out
    assert "Quillfeather" not in said.out + said.err
    outside = [path for path in place.storage.walk() if not path.startswith("restricted/")]
    assert outside
    for path in outside:
        assert "Quillfeather" not in path
        assert b"Quillfeather" not in place.storage.read_bytes(path)


def test_links_that_leave_landing_are_not_followed(place: Place, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "C1")
    (place.folder / "C1.txt").symlink_to(tmp_path / "elsewhere" / "C1.txt")
    (place.folder / "C2.txt").symlink_to(tmp_path / "nothing")
    (place.folder / "folder").symlink_to(tmp_path / "elsewhere")
    (place.folder / "C3.txt").symlink_to("C3.txt")
    register(place.folder, "C1", "C2", "C3")
    assert set(place.outcome().values()) == {"outside_landing"}
    assert place.landing.look().n_ignored == 2  # the register and the linked folder


def test_a_corrected_file_supersedes_and_its_undoing_too(place: Place) -> None:
    register(place.folder, "C1")
    for subject in ("first", "corrected", "first"):
        put(place.folder, "C1", subject)
        place.seen = None
        place.outcome()
    hashes = [
        place.storage.read_table("turns", batch_id)["content_hash"].iloc[0]
        for batch_id in batch_ids(place.storage)
    ]
    assert len(hashes) == 3
    assert hashes[0] == hashes[2] != hashes[1]


def test_a_late_register_row_lifts_a_conversation_without_a_new_file(place: Place) -> None:
    put(place.folder, "C1")
    register(place.folder)
    assert place.outcome() == {"C1.txt": "no_register_row"}
    register(place.folder, "C1", audience="none")
    assert place.outcome() == {"C1.txt": "no_consent"}
    register(place.folder, "C1")
    assert place.outcome() == {"C1.txt": None}
    assert place.look() == []


@pytest.mark.parametrize(
    ("audience", "reason"), [("none", "no_consent"), (None, "no_register_row")], ids=["no", "row"]
)
def test_consent_that_lapsed_after_planning_keeps_a_conversation_aside_until_it_is_back(
    place: Place, audience: str | None, reason: str
) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1")
    (batch_id,) = place.look()
    register(place.folder, *(["C1"] if audience else []), audience=audience or "none")
    taken = place.admit(batch_id)
    assert taken.turns.empty
    assert taken.quarantine[["reason", "place"]].to_numpy().tolist() == [[reason, "the register"]]
    assert place.look() == []
    register(place.folder, "C1")
    assert place.outcome() == {"C1.txt": None}


def test_a_file_changed_after_planning_is_taken_by_a_later_batch(place: Place) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1")
    (first,) = place.look()
    put(place.folder, "C1", "something else")
    assert list(place.admit(first).quarantine["reason"]) == ["superseded"]
    place.look()
    assert place.outcome() == {"C1.txt": None}


def test_a_released_file_is_in_quarantine_no_more(place: Place) -> None:
    put(place.folder, "C1")
    put(place.folder, "C2")
    register(place.folder)
    place.outcome()
    register(place.folder, "C1")
    place.outcome()
    assert place.outcome() == {"C1.txt": None, "C2.txt": "no_register_row"}
    assert len(place.storage.read_table("quarantine", "b000001")) == 2


def test_files_of_a_stopped_batch_are_named_until_a_later_batch_has_taken_them(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1")
    place.look()
    mark_stopped(place.storage, "b000001")
    place.tell()
    assert "Not in, 1 files: C1" in capsys.readouterr().out
    put(place.folder, "C1", "corrected")
    place.look()
    place.outcome()
    place.tell()
    assert "by a gate" not in capsys.readouterr().out


def test_a_finished_batch_is_not_read_again_from_a_file_that_has_changed(place: Place) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1")
    (batch_id,) = place.look()
    assert lost_by(place.storage, batch_id, place.admit(batch_id)) == []
    put(place.folder, "C1", "something else")
    again = take_in(place.storage, place.landing, SETTINGS, batch_id)
    assert lost_by(place.storage, batch_id, again) == [file_ref("C1.txt")]
    place.storage.delete("deidentified/segment_embeddings")
    assert lost_by(place.storage, batch_id, again) == []


def test_a_file_that_may_not_be_opened_is_tried_at_every_look(place: Place) -> None:
    path = put(place.folder, "C1")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may open everything")
    register(place.folder, "C1")
    assert place.outcome() == {"C1.txt": "unreadable"}
    assert place.look() == []
    path.chmod(0o600)
    assert place.outcome() == {"C1.txt": None}


@contextmanager
def as_somebody_else(folder: Path) -> Iterator[None]:
    """Without the rights of the system's owner, who may open everything."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*"), *folder.parents):
        os.chown(path, 65534, -1) if path.is_relative_to(folder) else path.chmod(
            path.stat().st_mode | 0o055
        )
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_be_listed_and_not_entered_keeps_only_its_own_files_aside(
    place: Place,
) -> None:
    put(place.folder, "C1")
    put(place.folder / "second round", "C2")
    register(place.folder, "C1", "C2")
    with as_somebody_else(place.folder):
        (place.folder / "second round").chmod(0o644)
        found = {file.name: file.is_readable for file in place.landing.look().files}
    assert found == {"C1.txt": True, "second round/C2.txt": False}
    (place.folder / "second round").chmod(0o755)
    assert place.outcome() == {"C1.txt": None, "second round/C2.txt": None}


def test_a_killed_batch_is_run_again_and_a_stopped_one_is_not(place: Place) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1", "C2")
    assert place.look() == to_run(place.storage) == ["b000001"]
    assert place.look() == []
    assert to_run(place.storage) == ["b000001"]
    mark_stopped(place.storage, "b000001")
    assert to_run(place.storage) == []
    put(place.folder, "C2")
    assert place.look() == []
    assert place.look() == to_run(place.storage) == ["b000002"]


def test_a_number_taken_by_a_process_killed_at_once_is_used(place: Place) -> None:
    put(place.folder, "C1")
    register(place.folder, "C1")
    Path(place.storage.path("restricted/batches/b000001")).mkdir(parents=True)
    assert place.look() == ["b000001"]


def test_without_a_register_nothing_goes_on_and_it_says_what_to_do(place: Place) -> None:
    put(place.folder, "C1")
    with pytest.raises(RegisterError, match=r"participants\.csv"):
        place.look()
