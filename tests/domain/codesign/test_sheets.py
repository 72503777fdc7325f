"""Sheets: whole ones only, nobody twice on one, and what may not leave is replaced."""

import re
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.codesign.passing import MayLeave, of_release, unfit
from pipeline.domain.codesign.sheets import (
    QUESTIONS,
    Chosen,
    dealt,
    question_for,
    table_sheets,
)
from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.tables import TABLES, empty, parquet_bytes, to_arrow


@pytest.fixture(scope="module")
def chosen(themes: Any, quotes: Any, stories: Any, story_sets: Any, lens_scores: Any) -> Chosen:
    return Chosen(themes, quotes, stories, story_sets, lens_scores)


@pytest.fixture(scope="module")
def sheets(chosen: Chosen, frameworks: Any) -> pd.DataFrame:
    return table_sheets(chosen, frameworks)


def test_all_candidates_are_kept_for_a_release_to_choose_from(
    sheets: pd.DataFrame, quotes: Any
) -> None:
    own = sheets[sheets["pack"].eq("theme-T1")]
    assert set(own["quote_id"].dropna()) == set(quotes["quote_id"])


def test_a_dealt_sheet_has_three_quotes_a_story_a_counterpoint_and_a_question(
    sheets: pd.DataFrame,
) -> None:
    own = dealt(sheets)
    first = own[own["pack"].eq("theme-T1") & own["sheet"].eq(1)]
    assert sorted(first["kind"]) == [
        "counterpoint", "question", "quote", "quote", "quote", "story",
    ]  # fmt: skip


def test_nobody_speaks_twice_on_a_sheet(sheets: pd.DataFrame) -> None:
    for table in (sheets, dealt(sheets)):
        told = table.dropna(subset="participant_id")
        assert not told.duplicated(["pack", "sheet", "participant_id"]).any()


def test_nothing_lies_on_two_sheets_of_a_pack(sheets: pd.DataFrame) -> None:
    for column in ("quote_id", "story_id"):
        assert not sheets.dropna(subset=column).duplicated(["pack", column]).any()


def test_the_question_goes_by_what_most_quotes_say() -> None:
    assert question_for(["improve", "improve", "good"], 1) == QUESTIONS["improve"][0]
    assert question_for(["good", "good", "good"], 2) == QUESTIONS["good"][1]
    assert question_for(["good", "hope", "improve"], 1) == QUESTIONS["mixed"][0]
    assert question_for(["none", "none", "none"], 4) == QUESTIONS["mixed"][0]


@pytest.mark.parametrize("asked", [question for own in QUESTIONS.values() for question in own])
def test_a_question_says_this_of_nothing(asked: str) -> None:
    assert not re.search(r"\bthis\b", asked)


def voices_beside_stories(sheets: pd.DataFrame, pack: str = "theme-T1") -> set[str]:
    own = sheets[sheets["pack"].eq(pack)]
    return set(own.loc[own["kind"].eq("story"), "voice"])


@pytest.mark.parametrize("voice", ["good", "hope", "none"])
def test_no_story_lies_under_a_question_about_another_voice(
    chosen: Chosen, frameworks: Any, voice: str
) -> None:
    assert voices_beside_stories(dealt(table_sheets(chosen, frameworks))) == {"improve"}
    others = chosen._replace(stories=chosen.stories.assign(voice=voice))
    sheets = dealt(table_sheets(others, frameworks))
    assert sheets["question"].isin(QUESTIONS["improve"]).any()
    assert not voices_beside_stories(sheets)


def test_a_story_in_another_voice_gives_way_to_the_next_that_fits(
    chosen: Chosen, frameworks: Any
) -> None:
    stories = chosen.stories.assign(voice=["good", "improve"])
    sheets = dealt(table_sheets(chosen._replace(stories=stories), frameworks))
    first = sheets[sheets["pack"].eq("theme-T1") & sheets["sheet"].eq(1)]
    assert list(first["story_id"].dropna()) == [stories["story_id"].iloc[1]]


@pytest.mark.parametrize("voice", ["good", "improve"])
def test_any_story_may_lie_where_voices_differ(chosen: Chosen, frameworks: Any, voice: str) -> None:
    quotes = chosen.quotes.assign(voice=["good", "hope", "improve"] * 3, is_counterpoint=False)
    stories = chosen.stories.assign(voice=voice)
    mixed = table_sheets(chosen._replace(quotes=quotes, stories=stories), frameworks)
    assert voices_beside_stories(dealt(mixed)) == {voice}


@pytest.mark.parametrize(
    ("kind", "score", "is_made"),
    [("pathway", 0.54, False), ("pathway", 0.55, True), ("priority", 0.54, True)],
)
def test_a_pathway_pack_needs_quotes_that_are_as_surely_about_it_as_its_stories(
    chosen: Chosen, kind: str, score: float, is_made: bool
) -> None:
    plan = Framework("plan", (Entry(kind, "asking", "Asking", ("made up",)),), {})
    scores = chosen.lens_scores.assign(score=score)
    sheets = table_sheets(chosen._replace(lens_scores=scores), [plan])
    assert (f"{kind}-asking" in set(sheets["pack"])) == is_made


def test_packs_are_about_themes_priorities_and_the_whole_programme(sheets: pd.DataFrame) -> None:
    kinds = dict(zip(sheets["pack"], sheets["pack_kind"], strict=True))
    assert kinds == {
        "programme": "programme", "theme-T1": "theme", "priority-asking": "priority",
    }  # fmt: skip


