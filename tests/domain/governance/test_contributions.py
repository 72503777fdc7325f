"""The ledger: a row for everybody, first uses keep their day, being told comes after speaking."""

from datetime import date
from typing import Any

import pandas as pd

from pipeline.domain.governance.contributions import (
    Corpus,
    Record,
    Use,
    ledger,
    noted,
    overdue,
    shown,
    token,
    told,
    used,
)
from pipeline.domain.governance.keys import pseudonym
from pipeline.tables import TABLES, empty, to_arrow

KEY = b"a key of thirty-two bytes, or so"
TODAY = date(2024, 6, 1)
PUBLIC = "public"
PEOPLE = {"D01": "Q01", "D02": "Q01", "D03": "Q03"}


def frame(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=empty(TABLES[name]).columns)


def uses(first: date = date(2024, 2, 1)) -> pd.DataFrame:
    held = {Use("D01", "counted", "D01"), Use("D01", "story", "s1"), Use("D03", "counted", "D03")}
    return noted(empty(TABLES["uses"]), held, PEOPLE, PUBLIC, "r1", first)


def action(action_id: str, **cells: Any) -> dict[str, Any]:
    usual = {"position": 1, "what": "A bus", "status": "done", "theme_ids": [], "story_set_ids": []}
    return usual | {"action_id": action_id, "told_on": None, "because": None} | cells


def corpus(*actions: dict[str, Any], first: date = date(2024, 2, 1)) -> Corpus:
    days = (date(2024, 1, 5), None, date(2024, 1, 9))
    return Corpus(
        frame(
            "participants",
            *(
                {"conversation_id": c, "participant_id": p, "interviewed_on": day}
                for (c, p), day in zip(PEOPLE.items(), days, strict=True)
            ),
        ),
        frame(
            "segments",
            *({"segment_id": f"{c}/0/0", "participant_id": p} for c, p in PEOPLE.items()),
        ),
        frame(
            "themes", {"theme_id": "T1", "status": "live"}, {"theme_id": "T2", "status": "hidden"}
        ),
        frame(
            "theme_assignments",
            {"segment_id": "D02/0/0", "theme_id": "T1"},
            {"segment_id": "D03/0/0", "theme_id": "T2"},
        ),
        frame("stories", {"story_id": "s1", "conversation_id": "D01", "participant_id": "Q01"}),
        frame("story_sets", {"story_set_id": "priority-digital", "story_id": "s1", "position": 1}),
        frame("actions", *actions),
        uses(first),
    )


def rows(*actions: dict[str, Any], **how: Any) -> dict[str, dict[str, Any]]:
    found = ledger(corpus(*actions, **how), KEY, TODAY, 90)
    to_arrow(TABLES["contributions"], found)
    return {row["participant_id"]: row for row in found.to_dict("records")}


def test_everybody_who_took_part_has_one_row_however_many_conversations() -> None:
    found = rows()
    assert set(found) == {"Q01", "Q03"}
    assert found["Q01"]["conversation_ids"] == ["D01", "D02"]
    assert found["Q01"]["token"] == token(KEY, "Q01") != token(KEY, "Q03")


def test_a_token_is_no_pseudonym_of_a_release() -> None:
    released = {
        pseudonym(KEY, audience, "person", "Q01").rpartition("-")[2]
        for audience in ("programme team", "health and care partners", "co-design events", PUBLIC)
    }
    assert token(KEY, "Q01").rpartition("-")[2] not in released


def test_the_ledger_tells_of_live_themes_sets_and_releases() -> None:
    found = rows()
    assert found["Q01"]["theme_ids"] == ["T1"]
    assert found["Q03"]["theme_ids"] == []
    assert found["Q01"]["story_set_ids"] == ["priority-digital"]
    assert found["Q01"]["audiences"] == [PUBLIC]
    assert found["Q01"]["story_ids"] == ["s1"]
    assert found["Q03"]["story_ids"] == []


def test_actions_reach_those_whose_themes_or_sets_they_answer() -> None:
    found = rows(
        action("by-theme", theme_ids=["T1"]),
        action("by-set", story_set_ids=["priority-digital"], position=2),
        action("of-others", theme_ids=["T9"], position=3),
    )
    assert found["Q01"]["action_ids"] == ["by-theme", "by-set"]
    assert found["Q03"]["action_ids"] == []


def test_telling_is_due_from_the_first_release_and_overdue_when_nobody_told_them() -> None:
    found = rows()
    assert found["Q01"]["due_on"] == date(2024, 5, 1)
    assert found["Q01"]["is_overdue"]
    on_time = rows(first=date(2024, 3, 3))
    assert on_time["Q01"]["due_on"] == TODAY
    assert not on_time["Q01"]["is_overdue"]
    assert overdue(pd.DataFrame(found.values())) == 2


