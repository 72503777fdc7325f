# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# scipy carries no types.
"""Gaps between a group and everybody else: intervals, and how many alarms may be false.

All gaps of a table are judged together. The rate of false discoveries decides how sure each
interval must be, and every interval of the table is told at that confidence: an interval leaves
no gap out exactly where the gap is a discovery.

References
----------
Newcombe (1998), Statistics in Medicine 17, 873-890: the difference of two shares, method 10.
Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289-300: the rate of false discoveries.
Benjamini & Yekutieli (2005), J. Am. Stat. Assoc. 100, 71-81: intervals beside it.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.disclosure import ROUNDED_TO

FALSE_DISCOVERIES = 0.05
"""Share of the gaps told of that may be none."""

N_RESAMPLES = 500
_MOST_Z, _ROUNDS = 40.0, 60
_CELLS_AT_ONCE = 2_000_000

Floats = NDArray[np.float64]


class Counted(NamedTuple):
    """How many of a group and of everybody else have something; arrays of one entry for a gap."""

    n: Floats
    of: Floats
    n_others: Floats
    of_others: Floats

    @property
    def gap(self) -> Floats:
        """Share of the group less share of the others."""
        return self.n / self.of - self.n_others / self.of_others


class Interval(NamedTuple):
    """The ends of intervals."""

    low: Floats
    high: Floats


def difference(counted: Counted, z: Floats | float, *, is_rounded: bool) -> Interval:
    """Newcombe's interval of the difference of two shares.

    Parameters
    ----------
    z : float or ndarray
        How many standard deviations wide: 1.96 for 95 %.
    is_rounded : bool
        Whether the counts are rounded: what rounding may have done is added to each side, as a
        further error that is squared and added.
    """
    low, high = _wilson(counted.n, counted.of, z)
    low_others, high_others = _wilson(counted.n_others, counted.of_others, z)
    share, others = counted.n / counted.of, counted.n_others / counted.of_others
    spread = (ROUNDED_TO**2 - 1) / 12 if is_rounded else 0.0
    blur = np.square(z) * spread * (1 / counted.of**2 + 1 / counted.of_others**2)
    below = np.sqrt((share - low) ** 2 + (high_others - others) ** 2 + blur)
    above = np.sqrt((high - share) ** 2 + (others - low_others) ** 2 + blur)
    return Interval(counted.gap - below, counted.gap + above)


def _wilson(n: Floats, of: Floats, z: Floats | float) -> tuple[Floats, Floats]:
    share, spread = n / of, np.square(z) / of
    centre = (share + spread / 2) / (1 + spread)
    half = np.sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    return centre - half, centre + half


def chance_of(counted: Counted, *, is_rounded: bool) -> Floats:
    """Probability that chance makes a gap as wide: where its interval would end at zero."""
    low, high = np.zeros(len(counted.n)), np.full(len(counted.n), _MOST_Z)
    for _ in range(_ROUNDS):
        z = (low + high) / 2
        ends = difference(counted, z, is_rounded=is_rounded)
        is_clear = (ends.low > 0) | (ends.high < 0)
        low, high = np.where(is_clear, z, low), np.where(is_clear, high, z)
    return np.array([2 * NormalDist().cdf(-float(z)) for z in low])


def level(chances: Floats) -> float:
    """Probability below which a gap counts as none of chance, for all of them together.

    Where nothing is found it is that of a single discovery, so that intervals stay honest.
    """
    m = len(chances)
    if not m:
        return FALSE_DISCOVERIES
    steps = FALSE_DISCOVERIES * np.arange(1, m + 1) / m
    found = np.flatnonzero(np.sort(chances) <= steps)
    return float(steps[found[-1]] if len(found) else steps[0])


def z_of(probability: float) -> float:
    """How many standard deviations wide an interval is that errs with this probability."""
    return -NormalDist().inv_cdf(probability / 2)


def difference_at(counted: Counted, probability: float, *, is_rounded: bool) -> Interval:
    """Intervals of the differences of shares that err with this probability."""
    return difference(counted, z_of(probability), is_rounded=is_rounded)


class Rates(NamedTuple):
    """A rate of each group and of everybody else, with the standard error of its gap."""

    value: Floats
    value_of_others: Floats
    error: Floats

    @property
    def gap(self) -> Floats:
        """Value less value of others."""
        return self.value - self.value_of_others


def rates(tops: Floats, bottoms: Floats, members: NDArray[np.bool_], seed: int) -> Rates:
    """Sum of the tops over sum of the bottoms, for each group and for everybody else.

    Parameters
    ----------
    tops, bottoms : ndarray of shape (n_people,)
        Whole numbers, so that sums are exact in any order.
    members : ndarray of shape (n_groups, n_people)
    seed : int
        Of the resampling: people are drawn, never parts of them. Where a draw has nothing to
        divide by, it counts for nothing.
    """
    sides = np.concatenate([members, ~members]).astype(np.float64)
    value, others = np.split(_ratio(sides @ tops, sides @ bottoms), 2)
    n, generator = len(tops), np.random.default_rng(seed)
    block = max(_CELLS_AT_ONCE // max(n, 1), 1)
    gaps: list[Floats] = []
    for first in range(0, N_RESAMPLES if n else 0, block):
        size = min(block, N_RESAMPLES - first)
        drawn = generator.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64)
        ratio = _ratio((drawn * tops) @ sides.T, (drawn * bottoms) @ sides.T)
        own, rest = np.split(ratio, 2, axis=1)
        gaps.append(own - rest)
    return Rates(value, others, _deviation(gaps, len(members)))


def _ratio(tops: Floats, bottoms: Floats) -> Floats:
    nothing = np.full(tops.shape, np.nan)
    return np.divide(tops, bottoms, out=nothing, where=bottoms > 0)


def _deviation(gaps: list[Floats], n_groups: int) -> Floats:
    if not gaps:
        return np.full(n_groups, np.nan)
    drawn = np.ma.masked_invalid(np.concatenate(gaps))
    return np.ma.filled(drawn.std(axis=0).astype(np.float64), np.nan)


def chance_of_rates(found: Rates, n_people: NDArray[np.int64]) -> Floats:
    """Probability that chance makes a gap of rates as wide; 1 where it cannot be said.

    By Student's distribution with as many degrees of freedom as the smaller side has people, less
    one: a few people's rates are surer to differ than their standard error says.
    """
    from scipy.stats import t

    with np.errstate(divide="ignore", invalid="ignore"):
        chances = 2 * t.sf(np.abs(found.gap) / found.error, np.maximum(n_people - 1, 1))
    return np.where(np.isfinite(chances), chances, 1.0)


def around(found: Rates, n_people: NDArray[np.int64], probability: float) -> Interval:
    """Intervals of the gaps of rates that err with this probability."""
    from scipy.stats import t

    half = t.isf(probability / 2, np.maximum(n_people - 1, 1)) * found.error
    return Interval(found.gap - half, found.gap + half)
