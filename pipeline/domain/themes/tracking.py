"""Tonight's groups of segments, seen from last night's: who stays, who joins, what is new.

Clustering alone turns over with every few conversations: a third of the segments would change
their theme in eight nights. Three things hold themes together, and let them change when people
speak of something else:

- **anchor**: before clustering, each segment that was in a theme leans towards the theme's centre;
- **keeping**: a segment stays in its theme as long as that is found again;
- **room for the new**: a clustering without anchor looks for groups of newcomers far from all
  themes. Leaning alone would spread them over the old themes night by night.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.clustering import (
    NOISE,
    Attempt,
    Floats,
    Labels,
    cluster,
    unit,
)
from pipeline.domain.themes.identity import pairs_of
from pipeline.domain.themes.membership import Members, with_nearest

Flags = NDArray[np.bool_]

ANCHOR = 0.5
"""How far a member leans towards its theme's centre; a segment itself has length 1."""

_FAR = 0.6
"""Cosine to the nearest live theme below which a group of newcomers speaks of something else."""
_MOST_OF = 0.5


class Sides(NamedTuple):
    """Last night, seen from tonight's n segments.

    Attributes
    ----------
    theme : ndarray of shape (n,)
        Place of each segment's theme among last night's live themes, or -1.
    is_new : ndarray of shape (n,)
        Whether it has not been in its theme for long.
    n_themes : int
        Live themes of last night.
    apart : pairs of places of themes that people want apart.
    """

    theme: Labels
    is_new: Flags
    n_themes: int
    apart: tuple[tuple[int, int], ...] = ()


class Tracked(NamedTuple):
    """Groups of tonight, and what was tried to find them."""

    members: Members
    attempts: tuple[Attempt, ...]


def track(
    X: Floats, person: Labels, last: Sides, size: int, fewest: int, *, afresh: bool = False
) -> Tracked:
    """Group tonight's segments, holding on to last night's themes.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Rows of unit length, from `clustering.features`.
    person : ndarray of shape (n,)
        Who says each segment, as a number.
    last : Sides
    size : int
        Least segments of a cluster.
    fewest : int
        Least people of a new theme.
    afresh : bool
        Hold on to nothing but what people want apart.
    """
    free = cluster(X, size)
    if afresh or not (last.theme >= 0).any():
        members = with_nearest(free)
        cut = kept_apart(X, members.labels, last)
        return Tracked(members._replace(labels=cut), free.attempts)
    held = with_newborn(X, free.labels, person, last, size, fewest)
    led = cluster(leaning(X, held), size)
    found = with_nearest(led)
    labels = kept_apart(X, settled(held, found.labels, person, fewest), last)
    agrees = _agreeing(found.labels, labels)
    return Tracked(
        Members(labels, found.is_core & agrees, _strengths(X, labels, found, agrees)),
        led.attempts,
    )


def leaning(X: Floats, theme: Labels) -> Floats:
    """Rows of shape (n, d), those in a theme leaning towards its centre; unit length kept."""
    leant = X.copy()
    for rows in groups_of(theme):
        leant[rows] += ANCHOR * unit(X[rows].mean(axis=0)[None])[0]
    return unit(leant)


def with_newborn(
    X: Floats, free: Labels, person: Labels, last: Sides, size: int, fewest: int
) -> Labels:
    """Last night's themes, and groups of newcomers who speak of something else.

    A group found without anchor is new when it holds far more newcomers than usual, and its centre
    is far from that of every theme: both, since a theme that was found before may be cut another
    way tonight, and newcomers mostly speak of what others spoke of.

    Returns
    -------
    ndarray of shape (n,)
        As `last.theme`; new groups are numbered after the themes of last night.
    """
    held = last.theme.copy()
    known = unit(np.stack([X[_settled_of(rows, last)].mean(axis=0) for rows in groups_of(held)]))
    usual = float(last.is_new.mean())
    number = last.n_themes
    for rows in groups_of(free):
        new = rows[last.is_new[rows]]
        likeness = float((known @ unit(X[rows].mean(axis=0)[None])[0]).max())
        is_enough = len(new) >= size and len(np.unique(person[new])) >= fewest
        if is_enough and len(new) / len(rows) >= (1 + usual) / 2 and likeness < _FAR:
            held[new] = number
            number += 1
    return held


