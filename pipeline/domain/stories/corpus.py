"""Everything that a choice looks at, sorted, so that row order does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.stories.passages import Piece
from pipeline.domain.stories.people import People
from pipeline.domain.stories.selection import similarity, unit
from pipeline.domain.themes.majority import OPPOSITE, majority_among
from pipeline.domain.validation.segments import Answer, answers, conversations
from pipeline.domain.validation.words import words_of
from pipeline.tables import records

Floats = NDArray[np.float64]

_WHOLE = 1_000_000
_GOES_ON_QUANTILE = 0.99
"""Two answers belong together when they are as near as one in a hundred pairs of other people's."""
_FEWEST_WORDS = 20
"""What a shorter answer is about, its vector hardly says."""
_MOST_COMPARED = 400
_LONGEST_PROMPT = 8
_PROMPTS = frozenset(
    ("then", "happened", "next", "after", "feel", "felt", "that", "how", "go", "on", "why", "and")
)


class Segment(NamedTuple):
    """A segment, and where it stands."""

    segment_id: str
    conversation_id: str
    participant_id: str
    question: str
    text: str
    spans: tuple[Piece, ...]
    n_words: int
    voice: str
    voice_score: float


class Corpus(NamedTuple):
    """What there is to choose from.

    Hidden themes have members and a centre, so that what is said in them stands not apart from
    every theme; they have no label, and nothing of theirs is chosen.

    Attributes
    ----------
    segments : list of n Segment
    vectors : ndarray of shape (n, n_dimensions)
        Centred, of unit length.
    turns : mapping of conversation to turn to text
        The participant's turns alone.
    answers : mapping of conversation to answers
        Turns of each answer, in order.
    goes_on : mapping of conversation to flags
        Whether an answer goes on with what the one before it told.
    members : mapping of theme to places in `segments`
    centres : mapping of theme to unit vector
    majority : mapping of theme to the voice of most people in it, or none
    labels, keywords : mappings of theme, live ones alone
    people : People
    """

    segments: list[Segment]
    vectors: Floats
    turns: dict[str, dict[int, str]]
    answers: dict[str, list[tuple[int, ...]]]
    goes_on: dict[str, list[bool]]
    members: dict[str, list[int]]
    centres: dict[str, Floats]
    majority: dict[str, str]
    labels: dict[str, str]
    keywords: dict[str, frozenset[str]]
    people: People

    def is_counterpoint(self, theme: str, voice: str) -> bool:
        """Whether a voice says the opposite of what most people in the theme say."""
        return voice == OPPOSITE.get(self.majority[theme])

    def smallest_first(self) -> list[str]:
        """Live themes; those of few people choose first, for theirs is the smaller choice."""
        shown = self.members.keys() & self.labels.keys()
        return sorted(shown, key=lambda theme: (len(self.members[theme]), theme))


def read_corpus(
    segments: pd.DataFrame,
    redacted_turns: pd.DataFrame,
    themes: pd.DataFrame,
    theme_assignments: pd.DataFrame,
    embeddings: pd.DataFrame,
    people: People,
    min_theme_people: int,
) -> Corpus:
    """The corpus from its tables; a segment without a vector is left out."""
    vector_of: dict[str, Any] = dict(
        zip(embeddings["segment_id"], embeddings["vector"], strict=True)
    )
    rows = records(segments.sort_values("segment_id"))
    known = [_segment(row) for row in rows if row["segment_id"] in vector_of]
    vectors = _centred([vector_of[segment.segment_id] for segment in known])
    live = themes[themes["status"].eq("live")].sort_values("theme_id")
    labels: dict[str, str] = dict(zip(live["theme_id"], live["label"], strict=True))
    hidden = themes.loc[themes["status"].eq("hidden"), "theme_id"]
    members = _members(known, theme_assignments, {*labels, *hidden})
    turns, said = _spoken(redacted_turns, {segment.conversation_id for segment in known})
    return Corpus(
        known,
        vectors,
        turns,
        {conversation: [_turns_of(answer) for answer in own] for conversation, own in said.items()},
        _goes_on(known, vectors, said),
        members,
        {theme: unit(vectors[at].mean(axis=0)[None, :])[0] for theme, at in members.items()},
        {theme: _majority(known, at, min_theme_people) for theme, at in members.items()},
        labels,
        dict(zip(live["theme_id"], map(_words_in, live["keywords"]), strict=True)),
        people,
    )


