"""Erasing to the end: from the command line as a process, and as a job in Dagster."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipeline.definitions import defs
from pipeline.resources.storage import Storage
from tests.conftest import ROOT
from tests.wiring.small_landing import put, register
from tests.wiring.staged import Stage, copied

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "tests.stand_ins")
CONVERSATIONS = ("C701", "C702", "C703")
GONE = "C702"
OWN_WORDS = "about the lighthouse keeper's orchard"


def landed(base: Path) -> Path:
    for name in CONVERSATIONS:
        put(base / "landing", name, OWN_WORDS if name == GONE else None)
    return register(base / "landing", *CONVERSATIONS).parent


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """The landing folder of the pages, too, who come with their own."""
    return tmp_path / "landing"


def conversations(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [*COMMAND, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def files_that_hold(base: Path, word: str) -> list[str]:
    """Files with the word in their name or bytes; tables by what their columns say."""
    storage = Storage(root=str(base))
    found = []
    for path in storage.walk():
        content = storage.read_bytes(path)
        if path.endswith(".parquet"):
            content = pd.read_parquet(storage.path(path)).to_csv().encode()
        if word in path or word.encode() in content:
            found.append(path)
    return found


def test_the_command_leaves_nothing_of_the_person_and_everything_of_the_others(
    tmp_path: Path,
) -> None:
    data, landing = tmp_path / "data", landed(tmp_path)
    code, printed = conversations("run", "--landing", landing, "--data", data)
    assert code == 0, printed[-2000:]
    assert files_that_hold(data, GONE)

    code, printed = conversations("erase", GONE, "--data", data)
    assert code == 0, printed[-2000:]
    assert "Certificate" in printed
    assert "STILL FOUND" not in printed
    for word in (GONE, "P002", "lighthouse"):
        assert files_that_hold(tmp_path, word) == []
    storage = Storage(root=str(data))
    assert set(storage.live_batches()) == {"C701", "C703"}
    assert storage.read_table("erasures")["residual_hits"].tolist() == [0]
    assert (data / "releases/public/latest").exists()

    again = conversations("run", "--landing", landing, "--data", data)
    assert again[0] == 0, again[1][-2000:]
    assert files_that_hold(tmp_path, GONE) == []


def erase(stage: Stage, conversation_id: str) -> dg.ExecuteInProcessResult:
    wanted = {"config": {"conversation_ids": [conversation_id]}}
    return stage.execute("erase", run_config={"ops": {"erase_conversations": wanted}})


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Three conversations after a batch."""
    base = tmp_path_factory.mktemp("first")
    landed(base)
    with dg.DagsterInstance.ephemeral() as instance:
        stage = Stage(base, instance, names=())
        (batch_id,) = stage.receive()
        assert stage.run("admit_batch", batch_id).success
        return stage


