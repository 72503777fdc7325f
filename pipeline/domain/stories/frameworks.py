"""Which stories speak of what the programme has in mind, by the lens scores of their segments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.domain.themes.lens import FITS, fitting, of_wholes

Floats = NDArray[np.float64]

_LEAST_SURE = {"pathway": 0.55}
"""How sure the lens must be, by kind of entry; for all others, that the entry fits at all.

A pathway group is about one kind of illness. Read by people, most stories that only came nearest to
its phrases were not about it, and a wrong one would say of somebody what is not so: better none.
"""
_SHARE_OF_STORY = 0.5


def least_sure(entry: Entry) -> float:
    """How sure the lens must be before words are shown as being about the entry."""
    return _LEAST_SURE.get(entry.kind, FITS)


class Match(NamedTuple):
    """A story that speaks of an entry, and how surely, 0 to 1."""

    entry: Entry
    story: int
    score: float


def matches(
    frameworks: Sequence[Framework], lens_scores: pd.DataFrame, stories: Sequence[Sequence[str]]
) -> list[Match]:
    """Stories that speak of each entry, in the order of the entries, surest first.

    A story speaks of it if it does as a whole, and so do half of its segments.

    Parameters
    ----------
    frameworks : sequence of Framework
        Those to choose by.
    lens_scores : DataFrame
        Table `lens_scores`; it may hold other frameworks and other segments too.
    stories : sequence of sequence of str
        Ids of the segments that each story is made of.
    """
    return [match for framework in frameworks for match in _of_one(framework, lens_scores, stories)]


def _of_one(
    framework: Framework, lens_scores: pd.DataFrame, stories: Sequence[Sequence[str]]
) -> list[Match]:
    codes = [entry.code for entry in framework.entries]
    own = lens_scores[lens_scores["framework"].eq(framework.name)]
    by_code = own.pivot_table(index="segment_id", columns="code", values="score")
    if by_code.empty:
        return []
    told = [(at, segment) for at, ids in enumerate(stories) for segment in ids]
    known = [(at, segment) for at, segment in told if segment in by_code.index]
    if not known:
        return []
    rows = by_code.loc[[segment for _, segment in known], codes].to_numpy(dtype=np.float64)
    owners = [str(at) for at, _ in known]
    wholes, shares = of_wholes(rows, owners), _shares(rows, owners)
    least = np.array([least_sure(entry) for entry in framework.entries])
    speaks = {
        whole: fitting(scores[None, :])[0] & (scores >= least) & (shares[whole] >= _SHARE_OF_STORY)
        for whole, scores in wholes.items()
    }
    return [
        Match(entry, int(whole), round(float(wholes[whole][column]), 6))
        for column, entry in enumerate(framework.entries)
        for whole in sorted(wholes, key=lambda w, c=column: (-wholes[w][c], int(w)))
        if speaks[whole][column]
    ]


def _shares(rows: Floats, owners: Sequence[str]) -> dict[str, Floats]:
    """For each whole, the share of its segments that each entry fits."""
    fits = (rows >= FITS).astype(np.float64)
    places: dict[str, list[int]] = {}
    for at, owner in enumerate(owners):
        places.setdefault(owner, []).append(at)
    return {owner: fits[own].mean(axis=0) for owner, own in places.items()}
