"""How well a theme survives when other people had been listened to."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.clustering import Floats, Labels, cluster
from pipeline.domain.themes.corpus import Corpus
from pipeline.domain.themes.membership import with_nearest
from pipeline.settings import Settings

_RESAMPLES = 10
_MOST_SEGMENTS = 6_000
"""Above this ten more clusterings take minutes; stability is then not measured."""


def stabilities(
    X: Floats, corpus: Corpus, labels: Labels, settings: Settings
) -> list[float | None]:
    """Mean Jaccard overlap of each theme with the nearest theme of a resample of people.

    People are drawn with replacement; one drawn twice counts once, so that a resample holds about
    63 % of them. Themes are compared over the segments of the people drawn.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Rows of unit length, in the corpus' order.
    labels : ndarray of shape (n,)
        Theme of each, from 0, or -1.

    References
    ----------
    Hennig (2007), Comput. Stat. Data Anal. 52, 258-271.
    """
    n_themes = int(labels.max(initial=-1)) + 1
    if len(X) > _MOST_SEGMENTS:
        return [None] * n_themes
    people = sorted({row.participant_id for row in corpus.rows})
    person = np.array([people.index(row.participant_id) for row in corpus.rows], dtype=np.int64)
    rng = np.random.default_rng(settings.seed)
    found: list[list[float]] = [[] for _ in range(n_themes)]
    for _ in range(_RESAMPLES if n_themes else 0):
        drawn = np.isin(person, rng.integers(len(people), size=len(people)))
        clusters = cluster(X[drawn], settings.min_theme_segments)
        again = with_nearest(clusters).labels
        for theme, overlap in enumerate(_overlaps(labels[drawn], again, n_themes)):
            if overlap is not None:
                found[theme].append(overlap)
    return [round(float(np.mean(overlaps)), 4) if overlaps else None for overlaps in found]


def _overlaps(labels: Labels, again: Labels, n_themes: int) -> Sequence[float | None]:
    """Best Jaccard overlap of each theme; None when no segment of it was drawn."""
    return [_best_overlap(labels == theme, again) for theme in range(n_themes)]


def _best_overlap(inside: NDArray[np.bool_], again: Labels) -> float | None:
    if not inside.any():
        return None
    candidates = [again == other for other in np.unique(again[inside & (again >= 0)])]
    return max(((inside & c).sum() / (inside | c).sum() for c in candidates), default=0.0)
