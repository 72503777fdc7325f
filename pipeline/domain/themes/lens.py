# pyright: standard
# scikit-learn carries no types; strict checking would flag every call.
"""The lens: what a programme already has in mind, given in words, and what people said of it.

A framework is a list of entries, each a title and a few plain phrases. Texts, their vectors and
the phrases go in; a score for every text and entry comes out. Nothing else is needed: no codebook,
no training, one text or a hundred thousand. Examples coded by people make it better.

What a score is made of, in this order:

1. *Closeness*: cosines of texts and phrases, each centred on their own kind, since all speech is
   alike and so are all headings: half the mean of the two nearest phrases, half the entry's mean.
2. *Words*: the TF-IDF overlap of word stems, at a small weight: a phrase's own word is evidence.
3. *Everyday talk*: how near a text comes to greetings and small talk, which count against it.
4. *Corpus*: a ridge from vectors to the guesses so far. Texts that are like each other are judged
   alike, though only one of them comes near a phrase.
5. *Examples*: a ridge from vectors and words, single and in pairs, to what people coded *beyond*
   the guess, "none of these" among it; texts are alike, too, where what was said and asked around
   them is. It is small where the guess is sure of what examples say.
6. *Context*: people stay with a subject until they are asked about another. What was said just
   before and after counts as much as it is probable that the subject is the same.

All is measured in units of how far closeness spreads by chance, so that frameworks, and encoders,
can be read alike; the logistic of the sum is the score.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.embedding.vectors import Encode, matrix, texts_to_embed
from pipeline.domain.themes.follow_ups import Course, course_of
from pipeline.domain.themes.frameworks import NONE, Entry, Framework
from pipeline.domain.themes.vocabulary import STOPWORDS
from pipeline.domain.validation.words import words_of
from pipeline.tables import TABLES, empty

Floats = NDArray[np.float64]

EVERYDAY = (
    "saying hello and who I am", "chatting about nothing in particular", "the weather today",
    "a cup of tea before we start", "is this thing recording", "thanks for having me",
    "that is all, nice talking to you", "where I was born and how long I have lived here",
    "what I did this morning", "what my family are called and what they do", "the dog is asleep",
    "what was on television", "where we went on holiday", "a wedding or a birthday",
    "something funny that happened", "what I bought at the shops", "the football at the weekend",
    "how things used to be in the old days", "not knowing what to say", "yes, that is right",
    "can you say the question again", "I will tell you a story", "what people are like round here",
    "the government and the news",
)  # fmt: skip
"""Talk that is about no framework's business. It also stands in for a corpus of one text."""

_NEAREST_PHRASES = 2
_WORD_WEIGHT = 0.6
_EVERYDAY_WEIGHT = 0.5
_CORPUS_WEIGHT = 0.7
_CORPUS_RIDGE = 10.0
_CORPUS_HALF = 100
"""With this many texts the corpus has half its say; with a few it has next to none."""
_GUESS_WIDTH = 0.3
_EXAMPLE_WEIGHT = 18.0
_EXAMPLE_RIDGE = 1.0
_EXAMPLE_WIDTH = 2.0
"""Chosen on the answer key, over five folds with each of three encoders."""

_EVEN_CHANCE = 6.9
_SCORE_WIDTH = 2.6
"""Fitted on public sets with half of their classes hidden, none of them this project's."""
FITS = 0.2
"""Below it, 'none of these' is as likely: the same sets, hidden classes against shown ones."""
_AS_LIKELY_NONE = _EVEN_CHANCE + _SCORE_WIDTH * math.log(FITS / (1 - FITS))
"""The evidence for an entry that fits just so."""
_SCORE_WIDTH_WITH_EXAMPLES = 4.0
"""Examples speak up: it takes more evidence for a score above `FITS` to be right as often."""
_FITS_SHARE_OF_BEST = 0.5
_DECIMALS = 6


