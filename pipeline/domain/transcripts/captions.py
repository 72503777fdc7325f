"""Captions: WebVTT of Teams, Zoom and others, SRT, and YouTube's rolling WebVTT."""

import html
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise, zip_longest
from typing import NamedTuple

from pipeline.domain.transcripts.labels import Prefix, speaker_labels, split_prefix
from pipeline.domain.transcripts.role_words import fold
from pipeline.domain.transcripts.transcript import KnownSpeakers, Reading, Spoken, in_time_order
from pipeline.errors import TranscriptError


class Cue(NamedTuple):
    """One caption with its lines as they stand in the file."""

    identifier: str
    start_s: float
    end_s: float
    lines: list[str]


_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+([^<>\n]{1,200})>|</v>")
_TAG = re.compile(
    r"</?(?:c|b|i|u|ruby|rt|lang|font)(?:[.\s][^<>\n]{0,200})?>|<\d[\d:.]{3,20}>|\{\\an?\d\}"
)
_TEAMS_ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f-]{27}(?:/(\d+)-(\d+))?$", re.IGNORECASE)
_STRAY_ID = re.compile(r"^(?:\d{1,6}|[0-9a-f]{8}-[0-9a-f-]{27}/\d+-\d+)$", re.IGNORECASE)
_CUT_END = re.compile(r"(?:^|\n)(?:\d{1,6}|\d{1,3}:[\d:.]{0,12}|[0-9a-f]{8}-[0-9a-f/-]{0,40})$")
_DASH = re.compile(r"^\s*(?:[-\u2013\u2014]\s+|>{2,3}\s*)")
_MOST_CAPTION_LINES = 200
_LONG_DIGITS = re.compile(r"\d{16}")


def read_vtt(text: str, known: KnownSpeakers) -> Reading:
    """WebVTT; Teams marks speakers by voice tags, Zoom by a prefix.

    Raises
    ------
    TranscriptError
        not_this_format without the header, broken_file where a cue cannot be read.
    """
    if not text.lstrip().startswith("WEBVTT"):
        raise TranscriptError("not_this_format", "line 1")
    cues = _without_stray_ids(_vtt_cues(text.lstrip()))
    _refuse_cut_voice(cues)
    dropped: Counter[str] = Counter()
    if _is_rolling(text, cues):
        return _read_prefixed("youtube_vtt", _unrolled(cues, dropped), known, dropped)
    if any(_VOICE.search(line) for cue in cues for line in cue.lines):
        source = "teams_vtt" if any(_TEAMS_ID.match(c.identifier) for c in cues) else "voice_vtt"
        spoken = [piece for cue in _in_teams_order(cues) for piece in _voices(cue)]
        return Reading(source, in_time_order(spoken), dropped)
    return _read_prefixed("zoom_vtt", cues, known, dropped)


def read_srt(text: str, known: KnownSpeakers) -> Reading:
    """SubRip, with or without numbers and blank lines between captions."""
    return _read_prefixed("srt", _without_stray_ids(_srt_cues(text)), known, Counter())


def _vtt_cues(text: str) -> list[Cue]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    blocks = _whole_blocks(text)
    try:
        captions = webvtt.from_string("\n\n".join(blocks)).captions
    except (MalformedFileError, MalformedCaptionError):
        raise TranscriptError("broken_file") from None
    # The library leaves out what it cannot read; a word lost unseen is worse than a file refused.
    if sum("-->" in line for block in blocks for line in block.split("\n")) != len(captions):
        raise TranscriptError("broken_file", f"cue {len(captions) + 1}")
    return [
        Cue(c.identifier or "", c.start_in_seconds, c.end_in_seconds, c.raw_text.split("\n"))
        for c in captions
    ]


def _whole_blocks(text: str) -> list[str]:
    """Header and cues, without comments and styles.

    An empty line inside a caption ends it, and the library would leave out the rest: it is put
    back. A file that ends in an identifier or half a time was cut off.
    """
    header, *rest = re.split(r"\n(?:[ \t]*\n)+", text.strip())
    blocks = [header]
    for block in rest:
        if "-->" in block:
            blocks.append(block)
        elif not block.startswith(("NOTE", "STYLE", "REGION")):
            if _CUT_END.search(block) and block is rest[-1]:
                raise TranscriptError("broken_file", "the end")
            blocks[-1] += f"\n{block}" if len(blocks) > 1 or "-->" in header else ""
    return blocks


def _srt_cues(text: str) -> list[Cue]:
    import srt  # pyright: ignore[reportMissingTypeStubs]

    if "-->" not in text:
        raise TranscriptError("not_this_format")
    # The library's pattern takes quadratic time over long captions and long runs of digits.
    longest = max(part.count("\n") for part in text.split("-->"))
    if longest > _MOST_CAPTION_LINES or _LONG_DIGITS.search(text):
        raise TranscriptError("not_this_format")
    tidy = "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))
    tidy = re.sub(r"\n{3,}", "\n\n", tidy)
    try:
        captions = list(srt.parse(tidy))  # pyright: ignore[reportUnknownMemberType]
    except (srt.SRTParseError, srt.TimestampParseError, OverflowError):
        raise TranscriptError("broken_file") from None
    if not captions or tidy.count("-->") != len(captions):
        raise TranscriptError("broken_file", f"cue {len(captions) + 1}")
    return [
        Cue("", c.start.total_seconds(), c.end.total_seconds(), c.content.split("\n"))
        for c in captions
    ]


