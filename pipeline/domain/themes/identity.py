# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# scipy carries no types.
"""Which theme of tonight is which theme of last night, and what became of the rest.

Themes are the same when they hold the same segments. Each theme of last night is paired with at
most one of tonight so that the shared members of all pairs together are most.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

SAME_THEME = 0.15
"""Jaccard overlap below which a pair is a coincidence and not the same theme."""

_MOST_OF = 0.5
_CENTRE_WEIGHT = 1e-3
"""Likeness of centres decides only between pairs with equal overlap."""


class Event(NamedTuple):
    """What became of a theme in one run."""

    event: str
    theme_id: str
    from_theme_ids: tuple[str, ...]
    overlap: float


class Identified(NamedTuple):
    """The id of each theme of tonight, in the order given, and what happened."""

    theme_ids: list[str]
    events: list[Event]


def identify(
    tonight: Sequence[frozenset[str]],
    before: Mapping[str, frozenset[str]],
    likeness: NDArray[np.float64],
    run_id: str,
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
    """
    known = frozenset[str]().union(*before.values())
    shared = [members & known for members in tonight]
    ids = list(before)
    overlap = np.array([[_jaccard(before[i], m) for m in shared] for i in ids]).reshape(
        len(ids), len(shared)
    )
    pairs = _pairs(overlap, likeness)
    theme_ids = [
        ids[pairs[new]] if new in pairs else _new_id(members, run_id)
        for new, members in enumerate(tonight)
    ]
    events = [
        Event("kept", ids[old], (ids[old],), float(overlap[old, new])) for new, old in pairs.items()
    ]
    for new, members in enumerate(shared):
        if new not in pairs:
            events.append(_birth(theme_ids[new], members, before))
    events += _endings(theme_ids, shared, before)
    return Identified(theme_ids, events)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    together = len(a | b)
    return len(a & b) / together if together else 0.0


def _pairs(overlap: NDArray[np.float64], likeness: NDArray[np.float64]) -> dict[int, int]:
    if not overlap.size:
        return {}
    old, new = linear_sum_assignment(-(overlap + _CENTRE_WEIGHT * likeness))
    pairs = zip(cast("list[int]", old.tolist()), cast("list[int]", new.tolist()), strict=True)
    return {n: o for o, n in pairs if overlap[o, n] >= SAME_THEME}


def _new_id(members: frozenset[str], run_id: str) -> str:
    digest = hashlib.sha256("\n".join((run_id, *sorted(members))).encode()).hexdigest()
    return f"T{digest[:10]}"


def _birth(theme_id: str, members: frozenset[str], before: Mapping[str, frozenset[str]]) -> Event:
    """Split off when most of its known members come from one theme, else born."""
    for old, old_members in before.items():
        if members and len(members & old_members) >= _MOST_OF * len(members):
            return Event("split", theme_id, (old,), _jaccard(members, old_members))
    return Event("born", theme_id, (), 0.0)


def _endings(
    theme_ids: Sequence[str], shared: Sequence[frozenset[str]], before: Mapping[str, frozenset[str]]
) -> list[Event]:
    events: list[Event] = []
    absorbed: dict[str, list[str]] = {}
    for old, members in before.items():
        if old in theme_ids:
            continue
        into = [
            theme_id
            for theme_id, m in zip(theme_ids, shared, strict=True)
            if members and len(m & members) >= _MOST_OF * len(members)
        ]
        for theme_id in into:
            absorbed.setdefault(theme_id, []).append(old)
        events.append(Event("retired", old, (), 0.0))
    for theme_id, olds in absorbed.items():
        members = shared[theme_ids.index(theme_id)]
        union = frozenset[str]().union(*(before[old] for old in olds))
        events.append(Event("merged", theme_id, tuple(olds), _jaccard(members, union)))
    return events