def settled(held: Labels, found: Labels, person: Labels, fewest: int) -> Labels:
    """Each segment's group after the anchored clustering.

    Members of a theme that was found again stay in it. A cluster that is no theme's becomes a
    group of its own when most of its members were in one theme, with whom it parts, and enough
    people say so; else whoever was in no theme goes where most of the cluster are. Members of a
    theme that was not found again go where they were found.

    Parameters
    ----------
    held, found : ndarray of shape (n,)
        Theme of last night, and cluster of tonight, of each segment; -1: none.
    person : ndarray of shape (n,)
        Who says each segment, as a number.
    fewest : int
        Least people of a theme.
    """
    labels = found.copy()
    labels[:] = NOISE
    theme_of = _themes_found(held, found)
    alive = np.isin(held, list(theme_of.values()))
    labels[alive] = held[alive]
    number = int(held.max(initial=NOISE)) + 1
    for place, rows in enumerate(groups_of(found)):
        homeless = rows[~alive[rows]]
        if place in theme_of:
            labels[homeless] = theme_of[place]
            continue
        was, n = _majority(held[rows])
        if was == NOISE or n < _MOST_OF * len(rows) or was not in theme_of.values():
            labels[homeless] = was if was in theme_of.values() else number
            number += was not in theme_of.values()
            continue
        parting = np.concatenate([homeless, rows[held[rows] == was]])
        if len(np.unique(person[parting])) < fewest:
            labels[homeless] = was
            continue
        labels[parting] = number
        number += 1
    return numbered(labels)


def kept_apart(X: Floats, labels: Labels, last: Sides) -> Labels:
    """Groups that swallowed two themes which people want apart, cut in two.

    Each segment goes to the nearer of the two themes' centres of last night.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    labels : ndarray of shape (n,)
        Groups of tonight, numbered as `last.theme` and on.
    """
    cut = labels.copy()
    for one, other in last.apart:
        both = [np.flatnonzero(last.theme == theme) for theme in (one, other)]
        homes = [_majority(cut[rows])[0] if len(rows) else NOISE for rows in both]
        if homes[0] == NOISE or homes[0] != homes[1]:
            continue
        rows = np.flatnonzero(cut == homes[0])
        centres = unit(np.stack([X[members].mean(axis=0) for members in both]))
        nearer = (X[rows] @ centres.T).argmax(axis=1)
        cut[rows[nearer == 1]] = cut.max() + 1
    return numbered(cut)


def groups_of(labels: Labels) -> list[NDArray[np.intp]]:
    """Rows of each group from 0 on; a number that nobody has is left out."""
    return [np.flatnonzero(labels == group) for group in np.unique(labels[labels >= 0])]


def _settled_of(rows: NDArray[np.intp], last: Sides) -> NDArray[np.intp]:
    """Members that have long been in a theme, if there are any: newcomers blur where it lies."""
    settled_rows = rows[~last.is_new[rows]]
    return settled_rows if len(settled_rows) else rows


def _themes_found(held: Labels, found: Labels) -> dict[int, int]:
    """For each cluster that has one, the theme that it is."""
    themes, clusters = np.unique(held[held >= 0]), np.unique(found[found >= 0])
    known = held >= 0
    overlap = np.zeros((len(themes), len(clusters)))
    for place, theme in enumerate(themes):
        for at, group in enumerate(clusters):
            inside, there = held == theme, (found == group) & known
            overlap[place, at] = (inside & there).sum() / (inside | there).sum()
    pairs = pairs_of(overlap, np.zeros_like(overlap))
    return {int(clusters[new]): int(themes[old]) for new, old in pairs.items()}


def _majority(theme: Labels) -> tuple[int, int]:
    """The theme of most of these segments, those in none left out, and how many they are."""
    known = theme[theme >= 0]
    if not len(known):
        return NOISE, 0
    counts = np.bincount(known)
    return int(counts.argmax()), int(counts.max())


def numbered(labels: Labels) -> Labels:
    """The same groups, numbered from 0 without a gap."""
    numbers = np.unique(labels[labels >= 0])
    out = np.full_like(labels, NOISE)
    out[labels >= 0] = np.searchsorted(numbers, labels[labels >= 0])
    return out


def _agreeing(found: Labels, labels: Labels) -> Flags:
    """Whether the cluster of each segment is the one that most of its group are in."""
    agrees = np.zeros(len(labels), dtype=bool)
    for rows in groups_of(labels):
        agrees[rows] = found[rows] == _majority(found[rows])[0]
    return agrees


def _strengths(X: Floats, labels: Labels, found: Members, agrees: Flags) -> Floats:
    """Of who is where the clustering put them, its own; of the others, likeness to the centre."""
    strengths = np.where(agrees, found.strengths, 0.0)
    for rows in groups_of(labels):
        kept = rows[~agrees[rows]]
        centre = unit(X[rows].mean(axis=0)[None])[0]
        strengths[kept] = np.clip(unit(X[kept]) @ centre, 0, 1)
    return strengths
