"""The command line: what it says and how it ends. Nothing here loads a language model."""

import fcntl
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import main
from pipeline.headless import dagster_home, only_one
from tests.wiring.small_landing import HEADER, put, register


def conversations(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def run(base: Path, *more: object) -> Result:
    return conversations("run", "--landing", base / "landing", "--data", base / "data", *more)


@pytest.mark.parametrize("command", ["run", "redact", "erase", "verify", "benchmark"])
def test_every_command_explains_itself(command: str) -> None:
    shown = conversations(command, "--help")
    assert shown.exit_code == 0
    assert len(shown.output) > 100


def test_a_missing_landing_folder_is_bad_usage(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.exit_code == 2
    assert "There is no folder" in ended.output


def test_a_missing_register_is_bad_input_and_says_where_it_goes(tmp_path: Path) -> None:
    put(tmp_path / "landing", "C1")
    ended = run(tmp_path)
    assert ended.exit_code == 2
    assert "--register" in ended.output


def test_a_register_without_its_columns_is_bad_input_and_names_them(tmp_path: Path) -> None:
    put(tmp_path / "landing", "C1")
    (tmp_path / "landing" / "participants.csv").write_text("conversation_id,name\nC1,Rosalind\n")
    ended = run(tmp_path)
    assert ended.exit_code == 2
    assert "consent_audience" in ended.output
    assert "Rosalind" not in ended.output


def test_an_unknown_programme_is_bad_usage(tmp_path: Path) -> None:
    put(tmp_path / "landing", "C1")
    register(tmp_path / "landing", "C1")
    assert run(tmp_path, "--programme", "none-such").exit_code == 2


def test_a_second_process_is_refused_politely(tmp_path: Path) -> None:
    register(tmp_path / "landing", "C1")
    lock = dagster_home(str(tmp_path / "data")) / "lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:  # opened once more, it is locked as by another process
        fcntl.flock(held, fcntl.LOCK_EX)
        ended = run(tmp_path)
    assert ended.exit_code == 2
    assert "already at work" in ended.output


def test_the_lock_of_a_dead_process_is_no_lock(tmp_path: Path) -> None:
    lock = dagster_home(str(tmp_path)) / "lock"
    lock.parent.mkdir()
    lock.write_text("999999999\n")
    with only_one(str(tmp_path)), lock.open() as other, pytest.raises(OSError, match="temporarily"):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_verify_refuses_a_folder_that_is_no_release(tmp_path: Path) -> None:
    assert conversations("verify", tmp_path).exit_code == 2


def test_erase_refuses_a_data_root_on_which_nothing_ran(tmp_path: Path) -> None:
    ended = conversations("erase", "C1", "--data", tmp_path)
    assert ended.exit_code == 2
    assert "--data" in ended.output


@pytest.mark.parametrize(
    ("name", "content"), [("notes.pages", "x"), ("missing.txt", None)], ids=["format", "missing"]
)
def test_redact_refuses_what_it_cannot_read(tmp_path: Path, name: str, content: str | None) -> None:
    if content:
        (tmp_path / name).write_text(content)
    assert conversations("redact", tmp_path / name).exit_code == 2


@pytest.mark.slow
def test_a_landing_without_transcripts_ends_well(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "participants.csv").write_text(HEADER + "\n")
    ended = run(tmp_path)
    assert ended.exit_code == 0, ended.output
    assert "0 conversations are in" in ended.output
