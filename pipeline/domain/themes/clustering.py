# pyright: standard
# scikit-learn and hdbscan carry no types; strict checking would flag every call.
"""From vectors to clusters: the same rows give the same labels at any number of threads.

Vectors and word statistics are joined. Answers to follow-up questions draw near to what they
follow: people stay with a subject until they are asked about another. All is smoothed over the
graph of nearest neighbours so that loose groups condense, and clustered by HDBSCAN. Twice more, the
rows are projected to where the clusters found so far stand furthest apart, and clustered there,
which leaves less noise. HDBSCAN straight on the vectors finds next to nothing. How wide the graph
is and how strong the smoothing moves many rows, and no one setting is best: up to a few thousand
rows are clustered by several, and rows that most of these put together are a cluster. Figures:
`docs/themes.md`.

References
----------
Fred and Jain (2005), IEEE Trans. Pattern Anal. Mach. Intell. 27, 835-850: clusters from agreement.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.themes.density import Labels, dense_groups
from pipeline.domain.themes.follow_ups import Course
from pipeline.domain.themes.latent_words import latent_words
from pipeline.domain.themes.neighbours import EXACT_ROWS, Floats, nearest

NOISE = -1
FEWEST_SEGMENTS = 20
"""With fewer segments any grouping is chance: there are no themes."""

_LSA_WEIGHT = 0.5
_LSA_DIMENSIONS = 100
_COURSE_WEIGHT = 0.5
"""What a neighbouring answer lends when it is surely about the same."""
_NEIGHBOURS = 10
_WIDTHS = (1.0, 0.7, 1.4)
"""Of the graph, beside its usual number of neighbours; each with every smoothing."""
_SMOOTHING_STEPS = 5
_SMOOTHING = (0.5, 0.8)
_AGREED_ROWS = 4_000
"""More rows are clustered once: several times would take minutes."""
_MOST_OF = 0.5
"""Of the clusterings that find anything: rows that these put together are one cluster."""
_MIN_SAMPLES = 2
_PASSES_APART = 2
_SHRINKAGE = 0.5
_PCA_DIMENSIONS = 20
_DIMENSIONS_OF_MANY = 100
"""More than `EXACT_ROWS` rows are smoothed in so many, which takes less time."""
_COLLAPSED = 3
"""This few clusters or fewer means that one giant cluster swallowed the rest."""


class Attempt(NamedTuple):
    """One setting of the clustering, and what came of it."""

    min_cluster_size: int
    min_samples: int
    neighbours: int
    n_clusters: int
    share_noise: float


class Clusters(NamedTuple):
    """The clusters of n rows.

    Attributes
    ----------
    labels : ndarray of shape (n,)
        Cluster of each row from 0, or -1.
    strengths : ndarray of shape (n,)
        How firmly a row belongs, 0 to 1.
    space : ndarray of shape (n, d)
        Rows of unit length in which rows of a cluster lie near one another.
    attempts : tuple of Attempt
        All settings tried; the best of them made the labels.
    """

    labels: Labels
    strengths: Floats
    space: Floats
    attempts: tuple[Attempt, ...]

    @property
    def n_clusters(self) -> int:
        """Clusters, noise left out."""
        return int(self.labels.max(initial=NOISE)) + 1


def features(
    texts: Sequence[str], vectors: NDArray[np.float32], course: Course | None = None
) -> Floats:
    """Vectors and word statistics side by side, centred, rows of unit length.

    Parameters
    ----------
    texts : sequence of n texts
    vectors : ndarray of shape (n, n_dimensions)
    course : Course, optional
        How their conversations went: answers about one subject lie nearer to one another.
    """
    if not len(texts):
        return np.empty((0, 0))
    with threadpool_limits(limits=1):
        dense = centred(vectors.astype(np.float64))
        words = latent_words(texts, _LSA_DIMENSIONS)
        X = unit(np.hstack([dense, _LSA_WEIGHT * centred(words)])) if words.size else dense
        return in_course(X, course)


def in_course(X: Floats, course: Course | None) -> Floats:
    """Rows of unit length, those that go on with one another drawn together."""
    return unit(course.lent(X, _COURSE_WEIGHT)) if course else X


def cluster(X: Floats, min_cluster_size: int) -> Clusters:
    """Cluster rows of unit length; noise stays noise.

    Tries milder settings when the clusters collapse into three or fewer, and keeps the setting
    that found most.
    """
    none = Clusters(np.full(len(X), NOISE), np.zeros(len(X)), X, ())
    if len(X) < max(FEWEST_SEGMENTS, 2 * min_cluster_size):
        return none
    best, attempts = none, []
    with threadpool_limits(limits=1):
        for size, samples, neighbours in _settings(len(X), min_cluster_size):
            found = _agreed(X, size, samples, neighbours)
            noise = round(float(np.mean(found.labels == NOISE)), 4)
            attempts.append(Attempt(size, samples, neighbours, found.n_clusters, noise))
            if found.n_clusters > best.n_clusters:
                best = found
            if found.n_clusters > _COLLAPSED:
                break
    return best._replace(attempts=tuple(attempts))


def _settings(n_rows: int, min_cluster_size: int) -> list[tuple[int, int, int]]:
    # Few rows have few true neighbours: a wide graph would smooth all into one.
    neighbours = min(_NEIGHBOURS, max(5, n_rows // 20))
    fewest = min(5, min_cluster_size)
    return [
        (min_cluster_size, _MIN_SAMPLES, neighbours),
        (min_cluster_size, 1, neighbours),
        (max(min_cluster_size // 2, fewest), _MIN_SAMPLES, max(neighbours // 2, 5)),
        (fewest, 1, 5),
    ]


def _agreed(X: Floats, size: int, samples: int, neighbours: int) -> Clusters:
    """What clusterings by several graphs agree on; for many rows, that by the usual graph."""
    usual = _clustered_apart(X, size, samples, neighbours, _SMOOTHING[0])
    if len(X) > _AGREED_ROWS:
        return usual
    graphs = [(round(width * neighbours), share) for width in _WIDTHS for share in _SMOOTHING]
    others = [_clustered_apart(X, size, samples, *graph) for graph in graphs[1:]]
    telling = [run.labels for run in (usual, *others) if run.n_clusters > _COLLAPSED]
    if len(telling) < 2:
        return usual
    labels, strengths = mostly_together(np.column_stack(telling), size)
    return Clusters(labels, strengths, smoothed(X, neighbours), ())


def mostly_together(runs: Labels, size: int) -> tuple[Labels, Floats]:
    """Groups of rows that most clusterings put together, and the share of them that do so.

    Rows are joined by average linkage until those of two groups are apart in most clusterings.

    Parameters
    ----------
    runs : ndarray of shape (n, n_clusterings)
        Cluster of each row by each clustering, or -1: then it is together with no other.
    size : int
        Smaller groups are noise.

    Returns
    -------
    labels : ndarray of shape (n,)
        Group of each row from 0, or -1.
    strengths : ndarray of shape (n,)
        Share of clusterings that put the row where most of its group are.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    n_runs = runs.shape[1]
    alone = -1 - np.arange(len(runs))
    votes = np.where(runs == NOISE, alone[:, None], runs)
    # Whole numbers: where many pairs are as far apart, rounded shares can make a broken tree.
    times_apart = np.round(n_runs * pdist(votes, "hamming"))
    groups = fcluster(linkage(times_apart, "average"), _MOST_OF * n_runs, criterion="distance")
    labels = np.full(len(runs), NOISE)
    strengths = np.zeros(len(runs))
    large = [rows for g in np.unique(groups) if len(rows := np.flatnonzero(groups == g)) >= size]
    for number, rows in enumerate(large):
        labels[rows] = number
        strengths[rows] = np.mean([own == _commonest(own) for own in votes[rows].T], axis=0)
    return labels, strengths


