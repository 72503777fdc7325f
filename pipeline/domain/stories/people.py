"""What is known of who speaks, so that a choice can hear all sorts of people.

It is for choosing alone. What is chosen says at most that somebody is of a group that is heard too
little, never of which.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline.domain.governance.inequalities import OVER, UNDER, under_heard
from pipeline.domain.governance.representation import groups_of
from pipeline.domain.stories.selection import Group
from pipeline.domain.themes.groups import NOT_STATED, Dimension
from pipeline.settings import Settings
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
    dimensions: Sequence[Dimension],
    segments: pd.DataFrame,
    representation: pd.DataFrame,
    inequalities: pd.DataFrame,
    settings: Settings,
) -> People:
    """Everybody with a segment, by what the register says of them and who is heard too little.

    Parameters
    ----------
    representation, inequalities : DataFrame
        Tables of these names; without rows nobody is known to be heard too little, and no theme
        to differ.
    """
    n_words: Counter[str] = Counter()
    for person, n in zip(segments["participant_id"], segments["n_words"], strict=True):
        n_words[person] += int(n)
    members = groups_of(dimensions, participants, n_words)
    little = under_heard(
        representation, dimensions, members, n_words, settings.min_cell_people, settings.seed
    )
    groups: defaultdict[str, set[Group]] = defaultdict(set)
    for dimension, own in members.items():
        for group, people in own.items():
            for person in people if group != NOT_STATED else ():
                groups[person].add((dimension, group))
    return People(
        {person: frozenset(of) for person, of in sorted(groups.items())},
        frozenset(person for person, of in groups.items() if not of.isdisjoint(little)),
        _differing(inequalities),
    )


def _differing(inequalities: pd.DataFrame) -> tuple[str, ...]:
    unlike = records(inequalities[inequalities["direction"].isin([OVER, UNDER])])
    unlike.sort(key=lambda row: (-abs(float(row["difference"])), row["theme_id"]))
    return tuple(dict.fromkeys(row["theme_id"] for row in unlike))
