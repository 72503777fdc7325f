"""Erasing to the end: from the command line with the real models, and as a job in Dagster."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from pipeline.definitions import defs
from pipeline.domain.governance.register import read_register
from pipeline.partitions import intake_batches
from pipeline.places import Places
from pipeline.plugging import resources
from pipeline.receiving import read_ledger, receive, unsettled
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from tests.fakes import BagOfWordsEncoder, FewCanaries, SilentAuditor, WordListDetector
from tests.wiring.small_landing import put, register

pytestmark = pytest.mark.slow

COMMAND = Path(sys.executable).parent / "conversations"
CONVERSATIONS = ("C701", "C702", "C703")
GONE = "C702"
OWN_WORDS = "about the lighthouse keeper's orchard"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    for name in CONVERSATIONS:
        put(folder, name, OWN_WORDS if name == GONE else None)
    register(folder, *CONVERSATIONS)
    return folder


def conversations(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
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


@pytest.mark.model
def test_the_command_leaves_nothing_of_the_person_and_everything_of_the_others(
    tmp_path: Path, landing: Path
) -> None:
    data = tmp_path / "data"
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


class Pages:
    """Jobs as an operator starts them from Dagster's pages, with quick stand-ins for models."""

    def __init__(self, landing: Path, instance: dg.DagsterInstance) -> None:
        self.where = Places(str(landing.parent / "data"), str(landing), "", "100-conversations")
        self.instance = instance
        self.storage = Storage(root=self.where.data)
        self.storage.prepare()

    def receive(self) -> str:
        landing = Landing(folder=self.where.landing)
        look, content = landing.look(), landing.read_register()
        seen = unsettled(look, read_ledger(self.storage))
        settings = Programme(name=self.where.programme).settings()
        received = receive(self.storage, landing, read_register(content), settings, look, seen)
        (batch_id,) = received.batch_ids
        self.instance.add_dynamic_partitions(str(intake_batches.name), [batch_id])
        return batch_id

    def run(self, job: str, batch_id: str | None = None) -> dg.ExecuteInProcessResult:
        return self._execute(job, partition_key=batch_id)

    def erase(self, conversation_id: str) -> dg.ExecuteInProcessResult:
        wanted = {"config": {"conversation_ids": [conversation_id]}}
        return self._execute("erase", run_config={"ops": {"erase_conversations": wanted}})

    def _execute(self, job: str, **options: Any) -> dg.ExecuteInProcessResult:
        fakes = {
            "detector": WordListDetector(names=[]),
            "auditor": SilentAuditor(),
            "programme": FewCanaries(),
            "encoder": BagOfWordsEncoder(),
        }
        return defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            resources=resources(self.where) | fakes,
            raise_on_error=False,
            **options,
        )


@pytest.fixture
def pages(landing: Path) -> Iterator[Pages]:
    home = landing.parent / "data" / "dagster"
    home.mkdir(parents=True)
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        yield Pages(landing, instance)


def test_the_job_erases_and_the_night_builds_releases_without_the_person(pages: Pages) -> None:
    assert pages.run("admit_batch", pages.receive()).success
    assert pages.run("nightly").success
    assert pages.erase(GONE).success
    assert pages.run("nightly").success
    assert set(pages.storage.live_batches()) == {"C701", "C703"}
    assert (Path(pages.where.data) / "releases/public/latest").exists()
    for zone in ("deidentified", "releases", "quarantine", "restricted"):
        assert files_that_hold(Path(pages.where.data) / zone, "lighthouse") == []


def test_nothing_is_erased_beside_a_run_that_would_bring_it_back(pages: Pages) -> None:
    assert pages.run("admit_batch", pages.receive()).success
    other = pages.instance.create_run_for_job(
        defs.resolve_job_def("nightly"), status=dg.DagsterRunStatus.STARTED
    )
    assert not pages.erase(GONE).success
    assert GONE in pages.storage.live_batches()
    assert not pages.storage.exists("restricted/erasures")

    pages.instance.report_run_failed(other)
    assert pages.erase(GONE).success
    assert GONE not in pages.storage.live_batches()


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
    pages: Pages, landing: Path, job: str
) -> None:
    assert pages.run("admit_batch", pages.receive()).success
    assert pages.run("nightly").success
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
    pages: Pages, landing: Path
) -> None:
    assert pages.run("admit_batch", pages.receive()).success
    other = pages.instance.create_run_for_job(
        defs.resolve_job_def("nightly"), status=dg.DagsterRunStatus.STARTED
    )
    withdraw(landing, GONE)
    night = pages.run("nightly")
    assert not night.success
    untrue = [e.check_name for e in night.get_asset_check_evaluations() if not e.passed]
    assert "everybody_who_withdrew_is_gone" in untrue
    assert (Path(pages.where.data) / "releases/public/latest").exists()
    assert GONE in pages.storage.live_batches()

    pages.instance.report_run_failed(other)
    assert pages.run("nightly").success
    assert GONE not in pages.storage.live_batches()


def test_raw_turns_go_when_they_are_due_and_reviewers_are_heard_all_the_same(
    pages: Pages, landing: Path
) -> None:
    batch_id = pages.receive()
    assert pages.run("admit_batch", batch_id).success
    received_long_ago(pages.storage, batch_id)
    assert pages.run("nightly").success
    assert pages.storage.batches("turns") == []
    assert pages.storage.read_table("retention")["outcome"].tolist() == ["removed"]
    assert set(pages.storage.live_batches()) == set(CONVERSATIONS)

    decided = "conversation_id,text,action,entity_type\n*,lighthouse keeper,mask,ORG\n"
    (landing / "redaction_decisions.csv").write_text(decided, encoding="utf-8")
    assert pages.run("refresh_register").success
    again = pages.receive()
    assert pages.run("admit_batch", again).success
    assert pages.storage.live_batches() == {"C701": batch_id, GONE: again, "C703": batch_id}
    redacted = pages.storage.read_live("redacted_turns")["text"]
    assert not redacted.str.contains("lighthouse keeper").any()


def test_a_release_that_somebody_narrowed_is_taken_out_and_built_anew(
    pages: Pages, landing: Path
) -> None:
    assert pages.run("admit_batch", pages.receive()).success
    assert pages.run("nightly").success
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
