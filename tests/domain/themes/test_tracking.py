"""Who stays, who joins, what is new: on points that lie where a test puts them."""

import numpy as np

from pipeline.domain.themes.clustering import Floats, Labels, unit
from pipeline.domain.themes.tracking import (
    Sides,
    kept_apart,
    leaning,
    settled,
    track,
    with_newborn,
)

GROUP = 25


def points(*directions: int, each: int = GROUP, spread: float = 0.05, seed: int = 3) -> Floats:
    """Some points around each of these directions of a space of 12 dimensions."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.eye(12)[list(directions)], each, axis=0)
    return unit(centres + spread * rng.standard_normal(centres.shape))


def labels(*numbers: int, each: int = GROUP) -> Labels:
    return np.repeat(np.array(numbers, dtype=np.int64), each)


def people(X: Floats) -> Labels:
    """Everybody speaks once."""
    return np.arange(len(X))


def sides(theme: Labels, *, apart: tuple[tuple[int, int], ...] = ()) -> Sides:
    return Sides(theme, theme < 0, int(theme.max()) + 1, apart)


def homes(found: Labels, theme: Labels) -> list[set[int]]:
    """Groups of tonight in which the members of each theme of last night are."""
    return [set(found[theme == one].tolist()) for one in range(int(theme.max()) + 1)]


def test_members_lean_towards_their_centre_and_nobody_else_moves() -> None:
    X = points(0, 1, spread=0.3)
    theme = labels(0, -1)
    leant = leaning(X, theme)
    centre = unit(X[:GROUP].mean(axis=0)[None])[0]
    assert (leant[:GROUP] @ centre > X[:GROUP] @ centre).all()
    assert np.allclose(leant[GROUP:], X[GROUP:])


def test_newcomers_far_from_all_themes_are_a_theme_of_their_own() -> None:
    X = points(0, 1, 2, 3)
    theme = labels(0, 1, 2, -1)
    found = track(X, people(X), sides(theme), 10, 5).members.labels
    assert len(set(found[3 * GROUP :].tolist())) == 1
    assert found[-1] not in found[: 3 * GROUP]


def test_newcomers_near_a_theme_join_it() -> None:
    X = np.vstack([points(0, 1, 2, 3), points(1, seed=9)])
    theme = labels(0, 1, 2, 3, -1)
    found = track(X, people(X), sides(theme), 10, 5).members.labels
    assert set(found[4 * GROUP :].tolist()) == homes(found, theme)[1]


def test_a_group_that_few_people_speak_in_is_not_born() -> None:
    X = points(0, 1, 2, 3)
    theme = labels(0, 1, 2, -1)
    person = people(X)
    person[3 * GROUP :] = person[3 * GROUP] + np.arange(GROUP) % 2
    held = with_newborn(X, labels(0, 1, 2, 3), person, sides(theme), 10, 5)
    assert (held == theme).all()


def test_a_group_of_old_members_cut_another_way_is_not_born() -> None:
    X = points(0, 1, 2, 3)
    theme = labels(0, 1, 2, 2)
    held = with_newborn(X, labels(0, 1, 2, 3), people(X), sides(theme), 10, 5)
    assert (held == theme).all()


def test_who_was_left_out_tonight_stays_in_a_theme_that_was_found_again() -> None:
    theme, found = labels(0, 1), labels(0, 1)
    found[[0, 1, GROUP]] = [-1, 1, -1]
    assert (settled(theme, found, people(theme), 5) == theme).all()


def test_a_theme_cut_in_two_splits_and_the_larger_part_keeps_it() -> None:
    theme = labels(0, 0, 0, 1)
    found = labels(0, 0, 1, 2)
    assert settled(theme, found, people(theme), 5).tolist() == labels(0, 0, 2, 1).tolist()


def test_too_few_people_to_be_a_theme_do_not_part_with_theirs() -> None:
    theme, found = labels(0, 0, 1), labels(0, 0, 2)
    found[:4] = 1
    assert (settled(theme, found, people(theme), 5) == theme).all()
    assert not (settled(theme, found, people(theme), 4) == theme).all()


def test_two_themes_in_one_cluster_are_one() -> None:
    theme, found = labels(0, 0, 1, 2), labels(0, 0, 0, 1)
    assert settled(theme, found, people(theme), 5).tolist() == labels(0, 0, 0, 1).tolist()


def test_themes_that_people_want_apart_are_cut_each_segment_to_the_nearer_centre() -> None:
    X = np.vstack([points(0, 1, 2), points(1, seed=9)])
    theme, swallowed = labels(0, 1, 2, -1), labels(0, 0, 1, 0)
    cut = kept_apart(X, swallowed, sides(theme, apart=((0, 1),)))
    zero, one, two = homes(cut, theme)
    assert len(zero) == len(one) == 1
    assert zero != one
    assert set(cut[3 * GROUP :].tolist()) == one
    assert two.isdisjoint(zero | one)


def test_themes_that_are_found_apart_are_left_as_they_are() -> None:
    X, theme = points(0, 1, 2), labels(0, 1, 2)
    assert (kept_apart(X, theme, sides(theme, apart=((0, 1),))) == theme).all()
