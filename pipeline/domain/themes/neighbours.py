# pyright: reportMissingTypeStubs=false
# threadpoolctl carries no types.
"""Nearest neighbours: exact for a few thousand rows, approximate for many, always the same bytes.

Many rows are parted into cells around centres, and a row looks into the nearest cells alone. That
finds nearly all true neighbours in a fraction of the time. Centres come from an even spread of the
rows, not from chance. Sums run on one thread: a matrix product depends on how many there are.
"""

from collections.abc import Iterator
from math import isqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Narrow = NDArray[np.float32]
Places = NDArray[np.int64]

EXACT_ROWS = 8_000
"""Above this, searching every row takes longer than all the rest of a run."""

_BLOCK_ROWS = 2_000
_DECIMALS = 12
_CELLS_SEARCHED = 10
_ROUNDS = 5
_ROWS_PER_CENTRE = 40


class _Cells(NamedTuple):
    """Rows parted by their nearest centre; `order[starts[c] : starts[c + 1]]` are those of c."""

    centres: Narrow
    order: Places
    starts: Places

    def of(self, cell: int) -> Places:
        """Places of the rows of a cell."""
        return self.order[self.starts[cell] : self.starts[cell + 1]]


def nearest(X: Floats, among: Floats, k: int, *, skip_self: bool = False) -> tuple[Places, Floats]:
    """The k nearest rows by cosine, nearest first; ties go to the earlier row.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Rows of unit length, as those of `among`.
    among : ndarray of shape (m, d)
        Above `EXACT_ROWS` rows a few of the neighbours given are not the very nearest.
    k : int
        At most m neighbours are given.
    skip_self : bool
        `among` is `X`: leave each row itself out.

    Returns
    -------
    places, similarities : ndarrays of shape (n, k)
    """
    k = min(k, len(among) - skip_self)
    return _found(X, among, np.zeros(len(among)), k, skip_self=skip_self)


def nearest_points(X: Floats, k: int) -> tuple[Places, Floats]:
    """The k other points that are nearest to each, and how far they are, nearest first.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Points of any length.

    Returns
    -------
    places, distances : ndarrays of shape (n, k)
    """
    # The product with y less |y|²/2 is larger the nearer y is.
    halves = np.einsum("ij,ij->i", X, X) / 2
    places, _ = _found(X, X, halves, min(k, len(X) - 1), skip_self=True)
    distances = np.empty(places.shape)
    for rank in range(
        places.shape[1]
    ):  # the products are too coarse for points that nearly coincide
        distances[:, rank] = np.linalg.norm(X - X[places[:, rank]], axis=1)
    order = np.lexsort((places, distances))
    return np.take_along_axis(places, order, 1), np.take_along_axis(distances, order, 1)


