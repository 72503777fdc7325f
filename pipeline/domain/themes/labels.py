"""What a theme is about, in words that people in it used."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.corpus import Row
from pipeline.domain.themes.wording import base_forms, is_telling
from pipeline.domain.validation.segments import JOIN
from pipeline.domain.validation.sentences import sentence_stretches
from pipeline.domain.validation.words import PLACEHOLDER, words_of

UNNAMED = "no shared words"
"""The label of a theme whose people have no telling word in common."""

FEWEST_PEOPLE = 3
"""A word that fewer people used could point to one of them."""

_LEAST_LIFT = 1.25
_SHARE_OF_BEST = 0.75
"""A word names the themes in which it is said most; in others it would only say the same again."""
_CHANCE_SEGMENTS = 3.0
"""Added to what was found and what was expected: three people may say anything."""
_FORM_SHARE = 0.1
_COHERENCE = 0.5
_FEWEST_KEYWORDS = 5
_LOOSEST = 0.0
"""With that many keywords, one that goes with the others no better than chance is left out."""
_MOST_KEYWORDS = 10
_WORDS_IN_LABEL = 3
_MOST_PHRASES = 12
_FEWEST_PHRASES = 3
_SAID_BEFORE = 0.5
_CUT_OFF = 0.6
_PHRASE_WORDS = range(6, 26)

Weights = dict[str, float]


class Together(NamedTuple):
    """Who says each term, among how many people."""

    people: Mapping[str, frozenset[str]]
    n_people: int

    def fit(self, one: str, other: str) -> float:
        """How well two terms go together among as many people not yet heard, -1 to 1.

        Normalised pointwise mutual information over people, as far as it would be found again: a
        pair that n people say would be missing among others with a chance of about exp(-n), and
        then count as -1.

        References
        ----------
        Bouma (2009), Normalized (pointwise) mutual information in collocation extraction.
        """
        ours, theirs = self.people[one], self.people[other]
        both = len(ours & theirs)
        if not both:
            return -1.0
        if both == self.n_people:
            return 0.0  # said by everybody, together or not
        mutual = np.log(both * self.n_people / (len(ours) * len(theirs)))
        missing = np.exp(-both)
        return float((1 - missing) * mutual / -np.log(both / self.n_people) - missing)


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

    A term is a word or two words side by side, in all their forms. It tells when at least three
    people of the theme use it, and when it is said in the theme's segments distinctly more often
    than elsewhere. Its weight is c-TF-IDF times the logarithm of how much more often: told stories
    share most of their words, and c-TF-IDF alone puts common ones first. A form that three people
    use weighs with its term, the most usual form a little more.
    """
    bases = base_forms({word for rows in themes for row in rows for word in words_of(row.text)})
    people = [_people_by_term(rows, bases) for rows in themes]
    terms = sorted({term for by_term in people for term in by_term})
    if not terms:
        return [{} for _ in themes]
    n_people = np.array([[len(set(p.get(t, ()))) for t in terms] for p in people], float)
    n_segments = np.array([[len(p.get(t, ())) for t in terms] for p in people], float)
    lift = _lift(n_segments, np.array([[len(rows)] for rows in themes], float))
    weights = class_tf_idf(n_people) * np.log(np.maximum(lift, 1))
    tells = (n_people >= FEWEST_PEOPLE) & (
        lift >= np.maximum(_LEAST_LIFT, _SHARE_OF_BEST * lift.max(axis=0))
    )
    return [
        _by_form(
            {terms[at]: (float(row[at]), int(n[at])) for at in np.flatnonzero(telling).tolist()},
            _people_by_form(rows),
            bases,
        )
        for rows, row, n, telling in zip(themes, weights, n_people, tells, strict=True)
    ]


