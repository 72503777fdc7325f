# pyright: standard
# pandas and threadpoolctl carry loose types or none.
"""Same-day placement of new segments into the themes of the night before, where they are near."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from pipeline.domain.embedding.vectors import matrix
from pipeline.domain.themes.clustering import Floats, Labels, in_course, unit
from pipeline.domain.themes.follow_ups import course_of
from pipeline.domain.themes.publishing import HIDDEN, LIVE
from pipeline.domain.themes.tracking import groups_of
from pipeline.tables import TABLES, empty

_REACH_PERCENTILE = 10
"""Near is as near as nine of ten members."""
_ROUNDED = 1e-5
"""By so much a published reach and centre may be off."""


class Near(NamedTuple):
    """A row that is near a theme, by their places, and how near."""

    row: int
    theme: int
    strength: float


def place_segments(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    themes: pd.DataFrame,
    theme_assignments: pd.DataFrame,
) -> pd.DataFrame:
    """Table `placements`: new segments that are near a live or hidden theme; others have no row.

    A segment is near when it is as close to the theme's centre as nine of ten of its members, both
    with what their neighbours in the conversation lend them. What is nearest to a hidden theme is
    placed there, or it would be taken for talk of another.

    Parameters
    ----------
    segments, embeddings : DataFrame
        Tables `segments` and `segment_embeddings` of a new batch.
    themes, theme_assignments : DataFrame
        The theme tables of the night before. Conversations of which they hold anything are left as
        they are.
    """
    held = themes[themes["status"].isin([LIVE, HIDDEN])].sort_values("theme_id")
    known = _conversations(theme_assignments)
    new = segments[~_conversations(segments).isin(known)].merge(embeddings, on="segment_id")
    new = new.sort_values("segment_id", ignore_index=True)
    none = empty(TABLES["placements"])
    if held.empty or new.empty:
        return none
    centres = np.stack([np.asarray(c, dtype=np.float64) for c in held["centre"]])
    vectors = matrix(new).astype(np.float64)
    if vectors.shape[1] != centres.shape[1]:  # another model since last night
        return none
    middle = np.average(centres, axis=0, weights=held["n_segments"].to_numpy())
    reach = held["reach"].to_numpy(dtype=np.float64)
    with threadpool_limits(limits=1):
        seen = in_course(unit(vectors - middle), course_of(new))
        found = near_a_theme(seen, unit(centres - middle), reach)
    rows = [
        {
            "segment_id": new["segment_id"].iloc[near.row],
            "theme_id": held["theme_id"].iloc[near.theme],
            "membership": "nearest",
            "strength": near.strength,
        }
        for near in found
    ]
    return pd.DataFrame(rows) if rows else none


def near_a_theme(seen: Floats, centres: Floats, reach: Floats) -> list[Near]:
    """Rows that lie within the reach of the theme nearest to them.

    Parameters
    ----------
    seen : ndarray of shape (n, d)
    centres : ndarray of shape (n_themes, d)
        Both seen from the middle of the corpus, of unit length.
    reach : ndarray of shape (n_themes,)
        Least cosine to each centre.
    """
    likeness = seen @ centres.T
    best, strength = likeness.argmax(axis=1), likeness.max(axis=1)
    return [
        Near(int(row), int(best[row]), round(float(np.clip(strength[row], 0, 1)), 6))
        for row in np.flatnonzero(strength >= reach[best] - _ROUNDED)
    ]


def reach_of(seen: Floats, labels: Labels, centres: Floats) -> Floats:
    """The cosine to its centre that nine of ten members of each group exceed.

    Parameters
    ----------
    seen : ndarray of shape (n, d)
    labels : ndarray of shape (n,)
    centres : ndarray of shape (n_groups, d)
    """
    return np.array(
        [
            np.percentile(seen[rows] @ centre, _REACH_PERCENTILE)
            for rows, centre in zip(groups_of(labels), centres, strict=True)
        ]
    )


def _conversations(frame: pd.DataFrame) -> pd.Series:
    return frame["segment_id"].str.split("/").str[0]
