"""Which stories speak of what the programme has in mind, by the lens scores of their segments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.domain.themes.lens import fitting, of_wholes


class Match(NamedTuple):
    """A story that speaks of an entry, and how surely, 0 to 1."""

    entry: Entry
    story: int
    score: float


def matches(
    frameworks: Sequence[Framework], lens_scores: pd.DataFrame, stories: Sequence[Sequence[str]]
) -> list[Match]:
    """Stories that speak of each entry, in the order of the entries, surest first.

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
    rows = by_code.loc[[segment for _, segment in known], codes].to_numpy(dtype=np.float64)
    wholes = of_wholes(rows, [str(at) for at, _ in known])
    found = {int(at): scores for at, scores in wholes.items()}
    return [
        Match(entry, at, round(float(scores[column]), 6))
        for column, entry in enumerate(framework.entries)
        for at, scores in sorted(found.items(), key=lambda f, c=column: (-f[1][c], f[0]))
        if fitting(scores[None, :])[0, column]
    ]
