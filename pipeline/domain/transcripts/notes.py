"""Transcripts as lines of text: Otter, Rev, Teams documents, and what people type."""

import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from pipeline.domain.transcripts.covers import cover_length, without_furniture
from pipeline.domain.transcripts.labels import TIME, speaker_labels, split_prefix
from pipeline.domain.transcripts.role_words import fold, is_anonymous, role_of_word
from pipeline.domain.transcripts.transcript import KnownSpeakers, Reading, Spoken, clock_seconds


class Marked(NamedTuple):
    """A line that may begin a turn."""

    label: str
    text: str
    time: str | None


_UNTIL = rf"(?:\s*(?:-|\u2013|-->)\s*{TIME})?"
_OTTER = re.compile(rf"^(?P<label>\S.{{0,59}}?)(?:[ \u00a0]{{2,}}|\t+)(?P<time>{TIME}){_UNTIL}\s*$")
_REV = re.compile(rf"^(?P<label>\S.{{0,59}}?):?\s?[\[(](?P<time>{TIME}){_UNTIL}[\])]\s*:?\s*$")
_ZOOM = re.compile(rf"^\[(?P<label>[^\[\]]{{1,60}})\]\s+(?P<time>{TIME})\s*$")
_WORD = re.compile(
    rf"^[\[(]?(?P<time>{TIME})[\])]?{_UNTIL}\s+-?\s*(?P<label>\S[^:]{{0,59}}?)\s*:?$"
)
_ONE_SPACE = re.compile(rf"^(?P<label>\S.{{0,59}}?) (?P<time>{TIME})$")
_TABBED = re.compile(
    rf"^(?:(?P<before>{TIME})\t)?(?P<label>[^\t:]{{1,60}}):?\t(?:(?P<after>{TIME})\t)?\s*(?P<text>\S.*)$"
)
_BRACKETED = re.compile(
    rf"^(?:[\[(]?(?P<before>{TIME}){_UNTIL}[\])]?\s*)?[\[(](?P<label>[^\[\]()]{{1,40}})[\])]\s*(?P<text>\S.*)$"
)
_DASHED = re.compile(
    r"^(?P<label>[^\s:][^:\u2013\u2014-]{0,39}?)\s+[\u2013\u2014-]\s+(?P<text>\S.*)$"
)
_ALONE = re.compile(r"^(?P<label>[^\s:][^:]{0,39}?)\s?:?$")
_ONLY_TIME = re.compile(rf"^[\[(]?{TIME}[\])]?$")


def read_notes(lines: list[str], known: KnownSpeakers, *, is_document: bool) -> Reading:
    """Lines of text, in whichever of the known shapes names the speaker most often.

    Headings with a time stand above the words (Otter, Rev, Teams, Zoom captions, Word); labels
    stand before them with a colon or a tab, or alone on a line. What comes before the first
    speaker is a cover: it holds real names and is left out.
    """
    dropped: Counter[str] = Counter()
    lines = _whole_headings(without_furniture(lines, dropped))
    shapes = {
        name: _accepted(lines, [mark(line) for line in lines], known)
        for name, mark in _SHAPES.items()
    }
    name = max(shapes, key=lambda shape: sum(mark is not None for mark in shapes[shape]))
    spoken = _spoken(lines, shapes[name], dropped)
    if name == "zoom":
        spoken = _from_first(spoken)
    return Reading(_source(name, is_document=is_document), spoken, dropped)


def _whole_headings(lines: list[str]) -> list[str]:
    """A time alone on a line, copied from a screen, is put beside the name above it."""
    whole: list[str] = []
    for line in lines:
        above = whole[-1].strip() if whole else ""
        if _ONLY_TIME.match(line.strip()) and 0 < len(above) <= 60 and above[-1] not in ".?!,;:":
            whole[-1] = f"{above}  {line.strip('[]() ')}"
        else:
            whole.append(line)
    return whole


def _colon(line: str) -> Marked | None:
    prefix = split_prefix(line)
    return Marked(prefix.label, prefix.text, prefix.time) if prefix else None


def _marker(pattern: re.Pattern[str]) -> Callable[[str], Marked | None]:
    def mark(line: str) -> Marked | None:
        found = pattern.match(line.strip())
        if not found:
            return None
        groups = found.groupdict()
        time = groups.get("time") or groups.get("before") or groups.get("after")
        return Marked(found["label"].strip(" *_:"), groups.get("text") or "", time)

    return mark


def _role_word(pattern: re.Pattern[str]) -> Callable[[str], Marked | None]:
    """For shapes so loose that only a word for a role is taken for a speaker."""
    mark = _marker(pattern)

    def mark_role(line: str) -> Marked | None:
        found = mark(line)
        is_role = found and (role_of_word(found.label) or is_anonymous(found.label))
        return found if is_role else None

    return mark_role


# The surest first: where two fit equally often, the first is taken.
_SHAPES: dict[str, Callable[[str], Marked | None]] = {
    "otter": _marker(_OTTER),
    "rev": _marker(_REV),
    "zoom": _marker(_ZOOM),
    "word": _marker(_WORD),
    "colon": _colon,
    "tab": _marker(_TABBED),
    "one_space": _marker(_ONE_SPACE),
    "bracket": _role_word(_BRACKETED),
    "dash": _role_word(_DASHED),
    "alone": _role_word(_ALONE),
}


def _source(shape: str, *, is_document: bool) -> str:
    if is_document:
        return "teams_docx" if shape == "otter" else "notes_docx"
    return f"{shape}_txt" if shape in {"otter", "rev", "zoom", "word"} else "notes_txt"


def _accepted(
    lines: list[str], marks: list[Marked | None], known: KnownSpeakers
) -> list[Marked | None]:
    n_lines = sum(bool(line.strip()) for line in lines)
    labels = speaker_labels([mark.label for mark in marks if mark], n_lines, known)
    return [mark if mark and fold(mark.label) in labels else None for mark in marks]


def _spoken(lines: list[str], marks: list[Marked | None], dropped: Counter[str]) -> list[Spoken]:
    cover = cover_length(lines, [mark.label if mark else None for mark in marks])
    dropped["cover_lines"] += sum(bool(line.strip()) for line in lines[:cover])
    spoken: list[Spoken] = []
    for line, mark in zip(lines[cover:], marks[cover:], strict=True):
        if mark:
            start = clock_seconds(mark.time) if mark.time else None
            spoken.append(Spoken(mark.label, mark.text, start))
        elif line.strip() and not _ONLY_TIME.match(line.strip()):
            last = spoken[-1]
            if last.text:
                spoken.append(Spoken(last.speaker, line))
            else:
                spoken[-1] = last._replace(text=line)
    return spoken


def _from_first(spoken: list[Spoken]) -> list[Spoken]:
    """Zoom's captions carry the time of day; ours count from the first of them."""
    first = next((piece.start_s for piece in spoken if piece.start_s is not None), 0.0)
    return [
        piece if piece.start_s is None else piece._replace(start_s=max(0.0, piece.start_s - first))
        for piece in spoken
    ]
