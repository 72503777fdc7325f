"""Same-day placement of new segments into the live themes, where they are near."""

import numpy as np
import pandas as pd

from pipeline.domain.embedding.vectors import matrix
from pipeline.domain.themes.clustering import unit
from pipeline.tables import TABLES, empty


def place_segments(
    embeddings: pd.DataFrame, themes: pd.DataFrame, theme_assignments: pd.DataFrame
) -> pd.DataFrame:
    """Rows of `theme_assignments` for segments that are near a live theme; others get none.

    A segment is near when it is as close to the theme's centre as nine of ten of its members.

    Parameters
    ----------
    embeddings : DataFrame
        Table `segment_embeddings` of a new batch.
    themes, theme_assignments : DataFrame
        The live theme tables. Segments that are already in a theme are left as they are.
    """
    live = themes[themes["status"] == "live"].sort_values("theme_id")
    new = embeddings[~embeddings["segment_id"].isin(theme_assignments["segment_id"])]
    new = new.sort_values("segment_id")
    if live.empty or new.empty:
        return empty(TABLES["theme_assignments"])
    centres = np.stack([np.asarray(c, dtype=np.float64) for c in live["centre"]])
    middle = np.average(centres, axis=0, weights=live["n_segments"].to_numpy())
    likeness = unit(matrix(new) - middle) @ unit(centres - middle).T
    best = likeness.argmax(axis=1)
    strength = likeness.max(axis=1)
    near = strength >= live["reach"].to_numpy()[best]
    return pd.DataFrame(
        {
            "segment_id": new["segment_id"].to_numpy()[near],
            "theme_id": live["theme_id"].to_numpy()[best[near]],
            "membership": "nearest",
            "strength": np.clip(strength[near], 0, 1).round(6),
        }
    )
