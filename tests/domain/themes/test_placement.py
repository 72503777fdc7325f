"""A segment that arrives between two nights goes to the theme that it is nearest to, or to none."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.domain.themes.placement import place_segments

NORTH, EAST, SOUTH, WEST = np.array([[0, 1], [1, 0], [0, -1], [-1, 0]], np.float32)
ASSIGNED = pd.DataFrame({"segment_id": ["C001/1/0"], "theme_id": ["T1"]})


def themes(**status: str) -> pd.DataFrame:
    """Themes to the north, the east and the south west, and what became of each."""
    centres = {"T1": NORTH, "T2": EAST, "T3": SOUTH + WEST}
    held = {theme: status.get(theme, "live") in ("live", "hidden") for theme in centres}
    rows = [
        {
            "theme_id": theme,
            "status": status.get(theme, "live"),
            "centre": centre if held[theme] else [],
            "reach": 0.5 if held[theme] else None,
            "n_segments": 10 if held[theme] else 0,
        }
        for theme, centre in centres.items()
    ]
    return pd.DataFrame(rows)


def placed(
    at: NDArray[np.float32],
    known: pd.DataFrame,
    conversation: str = "C002",
    then: NDArray[np.float32] | None = None,
    asked: str = "",
) -> list[str]:
    """The themes of one answer and, where there is one, of what was said when asked again."""
    vectors = [at] if then is None else [at, then]
    ids = [f"{conversation}/{turn}/0" for turn in range(len(vectors))]
    new = pd.DataFrame({"segment_id": ids, "conversation_id": conversation})
    new["turn_start"], new["question"] = range(len(ids)), ["", asked][: len(ids)]
    embedded = pd.DataFrame({"segment_id": ids, "vector": vectors})
    found = place_segments(new, embedded, known, ASSIGNED)
    return found.sort_values("segment_id")["theme_id"].tolist()


def test_a_segment_is_placed_where_it_is_nearest() -> None:
    assert placed(NORTH, themes()) == ["T1"]
    assert placed(EAST, themes()) == ["T2"]


def test_talk_of_a_hidden_theme_is_placed_in_it_and_in_no_other() -> None:
    assert placed(NORTH, themes(T1="hidden")) == ["T1"]


@pytest.mark.parametrize("status", ["retired", "joined"])
def test_nothing_is_placed_in_a_theme_that_is_not_found_or_shown_in_another(status: str) -> None:
    assert "T1" not in placed(NORTH, themes(T1=status))


def test_what_is_near_no_theme_is_placed_nowhere() -> None:
    assert placed(np.array([0.38, -0.92], np.float32), themes()) == []


def test_a_conversation_that_has_its_themes_is_left_as_it_is() -> None:
    assert placed(NORTH, themes(), "C001") == []


def test_a_vague_answer_goes_where_the_answer_before_it_went_if_it_was_asked_about_the_same() -> (
    None
):
    vague = np.array([0.38, -0.92], np.float32)
    assert placed(EAST, themes(), then=vague, asked="Did it?") == ["T2", "T2"]
    other = "You mentioned your mother's knees, tell me about your mother's knees"
    assert placed(EAST, themes(), then=vague, asked=other) == ["T2"]
