"""Gaps between a group and everybody else: an interval for each, few false alarms in all."""

import numpy as np
import pytest

from pipeline.domain.governance.gaps import (
    FALSE_DISCOVERIES,
    Counted,
    around,
    chance_of,
    chance_of_rates,
    difference,
    difference_at,
    level,
    rates,
    z_of,
)


def counted(*rows: tuple[int, int, int, int]) -> Counted:
    return Counted(*np.array(rows, dtype=np.float64).T)


def test_the_interval_of_a_difference_is_that_of_the_literature() -> None:
    """Newcombe (1998), Table II, method 10: 56/70 against 48/80, and 9/10 against 3/10."""
    ends = difference(counted((56, 70, 48, 80), (9, 10, 3, 10)), 1.959964, is_rounded=False)
    assert ends.low == pytest.approx([0.0524, 0.1705], abs=1e-4)
    assert ends.high == pytest.approx([0.3339, 0.8090], abs=1e-4)


def test_rounding_widens_the_interval_and_the_more_for_smaller_groups() -> None:
    gaps = counted((10, 20, 30, 60), (50, 100, 150, 300))
    exact, blurred = (difference(gaps, 1.96, is_rounded=rounded) for rounded in (False, True))
    wider = (blurred.high - blurred.low) - (exact.high - exact.low)
    assert (wider > 0).all()
    assert wider[0] > wider[1]


def test_the_chance_of_a_gap_is_where_its_interval_ends_at_zero() -> None:
    gaps = counted((40, 50, 20, 50), (26, 50, 24, 50))
    chances = chance_of(gaps, is_rounded=True)
    assert chances[0] < 0.001 < chances[1]
    for at, chance in enumerate(chances):
        surer = difference_at(gaps, chance * 0.99, is_rounded=True)
        less = difference_at(gaps, chance * 1.01, is_rounded=True)
        assert surer.low[at] < 0 < less.low[at]


def test_no_gap_is_surely_of_chance() -> None:
    assert chance_of(counted((25, 50, 25, 50)), is_rounded=False)[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ([], 0.05),
        ([0.5, 0.6, 0.7, 0.8], 0.0125),
        ([0.01, 0.02, 0.03, 0.5], 0.0375),
        ([0.04, 0.04, 0.04, 0.04], 0.05),
    ],
    ids=["none looked at", "none found", "three of four", "all, though none alone"],
)
def test_how_sure_each_must_be_depends_on_how_many_are_found(
    chances: list[float], expected: float
) -> None:
    assert level(np.array(chances)) == pytest.approx(expected)


def test_an_interval_leaves_no_gap_out_exactly_where_it_is_a_discovery() -> None:
    generator = np.random.default_rng(3)
    n, others = generator.binomial(40, 0.5, 200), generator.binomial(60, 0.5, 200)
    n[:20] += 14
    gaps = Counted(np.minimum(n, 40) * 1.0, np.full(200, 40.0), others * 1.0, np.full(200, 60.0))
    chances = chance_of(gaps, is_rounded=False)
    error = level(chances)
    ends = difference_at(gaps, error, is_rounded=False)
    is_clear = (ends.low > 0) | (ends.high < 0)
    assert 0 < is_clear.sum() == (chances <= error).sum() < 200


def test_hundreds_of_gaps_of_chance_alone_raise_hardly_an_alarm() -> None:
    generator = np.random.default_rng(7)
    alarms: list[int] = []
    uncorrected = 0
    for _ in range(20):
        n, others = generator.binomial(35, 0.4, 600), generator.binomial(65, 0.4, 600)
        gaps = Counted(n * 1.0, np.full(600, 35.0), others * 1.0, np.full(600, 65.0))
        chances = chance_of(gaps, is_rounded=False)
        alarms.append(int((chances <= level(chances)).sum()))
        uncorrected += int((chances <= FALSE_DISCOVERIES).sum())
    assert sum(found > 0 for found in alarms) <= 20 * FALSE_DISCOVERIES * 3
    assert uncorrected > 100 * sum(alarms)


def test_a_rate_is_of_sums_and_of_everybody_else() -> None:
    tops, bottoms = np.array([1.0, 2.0, 3.0]), np.array([10.0, 10.0, 10.0])
    found = rates(tops, bottoms, np.array([[True, True, False]]), 0)
    assert found.value == pytest.approx([0.15])
    assert found.value_of_others == pytest.approx([0.3])


def test_the_error_of_a_rate_shrinks_with_people_not_with_words() -> None:
    generator = np.random.default_rng(1)
    said = generator.integers(1, 9, 400) * 1.0
    half = np.arange(400) % 2 == 0
    many = rates(said, np.full(400, 10.0), half[None], 0)
    few = rates(said[:100], np.full(100, 10.0), half[None, :100], 0)
    wordier = rates(said * 100, np.full(400, 1000.0), half[None], 0)
    assert few.error[0] == pytest.approx(2 * many.error[0], rel=0.25)
    assert wordier.error == pytest.approx(many.error)


def test_people_that_differ_by_a_lot_are_told_from_chance() -> None:
    tops = np.where(np.arange(60) < 20, 9.0, 3.0) + np.arange(60) % 3
    members = (np.arange(60) < 20)[None]
    found = rates(tops, np.ones(60), members, 0)
    assert chance_of_rates(found, np.array([20]))[0] < 1e-6
    ends = around(found, np.array([20]), 0.05)
    assert found.gap[0] == pytest.approx(6, abs=0.1)
    assert ends.low[0] < found.gap[0] < ends.high[0]


@pytest.mark.parametrize(
    "bottoms",
    [np.zeros(4), np.array([5.0, 5.0, 0.0, 0.0])],
    ids=["nobody said a word", "the others said none"],
)
def test_nothing_to_divide_by_is_no_gap(bottoms: np.ndarray) -> None:
    found = rates(np.ones(4), bottoms, np.array([[True, True, False, False]]), 0)
    assert np.isnan(found.gap).all()
    assert chance_of_rates(found, np.array([2])).tolist() == [1.0]


def test_no_people_have_no_rates() -> None:
    found = rates(np.zeros(0), np.zeros(0), np.zeros((2, 0), dtype=bool), 0)
    assert np.isnan(found.value).all()


def test_a_sure_interval_is_wide() -> None:
    assert z_of(0.05) == pytest.approx(1.96, abs=0.001)
    assert z_of(0.001) > z_of(0.01)
