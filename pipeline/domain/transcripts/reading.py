"""One transcript file to turns: which format, who is who, and whether it may go on."""

import json
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from pipeline.domain.intake.names import SUFFIXES
from pipeline.domain.transcripts.captions import read_srt, read_vtt
from pipeline.domain.transcripts.decoding import decode
from pipeline.domain.transcripts.documents import document_lines
from pipeline.domain.transcripts.notes import read_notes
from pipeline.domain.transcripts.roles import assign_roles
from pipeline.domain.transcripts.speech_json import is_object, read_speech_json
from pipeline.domain.transcripts.transcript import (
    KnownSpeakers,
    Limits,
    Reading,
    Spoken,
    Transcript,
    Turn,
    join_turns,
)
from pipeline.domain.transcripts.turn_tables import (
    read_csv_turns,
    read_json_turns,
    read_turn_objects,
)
from pipeline.errors import TranscriptError

__all__ = [
    "KnownSpeakers",
    "Limits",
    "Transcript",
    "Turn",
    "check_size",
    "read_transcript",
    "turns_table",
]

_SRT_TIMING = re.compile(r"\s{0,9}\d{1,3}:\d.{0,20}-->")

# Fewer words than this say little about their language: names and "yeah" are in all of them.
_LEAST_WORDS_FOR_LANGUAGE = 20
_SAMPLE_WORDS = 120
_MOST_SAMPLES = 9


def check_size(size_bytes: int, limits: Limits) -> None:
    """Refuse a file by its size on disk, before a byte of it is read.

    Raises
    ------
    TranscriptError
        empty_file or too_large.
    """
    if size_bytes == 0:
        raise TranscriptError("empty_file")
    if size_bytes > limits.max_file_bytes:
        raise TranscriptError("too_large")


def read_transcript(
    content: bytes,
    suffix: str,
    *,
    known: KnownSpeakers,
    limits: Limits,
    detect_language: Callable[[str], str],
) -> Transcript:
    """The conversation in a file, as turns with roles.

    Parameters
    ----------
    content : bytes
        The whole file.
    suffix : str
        Ending of the file's name, with the point. Text under a wrong ending is still read as
        what it is: captions saved as ``.txt``, JSON lines saved as ``.json``.
    detect_language : callable
        Text to ISO 639-1 code.

    Raises
    ------
    TranscriptError
        With a reason of `pipeline.domain.governance.quarantine.REASONS`.
    """
    check_size(len(content), limits)
    known = KnownSpeakers(_names(known.participants), _names(known.interviewers))
    reading = _read(content, suffix.lower(), known, limits)
    turns = join_turns(reading.spoken)
    speakers = {turn.speaker for turn in turns if turn.speaker}
    if not speakers:
        raise TranscriptError("no_speakers" if turns or reading.dropped else "empty_file")
    if len(speakers) < 2:
        raise TranscriptError("one_speaker")
    _refuse_other_language(turns, limits.language, detect_language)
    if sum(len(turn.text.split()) for turn in turns) < limits.min_words:
        raise TranscriptError("too_short")
    roles = assign_roles(turns, known)
    return Transcript(
        reading.source_format,
        [Turn(roles[t.speaker], t.speaker, t.start_s, t.end_s, t.text) for t in turns],
        {kind: n for kind, n in sorted(reading.dropped.items()) if n},
    )


def turns_table(conversation_id: str, content_hash: str, transcript: Transcript) -> pd.DataFrame:
    """Rows of the table `turns`."""
    turns = transcript.turns
    return pd.DataFrame(
        {
            "conversation_id": conversation_id,
            "turn": range(len(turns)),
            "role": [turn.role for turn in turns],
            "speaker": [turn.speaker for turn in turns],
            "start_s": np.array([turn.start_s for turn in turns], dtype=np.float64),
            "end_s": np.array([turn.end_s for turn in turns], dtype=np.float64),
            "text": [turn.text for turn in turns],
            "source_format": transcript.source_format,
            "content_hash": content_hash,
        }
    )


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """A register cell may hold several names: "First Last; Nick"."""
    return tuple(name.strip() for cell in cells for name in cell.split(";") if name.strip())


def _read(content: bytes, suffix: str, known: KnownSpeakers, limits: Limits) -> Reading:
    if suffix not in SUFFIXES:
        raise TranscriptError("unknown_format")
    if suffix == ".docx":
        lines = document_lines(content, limits.max_expanded_bytes)
        if not any(line.strip() for line in lines):
            raise TranscriptError("empty_file")
        return read_notes(lines, known, is_document=True)
    return _read_text(decode(content), suffix, known)


def _read_text(text: str, suffix: str, known: KnownSpeakers) -> Reading:
    """By what the text is, then by what its name says."""
    start = text.lstrip()
    if start.startswith("WEBVTT"):
        return read_vtt(text, known)
    if suffix in {".json", ".jsonl"} or (suffix == ".txt" and start[:1] in "{[" and _is_json(text)):
        return _read_json(text, suffix)
    if suffix == ".srt" or (suffix in {".txt", ".vtt"} and _is_srt(start)):
        return read_srt(text, known)
    if suffix == ".vtt":
        raise TranscriptError("not_this_format", "line 1")
    if suffix == ".csv":
        return read_csv_turns(text)
    return read_notes(text.split("\n"), known, is_document=False)


def _is_srt(start: str) -> bool:
    head = start.split("\n", 3)[:3]
    return any(_SRT_TIMING.match(line) for line in head)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_json(text: str, suffix: str) -> Reading:
    if suffix == ".jsonl":
        return read_json_turns(text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        first, _, rest = text.strip().partition("\n")
        if rest and _is_json(first) and first.lstrip().startswith("{"):
            return read_json_turns(text)
        looks_like_json = text.lstrip()[:1] in ("{", "[")
        raise TranscriptError("broken_file" if looks_like_json else "not_this_format") from None
    if isinstance(document, list):
        return read_turn_objects(document)  # pyright: ignore[reportUnknownArgumentType]
    if is_object(document) and isinstance(document.get("turns"), list):
        return read_turn_objects(document["turns"])
    return read_speech_json(document)


def _refuse_other_language(
    turns: Sequence[Spoken], language: str, detect_language: Callable[[str], str]
) -> None:
    """Most samples must be in the programme's language; some words of another are welcome."""
    words = [word for turn in turns for word in turn.text.split()]
    if len(words) < _LEAST_WORDS_FOR_LANGUAGE:
        return
    n_samples = max(1, min(_MOST_SAMPLES, len(words) // _SAMPLE_WORDS))
    step = len(words) / n_samples
    starts = [int(i * step) for i in range(n_samples)]
    found = [detect_language(" ".join(words[s : s + _SAMPLE_WORDS])) for s in starts]
    if found.count(language) * 2 < len(found):
        raise TranscriptError("other_language")
