"""What a theme is about, in words that people in it used."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.corpus import Row
from pipeline.domain.themes.vocabulary import STOPWORDS
from pipeline.domain.validation.segments import JOIN
from pipeline.domain.validation.sentences import sentence_stretches
from pipeline.domain.validation.words import PLACEHOLDER, words_of

UNNAMED = "no shared words"
"""The label of a theme whose people have no telling word in common."""

FEWEST_PEOPLE = 3
"""A word that fewer people used could point to one of them."""

_LEAST_LIFT = 2.0
_MOST_KEYWORDS = 10
_WORDS_IN_LABEL = 3
_MOST_PHRASES = 12
_PHRASE_WORDS = range(6, 26)
_SHORTEST_KEYWORD = 3

Weights = dict[str, float]


class Phrase(NamedTuple):
    """A verbatim stretch of a redacted turn, with proof."""

    conversation_id: str
    turn: int
    start: int
    end: int
    text: str
    sha256: str


def class_tf_idf(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight each term by how well it sets one theme apart from the others.

    Parameters
    ----------
    counts : ndarray of shape (n_themes, n_terms)
        How many people of each theme use each term. Every term is used by someone.

    Returns
    -------
    ndarray of shape (n_themes, n_terms)
        Weights from 0, without unit; compare within a theme.

    References
    ----------
    Grootendorst (2022), arXiv:2203.05794, with people in place of occurrences, so that nobody
    names a theme by saying a word often.
    """
    usual_theme = counts.sum(axis=1).mean()
    return counts * np.log1p(usual_theme / counts.sum(axis=0))


def term_weights(themes: Sequence[Sequence[Row]]) -> list[Weights]:
    """For each theme, its telling terms with their weights.

    A term tells when at least three people of the theme use it, and when it is said in the
    theme's segments at least twice as often as in others. Its weight is c-TF-IDF times the
    logarithm of how much more often: told stories share most of their words, and c-TF-IDF alone
    puts common ones first.
    """
    people = [_people_by_term(rows) for rows in themes]
    terms = sorted({term for by_term in people for term in by_term})
    if not terms:
        return [{} for _ in themes]
    n_people = np.array([[len(set(p.get(t, ()))) for t in terms] for p in people], float)
    n_segments = np.array([[len(p.get(t, ())) for t in terms] for p in people], float)
    lift = _lift(n_segments, np.array([[len(rows)] for rows in themes], float))
    weights = class_tf_idf(n_people) * np.log(np.maximum(lift, 1))
    tells = (n_people >= FEWEST_PEOPLE) & (lift >= _LEAST_LIFT)
    return [
        {terms[place]: float(row[place]) for place in np.flatnonzero(telling).tolist()}
        for row, telling in zip(weights, tells, strict=True)
    ]


def _lift(n_segments: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much more often a term is said in a theme's segments than in those of the others.

    Half a segment is added outside, so that a term of one theme only has a finite lift. Without
    other themes every term counts as telling.
    """
    if len(sizes) == 1:
        return np.full_like(n_segments, _LEAST_LIFT)
    outside = (n_segments.sum(axis=0) - n_segments + 0.5) / (sizes.sum() - sizes + 0.5)
    return (n_segments / sizes) / outside


def keywords(weights: Weights) -> list[str]:
    """The most telling terms, none a form or a part of another."""
    chosen: list[str] = []
    for term in sorted(weights, key=lambda term: (-weights[term], term)):
        stems = set(_stems(term))
        if not any(stems & set(_stems(other)) for other in chosen):
            chosen.append(term)
        if len(chosen) == _MOST_KEYWORDS:
            break
    return chosen


def label(words: Sequence[str]) -> str:
    """A short name: the first few keywords."""
    return ", ".join(words[:_WORDS_IN_LABEL]) or UNNAMED


def central_phrases(
    rows: Sequence[Row], centrality: Mapping[str, float], weights: Weights
) -> list[Phrase]:
    """Telling stretches of central segments, most central first, one per person.

    Parameters
    ----------
    rows : sequence of Row
        Segments of one theme.
    centrality : mapping
        `segment_id` to closeness to the theme's centre, larger is closer.
    weights : mapping
        The theme's terms, from `term_weights`.
    """
    best: dict[str, tuple[float, Phrase]] = {}
    for row in rows:
        for phrase in _candidates(row):
            score = centrality[row.segment_id] * _telling(phrase.text, weights)
            rank = (score, phrase)
            if score > 0 and rank > best.get(row.participant_id, (0.0, phrase)):
                best[row.participant_id] = rank
    ranked = sorted(best.values(), key=lambda scored: (-scored[0], scored[1]))
    return [phrase for _, phrase in ranked[:_MOST_PHRASES]]


def content_terms(text: str) -> set[str]:
    """Words that mean something, and pairs of neighbours of them."""
    words = [word.removesuffix("'s") for word in words_of(text)]
    telling = [_is_telling(word) for word in words]
    singles = {word for word, tells in zip(words, telling, strict=True) if tells}
    pairs = {
        f"{words[i]} {words[i + 1]}"
        for i in range(len(words) - 1)
        if telling[i] and telling[i + 1] and words[i] != words[i + 1]
    }
    return singles | pairs


def _is_telling(word: str) -> bool:
    known = word in STOPWORDS or word.partition("'")[0] in STOPWORDS
    return len(word) >= _SHORTEST_KEYWORD and not known and not word[0].isdigit()


def _people_by_term(rows: Iterable[Row]) -> dict[str, list[str]]:
    """For each term, who says it in each segment that holds it."""
    people: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        for term in content_terms(row.text):
            people[term].append(row.participant_id)
    return people


def _stems(term: str) -> list[str]:
    return [word.removesuffix("s").removesuffix("e").removesuffix("ing") for word in term.split()]


def _telling(text: str, weights: Weights) -> float:
    """Mean weight of the terms over all words, so that a long stretch gains nothing by length."""
    return sum(weights.get(term, 0.0) for term in content_terms(text)) / len(words_of(text))


def _candidates(row: Row) -> list[Phrase]:
    phrases: list[Phrase] = []
    place = 0
    for span in row.spans:
        piece = row.text[place : place + span.end - span.start]
        place += len(piece) + len(JOIN)
        for start, end in sentence_stretches(piece, longest=_PHRASE_WORDS[-1]):
            text = piece[start:end]
            if len(words_of(text)) in _PHRASE_WORDS and not PLACEHOLDER.search(text):
                digest = hashlib.sha256(text.encode()).hexdigest()
                where = (span.turn, span.start + start, span.start + end)
                phrases.append(Phrase(row.conversation_id, *where, text, digest))
    return phrases
