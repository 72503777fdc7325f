# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# scipy carries no types.
"""Which theme of tonight is which theme of last night, and what became of the rest.

Themes are the same when they hold the same segments. Each theme of last night is paired with at
most one of tonight so that the shared members of all pairs together are most.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

SAME_THEME = 0.15
"""Jaccard overlap below which a pair is a coincidence and not the same theme."""

_MOST_OF = 0.5
_CENTRE_WEIGHT = 1e-3
"""Likeness of centres decides only between pairs with equal overlap."""
_MOST_NAMED = 3

Before = Mapping[str, frozenset[str]]


class Event(NamedTuple):
    """What became of a theme in one run, and the counts that say why."""

    event: str
    theme_id: str
    from_theme_ids: tuple[str, ...]
    overlap: float
    why: str


class Identified(NamedTuple):
    """The id of each theme of tonight, in the order given, and what happened."""

    theme_ids: list[str]
    events: list[Event]


def identify(
    tonight: Sequence[frozenset[str]],
    before: Before,
    likeness: NDArray[np.float64],
    run_id: str,
    newcomers: frozenset[str] = frozenset(),
) -> Identified:
    """Give each theme of tonight its id.

    Parameters
    ----------
    tonight : sequence of sets of `segment_id`
        Members of the themes of tonight.
    before : mapping of `theme_id` to set of `segment_id`
        Members of the live themes of last night, of segments that still exist.
    likeness : ndarray of shape (len(before), len(tonight))
        Cosine of the centres.
    run_id : str
        Goes into the ids of new themes, so that an id is never used twice.
    newcomers : set of `segment_id`
        Segments that have not been in a theme for long: a theme made mostly of them is born, and
        not split from where they were kept meanwhile.
    """
    known = frozenset[str]().union(*before.values())
    shared = [members & known for members in tonight]
    ids = list(before)
    overlap = np.array([[_jaccard(before[i], m) for m in shared] for i in ids]).reshape(
        len(ids), len(shared)
    )
    pairs = pairs_of(overlap, likeness)
    theme_ids = [
        ids[pairs[new]] if new in pairs else _new_id(members, run_id)
        for new, members in enumerate(tonight)
    ]
    events = [
        _kept(ids[old], before[ids[old]], tonight[new], float(overlap[old, new]))
        for new, old in pairs.items()
    ]
    events += [
        _birth(theme_ids[new], members, before, newcomers)
        for new, members in enumerate(tonight)
        if new not in pairs
    ]
    return Identified(theme_ids, events + _endings(theme_ids, shared, before))


def pairs_of(overlap: NDArray[np.float64], likeness: NDArray[np.float64]) -> dict[int, int]:
    """For each theme of tonight that has one, its theme of last night: the Hungarian method.

    Parameters
    ----------
    overlap, likeness : ndarray of shape (n_last_night, n_tonight)
        Jaccard overlap of members, and cosine of centres.

    References
    ----------
    Kuhn (1955), Naval Research Logistics Quarterly 2, 83-97.
    """
    if not overlap.size:
        return {}
    from scipy.optimize import linear_sum_assignment

    old, new = linear_sum_assignment(-(overlap + _CENTRE_WEIGHT * likeness))
    pairs = zip(cast("list[int]", old.tolist()), cast("list[int]", new.tolist()), strict=True)
    return {n: o for o, n in pairs if overlap[o, n] >= SAME_THEME}


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    together = len(a | b)
    return len(a & b) / together if together else 0.0


def _new_id(members: frozenset[str], run_id: str) -> str:
    digest = hashlib.sha256("\n".join((run_id, *sorted(members))).encode()).hexdigest()
    return f"T{digest[:10]}"


def _kept(theme_id: str, was: frozenset[str], members: frozenset[str], overlap: float) -> Event:
    stayed, come = len(members & was), len(members - was)
    why = f"{stayed} of its {len(was)} segments are still in it, {come} are new to it"
    return Event("kept", theme_id, (theme_id,), overlap, why)


def _birth(
    theme_id: str, members: frozenset[str], before: Before, newcomers: frozenset[str]
) -> Event:
    """Split off when most of its members have long been in one theme, else born."""
    settled = members - newcomers
    for old, old_members in before.items():
        if len(settled & old_members) >= _MOST_OF * len(members):
            why = f"{len(members & old_members)} of its {len(members)} segments were in {old}"
            return Event("split", theme_id, (old,), _jaccard(members, old_members), why)
    before_it = Counter({old: len(members & was) for old, was in before.items()})
    nowhere = len(members) - before_it.total()
    parts = [f"{n} were in {old}" for old, n in before_it.most_common(_MOST_NAMED) if n]
    said = [f"{nowhere} of its {len(members)} segments were in no theme", *parts]
    return Event("born", theme_id, (), 0.0, ", ".join(said))


def _endings(
    theme_ids: Sequence[str], shared: Sequence[frozenset[str]], before: Before
) -> list[Event]:
    events: list[Event] = []
    absorbed: dict[str, list[str]] = {}
    for old, was in before.items():
        if old in theme_ids:
            continue
        into = {
            theme_id: len(m & was) for theme_id, m in zip(theme_ids, shared, strict=True) if m & was
        }
        for theme_id, n in into.items():
            if n >= _MOST_OF * len(was):
                absorbed.setdefault(theme_id, []).append(old)
        events.append(Event("retired", old, (), 0.0, _where_they_went(was, into)))
    for theme_id, olds in absorbed.items():
        members = shared[theme_ids.index(theme_id)]
        union = frozenset[str]().union(*(before[old] for old in olds))
        parts = [f"{len(members & before[old])} of {len(before[old])} of {old}" for old in olds]
        why = f"most segments went into it: {', '.join(parts)}"
        events.append(Event("merged", theme_id, tuple(olds), _jaccard(members, union), why))
    return events


def _where_they_went(was: frozenset[str], into: Mapping[str, int]) -> str:
    if not was:
        return "none of its segments are left"
    parts = [f"{n} are in {theme_id}" for theme_id, n in Counter(into).most_common(_MOST_NAMED)]
    nowhere = len(was) - sum(into.values())
    return ", ".join([f"of its {len(was)} segments {nowhere} are in no theme now", *parts])
