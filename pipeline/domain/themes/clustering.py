# pyright: standard
# scikit-learn and hdbscan carry no types; strict checking would flag every call.
"""From vectors to clusters: the same rows give the same labels at any number of threads.

Vectors and word statistics are joined, smoothed over the graph of nearest neighbours so that
loose groups condense, and clustered by HDBSCAN. Twice more, the rows are projected to where the
clusters found so far stand furthest apart, and clustered there, which leaves less noise.
HDBSCAN straight on the vectors finds next to nothing. Figures: `docs/themes.md`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.themes.vocabulary import STOPWORDS, plain_text

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

NOISE = -1
FEWEST_SEGMENTS = 20
"""With fewer segments any grouping is chance: there are no themes."""

_LSA_WEIGHT = 0.5
_LSA_DIMENSIONS = 100
_NEIGHBOURS = 10
_SMOOTHING_STEPS = 5
_SMOOTHING = 0.5
_MIN_SAMPLES = 2
_PASSES_APART = 2
_SHRINKAGE = 0.5
_PCA_DIMENSIONS = 20
_COLLAPSED = 3
"""This few clusters or fewer means that one giant cluster swallowed the rest."""
_BLOCK_ROWS = 2_000


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
        Rows of unit length in which the clusters were found.
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


def features(texts: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
    """Vectors and word statistics side by side, centred, rows of unit length.

    Parameters
    ----------
    texts : sequence of n texts
    vectors : ndarray of shape (n, n_dimensions)
    """
    if not len(texts):
        return np.empty((0, 0))
    with threadpool_limits(limits=1):
        dense = centred(vectors.astype(np.float64))
        words = _latent_words(texts)
        return unit(np.hstack([dense, _LSA_WEIGHT * centred(words)])) if words.size else dense


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
            found = _clustered_apart(X, size, samples, neighbours)
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
    return [
        (min_cluster_size, _MIN_SAMPLES, neighbours),
        (min_cluster_size, 1, neighbours),
        (max(min_cluster_size // 2, 5), _MIN_SAMPLES, max(neighbours // 2, 5)),
        (5, 1, 5),
    ]


def _clustered_apart(X: Floats, size: int, samples: int, neighbours: int) -> Clusters:
    found = _condensed(X, size, samples, neighbours)
    for _ in range(_PASSES_APART):
        if found.n_clusters <= _COLLAPSED:
            break
        again = _condensed(_apart(X, found.labels), size, samples, neighbours)
        if again.n_clusters <= _COLLAPSED:
            break
        found = again
    return found


def _apart(X: Floats, labels: Labels) -> Floats:
    """Rows projected to where the clusters stand furthest apart from one another."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    inside = labels != NOISE
    n_dimensions = min(int(labels.max()), _PCA_DIMENSIONS)
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=_SHRINKAGE)
    directions = model.fit(X[inside], labels[inside]).scalings_[:, :n_dimensions]
    return centred(X @ directions)


def _condensed(X: Floats, size: int, samples: int, neighbours: int) -> Clusters:
    from hdbscan import HDBSCAN
    from sklearn.decomposition import PCA

    smooth = smoothed(X, neighbours)
    n_dimensions = min(_PCA_DIMENSIONS, smooth.shape[1], len(X) - 1)
    flat = PCA(n_dimensions, svd_solver="full").fit_transform(smooth)
    fitted = HDBSCAN(min_cluster_size=size, min_samples=samples, core_dist_n_jobs=1).fit(flat)
    labels, strengths = fitted.labels_.astype(np.int64), fitted.probabilities_.astype(np.float64)
    return Clusters(labels, strengths, X, ())


def smoothed(X: Floats, neighbours: int) -> Floats:
    """Rows pulled towards their nearest neighbours, step by step, unit length kept."""
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
        smooth = unit((1 - _SMOOTHING) * smooth + _SMOOTHING * (step @ smooth))
    return smooth


def nearest(
    X: Floats, among: Floats, k: int, *, skip_self: bool = False
) -> tuple[NDArray[np.int64], Floats]:
    """The k nearest rows by cosine, nearest first; ties go to the earlier row.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    among : ndarray of shape (m, d)
    k : int
        At most m neighbours are given.
    skip_self : bool
        `among` is `X`: leave each row itself out.

    Returns
    -------
    places, similarities : ndarrays of shape (n, k)
    """
    k = min(k, len(among) - skip_self)
    places = np.empty((len(X), k), dtype=np.int64)
    similarities = np.empty((len(X), k))
    for start in range(0, len(X), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        found = X[block] @ among.T
        if skip_self:
            found[np.arange(len(found)), np.arange(start, start + len(found))] = -np.inf
        chosen = np.sort(np.argpartition(-found, k - 1, axis=1)[:, :k], axis=1)
        order = np.argsort(-np.take_along_axis(found, chosen, 1), axis=1, kind="stable")
        places[block] = np.take_along_axis(chosen, order, 1)
        similarities[block] = np.take_along_axis(found, places[block], 1)
    return places, similarities


def unit(X: Floats) -> Floats:
    """Rows of unit length; a row of zeros stays."""
    return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-9)


def centred(X: Floats) -> Floats:
    """Rows less their mean, of unit length."""
    return unit(X - X.mean(axis=0))


def _latent_words(texts: Sequence[str]) -> Floats:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        preprocessor=plain_text,
        stop_words=sorted(STOPWORDS),
        token_pattern=r"[^\W\d_][\w'-]+",  # noqa: S106 - a pattern of words, no password
        sublinear_tf=True,
        min_df=2,
        max_df=0.5,
        ngram_range=(1, 2),
    )
    try:
        weights = vectorizer.fit_transform(texts)
    except ValueError:  # no word is used twice
        return np.empty((len(texts), 0))
    n_dimensions = min(_LSA_DIMENSIONS, min(weights.shape) - 1)
    if n_dimensions < 2:
        return np.empty((len(texts), 0))
    return unit(TruncatedSVD(n_dimensions, random_state=0).fit_transform(weights))
