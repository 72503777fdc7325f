"""Clips for the film that opens an event: where in which recording somebody tells of a touchpoint.

A transcript knows when a turn begins and often when it ends. Where words are a part of a turn, or
its end is unknown, times are worked out and marked so: an editor must listen first.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal, NamedTuple, TypeVar

import pandas as pd

from pipeline.domain.codesign.touchpoints import Heard
from pipeline.tables import TABLES, empty, records

MOST_SECONDS = 30 * 60
"""Of a whole film, after the guides to Experience Based Co-design."""
MOST_SECONDS_OF_A_CLIP = 5 * 60
MOST_CLIPS_OF_A_PERSON = 3
MOST_IN_A_PLACE = 3
"""Clips of one voice at one touchpoint."""

VOICES = ("good", "improve")
"""In this order at each touchpoint: what helped, beside what could be improved."""

_DECIMALS = 1

T = TypeVar("T")


class Timed(NamedTuple):
    """A stretch of a recording, in seconds."""

    start_s: float
    end_s: float
    is_estimated: bool


class _Clip(NamedTuple):
    """What a clip is of; smaller ones are preferred."""

    rank: int
    told_id: str
    kind: str
    conversation_id: str
    participant_id: str
    touchpoint: str
    voice: str
    turn: int
    time: Timed


class _Turn(NamedTuple):
    time: Timed
    length: int


class _Piece(NamedTuple):
    turn: int
    start: int
    end: int


def timecode(seconds: float) -> str:
    """Seconds as an editor reads them: h:mm:ss."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def trigger_clips(
    heard: Heard,
    quotes: pd.DataFrame,
    stories: pd.DataFrame,
    segments: pd.DataFrame,
    redacted_turns: pd.DataFrame,
    agreed: set[str],
) -> pd.DataFrame:
    """Table `trigger_clips`: all that could be in the film, longer than it; see `film`.

    Parameters
    ----------
    segments : DataFrame
        Table `segments`: a story is at the touchpoints of the segments that it shares words with.
    redacted_turns : DataFrame
        All turns of these conversations, of everybody who speaks.
    agreed : set of str
        Conversations whose consent covers story and film at a co-design event.
    """
    clock = _clock(redacted_turns[redacted_turns["conversation_id"].isin(agreed)])
    told = [
        *_of_quotes(heard, quotes[quotes["conversation_id"].isin(agreed)], clock),
        *_of_stories(heard, stories[stories["conversation_id"].isin(agreed)], segments, clock),
    ]
    places = {entry.code: at for at, entry in enumerate(heard.journey)}
    titles = {entry.code: entry.title for entry in heard.journey}
    cells: defaultdict[tuple[int, str], list[_Clip]] = defaultdict(list)
    for clip in sorted(told):
        cells[places[clip.touchpoint], clip.voice].append(clip)
    ordered = [
        clip
        for place in range(len(places))
        for clip in _taking_turns([_by_kind(cells[place, voice]) for voice in VOICES])
    ]
    rows = [_row(c, titles[c.touchpoint], at) for at, c in enumerate(ordered, start=1)]
    names = pd.Index([column.name for column in TABLES["trigger_clips"].columns])
    return pd.DataFrame(rows, columns=names) if rows else empty(TABLES["trigger_clips"])


def film(clips: pd.DataFrame) -> pd.DataFrame:
    """The clips of one film: half an hour at most, touchpoints, voices and people taking turns.

    Parameters
    ----------
    clips : DataFrame
        Table `trigger_clips`, or what may leave of it.
    """
    ordered = clips.sort_values("position", ignore_index=True)
    cells: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, place in enumerate(zip(ordered["touchpoint"], ordered["voice"], strict=True)):
        cells[place].append(at)
    rows, chosen = records(ordered), list[int]()
    seconds, people = 0.0, Counter[str]()
    for at in _taking_turns([own[:MOST_IN_A_PLACE] for own in cells.values()]):
        person, lasts = rows[at]["participant_id"], rows[at]["seconds"]
        if people[person] < MOST_CLIPS_OF_A_PERSON and seconds + lasts <= MOST_SECONDS:
            chosen.append(at)
            people[person] += 1
            seconds += lasts
    kept = ordered.loc[sorted(chosen)]
    return kept.assign(position=range(1, len(kept) + 1))


def _taking_turns(queues: Sequence[Sequence[T]]) -> list[T]:
    """The first of each queue, then the second of each, and so on."""
    rounds = zip_longest(*queues, fillvalue=None)
    return [one for each in rounds for one in each if one is not None]


def _by_kind(clips: Sequence[_Clip]) -> list[_Clip]:
    """Quotes and stories in turns."""
    return _taking_turns([[c for c in clips if c.kind == kind] for kind in ("quote", "story")])


def _of_quotes(
    heard: Heard, quotes: pd.DataFrame, clock: Mapping[tuple[str, int], _Turn]
) -> Iterator[_Clip]:
    for row in records(quotes[quotes["segment_id"].isin(heard.places)]):
        piece = _Piece(int(row["turn"]), int(row["start"]), int(row["end"]))
        time = _time_of([piece], row["conversation_id"], clock)
        if time and row["voice"] in VOICES:
            code = heard.places[row["segment_id"]][0].code
            yield _clip("quote", int(row["position"]), row, code, piece.turn, time)


