# pyright: standard
# pandas and threadpoolctl carry loose types or none.
"""How far the themes have drifted: a look at the corpus as if there had been no last night.

Anchoring has a price: themes stay as they were cut on the first night. Once a week the corpus is
grouped without anchor, and compared. No theme changes by it; people decide whether to start afresh.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.domain.themes.corpus import Corpus, Row
from pipeline.domain.themes.fitting import find_themes
from pipeline.domain.themes.labels import keywords, term_weights
from pipeline.domain.themes.publishing import Found, PreviousThemes, found_of
from pipeline.settings import Settings
from pipeline.tables import frame_of

_LIKE = 0.15
"""Jaccard overlap from which a theme found today is one that we have."""


class _Group(NamedTuple):
    name: str
    rows: frozenset[int]


def theme_drift(corpus: Corpus, previous: PreviousThemes, settings: Settings) -> pd.DataFrame:
    """Table `theme_drift`: each live theme beside its match of today, and today's without one."""
    live = found_of(previous, corpus)
    fresh, _ = find_themes(corpus, None, settings)
    ours, theirs = _groups(live), _numbered(_groups(fresh))
    agreement = _agreement(ours, theirs, len(corpus.rows))
    known = [_compared(corpus, group, theirs) for group in ours]
    unlike = [group for group in theirs if _best(group, ours)[1] < _LIKE]
    words = [keywords(terms) for terms in term_weights(_rows(corpus, theirs))]
    new = [
        _new(corpus, group, ours, words[theirs.index(group)], number)
        for number, group in enumerate(unlike, start=1)
    ]
    shared = {"agreement": agreement, "run_id": live.run_id}
    return frame_of("theme_drift", [row | shared for row in (*known, *new)])


def _groups(found: Found) -> list[_Group]:
    """Themes with the rows of their segments, second memberships left out."""
    rows: dict[str, set[int]] = {}
    for member in found.members:
        if member.membership != "also":
            rows.setdefault(member.theme_id, set()).add(member.row)
    return [_Group(name, frozenset(own)) for name, own in sorted(rows.items())]


def _numbered(groups: Sequence[_Group]) -> list[_Group]:
    ordered = sorted(groups, key=lambda group: (-len(group.rows), group.name))
    return [group._replace(name=f"found-{number}") for number, group in enumerate(ordered, start=1)]


def _compared(corpus: Corpus, group: _Group, theirs: Sequence[_Group]) -> dict[str, object]:
    match, overlap = _best(group, theirs)
    return _row(corpus, group, group.name, overlap) | {
        "is_live": True,
        "best_match": match,
        "keywords": [],
    }


def _new(
    corpus: Corpus, group: _Group, ours: Sequence[_Group], words: list[str], number: int
) -> dict[str, object]:
    _, overlap = _best(group, ours)
    return _row(corpus, group, f"new-{number}", overlap) | {
        "is_live": False,
        "best_match": group.name,
        "keywords": words,
    }


def _row(corpus: Corpus, group: _Group, name: str, overlap: float) -> dict[str, object]:
    return {
        "theme_id": name,
        "overlap": round(overlap, 6),
        "n_segments": len(group.rows),
        "n_people": len({corpus.rows[at].participant_id for at in group.rows}),
    }


def _best(group: _Group, among: Sequence[_Group]) -> tuple[str | None, float]:
    """The group that shares most with it, by Jaccard overlap."""
    overlaps = [
        (len(group.rows & other.rows) / len(group.rows | other.rows), other.name) for other in among
    ]
    overlap, name = max(overlaps, key=lambda found: found[0], default=(0.0, ""))
    return (name, overlap) if overlap else (None, 0.0)


def _agreement(ours: Sequence[_Group], theirs: Sequence[_Group], n_rows: int) -> float:
    """Adjusted mutual information; segments in no theme count as a group of their own."""
    from sklearn.metrics import adjusted_mutual_info_score

    labels = [np.full(n_rows, -1) for _ in range(2)]
    for own, groups in zip(labels, (ours, theirs), strict=True):
        for number, group in enumerate(groups):
            own[sorted(group.rows)] = number
    return round(float(adjusted_mutual_info_score(*labels)), 6) if n_rows else 1.0


def _rows(corpus: Corpus, groups: Sequence[_Group]) -> list[list[Row]]:
    return [[corpus.rows[at] for at in sorted(group.rows)] for group in groups]