def _commonest(numbers: Labels) -> int:
    found, counts = np.unique(numbers, return_counts=True)
    return int(found[counts.argmax()])


def _clustered_apart(
    X: Floats, size: int, samples: int, neighbours: int, smoothing: float
) -> Clusters:
    found = _condensed(X, size, samples, neighbours, smoothing)
    for _ in range(_PASSES_APART):
        if found.n_clusters <= _COLLAPSED:
            break
        again = _condensed(_apart(X, found.labels), size, samples, neighbours, smoothing)
        if again.n_clusters <= _COLLAPSED:
            break
        found = again
    return found


def _apart(X: Floats, labels: Labels) -> Floats:
    """Rows projected to where the clusters stand furthest apart from one another.

    Linear discriminants with shrunk covariances, as scikit-learn's, which shrinks that of each
    cluster by itself. The mean of these is the pooled one shrunk, and a thousand times less work
    with a thousand clusters.
    """
    from scipy.linalg import eigh

    inside = labels != NOISE
    rows, own = X[inside], labels[inside]
    within, whole = _shrunk(rows - _means(rows, own)[own]), _shrunk(rows - rows.mean(axis=0))
    n_dimensions = min(int(labels.max()), _PCA_DIMENSIONS)
    _, directions = eigh(whole - within, within)
    return centred(X @ directions[:, ::-1][:, :n_dimensions])


