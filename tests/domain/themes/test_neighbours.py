"""Neighbours and clusters of many rows come near the exact ones, whatever the row order."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from pipeline.domain.themes import density, neighbours
from pipeline.domain.themes.density import dense_groups
from pipeline.domain.themes.latent_words import latent_words
from pipeline.domain.themes.neighbours import nearest, nearest_points

Floats = NDArray[np.float64]


@pytest.fixture
def approximate(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a few hundred rows were many."""
    monkeypatch.setattr(neighbours, "EXACT_ROWS", 100)
    monkeypatch.setattr(density, "EXACT_ROWS", 100)


def clumps(n_clumps: int = 6, n_each: int = 80, n_dimensions: int = 12) -> Floats:
    rng = np.random.default_rng(3)
    middles = rng.standard_normal((n_clumps, n_dimensions))
    rows = np.repeat(middles, n_each, axis=0) + 0.1 * rng.standard_normal(
        (n_clumps * n_each, n_dimensions)
    )
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def nearest_by_hand(X: Floats, k: int) -> NDArray[np.int64]:
    likeness = np.round(X @ X.T, 12)  # equal rows may have products with other last digits
    np.fill_diagonal(likeness, -np.inf)
    return np.argsort(-likeness, axis=1, kind="stable")[:, :k]


def test_few_rows_get_their_very_nearest() -> None:
    X = clumps()
    places, similarities = nearest(X, X, 5, skip_self=True)
    assert places.tolist() == nearest_by_hand(X, 5).tolist()
    assert (np.diff(similarities, axis=1) <= 0).all()


def test_of_rows_that_are_as_near_the_earlier_are_neighbours() -> None:
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((151, 484))
    X = np.repeat(rows / np.linalg.norm(rows, axis=1, keepdims=True), 5, axis=0)
    X = X[rng.permutation(len(X))]
    places, _ = nearest(X, X, 2, skip_self=True)
    assert places.tolist() == nearest_by_hand(X, 2).tolist()


def test_a_single_row_has_no_neighbours() -> None:
    places, similarities = nearest(np.ones((1, 1)), np.ones((1, 1)), 5, skip_self=True)
    assert places.shape == similarities.shape == (1, 0)


@pytest.mark.usefixtures("approximate")
def test_many_rows_get_nearly_all_their_nearest_and_never_themselves() -> None:
    X = clumps()
    places, _ = nearest(X, X, 5, skip_self=True)
    exact = nearest_by_hand(X, 5)
    shared = [len(set(a) & set(b)) for a, b in zip(places.tolist(), exact.tolist(), strict=True)]
    assert np.mean(shared) > 4.5
    assert not (places == np.arange(len(X))[:, None]).any()


@pytest.mark.usefixtures("approximate")
def test_the_likeness_of_neighbours_of_many_rows_is_their_cosine() -> None:
    X = clumps()
    places, similarities = nearest(X, X, 5, skip_self=True)
    told = np.einsum("id,ikd->ik", X, X[places])
    assert np.allclose(similarities, told, atol=1e-5)


@pytest.mark.usefixtures("approximate")
def test_a_cell_of_its_own_leaves_nobody_without_neighbours() -> None:
    X = np.vstack([clumps(), -clumps()[:1], np.eye(12)[:2]])
    places, similarities = nearest(X, X, 40, skip_self=True)
    assert np.isfinite(similarities).all()
    assert all(len(set(row)) == 40 for row in places.tolist())


@pytest.mark.usefixtures("approximate")
def test_points_are_near_by_distance_not_by_direction() -> None:
    X = clumps() * np.linspace(1, 3, 480)[:, None]
    places, distances = nearest_points(X, 3)
    exact = np.sort(np.linalg.norm(X[:, None] - X[None], axis=2), axis=1)[:, 1:4]
    assert np.mean(np.isclose(distances, exact)) > 0.9
    assert np.allclose(distances, np.linalg.norm(X[:, None] - X[places], axis=2))


@pytest.mark.usefixtures("approximate")
def test_clusters_of_many_rows_are_those_of_hdbscan() -> None:
    from hdbscan import HDBSCAN

    X = clumps()
    labels, strengths = dense_groups(X, 10, 2)
    exact = HDBSCAN(min_cluster_size=10, min_samples=2).fit(X).labels_
    assert adjusted_rand_score(exact, labels) > 0.95
    assert ((strengths > 0) == (labels >= 0)).all()


@pytest.mark.usefixtures("approximate")
def test_far_apart_clumps_are_one_tree() -> None:
    X = np.vstack([clumps(2, 60), clumps(2, 60) + 50])
    labels, _ = dense_groups(X, 10, 2)
    assert len(set(labels.tolist()) - {-1}) == 4


def test_few_points_are_clustered_as_by_hdbscan() -> None:
    from hdbscan import HDBSCAN

    X = clumps()
    labels, strengths = dense_groups(X, 10, 2)
    exact = HDBSCAN(min_cluster_size=10, min_samples=2).fit(X)
    assert adjusted_rand_score(exact.labels_, labels) == 1
    assert strengths == pytest.approx(exact.probabilities_)


_WITH_TIES = """
import numpy as np
from pipeline.domain.themes.density import dense_groups
X = np.random.default_rng(0).integers(0, 9, (900, 3)).astype(float)
print(dense_groups(X, 8, 2)[0].tolist())
"""


def test_links_of_one_length_join_in_the_same_order_on_every_processor() -> None:
    """NumPy sorts by other instructions where a processor has them, and ties come otherwise."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    newer = " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
    if not newer:
        pytest.skip("this processor has none of the newer instructions")
    found = {
        subprocess.run(  # noqa: S603 - the arguments are ours
            [sys.executable, "-c", _WITH_TIES],
            env=os.environ | {"NPY_DISABLE_CPU_FEATURES": without},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for without in ("", newer)
    }
    assert len(found) == 1


def test_words_that_texts_share_bring_them_together() -> None:
    texts = ["the bus is late", "no bus again, a late bus", "damp walls and mould", "mould, damp"]
    rows = latent_words(texts * 2, 3)
    likeness = rows @ rows.T
    assert likeness[0, 1] > likeness[0, 2] + 0.3
    assert likeness[2, 3] > likeness[1, 3] + 0.3


def test_texts_in_another_order_say_the_same() -> None:
    texts = [f"bus {a} clinic {b}" for a in ("late", "full", "early") for b in ("shut", "open")]
    one, other = latent_words(texts, 3), latent_words(texts[::-1], 3)[::-1]
    assert np.allclose(one @ one.T, other @ other.T, atol=1e-6)


def test_texts_without_a_recurring_word_say_nothing() -> None:
    assert latent_words(["bus", "damp", "clinic"], 100).shape == (3, 0)
