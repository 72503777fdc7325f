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

_MOST_LEFT_OUT = 0.1
"""Share of segments that may be in no theme because too few people speak of the like."""
_RELATED = 0.1
"""Cosine of two centres below which they have nothing to do with each other."""

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

    Where few people were heard, dissolving would leave much of what they said in no theme. There
    groups of too few people become one with the nearest that is about anything like them, and only
    what is like nothing else is dissolved.

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
    groups = _Groups(seen, labels, person, apart)
    left = _dissolved(seen, labels, person, fewest)
    left_out = np.count_nonzero((left == NOISE) & (labels != NOISE))
    if left_out > _MOST_LEFT_OUT * len(labels):
        while (pair := groups.few_to_join(fewest)) is not None:
            groups.join(*pair)
        left = _dissolved(seen, groups.labels(), person, fewest)
    groups = _Groups(seen, left, person, groups.apart())
    while (pair := groups.to_join()) is not None:
        groups.join(*pair)
    return groups.labels()


class _Groups:
    """Groups by the sums of their rows and by who is in them: joining two looks at no row.

    Places count the groups from 0; a group that was joined to another keeps its place, empty.
    """

    def __init__(
        self, seen: Floats, labels: Labels, person: Labels, apart: Collection[Pair]
    ) -> None:
        rows = groups_of(labels)
        self._labels, self._numbers = labels, np.unique(labels[labels >= 0])
        self._apart = apart
        self._home = np.arange(len(rows))
        self._sums = np.array([seen[own].sum(axis=0) for own in rows])
        self._who = [set(person[own].tolist()) for own in rows]
        self._people = np.array([len(own) for own in self._who], dtype=np.int64)
        self._never = np.eye(len(rows), dtype=bool)
        for pair in apart:
            places = np.flatnonzero(np.isin(self._numbers, pair))
            self._never[np.ix_(places, places)] = True
        centres = unit(self._sums) if rows else np.empty((0, 0))
        self._likeness = np.where(self._never, -np.inf, centres @ centres.T)

    def few_to_join(self, fewest: int) -> Pair | None:
        """The group of fewest people, if they are too few, and the nearest related to it."""
        for one in np.argsort(self._people, kind="stable").tolist():
            if self._people[one] >= fewest:
                break
            other = int(self._likeness[one].argmax())
            if self._likeness[one, other] >= _RELATED:
                return one, other
        return None

    def to_join(self) -> Pair | None:
        """Two groups that are to be one; None when all may stay."""
        alive = np.flatnonzero(self._people)
        if len(alive) < 2:
            return None
        one, other = np.unravel_index(self._likeness.argmax(), self._likeness.shape)
        if self._likeness[one, other] >= ALIKE:
            return int(one), int(other)
        if len(alive) <= MOST_THEMES:
            return None
        for one in alive[np.argsort(self._people[alive], kind="stable")].tolist():
            other = int(self._likeness[one].argmax())
            if np.isfinite(self._likeness[one, other]):
                return one, other
        return None

    def join(self, one: int, other: int) -> None:
        """Make two groups one, under the number of that with more people."""
        into, gone = (one, other) if self._people[one] >= self._people[other] else (other, one)
        self._home[self._home == gone] = into
        self._sums[into] += self._sums[gone]
        self._who[into] |= self._who[gone]
        self._people[into], self._people[gone] = len(self._who[into]), 0
        never = self._never[into] | self._never[gone] | (self._people == 0)
        self._never[into] = self._never[:, into] = never
        likeness = unit(self._sums) @ unit(self._sums[into][None])[0]
        self._likeness[into] = self._likeness[:, into] = np.where(never, -np.inf, likeness)
        self._likeness[gone] = self._likeness[:, gone] = -np.inf

    def labels(self) -> Labels:
        """Group of each row, or -1."""
        inside = self._labels != NOISE
        labels = self._labels.copy()
        places = np.searchsorted(self._numbers, labels[inside])
        labels[inside] = self._numbers[self._home[places]]
        return labels

    def apart(self) -> list[Pair]:
        """Pairs of groups that are never joined, by the numbers that they have now."""
        now = dict(zip(self._numbers.tolist(), self._numbers[self._home].tolist(), strict=True))
        return [(now[one], now[other]) for one, other in self._apart]


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
