"""Coefficients of agreement between two coders, over any number of resamples at once.

References
----------
Cohen (1960), kappa. Gwet (2008), AC1, which does not fall with rare themes as kappa does.
Krippendorff (2004), alpha; Passonneau (2006), MASI, the distance of two sets of codes.
"""

from collections.abc import Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Counts(NamedTuple):
    """Segments that both, the machine alone, the coder alone and neither have in a theme.

    Each one number, or an array of any shape: one for each resample.
    """

    both: Floats
    machine: Floats
    coder: Floats
    neither: Floats

    @property
    def all(self) -> Floats:
        """All segments."""
        return self.both + self.machine + self.coder + self.neither


def observed(counts: Counts) -> Floats:
    """Share of segments about which both say the same."""
    return _share(counts.both + counts.neither, counts.all)


def kappa(counts: Counts) -> Floats:
    """Cohen's kappa; NaN where both say the same of every segment, whatever it be."""
    machine = _share(counts.both + counts.machine, counts.all)
    coder = _share(counts.both + counts.coder, counts.all)
    return _beyond(observed(counts), machine * coder + (1 - machine) * (1 - coder))


def ac1(counts: Counts) -> Floats:
    """Gwet's first coefficient of agreement for two categories."""
    mean = _share(2 * counts.both + counts.machine + counts.coder, 2 * counts.all)
    return _beyond(observed(counts), 2 * mean * (1 - mean))


def precision(counts: Counts) -> Floats:
    """Of the machine's, the share that the coder has too."""
    return _share(counts.both, counts.both + counts.machine)


def recall(counts: Counts) -> Floats:
    """Of the coder's, the share that the machine has too."""
    return _share(counts.both, counts.both + counts.coder)


def f1(counts: Counts) -> Floats:
    """Harmonic mean of precision and recall."""
    return _share(2 * counts.both, 2 * counts.both + counts.machine + counts.coder)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _beyond(seen: Floats, by_chance: Floats) -> Floats:
    """Agreement beyond chance; NaN where chance alone would agree always."""
    room = 1 - by_chance
    gained = seen - by_chance
    return np.divide(gained, room, out=np.full_like(room, np.nan), where=room > 1e-12)


class Sets(NamedTuple):
    """Sets of themes of both sides, counted by conversation, for alpha.

    Attributes
    ----------
    differing : ndarray of shape (n_conversations,)
        Sum of the distances between both sides' sets.
    sets : ndarray of shape (n_conversations, n_sets)
        How often each set occurs, on either side.
    distances : ndarray of shape (n_sets, n_sets)
        Distance of each set from each other.
    """

    differing: Floats
    sets: Floats
    distances: Floats


def alpha(told: Sets, weights: Floats) -> Floats:
    """Krippendorff's alpha of two coders who both speak of every unit.

    Parameters
    ----------
    weights : ndarray of shape (n_resamples, n_conversations)
        How often each conversation is drawn.

    Returns
    -------
    ndarray of shape (n_resamples,)
        NaN where no two values differ.
    """
    values = weights @ told.sets
    n = values.sum(axis=1)
    # Not by BLAS: its sums differ between numbers of threads.
    pairs = np.einsum("ri,ij,rj->r", values, told.distances, values, optimize=False)
    expected = _share(pairs, n * (n - 1))
    seen = _share(2 * np.einsum("ri,i->r", weights, told.differing, optimize=False), n)
    return 1 - np.divide(seen, expected, out=np.full_like(seen, np.nan), where=expected > 0)


def masi(one: Set[str], other: Set[str]) -> float:
    """MASI distance of two sets, 0 to 1: Jaccard's, and less alike where neither holds the other.

    Two empty sets are the same.
    """
    if one == other:
        return 0.0
    shared = one & other
    if not shared:
        return 1.0
    kinship = 2 / 3 if shared in (one, other) else 1 / 3
    return 1 - len(shared) / len(one | other) * kinship
