"""Clusters are told apart along the directions that scikit-learn's discriminants would take."""

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from pipeline.domain.themes.clustering import NOISE, _apart, centred


def test_rows_are_projected_as_by_discriminants_with_each_cluster_shrunk_by_itself():
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1, 2, NOISE], [9, 14, 6, 5])[rng.permutation(34)]
    rows = rng.standard_normal((34, 7)) + 3 * rng.standard_normal((4, 7))[labels]
    inside = labels != NOISE
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.5)
    directions = model.fit(rows[inside], labels[inside]).scalings_[:, :2]

    found = _apart(rows, labels)

    assert np.allclose(np.abs(found), np.abs(centred(rows @ directions)))
