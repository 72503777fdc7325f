"""Half-written files and folders go when their writer is gone, and only then."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipeline.headless import (
    clear_away_the_dead,
    end_dead_runs,
    is_under_way,
    open_instance,
)
from pipeline.leftovers import PROCESS_TAG
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


KILLED_UNDER_WAY = """
import os, signal, sys
import dagster as dg
from pipeline.resources.storage import Storage

@dg.op
def work(storage: Storage) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

@dg.job(resource_defs={"storage": Storage(root=sys.argv[1])})
def admit_batch() -> None:
    work()

with dg.DagsterInstance.get() as instance:
    admit_batch.execute_in_process(instance=instance)
"""


@pytest.mark.slow
def test_a_run_that_nobody_tagged_is_ended_when_its_process_was_killed(storage: Storage) -> None:
    """As the daemon starts it: only the run's own process knows its number."""
    with open_instance(storage.root) as instance:
        done = subprocess.run(  # noqa: S603 - the arguments are ours
            [sys.executable, "-c", KILLED_UNDER_WAY, storage.root], check=False, capture_output=True
        )
        assert done.returncode == -9, done.stderr
        (run,) = instance.get_runs()
        assert run.status == dg.DagsterRunStatus.STARTED
        end_dead_runs(instance)
        (run,) = instance.get_runs()
        assert run.status == dg.DagsterRunStatus.FAILURE


def test_a_run_of_this_process_is_not_ended_from_inside(storage: Storage) -> None:
    seen: list[dg.DagsterRunStatus] = []

    @dg.op
    def look(context: dg.OpExecutionContext, storage: Storage) -> None:
        assert storage.is_local
        end_dead_runs(context.instance)
        seen.extend(run.status for run in context.instance.get_runs())

    @dg.job(resource_defs={"storage": storage})
    def looking() -> None:
        look()

    with dg.DagsterInstance.ephemeral() as instance:
        looking.execute_in_process(instance=instance)
    assert seen == [dg.DagsterRunStatus.STARTED]


@pytest.mark.parametrize(
    ("number", "is_alive"), [(GONE, False), (os.getppid(), True)], ids=["killed", "at work"]
)
def test_a_batch_is_left_to_the_process_that_is_at_work_on_it(number: int, is_alive: bool) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(
            dg.JobDefinition(name="admit_batch", graph_def=dg.GraphDefinition(name="admit_batch")),
            status=dg.DagsterRunStatus.STARTED,
            tags={"dagster/partition": "b000001"},
        )
        process = f"{platform.node()}:{number}:mark:{run.run_id}"
        instance.add_run_tags(run.run_id, {PROCESS_TAG: process})
        assert is_under_way(instance, "admit_batch", "b000001") is is_alive
        assert not is_under_way(instance, "admit_batch", "b000002")


@pytest.mark.slow
def test_the_first_start_of_the_pages_has_our_settings_and_a_history_for_the_owner_alone(
    tmp_path: Path,
) -> None:
    subprocess.run(
        [sys.executable, "-m", "pipeline.headless"],
        check=True,
        env=os.environ | {"CONVERSATIONS_DATA": str(tmp_path / "data")},
    )
    home = tmp_path / "data" / "dagster"
    settings = (home / "dagster.yaml").read_text()
    assert "telemetry:\n  enabled: false" in settings
    assert "pools:" in settings
    assert home.stat().st_mode & 0o077 == 0
