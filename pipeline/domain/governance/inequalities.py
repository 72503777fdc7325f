"""Which groups raise a theme more or less than everybody else, and who is heard too little.

From the counts that table `theme_groups` tells, and from no others: a cell hidden there is
insufficient here, and everybody else is what is left of the theme's people, which readers know.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from pipeline.domain.governance.gaps import (
    Counted,
    chance_of,
    chance_of_rates,
    difference,
    level,
    rates,
    z_of,
)
from pipeline.domain.governance.representation import Groups, groups_of, shown
from pipeline.domain.themes.breakdown import by_group, parts_of
from pipeline.domain.themes.groups import NOT_STATED, Dimension
from pipeline.domain.themes.incidence import Incidence, incidence
from pipeline.settings import Settings
from pipeline.tables import frame_of

OVER, UNDER, ALIKE, TOO_FEW = "over", "under", "no_difference", "insufficient"


class Cell(NamedTuple):
    """A theme and a group: what is told of who raises it."""

    theme_id: str
    dimension: str
    group: str
    n: int
    of: int
    n_others: int
    of_others: int


def groups_that_differ(
    segments: pd.DataFrame,
    themes: pd.DataFrame,
    assignments: pd.DataFrame,
    participants: pd.DataFrame,
    dimensions: Sequence[Dimension],
    settings: Settings,
) -> pd.DataFrame:
    """Table `inequalities`, of all live themes and dimensions."""
    live = themes.loc[themes["status"].eq("live"), "theme_id"]
    by_person = incidence(segments, assignments, live.tolist(), "participant_id")
    groups = groups_of(dimensions, participants, by_person.units)
    return frame_of("inequalities", inequalities(by_person, groups, settings.min_cell_people))


def inequalities(
    by_person: Incidence, groups: Mapping[str, Groups], fewest: int
) -> list[dict[str, object]]:
    """Rows of table `inequalities`.

    Parameters
    ----------
    by_person : Incidence
        Everybody with a segment, and the live themes that they raise.
    groups : mapping of dimension to group to its people
    fewest : int
        A cell is told of if this many people of the group raise the theme, this many do not, and
        likewise of everybody else.
    """
    keys, cells = _cells(by_person, groups, fewest)
    told = {(cell.theme_id, cell.dimension, cell.group): cell for cell in cells}
    judged = dict(zip(told, _judged(cells), strict=True))
    return [
        {"theme_id": key[0], "dimension": key[1], "group": key[2]} | judged.get(key, _NOTHING)
        for key in keys
    ]


_NOTHING: dict[str, object] = {
    "direction": TOO_FEW,
    "share_of_group": None,
    "share_of_others": None,
    "difference": None,
    "difference_low": None,
    "difference_high": None,
    "confidence": None,
    "sentence": "Too few of the group, or of everybody else, raise it or do not: nothing is told.",
}


def _cells(
    by_person: Incidence, groups: Mapping[str, Groups], fewest: int
) -> tuple[list[tuple[str, str, str]], list[Cell]]:
    """Every theme and group, and those of which something may be told."""
    n_all = len(by_person.units)
    totals = dict(zip(by_person.theme_ids, by_person.raised.sum(axis=0).tolist(), strict=True))
    keys: list[tuple[str, str, str]] = []
    cells: list[Cell] = []
    for dimension, own in groups.items():
        for row in by_group(parts_of(dimension, own, by_person), fewest):
            key = (str(row["theme_id"]), dimension, str(row["group"]))
            if row["group"] == NOT_STATED:
                continue
            keys.append(key)
            if row["hidden"] is None:
                n, of = cast("int", row["n_people"]), cast("int", row["n_in_group"])
                cells.append(Cell(*key, n, of, totals[key[0]] - n, n_all - of))
    return keys, [cell for cell in cells if _leaves_enough(cell, fewest)]


def _leaves_enough(cell: Cell, fewest: int) -> bool:
    return cell.n_others >= fewest and cell.of_others - cell.n_others >= fewest


def _judged(cells: Sequence[Cell]) -> list[dict[str, object]]:
    counted = Counted(
        *(np.array([cell[at] for cell in cells], dtype=np.float64) for at in _NUMBERS)
    )
    error = level(chance_of(counted, is_rounded=True))
    ends = difference(counted, z_of(error), is_rounded=True)
    return [
        _row(cell, float(gap), float(low), float(high), 1 - error)
        for cell, gap, low, high in zip(cells, counted.gap, *ends, strict=True)
    ]


_NUMBERS = range(Cell._fields.index("n"), len(Cell._fields))


def _row(cell: Cell, gap: float, low: float, high: float, sure: float) -> dict[str, object]:
    direction = OVER if low > 0 else UNDER if high < 0 else ALIKE
    share, others = cell.n / cell.of, cell.n_others / cell.of_others
    numbers = f"{100 * share:.0f} % of them raise it, and {100 * others:.0f} % of everybody else"
    return {
        "direction": direction,
        "share_of_group": round(share, 6),
        "share_of_others": round(others, 6),
        "difference": round(gap, 6),
        "difference_low": round(low, 6),
        "difference_high": round(high, 6),
        "confidence": round(sure, 6),
        "sentence": f"{_SENTENCES[direction]}: {numbers}.",
    }


_SENTENCES = {
    OVER: "Raised more by this group than by everybody else",
    UNDER: "Raised less by this group than by everybody else",
    ALIKE: "No difference that chance would not make",
}


# For choosing stories, inside the boundary alone


def under_heard(
    representation: pd.DataFrame,
    dimensions: Iterable[Dimension],
    groups: Mapping[str, Groups],
    n_words: Mapping[str, int],
    fewest: int,
    seed: int,
) -> list[tuple[str, str]]:
    """Dimension and group of those heard too little, by people or by words.

    Of fewer people than their share of the population by table `representation`, none to tell of
    among them; or of clearly fewer words for each person than everybody else. A group without a
    share in the population is not found by its size.

    Parameters
    ----------
    n_words : mapping of person to int
        Words of each person, whoever has none left out.

    Notes
    -----
    A group of few is named here since its people are to be listened to. Tell of one of them only
    that the group is heard too little, not which it is.
    """
    listed = tuple(dimensions)
    lacking = representation[representation["verdict"].isin(["under", "missing"])]
    named = set(zip(lacking["dimension"], lacking["group"], strict=True))
    found = {
        (dimension.name, group)
        for dimension in listed
        for cell in dimension.reference
        for group in cell.groups
        if not named.isdisjoint({(dimension.name, cell.title), (dimension.name, group)})
    }
    return sorted(found | _of_few_words(listed, groups, n_words, fewest, seed))


def _of_few_words(
    dimensions: Sequence[Dimension],
    groups: Mapping[str, Groups],
    n_words: Mapping[str, int],
    fewest: int,
    seed: int,
) -> set[tuple[str, str]]:
    people = sorted(n_words)
    keys = [
        (dimension.name, group)
        for dimension in dimensions
        for group, is_told in shown(dimension, groups[dimension.name], fewest).groups.items()
        if is_told
    ]
    if not keys or not people:
        return set()
    own = [set(groups[dimension][group]) for dimension, group in keys]
    members = np.array([[person in group for person in people] for group in own])
    words = np.array([n_words[person] for person in people], dtype=np.float64)
    spoken = rates(words, np.ones(len(people)), members, seed)
    chances = chance_of_rates(spoken, members.sum(axis=1))
    few = (chances <= level(chances)) & (spoken.gap < 0)
    return {key for key, is_few in zip(keys, few, strict=True) if is_few}
