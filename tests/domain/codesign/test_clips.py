"""Clips: times that an editor can find, of people who agreed, half an hour at most."""

from typing import Any

import pandas as pd
import pytest

from pipeline.domain.codesign.clips import (
    MOST_CLIPS_OF_A_PERSON,
    MOST_SECONDS,
    film,
    timecode,
    trigger_clips,
)
from pipeline.domain.codesign.touchpoints import hear
from pipeline.tables import TABLES, parquet_bytes, to_arrow

ALL = {f"C{at}" for at in range(9)}


@pytest.fixture(scope="module")
def make(
    segments: Any, lens_scores: Any, frameworks: Any, quotes: Any, stories: Any,
    redacted_turns: Any,
) -> Any:  # fmt: skip
    def made(agreed: set[str] = ALL, quotes: Any = quotes, turns: Any = redacted_turns) -> Any:
        heard = hear(segments, lens_scores, frameworks)
        return trigger_clips(heard, quotes, stories, segments, turns, agreed)

    return made


def test_nobody_is_in_the_film_who_did_not_agree(make: Any) -> None:
    assert set(make({"C2", "C8"})["conversation_id"]) == {"C2", "C8"}
    assert make(set()).empty


def test_a_whole_turn_has_the_times_of_the_transcript(make: Any) -> None:
    clip = make({"C0"}).iloc[0]
    assert (clip["start_s"], clip["end_s"], clip["seconds"]) == (10.0, 30.0, 20.0)
    assert not clip["is_estimated"]


def test_part_of_a_turn_is_found_by_its_letters_and_marked(make: Any, quotes: Any) -> None:
    half = quotes.assign(start=quotes["end"] // 2)
    clip = make({"C0"}, quotes=half).iloc[0]
    assert clip["start_s"] == pytest.approx(20.0, abs=0.3)
    assert clip["end_s"] == 30.0
    assert clip["is_estimated"]


def test_a_turn_without_an_end_lasts_until_the_next_one_begins(make: Any) -> None:
    clips = make({"C1"})
    story = clips[clips["kind"].eq("story")].iloc[0]
    assert (story["start_s"], story["end_s"]) == (40.0, 55.0)
    assert story["is_estimated"]
    assert story["touchpoint"] == "going-home"


def test_without_times_there_are_no_clips(make: Any, redacted_turns: Any) -> None:
    assert make(turns=redacted_turns.assign(start_s=float("nan"), end_s=float("nan"))).empty


def test_touchpoints_follow_the_journey_and_voices_alternate(make: Any) -> None:
    clips = make()
    assert list(clips["position"]) == list(range(1, len(clips) + 1))
    assert list(dict.fromkeys(clips["touchpoint"])) == ["asking", "going-home"]
    assert list(clips["voice"][:3]) == ["good", "improve", "improve"]


def many_clips(n: int, people: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "position": range(1, n + 1),
            "touchpoint": [f"stage-{at % 40}" for at in range(n)],
            "voice": ["good", "improve"] * (n // 2),
            "participant_id": [f"P{at % people}" for at in range(n)],
            "seconds": 100.0,
        }
    )


def test_a_film_lasts_half_an_hour_at_most_and_is_numbered_anew() -> None:
    shown = film(many_clips(200, 200))
    assert shown["seconds"].sum() == MOST_SECONDS
    assert list(shown["position"]) == list(range(1, len(shown) + 1))


def test_nobody_fills_the_film() -> None:
    shown = film(many_clips(60, 2))
    assert shown["participant_id"].value_counts().max() == MOST_CLIPS_OF_A_PERSON


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00:00"), (59.9, "0:00:59"), (3725.0, "1:02:05")]
)
def test_times_read_as_hours_minutes_and_seconds(seconds: float, words: str) -> None:
    assert timecode(seconds) == words


def test_rows_in_any_order_give_the_same_bytes(make: Any, quotes: Any, redacted_turns: Any) -> None:
    other = make(quotes=quotes[::-1], turns=redacted_turns[::-1])
    table = TABLES["trigger_clips"]
    assert parquet_bytes(to_arrow(table, make())) == parquet_bytes(to_arrow(table, other))