def test_a_theme_that_may_be_no_subject_is_on_no_table(chosen: Chosen, frameworks: Any) -> None:
    muddled = chosen.themes.assign(is_muddled=chosen.themes["theme_id"].eq("T1"))
    packs = table_sheets(chosen._replace(themes=muddled), frameworks)["pack"]
    assert set(packs) == {"priority-asking"}


def test_a_plain_theme_goes_before_a_doubtful_one_of_more_people(
    chosen: Chosen, frameworks: Any
) -> None:
    (first,) = chosen.themes[chosen.themes["theme_id"].eq("T1")].to_dict("records")
    both = [first | {"warning": "Read with care."}, first | {"theme_id": "T2", "n_people": 2}]
    own = chosen.quotes.assign(theme_id="T2", quote_id=chosen.quotes["quote_id"] + "x")
    quotes = pd.concat([chosen.quotes, own])
    sheets = table_sheets(chosen._replace(themes=pd.DataFrame(both), quotes=quotes), frameworks)
    programme = sheets[sheets["pack"].eq("programme") & sheets["kind"].eq("quote")]
    assert programme["quote_id"].iloc[0].endswith("x")


def tables(sheets: pd.DataFrame) -> dict[str, pd.DataFrame]:
    others = ("touchpoints", "emotional_map", "trigger_clips")
    return {name: empty(TABLES[name]) for name in others} | {"table_sheets": sheets}


def may_leave(quotes: set[str], kinds: frozenset[str] = frozenset({"theme"})) -> MayLeave:
    return MayLeave(quotes, set(), set(), kinds)


def test_what_may_not_leave_is_on_no_sheet_and_the_next_takes_its_place(
    sheets: pd.DataFrame, quotes: Any
) -> None:
    kept = set(quotes["quote_id"][2:])
    own = of_release(tables(sheets), may_leave(kept))["table_sheets"]
    assert set(own["quote_id"].dropna()) <= kept
    assert own["story_id"].isna().all()
    first = own[own["pack"].eq("theme-T1") & own["sheet"].eq(1) & own["kind"].eq("quote")]
    assert list(first["quote_id"]) == list(quotes["quote_id"][2:5])


def test_a_story_gives_way_where_its_teller_is_needed_for_the_quotes(
    sheets: pd.DataFrame, quotes: Any, stories: Any
) -> None:
    told = set(stories["story_id"])
    for kept, has_story in ((quotes["quote_id"][:3], False), (quotes["quote_id"][:4], True)):
        may = MayLeave(set(kept), told, set(), {"theme"})
        own = of_release(tables(sheets), may)["table_sheets"]
        own = own[own["pack"].eq("theme-T1")]
        assert own["kind"].eq("quote").sum() == 3
        assert own["kind"].eq("story").any() == has_story


def test_who_told_a_story_is_not_quoted_on_the_next_sheet_while_others_are_left(
    sheets: pd.DataFrame,
) -> None:
    own = dealt(sheets)
    own = own[own["pack"].eq("theme-T1")]
    tellers = set(own.loc[own["kind"].eq("story") & own["sheet"].eq(1), "participant_id"])
    quoted = set(own.loc[own["kind"].eq("quote"), "participant_id"])
    assert tellers
    assert not tellers & quoted


def test_two_quotes_are_no_sheet(sheets: pd.DataFrame, quotes: Any) -> None:
    own = of_release(tables(sheets), may_leave(set(quotes["quote_id"][:2])))["table_sheets"]
    assert own.empty


def test_packs_of_a_kind_that_the_audience_has_not_stay_behind(
    sheets: pd.DataFrame, quotes: Any
) -> None:
    own = of_release(tables(sheets), may_leave(set(quotes["quote_id"]), frozenset()))
    assert set(own["table_sheets"]["pack_kind"]) == {"programme"}


def test_a_quote_of_the_map_is_one_that_leaves(sheets: pd.DataFrame) -> None:
    row = dict.fromkeys((c.name for c in TABLES["emotional_map"].columns), "x") | {
        "quote_id": "b", "candidates": ["b", "a"],
    }  # fmt: skip
    own = tables(sheets) | {"emotional_map": pd.DataFrame([row])}
    for quotes, expected in (({"a"}, "a"), ({"a", "b"}, "b"), (set(), None)):
        shown = of_release(own, may_leave(quotes))["emotional_map"]
        assert list(shown["quote_id"]) == [expected]


def test_a_release_that_points_at_nothing_is_told_of(
    sheets: pd.DataFrame, quotes: Any, stories: Any
) -> None:
    whole = {"quotes": quotes, "stories": stories, "table_sheets": dealt(sheets)}
    assert unfit(whole) == []
    assert unfit(whole | {"quotes": quotes[3:]}) == [
        "table_sheets.quote_id: 3 refer to nothing in this release"
    ]


def test_somebody_who_speaks_twice_on_a_sheet_is_told_of(
    sheets: pd.DataFrame, quotes: Any, stories: Any
) -> None:
    one = dealt(sheets).assign(participant_id="P1")
    (problem,) = unfit({"quotes": quotes, "stories": stories, "table_sheets": one})
    assert problem.startswith("table_sheets: somebody speaks twice")


def test_rows_in_any_order_give_the_same_bytes(chosen: Chosen, frameworks: Any) -> None:
    def file(turn: int) -> bytes:
        made = table_sheets(Chosen(*(frame[::turn] for frame in chosen)), frameworks)
        return parquet_bytes(to_arrow(TABLES["table_sheets"], made))

    assert file(1) == file(-1)
