"""What the sensors ask for, tick by tick, on a real instance."""

import json
import platform
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipeline.leftovers import PROCESS_TAG
from pipeline.receiving import mark_stopped, to_run
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.sensors import register_changed, transcript_arrived
from tests.wiring.small_landing import put, register


class Ticks:
    """A landing folder and a sensor that remembers its cursor."""

    def __init__(self, base: Path, instance: dg.DagsterInstance) -> None:
        self.folder = base / "landing"
        self.folder.mkdir()
        self.instance = instance
        self.storage = Storage(root=str(base / "data"))
        self.landing = Landing(folder=str(self.folder))
        self.cursor: str | None = None

    def tick(self) -> list[dg.RunRequest]:
        """One tick of `transcript_arrived`; the runs it asks for."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        asked = transcript_arrived(
            context, storage=self.storage, landing=self.landing, programme=Programme()
        )
        if isinstance(asked, dg.SkipReason):
            return []
        assert isinstance(asked, dg.SensorResult)
        self.cursor = asked.cursor
        return list(asked.run_requests or [])

    def register_tick(self) -> list[str | None]:
        """One tick of `register_changed`; the keys of the runs that it asks for."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        asked = register_changed(context, landing=self.landing)
        if isinstance(asked, dg.SkipReason):
            return []
        assert isinstance(asked, dg.SensorResult)
        self.cursor = asked.cursor
        return keys(list(asked.run_requests or []))

    def run_ended(self, request: dg.RunRequest, status: dg.DagsterRunStatus) -> None:
        """Leave a run of the request in the instance's history."""
        self.instance.create_run_for_job(
            _nothing,
            status=status,
            tags={"dagster/partition": str(request.partition_key)},
        )


@dg.job(name="admit_batch")
def _nothing() -> None: ...


@pytest.fixture
def ticks(tmp_path: Path) -> Iterator[Ticks]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Ticks(tmp_path, instance)


def keys(requests: list[dg.RunRequest]) -> list[str | None]:
    return [request.run_key for request in requests]


def test_a_transcript_is_asked_for_at_the_second_look(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    register(ticks.folder, "C1")
    assert ticks.tick() == []
    (request,) = ticks.tick()
    assert (request.partition_key, request.run_key) == ("b000001", "b000001:1")


def test_a_half_copied_file_does_not_become_a_batch(ticks: Ticks) -> None:
    path = put(ticks.folder, "C1")
    register(ticks.folder, "C1")
    for _ in range(3):
        assert ticks.tick() == []
        path.write_text(path.read_text() + "\n\nParticipant: And another thing.")


def test_a_failed_run_is_tried_again_under_a_new_key_but_not_for_ever(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    register(ticks.folder, "C1")
    ticks.tick()
    asked = []
    for _ in range(5):
        requests = ticks.tick()
        asked += keys(requests)
        for request in requests:
            ticks.run_ended(request, dg.DagsterRunStatus.FAILURE)
    assert asked == ["b000001:1", "b000001:2", "b000001:3"]


def test_a_batch_under_way_is_not_asked_for_again(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    register(ticks.folder, "C1")
    ticks.tick()
    (request,) = ticks.tick()
    ticks.run_ended(request, dg.DagsterRunStatus.STARTED)
    assert ticks.tick() == []


def test_a_stopped_batch_is_left_and_the_next_one_asked_for(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    register(ticks.folder, "C1", "C2")
    ticks.tick()
    ticks.tick()
    mark_stopped(ticks.storage, "b000001")
    assert ticks.tick() == []
    put(ticks.folder, "C2")
    assert ticks.tick() == []
    assert keys(ticks.tick()) == ["b000002:1"]
    assert to_run(ticks.storage) == ["b000002"]


def test_the_cursor_names_no_file_and_is_small_when_nothing_is_new(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    (ticks.folder / "Rose Quillfeather.txt").write_text("x")
    register(ticks.folder, "C1")
    for _ in range(4):
        ticks.tick()
        assert "Rose" not in str(ticks.cursor)
        assert "C1" not in str(ticks.cursor)
    assert json.loads(str(ticks.cursor))["seen"] == {}


def test_without_a_register_the_tick_says_what_is_missing(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    context = dg.build_sensor_context(instance=ticks.instance)
    skipped = transcript_arrived(
        context, storage=ticks.storage, landing=ticks.landing, programme=Programme()
    )
    assert isinstance(skipped, dg.SkipReason)
    assert "participants.csv" in str(skipped.skip_message)


def test_each_change_of_the_register_is_asked_for_once_back_to_an_earlier_one_too(
    ticks: Ticks,
) -> None:
    asked: list[list[str | None]] = []
    for people in (["C1"], ["C1"], ["C1", "C2"], ["C1"]):
        register(ticks.folder, *people)
        asked.append(ticks.register_tick())
    assert [len(found) for found in asked] == [1, 0, 1, 1]
    assert len({str(found) for found in asked}) == 4


@pytest.mark.parametrize("is_same_run", [True, False], ids=["its tag", "copied tag"])
def test_a_batch_whose_process_was_killed_is_asked_for_again(
    ticks: Ticks, is_same_run: bool
) -> None:
    """A run that is started again from Dagster's pages is given the tags of the first."""
    put(ticks.folder, "C1")
    register(ticks.folder, "C1")
    ticks.tick()
    (request,) = ticks.tick()
    run = ticks.instance.create_run_for_job(
        _nothing,
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": str(request.partition_key)},
    )
    process = f"{platform.node()}:999999999:mark:{run.run_id if is_same_run else 'another run'}"
    ticks.instance.add_run_tags(run.run_id, {PROCESS_TAG: process})
    assert keys(ticks.tick()) == (["b000001:2"] if is_same_run else [])