def test_whoever_was_told_of_an_action_is_not_overdue() -> None:
    found = rows(action("bus", theme_ids=["T1"], told_on=date(2024, 1, 20)))
    assert found["Q01"]["told_on"] == date(2024, 1, 20)
    assert not found["Q01"]["is_overdue"]
    assert found["Q03"]["is_overdue"]


def test_what_was_told_before_they_spoke_was_not_told_to_them() -> None:
    found = rows(action("bus", theme_ids=["T1"], told_on=date(2023, 12, 31)))
    assert found["Q01"]["told_on"] is None
    assert found["Q01"]["is_overdue"]


def test_a_use_keeps_the_day_of_its_first_release() -> None:
    again = noted(
        uses(), {Use("D01", "story", "s1"), Use("D01", "quote", "q1")}, PEOPLE, PUBLIC, "r2", TODAY
    )
    days = again.set_index("item_id")["first_used_on"]
    assert days["s1"] == date(2024, 2, 1)
    assert days["q1"] == TODAY
    assert len(again) == 4
    to_arrow(TABLES["uses"], again)
    other = noted(uses(), {Use("D01", "story", "s1")}, PEOPLE, "co-design events", "r3", TODAY)
    assert len(other) == 4


def test_what_a_release_holds_is_known_by_its_pseudonyms() -> None:
    quotes = pd.DataFrame({"quote_id": ["q1", "q2"], "conversation_id": ["D01", "D03"]})
    stories = pd.DataFrame({"story_id": ["s1"], "conversation_id": ["D01"]})
    released = {
        "quotes": pd.DataFrame({"quote_id": [pseudonym(KEY, PUBLIC, "quote", "q2")]}),
        "stories": pd.DataFrame({"story_id": []}),
    }
    tables = {"quotes": quotes, "stories": stories}
    assert used(PUBLIC, released, tables, ["D01"], KEY) == {
        Use("D01", "counted", "D01"),
        Use("D03", "quote", "q2"),
    }
    assert used("programme team", released, tables, [], KEY) == set()


def test_a_release_shows_a_story_in_the_sets_where_it_has_it_and_in_no_other() -> None:
    ranked = pd.DataFrame({"story_set_id": ["a", "b", "a"], "story_id": ["s1", "s1", "s2"]})
    told_as = [pseudonym(KEY, PUBLIC, "story", "s1")]
    released = {"story_sets": pd.DataFrame({"story_set_id": ["a"], "story_id": told_as})}
    assert shown(PUBLIC, released, ranked, KEY).to_dict("list") == {
        "story_set_id": ["a"],
        "story_id": ["s1"],
    }
    assert shown("programme team", released, ranked, KEY).empty
    assert shown(PUBLIC, released, ranked[:0], KEY).empty


def test_a_contributor_is_told_what_is_held_where_it_is_used_and_what_came_of_it() -> None:
    actions = frame("actions", action("bus", story_set_ids=["priority-digital"]),
                    action("taxi", theme_ids=["T1"], status="not_possible", because="No driver.",
                           told_on=date(2024, 2, 2)))  # fmt: skip
    contribution = rows(*actions.to_dict("records"))["Q01"]
    consent = {
        "audience": PUBLIC, "quote": True, "story": False, "training": False, "recontact": True,
        "wording": "v2", "given_on": date(2024, 1, 5), "expires_on": None, "withdrawn_on": None,
    }  # fmt: skip
    held = {"segments": 3, "quotes": 0}
    record = Record(
        held, consent, contribution, uses()[:2], {"T1": "bus and driver"},
        {"priority-digital": "Digital that works"}, actions,
    )  # fmt: skip
    lines = list(told(record))
    said = "\n".join(lines)
    for part in (
        token(KEY, "Q01"), "segments: 3 rows", "audience: public", "uses: quote, recontact",
        "theme: bus and driver", "told in the story set: Digital that works",
        "0 quotes, 1 stories",
        "bus, done: A bus", "because: No driver.", "told on 2024-02-02", "conversations erase",
    ):  # fmt: skip
        assert part in said
    assert "quotes: 0 rows" not in said


def test_a_contributor_without_consent_or_use_is_told_so() -> None:
    contribution = ledger(corpus()._replace(uses=uses()[:0]), KEY, TODAY, 90).to_dict("records")[1]
    lines = list(told(Record({}, None, contribution, uses()[:0], {}, {}, frame("actions"))))
    assert "  nobody may hear it" in lines
    assert "  in no release yet" in lines
    assert "  no action is recorded yet" in lines
