"""Groups of people by which themes are counted, and how large each is in the population.

A programme says both in `reference_population.yaml`: its bands are the register's, joined where
single ones would be too small to tell of. A share without a source is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.governance.register import BANDS
from pipeline.errors import UsageError
from pipeline.tables import records

NOT_STATED = "not stated"
EVERYONE = "everyone"
WAVE = "wave"

_NO_ANSWER = frozenset({"prefer not to say", "not known", "not stated", "not asked"})
_ROUNDING = 0.005


class Cell(NamedTuple):
    """One or more groups of which the population holds this share."""

    groups: tuple[str, ...]
    share: float
    called: str = ""

    @property
    def title(self) -> str:
        """What the groups are called together."""
        return self.called or " or ".join(self.groups)


class Dimension(NamedTuple):
    """One characteristic of people, cut into groups.

    Attributes
    ----------
    name : str
    column : str
        A banded column of table `participants`.
    groups : mapping of group to bands of the register
        Empty: each band that somebody is in is a group.
    reference : tuple of Cell
        Empty: nobody has found a source.
    source : str
        Where the shares come from.
    """

    name: str
    column: str
    groups: Mapping[str, tuple[str, ...]]
    reference: tuple[Cell, ...]
    source: str = ""


def read_dimensions(
    described: Mapping[str, Any], areas: Sequence[Mapping[str, Any]] = ()
) -> tuple[Dimension, ...]:
    """The dimensions of `reference_population.yaml`.

    Parameters
    ----------
    areas : sequence of areas of the gazetteer
        A dimension `by_areas_of` a county has a group for each of them: its places are the bands.

    Raises
    ------
    UsageError
        If a column is no band of the register, or shares lack a source, a group or a whole.
    """
    dimensions = cast("Mapping[str, Mapping[str, Any]]", described.get("dimensions") or {})
    return tuple(_dimension(name, entry, areas) for name, entry in dimensions.items())


def _dimension(
    name: str, entry: Mapping[str, Any], areas: Sequence[Mapping[str, Any]]
) -> Dimension:
    column = str(entry.get("column", ""))
    if column not in BANDS:
        raise UsageError(f"{name}: column is no band of the register; write one of: {BANDS}")
    if name in (EVERYONE, WAVE):
        raise UsageError(f"{name}: the name is taken; choose another")
    bands = cast("Mapping[str, Sequence[object]]", entry.get("groups") or {})
    if county := entry.get("by_areas_of"):
        bands = {area["area"]: area["places"] for area in areas if area.get("county") == county}
    groups = {str(group): tuple(map(str, names)) for group, names in bands.items()}
    reference = cast("Mapping[str, Any]", entry.get("reference") or {})
    cells = _cells(name, groups, reference)
    return Dimension(name, column, groups, cells, str(reference["source"]) if cells else "")


def _cells(
    name: str, groups: Mapping[str, tuple[str, ...]], reference: Mapping[str, Any]
) -> tuple[Cell, ...]:
    shares = cast("Sequence[Mapping[str, Any]]", reference.get("shares") or ())
    cells = tuple(
        Cell(tuple(map(str, s["groups"])), float(s["share"]), str(s.get("called", "")))
        for s in shares
    )
    if not cells:
        return ()
    named = [group for cell in cells for group in cell.groups]
    if not reference.get("source"):
        raise UsageError(f"{name}: shares without a source; say where they come from")
    if sorted(named) != sorted(groups):
        raise UsageError(f"{name}: shares must name each group once; groups are {sorted(groups)}")
    if abs(sum(cell.share for cell in cells) - 1) > _ROUNDING:
        raise UsageError(f"{name}: shares must add up to 1")
    return cells


def people_by_group(
    dimension: Dimension, participants: pd.DataFrame, people: Iterable[str]
) -> dict[str, list[str]]:
    """People of each group of the dimension; whoever said nothing is in `not stated`.

    Somebody with several conversations is in the group they were in first.
    """
    stated: dict[str, str] = {}
    columns = ["participant_id", dimension.column, "interviewed_on", "conversation_id"]
    rows = records(participants[columns].dropna(subset=[dimension.column]))
    for row in sorted(rows, key=_when):
        if row[dimension.column].lower() not in _NO_ANSWER:
            stated.setdefault(row["participant_id"], row[dimension.column])
    known = sorted(set(people))
    group_of = _group_of_band(dimension, {stated[person] for person in known if person in stated})
    members: dict[str, list[str]] = {group: [] for group in dict.fromkeys(group_of.values())}
    members[NOT_STATED] = []
    for person in known:
        members[group_of.get(stated.get(person, ""), NOT_STATED)].append(person)
    return members


def _when(row: Mapping[str, Any]) -> tuple[str, str]:
    day = row["interviewed_on"]
    return ("9" if pd.isna(day) else str(day), row["conversation_id"])


def _group_of_band(dimension: Dimension, bands: set[str]) -> dict[str, str]:
    if not dimension.groups:
        return {band: band for band in sorted(bands)}
    return {band: group for group, own in dimension.groups.items() for band in own}


def conversations_by_wave(
    participants: pd.DataFrame, conversations: Iterable[str], months: int
) -> dict[str, list[str]]:
    """Conversations of each wave: so many months, counted from January, by day of interview.

    A conversation without a day is in `not stated`.
    """
    days = dict(zip(participants["conversation_id"], participants["interviewed_on"], strict=True))
    waves: dict[str, list[str]] = {}
    for conversation in sorted(set(conversations)):
        waves.setdefault(wave_of(days.get(conversation), months), []).append(conversation)
    return dict(sorted(waves.items()))


def wave_of(day: date | None, months: int) -> str:
    """The months around a day, such as 2023-01 to 2023-03."""
    if day is None or pd.isna(day):
        return NOT_STATED
    first = (day.month - 1) // months * months + 1
    last = min(first + months - 1, 12)
    begin, end = f"{day.year}-{first:02}", f"{day.year}-{last:02}"
    return begin if begin == end else f"{begin} to {end}"
