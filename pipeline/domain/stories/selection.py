"""Choosing a few of many so that together they stand for all, and no one person for everybody."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_COVERAGE_WEIGHT = 1.0
_USE_PENALTY = 0.15
"""What each earlier choice of the same person costs, on the scale of a score from 0 to 1."""


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
    times_used: Mapping[str, int],
    most: int,
) -> list[int]:
    """Positions of the chosen, best first: facility location with a price on hearing one person.

    Parameters
    ----------
    scores : sequence of float
        How good each candidate is by itself, 0 to 1.
    people : sequence of str
        Whose it is; nobody is chosen twice.
    closeness : ndarray of shape (n_candidates, n_all)
        Cosine of each candidate with everything that the choice is to stand for.
    times_used : mapping
        How often each person was chosen elsewhere.
    most : int
        How many to choose at most.

    Returns
    -------
    list of int
        The first n of it are the choice of n.
    """
    covered = np.zeros(closeness.shape[1])
    left: set[int] = set(range(len(scores)))
    chosen: list[int] = []
    while left and len(chosen) < most:
        best = max(
            sorted(left), key=lambda at: _worth(at, scores, people, closeness, covered, times_used)
        )
        chosen.append(best)
        covered = np.maximum(covered, closeness[best])
        left = {at for at in left if people[at] != people[best]}
    return chosen


def _worth(
    at: int,
    scores: Sequence[float],
    people: Sequence[str],
    closeness: NDArray[np.float64],
    covered: NDArray[np.float64],
    times_used: Mapping[str, int],
) -> float:
    gain = float(np.maximum(closeness[at] - covered, 0).mean()) if covered.size else 0.0
    price = _USE_PENALTY * times_used.get(people[at], 0)
    return round(scores[at] + _COVERAGE_WEIGHT * gain - price, 9)