def _without_stray_ids(cues: list[Cue]) -> list[Cue]:
    """Without a blank line between, the next caption's number ends up in this one's text."""
    tidy: list[Cue] = []
    for cue, after in zip_longest(cues, cues[1:]):
        lines = cue.lines
        is_stray = after and not after.identifier and len(lines) > 1
        if is_stray and _STRAY_ID.match(lines[-1].strip()):
            lines = lines[:-1]
        tidy.append(cue._replace(lines=lines))
    return tidy


def _refuse_cut_voice(cues: list[Cue]) -> None:
    """A last cue whose voice tag stays open, where all others close, was cut off."""
    opened = [cue for cue in cues if any("<v" in line for line in cue.lines)]
    if len(opened) < 2 or opened[-1] is not cues[-1]:
        return
    closed = ["</v>" in "\n".join(cue.lines) for cue in opened]
    if all(closed[:-1]) and not closed[-1]:
        raise TranscriptError("broken_file", f"cue {len(cues)}")


def _in_teams_order(cues: list[Cue]) -> list[Cue]:
    """Cues that start at the same time in the order of their Teams numbers."""

    def key(cue: Cue) -> tuple[int, int]:
        found = _TEAMS_ID.match(cue.identifier)
        return (int(found[1] or 0), int(found[2] or 0)) if found else (0, 0)

    ordered: list[Cue] = []
    for cue in cues:
        place = len(ordered)
        while (
            place
            and ordered[place - 1].start_s == cue.start_s
            and key(ordered[place - 1]) > key(cue)
        ):
            place -= 1
        ordered.insert(place, cue)
    return ordered


def _voices(cue: Cue) -> list[Spoken]:
    """The cue cut at its voice tags; words outside any tag have no known speaker."""
    text = "\n".join(cue.lines)
    spoken: list[Spoken] = []
    speaker, last = "", 0
    for tag in _VOICE.finditer(text):
        spoken.append(_piece(cue, speaker, text[last : tag.start()]))
        speaker = html.unescape(tag[1]).strip() if tag[1] else speaker
        last = tag.end()
    spoken.append(_piece(cue, speaker, text[last:]))
    return [piece for piece in spoken if piece.text.strip()]


def _piece(cue: Cue, speaker: str, text: str) -> Spoken:
    return Spoken(speaker, _shown(text), cue.start_s, cue.end_s)


def _shown(text: str) -> str:
    """The words that a viewer sees: no tags, entities as characters."""
    return html.unescape(_TAG.sub("", text))


def _read_prefixed(
    source: str, cues: list[Cue], known: KnownSpeakers, dropped: Counter[str]
) -> Reading:
    """Captions that name the speaker before a colon; a cue without a name goes on."""
    cues = sorted_cues(cues)
    lines = [
        (cue, bool(_DASH.match(shown)), _DASH.sub("", shown))
        for cue in cues
        for shown in map(_shown, cue.lines)
    ]
    prefixes = [split_prefix(line) for _, _, line in lines]
    labels = speaker_labels([p.label for p in prefixes if p], len(lines), known)
    spoken: list[Spoken] = []
    speaker = ""
    for (cue, is_change, line), prefix in zip(lines, prefixes, strict=True):
        is_named = prefix is not None and fold(prefix.label) in labels
        if is_change and not is_named and len(cue.lines) > 1:
            speaker = ""
        speaker, said = _said(prefix if is_named else None, line, speaker)
        spoken.append(Spoken(speaker, said, cue.start_s, cue.end_s))
    return Reading(source, spoken, dropped)


def _said(prefix: Prefix | None, line: str, speaker: str) -> tuple[str, str]:
    return (prefix.label, prefix.text) if prefix else (speaker, line)


def sorted_cues(cues: list[Cue]) -> list[Cue]:
    """Cues in time order; see `in_time_order`."""
    marks = in_time_order(Spoken(str(i), "", cue.start_s) for i, cue in enumerate(cues))
    return [cues[int(mark.speaker)] for mark in marks]


def _is_rolling(text: str, cues: list[Cue]) -> bool:
    """Whether each cue begins with the words of the last, as YouTube's automatic captions do."""
    shown = [[line for line in map(_shown, cue.lines) if line.strip()] for cue in cues]
    pairs = [(a, b) for a, b in pairwise(shown) if a and b]
    repeats = sum(b[0] == a[-1] or b[0].startswith(f"{a[-1]} ") for a, b in pairs)
    head = text[:400].split("\n\n", 1)[0]
    share = 0.2 if "Kind: captions" in head else 0.5
    return len(pairs) > 3 and repeats >= share * len(pairs)


def _unrolled(cues: Iterable[Cue], dropped: Counter[str]) -> list[Cue]:
    """Each line once, in its longest form."""
    kept: list[Cue] = []
    for cue in cues:
        for line in filter(None, (_shown(line).strip() for line in cue.lines)):
            last = kept[-1].lines[0] if kept else None
            if last is not None and (line == last or line.startswith(f"{last} ")):
                dropped["repeated_captions"] += 1
                kept[-1] = kept[-1]._replace(lines=[line], end_s=cue.end_s)
            else:
                kept.append(Cue("", cue.start_s, cue.end_s, [line]))
    return kept