def spread(n: int, most: int) -> Places:
    """At most so many of n places, evenly apart."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.int64))


def _found(
    X: Floats, among: Floats, less: Floats, k: int, *, skip_self: bool
) -> tuple[Places, Floats]:
    """The k rows with the largest products, each row of `among` less so much."""
    with threadpool_limits(limits=1):
        if len(among) <= EXACT_ROWS:
            return _among_all(X, among, less, k, np.arange(len(X)) if skip_self else None)
        return _in_cells(X, among, less, k, skip_self=skip_self)


def _among_all(
    X: Floats, among: Floats, less: Floats, k: int, own: Places | None
) -> tuple[Places, Floats]:
    """Exact: every row against every other; `own` is the place of each row itself, to leave out."""
    places = np.empty((len(X), k), dtype=np.int64)
    similarities = np.empty((len(X), k))
    for start in range(0, len(X), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        # Equal rows may have products with other last digits, and other ones by processor.
        found = np.round(X[block] @ among.T - less, _DECIMALS)
        if own is not None:
            found[np.arange(len(found)), own[block]] = -np.inf
        chosen = _largest_in_order(found, k)
        order = np.argsort(-np.take_along_axis(found, chosen, 1), axis=1, kind="stable")
        places[block] = np.take_along_axis(chosen, order, 1)
        similarities[block] = np.take_along_axis(found, places[block], 1)
    return places, similarities


def _largest_in_order(found: Floats, k: int) -> Places:
    """Columns of the k largest of each row, ascending; of equal ones the first."""
    if not k:
        return np.empty((len(found), 0), dtype=np.int64)
    cut = found.shape[1] - k
    chosen = np.sort(np.argpartition(found, cut, axis=1)[:, cut:], axis=1)
    values = np.take_along_axis(found, chosen, 1)
    least = values.min(axis=1, keepdims=True)
    # Which of equal ones a partition takes differs by processor.
    torn = np.flatnonzero((found == least).sum(axis=1) > (values == least).sum(axis=1))
    first = np.argsort(-found[torn], axis=1, kind="stable")[:, :k]
    chosen[torn] = np.sort(first, axis=1)
    return chosen


def _in_cells(
    X: Floats, among: Floats, less: Floats, k: int, *, skip_self: bool
) -> tuple[Places, Floats]:
    asking, asked, off = X.astype(np.float32), among.astype(np.float32), less.astype(np.float32)
    cells = _cells(asked)
    looks = _nearest_centres(asking, cells.centres, min(_CELLS_SEARCHED, len(cells.centres)))
    kept = np.full((len(X), looks.shape[1], k), -np.inf, dtype=np.float32)
    where = np.full(kept.shape, len(among), dtype=np.int64)
    place_in_order = np.argsort(cells.order, kind="stable")
    for cell, rows, turns in _by_cell(looks):
        inside = cells.of(cell)
        found = asking[rows] @ asked[inside].T - off[inside]
        if skip_self:
            column = place_in_order[rows] - cells.starts[cell]
            own = np.flatnonzero((column >= 0) & (column < len(inside)))
            found[own, column[own]] = -np.inf
        best = _largest(found, k)
        kept[rows, turns, : best.shape[1]] = np.take_along_axis(found, best, 1)
        where[rows, turns, : best.shape[1]] = inside[best]
    places, similarities = _merged(kept, where, k)
    few = np.flatnonzero(np.isneginf(similarities[:, -1]))  # cells too small for k neighbours
    if len(few):
        themselves = few if skip_self else None
        places[few], similarities[few] = _among_all(X[few], among, less, k, themselves)
    return places, similarities


def _cells(rows: Narrow) -> _Cells:
    """Centres by a few rounds of k-means on an even spread of the rows."""
    sample = rows[spread(len(rows), _ROWS_PER_CENTRE * isqrt(len(rows)))]
    centres = sample[spread(len(sample), isqrt(len(rows)))]
    for _ in range(_ROUNDS):
        own = _nearest_centres(sample, centres, 1)[:, 0]
        sizes = np.bincount(own, minlength=len(centres))
        order = np.argsort(own, kind="stable")
        filled = np.flatnonzero(sizes)
        starts = np.cumsum(sizes)[filled] - sizes[filled]
        centres = np.add.reduceat(sample[order], starts, axis=0) / sizes[filled, None]
        centres = centres.astype(np.float32)
    own = _nearest_centres(rows, centres, 1)[:, 0]
    sizes = np.bincount(own, minlength=len(centres))
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _Cells(centres, np.argsort(own, kind="stable").astype(np.int64), starts)


def _nearest_centres(rows: Narrow, centres: Narrow, n: int) -> Places:
    """The n centres nearest to each row, in no order, shape (n_rows, n)."""
    halves = np.einsum("ij,ij->i", centres, centres) / 2
    chosen = np.empty((len(rows), n), dtype=np.int64)
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        chosen[block] = _largest(rows[block] @ centres.T - halves, n)
    return chosen


def _by_cell(looks: Places) -> Iterator[tuple[int, Places, Places]]:
    """Each cell that is looked into, with the rows that do and which of their looks it is."""
    order = np.argsort(looks.ravel(), kind="stable")
    cells, starts = np.unique(looks.ravel()[order], return_index=True)
    for cell, own in zip(cells.tolist(), np.split(order, starts[1:]), strict=True):
        yield cell, own // looks.shape[1], own % looks.shape[1]


def _largest(found: Narrow, k: int) -> Places:
    """Columns of the k largest of each row, in no order; all where there are no more."""
    if found.shape[1] <= k:
        return np.tile(np.arange(found.shape[1], dtype=np.int64), (len(found), 1))
    if k == 1:
        return found.argmax(axis=1)[:, None]
    return np.argpartition(found, found.shape[1] - k, axis=1)[:, -k:]


def _merged(kept: Narrow, where: Places, k: int) -> tuple[Places, Floats]:
    """The k best of all cells a row looked into, best first, ties to the earlier row."""
    similarities = kept.reshape(len(kept), -1)
    places = where.reshape(len(where), -1)
    best = _largest(similarities, k)
    similarities = np.take_along_axis(similarities, best, 1)
    places = np.take_along_axis(places, best, 1)
    order = np.lexsort((places, -similarities))
    return (
        np.take_along_axis(places, order, 1),
        np.take_along_axis(similarities, order, 1).astype(np.float64),
    )
