"""Half-written files and folders go when their writer is gone, and only then."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipeline.headless import clear_away_the_dead
from pipeline.resources.storage import Storage

GONE = 999_999_999


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(root=str(tmp_path))
    storage.prepare()
    return storage


@pytest.fixture
def other_process() -> Iterator[int]:
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        yield process.pid
        process.kill()


def half_written(storage: Storage, name: str) -> Path:
    """A file and a folder under way, as tables and releases are written."""
    Path(storage.path("deidentified"), name).write_bytes(b"half")
    folder = Path(storage.path("releases/public"), name)
    folder.mkdir(parents=True)
    (folder / "quotes.parquet").write_bytes(b"half")
    return folder


def left(storage: Storage) -> int:
    return len(list(Path(storage.root).rglob(".unfinished-*")))


@pytest.mark.parametrize(
    "name",
    [f".unfinished-{GONE}-abc", f".unfinished-{os.getpid()}-abc", ".unfinished-abc"],
    ids=["its process is gone", "our number, used before", "no number"],
)
def test_a_killed_process_leaves_nothing_behind_not_even_half_a_release(
    storage: Storage, name: str
) -> None:
    half_written(storage, name)
    with dg.DagsterInstance.ephemeral() as instance:
        clear_away_the_dead(instance, storage)
        clear_away_the_dead(instance, storage)
    assert left(storage) == 0


def test_what_another_process_writes_now_is_left_alone(
    storage: Storage, other_process: int
) -> None:
    half_written(storage, f".unfinished-{other_process}-abc")
    storage.clear_leftovers()
    assert left(storage) == 2


def test_what_is_older_than_any_write_goes_though_its_number_is_in_use_again(
    storage: Storage, other_process: int
) -> None:
    folder = half_written(storage, f".unfinished-{other_process}-abc")
    os.utime(folder, (0, 0))
    storage.clear_leftovers()
    assert left(storage) == 1


def test_a_link_under_way_is_removed_and_its_release_is_not(storage: Storage) -> None:
    release = half_written(storage, "whole")
    (release.parent / f".unfinished-{GONE}-latest").symlink_to(release, target_is_directory=True)
    storage.clear_leftovers()
    assert left(storage) == 0
    assert (release / "quotes.parquet").exists()
