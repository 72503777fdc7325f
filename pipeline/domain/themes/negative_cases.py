"""For every theme, who says otherwise: kept beside the headline so that nobody forgets them.

Most people of a theme may say that something could be improved; somebody found it good. Such
segments are chosen near the theme's centre, one of each person, people who only say so first.
They are pointed at by offset and hash: no words are copied.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.corpus import Corpus, Row
from pipeline.domain.themes.majority import OPPOSITE, majority_among
from pipeline.domain.themes.membership import similarity_to

NO_MAJORITY, NOBODY, FOUND = "no_majority", "nobody", "found"
MOST = 3


class Theme(NamedTuple):
    """A live theme: its segments, its centre, and how near is near."""

    theme_id: str
    members: frozenset[str]
    centre: NDArray[np.float64]
    reach: float | None


class _Candidate(NamedTuple):
    row: Row
    likeness: float
    is_member: bool
    says_only_so: bool

    @property
    def rank(self) -> tuple[bool, bool, float, str]:
        return (not self.is_member, not self.says_only_so, -self.likeness, self.row.segment_id)


def negative_cases(
    corpus: Corpus, themes: Sequence[Theme], min_theme_people: int
) -> list[dict[str, object]]:
    """Rows of table `negative_cases`: up to three segments a theme, or one row that says none."""
    middle = corpus.vectors.astype(np.float64).mean(axis=0) if corpus.rows else np.empty(0)
    rows: list[dict[str, object]] = []
    for theme in themes:
        told = [row for row in corpus.rows if row.segment_id in theme.members]
        spoken = [(row.participant_id, row.voice) for row in told]
        voice, n_voice = majority_among(spoken, min_theme_people)
        if voice is None:
            rows.append(_no_row(theme, NO_MAJORITY, None, n_voice))
            continue
        found = _candidates(corpus, theme, told, OPPOSITE[voice], middle)
        chosen = _one_of_each(found)[:MOST]
        if not chosen:
            rows.append(_no_row(theme, NOBODY, voice, n_voice))
        n_otherwise = len({c.row.participant_id for c in found if c.is_member})
        rows += [
            _row(theme, position, candidate, voice, n_voice, n_otherwise)
            for position, candidate in enumerate(chosen, start=1)
        ]
    return rows


def _candidates(
    corpus: Corpus, theme: Theme, told: Sequence[Row], voice: str, middle: NDArray[np.float64]
) -> list[_Candidate]:
    """Segments in the other voice, in the theme or as near to it as nine of ten that are."""
    likeness = similarity_to(corpus.vectors, theme.centre, middle)
    voices: defaultdict[str, set[str]] = defaultdict(set)
    for row in told:
        voices[row.participant_id] |= {row.voice} - {"none"}
    found: list[_Candidate] = []
    for row, near in zip(corpus.rows, likeness.tolist(), strict=True):
        is_member = row.segment_id in theme.members
        is_near = theme.reach is not None and near >= theme.reach
        if row.voice == voice and (is_member or is_near):
            only = voices.get(row.participant_id, {voice}) == {voice}
            found.append(_Candidate(row, round(near, 6), is_member, only))
    return found


def _one_of_each(found: Sequence[_Candidate]) -> list[_Candidate]:
    first: dict[str, _Candidate] = {}
    for candidate in sorted(found, key=lambda one: one.rank):
        first.setdefault(candidate.row.participant_id, candidate)
    return list(first.values())


def _row(
    theme: Theme,
    position: int,
    candidate: _Candidate,
    majority_voice: str,
    n_majority: int,
    n_otherwise: int,
) -> dict[str, object]:
    row = candidate.row
    reasons = {
        "opposite_voice": True,
        "says_only_so": candidate.says_only_so,
        "beside_the_theme": not candidate.is_member,
    }
    return _head(theme, position, FOUND, majority_voice, n_majority) | {
        "n_otherwise": n_otherwise,
        "segment_id": row.segment_id,
        "conversation_id": row.conversation_id,
        "participant_id": row.participant_id,
        "voice": row.voice,
        "spans": [span._asdict() for span in row.spans],
        "sha256": hashlib.sha256(row.text.encode()).hexdigest(),
        "closeness": candidate.likeness,
        "reasons": [code for code, holds in reasons.items() if holds],
    }


def _no_row(theme: Theme, outcome: str, voice: str | None, n_voice: int) -> dict[str, object]:
    unknown = ("segment_id", "conversation_id", "participant_id", "voice", "sha256", "closeness")
    nothing: dict[str, object] = {"n_otherwise": 0, "spans": [], "reasons": []}
    return {**_head(theme, 0, outcome, voice, n_voice), **nothing, **dict.fromkeys(unknown)}


def _head(
    theme: Theme, position: int, outcome: str, voice: str | None, n_voice: int
) -> dict[str, object]:
    return {
        "theme_id": theme.theme_id,
        "position": position,
        "outcome": outcome,
        "majority_voice": voice,
        "n_majority": n_voice,
    }


def read_themes(
    live: Sequence[Mapping[str, object]], members: Mapping[str, Sequence[str]]
) -> list[Theme]:
    """Live themes from rows of table `themes`, each with its segments."""
    return [
        Theme(
            str(theme["theme_id"]),
            frozenset(members.get(str(theme["theme_id"]), ())),
            np.asarray(theme["centre"], dtype=np.float64),
            _number(theme["reach"]),
        )
        for theme in live
    ]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, float) and not np.isnan(value) else None
