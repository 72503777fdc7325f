"""Cutting conversations into segments: windows of one person's answer to one question.

An answer is everything a participant says until the interviewer asks anew. Long answers become
overlapping windows that begin and end at sentence ends. An interpreter answers in the
participant's place: see `pipeline.domain.validation.interpreted`. Whatever does not become part
of a segment is counted, so that the words of a conversation always add up.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.validation.interpreted import with_interpreted_answers
from pipeline.domain.validation.sentences import sentence_stretches
from pipeline.domain.validation.voice import with_voices
from pipeline.domain.validation.words import count_placeholders, count_words, words_of
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty

JOIN = "\n\n"
"""Between pieces of different turns in the text of a segment."""

_MOSTLY_REDACTED_SHARE = 0.5

# Signs of listening. An interviewer turn of nothing else does not end an answer.
_BACKCHANNEL = frozenset(
    "mm mmm mhm hm hmm uh huh um oh ah aw right yeah yes yep ok okay sure i see no gosh goodness "
    "wow lovely great exactly absolutely indeed dear god really of course thank you thanks go on "
    "good fair enough me".split()
)
_LONGEST_BACKCHANNEL = 4


class Segmented(NamedTuple):
    """Tables `segments` and `exclusions`."""

    segments: pd.DataFrame
    exclusions: pd.DataFrame


class Sentence(NamedTuple):
    """One sentence where it stands."""

    turn: int
    start: int
    end: int
    text: str
    n_words: int


class Answer(NamedTuple):
    """What a participant says until the interviewer asks anew."""

    question: str
    sentences: tuple[Sentence, ...]


class Spoken(NamedTuple):
    """One redacted turn; an interpreter who answers is the participant."""

    turn: int
    role: str
    text: str


class _Left(NamedTuple):
    """A stretch that became part of no segment."""

    reason: str
    turn: int
    n_words: int


def cut_segments(
    redacted_turns: pd.DataFrame, participants: Mapping[str, str], settings: Settings
) -> Segmented:
    """Segments of the participants that may go on, and counts of all that was left out.

    Voices are told by cues alone; `with_voices` tells them anew with what an encoder hears.

    Parameters
    ----------
    redacted_turns : DataFrame
        Table `redacted_turns`; rows in any order.
    participants : mapping
        `conversation_id` to `participant_id` of those with a current consent.
    settings : Settings
        Window length, overlap and shortest segment, in words.
    """
    segments: list[dict[str, object]] = []
    exclusions: list[dict[str, object]] = []
    for conversation_id, turns in conversations(redacted_turns):
        left = [
            _Left("not_participant", t.turn, count_words(t.text))
            for t in turns
            if t.role != "participant"
        ]
        if conversation_id in participants:
            found, dropped = _segments_of(turns, settings)
            ids = {
                "conversation_id": conversation_id,
                "participant_id": participants[conversation_id],
            }
            segments += [
                ids
                | {"segment_id": f"{conversation_id}/{row['turn_start']}/{row.pop('window')}"}
                | row
                for row in found
            ]
            left += dropped
        else:
            left += [
                _Left("no_consent", t.turn, count_words(t.text))
                for t in turns
                if t.role == "participant"
            ]
        exclusions += _counted(conversation_id, left)
    cut = with_voices(_frame("segments", segments), None)
    return Segmented(cut, _frame("exclusions", exclusions))


def answers(turns: Sequence[Spoken], *, longest: int) -> Iterator[Answer]:
    """The answers of one conversation, in order, each with the question before it."""
    question: list[str] = []
    said: list[Sentence] = []
    for turn in turns:
        if turn.role == "participant":
            said += _sentences(turn, longest)
        elif not _is_backchannel(turn.text):
            if said:
                yield Answer(" ".join(question), tuple(said))
            if turn.role == "interviewer":
                question = [turn.text] if said else [*question, turn.text]
            said = []
    if said:
        yield Answer(" ".join(question), tuple(said))


def windows(sentences: Sequence[Sentence], *, longest: int, overlap: int) -> list[list[Sentence]]:
    """Runs of sentences of about equal length that together hold every sentence.

    No run has more than `longest` words unless a single sentence has; neighbours share up to
    `overlap` words.
    """
    total = sum(s.n_words for s in sentences)
    overlap = min(overlap, longest // 2)
    if total <= longest:
        return [list(sentences)]
    n_windows = -(-(total - overlap) // (longest - overlap))
    target = (total + (n_windows - 1) * overlap) / n_windows
    runs: list[list[Sentence]] = []
    start = 0
    while True:
        end = _window_end(sentences, start, target, longest)
        runs.append(list(sentences[start:end]))
        if end == len(sentences):
            return runs
        start = _overlap_start(sentences, start + 1, end, overlap)


def _window_end(sentences: Sequence[Sentence], start: int, target: float, longest: int) -> int:
    n_words = 0
    for position in range(start, len(sentences)):
        n_words += sentences[position].n_words
        if n_words > longest and position > start:
            return position
        if n_words >= target:
            rest = sum(s.n_words for s in sentences[position + 1 :])
            # A crumb at the end joins the window before it.
            return len(sentences) if n_words + rest <= longest else position + 1
    return len(sentences)


def _overlap_start(sentences: Sequence[Sentence], earliest: int, end: int, overlap: int) -> int:
    start, shared = end, 0
    while start > earliest and shared + sentences[start - 1].n_words <= overlap:
        start -= 1
        shared += sentences[start].n_words
    return start


def _segments_of(
    turns: Sequence[Spoken], settings: Settings
) -> tuple[list[dict[str, object]], list[_Left]]:
    rows: list[dict[str, object]] = []
    left: list[_Left] = []
    texts = {turn.turn: turn.text for turn in turns}
    for answer in answers(turns, longest=max(settings.window_words // 2, 10)):
        kept: set[Sentence] = set()
        why: dict[Sentence, str] = {}
        cut = windows(
            answer.sentences, longest=settings.window_words, overlap=settings.window_overlap_words
        )
        for number, window in enumerate(cut):
            reason = _reason_to_leave_out(window, settings.min_segment_words)
            if reason:
                why |= dict.fromkeys(window, reason)
            else:
                kept |= set(window)
                rows.append(_row(answer.question, window, number, texts))
        left += [_Left(reason, s.turn, s.n_words) for s, reason in why.items() if s not in kept]
    return rows, left


def _row(
    question: str, window: Sequence[Sentence], number: int, turns: Mapping[int, str]
) -> dict[str, object]:
    spans = _spans(window)
    text = JOIN.join(turns[span["turn"]][span["start"] : span["end"]] for span in spans)
    return {
        "turn_start": window[0].turn,
        "turn_end": window[-1].turn,
        "window": number,
        "question": question,
        "text": text,
        "spans": spans,
        "n_words": sum(s.n_words for s in window),
    }


def _reason_to_leave_out(window: Sequence[Sentence], shortest: int) -> str | None:
    n_words = sum(s.n_words for s in window)
    n_placeholders = sum(count_placeholders(s.text) for s in window)
    if n_placeholders and n_placeholders >= _MOSTLY_REDACTED_SHARE * (n_words + n_placeholders):
        return "mostly_redacted"
    return "too_short" if n_words < shortest else None


def _spans(window: Sequence[Sentence]) -> list[dict[str, int]]:
    """One span for each turn of the window; sentences within a turn follow one another."""
    return [
        {
            "turn": turn,
            "start": min(s.start for s in window if s.turn == turn),
            "end": max(s.end for s in window if s.turn == turn),
        }
        for turn in sorted({s.turn for s in window})
    ]


def _sentences(turn: Spoken, longest: int) -> list[Sentence]:
    return [
        Sentence(
            turn.turn, *stretch, turn.text[slice(*stretch)], count_words(turn.text[slice(*stretch)])
        )
        for stretch in sentence_stretches(turn.text, longest=longest)
    ]


def _is_backchannel(text: str) -> bool:
    words = words_of(text)
    return len(words) <= _LONGEST_BACKCHANNEL and _BACKCHANNEL.issuperset(words)


def conversations(redacted_turns: pd.DataFrame) -> Iterator[tuple[str, list[Spoken]]]:
    """The turns of each conversation, in order."""
    columns = ["conversation_id", "turn", "role", "text"]
    heard = with_interpreted_answers(redacted_turns)
    rows = cast(
        "list[tuple[str, int, str, str]]",
        list(zip(*(heard[c] for c in columns), strict=True)),
    )
    turns: defaultdict[str, list[Spoken]] = defaultdict(list)
    for conversation_id, turn, role, text in sorted(rows):
        turns[conversation_id].append(Spoken(int(turn), role, text))
    yield from turns.items()


def _counted(conversation_id: str, left: Sequence[_Left]) -> list[dict[str, object]]:
    return [
        {
            "conversation_id": conversation_id,
            "reason": reason,
            "n_turns": len({item.turn for item in left if item.reason == reason}),
            "n_words": sum(item.n_words for item in left if item.reason == reason),
        }
        for reason in sorted({item.reason for item in left})
    ]


def _frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = [column.name for column in TABLES[table].columns]
    return pd.DataFrame(list(rows), columns=columns) if rows else empty(TABLES[table])
