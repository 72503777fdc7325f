"""What is promised to readers is documented, and what is documented is true."""

import json
import re
import textwrap
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest

from pipeline.cli import main
from pipeline.domain.governance.actions import COLUMNS as ACTION_COLUMNS
from pipeline.domain.governance.actions import read_actions
from pipeline.domain.governance.approvals import COLUMNS as APPROVAL_COLUMNS
from pipeline.domain.governance.approvals import read_approvals
from pipeline.domain.governance.quarantine import REASONS
from pipeline.domain.governance.register import KNOWN, REQUIRED
from pipeline.domain.release.policy import COLUMNS
from pipeline.domain.themes.decisions import ACTIONS, read_theme_decisions
from pipeline.domain.themes.decisions import COLUMNS as DECISION_COLUMNS
from pipeline.places import Places
from pipeline.settings import Settings, settings_page
from pipeline.tables import (
    ACTION_STATES,
    APPROVAL_DECISIONS,
    AUDIENCES,
    CLEARANCES,
    TABLES,
    THEME_OUTCOMES,
    data_dictionary,
)

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
RESULTS = ROOT / "benchmarks" / "results"
PAGES = [ROOT / "README.md", ROOT / "demo" / "README.md", *sorted(DOCS.rglob("*.md"))]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_data_dictionary_is_what_the_tables_say() -> None:
    """After a change of `pipeline/tables.py`: make docs."""
    assert read(DOCS / "data-dictionary.md") == data_dictionary(TABLES.values())


def test_the_page_of_settings_is_what_the_settings_say() -> None:
    """After a change of `pipeline/settings.py`: make docs."""
    assert read(DOCS / "settings.md") == settings_page()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_does(name: str) -> None:
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_for_quarantine_stands_in_the_runbook_with_its_remedy(code: str) -> None:
    reason = REASONS[code]
    assert f"| `{code}` | {reason.sentence} | {reason.remedy} |" in read(DOCS / "runbook.md")


@pytest.mark.parametrize("column", sorted(KNOWN))
def test_every_column_of_the_register_stands_in_the_runbook(column: str) -> None:
    assert f"`{column}`" in read(DOCS / "runbook.md")


@pytest.mark.parametrize("column", REQUIRED)
def test_columns_that_the_register_needs_are_said_to_be_needed(column: str) -> None:
    assert f"| `{column}` | yes |" in read(DOCS / "runbook.md")


def block_after(heading: str, page: str) -> str:
    """The first indented example below a heading of a page."""
    part = read(DOCS / page).split(f"## {heading}\n")[1]
    found = re.search(r"(?:^    .*\n)+", part, re.MULTILINE)
    assert found
    return textwrap.dedent(found[0])


def test_the_example_of_decisions_about_themes_is_readable_row_for_row() -> None:
    decided = read_theme_decisions(block_after("Decisions about themes", "runbook.md").encode())
    assert not decided.problems
    assert {decision.action for decision in decided.decisions} == set(ACTIONS)


def test_the_example_of_sign_offs_is_readable_row_for_row() -> None:
    rows = read_approvals(block_after("Sign-offs", "runbook.md").encode(), date(2026, 6, 1))
    assert not [row.row for row in rows if row.problems]
    assert {row.decision for row in rows} == set(APPROVAL_DECISIONS)


def test_the_example_of_actions_is_readable_row_for_row() -> None:
    read = read_actions(block_after("You said, we did", "runbook.md").encode(), date(2026, 6, 1))
    assert not read.problems
    assert {action.status for action in read.actions} == set(ACTION_STATES)


@pytest.mark.parametrize(
    ("heading", "words"),
    [("Sign-offs", (*APPROVAL_COLUMNS, *CLEARANCES)), ("You said, we did", ACTION_COLUMNS)],
    ids=["sign-offs", "actions"],
)
def test_columns_of_sign_offs_and_actions_stand_in_the_runbook(
    heading: str, words: tuple[str, ...]
) -> None:
    part = read(DOCS / "runbook.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    assert [word for word in words if f"`{word}`" not in part] == []


@pytest.mark.parametrize("status", CLEARANCES)
def test_what_became_of_a_story_stands_in_the_guide_for_reviewers(status: str) -> None:
    assert f"| `{status}` |" in read(DOCS / "reviewers.md")


@pytest.mark.parametrize("word", [*DECISION_COLUMNS, *THEME_OUTCOMES])
def test_columns_and_outcomes_of_decisions_about_themes_stand_in_the_runbook(word: str) -> None:
    part = read(DOCS / "runbook.md").split("## Decisions about themes\n")[1].split("\n## ")[0]
    assert f"`{word}`" in part


@pytest.mark.parametrize("name", Places._fields)
def test_every_environment_variable_stands_in_the_runbook(name: str) -> None:
    (variable,) = [v for v in Places("", "", "", "").as_environment() if v.endswith(name.upper())]
    assert f"`{variable}`" in read(DOCS / "runbook.md")


@pytest.mark.parametrize("command", main.commands.values(), ids=list(main.commands))
def test_every_command_has_help_and_is_documented(command: click.Command) -> None:
    assert command.help
    assert f"conversations {command.name}" in read(DOCS / "runbook.md")
    assert all(o.help for o in command.params if isinstance(o, click.Option) and o.name != "gold")


@pytest.mark.parametrize("table", sorted(set().union(*COLUMNS.values())))
def test_every_released_table_stands_in_the_guide_for_analysts(table: str) -> None:
    assert f"`{table}`" in read(DOCS / "analysts.md")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_audience_stands_in_the_runbook(audience: str) -> None:
    assert f"`{audience}`" in read(DOCS / "runbook.md")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(page))
    local = [link for link in links if "://" not in link]
    assert not [link for link in local if not (page.parent / link).exists()]


@pytest.mark.parametrize("target", ["demo", "test", "check", "dev", "bench"])
def test_the_readme_shows_each_command_of_the_makefile(target: str) -> None:
    assert f"make {target}" in read(ROOT / "README.md")
    assert re.search(rf"^{target}:", read(ROOT / "Makefile"), re.MULTILINE)


def measured() -> Iterator[float]:
    """Every number that a benchmark has written."""
    for path in RESULTS.glob("*.json"):
        yield from _numbers(json.loads(read(path)))


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _numbers(part)
    elif isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def claims(page: Path) -> list[str]:
    """Numbers a page gives as measured: those in its section of that name, code left out."""
    section = re.search(r"^## What is measured\n(.*?)(?=^## |\Z)", read(page), re.M | re.S)
    words = re.sub(r"`[^`]*`|\[[^\]]*\]\([^)]*\)", "", section[1]) if section else ""
    return re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?: %)?(?![\w])", words)


def is_measured(claim: str) -> bool:
    """Whether some result, rounded as the claim is, gives the claim."""
    digits = claim.removesuffix(" %").replace(",", "")
    decimals = len(digits.partition(".")[2])
    scales = (1, 100) if claim.endswith("%") else (1,)
    return any(f"{n * scale:.{decimals}f}" == digits for n in measured() for scale in scales)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_numbers_given_as_measured_are_in_the_results(page: Path) -> None:
    assert [claim for claim in claims(page) if not is_measured(claim)] == []


def test_the_readme_gives_numbers() -> None:
    assert claims(ROOT / "README.md")


def test_nothing_is_left_to_do_later() -> None:
    words = re.compile(r"\b(TODO|FIXME|TBD)\b")
    assert not [page for page in PAGES if words.search(read(page))]
