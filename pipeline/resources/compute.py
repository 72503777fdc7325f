"""Where heavy work runs: in this process, on its cores, or on the workers of a Dask cluster."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import dagster as dg
from pydantic import Field
from tqdm import tqdm

from pipeline.boundary import place_of

if TYPE_CHECKING:
    from distributed import Client, Future

WORTH_A_WORKER = 50
"""Conversations a worker must get, or loading its own models costs more than it saves.

On two cores, loading takes as long as redacting thirty conversations; on busy cores, longer.
"""

ONE_CLUSTER = {
    "distributed.scheduler.allowed-failures": 2,  # workers that may die of one task
    "distributed.scheduler.worker-saturation": 1.0,  # no task waits on a worker that may die
    "distributed.scheduler.http.routes": [],  # Dask insists on a port for pages: it shows none
    "distributed.worker.http.routes": [],
}

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Mapped(Generic[R]):
    """What came of each conversation, in the order given."""

    results: dict[str, R]
    failures: dict[str, str]  # the error's name and place in our code; never its message


class Compute(dg.ConfigurableResource):
    """Runs a function over conversations; one that fails, or kills its worker, fails alone."""

    address: str = Field(
        default="",
        description="Scheduler of a Dask cluster, such as tls://host:8786; empty: this machine.",
    )
    progress: bool = Field(default=False, description="Show a progress bar on standard error.")

    def map(
        self, function: Callable[[T], R], conversations: Mapping[str, T], stage: str, workers: int
    ) -> Mapped[R]:
        """Apply the function to each conversation.

        Parameters
        ----------
        function : callable
            Picklable; loads its models itself, once per process.
        conversations : mapping of conversation id to argument
        stage : str
            Shown on the progress bar.
        workers : int
            Processes on this machine; 0: one for each core; 1: none, everything runs here.
        """
        workers = workers or _cores()
        alone = workers == 1 or len(conversations) < WORTH_A_WORKER * workers
        run = self._here if alone and not self.address else self._on_workers
        done: dict[str, R | BaseException] = {}
        with self.bar(stage, len(conversations)) as bar:
            for conversation_id, outcome in run(function, conversations, workers):
                done[conversation_id] = outcome
                bar.update()
        return _mapped(conversations, done)

    def bar(self, stage: str, total: int) -> "tqdm[Any]":
        """A progress bar of the stage, if bars are wanted."""
        return tqdm(total=total, desc=stage, unit="conversation", disable=not self.progress)

    def _here(
        self, function: Callable[[T], R], conversations: Mapping[str, T], _workers: int
    ) -> Iterator[tuple[str, R | BaseException]]:
        for conversation_id, argument in conversations.items():
            try:
                outcome = function(argument)
            except Exception as error:  # noqa: BLE001 -- the boundary: one conversation fails alone
                outcome = error
            yield conversation_id, outcome

    def _on_workers(
        self, function: Callable[[T], R], conversations: Mapping[str, T], workers: int
    ) -> Iterator[tuple[str, R | BaseException]]:
        from distributed import as_completed

        with self._client(workers) as client:
            of: dict[Future, str] = {
                client.submit(function, argument, pure=False): conversation_id
                for conversation_id, argument in conversations.items()
            }
            for future in as_completed(of):
                error = future.exception()
                yield of[future], future.result() if error is None else error

    @contextmanager
    def _client(self, workers: int) -> "Iterator[Client]":
        import dask.config
        from distributed import Client, LocalCluster

        if self.address:
            with Client(self.address) as client:
                yield client
            return
        with (
            dask.config.set(ONE_CLUSTER),
            TemporaryDirectory(prefix="workers-", ignore_cleanup_errors=True) as scratch,
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=0,  # a worker short of memory would write turns to its disk
                local_directory=scratch,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,  # a dead worker is reported by its conversation
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client


def _cores() -> int:
    from dask.system import CPU_COUNT  # what this container may use, not what the machine has

    return CPU_COUNT


def _mapped(asked: Mapping[str, T], done: Mapping[str, R | BaseException]) -> Mapped[R]:
    results: dict[str, R] = {}
    failures: dict[str, str] = {}
    for conversation_id in asked:
        outcome = done[conversation_id]
        if isinstance(outcome, BaseException):
            failures[conversation_id] = place_of(outcome)
        else:
            results[conversation_id] = outcome
    return Mapped(results, failures)
