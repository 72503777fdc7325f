"""Passages to be quoted or told: where they stand in the redacted turns, nothing altered."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.domain.stories.cues import Cues, cues_of, is_balanced, opening, placeholder_share
from pipeline.domain.validation.segments import JOIN
from pipeline.domain.validation.sentences import Stretch, sentence_stretches
from pipeline.domain.validation.words import count_words

QUOTE_WORDS = range(8, 61)
STORY_WORDS = range(80, 401)

_MOST_SENTENCES = 4
_MOST_ANSWERS = 4
_STRETCH_WORDS = 30
_MOST_HIDDEN_IN_QUOTE = 0.25
_MOST_HIDDEN_IN_STORY = 0.12
_FEWEST_EVENTS = 3
_SCRAP = 0.5
"""What opens worse than a scrap is a reply, or points back to the question: a story may skip it."""
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
    opening: float

    @property
    def score(self) -> float:
        """How good a story it is, 0 to 1: told from life, and from its beginning."""
        return round(0.7 * self.cues.score + 0.3 * self.opening, 6)

    @property
    def is_story(self) -> bool:
        """Whether it has a beginning, something that happened and what it meant."""
        meant = self.cues.feeling or self.cues.consequence or self.cues.has_coda
        return bool(self.opening > 0 and self.cues.past_events >= _FEWEST_EVENTS and meant)

    @property
    def reasons(self) -> list[str]:
        """Codes of what marks it as a story."""
        return [*(["opens_well"] if self.opening == 1 else []), *self.cues.reasons]


class _Sentence(NamedTuple):
    piece: Piece
    n_words: int
    opening: float
    ends_answer: bool


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
                and is_balanced(passage.text)
            ):
                yield passage


def tellable(
    turns: Mapping[int, str], answers: Sequence[Sequence[int]], goes_on: Sequence[bool]
) -> list[Told]:
    """Stories of a conversation, best told first, none overlapping.

    Parameters
    ----------
    turns : mapping of turn to text
        The participant's turns.
    answers : sequence of n sequences of turns
        Turns of each answer, in order; only listening comes between them.
    goes_on : sequence of n - 1 bool
        Whether an answer goes on with what the one before it told: a story may span both.
    """
    cut = [_sentences(answer, turns) for answer in answers]
    found = [
        told
        for run in _runs(cut, goes_on)
        for passage in _stretches(run, turns)
        if (told := Told(passage, cues_of(passage.text), opening(passage.text))).is_story
    ]
    found.sort(key=lambda told: (-told.score, told.passage.n_words, told.passage.pieces))
    chosen: list[Told] = []
    for told in found:
        if not any(overlap(told.passage.pieces, other.passage.pieces) for other in chosen):
            chosen.append(told)
    return chosen


def overlap(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether two passages of a conversation share a character."""
    return any(a.turn == b.turn and a.start < b.end and b.start < a.end for a in one for b in other)


def place_id(conversation_id: str, pieces: Sequence[Piece]) -> str:
    """The id of a passage: a hash of where it stands."""
    place = "|".join([conversation_id, *(f"{p.turn}:{p.start}-{p.end}" for p in pieces)])
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def _sentences(answer: Sequence[int], turns: Mapping[int, str]) -> list[_Sentence]:
    pieces = [Piece(turn, *part) for turn in answer for part in sentences(turns[turn])]
    texts = [turns[turn][start:end] for turn, start, end in pieces]
    last = len(pieces) - 1
    return [
        _Sentence(piece, count_words(text), opening(text), at == last)
        for at, (piece, text) in enumerate(zip(pieces, texts, strict=True))
    ]


def _runs(
    answers: Sequence[Sequence[_Sentence]], goes_on: Sequence[bool]
) -> Iterator[list[_Sentence]]:
    """Each sentence that a story may begin with, and all that it may go on with."""
    for first, answer in enumerate(answers):
        last = first
        while last - first + 1 < _MOST_ANSWERS and last < len(goes_on) and goes_on[last]:
            last += 1
        after = [sentence for other in answers[first + 1 : last + 1] for sentence in other]
        for start in _beginnings(answer):
            yield [*answer[start:], *after]


def _beginnings(answer: Sequence[_Sentence]) -> Iterator[int]:
    """Sentences that a story may begin with: the answer's first, or the first after mere replies.

    What comes later rests on what was said before it. Only in an answer longer than any story may
    it begin wherever a listener can follow.
    """
    is_long = sum(sentence.n_words for sentence in answer) >= STORY_WORDS.stop
    replies_only = True
    for at, sentence in enumerate(answer):
        if replies_only or (is_long and sentence.opening == 1):
            yield at
        replies_only = replies_only and sentence.opening < _SCRAP


def _stretches(run: Sequence[_Sentence], turns: Mapping[int, str]) -> Iterator[Passage]:
    """From the first sentence to the end of each answer, or as far as a story may reach."""
    n_words = 0
    for at, sentence in enumerate(run):
        n_words += sentence.n_words
        is_full = at + 1 < len(run) and n_words + run[at + 1].n_words >= STORY_WORDS.stop
        if n_words in STORY_WORDS and (sentence.ends_answer or is_full):
            passage = _passage(_joined([s.piece for s in run[: at + 1]]), turns)
            if (
                passage.n_words in STORY_WORDS
                and placeholder_share(passage.text) <= _MOST_HIDDEN_IN_STORY
            ):
                yield passage
        if is_full:
            return


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Sentences of one turn that follow one another as one piece."""
    if not pieces:
        return []
    starts = [0, *(at for at, (a, b) in enumerate(pairwise(pieces), 1) if a.turn != b.turn)]
    ends = [*starts[1:], len(pieces)]
    return [
        Piece(pieces[start].turn, pieces[start].start, pieces[end - 1].end)
        for start, end in zip(starts, ends, strict=True)
    ]


def _passage(pieces: Sequence[Piece], turns: Mapping[int, str]) -> Passage:
    text = JOIN.join(turns[piece.turn][piece.start : piece.end] for piece in pieces)
    return Passage(tuple(pieces), text, count_words(text))
