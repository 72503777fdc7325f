"""Counts: small ones are hidden, and nobody comes upon a few people by subtracting."""

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.release.disclosure import (
    AS_COUNTED,
    GIVEN_AWAY,
    HES2018,
    SMALL,
    Disclosure,
    hidden_parts,
    moved_by_few,
    read_disclosure,
    settled,
)
from pipeline.domain.release.figures import Figures, Heard, altogether, controlled
from pipeline.errors import UsageError
from pipeline.resources.programme import Programme
from pipeline.tables import AUDIENCES, VOICES, records

K5 = Disclosure("k5_secondary", 5, 1, complementary=True)
EXACT_PARTS = Disclosure("k5, no more", 5, 1, complementary=False)


def prevalence(people: dict[str, int]) -> pd.DataFrame:
    """One theme, in all and by voice; everybody was heard once."""
    rows = [
        {
            "theme_id": "t1", "voice": voice, "n_people": n, "n_conversations": n,
            "share_of_people": 0.0, "share_low": 0.0, "share_high": 0.0,
            "share_of_conversations": 0.0, "conversations_low": 0.0, "conversations_high": 0.0,
        }
        for voice, n in people.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def told(
    people: dict[str, int], policy: Disclosure = HES2018, before: Any = None, heard: int = 90
) -> Figures:
    return controlled(
        pd.DataFrame({"theme_id": ["t1"]}),
        prevalence(dict.fromkeys(("all", *VOICES), 0) | people),
        Heard(heard, heard, 3),
        policy,
        before or {},
    )


def shown(figures: Figures) -> dict[str, int | None]:
    return {row["voice"]: row["n_people"] for row in records(figures.theme_prevalence)}


# One release


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, None), (1, None), (7, None), (8, 10), (12, 10), (13, 15), (88, 90)],
)
def test_by_the_rule_of_the_nhs_one_to_seven_are_hidden_and_others_go_to_the_nearest_five(
    n: int, expected: int | None
) -> None:
    figures = told({"all": n})
    assert shown(figures)["all"] == expected
    assert figures.themes["n_people"].tolist() == [expected]
    assert figures.themes["hidden"].tolist() == [SMALL if expected is None else None]


def test_a_hidden_count_takes_its_shares_with_it() -> None:
    row = records(told({"all": 30, "good": 4}).theme_prevalence)[1]
    assert row["hidden"] == SMALL
    kept = {name for name, value in row.items() if value is not None}
    assert kept == {"theme_id", "voice", "hidden"}


def test_shares_are_made_of_what_is_told() -> None:
    row = records(told({"all": 33}, heard=92).theme_prevalence)[0]
    assert row["share_of_people"] == round(35 / 90, 6)
    assert row["share_low"] < 35 / 90 < row["share_high"]


def test_exact_counts_below_five_are_hidden_and_the_rest_are_exact() -> None:
    figures = shown(told({"all": 33, "good": 4, "improve": 17, "hope": 16}, K5))
    assert figures["all"] == 33
    assert figures["good"] is None
    assert figures["improve"] == 17


def test_where_counts_are_exact_a_voice_that_all_but_a_few_have_is_hidden() -> None:
    figures = shown(told({"all": 20, "good": 18, "hope": 9}, K5))
    assert figures["good"] is None
    assert figures["hope"] == 9


@given(
    parts=st.lists(st.integers(0, 40), min_size=2, max_size=5),
    heard_twice=st.integers(0, 10),
    policy=st.sampled_from([HES2018, K5]),
)
def test_whoever_subtracts_is_left_with_five_values_of_a_hidden_count(
    parts: list[int], heard_twice: int, policy: Disclosure
) -> None:
    """Somebody may be in two parts, so the parts hold at least everybody."""
    whole = max([*parts, sum(parts) - heard_twice])
    if whole < policy.fewest:
        return
    reasons = hidden_parts(whole, parts, policy)
    seen = [policy.shown(n) for n, reason in zip(parts, reasons, strict=True) if reason is None]
    slack = policy.rounded_to // 2
    unseen = [n for n, reason in zip(parts, reasons, strict=True) if reason is not None]
    most = [policy.fewest - 1 if n < policy.fewest else whole for n in unseen]
    for at, n in enumerate(unseen):
        in_others = sum(seen) + slack * len(seen) + sum(most) - most[at]
        fitting = [x for x in range(policy.fewest) if x + in_others >= policy.shown(whole) - slack]
        assert n >= policy.fewest or not seen or len(fitting) >= 5


def test_what_would_give_a_hidden_voice_away_is_hidden_too() -> None:
    assert hidden_parts(30, [14, 6, 7, 4], K5) == [None, GIVEN_AWAY, None, SMALL]
    assert hidden_parts(30, [14, 6, 7, 4], EXACT_PARTS) == [None, None, None, SMALL]


