"""Touchpoints: people count once, few are hidden, words are told that several people used."""

from typing import Any

import pandas as pd
import pytest

from pipeline.domain.codesign.touchpoints import WHOLE, emotional_map, hear, touchpoints
from pipeline.tables import TABLES, parquet_bytes, records, to_arrow

FEWEST = 8


@pytest.fixture(scope="module")
def heard(segments: Any, lens_scores: Any, frameworks: Any) -> Any:
    return hear(segments, lens_scores, frameworks)


def row_of(table: pd.DataFrame, **values: str) -> dict[str, Any]:
    for column, value in values.items():
        table = table[table[column].eq(value)]
    (row,) = records(table)
    return row


def test_touchpoints_stand_in_the_order_of_the_journey(heard: Any) -> None:
    table = touchpoints(heard, FEWEST)
    assert list(table["touchpoint"]) == ["noticing", "asking", "going-home"]
    assert list(table["position"]) == [1, 2, 3]


def test_enough_people_are_told_of_and_rounded(heard: Any) -> None:
    row = row_of(touchpoints(heard, FEWEST), touchpoint="asking")
    assert row["n_people"] == 10  # nine
    assert row["n_improve"] == 10  # eight
    assert row["share_improve"] == 1.0


@pytest.mark.parametrize("code", ["noticing", "going-home"])
def test_nobody_and_few_people_look_alike(heard: Any, code: str) -> None:
    row = row_of(touchpoints(heard, FEWEST), touchpoint=code)
    assert pd.isna(row["n_people"])
    assert pd.isna(row["n_good"])
    assert pd.isna(row["share_good"])


def test_somebody_who_speaks_twice_counts_once(
    segments: Any, lens_scores: Any, frameworks: Any
) -> None:
    twice = segments.assign(participant_id=segments["participant_id"].replace({"P8": "P0"}))
    one_fewer = touchpoints(hear(twice, lens_scores, frameworks), FEWEST + 1)
    assert pd.isna(row_of(one_fewer, touchpoint="asking")["n_people"])


def test_a_word_of_three_people_is_told_and_a_word_of_two_is_not(heard: Any) -> None:
    table = touchpoints(heard, FEWEST)
    assert list(row_of(table, touchpoint="asking")["feeling_words"]) == ["worried"]
    assert list(row_of(table, touchpoint="going-home")["feeling_words"]) == []


def words_at(table: pd.DataFrame, code: str, group: str = "worried") -> list[str]:
    return list(row_of(table, touchpoint=code, group_of_feelings=group)["words"])


@pytest.fixture
def map_of(segments: Any, lens_scores: Any, frameworks: Any, quotes: Any) -> Any:
    """The map, had people said this when they asked for help, and that when they went home."""

    def drawn(asking: dict[int, str], home: dict[int, str]) -> pd.DataFrame:
        said = {f"C{at}/1/0": text for at, text in asking.items()}
        said |= {f"C{at}/2/0": text for at, text in home.items()}
        heard = segments.assign(text=[said.get(s, "I rang.") for s in segments["segment_id"]])
        return emotional_map(hear(heard, lens_scores, frameworks), quotes, FEWEST)

    return drawn


WORRIED_AT_HOME = dict.fromkeys((1, 2), "I was worried.")


def test_a_word_of_three_people_is_told_where_three_used_words_of_its_group(map_of: Any) -> None:
    asking = {0: "I was worried.", 3: "I was scared.", 4: "I was anxious."}
    table = map_of(asking, WORRIED_AT_HOME)
    assert words_at(table, "asking") == ["worried"]  # nobody else's words are told
    assert words_at(table, "going-home") == []  # two people
    assert words_at(table, WHOLE) == ["worried"]


def test_neither_a_rare_word_nor_a_group_of_two_people_is_told(map_of: Any) -> None:
    rare = map_of({3: "I was scared.", 4: "I was anxious.", 5: "I was afraid."}, WORRIED_AT_HOME)
    assert not rare["words"].map(len).any()
    few = map_of({0: "I was worried.", 3: "I was scared."}, WORRIED_AT_HOME)
    assert words_at(few, "asking") == []
    assert words_at(few, WHOLE) == ["worried"]


def test_somebody_who_says_a_word_at_two_moments_is_one_person(map_of: Any) -> None:
    asking = {1: "I was worried.", 3: "I was scared.", 4: "I was anxious."}
    assert not map_of(asking, WORRIED_AT_HOME)["words"].map(len).any()


def test_the_order_of_words_does_not_tell_how_many_used_them_there(map_of: Any) -> None:
    asking = dict.fromkeys((3, 4, 5), "I was scared.") | {
        0: "I was worried.",
        6: "I was so worried.",
    }
    asking |= {7: "I was worried and scared."}
    table = map_of(asking, WORRIED_AT_HOME)
    assert words_at(table, "asking") == ["worried", "scared"]  # said there by three and by four


def test_feelings_told_at_no_touchpoint_count_for_the_whole_programme(
    segments: Any, lens_scores: Any, frameworks: Any, quotes: Any
) -> None:
    nowhere = lens_scores.assign(fits=False)
    table = emotional_map(hear(segments, nowhere, frameworks), quotes, fewest=4)
    row = row_of(table[table["words"].map(len).gt(0)], touchpoint=WHOLE)
    assert (list(row["words"]), row["n_people"]) == (["worried"], 5)  # four
    assert row["quote_id"] in set(quotes["quote_id"][:4])


def test_few_people_with_a_feeling_are_not_counted_out(heard: Any, quotes: Any) -> None:
    row = row_of(
        emotional_map(heard, quotes, FEWEST), touchpoint="asking", group_of_feelings="worried"
    )
    assert pd.isna(row["n_people"])  # four
    assert list(row["words"]) == ["worried"]


def test_quotes_beside_the_words_hold_them_and_do_not_take_them_back(
    heard: Any, quotes: Any
) -> None:
    table = emotional_map(heard, quotes, FEWEST)
    row = row_of(table, touchpoint="asking", group_of_feelings="worried")
    assert set(row["candidates"]) == set(quotes["quote_id"][:4])
    assert row["quote_id"] == row["candidates"][0]
    others = table[table["group_of_feelings"].ne("worried")]
    assert not others["candidates"].map(len).any()


def test_a_programme_without_touchpoints_has_empty_tables(
    segments: Any, lens_scores: Any, frameworks: Any, quotes: Any
) -> None:
    heard = hear(segments, lens_scores, frameworks[1:])
    assert touchpoints(heard, FEWEST).empty
    assert emotional_map(heard, quotes, FEWEST).empty


def test_rows_in_any_order_give_the_same_bytes(
    segments: Any, lens_scores: Any, frameworks: Any, quotes: Any
) -> None:
    def files(turn: int) -> list[bytes]:
        heard = hear(segments[::turn], lens_scores[::turn], frameworks)
        made = {
            "touchpoints": touchpoints(heard, FEWEST),
            "emotional_map": emotional_map(heard, quotes[::turn], FEWEST),
        }
        return [parquet_bytes(to_arrow(TABLES[name], frame)) for name, frame in made.items()]

    assert files(1) == files(-1)
