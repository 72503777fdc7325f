"""The whole pipeline on the demo, as the processes that a person starts."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline.tables import AUDIENCES
from tests.conftest import DEMO, DemoRun, run_demo
from tests.golden.summary import COMMITTED, summary

pytestmark = [pytest.mark.slow, pytest.mark.model]

SPOILED: dict[str, str] = {
    "C101": "empty_file",
    "C102": "broken_file",
    "C103": "not_this_format",
    "C104": "unknown_format",
    "C105": "not_this_format",
    "C106": "one_speaker",
    "C107": "other_language",
    "no id": "no_register_row",  # the register does not know the name, so it is not told
    "C109": "no_consent",
    "C018": "consent_withdrawn",
    "C053": "consent_withdrawn",
    "C089": "consent_withdrawn",
}


def fingerprint(data: Path) -> dict[str, str]:
    """SHA-256 of every file but Dagster's own history, which has clocks in it."""
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and path.relative_to(data).parts[0] != "dagster"
    }


@pytest.fixture(scope="module")
def before(demo_run: DemoRun) -> dict[str, str]:
    return fingerprint(demo_run.data)


@pytest.fixture(scope="module")
def second_run(demo_run: DemoRun, before: dict[str, str]) -> DemoRun:
    assert before, "the first run left nothing"
    return run_demo(demo_run.data, demo_run.elsewhere)


def test_the_demo_ends_well(demo_run: DemoRun) -> None:
    assert demo_run.code == 0, demo_run.printed[-3000:]


def test_each_spoiled_file_is_set_aside_for_its_own_reason(demo_run: DemoRun) -> None:
    parts = (demo_run.data / "quarantine" / "quarantine").glob("*.parquet")
    quarantine = pd.concat(pd.read_parquet(part) for part in parts)
    ids = quarantine["conversation_id"].fillna("no id")
    assert dict(zip(ids, quarantine["reason"], strict=True)) == SPOILED


def test_all_the_others_went_on(demo_run: DemoRun) -> None:
    parts = (demo_run.data / "deidentified" / "redacted_turns").glob("*.parquet")
    went_on = set().union(*(pd.read_parquet(part)["conversation_id"] for part in parts))
    good = {f"C{n:03}" for n in range(1, 101)} - set(SPOILED)
    assert went_on == good


def test_the_summary_says_what_was_quarantined(demo_run: DemoRun) -> None:
    assert not [reason for reason in set(SPOILED.values()) if reason not in demo_run.printed]


def test_landing_is_only_read(demo_run: DemoRun) -> None:
    assert demo_run.code == 0
    tracked = ["git", "status", "--porcelain", "--untracked-files=all", "--", str(DEMO / "raw")]
    status = subprocess.run(tracked, cwd=DEMO, capture_output=True, text=True, check=True)  # noqa: S603
    assert status.stdout == ""


def test_a_second_run_leaves_the_same_bytes(
    demo_run: DemoRun, before: dict[str, str], second_run: DemoRun
) -> None:
    assert second_run.code == 0, second_run.printed[-3000:]
    assert fingerprint(demo_run.data) == before


def test_a_second_run_takes_less_than_a_minute(second_run: DemoRun) -> None:
    assert second_run.seconds < 60


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_release_can_be_proven_again(demo_run: DemoRun, audience: str) -> None:
    command = Path(sys.executable).parent / "conversations"
    folder = demo_run.data / "releases" / audience.replace(" ", "-") / "latest"
    proof = subprocess.run(  # noqa: S603 - the arguments are ours
        [command, "verify", folder], capture_output=True, text=True, check=False
    )
    assert proof.returncode == 0, proof.stderr[-2000:]


def who_may_be_quoted(audience: str) -> int:
    """People of the register, read afresh, who let this audience hear quotes of theirs."""
    register = pd.read_csv(DEMO / "raw" / "participants.csv", dtype=str, keep_default_na=False)
    wide_enough = AUDIENCES[AUDIENCES.index(audience) :]
    allowed = (
        register["consent_audience"].isin(wide_enough)
        & register["consent_quote"].eq("yes")
        & register["consent_withdrawn_on"].eq("")
    )
    return int(allowed.sum())


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_release_quotes_no_more_people_than_consented(demo_run: DemoRun, audience: str) -> None:
    folder = demo_run.data / "releases" / audience.replace(" ", "-") / "latest"
    quoted = pd.read_parquet(folder / "quotes.parquet")["participant_id"].nunique()
    assert 0 < quoted <= who_may_be_quoted(audience)


@pytest.mark.parametrize("part", ["quarantine", "roles", "redactions"])
def test_what_is_read_and_redacted_is_what_was_accepted(demo_run: DemoRun, part: str) -> None:
    assert summary(demo_run.data)[part] == json.loads(COMMITTED.read_text())[part]


@pytest.mark.parametrize("part", ["rows", "releases"])
def test_tables_are_as_long_as_was_accepted(demo_run: DemoRun, part: str) -> None:
    """Another version of a library may round otherwise and move a segment across a theme's edge."""
    accepted, now = json.loads(COMMITTED.read_text())[part], summary(demo_run.data)[part]
    assert now.keys() == accepted.keys()
    assert {k: n for k, n in now.items() if abs(n - accepted[k]) > 2 + 0.1 * accepted[k]} == {}