def _segment(row: Mapping[str, Any]) -> Segment:
    return Segment(
        row["segment_id"],
        row["conversation_id"],
        row["participant_id"],
        row["question"],
        row["text"],
        tuple(Piece(int(s["turn"]), int(s["start"]), int(s["end"])) for s in row["spans"]),
        int(row["n_words"]),
        row["voice"],
        float(row["voice_score"]),
    )


def _centred(vectors: Sequence[Any]) -> Floats:
    if not vectors:
        return np.zeros((0, 0))
    rows = np.stack([np.asarray(vector, dtype=np.float64) for vector in vectors])
    return unit(rows - rows.mean(axis=0))


def _words_in(keywords: Iterable[str]) -> frozenset[str]:
    return frozenset(word for keyword in keywords for word in keyword.lower().split())


def _members(
    segments: Sequence[Segment], assignments: pd.DataFrame, themes: Set[str]
) -> dict[str, list[int]]:
    position = {segment.segment_id: at for at, segment in enumerate(segments)}
    members: dict[str, list[int]] = {}
    pairs = zip(assignments["theme_id"], assignments["segment_id"], strict=True)
    for theme_id, segment_id in sorted(set(pairs)):
        if theme_id in themes and segment_id in position:
            members.setdefault(theme_id, []).append(position[segment_id])
    return {theme: sorted(at) for theme, at in members.items()}


def _majority(segments: Sequence[Segment], members: Sequence[int], fewest: int) -> str:
    told = ((segments[at].participant_id, segments[at].voice) for at in members)
    return majority_among(told, fewest).voice or "none"


# Answers, and which go on with the one before


def _spoken(
    redacted_turns: pd.DataFrame, wanted: Set[str]
) -> tuple[dict[str, dict[int, str]], dict[str, list[Answer]]]:
    turns: dict[str, dict[int, str]] = {}
    said: dict[str, list[Answer]] = {}
    for conversation, spoken in conversations(redacted_turns):
        if conversation in wanted:
            own = [turn for turn in spoken if turn.role == "participant" and turn.text.strip()]
            turns[conversation] = {turn.turn: turn.text for turn in own}
            said[conversation] = list(answers(spoken, longest=_WHOLE))
    return turns, said


def _turns_of(answer: Answer) -> tuple[int, ...]:
    return tuple(sorted({sentence.turn for sentence in answer.sentences}))


def _goes_on(
    segments: Sequence[Segment], vectors: Floats, said: Mapping[str, Sequence[Answer]]
) -> dict[str, list[bool]]:
    by_turn: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, segment in enumerate(segments):
        for turn in {piece.turn for piece in segment.spans}:
            by_turn[segment.conversation_id, turn].append(at)
    middles: dict[str, list[Floats | None]] = {}
    for conversation, own in said.items():
        inside = [
            sorted({at for turn in _turns_of(answer) for at in by_turn[conversation, turn]})
            for answer in own
        ]
        middles[conversation] = [_middle(segments, vectors, at) for at in inside]
    near = _near_by_chance(middles)
    return {
        conversation: [
            _is_prompt(after.question) or _closeness(one, other) >= near
            for after, one, other in zip(
                own[1:], middles[conversation], middles[conversation][1:], strict=False
            )
        ]
        for conversation, own in said.items()
    }


def _middle(segments: Sequence[Segment], vectors: Floats, at: Sequence[int]) -> Floats | None:
    """Where an answer lies; None: too short to say."""
    if sum(segments[place].n_words for place in at) < _FEWEST_WORDS:
        return None
    return unit(vectors[list(at)].mean(axis=0)[None, :])[0]


def _near_by_chance(middles: Mapping[str, Sequence[Floats | None]]) -> float:
    """How near one in a hundred pairs of different people's answers are; above 1: there is none."""
    known = [
        (conversation, middle)
        for conversation, own in sorted(middles.items())
        for middle in own
        if middle is not None
    ]
    known = known[:: max(len(known) // _MOST_COMPARED, 1)]
    if not known:
        return 2.0
    rows = np.stack([middle for _, middle in known])
    names = np.array([conversation for conversation, _ in known])
    apart = names[:, None] != names[None, :]
    return (
        float(np.quantile(similarity(rows, rows)[apart], _GOES_ON_QUANTILE)) if apart.any() else 2.0
    )


def _closeness(one: Floats | None, other: Floats | None) -> float:
    if one is None or other is None:
        return -1.0
    return float(similarity(one[None, :], other[None, :])[0, 0])


def _is_prompt(question: str) -> bool:
    """Whether the interviewer only asks to go on: "And what happened then?"."""
    words = words_of(question)
    return len(words) <= _LONGEST_PROMPT and len(_PROMPTS.intersection(words)) >= 2
