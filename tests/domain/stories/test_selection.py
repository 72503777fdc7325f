"""Selection: the first few stand for all, and for all sorts of people."""

import numpy as np

from pipeline.domain.stories.selection import spread

NOTHING: dict[str, int] = {}
OLD, YOUNG = frozenset({("age", "65 and over")}), frozenset({("age", "16 to 34")})


def chosen(scores: list[float], people: list[str], closeness: np.ndarray, **given: object) -> list:
    options = {"groups": {}, "times_used": NOTHING, "most": len(scores)} | given
    return [choice.at for choice in spread(scores, people, closeness, **options)]  # type: ignore[arg-type]


def test_nobody_is_chosen_twice() -> None:
    assert chosen([0.9, 0.8, 0.1], ["P1", "P1", "P2"], np.eye(3)) == [0, 2]


def test_the_second_says_what_the_first_does_not() -> None:
    closeness = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert chosen([0.6, 0.6, 0.5], ["P1", "P2", "P3"], closeness)[:2] == [0, 2]


def test_of_two_alike_the_one_of_a_group_not_heard_yet_is_chosen() -> None:
    groups = {"P1": OLD, "P2": OLD, "P3": YOUNG}
    alike = np.ones((3, 2))
    assert chosen([0.9, 0.5, 0.45], ["P1", "P2", "P3"], alike, groups=groups) == [0, 2, 1]
    assert chosen([0.9, 0.5, 0.45], ["P1", "P2", "P3"], alike) == [0, 1, 2]


def test_it_is_told_who_brings_in_a_new_group() -> None:
    groups = {"P1": OLD, "P2": OLD, "P3": YOUNG}
    order = spread(
        [0.9, 0.5, 0.45],
        ["P1", "P2", "P3"],
        np.ones((3, 2)),
        groups=groups,
        times_used=NOTHING,
        most=3,
    )
    assert [choice.adds_group for choice in order] == [False, True, False]


def test_who_was_chosen_elsewhere_comes_later() -> None:
    alike = np.ones((2, 2))
    assert chosen([0.6, 0.5], ["P1", "P2"], alike, times_used={"P1": 1}) == [1, 0]


def test_the_first_of_a_longer_choice_are_the_shorter_choice() -> None:
    closeness = np.random.default_rng(0).random((8, 12))
    scores, people = [0.1 * at for at in range(8)], [f"P{at}" for at in range(8)]
    assert chosen(scores, people, closeness)[:3] == chosen(scores, people, closeness, most=3)
