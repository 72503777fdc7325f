"""What the sensors ask for, tick by tick, on a real instance."""

import json
import platform
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipeline.assets.governance import read_the_register
from pipeline.assets.intake import read_transcripts
from pipeline.errors import PipelineError
from pipeline.jobs import remember_that_a_gate_stopped_the_batch
from pipeline.leftovers import PROCESS_TAG
from pipeline.receiving import mark_stopped, stopped, to_run
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.sensors import due, register_changed, transcript_arrived
from pipeline.tables import TABLES
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
        self.skipped = ""

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
        self.skipped = str(asked.skip_reason and asked.skip_reason.skip_message)
        return list(asked.run_requests or [])

    def register_tick(self) -> list[str | None]:
        """One tick of `register_changed`; the keys of the runs that it asks for."""
        return keys(self.register_requests())

    def register_requests(self) -> list[dg.RunRequest]:
        """One tick of `register_changed`; the runs that it asks for."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        asked = register_changed(
            context, storage=self.storage, landing=self.landing, programme=Programme()
        )
        if isinstance(asked, dg.SkipReason):
            return []
        assert isinstance(asked, dg.SensorResult)
        self.cursor = asked.cursor
        return list(asked.run_requests or [])

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


def test_a_failed_run_is_tried_again_under_a_new_key_at_longer_and_longer_intervals(
    ticks: Ticks,
) -> None:
    now = time.time()
    waited = []
    for attempt in range(1, 9):
        minutes = 0
        while not (asked := due(ticks.instance, ["b000001"], now + 60 * minutes)[0]):
            minutes += 1
        assert keys(asked) == [f"b000001:{attempt}"]
        waited.append(minutes)
        ticks.run_ended(asked[0], dg.DagsterRunStatus.FAILURE)
    assert waited == pytest.approx([0, 2, 4, 8, 16, 32, 60, 60], abs=1)


def test_batches_that_do_not_go_on_are_named_in_the_tick(ticks: Ticks) -> None:
    put(ticks.folder, "C1")
    register(ticks.folder, "C1", "C2")
    ticks.tick()
    (first,) = ticks.tick()
    ticks.run_ended(first, dg.DagsterRunStatus.FAILURE)
    put(ticks.folder, "C2")
    ticks.tick()
    ticks.tick()
    mark_stopped(ticks.storage, "b000002")
    ticks.tick()
    assert "after a failed run: b000001" in ticks.skipped
    assert "stopped by a gate: b000002" in ticks.skipped
    assert "C1" not in ticks.skipped


def test_an_error_that_nobody_foresaw_fails_the_tick_and_names_no_file(ticks: Ticks) -> None:
    ticks.landing = Landing(folder=str(ticks.folder), register_file=str(ticks.folder / "Quill\0"))
    with pytest.raises(PipelineError) as raised:
        ticks.tick()
    assert "Quill" not in "".join(traceback.format_exception(raised.value))


def test_a_refused_register_does_not_stop_the_batch_but_a_refused_table_does(ticks: Ticks) -> None:
    for step, is_stopped in ((read_the_register, False), (read_transcripts, True)):
        put(ticks.folder, "C1")
        register(ticks.folder, "C1")
        ticks.tick()
        ticks.tick()
        run = ticks.instance.create_run_for_job(_nothing, tags={"dagster/partition": "b000001"})
        context = dg.build_hook_context(
            op=step.op,
            run_id=run.run_id,
            instance=ticks.instance,
            op_exception=dg.Failure("a gate said no"),
            resources={"storage": ticks.storage},
        )
        remember_that_a_gate_stopped_the_batch(context)
        assert (stopped(ticks.storage) == {"b000001"}) is is_stopped


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


def test_a_withdrawal_asks_for_the_whole_night_and_again_until_it_is_carried_out(
    ticks: Ticks,
) -> None:
    """At once, then after minutes that double; nothing of it once the person is gone."""
    row = dict.fromkeys(TABLES["turns"].schema.names, "x")
    row |= {"conversation_id": "C2", "turn": 0, "start_s": None, "end_s": None}
    ticks.storage.write_table("turns", pd.DataFrame([row]), "b000001")
    file = register(ticks.folder, "C1", "C2")
    file.write_text(file.read_text().rstrip("\n") + "2024-05-31\n")
    (asked,) = ticks.register_requests()
    assert asked.job_name == "nightly"
    assert ticks.register_requests() == []

    cursor = json.loads(str(ticks.cursor))
    ticks.cursor = json.dumps(cursor | {"tried_at": time.time() - 121})
    (again,) = ticks.register_requests()
    assert again.job_name == "nightly"
    assert again.run_key != asked.run_key
    assert ticks.register_requests() == []

    ticks.cursor = json.dumps(cursor | {"tried_at": 0})
    ticks.storage.write_table("turns", pd.DataFrame([row]).iloc[:0], "b000001")
    assert ticks.register_requests() == []
    assert "C2" not in str(ticks.cursor)


@pytest.mark.parametrize(
    "name",
    ["redaction_decisions.csv", "theme_decisions.csv", "story_approvals.csv", "actions.csv"],
)
def test_each_change_of_a_file_of_decisions_is_asked_for_once(ticks: Ticks, name: str) -> None:
    register(ticks.folder, "C1")
    assert len(ticks.register_tick()) == 1
    (ticks.folder / name).write_text("theme_id,action\nT01,hide\n")
    assert [len(ticks.register_tick()) for _ in range(2)] == [1, 0]
    (ticks.folder / name).unlink()
    assert len(ticks.register_tick()) == 1


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
    ticks.tick()
    asked, _ = due(ticks.instance, ["b000001"], time.time() + 120)
    assert keys(asked) == (["b000001:2"] if is_same_run else [])
