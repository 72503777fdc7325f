"""Quotes: the few whole sentences by which readers will remember a theme."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from pipeline.domain.stories.corpus import Corpus
from pipeline.domain.stories.cues import OPENS, craft, cues_of, opening
from pipeline.domain.stories.passages import (
    Passage,
    Piece,
    is_punctuated,
    overlap,
    place_id,
    quotable,
    sentences,
)
from pipeline.domain.stories.selection import similarity, spread
from pipeline.domain.themes.vocabulary import STOPWORDS
from pipeline.domain.validation.sentences import Stretch
from pipeline.domain.validation.words import words_of

_CENTRAL_QUANTILE = 0.5
_MAJORITY_BY = 2
_COUNTERPOINT_BY = 3
"""Positions in a theme's quotes by which what most say, and a counterpoint, are heard, if told."""
_TELLING_WORDS = 3
_WEAK_OPENING = 2.0
"""More than all else that a quote can be worth: whoever can be quoted from a beginning, is."""
_IN_THEME_WORDS = 0.5

T = TypeVar("T")
Sentences = Mapping[tuple[str, int], Sequence[Stretch]]


class _Quote(NamedTuple):
    segment: int
    piece: Piece
    passage: Passage
    score: float
    is_central: bool
    in_theme_words: bool
    adds_group: bool = False


class _Used(NamedTuple):
    """What earlier themes have taken: pieces of a conversation, and how often each person."""

    pieces: defaultdict[str, list[Piece]]
    times: Counter[str]


def choose_quotes(corpus: Corpus, most: int) -> list[dict[str, Any]]:
    """Rows of table `quotes`: for each live theme one a person, best first."""
    used = _Used(defaultdict(list), Counter())
    known = {
        (conversation, turn): sentences(text)
        for conversation, turns in corpus.turns.items()
        for turn, text in turns.items()
    }
    words = _theme_words(corpus)
    rows: list[dict[str, Any]] = []
    for theme in corpus.smallest_first():
        pool = _pool(corpus, theme, known, words[theme])
        for position, quote in enumerate(_ranked(corpus, theme, pool, used, most), start=1):
            segment = corpus.segments[quote.segment]
            used.pieces[segment.conversation_id].append(quote.piece)
            used.times[segment.participant_id] += 1
            rows.append(_row(corpus, theme, quote, len(pool), position))
    return rows


def _theme_words(corpus: Corpus) -> dict[str, dict[str, float]]:
    """For each live theme its words, each by how many more of its people say it than of all."""
    said = [{w for w in words_of(s.text) if w not in STOPWORDS} for s in corpus.segments]
    everybody = _share_of_people(corpus, said, range(len(said)))
    return {
        theme: {
            word: share - everybody[word]
            for word, share in _share_of_people(corpus, said, corpus.members[theme]).items()
            if share > everybody[word]
        }
        for theme in corpus.smallest_first()
    }


def _share_of_people(
    corpus: Corpus, said: Sequence[set[str]], places: Sequence[int]
) -> dict[str, float]:
    people: dict[str, set[str]] = defaultdict(set)
    for at in places:
        people[corpus.segments[at].participant_id] |= said[at]
    counts = Counter(word for words in people.values() for word in words)
    return {word: n / len(people) for word, n in counts.items()}


def _pool(corpus: Corpus, theme: str, known: Sentences, words: Mapping[str, float]) -> list[_Quote]:
    members = corpus.members[theme]
    close = similarity(corpus.vectors[members], corpus.centres[theme][None, :])[:, 0]
    central = float(np.quantile(close, _CENTRAL_QUANTILE))
    full = sum(sorted(words.values())[-_TELLING_WORDS:])
    pool: list[_Quote] = []
    for at, near in zip(members, close.tolist(), strict=True):
        segment = corpus.segments[at]
        turns = corpus.turns.get(segment.conversation_id, {})
        for span in segment.spans:
            text = turns.get(span.turn, "")
            within = Stretch(span.start, span.end)
            for passage in quotable(
                span.turn, text, within, known.get((segment.conversation_id, span.turn), ())
            ):
                told = _in_words(passage.text, words, full, corpus.keywords[theme])
                opens = opening(passage.text)
                weak = _WEAK_OPENING * (opens < OPENS)
                worth = 0.25 * near + 0.45 * craft(passage.text, opens) + 0.3 * told - weak
                piece = passage.pieces[0]
                on_theme = told >= _IN_THEME_WORDS
                pool.append(_Quote(at, piece, passage, round(worth, 6), near >= central, on_theme))
    return pool


