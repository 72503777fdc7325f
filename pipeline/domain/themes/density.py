# pyright: standard
# hdbscan and scipy carry no types.
"""HDBSCAN for few rows and for many.

HDBSCAN is a minimum spanning tree of mutual reachability, condensed and cut. For a few thousand
points its own search makes the exact tree. For many, the tree is taken from the graph of nearest
neighbours, whose parts are joined by the shortest links found between them: search among many
points in twenty dimensions costs it most of its time. Condensing and cutting are HDBSCAN's own.

Many links are equally long, for a point in a thin place is as far from all its neighbours. Which
of them joins first moves points from one cluster to another, and HDBSCAN leaves it to a sort that
differs by processor. Here the link of the earlier points comes first.

References
----------
Campello, Moulavi and Sander (2013), PAKDD, 160-172.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.neighbours import (
    EXACT_ROWS,
    Floats,
    Places,
    nearest_points,
)

Labels = NDArray[np.int64]

_NEIGHBOURS = 15
_NEAR_PARTS = 3
_SMALLEST = 1e-12
"""A link of no length would be no link to a sparse graph."""


def dense_groups(X: Floats, size: int, samples: int) -> tuple[Labels, Floats]:
    """Clusters by HDBSCAN: label of each point or -1, and how firmly it belongs, 0 to 1.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    size, samples : int
        `min_cluster_size` and `min_samples`.
    """
    from hdbscan._hdbscan_linkage import label
    from hdbscan.hdbscan_ import _tree_to_labels

    tree = _searched_tree(X, samples) if len(X) <= EXACT_ROWS else _tree_of_graph(X, samples)
    tree[:, :2] = np.sort(tree[:, :2], axis=1)
    ordered = tree[np.lexsort(tree[:, [1, 0, 2]].T)]
    labels, strengths, *_ = _tree_to_labels(X, label(ordered), size)
    return labels.astype(np.int64), strengths.astype(np.float64)


def _searched_tree(X: Floats, samples: int) -> Floats:
    """Links of the tree by HDBSCAN's search, rows of start, end and length."""
    from hdbscan._hdbscan_boruvka import KDTreeBoruvkaAlgorithm
    from sklearn.neighbors import KDTree

    search = KDTreeBoruvkaAlgorithm(KDTree(X), samples, n_jobs=1)
    return search.spanning_tree()


def _tree_of_graph(X: Floats, samples: int) -> Floats:
    """Links of the tree of all points by their nearest neighbours, rows as of `_searched_tree`."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    places, distances = nearest_points(X, max(_NEIGHBOURS, samples))
    core = distances[:, samples - 1]
    n, k = places.shape
    links = [_reachable(np.repeat(np.arange(n), k), places.ravel(), distances.ravel(), core)]
    while True:
        starts, ends, lengths = (np.concatenate(column) for column in zip(*links, strict=True))
        graph = coo_matrix((lengths, (starts, ends)), shape=(n, n)).tocsr()
        n_parts, part = connected_components(graph, directed=False)
        if n_parts == 1:
            break
        links.append(_between_parts(X, part.astype(np.int64), core))
    tree = minimum_spanning_tree(graph).tocoo()
    return np.column_stack([tree.row, tree.col, tree.data]).astype(np.float64)


def _reachable(
    starts: Places, ends: Places, distances: Floats, core: Floats
) -> tuple[Places, Places, Floats]:
    """Links with their mutual reachability, each written once and with its smaller end first."""
    lengths = np.maximum(np.maximum(core[starts], core[ends]), distances)
    pairs = np.minimum(starts, ends) * len(core) + np.maximum(starts, ends)
    once, first = np.unique(pairs, return_index=True)
    return *np.divmod(once, len(core)), np.maximum(lengths[first], _SMALLEST)


def _between_parts(X: Floats, part: Labels, core: Floats) -> tuple[Places, Places, Floats]:
    """For each part of the graph, the shortest links to the parts whose middles are nearest."""
    members = np.split(np.argsort(part, kind="stable"), np.cumsum(np.bincount(part))[:-1])
    middles = np.stack([X[rows].mean(axis=0) for rows in members])
    near, _ = nearest_points(middles, min(_NEAR_PARTS, len(members) - 1))
    pairs = {(min(a, b), max(a, b)) for a, row in enumerate(near.tolist()) for b in row}
    found = [_shortest(X, members[a], members[b]) for a, b in sorted(pairs)]
    starts, ends = np.array(found, dtype=np.int64).T
    return _reachable(starts, ends, np.linalg.norm(X[starts] - X[ends], axis=1), core)


def _shortest(X: Floats, one: Places, other: Places) -> tuple[int, int]:
    """The nearest pair of two parts, as the one nearest to the other's middle sees it."""
    start = one[_nearest_to(X, one, X[other].mean(axis=0))]
    end = other[_nearest_to(X, other, X[start])]
    return int(one[_nearest_to(X, one, X[end])]), int(end)


def _nearest_to(X: Floats, rows: Places, point: Floats) -> int:
    return int(np.linalg.norm(X[rows] - point, axis=1).argmin())
