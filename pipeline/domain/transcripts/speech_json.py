"""What speech recognisers write: Whisper, WhisperX and AWS Transcribe JSON."""

import math
from collections import Counter
from typing import Any, TypeGuard

from pipeline.domain.transcripts.transcript import Reading, Spoken, clean_text, in_time_order
from pipeline.errors import TranscriptError

# What Whisper writes over silence, learnt from subtitles: nobody said it.
_HALLUCINATED = (
    "transcribed by https://otter.ai",
    "transcribed by otter.ai",
    "subtitles by the amara.org community",
    "subtitles by",
    "thanks for watching!",
    "thank you for watching!",
    "thank you for watching.",
    "please subscribe to my channel.",
)


def read_speech_json(document: Any) -> Reading:
    """Whisper and WhisperX have `segments`, AWS Transcribe has `results`.

    Raises
    ------
    TranscriptError
        not_this_format, or broken_file with the entry.
    """
    if is_object(document) and is_object(document.get("results")):
        return _read_transcribe(document)
    if is_object(document) and isinstance(document.get("segments"), list):
        return _read_whisper(document["segments"])
    raise TranscriptError("not_this_format")


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether JSON gave an object."""
    return isinstance(value, dict)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON array.

    Raises
    ------
    TranscriptError
        broken_file: something else stands there.
    """
    if not isinstance(value, list):
        raise TranscriptError("broken_file")
    for number, entry in enumerate(value, 1):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if not is_object(entry):
            raise TranscriptError("broken_file", f"entry {number}")
    return value  # pyright: ignore[reportUnknownVariableType]


def number(value: Any) -> float | None:
    """Seconds as a number or as AWS writes them, a string; None if it is none or not finite."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def words(value: Any) -> str:
    """Text of a field; a number is text too, null is none."""
    return str(value) if isinstance(value, str | int | float) else ""


def is_hallucinated(text: str) -> bool:
    """Whether the whole text is a subtitle maker's line."""
    said = clean_text(text).casefold()
    return said in _HALLUCINATED or said.startswith("transcribed by https://otter.ai")


def _read_whisper(segments: Any) -> Reading:
    dropped: Counter[str] = Counter()
    spoken: list[Spoken] = []
    for segment in objects(segments):
        text = words(segment.get("text"))
        if is_hallucinated(text):
            dropped["hallucinated_lines"] += 1
            continue
        start, end = number(segment.get("start")), number(segment.get("end"))
        spoken.append(Spoken(words(segment.get("speaker")).strip(), text, start, end))
    has_speakers = any(piece.speaker for piece in spoken)
    spoken = _between_same(in_time_order(spoken))
    return Reading("whisperx_json" if has_speakers else "whisper_json", spoken, dropped)


def _between_same(spoken: list[Spoken]) -> list[Spoken]:
    """A segment without a speaker belongs to the one who speaks before and after it."""
    filled = list(spoken)
    for place in range(1, len(filled) - 1):
        before, here, after = filled[place - 1 : place + 2]
        if not here.speaker and before.speaker == after.speaker:
            filled[place] = here._replace(speaker=before.speaker)
    return filled


def _read_transcribe(document: dict[str, Any]) -> Reading:
    if document.get("status", "COMPLETED") != "COMPLETED":
        raise TranscriptError("broken_file", "the job's status")
    results: dict[str, Any] = document["results"]
    audio = results.get("audio_segments")
    if audio and all("speaker_label" in part for part in objects(audio)):
        spoken = [
            Spoken(
                words(part["speaker_label"]),
                words(part.get("transcript")),
                number(part.get("start_time")),
                number(part.get("end_time")),
            )
            for part in objects(audio)
        ]
        return Reading("transcribe_json", in_time_order(spoken), Counter())
    return Reading("transcribe_json", _transcribe_items(results), Counter())


def _transcribe_items(results: dict[str, Any]) -> list[Spoken]:
    """Words one by one; older jobs name the speaker only in `speaker_labels`, by start time."""
    speakers = _speaker_by_start(results)
    spoken: list[Spoken] = []
    for entry in objects(results.get("items")):
        said = _first_alternative(entry)
        if entry.get("type") == "punctuation":
            if spoken:
                spoken[-1] = spoken[-1]._replace(text=spoken[-1].text + said)
            continue
        start = number(entry.get("start_time"))
        label = words(entry.get("speaker_label")) or words(entry.get("channel_label"))
        label = label or (speakers.get(start, "") if start is not None else "")
        spoken.append(Spoken(label, said, start, number(entry.get("end_time"))))
    return _between_same(in_time_order(spoken))


def _speaker_by_start(results: dict[str, Any]) -> dict[float, str]:
    found: dict[float, str] = {}
    labels = results.get("speaker_labels")
    channels = results.get("channel_labels")
    if is_object(labels):
        for segment in objects(labels.get("segments") or []):
            speaker = words(segment.get("speaker_label"))
            for entry in objects(segment.get("items") or []) or [segment]:
                _remember(found, entry, words(entry.get("speaker_label")) or speaker)
    if is_object(channels):
        for channel in objects(channels.get("channels") or []):
            for entry in objects(channel.get("items") or []):
                _remember(found, entry, words(channel.get("channel_label")))
    return found


def _remember(found: dict[float, str], entry: dict[str, Any], speaker: str) -> None:
    start = number(entry.get("start_time"))
    if start is not None and speaker:
        found[start] = speaker


def _first_alternative(entry: dict[str, Any]) -> str:
    alternatives = entry.get("alternatives")
    if not isinstance(alternatives, list) or not alternatives:
        raise TranscriptError("broken_file")
    first = objects(alternatives)[0]
    return words(first.get("content"))
