"""Choosing a few of many so that together they stand for all: people, areas and groups alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_COVERAGE_WEIGHT = 1.0
_GROUP_WEIGHT = 0.3
"""What it is worth to hear only groups that are not heard yet, on the scale of a score."""
_USE_PENALTY = 0.15
"""What each earlier choice of the same person costs, on the same scale."""

Group = tuple[str, str]
"""Dimension and group, such as age and 65 and over."""


class Choice(NamedTuple):
    """One that was chosen, and whether it brings in a group that none before it is of."""

    at: int
    adds_group: bool


class _Heard(NamedTuple):
    """What the chosen stand for so far."""

    covered: NDArray[np.float64]
    groups: Counter[Group]


def similarity(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of each left with each right row, both of unit length.

    Not by matrix product: its last digits change with the number of threads, and a tie that
    falls the other way is another release.
    """
    products: NDArray[np.float64] = np.einsum("id,jd->ij", left, right, optimize=False)
    return np.round(products, 6)


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to unit length; a row of zeros stays one."""
    squares: NDArray[np.float64] = np.einsum("id,id->i", rows, rows, optimize=False)
    length: NDArray[np.float64] = np.where(squares > 0, np.sqrt(squares), 1.0)
    scaled: NDArray[np.float64] = rows / length[:, None]
    return scaled


def spread(
    scores: Sequence[float],
    people: Sequence[str],
    closeness: NDArray[np.float64],
    *,
    groups: Mapping[str, frozenset[Group]],
    times_used: Mapping[str, int],
    most: int,
) -> list[Choice]:
    """The chosen, best first: facility location that also covers people, areas and groups.

    Greedy, which for such a sum is never worse than 63 % of the best choice. The first n of it
    are the choice of n.

    Parameters
    ----------
    scores : sequence of float
        How good each candidate is by itself, 0 to 1.
    people : sequence of str
        Whose it is; nobody is chosen twice.
    closeness : ndarray of shape (n_candidates, n_all)
        Cosine of each candidate with everything that the choice is to stand for.
    groups : mapping of person to groups
        Each time a group is heard again counts half as much as the time before.
    times_used : mapping
        How often each person was chosen elsewhere.
    most : int
        How many to choose at most.
    """
    heard = _Heard(np.zeros(closeness.shape[1]), Counter())
    own = [groups.get(person, frozenset[Group]()) for person in people]
    alone = [
        score - _USE_PENALTY * times_used.get(person, 0)
        for score, person in zip(scores, people, strict=True)
    ]
    left: set[int] = set(range(len(scores)))
    chosen: list[Choice] = []
    while left and len(chosen) < most:
        best = max(sorted(left), key=lambda at: _worth(alone[at], closeness[at], own[at], heard))
        adds = bool(chosen) and any(not heard.groups[group] for group in own[best])
        chosen.append(Choice(best, adds))
        heard.groups.update(own[best])
        heard = heard._replace(covered=np.maximum(heard.covered, closeness[best]))
        left = {at for at in left if people[at] != people[best]}
    return chosen


def _worth(
    score: float, close: NDArray[np.float64], groups: frozenset[Group], heard: _Heard
) -> float:
    covered = heard.covered
    gain = float(np.maximum(close - covered, 0).mean()) if covered.size else 0.0
    return round(score + _COVERAGE_WEIGHT * gain + _GROUP_WEIGHT * _new(groups, heard), 9)


def _new(groups: frozenset[Group], heard: _Heard) -> float:
    """How new a person's groups are, 0 to 1; of somebody of whom nothing is known, half."""
    if not groups:
        return 0.5
    return sum(0.5 ** heard.groups[group] for group in sorted(groups)) / len(groups)
