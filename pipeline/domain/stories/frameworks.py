"""Frameworks: what a programme has in mind, given in words, and which stories speak to it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.stories.selection import similarity
from pipeline.domain.themes.frameworks import Entry

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

_FAR_ABOVE_AVERAGE = 1.0
"""Standard deviations above the mean story; below it, 'none of these' is the honest answer."""
_NEAR_BEST = 0.05


class Match(NamedTuple):
    """A story that speaks to an entry; `closeness` is a cosine of centred vectors."""

    entry: int
    story: int
    closeness: float


def matches(
    entries: Sequence[Entry],
    stories: NDArray[np.float64],
    encode: Encode,
) -> list[Match]:
    """Stories that speak to each entry, nearest first.

    Parameters
    ----------
    entries : sequence of Entry
        The framework.
    stories : ndarray of shape (n_stories, n_dimensions)
        Mean vector of each story's segments, of unit length, what all have in common taken out.
    """
    if not entries or not len(stories):
        return []
    phrases = [(at, phrase) for at, entry in enumerate(entries) for phrase in entry.phrases]
    vectors = np.asarray(encode([phrase for _, phrase in phrases]), dtype=np.float64)
    close = similarity(stories, unit(vectors - vectors.mean(axis=0)))
    owners = np.array([at for at, _ in phrases])
    scores = np.stack(
        [_best_two(close[:, owners == at]) for at in range(len(entries))], axis=1
    )  # stories x entries
    above = scores - scores.mean(axis=0) >= _FAR_ABOVE_AVERAGE * scores.std(axis=0)
    own = scores >= scores.max(axis=1, keepdims=True) - _NEAR_BEST
    found = [
        Match(entry, story, float(scores[story, entry]))
        for story, entry in zip(*np.nonzero(above & own), strict=True)
    ]
    return sorted(found, key=lambda match: (match.entry, -match.closeness, match.story))


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows scaled to unit length; a row of zeros stays one."""
    squares: NDArray[np.float64] = np.einsum("id,id->i", rows, rows, optimize=False)
    length: NDArray[np.float64] = np.where(squares > 0, np.sqrt(squares), 1.0)
    scaled: NDArray[np.float64] = rows / length[:, None]
    return scaled


def _best_two(close: NDArray[np.float64]) -> NDArray[np.float64]:
    two: NDArray[np.float64] = np.sort(close, axis=1)[:, -2:]
    mean: NDArray[np.float64] = two.mean(axis=1)
    return np.round(mean, 6)