def test_how_few_were_heard_twice_is_not_told() -> None:
    people = prevalence({"all": 20, **dict.fromkeys(VOICES, 0)})
    twice = people.assign(n_conversations=[22, 0, 0, 0, 0])
    themes = pd.DataFrame({"theme_id": ["t1"]})
    figures = controlled(themes, twice, Heard(90, 92, 0), K5, {})
    assert figures.themes["n_people"].tolist() == [20]
    assert figures.themes["n_conversations"].tolist() == [None]


def test_who_reads_the_rows_is_told_counts_as_they_are() -> None:
    figures = told({"all": 3, "good": 1}, AS_COUNTED)
    assert shown(figures)["good"] == 1
    assert figures.theme_prevalence["hidden"].isna().all()
    assert figures.heard.counts["people"] == 90


def test_people_altogether_go_to_the_nearest_five_under_any_policy() -> None:
    cells = {"overview/people": 93, "overview/conversations": 97, "overview/left_out": 3}
    whole = {"people": 95, "conversations": 95, "left_out": None}
    assert altogether(cells, K5) == whole
    assert altogether(cells, HES2018) == whole


# One release after another


@pytest.mark.parametrize(
    ("n", "before", "expected"),
    [
        (20, [], 20),
        (21, [20], 20),
        (27, [20], 20),
        (28, [20], 28),
        (12, [20], 12),
        (13, [20], 20),
        (24, [20, 30], 20),
        (26, [20, 30], 30),
        (30, [20, 30], 30),
    ],
)
def test_a_count_is_told_anew_only_when_it_has_moved_by_enough_people(
    n: int, before: list[int], expected: int
) -> None:
    assert settled(n, before, HES2018.fewest) == expected


@given(st.lists(st.integers(0, 120), max_size=40), st.sampled_from([HES2018, K5]))
def test_no_two_releases_ever_differ_by_a_few_people(nights: list[int], policy: Disclosure) -> None:
    gone_by: set[int] = set()
    for n in nights:
        now = settled(n, gone_by, policy.fewest)
        assert not moved_by_few({"a": now}, {"a": frozenset(gone_by)}, policy.fewest)
        assert abs(now - n) < policy.fewest
        gone_by.add(now)
    ordered = sorted(gone_by)
    assert all(b - a >= policy.fewest for a, b in pairwise(ordered))


def test_one_person_more_changes_no_figure() -> None:
    before = told({"all": 32, "good": 12, "improve": 22})
    history = {cell: frozenset({n}) for cell, n in before.cells.items()}
    after = told({"all": 33, "good": 13, "improve": 23}, before=history, heard=91)
    assert shown(after) == shown(before)
    assert after.heard == before.heard
    assert shown(told({"all": 33, "good": 13, "improve": 23}, heard=91)) != shown(before)


def test_a_count_that_was_hidden_does_not_appear_when_one_person_comes() -> None:
    before = told({"all": 30, "good": 7, "improve": 22})
    history = {cell: frozenset({n}) for cell, n in before.cells.items()}
    one_more = {"all": 31, "good": 8, "improve": 22}
    assert shown(told(one_more, before=history))["good"] is None
    many_more = {"all": 40, "good": 15, "improve": 30}
    assert shown(told(many_more, before=history))["good"] == 15


def test_a_count_too_near_to_one_told_before_is_found() -> None:
    assert moved_by_few({"a": 21, "b": 30}, {"a": frozenset({20}), "b": frozenset({20})}, 8) == [
        "a"
    ]


# The file


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_programme_lays_down_a_policy_for_every_audience(audience: str) -> None:
    policy = Programme().disclosure(audience)
    assert policy.is_exact is (audience == "programme team")
    assert policy.fewest in (1, 5, 8)


def test_both_policies_of_the_notes_are_in_the_file() -> None:
    partners, public = (Programme().disclosure(a) for a in ("health and care partners", "public"))
    assert partners == K5
    assert public == HES2018


def test_without_a_file_the_rule_of_the_nhs_holds_for_everybody() -> None:
    assert read_disclosure({}, "public") == HES2018


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"audiences": {"public": "as counted"}}, "only the programme team"),
        ({"audiences": {"public": "k9"}}, "no such policy"),
        ({"audiences": {"everybody": "hes2018"}}, "everybody"),
        ({"polices": {}}, "polices"),
        ({"policies": {"k": {"fewest": 2, "rounded_to": 1, "complementary": True}}}, "at least 3"),
        ({"policies": {"k": {"fewest": 5, "rounded_to": 9, "complementary": True}}}, "rounded_to"),
        ({"policies": {"k": {"fewest": 5, "rounded_to": 1}}}, "complementary"),
        ({"policies": {"as counted": {"fewest": 5}}}, "taken"),
    ],
    ids=["exact", "unknown", "audience", "misspelt", "too few", "too coarse", "half", "name"],
)
def test_a_file_that_lays_down_nonsense_is_refused_with_what_may_stand_there(
    content: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        read_disclosure(content, "public")
