"""What is known of who speaks, so that a choice can hear all sorts of people.

It is for choosing alone. What is chosen says at most that somebody is of a group that is heard too
little, never of which.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.domain.stories.selection import Group
from pipeline.domain.themes.groups import NOT_STATED, Dimension, people_by_group
from pipeline.tables import records


class People(NamedTuple):
    """Who speaks.

    Attributes
    ----------
    groups : mapping of person to groups
        What they said of themselves, dimension by dimension; not stated is no group.
    under_heard : frozenset of str
        People of a group that is heard too little.
    differing : tuple of str
        Themes that a group raises more or less than everybody else, clearest first.
    """

    groups: Mapping[str, frozenset[Group]]
    under_heard: frozenset[str]
    differing: tuple[str, ...]


NOBODY = People({}, frozenset(), ())
"""Of nobody anything is known."""


def known_people(
    participants: pd.DataFrame,
    dimensions: Iterable[Dimension],
    people: Collection[str],
    *,
    under_heard: Iterable[Group] = (),
    inequalities: pd.DataFrame | None = None,
) -> People:
    """The people, by what the register says of them and who is heard too little.

    Parameters
    ----------
    under_heard : iterable of Group
        Groups that are heard too little.
    inequalities : DataFrame, optional
        Table `inequalities`; without it no theme is known to differ.
    """
    groups: defaultdict[str, set[Group]] = defaultdict(set)
    for dimension in dimensions:
        for group, members in people_by_group(dimension, participants, people).items():
            for person in members if group != NOT_STATED else ():
                groups[person].add((dimension.name, group))
    lacking = set(under_heard)
    own = {person: frozenset(of) for person, of in sorted(groups.items())}
    little = frozenset(person for person, of in own.items() if of & lacking)
    return People(own, little, _differing(inequalities))


def _differing(inequalities: pd.DataFrame | None) -> tuple[str, ...]:
    if inequalities is None:
        return ()
    unlike = records(inequalities[inequalities["direction"].isin(["over", "under"])])
    unlike.sort(key=lambda row: (-abs(float(row["difference"])), row["theme_id"]))
    return tuple(dict.fromkeys(row["theme_id"] for row in unlike))
