import numpy as np
import pytest

from pipeline.domain.themes.breakdown import Part
from pipeline.domain.themes.groups import EVERYONE
from pipeline.domain.themes.incidence import Incidence
from pipeline.domain.themes.saturation import (
    BASE_SIZE,
    RUN_LENGTH,
    Point,
    curve,
    last_run,
    new_information,
    outlook,
    reached,
    seen_after,
)
from pipeline.domain.themes.verdicts import of_everyone, of_groups

FIRST_RUN = BASE_SIZE + RUN_LENGTH


def raising(raised: np.ndarray) -> Incidence:
    units = tuple(f"C{n:03}" for n in range(len(raised)))
    return Incidence(units, tuple(f"T{n}" for n in range(raised.shape[1])), raised.astype(bool))


ALL_ALIKE = raising(np.ones((20, 5)))
ALL_APART = raising(np.eye(20))


def test_when_all_say_the_same_one_conversation_tells_it_all() -> None:
    seen = seen_after(ALL_ALIKE, seed=0)
    assert (seen == 5).all()
    assert reached(seen, 0) == Point(BASE_SIZE, BASE_SIZE, BASE_SIZE)


def test_when_each_says_something_else_the_end_is_never_reached() -> None:
    seen = seen_after(ALL_APART, seed=0)
    assert (seen == np.arange(1, 21)).all()
    assert reached(seen, 0.05) == Point(None, None, None)
    assert last_run(seen) == pytest.approx(RUN_LENGTH / BASE_SIZE)


def test_new_information_is_what_the_run_adds_to_the_base() -> None:
    seen = np.array([[2, 4, 6, 8, 9, 10, 10, 11, 12, 12, 12]])
    assert new_information(seen).tolist() == [[0.2, 0.2, 0.1]]


def test_the_curve_begins_at_one_conversation_and_ends_at_all_themes() -> None:
    rows = curve(seen_after(raising(np.tri(12, 6)), seed=0))
    assert [row["n_conversations"] for row in rows] == list(range(1, 13))
    assert rows[-1]["share_low"] == rows[-1]["share_seen"] == 1
    assert [row["new_share"] is None for row in rows] == [n < FIRST_RUN for n in range(1, 13)]


def test_fewer_conversations_than_a_base_and_a_run_say_nothing_new() -> None:
    seen = seen_after(raising(np.ones((4, 2))), seed=0)
    assert all(row["new_share"] is None for row in curve(seen))
    assert reached(seen, 0.05) == Point(None, None, None)


def test_orders_do_not_depend_on_the_number_of_themes() -> None:
    one = seen_after(raising(np.eye(9)[:, :1]), seed=3)
    assert (one == seen_after(raising(np.eye(9)[:, :1]), seed=3)).all()
    assert not (one == seen_after(raising(np.eye(9)[:, :1]), seed=4)).all()


@pytest.mark.parametrize(
    ("times", "n_unseen", "coverage"),
    [
        ([5, 5, 5], 0.0, 1.0),
        ([1, 1, 2], 0.9 * 4 / 2, 1 - 2 / 4 * (18 / (18 + 2))),
        ([1, 1, 1], 0.9 * 3, 0.0),
    ],
    ids=["nothing is rare", "two once and one twice", "all but once"],
)
def test_what_is_unseen_is_guessed_from_what_is_rare(
    times: list[int], n_unseen: float, coverage: float
) -> None:
    """Chao (1987) and Chao & Jost (2012), by hand for ten conversations."""
    raised = np.array([[place < n for n in times] for place in range(10)])
    found = outlook(raising(raised))
    assert (found.n_seen, found.n_unseen) == (len(times), pytest.approx(n_unseen, abs=0.01))
    assert found.coverage == pytest.approx(coverage, abs=1e-4)


def verdict_of(raised: np.ndarray) -> object:
    return told_of_everyone(raised)["verdict"]


def told_of_everyone(raised: np.ndarray) -> dict[str, object]:
    return of_everyone(raising(raised), len(raised), min_theme_people=5, seed=0)


def told_of_a_group(raised: np.ndarray) -> dict[str, object]:
    part = Part("age", "older", raising(raised))
    (row,) = of_groups([part], raised.shape[1], fewest=8, seed=0)
    return row


RARE = np.hstack([np.ones((60, 10)), np.eye(60)[:, :2]])


def test_verdicts_of_everyone_follow_how_early_themes_came() -> None:
    five_people_each = np.kron(np.eye(3), np.ones((5, 1)))
    assert verdict_of(np.ones((20, 5))) == "enough"
    assert verdict_of(np.ones((10, 5))) == "nearly"
    assert verdict_of(five_people_each) == "nearly"
    assert verdict_of(np.eye(20)) == "not_yet"
    assert verdict_of(np.ones((5, 5))) == "too_few"
    assert verdict_of(np.zeros((20, 0))) == "too_few"


def test_verdicts_of_groups_follow_what_is_left_to_hear() -> None:
    assert told_of_a_group(np.ones((20, 5)))["verdict"] == "enough"
    assert told_of_a_group(RARE)["verdict"] == "nearly"
    assert told_of_a_group(np.eye(20))["verdict"] == "not_yet"


def test_of_everyone_nothing_is_forecast_and_what_fewer_raise_is_left_open() -> None:
    row = told_of_everyone(np.ones((20, 5)))
    assert {row["n_unseen"], row["coverage"], row["new_share"]} == {None}
    assert "missing" not in str(row["sentence"])
    assert "A theme needs at least 5 people" in str(row["sentence"])


def test_the_run_that_confirms_is_named_apart_from_what_came_before_it() -> None:
    row = told_of_everyone(np.ones((20, 5)))
    assert row["n_at_5_percent"] == BASE_SIZE
    assert f"after {BASE_SIZE} conversations, confirmed by {RUN_LENGTH} more" in str(
        row["sentence"]
    )


@pytest.mark.parametrize("n", [9, 10, 14])
def test_no_sentence_speaks_of_none(n: int) -> None:
    corpora = [np.eye(n), np.ones((n, 4)), np.tri(n), np.eye(n)[:, :2], np.eye(n)[:, : n // 2]]
    told = [told(raised) for raised in corpora for told in (told_of_everyone, told_of_a_group)]
    assert not any("None" in str(row["sentence"]) for row in told)
    assert all(row["verdict"] != "enough" or row["n_at_5_percent"] for row in told)


def test_of_a_group_of_few_people_only_that_they_are_few_is_told() -> None:
    few = Part("age", "older", raising(np.ones((7, 3))))
    enough = Part("age", "younger", raising(np.ones((21, 3))))
    older, younger = of_groups([few, enough], n_themes=4, fewest=8, seed=0)
    assert older["verdict"] == "too_few"
    assert {older["n_people"], older["n_themes"], older["coverage"]} == {None}
    assert (younger["n_people"], younger["n_themes_of_others"]) == (20, 1)
    assert "not raised one theme that others raise" in str(younger["sentence"])


def test_everyone_has_a_sentence() -> None:
    row = of_everyone(ALL_ALIKE, 20, 5, seed=0)
    assert (row["dimension"], row["group"]) == (EVERYONE, EVERYONE)
    assert str(row["sentence"]).startswith("Enough for themes that several people share")


def test_people_heard_are_told_to_the_nearest_five_also_altogether() -> None:
    """One person more or less would say that the one who came or went is in what else moved."""
    heard = [of_everyone(ALL_ALIKE, n, 5, seed=0)["n_people"] for n in (18, 20, 22)]
    assert heard == [20, 20, 20]
