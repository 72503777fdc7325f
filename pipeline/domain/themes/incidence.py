"""Who raises what: people or conversations against themes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Incidence(NamedTuple):
    """Which unit raises which theme.

    Attributes
    ----------
    units : tuple of str
        People or conversations with at least one segment, in a theme or not.
    theme_ids : tuple of str
    raised : ndarray of shape (n_units, n_themes)
        However often: once is enough.
    """

    units: tuple[str, ...]
    theme_ids: tuple[str, ...]
    raised: NDArray[np.bool_]

    def among(self, units: Iterable[str]) -> "Incidence":
        """Of these units alone; those that are not known count for nothing."""
        wanted = set(units)
        places = [place for place, unit in enumerate(self.units) if unit in wanted]
        return Incidence(
            tuple(self.units[place] for place in places), self.theme_ids, self.raised[places]
        )


def incidence(
    segments: pd.DataFrame, assignments: pd.DataFrame, theme_ids: Sequence[str], unit: str
) -> Incidence:
    """What each unit raises, by `participant_id` or `conversation_id`, in any row order.

    Assignments of other segments, and to other themes, are left out.
    """
    unit_of = cast("dict[str, str]", dict(zip(segments["segment_id"], segments[unit], strict=True)))
    units = sorted(set(unit_of.values()))
    themes = sorted(theme_ids)
    row, column = _places(units), _places(themes)
    raised = np.zeros((len(units), len(themes)), dtype=np.bool_)
    pairs = zip(assignments["segment_id"], assignments["theme_id"], strict=True)
    for segment_id, theme_id in cast("Iterable[tuple[str, str]]", pairs):
        if segment_id in unit_of and theme_id in column:
            raised[row[unit_of[segment_id]], column[theme_id]] = True
    return Incidence(tuple(units), tuple(themes), raised)


def _places(names: Sequence[str]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}
