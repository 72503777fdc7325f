"""What a reader hands on: who said what, in order, and what was left out."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Turn(NamedTuple):
    """One stretch of speech by one speaker; times in seconds from the start of the recording."""

    role: str
    speaker: str
    start_s: float | None
    end_s: float | None
    text: str


class Transcript(NamedTuple):
    """A conversation as turns; `dropped` counts lines left out, by kind, never their words."""

    source_format: str
    turns: list[Turn]
    dropped: dict[str, int]


class KnownSpeakers(NamedTuple):
    """Names in the register; both may be empty."""

    participants: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()


class Limits(NamedTuple):
    """What a file may be: sizes in bytes, words in the whole conversation, ISO 639-1 language."""

    max_file_bytes: int
    max_expanded_bytes: int
    min_words: int
    language: str


class Spoken(NamedTuple):
    """One cue, line or row as its format has it, before roles; speaker "" is unknown."""

    speaker: str
    text: str
    start_s: float | None = None
    end_s: float | None = None
    role: str = ""


class Reading(NamedTuple):
    """What one format's reader found."""

    source_format: str
    spoken: list[Spoken]
    dropped: Counter[str]


# Characters without width that programs leave in text; they would split words and names.
_INVISIBLE = dict.fromkeys(
    [0xAD, 0xFEFF, 0x200B, 0x200E, 0x200F, 0x2060, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CLOCK = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,6}))?$")

# A fall of the clock by more than this is a second recording in the same file, not overlap.
_NEW_RECORDING_S = 30.0


def clean_text(text: str) -> str:
    """The words on one line: composed characters, single spaces, nothing that cannot be stored."""
    text = _SURROGATE.sub("\ufffd", text)
    text = _CONTROL.sub(" ", text.translate(_INVISIBLE))
    return " ".join(unicodedata.normalize("NFC", text).split())


def clock_seconds(text: str) -> float | None:
    """Seconds of "7:03", "0:07:03" or "00:07:03.250"; None if it is no clock time."""
    found = _CLOCK.match(text.strip())
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (float(f"0.{fraction}") if fraction else 0.0)


def in_time_order(spoken: Iterable[Spoken]) -> list[Spoken]:
    """Sorted by start; equal starts keep the order of the file.

    Programs write overlapping speech a few seconds out of order. Where the clock falls back
    further, a second recording was appended, and each recording is sorted by itself.
    """
    recordings: list[list[Spoken]] = [[]]
    latest = 0.0
    for piece in spoken:
        start = latest if piece.start_s is None else piece.start_s
        if start < latest - _NEW_RECORDING_S:
            recordings.append([])
            latest = start
        latest = max(latest, start)
        recordings[-1].append(piece._replace(start_s=start) if piece.start_s is None else piece)
    return [
        piece
        for recording in recordings
        for piece in sorted(recording, key=lambda p: p.start_s or 0.0)
    ]


def join_turns(spoken: Iterable[Spoken]) -> list[Spoken]:
    """Successive pieces of one speaker as one turn.

    Caption programs cut a turn at their own line length, and nothing in the file tells such a
    cut from a pause; so a turn ends where another person speaks. A label keeps its first spelling.
    """
    turns: list[Spoken] = []
    spellings: dict[str, str] = {}
    for piece in spoken:
        text, label = clean_text(piece.text), clean_text(piece.speaker)
        if not text:
            continue
        speaker = spellings.setdefault(label.casefold(), label)
        last = turns[-1] if turns else None
        if last is None or last.speaker != speaker:
            turns.append(piece._replace(speaker=speaker, text=text))
            continue
        ends = [end for end in (last.end_s, piece.end_s) if end is not None]
        turns[-1] = last._replace(text=f"{last.text} {text}", end_s=max(ends) if ends else None)
    return turns