def _in_words(
    text: str, words: Mapping[str, float], full: float, keywords: frozenset[str]
) -> float:
    """How much a quote is in the theme's own words, 0 to 1; a keyword is half of it."""
    said = set(words_of(text))
    telling = sum(sorted(words.get(word, 0.0) for word in said)[-_TELLING_WORDS:])
    named = bool(keywords & said)
    return min(0.5 * named + (telling / full if full else 0.0), 1.0)


def _ranked(
    corpus: Corpus, theme: str, pool: Sequence[_Quote], used: _Used, most: int
) -> list[_Quote]:
    """One quote a person, ranked so that the first few already stand for the theme."""
    best: dict[str, _Quote] = {}
    for quote in sorted(pool, key=lambda quote: (-quote.score, quote.segment, quote.piece)):
        segment = corpus.segments[quote.segment]
        if not overlap([quote.piece], used.pieces.get(segment.conversation_id, ())):
            best.setdefault(segment.participant_id, quote)
    people = sorted(best)
    quotes = [best[person] for person in people]
    if not quotes:
        return []
    order = spread(
        [quote.score for quote in quotes],
        people,
        similarity(
            corpus.vectors[[q.segment for q in quotes]], corpus.vectors[corpus.members[theme]]
        ),
        groups=corpus.people.groups,
        times_used=used.times,
        most=most,
    )
    ranked = [quotes[choice.at]._replace(adds_group=choice.adds_group) for choice in order]
    return _with_both_sides(corpus, theme, ranked)


def _with_both_sides(corpus: Corpus, theme: str, ranked: list[_Quote]) -> list[_Quote]:
    """The first quote of what most people say, and the first counterpoint, early enough."""
    voices = [_voice(corpus, quote) for quote in ranked]
    of_most = [voice == corpus.majority[theme] for voice in voices]
    ranked = moved_up(ranked, of_most, _MAJORITY_BY - 1)
    against = [corpus.is_counterpoint(theme, _voice(corpus, quote)) for quote in ranked]
    return moved_up(ranked, against, _COUNTERPOINT_BY - 1)


def moved_up(ranked: list[T], wanted: Sequence[bool], place: int) -> list[T]:
    """The first that is wanted moved to the place, from 0, if none stands there or before."""
    first = wanted.index(True) if True in wanted else 0
    if first <= place:
        return ranked
    rest = ranked[:first] + ranked[first + 1 :]
    return [*rest[:place], ranked[first], *rest[place:]]


def _voice(corpus: Corpus, quote: _Quote) -> str:
    return corpus.segments[quote.segment].voice


def _row(
    corpus: Corpus, theme: str, quote: _Quote, pool_size: int, position: int
) -> dict[str, Any]:
    segment = corpus.segments[quote.segment]
    text = quote.passage.text
    is_counterpoint = corpus.is_counterpoint(theme, segment.voice)
    return {
        "quote_id": place_id(segment.conversation_id, (quote.piece,)),
        "conversation_id": segment.conversation_id,
        "participant_id": segment.participant_id,
        "theme_id": theme,
        "segment_id": segment.segment_id,
        "turn": quote.piece.turn,
        "start": quote.piece.start,
        "end": quote.piece.end,
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "voice": segment.voice,
        "n_words": quote.passage.n_words,
        "reasons": _reasons(corpus, quote, position, is_counterpoint=is_counterpoint),
        "is_counterpoint": is_counterpoint,
        "pool_size": pool_size,
        "position": position,
    }


def _reasons(corpus: Corpus, quote: _Quote, position: int, *, is_counterpoint: bool) -> list[str]:
    segment, cues = corpus.segments[quote.segment], cues_of(quote.passage.text)
    turn_text = corpus.turns[segment.conversation_id][quote.piece.turn]
    reasons = {
        "near_theme_centre": quote.is_central,
        "in_theme_words": quote.in_theme_words,
        "stands_for_others": position > 1,
        "adds_group": quote.adds_group,
        "other_voice": is_counterpoint,
        "opens_well": opening(quote.passage.text) == 1,
        "first_person": cues.first_person > 0,
        "feeling": cues.feeling > 0,
        "consequence": cues.consequence > 0,
        "clause_bounded": not is_punctuated(turn_text),
    }
    return [code for code, holds in reasons.items() if holds]