def _lift(n_segments: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much more often a term is said in a theme's segments than if all said it alike.

    A few segments are added on both sides, so that what three people happened to say does not
    outdo the subject of all. Without other themes every term counts as telling.
    """
    if np.count_nonzero(sizes) == 1:
        return np.full_like(n_segments, _LEAST_LIFT)
    expected = n_segments.sum(axis=0) * (sizes / max(sizes.sum(), 1.0))
    return (n_segments + _CHANCE_SEGMENTS) / (expected + _CHANCE_SEGMENTS)


def _by_form(
    terms: Mapping[str, tuple[float, int]], said: Mapping[str, set[str]], bases: Mapping[str, str]
) -> Weights:
    """Weights of the forms that three people use; a word mostly said in a pair yields to it."""
    weights: Weights = {}
    for form, people in said.items():
        weight, n_people = terms.get(_base_term(form, bases), (0.0, 1))
        if weight and len(people) >= FEWEST_PEOPLE:
            weights[form] = weight * (1 - _FORM_SHARE + _FORM_SHARE * len(people) / n_people)
    pairs = [
        (pair, word)
        for pair in weights
        for word in pair.split()
        if " " in pair and word in weights and 5 * len(said[pair]) >= 3 * len(said[word])
    ]
    for pair, word in pairs:
        weights[pair] = max(weights[pair], weights[word])
    for word in {word for _, word in pairs}:
        weights[word] /= 2
    return weights


def keywords(weights: Weights, together: Together | None = None) -> list[str]:
    """The most telling terms, none a form or a part of another.

    Parameters
    ----------
    weights : mapping
        The theme's terms, from `term_weights`.
    together : Together, optional
        Which terms are said together; terms that go with those already chosen come first then.
    """
    ranked = sorted(weights, key=lambda term: (-weights[term], term))
    most = max(weights.values(), default=1.0)
    chosen: list[str] = []
    while ranked and len(chosen) < _MOST_KEYWORDS:
        fits = {term: _fit(term, chosen, together) for term in ranked}
        best = max(ranked, key=lambda term: _COHERENCE * fits[term] + (weights[term] / most) ** 0.5)
        if len(chosen) >= _FEWEST_KEYWORDS and fits[best] < _LOOSEST:
            break
        stems = set(_stems(best))
        chosen.append(best)
        ranked = [term for term in ranked if not stems & set(_stems(term))]
    return chosen


def _fit(term: str, chosen: Sequence[str], together: Together | None) -> float:
    """Mean fit to the terms chosen so far."""
    if together is None or not chosen:
        return 0.0
    return float(np.mean([together.fit(term, other) for other in chosen]))


def said_together(themes: Sequence[Sequence[Row]], weights: Sequence[Weights]) -> Together:
    """Who says the telling terms of any theme, wherever they say them."""
    terms = {term for own in weights for term in own}
    people: defaultdict[str, set[str]] = defaultdict(set)
    for row in (row for theme in themes for row in theme):
        for term in content_terms(row.text) & terms:
            people[term].add(row.participant_id)
    everyone = {row.participant_id for theme in themes for row in theme}
    return Together({term: frozenset(people[term]) for term in terms}, len(everyone))


def is_unnamed(name: str) -> bool:
    """Whether a label, numbered or not, is none: the theme's people share no telling word."""
    return name.lower().startswith(UNNAMED)


def label(words: Sequence[str]) -> str:
    """A short name: the first few keywords."""
    return ", ".join(words[:_WORDS_IN_LABEL]) or UNNAMED


def central_phrases(
    rows: Sequence[Row], centrality: Mapping[str, float], weights: Weights
) -> list[Phrase]:
    """Telling stretches of central segments, one per person, best first.

    Each next one is chosen for what those before it do not tell, so that the first three together
    say what the theme is about. Where shared words do not make three, whole sentences of the most
    central segments follow.

    Parameters
    ----------
    rows : sequence of Row
        Segments of one theme.
    centrality : mapping
        `segment_id` to closeness to the theme's centre, larger is closer.
    weights : mapping
        The theme's terms, from `term_weights`.
    """
    left = [
        (row.participant_id, centrality[row.segment_id] * _wholeness(phrase.text), phrase)
        for row in rows
        for phrase in _candidates(row)
        if centrality[row.segment_id] > 0
    ]
    terms = {phrase: sorted(content_terms(phrase.text) & weights.keys()) for *_, phrase in left}
    fresh = dict(weights)
    chosen: list[Phrase] = []
    while len(chosen) < _MOST_PHRASES:
        ranked = [
            (round(worth * sum(fresh[term] for term in terms[phrase]), 9), phrase, who)
            for who, worth, phrase in left
        ]
        if not ranked or max(ranked)[0] <= 0:
            break
        _, best, speaker = min(ranked, key=lambda found: (-found[0], found[1]))
        chosen.append(best)
        fresh |= {term: fresh[term] * _SAID_BEFORE for term in terms[best]}
        left = [own for own in left if own[0] != speaker]
    return chosen + _nearest(left, max(_FEWEST_PHRASES - len(chosen), 0))


def _nearest(left: Sequence[tuple[str, float, Phrase]], most: int) -> list[Phrase]:
    """Whole stretches of the most central segments, however long, one per person."""

    def rank(own: tuple[str, float, Phrase]) -> tuple[float, int, Phrase]:
        _, worth, phrase = own
        nearness = round(worth * len(words_of(phrase.text)), 9)
        return (-nearness, -len(content_terms(phrase.text)), phrase)

    first: dict[str, Phrase] = {}
    for who, _, phrase in sorted(left, key=rank):
        first.setdefault(who, phrase)
    return list(first.values())[:most]


def _wholeness(text: str) -> float:
    """What a stretch is worth by its form: short, and ending as a sentence does."""
    ends = text.rstrip("\"'”’)")[-1:] in tuple(".!?…")
    return (1.0 if ends else _CUT_OFF) / len(words_of(text))


def content_terms(text: str) -> set[str]:
    """Words that mean something, and pairs of neighbours of them."""
    words = [word.removesuffix("'s") for word in words_of(text)]
    telling = [is_telling(word) for word in words]
    singles = {word for word, tells in zip(words, telling, strict=True) if tells}
    pairs = {
        f"{words[i]} {words[i + 1]}"
        for i in range(len(words) - 1)
        if telling[i] and telling[i + 1] and words[i] != words[i + 1]
    }
    return singles | pairs


def _people_by_term(rows: Iterable[Row], bases: Mapping[str, str]) -> dict[str, list[str]]:
    """For each term, who says it in each segment that holds it."""
    people: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        for term in {_base_term(form, bases) for form in content_terms(row.text)}:
            people[term].append(row.participant_id)
    return people


def _people_by_form(rows: Iterable[Row]) -> dict[str, set[str]]:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        for form in content_terms(row.text):
            people[form].add(row.participant_id)
    return people


def _base_term(term: str, bases: Mapping[str, str]) -> str:
    return " ".join(bases[word] for word in term.split())


def _stems(term: str) -> list[str]:
    return [word.removesuffix("s").removesuffix("e").removesuffix("ing") for word in term.split()]


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
