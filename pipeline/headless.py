"""Running jobs without the Dagster daemon, on the same instance that `dagster dev` shows.

One process at a time works on a data root. What a killed one left behind is cleared away first.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import dagster as dg
from dagster._core.utils import make_new_run_id

from pipeline.errors import PipelineError, UsageError
from pipeline.leftovers import PROCESS_TAG, is_gone, process_tag
from pipeline.places import places
from pipeline.resources.storage import Storage

INSTANCE_SETTINGS = Path(__file__).parents[1] / "dagster.yaml"
SECONDS_TO_START = 600
"""A run that did not start within this time will not start any more."""

ENDABLE = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
UNFINISHED_RUNS = [*ENDABLE, dg.DagsterRunStatus.QUEUED]

_HELD: set[str] = set()
"""Locks of this very process."""

Listen = Callable[[dg.DagsterEvent], None]


class Trouble(NamedTuple):
    """Why a run ended without a result."""

    step: str
    sentence: str


def dagster_home(data: str) -> Path:
    """Where Dagster keeps its history: in the data root, or beside us when that is remote."""
    return Path("out/dagster").absolute() if "://" in data else Path(data).absolute() / "dagster"


@contextmanager
def only_one(data: str) -> Iterator[None]:
    """Hold the data root; the lock of a process that died is no lock.

    A process that holds it already, and runs a job that asks for it, goes on.

    Raises
    ------
    UsageError
        If another process holds it.
    """
    path = dagster_home(data) / "lock"
    if str(path) in _HELD:
        yield
        return
    _make_home(path.parent)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise UsageError(
                f"Process {holder} is already at work on {data}; wait until it has finished"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        _HELD.add(str(path))
        try:
            yield
        finally:
            _HELD.discard(str(path))


@contextmanager
def open_instance(data: str) -> Iterator[dg.DagsterInstance]:
    """The persistent instance of a data root."""
    home = dagster_home(data)
    _make_home(home)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_bytes(INSTANCE_SETTINGS.read_bytes())
    os.environ["DAGSTER_HOME"] = str(home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def _make_home(home: Path) -> None:
    """For the owner alone: the history tells who came when."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)


def clear_away_the_dead(instance: dg.DagsterInstance, storage: Storage) -> None:
    """End runs whose process is gone and remove half-written files; only under the lock."""
    end_dead_runs(instance)
    storage.clear_leftovers()


def end_dead_runs(instance: dg.DagsterInstance) -> None:
    """Runs whose process is gone: failed, and no longer holding a pool."""
    for run in instance.get_runs(dg.RunsFilter(statuses=ENDABLE)):
        if is_gone(run.run_id, run.tags):
            instance.report_run_failed(run, "The process was killed; the batch is run again.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def is_under_way(instance: dg.DagsterInstance, job: str, batch_id: str) -> bool:
    """Whether a run of the batch is alive: its process runs, or it was asked for just now."""
    runs = dg.RunsFilter(
        job_name=job, tags={"dagster/partition": batch_id}, statuses=UNFINISHED_RUNS
    )
    return any(
        PROCESS_TAG in record.dagster_run.tags
        or time.time() - record.create_timestamp.timestamp() < SECONDS_TO_START
        for record in instance.get_run_records(runs)
        if not is_gone(record.dagster_run.run_id, record.dagster_run.tags)
    )


def run_job(
    job: dg.JobDefinition,
    instance: dg.DagsterInstance,
    listen: Listen,
    *,
    batch_id: str | None = None,
    resources: Mapping[str, object] | None = None,
    verbose: bool = False,
) -> list[Trouble]:
    """Run a job here and now, with other resources if given; empty when it succeeded."""
    run_id = make_new_run_id()
    troubles: list[Trouble] = []

    def heard(entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event:
            listen(event)
            if event.is_step_failure:
                troubles.append(_trouble(event))

    instance.add_event_listener(run_id, heard)
    level = "INFO" if verbose else "CRITICAL"
    logging.getLogger("dagster").setLevel(level)
    outcome = job.execute_in_process(
        instance=instance,
        partition_key=batch_id,
        resources=resources,
        raise_on_error=False,
        run_id=run_id,
        tags=process_tag(run_id),
        run_config={"loggers": {"console": {"config": {"log_level": level}}}},
    )
    if outcome.success:
        return []
    return troubles or [Trouble("the run", "ended without a result; Dagster shows why")]


def _trouble(event: dg.DagsterEvent) -> Trouble:
    """What a person is told; only errors raised on purpose are known to hold nothing personal."""
    step = event.step_key or "the run"
    failure = event.step_failure_data
    if failure.user_failure_data:
        return Trouble(step, str(failure.user_failure_data.description))
    error = failure.error
    while error and error.cause:
        error = error.cause
    name = error.cls_name if error else None
    if name == "OSError" and error and "No space left" in error.message:
        return Trouble(step, "the disk is full; make room and run again, nothing half was kept")
    if error and name in _OURS:
        return Trouble(step, error.message.strip().partition(": ")[2])
    return Trouble(step, f"broke unexpectedly ({name}); the run in Dagster shows where")


def _subclasses(error: type[Exception]) -> Iterator[str]:
    yield error.__name__
    for child in error.__subclasses__():
        yield from _subclasses(child)


_OURS = frozenset(_subclasses(PipelineError))


if __name__ == "__main__":  # before `dagster dev`, which would begin with other settings
    with open_instance(places().data) as here:
        end_dead_runs(here)
