"""Whether a theme is a subject at all, and a sentence that says why it may not be.

Each cause is measured. Limits are where, on public sets with known classes, themes beyond them
held clearly fewer segments of one class than the others did; see `docs/themes.md`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]

from pipeline.domain.themes.clustering import Floats, centred, unit
from pipeline.domain.themes.corpus import Row
from pipeline.domain.themes.labels import FEWEST_PEOPLE, content_terms
from pipeline.domain.themes.wording import is_telling
from pipeline.domain.validation.words import words_of

LEAST_STABLE = 0.15
LEAST_APART = 0.12
LEAST_SHARED = 0.45
FEWEST_KEYWORDS = 3
MOST_MANNER = 0.8
MOST_AT_EDGES = 0.5
MOST_OF_ONE = 0.34

_HEADS = 5
_FIRST_ANSWERS, _LAST_ANSWERS = 2, 1
_CHANCE_SEGMENTS = 3.0
_LEAST_LIFT = 1.25


class Measures(NamedTuple):
    """What tells a subject from a muddle, for one theme.

    Attributes
    ----------
    apart : float
        Mean silhouette of its segments against the centres of all themes, -1 to 1.
    shared : float
        People of the theme who say any of its first five keywords, 0 to 1.
    n_keywords : int
    manner : float
        Function words and small change of speech among what is said more often in it, 0 to 1.
    at_edges : float
        Segments that begin or end their conversation, 0 to 1.
    of_one : float
        Segments of the person who says most of it, 0 to 1.
    """

    apart: float
    shared: float
    n_keywords: int
    manner: float
    at_edges: float
    of_one: float


class Doubt(NamedTuple):
    """Columns of table `themes`: whether a theme is muddled, and what speaks against it."""

    is_muddled: bool
    warning: str | None


def measures(
    rows: Sequence[Row],
    vectors: NDArray[np.float32],
    groups: Sequence[Sequence[int]],
    keywords: Sequence[Sequence[str]],
) -> list[Measures]:
    """Measures of each theme.

    Parameters
    ----------
    rows, vectors
        All segments, in any theme or none.
    groups : sequence of sequences of int
        The rows of each theme.
    keywords : sequence of sequences of str
        Its keywords, most telling first.
    """
    words = [frozenset(words_of(row.text)) for row in rows]
    everywhere = Counter(word for said in words for word in said)
    edges = _at_edges(rows)
    apart = _apart(vectors, groups)
    return [
        Measures(
            apart[theme],
            _shared([rows[at] for at in group], keywords[theme]),
            len(keywords[theme]),
            _manner([(rows[at].participant_id, words[at]) for at in group], everywhere, len(rows)),
            sum(at in edges for at in group) / len(group),
            max(Counter(rows[at].participant_id for at in group).values()) / len(group),
        )
        for theme, group in enumerate(groups)
    ]


def doubt(measured: Measures, stability: float | None) -> Doubt:
    """What speaks against a theme, in sentences.

    It is muddled when two things do, or when most of it is greetings and goodbyes.
    """
    at_edges = measured.at_edges > MOST_AT_EDGES
    causes = [
        (at_edges, f"{measured.at_edges:.0%} of it is how conversations begin and end."),
        (
            measured.manner > MOST_MANNER,
            "It may be a manner of speaking: mostly function words set it apart.",
        ),
        (
            measured.n_keywords < FEWEST_KEYWORDS,
            f"Fewer than {FEWEST_KEYWORDS} words set it apart.",
        ),
        (
            0 < measured.shared < LEAST_SHARED,
            f"Only {measured.shared:.0%} of its people say any of its first words.",
        ),
        (measured.apart < LEAST_APART, "Its segments are nearly as close to another theme."),
        (measured.of_one > MOST_OF_ONE, f"One person says {measured.of_one:.0%} of it."),
        (
            stability is not None and stability < LEAST_STABLE,
            "It hardly returns when other people are listened to.",
        ),
    ]
    holding = [sentence for holds, sentence in causes if holds]
    return Doubt(at_edges or len(holding) > 1, " ".join(holding) or None)


def _apart(vectors: NDArray[np.float32], groups: Sequence[Sequence[int]]) -> list[float]:
    """Mean of (b - a) / max(a, b): a the distance to the own centre, b to the nearest other.

    References
    ----------
    Hruschka, de Castro & Campello (2004), the simplified silhouette.
    """
    if len(groups) < 2:
        return [1.0] * len(groups)
    with threadpool_limits(limits=1):
        X = centred(vectors.astype(np.float64))
        centres = unit(np.stack([X[list(group)].mean(axis=0) for group in groups]))
        return [
            _silhouette(1 - X[list(group)] @ centres.T, theme) for theme, group in enumerate(groups)
        ]


def _silhouette(distances: Floats, theme: int) -> float:
    own = distances[:, theme]
    other: Floats = np.delete(distances, theme, axis=1).min(axis=1)
    widest = np.maximum(np.maximum(own, other), 1e-9)
    return round(float(((other - own) / widest).mean()), 6)


def _shared(rows: Sequence[Row], keywords: Sequence[str]) -> float:
    heads = set(keywords[:_HEADS])
    people = {row.participant_id for row in rows}
    saying = {row.participant_id for row in rows if not heads.isdisjoint(content_terms(row.text))}
    return len(saying) / len(people)


def _manner(
    said: Sequence[tuple[str, frozenset[str]]], everywhere: Mapping[str, int], n_rows: int
) -> float:
    """Share of words that tell nothing among what is said more often here, by how much more."""
    people: defaultdict[str, set[str]] = defaultdict(set)
    counts = Counter(word for _, words in said for word in words)
    for person, words in said:
        for word in words:
            people[word].add(person)
    telling = empty = 0.0
    for word in sorted(counts):
        expected = everywhere[word] * len(said) / n_rows
        lift = (counts[word] + _CHANCE_SEGMENTS) / (expected + _CHANCE_SEGMENTS)
        if len(people[word]) >= FEWEST_PEOPLE and lift >= _LEAST_LIFT:
            weight = counts[word] * float(np.log(lift))
            telling, empty = (
                (telling + weight, empty) if is_telling(word) else (telling, empty + weight)
            )
    return empty / (telling + empty) if empty else 0.0


def _at_edges(rows: Iterable[Row]) -> set[int]:
    """Segments of the first two answers and the last of each conversation that has more."""
    turns: defaultdict[str, dict[int, list[int]]] = defaultdict(dict)
    for at, row in enumerate(rows):
        if row.spans:
            turns[row.conversation_id].setdefault(row.spans[0].turn, []).append(at)
    edges: set[int] = set()
    for by_turn in turns.values():
        order = sorted(by_turn)
        if len(order) > _FIRST_ANSWERS + _LAST_ANSWERS:
            for turn in (*order[:_FIRST_ANSWERS], *order[-_LAST_ANSWERS:]):
                edges.update(by_turn[turn])
    return edges
