import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.themes.layout import LINE_PX, Map, Spot, flat, lay_out, text_width, wrapped
from pipeline.domain.themes.pictures import draw, majority_voices, png

WORDS = ["harbour", "rowing", "flour", "oven", "accommodation", "neighbourliness", "tea"]


def box(spot: Spot) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a circle with its name."""
    half = max(spot.radius, *(text_width(line) / 2 for line in spot.lines))
    below = spot.y + spot.radius + LINE_PX * len(spot.lines)
    return spot.x - half, spot.x + half, spot.y - spot.radius, below


def overlaps(one: Spot, other: Spot) -> bool:
    left, right, top, bottom = box(one)
    left_2, right_2, top_2, bottom_2 = box(other)
    return left < right_2 and left_2 < right and top < bottom_2 and top_2 < bottom


def inside(spot: Spot, placed: Map) -> bool:
    left, right, top, bottom = box(spot)
    return left >= -1 and right <= placed.width + 1 and top >= -1 and bottom <= placed.height + 1


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 99),
    themes=st.lists(
        st.tuples(st.integers(1, 90), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)),
        min_size=1,
        max_size=40,
    ),
)
def test_no_circle_or_name_is_on_top_of_another_or_off_the_map(
    seed: int, themes: list[tuple[int, list[str]]]
) -> None:
    centres = np.random.default_rng(seed).normal(size=(len(themes), 8))
    placed = lay_out(
        flat(centres), [n for n, _ in themes], [", ".join(words) for _, words in themes]
    )
    assert all(inside(spot, placed) for spot in placed.spots)
    assert not any(overlaps(one, other) for one, other in combinations(placed.spots, 2))


def test_themes_in_the_same_place_are_still_told_apart() -> None:
    placed = lay_out(np.ones((6, 2)), [9] * 6, ["the same"] * 6)
    assert not any(overlaps(one, other) for one, other in combinations(placed.spots, 2))


def test_what_is_alike_stands_nearer_than_what_is_not() -> None:
    places = flat(np.array([[1.0, 0, 0.1], [1, 0.1, 0], [-1, 0.1, 0], [-1, 0, 0.1]]))
    near, far = places[0] - places[1], places[0] - places[2]
    assert np.linalg.norm(near) < np.linalg.norm(far)


def test_a_mirrored_space_gives_the_same_map() -> None:
    centres = np.random.default_rng(3).normal(size=(7, 5))
    assert flat(centres) == pytest.approx(flat(centres @ np.linalg.qr(np.eye(5)[::-1])[0]))


def test_names_break_between_words() -> None:
    assert wrapped("getting to the surgery by bus") == ("getting to the", "surgery by bus")


THEMES = pd.DataFrame(
    {
        "theme_id": ["T1", "T2", "T3"],
        "label": ["rowing, tide", "flour, oven", "gone"],
        "n_people": [30, 12, 0],
        "share_of_people": [0.6, 0.24, 0.0],
        "share_low": [0.46, 0.14, 0.0],
        "share_high": [0.72, 0.37, 0.1],
        "status": ["live", "live", "retired"],
        "centre": [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]],
    }
)
SPOKEN = pd.DataFrame(
    {
        "theme_id": ["T1", "T1", "T1", "T2", "T2", "T2"],
        "voice": ["all", "good", "improve", "all", "good", "improve"],
        "n_people": [30, 20, 9, 12, 6, 6],
    }
)
CURVE = pd.DataFrame(
    {
        "n_conversations": range(1, 13),
        "share_seen": np.linspace(0.2, 1, 12),
        "share_low": np.linspace(0.1, 1, 12),
        "share_high": np.linspace(0.3, 1, 12),
        "new_share": [np.nan] * 8 + [0.2, 0.1, 0.05, 0.0],
        "new_high": [np.nan] * 8 + [0.4, 0.3, 0.2, 0.1],
    }
)
VERDICTS = pd.DataFrame(
    {
        "dimension": ["everyone", "age"],
        "group": ["everyone", "older"],
        "n_at_5_percent": [8.0, np.nan],
        "n_at_0": [np.nan, np.nan],
        "sentence": ["Nearly: new themes have become rare.", "Too few to say."],
    }
)


def drawn() -> dict[str, str]:
    return draw(THEMES, SPOKEN, CURVE, VERDICTS, n_people=50, min_theme_people=5)


def words(svg: str) -> str:
    return " ".join(re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg))


@pytest.fixture(scope="module")
def pictures() -> dict[str, str]:
    return drawn()


def test_the_same_tables_give_the_same_pictures(pictures: dict[str, str]) -> None:
    assert drawn() == pictures


def test_the_map_names_live_themes_and_what_most_people_in_them_tell_of(
    pictures: dict[str, str],
) -> None:
    said = words(pictures["theme-map"])
    assert "rowing, tide" in said
    assert "gone" not in said
    assert majority_voices(SPOKEN) == {"T1": "good"}


def test_a_few_with_a_voice_among_many_without_are_not_most_people() -> None:
    few = pd.DataFrame(
        {"theme_id": "T3", "voice": ["all", "improve", "none"], "n_people": [38, 3, 36]}
    )
    assert majority_voices(few) == {}
    assert majority_voices(few, fewest=3) == {"T3": "improve"}


def test_the_chart_begins_with_the_theme_of_most_people(pictures: dict[str, str]) -> None:
    said = words(pictures["prevalence"])
    assert "How many of the 50 people" in said
    assert said.index("rowing, tide") < said.index("flour, oven")
    assert "30 people" in said


def test_the_curve_tells_its_verdict_and_where_it_flattens(pictures: dict[str, str]) -> None:
    said = words(pictures["saturation"])
    assert "Nearly: new themes have become rare." in said
    assert "half of orders: 5 % or less after 8, confirmed by 3 more" in said
    assert "nothing new" not in said
    assert "nothing new after" not in said


def test_without_themes_and_conversations_the_pictures_say_so() -> None:
    empty = draw(THEMES[2:], SPOKEN[:0], CURVE[:0], VERDICTS, n_people=0, min_theme_people=5)
    assert "No themes yet" in words(empty["theme-map"])
    assert "No conversations yet" in words(empty["saturation"])


def test_a_picture_becomes_a_png(pictures: dict[str, str]) -> None:
    assert png(pictures["prevalence"]).startswith(b"\x89PNG")
