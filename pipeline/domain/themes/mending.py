"""Groups made fit to be themes: enough people each, none twice, no more than people can hold.

What promotion demands is mended here, so that the gate is a proof and not a hurdle.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from math import ceil

import numpy as np

from pipeline.domain.themes.clustering import NOISE, Floats, Labels, unit
from pipeline.domain.themes.tracking import groups_of

MOST_THEMES = 70
"""More than people can work with (ThemeFinder)."""
ALIKE = 0.9
"""Cosine of two centres, seen from the middle of the corpus, from which they are one theme."""
OVERLAP = 0.7
"""Jaccard overlap of members from which two themes are one."""

LEAST_SHARE = 0.001
"""Of all segments: a theme of a large corpus needs more people than one of a small one."""

_LOOSEST_PERCENTILE = 10
_ALSO_PERCENTILE = 50
_ALSO_MARGIN = 0.05

Pair = tuple[int, int]


def fewest_people(min_theme_people: int, n_segments: int) -> int:
    """People that a theme needs at least."""
    return max(min_theme_people, ceil(LEAST_SHARE * n_segments))


def mended(
    seen: Floats, labels: Labels, person: Labels, fewest: int, apart: Collection[Pair] = ()
) -> Labels:
    """Groups joined that are too alike or too many, and those of too few people dissolved.

    Parameters
    ----------
    seen : ndarray of shape (n, d)
        Vectors seen from the middle of the corpus, rows of unit length.
    labels : ndarray of shape (n,)
        Group of each row, or -1.
    person : ndarray of shape (n,)
        Who says it, as a number.
    fewest : int
        Least people of a theme.
    apart : pairs of groups that are never joined.
    """
    labels = _dissolved(seen, labels, person, fewest)
    never = set(apart)
    while (pair := _to_join(seen, labels, person, never)) is not None:
        into, gone = pair
        labels = np.where(labels == gone, into, labels)
        never = {(into if a == gone else a, into if b == gone else b) for a, b in never}
    return labels


def centres_of(seen: Floats, labels: Labels) -> Floats:
    """Unit centre of each group, in the order of their numbers."""
    return unit(np.stack([seen[rows].mean(axis=0) for rows in groups_of(labels)]))


def seconds(seen: Floats, labels: Labels) -> list[tuple[int, int, float]]:
    """Second memberships: row, group and likeness of segments near another theme as well.

    A segment is near a second theme when it is as near to its centre as that theme's own median
    member, and not far below its nearness to its own. It has at most one, the nearest. Pairs of
    themes that would share most of their members share none.
    """
    numbers = np.unique(labels[labels >= 0])
    if len(numbers) < 2:
        return []
    likeness = seen @ centres_of(seen, labels).T
    home = np.searchsorted(numbers, labels)
    rows = np.flatnonzero(labels >= 0)
    usual = np.array(
        [
            np.percentile(likeness[labels == number, place], _ALSO_PERCENTILE)
            for place, number in enumerate(numbers)
        ]
    )
    own = likeness[rows, home[rows]]
    others = likeness[rows]
    others[np.arange(len(rows)), home[rows]] = -np.inf
    best = others.argmax(axis=1)
    near = others[np.arange(len(rows)), best]
    chosen = (near >= usual[best]) & (near >= own - _ALSO_MARGIN)
    found = [
        (int(row), int(numbers[to]), float(np.clip(s, 0, 1)))
        for row, to, s in zip(rows[chosen], best[chosen], near[chosen], strict=True)
    ]
    return _without_twins(labels, found)


def _without_twins(
    labels: Labels, found: Sequence[tuple[int, int, float]]
) -> list[tuple[int, int, float]]:
    """Those that are not of two themes which would share most of their members."""
    pairs = [frozenset((int(labels[row]), to)) for row, to, _ in found]
    shared = Counter(pairs)
    size = Counter[int](labels.tolist())
    twins = {
        pair for pair, n in shared.items() if n >= OVERLAP * sum(size[group] for group in pair)
    }
    return [one for one, pair in zip(found, pairs, strict=True) if pair not in twins]


def _dissolved(seen: Floats, labels: Labels, person: Labels, fewest: int) -> Labels:
    """Segments of groups of too few people, placed in the nearest other one that they are near."""
    few = [rows for rows in groups_of(labels) if len(np.unique(person[rows])) < fewest]
    left = labels.copy()
    for rows in few:
        left[rows] = NOISE
    if not few or not (left >= 0).any():
        return left
    numbers, centres = np.unique(left[left >= 0]), centres_of(seen, left)
    reach = np.array(
        [
            np.percentile(seen[left == number] @ centre, _LOOSEST_PERCENTILE)
            for number, centre in zip(numbers, centres, strict=True)
        ]
    )
    homeless = np.concatenate(few)
    likeness = seen[homeless] @ centres.T
    best = likeness.argmax(axis=1)
    near = likeness.max(axis=1) >= reach[best]
    left[homeless[near]] = numbers[best[near]]
    return left


def _to_join(seen: Floats, labels: Labels, person: Labels, apart: Collection[Pair]) -> Pair | None:
    """Two groups that are to be one, the larger first; None when all may stay."""
    numbers = np.unique(labels[labels >= 0])
    if len(numbers) < 2:
        return None
    centres = centres_of(seen, labels)
    likeness = centres @ centres.T
    np.fill_diagonal(likeness, -np.inf)
    for pair in apart:
        at = np.flatnonzero(np.isin(numbers, pair))
        likeness[np.ix_(at, at)] = -np.inf
    people = np.array([len(np.unique(person[labels == number])) for number in numbers])
    one, other = (int(at) for at in np.unravel_index(likeness.argmax(), likeness.shape))
    if likeness[one, other] < ALIKE:
        if len(numbers) <= MOST_THEMES:
            return None
        one = int(people.argmin())
        other = int(likeness[one].argmax())
    if people[one] < people[other]:
        one, other = other, one
    return int(numbers[one]), int(numbers[other])
