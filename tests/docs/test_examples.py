"""The examples of the README and the guide for analysts run on what the demo leaves."""

import re
from pathlib import Path

import duckdb
import pytest

from tests.conftest import ROOT, DemoRun

pytestmark = [pytest.mark.slow, pytest.mark.model]

PAGES = ("README.md", "docs/analysts.md")


def examples(language: str) -> list[tuple[str, str]]:
    """Page and code of each block in a language."""
    return [
        (page, block)
        for page in PAGES
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S
        )
    ]


@pytest.fixture
def beside_the_demo(demo_run: DemoRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoRun:
    """A folder in which `out/demo` is the demo's data root, as after `make demo`."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "demo").symlink_to(demo_run.data)
    monkeypatch.chdir(tmp_path)
    return demo_run


@pytest.mark.usefixtures("beside_the_demo")
@pytest.mark.parametrize("number", range(len(examples("sql"))))
def test_sql_examples_answer_with_rows(number: int) -> None:
    _, query = examples("sql")[number]
    assert duckdb.sql(query).fetchall()


@pytest.mark.usefixtures("beside_the_demo")
@pytest.mark.parametrize("number", range(len(examples("python"))))
def test_python_examples_run(number: int) -> None:
    _, code = examples("python")[number]
    exec(compile(code, "example", "exec"), {})  # noqa: S102 - our own pages