class Told(NamedTuple):
    """What people said.

    Attributes
    ----------
    texts : sequence of str
        Question and answer.
    vectors : ndarray of shape (n, d)
        Their vectors, of unit length.
    course : Course or None
        How their conversations went; None: no text goes on with another.
    asked : ndarray of shape (n, d) or None
        What was asked, by `question_vectors`: texts like examples are found by it, too.
    """

    texts: Sequence[str]
    vectors: NDArray[np.floating]
    course: Course | None = None
    asked: Floats | None = None


class Scores(NamedTuple):
    """How much each text speaks of each entry; both of shape (n_texts, n_entries).

    Attributes
    ----------
    scores : ndarray of float
        From 0 to 1, each entry by itself: a text may speak of several, or of none. Fitted so that,
        on public sets with half of their classes hidden, a best score is right about that often.
    fits : ndarray of bool
        At least `FITS`, and half of the text's best. No entry that fits: none of these.
    """

    scores: Floats
    fits: NDArray[np.bool_]


class _Phrases(NamedTuple):
    vectors: Floats
    owners: NDArray[np.int64]
    everyday: Floats


def look(
    told: Told,
    entries: Sequence[Entry],
    encode: Encode,
    examples: Mapping[int, str] | None = None,
) -> Scores:
    """Every text's score for every entry of one framework.

    Parameters
    ----------
    told : Told
        All texts that are looked at together.
    entries : sequence of Entry
        The framework.
    encode : callable
        Phrases to unit vectors, by the encoder of the texts.
    examples : mapping
        Position of a text to the code that people gave it, or `NONE`.

    Raises
    ------
    ValueError
        If an example's code is not in the framework.
    """
    shape = (len(told.texts), len(entries))
    if not all(shape):
        return Scores(np.zeros(shape), np.zeros(shape, dtype=bool))
    with threadpool_limits(limits=1):
        phrases = _encoded(entries, encode)
        X = _centred(told.vectors, phrases.everyday)
        evidence = _closeness(X, phrases)
        evidence += _WORD_WEIGHT * _shared_words(told.texts, entries)
        evidence -= _EVERYDAY_WEIGHT * _nearness_to_everyday(X, phrases)
        evidence /= _spread(X, phrases)
        evidence = _led_by_corpus(X, evidence)
        if examples:
            targets = _targets(entries, examples)
            evidence += _told_by_examples(X, told, evidence, targets)
        evidence = told.course.lent(evidence) if told.course else evidence
    return _read(evidence, _SCORE_WIDTH_WITH_EXAMPLES if examples else _SCORE_WIDTH)


def lens_scores(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    frameworks: Sequence[Framework],
    encode: Encode,
) -> pd.DataFrame:
    """Table `lens_scores`; an example whose segment is gone is passed over."""
    if segments.empty or not frameworks:
        return empty(TABLES["lens_scores"])
    ordered = segments.sort_values("segment_id", ignore_index=True)
    vectors = matrix(embeddings.set_index("segment_id").loc[ordered["segment_id"]])
    texts = (ordered["question"] + " " + ordered["text"]).tolist()
    has_examples = any(framework.examples for framework in frameworks)
    asked = question_vectors(ordered, encode) if has_examples else None
    told = Told(texts, vectors, course_of(ordered), asked)
    place = {segment_id: at for at, segment_id in enumerate(ordered["segment_id"])}
    return pd.concat(
        [
            _rows(
                framework,
                ordered["segment_id"],
                look(
                    told,
                    framework.entries,
                    encode,
                    {
                        place[segment_id]: code
                        for segment_id, code in framework.examples.items()
                        if segment_id in place
                    },
                ),
            )
            for framework in frameworks
        ],
        ignore_index=True,
    )


def question_vectors(segments: pd.DataFrame, encode: Encode) -> Floats | None:
    """What the questions of segments have of their own, of shape (n, d): vectors less their mean.

    Zeros where nothing was asked; None where nobody was asked anything else than the others.
    """
    asked = texts_to_embed(segments.assign(text=""))
    different = sorted(set(asked) - {""})
    if len(different) < 2:
        return None
    vectors = encode(different).astype(np.float64)
    own = dict(zip(different, vectors - vectors.mean(axis=0), strict=True))
    nothing = np.zeros(vectors.shape[1])
    return np.stack([own.get(question, nothing) for question in asked])


