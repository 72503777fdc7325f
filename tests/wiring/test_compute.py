"""Work spread over processes: what fails, fails alone, and the order is the order asked for."""

import os
import signal
import tempfile
import time
from pathlib import Path

import pytest

from pipeline.resources.compute import WORTH_A_WORKER, Compute

CONVERSATIONS = {f"C{n:03}": n for n in reversed(range(2 * WORTH_A_WORKER))}


def double(n: int) -> int:
    if n == 7:
        raise ValueError("what somebody said")
    return n * 2


def double_or_die(n: int) -> int:
    if n == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return n * 2


class DiesOnce:
    """Kills the first process that meets conversation 7."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __call__(self, n: int) -> int:
        if n == 7 and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)
        return n * 2


PLANTED = "Zebedee Quillfeather"


def limit_and_litter(said: str) -> tuple[bool, list[str]]:
    """Whether the worker would spill to its disk, and the files beside it that hold what was said.

    Every tenth conversation fails instead, with an error that quotes it.
    """
    from distributed import get_worker

    if said.endswith("0"):
        raise ValueError(said)
    files = [path for path in Path(tempfile.gettempdir()).rglob("*") if path.is_file()]
    litter = [path.name for path in files if PLANTED.encode() in path.read_bytes()]
    return bool(get_worker().memory_manager.memory_limit), litter


def test_results_come_in_the_order_asked_for() -> None:
    mapped = Compute().map(lambda n: n * 2, CONVERSATIONS, "redaction", workers=1)
    assert list(mapped.results.items()) == [(c, n * 2) for c, n in CONVERSATIONS.items()]


def test_a_failing_conversation_fails_alone_and_its_error_says_where_but_not_what() -> None:
    mapped = Compute().map(double, CONVERSATIONS, "redaction", workers=1)
    assert len(mapped.results) == len(CONVERSATIONS) - 1
    assert list(mapped.failures) == ["C007"]
    assert mapped.failures["C007"].startswith("ValueError at test_compute.py:")


def test_few_conversations_start_no_processes() -> None:
    mapped = Compute().map(lambda _: os.getpid(), {"C001": 0}, "redaction", workers=2)
    assert mapped.results == {"C001": os.getpid()}


def test_no_bar_is_shown_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Compute().map(double, CONVERSATIONS, "redaction", workers=1)
    assert capsys.readouterr().err == ""
    Compute(progress=True).map(double, CONVERSATIONS, "redaction", workers=1)
    assert "redaction: 100%" in capsys.readouterr().err


@pytest.mark.slow
def test_processes_give_what_one_process_gives() -> None:
    here = Compute().map(double, CONVERSATIONS, "redaction", workers=1)
    there = Compute().map(double, CONVERSATIONS, "redaction", workers=2)
    assert list(there.results.items()) == list(here.results.items())
    assert list(there.failures) == list(here.failures)


@pytest.mark.slow
def test_a_conversation_that_kills_every_worker_fails_alone() -> None:
    mapped = Compute().map(double_or_die, CONVERSATIONS, "redaction", workers=2)
    assert mapped.failures == {"C007": "KilledWorker"}
    assert len(mapped.results) == len(CONVERSATIONS) - 1


@pytest.mark.slow
def test_a_dead_workers_conversations_run_again(tmp_path: Path) -> None:
    mapped = Compute().map(DiesOnce(tmp_path / "died"), CONVERSATIONS, "redaction", workers=2)
    assert mapped.failures == {}
    assert list(mapped.results.items()) == [(c, n * 2) for c, n in CONVERSATIONS.items()]


@pytest.mark.slow
def test_what_was_said_leaves_no_worker_but_as_its_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = {conversation: f"{PLANTED} {n}" for conversation, n in CONVERSATIONS.items()}
    mapped = Compute().map(limit_and_litter, said, "redaction", workers=2)
    assert len(mapped.failures) == len(said) / 10
    assert all("Quillfeather" not in why for why in mapped.failures.values())
    assert set(map(str, mapped.results.values())) == {"(False, [])"}
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path.name for path in left if path.read_bytes()]
    printed = capfd.readouterr()
    assert "Quillfeather" not in printed.out + printed.err