def _means(X: Floats, labels: Labels) -> Floats:
    """Mean row of each cluster, clusters being numbered without a gap."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(labels))[:-1]])
    sums = np.add.reduceat(X[np.argsort(labels, kind="stable")], starts, axis=0)
    return sums / np.bincount(labels)[:, None]


def _shrunk(deviations: Floats) -> Floats:
    """Covariance half way to that of a ball."""
    covariance = deviations.T @ deviations / len(deviations)
    ball = np.eye(len(covariance)) * np.trace(covariance) / len(covariance)
    return (1 - _SHRINKAGE) * covariance + _SHRINKAGE * ball


def _condensed(X: Floats, size: int, samples: int, neighbours: int, smoothing: float) -> Clusters:
    too_wide = len(X) > EXACT_ROWS and X.shape[1] > _DIMENSIONS_OF_MANY
    rows = unit(_narrowed(X, _DIMENSIONS_OF_MANY)) if too_wide else X
    flat = _narrowed(smoothed(rows, neighbours, smoothing), _PCA_DIMENSIONS)
    return Clusters(*dense_groups(flat, size, samples), X, ())


def _narrowed(X: Floats, n_dimensions: int) -> Floats:
    """The rows in those of the directions that tell them apart most."""
    from sklearn.decomposition import PCA

    fewer = min(n_dimensions, X.shape[1], len(X) - 1)
    return PCA(fewer, svd_solver="covariance_eigh").fit_transform(X)


def smoothed(X: Floats, neighbours: int, share: float = _SMOOTHING[0]) -> Floats:
    """Rows pulled so far towards their nearest neighbours, step by step, unit length kept."""
    import scipy.sparse as sp

    places, similarities = nearest(X, X, neighbours, skip_self=True)
    n = len(X)
    rows = np.repeat(np.arange(n), places.shape[1])
    one_way = sp.csr_matrix(
        (np.maximum(similarities.ravel(), 0), (rows, places.ravel())), shape=(n, n)
    )
    graph = one_way.maximum(one_way.T)
    degree = np.asarray(graph.sum(axis=1)).ravel()
    step = sp.diags(1 / np.where(degree > 0, degree, 1)) @ graph
    smooth = X
    for _ in range(_SMOOTHING_STEPS):
        smooth = unit((1 - share) * smooth + share * (step @ smooth))
    return smooth


def unit(X: Floats) -> Floats:
    """Rows of unit length; a row of zeros stays."""
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-9)


def centred(X: Floats) -> Floats:
    """Rows less their mean, of unit length."""
    return unit(X - X.mean(axis=0))
