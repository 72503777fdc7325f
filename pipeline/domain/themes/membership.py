"""Who belongs to a theme: found by clustering, or near enough to those who were."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.clustering import NOISE, Clusters, Floats, Labels, nearest, unit

_VOTERS = 10
_REACH_PERCENTILE = 2
"""A segment is near when it is as near as all but the loosest of those found by clustering."""


class Members(NamedTuple):
    """Cluster of each row or -1, whether clustering itself put it there, and how firmly."""

    labels: Labels
    is_core: NDArray[np.bool_]
    strengths: Floats


def with_nearest(clusters: Clusters) -> Members:
    """Give noise the cluster of its nearest neighbours, unless it is far from all of them."""
    labels, strengths, X = clusters.labels, clusters.strengths, clusters.space
    is_core = labels != NOISE
    if not is_core.any() or is_core.all():
        return Members(labels, is_core, strengths)
    core, noise = np.flatnonzero(is_core), np.flatnonzero(~is_core)
    _, among_core = nearest(X[core], X[core], _VOTERS, skip_self=True)
    floor = float(np.percentile(among_core.mean(axis=1), _REACH_PERCENTILE))
    places, similarities = nearest(X[noise], X[core], _VOTERS)
    members = Members(labels.copy(), is_core, strengths.copy())
    for row, voters, votes in zip(
        noise, labels[core][places], np.maximum(similarities, 0), strict=True
    ):
        if votes.mean() < floor:
            continue
        elected, share = _majority(voters, votes)
        members.labels[row], members.strengths[row] = elected, share
    return members


def _majority(voters: Labels, votes: Floats) -> tuple[int, float]:
    totals = np.bincount(voters, weights=votes)
    elected = int(totals.argmax())
    return elected, float(totals[elected] / totals.sum())


def centres(vectors: NDArray[np.float32], groups: Sequence[list[int]]) -> Floats:
    """Mean vector of each group of rows, shape (n_groups, n_dimensions)."""
    return np.stack([vectors[rows].astype(np.float64).mean(axis=0) for rows in groups])


def similarity_to(vectors: NDArray[np.float32], centre: Floats, middle: Floats) -> Floats:
    """Cosine of rows to a centre, both seen from the middle of the corpus."""
    return unit(vectors - middle) @ unit((centre - middle)[None])[0]
