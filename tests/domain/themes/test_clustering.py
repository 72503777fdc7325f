"""Clusters are told apart as by scikit-learn's discriminants; several clusterings are joined."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from pipeline.domain.themes import clustering
from pipeline.domain.themes.clustering import (
    NOISE,
    Floats,
    _apart,
    centred,
    cluster,
    mostly_together,
    unit,
)


def test_rows_are_projected_as_by_discriminants_with_each_cluster_shrunk_by_itself():
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1, 2, NOISE], [9, 14, 6, 5])[rng.permutation(34)]
    rows = rng.standard_normal((34, 7)) + 3 * rng.standard_normal((4, 7))[labels]
    inside = labels != NOISE
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.5)
    directions = model.fit(rows[inside], labels[inside]).scalings_[:, :2]

    found = _apart(rows, labels)

    assert np.allclose(np.abs(found), np.abs(centred(rows @ directions)))


def test_rows_that_most_clusterings_put_together_are_one_group():
    runs = np.array([[0, 0, 1], [0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 1, 0], [1, 1, 0]])
    labels, strengths = mostly_together(runs, 3)
    assert [len(set(labels[half].tolist())) for half in (slice(3), slice(3, 6))] == [1, 1]
    assert labels[0] != labels[3]
    assert np.allclose(strengths, [1, 1, 2 / 3, 1, 1, 1])


def test_a_row_that_most_clusterings_leave_over_is_noise():
    runs = np.array([[0, 0, 0]] * 3 + [[0, NOISE, NOISE]] * 2)
    labels, strengths = mostly_together(runs, 2)
    assert labels.tolist() == [0, 0, 0, NOISE, NOISE]
    assert strengths[3:].tolist() == [0, 0]


def test_rows_that_are_equally_far_apart_make_no_broken_tree():
    runs = np.zeros((51, 10), dtype=np.int64)
    runs[[6, 36], 0], runs[[16, 40], 0], runs[47] = 1, NOISE, 2
    assert np.flatnonzero(mostly_together(runs, 2)[0] == NOISE).tolist() == [47]


def test_a_group_smaller_than_asked_is_noise():
    runs = np.array([[0, 0]] * 4 + [[1, 1]] * 3)
    assert mostly_together(runs, 4)[0].tolist() == [0] * 4 + [NOISE] * 3


def clumps(each: int = 30) -> Floats:
    rng = np.random.default_rng(5)
    return unit(np.repeat(np.eye(12)[:6], each, axis=0) + 0.2 * rng.standard_normal((6 * each, 12)))


def test_clumps_are_found_and_held_firmly():
    found = cluster(clumps(), 10)
    assert found.n_clusters == 6
    assert np.mean(found.strengths == 1) > 0.9


def test_many_rows_are_clustered_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clustering, "_AGREED_ROWS", 100)
    X = clumps()
    assert cluster(X, 10).space.shape[1] < X.shape[1]