@pytest.fixture(scope="module")
def second(first: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """They after the night."""
    with dg.DagsterInstance.ephemeral() as instance:
        stage = copied(first, tmp_path_factory.mktemp("second"), instance)
        assert stage.run("nightly").success
        return stage


@pytest.fixture
def day(first: Stage, tmp_path: Path) -> Iterator[Stage]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield copied(first, tmp_path, instance)


@pytest.fixture
def pages(second: Stage, tmp_path: Path) -> Iterator[Stage]:
    """The day after, with Dagster's records where an operator's are."""
    home = tmp_path / "data" / "dagster"
    home.mkdir(parents=True)
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        yield copied(second, tmp_path, instance)


def test_the_job_erases_and_the_night_builds_releases_without_the_person(pages: Stage) -> None:
    assert erase(pages, GONE).success
    assert pages.run("nightly").success
    assert set(pages.storage.live_batches()) == {"C701", "C703"}
    assert (Path(pages.where.data) / "releases/public/latest").exists()
    for zone in ("deidentified", "releases", "quarantine", "restricted"):
        assert files_that_hold(Path(pages.where.data) / zone, "lighthouse") == []


def test_nothing_is_erased_beside_a_run_that_would_bring_it_back(day: Stage) -> None:
    other = day.instance.create_run_for_job(
        defs.resolve_job_def("nightly"), status=dg.DagsterRunStatus.STARTED
    )
    assert not erase(day, GONE).success
    assert GONE in day.storage.live_batches()
    assert not day.storage.exists("restricted/erasures")

    day.instance.report_run_failed(other)
    assert erase(day, GONE).success
    assert GONE not in day.storage.live_batches()


def withdraw(landing: Path, *conversation_ids: str) -> None:
    """Write a day into the register's last column, as a person would."""
    file = landing / "participants.csv"
    rows = [
        f"{row}2024-05-31" if row.split(",")[0] in conversation_ids else row
        for row in file.read_text(encoding="utf-8").splitlines()
    ]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")


def received_long_ago(storage: Storage, batch_id: str) -> None:
    path = f"restricted/batches/{batch_id}/manifest.json"
    storage.write_json(path, storage.read_json(path) | {"received_on": "2020-01-01"})


@pytest.mark.parametrize("job", ["nightly", "refresh_register"])
def test_a_day_in_the_register_erases_whoever_was_taken_in(
    pages: Stage, landing: Path, job: str
) -> None:
    withdraw(landing, GONE)
    assert pages.run(job).success
    assert set(pages.storage.live_batches()) == {"C701", "C703"}
    assert files_that_hold(landing.parent, "lighthouse") == []
    held = files_that_hold(landing.parent, GONE)
    assert {Path(path).name for path in held} == {
        "consent.parquet", "participants.parquet", "participants.csv"
    }  # fmt: skip
    register = (landing / "participants.csv").read_text(encoding="utf-8")
    assert f"{GONE},P002,,,public,yes,yes,2024-01-01,2024-05-31" in register
    assert "Person2" not in register
    (reason,) = pages.storage.read_table("erasures")["reason"]
    assert reason == "withdrawn"
    team = Path(pages.where.data) / "releases/programme-team/latest"
    assert team.exists() == (job == "nightly")


def test_an_erasure_that_cannot_be_carried_out_is_an_alarm_and_the_night_goes_on(
    day: Stage, landing: Path
) -> None:
    other = day.instance.create_run_for_job(
        defs.resolve_job_def("nightly"), status=dg.DagsterRunStatus.STARTED
    )
    withdraw(landing, GONE)
    night = day.run("nightly")
    assert not night.success
    untrue = [e.check_name for e in night.get_asset_check_evaluations() if not e.passed]
    assert "everybody_who_withdrew_is_gone" in untrue
    assert (Path(day.where.data) / "releases/public/latest").exists()
    assert GONE in day.storage.live_batches()

    day.instance.report_run_failed(other)
    assert day.run("nightly").success
    assert GONE not in day.storage.live_batches()


def test_raw_turns_go_when_they_are_due_and_reviewers_are_heard_all_the_same(
    day: Stage, landing: Path
) -> None:
    received_long_ago(day.storage, "b000001")
    assert day.run("nightly").success
    assert day.storage.batches("turns") == []
    assert day.storage.read_table("retention")["outcome"].tolist() == ["removed"]
    assert set(day.storage.live_batches()) == set(CONVERSATIONS)

    decided = "conversation_id,text,action,entity_type\n*,lighthouse keeper,mask,ORG\n"
    (landing / "redaction_decisions.csv").write_text(decided, encoding="utf-8")
    assert day.run("refresh_register").success
    (again,) = day.receive()
    assert day.run("admit_batch", again).success
    assert day.storage.live_batches() == {"C701": "b000001", GONE: again, "C703": "b000001"}
    redacted = day.storage.read_live("redacted_turns")["text"]
    assert not redacted.str.contains("lighthouse keeper").any()


def test_a_release_that_somebody_narrowed_is_taken_out_and_built_anew(
    pages: Stage, landing: Path
) -> None:
    team = Path(pages.where.data) / "releases/programme-team"
    before = (team / "latest").resolve().name
    file = landing / "participants.csv"
    register = file.read_text(encoding="utf-8")
    narrowed = register.replace("P003,Person3,Asker,public", "P003,Person3,Asker,none")
    file.write_text(narrowed, encoding="utf-8")
    assert pages.run("nightly").success
    recalls = pages.storage.read_table("recalls")
    assert set(recalls["reason"]) == {"narrowed"}
    assert before in recalls["release_id"].tolist()
    assert not (team / before).exists()
    assert (team / "latest").exists()
    assert file.read_text(encoding="utf-8") == narrowed
    assert "C703" in pages.storage.live_batches()
