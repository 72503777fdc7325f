"""How many people of each group raise each theme, one dimension at a time, small numbers hidden."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.domain.themes.counting import wilson
from pipeline.domain.themes.disclosure import hidden, rounded
from pipeline.domain.themes.incidence import Incidence

SMALL_GROUP = "small_group"
SMALL_NUMBER = "small_number"


class Part(NamedTuple):
    """Units of one group of a dimension, and what they raise."""

    dimension: str
    group: str
    raising: Incidence

    @property
    def size(self) -> int:
        """People in the group."""
        return len(self.raising.units)

    def is_small(self, fewest: int) -> bool:
        """Whether nothing is told of the group, since too few people are in it."""
        return self.size < fewest


def parts_of(dimension: str, members: Mapping[str, Sequence[str]], by: Incidence) -> list[Part]:
    """The groups of a dimension."""
    return [Part(dimension, group, by.among(people)) for group, people in members.items()]


def by_group(parts: Sequence[Part], fewest: int) -> list[dict[str, object]]:
    """Rows of table `theme_groups` of one dimension, counts rounded or hidden.

    Parameters
    ----------
    parts : sequence of Part
        All groups of one dimension: who is in none of them is among `not stated`.
    fewest : int
        Fewer people than this are not told of.
    """
    if not parts:
        return []
    sizes = [part.size for part in parts]
    small = [part.is_small(fewest) for part in parts]
    rows: list[dict[str, object]] = []
    for theme, theme_id in enumerate(parts[0].raising.theme_ids):
        counts = [int(np.count_nonzero(part.raising.raised[:, theme])) for part in parts]
        hide = hidden(counts, sizes, fewest, small)
        rows += [
            {"theme_id": theme_id, "dimension": part.dimension, "group": part.group}
            | (_told(n, part.size) if not unseen else _untold(is_small=part.is_small(fewest)))
            for part, n, unseen in zip(parts, counts, hide, strict=True)
        ]
    return rows


def _told(n: int, size: int) -> dict[str, object]:
    n_people, n_in_group = rounded(n), rounded(size)
    share = wilson(n_people, n_in_group)
    return {
        "n_people": n_people,
        "n_in_group": n_in_group,
        "share_of_group": share.share,
        "share_low": share.low,
        "share_high": share.high,
        "hidden": None,
    }


def _untold(*, is_small: bool) -> dict[str, object]:
    nothing = dict.fromkeys(("n_people", "n_in_group", "share_of_group", "share_low", "share_high"))
    return {**nothing, "hidden": SMALL_GROUP if is_small else SMALL_NUMBER}
