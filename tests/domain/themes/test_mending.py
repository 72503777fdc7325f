"""What makes groups fit to be themes, on points that lie where a test puts them."""

import numpy as np
import pytest

from pipeline.domain.themes.clustering import Floats, unit
from pipeline.domain.themes.mending import MOST_THEMES, fewest_people, mended, seconds
from tests.domain.themes.test_tracking import GROUP, labels, people, points


@pytest.mark.parametrize(("n_segments", "fewest"), [(100, 5), (5_000, 5), (20_001, 21)])
def test_a_theme_of_a_large_corpus_needs_more_people(n_segments: int, fewest: int) -> None:
    assert fewest_people(5, n_segments) == fewest


def test_groups_too_alike_are_one() -> None:
    X = np.vstack([points(0, 1, 2), points(2, seed=9)])
    assert len(set(mended(X, labels(0, 1, 2, 3), people(X), 5).tolist())) == 3


def test_groups_that_people_want_apart_are_never_joined() -> None:
    X = np.vstack([points(0, 1, 2), points(2, seed=9)])
    found = mended(X, labels(0, 1, 2, 3), people(X), 5, [(2, 3)])
    assert (found == labels(0, 1, 2, 3)).all()


def test_a_group_of_too_few_people_is_dissolved_and_who_is_near_another_joins_it() -> None:
    X = np.vstack([points(0, 1, spread=0.1), points(0, each=1, spread=0.0), points(5, each=1)])
    groups = np.append(labels(0, 1), [2, 2])
    assert mended(X, groups, people(X), 5)[-2:].tolist() == [0, -1]


def test_where_much_would_be_in_no_theme_few_people_join_those_whom_they_are_related_to() -> None:
    few = unit(np.array([[0.5, *[0.0] * 4, 1.0, *[0.0] * 6]] * 3))
    X = np.vstack([points(0, 1, spread=0.1, each=10), few])
    groups = np.append(labels(0, 1, each=10), [2] * 3)
    assert mended(X, groups, people(X), 5)[-3:].tolist() == [0] * 3
    assert mended(X, groups, people(X), 5, [(0, 2)])[-3:].tolist() == [-1] * 3
    X = np.vstack([points(0, 1, spread=0.1, each=20), few])
    assert mended(X, np.append(labels(0, 1, each=20), [2] * 3), people(X), 5)[-1] == -1


def test_what_clustering_found_near_to_nothing_does_not_join_few_people() -> None:
    few = unit(np.array([[0.5, *[0.0] * 4, 1.0, *[0.0] * 6]] * 3))
    X = np.vstack([points(0, 1, spread=0.1, each=15), few, points(9, each=15)])
    groups = np.concatenate([labels(0, 1, each=15), [2] * 3, labels(-1, each=15)])
    assert mended(X, groups, people(X), 5)[30:33].tolist() == [-1] * 3


def test_related_groups_of_too_few_people_make_a_theme_together() -> None:
    X = np.vstack([points(0, 1, spread=0.1), points(5, each=3, spread=0.1), few_like(5)])
    groups = np.append(labels(0, 1), [2] * 3 + [3] * 3)
    assert len(set(mended(X, groups, people(X), 5)[-6:].tolist()) - {0, 1, -1}) == 1


def test_few_people_who_are_like_nobody_else_are_in_no_theme() -> None:
    X = np.vstack([points(0, 1, spread=0.1, each=10), points(5, each=4)])
    groups = np.append(labels(0, 1, each=10), [2] * 4)
    assert set(mended(X, groups, people(X), 5)[-4:].tolist()) == {-1}


def test_what_people_want_apart_stays_so_when_groups_have_joined() -> None:
    X = np.vstack([points(0, 0, spread=0.1, each=10), few_like(0)])
    groups = np.append(labels(0, 1, each=10), [2] * 3)
    found = mended(X, groups, people(X), 5, [(1, 2)])
    assert found[-1] == found[0] != found[10]


def few_like(axis: int) -> Floats:
    """Three rows that lie to one side of an axis."""
    return unit(np.eye(12)[[axis] * 3] + 0.8 * np.eye(12)[[axis + 1] * 3])


def test_one_person_who_says_it_often_is_no_theme() -> None:
    X = points(0, 1, 2)
    person = people(X)
    person[2 * GROUP :] = 0
    assert set(mended(X, labels(0, 1, 2), person, 5).tolist()) == {0, 1, -1}


def test_when_all_are_too_small_there_are_no_themes() -> None:
    X = points(0, 1)
    assert set(mended(X, labels(0, 1), people(X), GROUP + 1).tolist()) == {-1}


def test_there_are_never_more_than_people_can_work_with() -> None:
    n = MOST_THEMES + 3
    X = np.repeat(np.eye(n), 5, axis=0)
    found = mended(X, np.repeat(np.arange(n), 5), people(X), 5)
    assert len(set(found.tolist())) == MOST_THEMES


def test_the_theme_of_fewest_people_stays_when_they_want_it_apart_from_all_others() -> None:
    n = MOST_THEMES + 1
    groups = np.repeat(np.arange(n), [5, *[6] * (n - 1)])
    X = np.eye(n)[groups]
    found = mended(X, groups, people(X), 5, [(0, other) for other in range(1, n)])
    assert np.flatnonzero(found == 0).tolist() == [0, 1, 2, 3, 4]
    assert len(set(found.tolist())) == MOST_THEMES


def test_a_segment_between_two_themes_is_in_both_and_one_amid_its_own_is_not() -> None:
    X = points(0, 1, 2, spread=0.3)
    X[0] = unit((np.eye(12)[0] + 1.5 * np.eye(12)[1])[None])[0]
    X[1] = np.eye(12)[0]
    found = {row: group for row, group, _ in seconds(X, labels(0, 1, 2))}
    assert found.get(0) == 1
    assert 1 not in found


def test_a_segment_in_no_theme_is_in_no_second_one() -> None:
    X = points(0, 1, 2, spread=0.3)
    groups = labels(0, 1, -1)
    assert not [row for row, _, _ in seconds(X, groups) if groups[row] < 0]


def test_themes_that_would_share_most_members_share_none() -> None:
    X = np.vstack([points(0, each=60, spread=0.02), points(0, each=20, spread=0.3), points(4)])
    groups = np.repeat([0, 1, 2], [60, 20, GROUP])
    assert not [row for row, group, _ in seconds(X, groups) if {groups[row], group} == {0, 1}]
