# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# scipy carries no types.
"""How interviewers listen, as feedback for their training: counts of words, questions and times.

A conversation counts once, however long. Interviewers with few conversations are told of together,
and nobody is ranked: what a number means depends on whom somebody was sent to.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, median, stdev
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.governance.questions import SUGGESTING, questions
from pipeline.domain.stories.cues import cues_of
from pipeline.domain.themes.counting import wilson
from pipeline.domain.validation.words import count_words
from pipeline.tables import frame_of, records

FEWEST_CONVERSATIONS = 3
OTHERS, MEDIAN = "others together", "programme median"

_STORY_WORDS, _STORY_SCORE = 60, 0.6
"""A turn at least so long, in which so much is told from life, is a story; 80 words may be written
over two turns."""

_CUT_S = 0.5
"""Clocks of transcripts are no finer: who begins so much sooner than the other ends, cuts in."""

_TIMED = 0.9


class Turn(NamedTuple):
    """One redacted turn, with its words counted."""

    role: str
    text: str
    n_words: int
    start_s: float | None
    end_s: float | None


class Listened(NamedTuple):
    """How one conversation was listened to; None: nothing to say it by."""

    talk_share: float | None
    n_questions: int
    open_question_share: float | None
    leading_share: float | None
    questions_per_1000_words: float | None
    words_per_answer: float | None
    longest_turn_words: float | None
    words_to_first_story: float | None
    minutes_to_first_story: float | None
    interruptions_per_hour: float | None


def listened(turns: Sequence[Turn]) -> Listened:
    """What one conversation says of its interviewer.

    Parameters
    ----------
    turns : sequence of Turn
        All of one conversation, in order. Who speaks beside the two, such as an interpreter, is
        left out of the shares.
    """
    told = [turn.n_words for turn in turns if turn.role == "participant" and turn.n_words]
    asked = [turn for turn in turns if turn.role == "interviewer"]
    kinds = [kind for turn in asked for kind in questions(turn.text)]
    n_told, n_asked = sum(told), sum(turn.n_words for turn in asked)
    first = next((at for at, turn in enumerate(turns) if is_story(turn)), None)
    return Listened(
        talk_share=_over(n_told, n_told + n_asked) if asked else None,
        n_questions=len(kinds),
        open_question_share=_over(kinds.count("open"), len(kinds)),
        leading_share=_over(sum(kind in SUGGESTING for kind in kinds), len(kinds)),
        questions_per_1000_words=_over(1000 * len(kinds), n_told) if asked else None,
        words_per_answer=float(median(told)) if told else None,
        longest_turn_words=float(max(told)) if told else None,
        words_to_first_story=None if first is None else float(_words(turns[:first])),
        minutes_to_first_story=None if first is None else _minutes_before(turns, first),
        interruptions_per_hour=_interruptions(turns),
    )


def is_story(turn: Turn) -> bool:
    """Whether a turn is long enough, and told enough from life, to be a story."""
    is_long = turn.role == "participant" and turn.n_words >= _STORY_WORDS
    return is_long and cues_of(turn.text).score >= _STORY_SCORE


def _over(n: float, of: float) -> float | None:
    return n / of if of else None


def _words(turns: Iterable[Turn]) -> int:
    return sum(turn.n_words for turn in turns)


def _minutes_before(turns: Sequence[Turn], first: int) -> float | None:
    begin, then = turns[0].start_s, turns[first].start_s
    return None if begin is None or then is None else max(then - begin, 0.0) / 60


def _interruptions(turns: Sequence[Turn]) -> float | None:
    """Turns of the interviewer that begin while the participant still speaks, for an hour."""
    timed = [turn for turn in turns if turn.start_s is not None and turn.end_s is not None]
    if not timed or len(timed) < _TIMED * len(turns):
        return None
    spans = [(turn.role, turn.start_s or 0.0, turn.end_s or 0.0) for turn in timed]
    hours = (max(end for *_, end in spans) - min(start for _, start, _ in spans)) / 3600
    cuts = sum(
        role == "interviewer" and before == "participant" and start < end - _CUT_S
        for (before, _, end), (role, start, _) in pairwise(spans)
    )
    return cuts / hours if hours > 0 else None


# By interviewer


def listening(
    turns: pd.DataFrame, participants: pd.DataFrame, call: Callable[[str], str]
) -> pd.DataFrame:
    """Table `interviewers`; without rows where fewer conversations than are told of were heard."""
    return frame_of("interviewers", interviewers(turns, participants, call))


def interviewers(
    turns: pd.DataFrame, participants: pd.DataFrame, call: Callable[[str], str]
) -> list[dict[str, object]]:
    """Rows of table `interviewers`.

    Parameters
    ----------
    turns : DataFrame
        Table `redacted_turns` of the conversations that may be heard.
    call : function of an interviewer's id
        What they are called in the table; their rows stand in this order.
    """
    heard = _conversations(turns)
    if len(heard) < FEWEST_CONVERSATIONS:
        return []
    ids = participants.dropna(subset=["interviewer_id"])
    who = dict(zip(ids["conversation_id"], ids["interviewer_id"], strict=True))
    own: dict[str, list[Listened]] = {}
    for conversation in sorted(heard):
        own.setdefault(who.get(conversation, ""), []).append(heard[conversation])
    named = {i for i, many in own.items() if i and len(many) >= FEWEST_CONVERSATIONS}
    rest = [one for i, many in sorted(own.items()) if i not in named for one in many]
    rows = [_row(call(i), "interviewer", own[i]) for i in sorted(named, key=call)]
    rows += [_row(OTHERS, "others", rest)] if len(rest) >= FEWEST_CONVERSATIONS else []
    return [*rows, _medians(list(heard.values()))]


def _conversations(turns: pd.DataFrame) -> dict[str, Listened]:
    ordered = turns.sort_values(["conversation_id", "turn"], kind="stable")
    found: dict[str, list[Turn]] = {}
    for row in records(ordered):
        found.setdefault(row["conversation_id"], []).append(_turn(row))
    return {conversation: listened(own) for conversation, own in found.items()}


def _turn(row: Mapping[str, Any]) -> Turn:
    start, end = (None if pd.isna(row[name]) else float(row[name]) for name in ("start_s", "end_s"))
    return Turn(row["role"], row["text"], count_words(row["text"]), start, end)


_SHARES = {"talk_share": "talk", "open_question_share": "open", "leading_share": "leading"}
_MEANS = (
    "questions_per_1000_words", "words_per_answer", "longest_turn_words", "words_to_first_story",
    "minutes_to_first_story", "interruptions_per_hour",
)  # fmt: skip


def _row(interviewer: str, kind: str, many: Sequence[Listened]) -> dict[str, object]:
    row: dict[str, object] = {
        "interviewer": interviewer,
        "kind": kind,
        "n_conversations": len(many),
        "first_story_share": _stories(many),
    }
    for name, short in _SHARES.items():
        values = _known(many, name)
        n_questions = 0 if name == "talk_share" else sum(one.n_questions for one in many)
        low, high = _interval(values, n_questions) if values else (None, None)
        row |= {name: _rounded(values, fmean), f"{short}_low": low, f"{short}_high": high}
    return row | {name: _rounded(_known(many, name), fmean) for name in _MEANS}


def _medians(many: Sequence[Listened]) -> dict[str, object]:
    """The middle of all conversations, to read an interviewer's row beside."""
    ends = {f"{short}_{end}": None for short in _SHARES.values() for end in ("low", "high")}
    return {
        "interviewer": MEDIAN,
        "kind": "median",
        "n_conversations": len(many),
        "first_story_share": _stories(many),
        **ends,
        **{name: _rounded(_known(many, name), median) for name in (*_SHARES, *_MEANS)},
    }


def _stories(many: Sequence[Listened]) -> float:
    return round(len(_known(many, "words_to_first_story")) / len(many), 6)


def _known(many: Sequence[Listened], name: str) -> list[float]:
    return [value for one in many if (value := getattr(one, name)) is not None]


def _rounded(values: Sequence[float], middle: Any) -> float | None:
    return round(float(middle(values)), 6) if values else None


def _interval(values: Sequence[float], n_questions: int) -> tuple[float | None, float | None]:
    """Student's 95 % interval of the mean; of questions, no narrower than so few of them allow."""
    from scipy.stats import t

    if len(values) == 1:
        return None, None
    middle = fmean(values)
    half = float(t.isf(0.025, len(values) - 1)) * stdev(values) / sqrt(len(values))
    low, high = middle - half, middle + half
    if n_questions:
        share = wilson(round(middle * n_questions), n_questions)
        low, high = min(low, share.low), max(high, share.high)
    return round(max(low, 0.0), 6), round(min(high, 1.0), 6)
