"""Checks of quotes and sets pass on sound tables and name the row that is not."""

import pandas as pd
import pytest

from pipeline.checks.stories import quoted_twice, unaccounted_sets, unscored

SETS = pd.DataFrame({"story_set_id": ["a", "a"], "story_id": ["s1", "s2"]})


def said(**n_stories: int) -> pd.DataFrame:
    rows = [(name, n, "made" if n else "empty") for name, n in n_stories.items()]
    return pd.DataFrame(rows, columns=["story_set_id", "n_stories", "outcome"])


@pytest.mark.parametrize(
    ("outcomes", "wrong"),
    [
        (said(a=2, b=0), []),
        (said(b=0), ["a"]),
        (said(a=1), ["a"]),
        (said(a=2, b=1), ["b"]),
        (said(a=2, b=0).assign(outcome="made"), ["b"]),
    ],
    ids=["sound", "no outcome", "too few", "none there", "said to be made"],
)
def test_a_set_that_is_not_accounted_for_is_named(outcomes: pd.DataFrame, wrong: list[str]) -> None:
    assert unaccounted_sets(SETS, outcomes) == wrong


def test_a_second_quote_of_one_person_in_a_theme_is_named() -> None:
    quotes = pd.DataFrame(
        {
            "quote_id": ["q1", "q2", "q3"],
            "theme_id": ["a", "b", "a"],
            "participant_id": ["P1", "P1", "P1"],
        }
    )
    assert quoted_twice(quotes.iloc[:2]) == []
    assert quoted_twice(quotes) == ["q3"]


def test_a_segment_without_a_place_and_a_place_without_a_segment_are_named() -> None:
    segments = pd.DataFrame({"segment_id": ["x", "y"]})
    sound = pd.DataFrame({"segment_id": ["x", "y"], "rank": [2, 1]})
    assert unscored(sound, segments) == []
    assert unscored(sound.iloc[:1], segments) == ["y", "place 1"]
    assert unscored(sound.assign(rank=[1, 1]), segments) == ["place 2"]