def _rows(framework: Framework, segment_ids: pd.Series, found: Scores) -> pd.DataFrame:
    codes = [entry.code for entry in framework.entries]
    order = np.argsort(-found.scores, axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable") + 1
    return pd.DataFrame(
        {
            "segment_id": np.repeat(segment_ids.to_numpy(), len(codes)),
            "framework": framework.name,
            "code": codes * len(segment_ids),
            "score": found.scores.ravel(),
            "rank": ranks.ravel().astype(np.int32),
            "fits": found.fits.ravel(),
        }
    )


def of_wholes(scores: Floats, wholes: Sequence[str]) -> dict[str, Floats]:
    """Scores of turns or conversations: the mean of the two windows that speak of it most."""
    parts: dict[str, list[int]] = {}
    for at, whole in enumerate(wholes):
        parts.setdefault(whole, []).append(at)
    return {whole: np.sort(scores[own], axis=0)[-2:].mean(axis=0) for whole, own in parts.items()}


def fitting(scores: Floats) -> NDArray[np.bool_]:
    """Which scores of shape (n, n_entries) say that a text or a whole speaks of the entry."""
    best = scores.max(axis=1, keepdims=True)
    return (scores >= FITS) & (scores >= _FITS_SHARE_OF_BEST * best)


def _encoded(entries: Sequence[Entry], encode: Encode) -> _Phrases:
    wordings = [(at, text) for at, entry in enumerate(entries) for text in _wording(entry)]
    vectors = encode([*(text for _, text in wordings), *EVERYDAY]).astype(np.float64)
    owners = np.array([at for at, _ in wordings])
    return _Phrases(vectors[: len(wordings)], owners, vectors[len(wordings) :])


def _wording(entry: Entry) -> tuple[str, ...]:
    return (entry.title, *entry.phrases)


def _centred(vectors: NDArray[np.floating], everyday: Floats) -> Floats:
    """What all texts have in common taken out; everyday talk helps out where texts are few."""
    rows = np.asarray(vectors, dtype=np.float64)
    return _unit(rows - np.vstack([rows, everyday]).mean(axis=0))


def _closeness(X: Floats, phrases: _Phrases) -> Floats:
    """Of shape (n_texts, n_entries): cosines to the two nearest phrases and to their mean."""
    centre = phrases.vectors.mean(axis=0)
    single = X @ _unit(phrases.vectors - centre).T
    own = [phrases.owners == at for at in range(phrases.owners.max() + 1)]
    nearest = np.stack(
        [np.sort(single[:, mine], axis=1)[:, -_NEAREST_PHRASES:].mean(axis=1) for mine in own],
        axis=1,
    )
    means = np.stack([_unit(phrases.vectors[mine].mean(axis=0)) for mine in own])
    return (nearest + X @ _unit(means - means.mean(axis=0)).T) / 2


def _nearness_to_everyday(X: Floats, phrases: _Phrases) -> Floats:
    close = X @ _unit(phrases.everyday - phrases.vectors.mean(axis=0)).T
    return np.sort(close, axis=1)[:, -_NEAREST_PHRASES:].mean(axis=1, keepdims=True)


def _spread(X: Floats, phrases: _Phrases) -> float:
    """How far closeness varies over texts, and over everyday talk where texts are few."""
    talk = _unit(phrases.everyday - phrases.everyday.mean(axis=0))
    return float(_closeness(np.vstack([X, talk]), phrases).std())


def _shared_words(texts: Sequence[str], entries: Sequence[Entry]) -> Floats:
    """Cosine of TF-IDF of word stems, of shape (n_texts, n_entries)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(sublinear_tf=True)
    wordings = [_stems(" ".join(_wording(entry))) for entry in entries]
    said = [_stems(text) for text in texts]
    words.fit([*said, *wordings, *map(_stems, EVERYDAY)])
    overlap = words.transform(said) @ words.transform(wordings).T
    return overlap.toarray()


_ENDINGS = ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "ment", "ness", "ers", "er")
_SHORTEST_STEM = 3


def _stems(text: str) -> str:
    return " ".join(_stem(word) for word in words_of(text) if word not in STOPWORDS)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _led_by_corpus(X: Floats, evidence: Floats) -> Floats:
    """Add what vectors tell of the guesses of all texts, the commonest entries held back."""
    guess = _shares(evidence, _GUESS_WIDTH)
    guess /= np.sqrt(guess.sum(axis=0) + 1)
    told = X @ _ridge(X, guess - guess.mean(axis=0), _CORPUS_RIDGE)
    spread = float(told.std())
    say = _CORPUS_WEIGHT * len(X) / (len(X) + _CORPUS_HALF)
    return evidence + say * told / spread if spread > 0 else evidence


def _told_by_examples(
    X: Floats, told: Told, evidence: Floats, targets: Mapping[int, Floats]
) -> Floats:
    """What likeness to examples tells of the difference between people's codes and the guess.

    Where they tell of none of these, that counts against every entry; where they tell that it is
    not none, for no entry: they say which.
    """
    rows = sorted(targets)
    none = np.full((len(rows), 1), _AS_LIKELY_NONE)
    guess = _shares(np.hstack([evidence[rows], none]), _EXAMPLE_WIDTH)
    alike = _alike_in_vectors(X, told, rows) + _alike_in_words(told.texts, rows)
    penalty = _EXAMPLE_RIDGE * np.eye(len(rows))
    missed = np.stack([targets[at] for at in rows]) - guess
    lean: Floats = np.linalg.solve(alike[rows] + penalty, missed).astype(np.float64)
    beyond = _EXAMPLE_WEIGHT * (alike @ lean)
    return beyond[:, :-1] - np.maximum(beyond[:, -1:], 0)


def _alike_in_vectors(X: Floats, told: Told, rows: list[int]) -> Floats:
    """Mean cosine of what was said, and, in their course, of what was said and what was asked.

    Of shape (n_texts, n_examples).
    """
    views = [X]
    if told.course:
        asked = [] if told.asked is None else [told.asked]
        views += [_unit(told.course.lent(own)) for own in (X, *asked)]
    return sum((view @ view[rows].T for view in views), np.zeros((len(X), len(rows)))) / len(views)


def _alike_in_words(texts: Sequence[str], rows: list[int]) -> Floats:
    """Cosine of TF-IDF of stems and pairs of stems, of shape (n_texts, n_examples)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    said = [_stems(text) for text in texts]
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    held = words.fit([*said, *map(_stems, EVERYDAY)]).transform(said)
    return (held @ held[rows].T).toarray()


def _targets(entries: Sequence[Entry], examples: Mapping[int, str]) -> dict[int, Floats]:
    """What people coded, of shape (n_entries + 1,): each entry, and none of these."""
    codes = [*(entry.code for entry in entries), NONE]
    unknown = set(examples.values()) - {*codes}
    if unknown:
        raise ValueError(f"{len(unknown)} codes of examples are not in the framework")
    return {
        at: np.array([float(code == coded) for code in codes]) for at, coded in examples.items()
    }


def _ridge(X: Floats, targets: Floats, penalty: float) -> Floats:
    """Weights of shape (n_dimensions, n_entries) that lead from X to the targets, held small."""
    gram = X.T @ X + penalty * np.eye(X.shape[1])
    weights: Floats = np.linalg.solve(gram, X.T @ targets).astype(np.float64)
    return weights


def _shares(evidence: Floats, width: float) -> Floats:
    raised = np.exp((evidence - evidence.max(axis=1, keepdims=True)) / width)
    return raised / raised.sum(axis=1, keepdims=True)


def _read(evidence: Floats, width: float) -> Scores:
    """Scores, steeper or flatter around what fits just so."""
    odds = (1 - FITS) / FITS * np.exp((_AS_LIKELY_NONE - evidence) / width)
    scores = np.round(1 / (1 + odds), _DECIMALS)
    return Scores(scores, fitting(scores))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)