def _of_stories(
    heard: Heard,
    stories: pd.DataFrame,
    segments: pd.DataFrame,
    clock: Mapping[tuple[str, int], _Turn],
) -> Iterator[_Clip]:
    spoken = _spoken(segments[segments["segment_id"].isin(heard.places)])
    for row in records(stories):
        pieces = [_Piece(int(p["turn"]), int(p["start"]), int(p["end"])) for p in row["offsets"]]
        code = _touchpoint(heard, pieces, spoken.get(row["conversation_id"], ()))
        time = _time_of(pieces, row["conversation_id"], clock)
        if time and code and row["voice"] in VOICES:
            yield _clip("story", int(row["n_words"]), row, code, pieces[0].turn, time)


def _clip(
    kind: Literal["quote", "story"],
    rank: int,
    row: Mapping[str, Any],
    touchpoint: str,
    turn: int,
    time: Timed,
) -> _Clip:
    whose = (row["conversation_id"], row["participant_id"])
    return _Clip(rank, row[f"{kind}_id"], kind, *whose, touchpoint, row["voice"], turn, time)


def _row(clip: _Clip, title: str, position: int) -> dict[str, object]:
    own = hashlib.sha256(f"clip|{clip.kind}|{clip.told_id}".encode()).hexdigest()
    return {
        "clip_id": own[:16],
        "position": position,
        "conversation_id": clip.conversation_id,
        "participant_id": clip.participant_id,
        "touchpoint": clip.touchpoint,
        "title": title,
        "voice": clip.voice,
        "kind": clip.kind,
        "quote_id": clip.told_id if clip.kind == "quote" else None,
        "story_id": clip.told_id if clip.kind == "story" else None,
        "turn": clip.turn,
        "seconds": round(clip.time.end_s - clip.time.start_s, _DECIMALS),
        **clip.time._asdict(),
    }


def _spoken(segments: pd.DataFrame) -> dict[str, list[tuple[str, list[_Piece]]]]:
    """Segments of each conversation and where their words stand."""
    found: defaultdict[str, list[tuple[str, list[_Piece]]]] = defaultdict(list)
    for row in records(segments):
        spans = [_Piece(int(s["turn"]), int(s["start"]), int(s["end"])) for s in row["spans"]]
        found[row["conversation_id"]].append((row["segment_id"], spans))
    return dict(found)


def _touchpoint(
    heard: Heard, pieces: Sequence[_Piece], spoken: Sequence[tuple[str, list[_Piece]]]
) -> str | None:
    """The touchpoint that the story's segments speak of most surely, all together."""
    total: defaultdict[str, float] = defaultdict(float)
    for segment_id, spans in spoken:
        if any(_overlap(one, other) for one in pieces for other in spans):
            for place in heard.places[segment_id]:
                total[place.code] += place.score
    ranked = sorted(total.items(), key=lambda entry: (-round(entry[1], 6), entry[0]))
    return ranked[0][0] if ranked else None


def _overlap(one: _Piece, other: _Piece) -> bool:
    return one.turn == other.turn and one.start < other.end and other.start < one.end


def _clock(redacted_turns: pd.DataFrame) -> dict[tuple[str, int], _Turn]:
    """When each turn is said; without an end of its own it lasts until the next turn begins."""
    known: dict[tuple[str, int], _Turn] = {}
    for conversation, turns in redacted_turns.sort_values("turn").groupby("conversation_id"):
        next_begins = math.inf
        for row in reversed(records(turns)):
            start, own_end = _number(row["start_s"]), _number(row["end_s"])
            end = next_begins if own_end is None else own_end
            if start is not None and start < end < math.inf:
                time = Timed(start, end, own_end is None)
                known[str(conversation), int(row["turn"])] = _Turn(time, len(row["text"]))
            next_begins = next_begins if start is None else start
    return known


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _time_of(
    pieces: Sequence[_Piece], conversation: str, clock: Mapping[tuple[str, int], _Turn]
) -> Timed | None:
    """From where the first piece begins to where the last one ends."""
    first, last = pieces[0], pieces[-1]
    begun, ended = clock.get((conversation, first.turn)), clock.get((conversation, last.turn))
    if begun is None or ended is None:
        return None
    start = math.floor(_moment(begun, first.start) * 10**_DECIMALS) / 10**_DECIMALS
    end = math.ceil(_moment(ended, last.end) * 10**_DECIMALS) / 10**_DECIMALS
    is_cut = first.start > 0 or last.end < ended.length
    lasts = 0 < end - start <= MOST_SECONDS_OF_A_CLIP
    return Timed(start, end, is_cut or ended.time.is_estimated) if lasts else None


def _moment(turn: _Turn, at: int) -> float:
    """When a character of the turn is said, as if all took equally long."""
    share = at / turn.length
    return turn.time.start_s + share * (turn.time.end_s - turn.time.start_s)
