"""Passages to be quoted or told: where they stand in the redacted turns, nothing altered."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.domain.stories.cues import Cues, cues_of, placeholder_share
from pipeline.domain.validation.segments import JOIN
from pipeline.domain.validation.sentences import Stretch, sentence_stretches
from pipeline.domain.validation.words import count_words

QUOTE_WORDS = range(8, 61)
STORY_WORDS = range(80, 401)

_MOST_SENTENCES = 4
_MOST_TURNS = 5
_STRETCH_WORDS = 30
_MOST_HIDDEN_IN_QUOTE = 0.25
_MOST_HIDDEN_IN_STORY = 0.12
_ENDS_A_SENTENCE = re.compile(r"[.!?…][\"'”\u2019)]*(?:\s|$)")
_WHOLE = 1_000_000
"""No sentence is longer: it is never cut."""


class Piece(NamedTuple):
    """Part of a redacted turn, from its first character to one past the last."""

    turn: int
    start: int
    end: int


class Passage(NamedTuple):
    """A stretch of one participant's words, in one conversation."""

    pieces: tuple[Piece, ...]
    text: str
    n_words: int


class Told(NamedTuple):
    """A passage long enough to be a story, and what marks it as one."""

    passage: Passage
    cues: Cues


def is_punctuated(text: str) -> bool:
    """Whether a turn has sentence ends; automatic transcripts often have none."""
    return _ENDS_A_SENTENCE.search(text) is not None


def sentences(text: str) -> list[Stretch]:
    """Whole sentences of a turn; without punctuation, stretches between sensible joins."""
    return sentence_stretches(text, longest=_WHOLE if is_punctuated(text) else _STRETCH_WORDS)


def quotable(turn: int, text: str, within: Stretch, known: Sequence[Stretch]) -> Iterator[Passage]:
    """Runs of whole sentences inside a stretch of a turn, of a length that can be quoted."""
    inside = [part for part in known if within.start <= part.start and part.end <= within.end]
    for first in range(len(inside)):
        for last in range(first, min(first + _MOST_SENTENCES, len(inside))):
            passage = _passage([Piece(turn, inside[first].start, inside[last].end)], {turn: text})
            if passage.n_words >= QUOTE_WORDS.stop:
                break
            if (
                passage.n_words in QUOTE_WORDS
                and placeholder_share(passage.text) <= _MOST_HIDDEN_IN_QUOTE
            ):
                yield passage


def tellable(turns: Mapping[int, str]) -> list[Told]:
    """Passages of a conversation that could be stories, best told first, none overlapping.

    Parameters
    ----------
    turns : mapping of turn to text
        All turns of one participant in one conversation; only the interviewer speaks between.
    """
    found = [Told(passage, cues_of(passage.text)) for passage in _stretches(turns)]
    found.sort(key=lambda told: (-told.cues.score, told.passage.n_words, told.passage.pieces))
    chosen: list[Told] = []
    for told in found:
        if not any(overlap(told.passage.pieces, other.passage.pieces) for other in chosen):
            chosen.append(told)
    return chosen


def overlap(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether two passages of a conversation share a character."""
    return any(a.turn == b.turn and a.start < b.end and b.start < a.end for a in one for b in other)


def _stretches(turns: Mapping[int, str]) -> Iterator[Passage]:
    order = sorted(turn for turn, text in turns.items() if text.strip())
    for first in range(len(order)):
        for last in range(first + 1, min(first + _MOST_TURNS, len(order)) + 1):
            passage = _passage([_whole(turn, turns[turn]) for turn in order[first:last]], turns)
            if passage.n_words >= STORY_WORDS.stop:
                break
            yield from _if_tellable(passage)
        yield from _inside_long_turn(order[first], turns[order[first]])


def _inside_long_turn(turn: int, text: str) -> Iterator[Passage]:
    if count_words(text) < STORY_WORDS.stop:
        return
    parts = sentences(text)
    lengths = [count_words(text[part.start : part.end]) for part in parts]
    for first in range(len(parts)):
        n_words, last = 0, first
        while last < len(parts) and n_words + lengths[last] < STORY_WORDS.stop:
            n_words += lengths[last]
            last += 1
        if n_words in STORY_WORDS:
            piece = Piece(turn, parts[first].start, parts[last - 1].end)
            yield from _if_tellable(_passage([piece], {turn: text}))


def _if_tellable(passage: Passage) -> Iterator[Passage]:
    hidden = placeholder_share(passage.text)
    if passage.n_words in STORY_WORDS and hidden <= _MOST_HIDDEN_IN_STORY:
        yield passage


def _whole(turn: int, text: str) -> Piece:
    start = len(text) - len(text.lstrip())
    return Piece(turn, start, len(text.rstrip()))


def _passage(pieces: Sequence[Piece], turns: Mapping[int, str]) -> Passage:
    text = JOIN.join(turns[piece.turn][piece.start : piece.end] for piece in pieces)
    return Passage(tuple(pieces), text, count_words(text))
