"""One run of the demo as a real process, shared by every test that reads what it left."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "demo"


class DemoRun(NamedTuple):
    """What a run of the demo left: its files, what it printed, how it ended."""

    data: Path
    elsewhere: Path
    """Home and temporary folder of the process: it should leave nothing personal there either."""
    code: int
    printed: str
    seconds: float


def run_demo(data: Path, elsewhere: Path) -> DemoRun:
    home, temporary = elsewhere / "home", elsewhere / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    command = Path(sys.executable).parent / "conversations"
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [command, "run", "--landing", DEMO / "raw", "--data", data],
        env=os.environ | {"HOME": str(home), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return DemoRun(data, elsewhere, done.returncode, done.stdout, time.monotonic() - began)


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups of tests that stay in one process, those that take longest first.

    Tests that read the one run of the demo are a group, other modules one each. Begun last, a
    long group would run alone while the other process has nothing left to do.
    """
    slow: set[str] = set()
    group: dict[str, str] = {}
    for item in items:
        shares_demo = "demo_run" in getattr(item, "fixturenames", ())
        group[item.nodeid] = "demo" if shares_demo else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group[item.nodeid]))
        if item.get_closest_marker("slow"):
            slow.add(group[item.nodeid])
    items.sort(key=lambda item: (group[item.nodeid] != "demo", group[item.nodeid] not in slow))


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The demo, start to finish, into an empty data root."""
    folder = tmp_path_factory.mktemp("demo")
    return run_demo(folder / "data", folder / "elsewhere")
