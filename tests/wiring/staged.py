"""Jobs run on a small landing folder, with quick stand-ins for the models."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.definitions import defs
from pipeline.domain.governance.register import read_register
from pipeline.partitions import intake_batches
from pipeline.places import Places
from pipeline.plugging import resources
from pipeline.receiving import read_ledger, receive, unsettled
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage
from tests.fakes import BagOfWordsEncoder, FewCanaries, SilentAuditor, WordListDetector
from tests.wiring.small_landing import put, register

CONVERSATIONS = [f"C{n:03}" for n in range(1, 8)]
NAMED = "Zebedee Quillfeather"


def landed(base: Path, *more: str) -> Path:
    """Seven conversations in which somebody is named, and more."""
    for conversation in (*CONVERSATIONS, *more):
        put(base / "landing", conversation, subject=f"to {NAMED} of {conversation}")
    register(base / "landing", *CONVERSATIONS, *more)
    return base


class Stage:
    """A landing folder, a data root, and jobs run on them as from Dagster's pages."""

    night: dg.ExecuteInProcessResult
    """What its first night came to."""

    def __init__(
        self, base: Path, instance: dg.DagsterInstance, names: Sequence[str] = (NAMED,)
    ) -> None:
        self.base, self.instance, self.names = base, instance, list(names)
        self.where = Places(str(base / "data"), str(base / "landing"), "", "100-conversations")
        self.landing = Landing(folder=self.where.landing)
        self.storage = Storage(root=self.where.data)
        self.storage.prepare()
        for batch_id in self.storage.batches("turns"):
            self._add(batch_id)

    def receive(self) -> list[str]:
        """Sort what landed into batches."""
        look = self.landing.look()
        found = read_register(self.landing.read_register())
        seen = unsettled(look, read_ledger(self.storage))
        settings = FewCanaries(name=self.where.programme).settings()
        batch_ids = receive(self.storage, self.landing, found, settings, look, seen).batch_ids
        for batch_id in batch_ids:
            self._add(batch_id)
        return batch_ids

    def run(
        self, job: str, batch_id: str | None = None, *, poison: str = "", canaries: int = 0
    ) -> dg.ExecuteInProcessResult:
        """Run a job; a turn that holds the poison breaks the detector."""
        return self.execute(job, poison=poison, canaries=canaries, partition_key=batch_id)

    def execute(
        self, job: str, *, poison: str = "", canaries: int = 0, **options: Any
    ) -> dg.ExecuteInProcessResult:
        """Run a job with options of Dagster's."""
        fakes = {
            "detector": WordListDetector(names=self.names, poison=poison),
            "auditor": SilentAuditor(),
            "programme": FewCanaries(n_per_group=canaries),
            "encoder": BagOfWordsEncoder(),
        }
        return defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            resources=resources(self.where) | fakes,
            raise_on_error=False,
            **options,
        )

    def first_night(self) -> "Stage":
        """A batch and the night after it."""
        (batch_id,) = self.receive()
        assert self.run("admit_batch", batch_id).success
        self.night = self.run("nightly")
        assert self.night.success
        return self

    def _add(self, batch_id: str) -> None:
        self.instance.add_dynamic_partitions(str(intake_batches.name), [batch_id])


def copied(done: Stage, base: Path, instance: dg.DagsterInstance) -> Stage:
    """A stage of its own in the state of another: what it did need not be done again."""
    shutil.copytree(done.base, base, dirs_exist_ok=True, symlinks=True)
    return Stage(base, instance, done.names)
