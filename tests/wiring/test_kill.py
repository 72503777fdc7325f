"""Killed or out of room at any moment, run again: the same tables as an undisturbed run.

The processes are real ones; only the models and the suites have quick stand-ins, since a process
that is killed would load them only to die.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.resources.storage import UNFINISHED, Storage
from pipeline.tables import TABLES, empty
from tests.wiring.small_landing import put, register

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "tests.stand_ins")
COMPARED = ("deidentified", "releases", "quarantine", "restricted")
PATIENCE_S = 300


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three conversations of which one has no register row, and an empty file."""
    folder = tmp_path_factory.mktemp("drop") / "landing"
    for name in ("C001", "C002", "C003"):
        put(folder, name)
    (folder / "C004.txt").touch()
    register(folder, "C001", "C002", "C004")
    return folder


def start(landing: Path, data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - the arguments are ours
        [*COMMAND, "run", "--landing", landing, "--data", data],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(landing: Path, data: Path) -> tuple[int, str]:
    process = start(landing, data)
    printed, _ = process.communicate(timeout=PATIENCE_S)
    return process.returncode, printed


def kill_when(process: subprocess.Popen[str], sign: Path) -> bool:
    """SIGKILL the process and its children as soon as the sign is there."""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        if sign.exists():
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
        time.sleep(0.002)
    return False


def bytes_of(data: Path) -> dict[str, str]:
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for zone in COMPARED
        for path in sorted((data / zone).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    data = tmp_path_factory.mktemp("undisturbed")
    code, printed = finish(landing, data)
    assert code == 0, printed[-2000:]
    return bytes_of(data)


MOMENTS = (
    "restricted/batches/b000001",
    "restricted/turns/b000001.parquet",
    "deidentified/redacted_turns/b000001.parquet",
    "deidentified/vector_cache",
    "deidentified/themes.parquet",
    "deidentified/story_sets.parquet",
    "releases/health-and-care-partners",
    "releases/public/latest",
)
"""What is there when a stage has just begun or ended, in the order of the stages."""


def test_killed_in_every_stage_in_turn_the_tables_are_the_same_in_the_end(
    landing: Path, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    for sign in MOMENTS:
        assert kill_when(start(landing, tmp_path), tmp_path / sign), f"it ended before {sign}"
    code, printed = finish(landing, tmp_path)
    assert code == 0, printed[-2000:]
    assert bytes_of(tmp_path) == undisturbed
    assert not list(tmp_path.rglob(f"{UNFINISHED}*"))


def mount(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator["SmallDisk"]:
    """Makes a folder into a file system of its own with little room; only root can."""
    mounted: list[Path] = []

    def make(name: str, size: str) -> Path:
        disk = tmp_path / name
        disk.mkdir(parents=True)
        if os.geteuid() != 0 or not mount(disk, f"size={size}"):
            pytest.skip("only root can make a small file system here")
        mounted.append(disk)
        return disk

    yield make
    for disk in mounted:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607 - ours


SmallDisk = Callable[[str, str], Path]


def test_a_full_disk_leaves_the_old_table_whole_and_nothing_half(small_disk: SmallDisk) -> None:
    storage = Storage(root=str(small_disk("disk", "1m")))
    storage.write_table("themes", empty(TABLES["themes"]))
    before = storage.read_bytes("deidentified/themes.parquet")
    with pytest.raises(OSError, match="No space left"):
        storage.write_bytes("deidentified/themes.parquet", b"x" * 2_000_000)
    assert storage.read_bytes("deidentified/themes.parquet") == before
    assert list(storage.walk()) == ["deidentified/themes.parquet"]


def test_a_run_without_room_for_a_table_says_so_and_ends_well_once_there_is_room(
    landing: Path, tmp_path: Path, undisturbed: dict[str, str], small_disk: SmallDisk
) -> None:
    """Dagster's records have a disk of their own, so that the stage itself meets the full one."""
    tables = small_disk("data/deidentified", "4k")
    code, printed = finish(landing, tmp_path / "data")
    assert code == 1
    assert "The disk is full; make room and run again" in printed
    assert "Traceback" not in printed
    assert not list(tables.rglob(f"{UNFINISHED}*"))
    assert mount(tables, "remount,size=200m")
    code, printed = finish(landing, tmp_path / "data")
    assert code == 0, printed[-2000:]
    assert bytes_of(tmp_path / "data") == undisturbed


def test_no_room_for_dagsters_records_is_said_in_one_sentence(
    landing: Path, small_disk: SmallDisk
) -> None:
    code, printed = finish(landing, small_disk("disk", "1m"))
    assert code == 1
    assert "the disk is full" in printed.lower()
    assert "Traceback" not in printed
