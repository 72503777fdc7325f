"""Scorers of stories mean what they say, on cases small enough to count by hand."""

from typing import Any

import pandas as pd
import pytest

from benchmarks import stories
from benchmarks.answer_key import Key

TURNS = [("C1", 0), ("C1", 0), ("C2", 0), *(("C3", at) for at in range(7))]


def key(themes: dict[Any, str], voices: dict[Any, str] | None = None) -> Key:
    return Key(pd.DataFrame(), themes, voices or {}, {})


def test_a_turn_is_found_when_one_of_its_segments_is_among_the_newest() -> None:
    scores = [0.0, 0.9, 0.1, *[0.5] * 7]
    found = stories.found_among(scores, TURNS, {("C1", 0), ("C2", 0)})
    assert found["0.1"]["recall"] == 0.5
    assert found["0.05"]["recall"] == 0
    assert found["0.1"]["low"] < 0.5 < found["0.1"]["high"]


@pytest.mark.parametrize(
    ("scores", "area"), [([1.0, 1.0, 0.9, *[0.1] * 7], 1.0), ([0.5] * 10, 0.5)]
)
def test_the_area_is_half_by_chance_and_one_at_best(scores: list[float], area: float) -> None:
    assert stories.found_among(scores, TURNS, {("C1", 0), ("C2", 0)})["auc"] == area


def test_a_turn_of_two_segments_has_two_chances() -> None:
    assert stories.by_chance(TURNS, {("C2", 0)}, 0.1) == pytest.approx(0.1)
    assert stories.by_chance(TURNS, {("C1", 0)}, 0.1) == pytest.approx(0.19)


def test_stories_of_several_answers_are_of_one_subject_or_not() -> None:
    told = pd.DataFrame(
        {
            "conversation_id": ["C1", "C1", "C1"],
            "offsets": [[{"turn": 1}, {"turn": 3}], [{"turn": 3}, {"turn": 5}], [{"turn": 5}]],
            "reasons": [["arc"], [], []],
            "lane": "theme",
            "n_words": 100,
        }
    )
    run = stories.Run(*[pd.DataFrame()] * 10)._replace(
        stories=told, story_sets=pd.DataFrame({"kind": ["theme"]})
    )
    coded = {("C1", 1): "work", ("C1", 3): "work", ("C1", 5): "housing"}
    found = stories.measure_stories(run, key(coded))
    assert (found["several_answers"], found["one_subject"]) == (2, 0.5)
    assert found["neighbours_of_one_subject"] == 0.5
    assert found["arc"] == pytest.approx(1 / 3, abs=0.001)


def test_a_counterpoint_is_right_if_people_heard_that_voice() -> None:
    quotes = pd.DataFrame(
        {
            "conversation_id": "C1",
            "turn": [1, 3, 5, 7],
            "voice": ["good", "good", "good", "improve"],
            "is_counterpoint": [True, True, True, False],
        }
    )
    told = pd.DataFrame({"story_id": ["s"], "conversation_id": "C1", "offsets": [[{"turn": 1}]]})
    sets = pd.DataFrame({"kind": ["good_practice"], "story_id": ["s"]})
    run = stories.Run(*[pd.DataFrame()] * 10)._replace(quotes=quotes, stories=told, story_sets=sets)
    voices = {("C1", 1): "good", ("C1", 3): "improve", ("C1", 7): "hope"}
    found = stories.measure_voices(run, key({}, voices))
    assert (found["counterpoints"], found["counterpoint_voice_right"]) == (2, 0.5)
    assert found["good_practice_is_good"] == 1
