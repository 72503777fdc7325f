"""Stages in a state that several tests begin with."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.wiring.staged import Stage, copied, landed


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Seven conversations that have just landed."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Stage(landed(tmp_path), instance)


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """They after a batch and a night, with Dagster's records on the disk: only to be read."""
    base = tmp_path_factory.mktemp("first")
    (base / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(base / "dagster")) as instance:
        return Stage(landed(base), instance).first_night()


@pytest.fixture
def next_day(done: Stage, tmp_path: Path) -> Iterator[Stage]:
    """They on the day after, on files of its own."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield copied(done, tmp_path, instance)
