"""Actions: read as people write them, held back when they name somebody, due until people know."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.domain.governance.actions import (
    COLUMNS,
    PROBLEMS,
    actions_table,
    read_actions,
    unknown_answers,
    untold,
)
from pipeline.domain.governance.spreadsheets import report
from pipeline.errors import RegisterError
from pipeline.tables import ACTION_STATES, TABLES, to_arrow

TODAY = date(2024, 6, 1)
DEMO = Path(__file__).parents[3] / "demo" / "raw" / "actions.csv"


def line(**cells: str) -> str:
    usual = {
        "action_id": "late-bus",
        "what": "A late bus on Fridays",
        "status": "under_way",
        "story_set_ids": "priority-closer-to-home",
    }
    return "\t".join((usual | cells).get(name, "") for name in COLUMNS)


def file(*rows: str) -> bytes:
    return "\n".join(["\t".join(COLUMNS), *rows]).encode()


def table(*rows: str, days: int = 30) -> pd.DataFrame:
    read = read_actions(file(*rows), TODAY)
    assert not read.problems
    return actions_table(read.actions, days)


def test_an_action_answers_themes_and_sets_however_they_are_listed() -> None:
    (row,) = table(line(theme_ids="T01, T02;T01", story_set_ids="pathway-mood")).to_dict("records")
    assert row["theme_ids"] == ["T01", "T02"]
    assert row["story_set_ids"] == ["pathway-mood"]
    assert row["position"] == 1


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"action_id": "the bus!"}, "action_id", "no_id"),
        ({"what": "-"}, "what", "no_words"),
        ({"what": "erased"}, "what", "no_words"),
        ({"what": "x " * 151}, "what", "too_long"),
        ({"status": "soon"}, "status", "unknown_status"),
        ({"status": "not possible", "done_on": "2024-05-01"}, "because", "no_because"),
        ({"status": "done"}, "done_on", "no_day"),
        ({"story_set_ids": ""}, "story_set_ids", "nothing_heard"),
        ({"theme_ids": "buses!"}, "theme_ids", "not_an_id"),
        ({"told_on": "in May"}, "told_on", "not_a_day"),
        ({"status": "done", "done_on": "2024-06-02"}, "done_on", "in_future"),
        ({"told_on": "2025-01-01"}, "told_on", "in_future"),
        ({"started_on": "2024-06-02"}, "started_on", "in_future"),
        ({"status": "planned", "done_on": "2024-05-01"}, "done_on", "not_ended"),
        (
            {"status": "done", "started_on": "2024-05-02", "done_on": "2024-05-01"},
            "done_on",
            "before_start",
        ),
        ({"what": "A bus for [PERSON_1]"}, "what", "placeholder"),
        ({"because": "write to m.lane@example.org"}, "because", "personal"),
        ({"told_how": "x" * 301}, "told_how", "too_long"),
        ({"told_how": "by letter\tsurplus"}, "the row", "misaligned_row"),
    ],
    ids=lambda value: value if isinstance(value, str) and value in PROBLEMS else "",
)
def test_a_row_that_cannot_be_read_is_named_with_what_to_do(
    cells: dict[str, str], column: str, code: str
) -> None:
    read = read_actions(file(line(), line(**({"action_id": "other"} | cells))), TODAY)
    assert (3, column, code) in read.problems
    assert f"row 3, {column}: {PROBLEMS[code]}" in report(read.problems, PROBLEMS)
    assert [action.action_id for action in read.actions] == ["late-bus"]


def test_the_second_row_of_an_id_is_no_action() -> None:
    read = read_actions(file(line(), line(action_id="Late-Bus")), TODAY)
    assert len(read.actions) == 1
    assert [problem.problem for problem in read.problems] == ["id_twice"]


def test_an_action_that_names_somebody_is_held_back_and_a_place_is_not() -> None:
    def types_in(text: str) -> set[str]:
        return {"PERSON"} if "Quillfeather" in text else {"PLACE"} if "Swanage" in text else set()

    rows = (line(what="A bus from Swanage"), line(action_id="thanks", by_role="Zeb Quillfeather"))
    read = read_actions(file(*rows), TODAY, types_in)
    assert [action.action_id for action in read.actions] == ["late-bus"]
    assert report(read.problems, PROBLEMS) == [f"row 3, by_role: {PROBLEMS['personal']}"]


@pytest.mark.parametrize(
    ("cells", "due_on"),
    [
        ({"status": "done", "done_on": "2024-05-01"}, date(2024, 5, 31)),
        ({"status": "done", "done_on": "2024-05-02"}, date(2024, 6, 1)),
        ({"status": "done", "done_on": "2024-05-01", "told_on": "2024-05-01"}, None),
        ({"status": "done", "done_on": "2024-05-01", "told_on": "2024-04-30"}, date(2024, 5, 31)),
        ({"status": "not_possible", "done_on": "2024-05-01", "because": "No driver."},
         date(2024, 5, 31)),
        ({"status": "planned"}, None),
    ],
    ids=["done", "done later", "told", "told of the plan only", "not possible", "planned"],
)  # fmt: skip
def test_people_are_to_be_told_once_an_action_has_ended(
    cells: dict[str, str], due_on: date | None
) -> None:
    found = table(line(**cells))
    assert found["due_on"].tolist() == [due_on]
    is_late = due_on is not None and due_on < TODAY
    assert untold(found, TODAY) == (["late-bus"] if is_late else [])


def test_an_action_that_answers_nothing_that_is_still_there_is_noticed() -> None:
    found = table(line(), line(action_id="other", theme_ids="T01", story_set_ids="gone"))
    assert unknown_answers(found, ["T01"], ["priority-closer-to-home"]) == []
    assert unknown_answers(found, [], ["priority-closer-to-home"]) == ["other"]


def test_signs_that_turn_text_around_are_left_out() -> None:
    (row,) = table(line(what="A late\u202e bus\x07 on\u2066 Fridays")).to_dict("records")
    assert row["what"] == "A late bus on Fridays"


@pytest.mark.parametrize("content", [b"action_id,what\n1,bus\n", b"PK\x03", b"what,what,status\n"])
def test_a_file_that_is_no_table_of_actions_is_refused(content: bytes) -> None:
    with pytest.raises(RegisterError):
        read_actions(content, TODAY)


def test_the_table_holds_its_contract_with_and_without_rows() -> None:
    assert to_arrow(TABLES["actions"], table()).num_rows == 0
    done = line(action_id="done", status="done", done_on="01/05/2024", told_how="by letter")
    assert to_arrow(TABLES["actions"], table(line(), done)).num_rows == 2


def test_the_demo_has_actions_in_every_state_and_one_that_nobody_was_told_of() -> None:
    read = read_actions(DEMO.read_bytes(), TODAY)
    assert not read.problems
    found = actions_table(read.actions, 90)
    assert set(found["status"]) == set(ACTION_STATES)
    assert len(untold(found, TODAY)) == 1
    assert found.loc[found["status"].eq("not_possible"), "because"].notna().all()
