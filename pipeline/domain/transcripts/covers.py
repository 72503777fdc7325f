"""What stands on the page and was not said: covers, page numbers, footers, program lines."""

import re
from collections import Counter
from itertools import pairwise

from pipeline.domain.transcripts.labels import looks_like_name, split_prefix
from pipeline.domain.transcripts.role_words import fold, plain, role_of_word

# Keys of cover sheets, as in the UK Data Service's model transcript.
_COVER_KEYS = frozenset(
    "project study interview date time place location venue setting transcriber transcription "
    "duration length file filename recording pseudonym age gender sex ethnicity occupation "
    "language version reference ref id attendees present organisation organization consent "
    "depositor collection series subject site region county town area status job".split()
)
_COVER_PHRASE = re.compile(
    r"^(?:.* )?(?:number|no|id|code|date|name|names|time|length|file|title|reference|"
    r"transcribed by|interviewed by|conducted by|duration|recorded|initials|pseudonym)$"
    r"|^(?:name|date|place|number|title|transcribed|interviewed|conducted|recorded|checked) .*$"
)
_GREETINGS = frozenset(
    "hello hi hiya hey okay ok right thanks thank good morning afternoon evening yes yeah yep no "
    "nope so welcome great now well alright lovely sure perfect brilliant sorry um er erm".split()
)
_MOST_COVER_LINES = 40
_MOST_VALUE_WORDS = 12

_FURNITURE = (
    ("footer_lines", re.compile(r"^(?:transcribed|transcription|transcript) by\b.{0,80}$")),
    ("footer_lines", re.compile(r"^.{0,60}https?://(?:www\.)?otter\.ai\S*$")),
    ("footer_lines", re.compile(r"^this transcript (?:was|is) .{0,120}$")),
    ("program_lines", re.compile(r"^.{1,60} (?:started|stopped) transcription\.?$")),
    (
        "program_lines",
        re.compile(
            r"^\W*(?:end|start|beginning) of (?:the )?"
            r"(?:recording|transcript|transcription|interview|tape|audio|file)\W*$"
        ),
    ),
    (
        "program_lines",
        re.compile(
            r"^\W*(?:recording|tape|audio|transcript|transcription) "
            r"(?:ends|ended|stops|stopped|starts|started|begins|resumes|paused)\W*$"
        ),
    ),
    ("page_lines", re.compile(r"^\W*page \d{1,3}(?: ?(?:of|/) ?\d{1,3})?\W*$")),
    ("page_lines", re.compile(r"^\d{1,3} ?(?:of|/) ?\d{1,3}$")),
)
_PAGE_HEAD = re.compile(r"\b(?:page|confidential|interview|transcript|project|version|draft)\b")
_NUMBER = re.compile(r"^\W{0,2}(\d{1,3})\W{0,2}$")


def without_furniture(lines: list[str], dropped: Counter[str]) -> list[str]:
    """Lines without page numbers, running heads, and what programs add; counted by kind."""
    repeated = _running_heads(lines)
    numbers = _page_numbers(lines)
    kept: list[str] = []
    for place, line in enumerate(lines):
        kind = _furniture(fold(line.strip()))
        if place in numbers or re.sub(r"\d+", "#", fold(line.strip())) in repeated:
            kind = "page_lines"
        if kind:
            dropped[kind] += 1
        kept.append("" if kind else line)
    return kept


def _furniture(line: str) -> str | None:
    return next((kind for kind, pattern in _FURNITURE if pattern.match(line)), None)


def _running_heads(lines: list[str]) -> set[str]:
    """Lines without a speaker that come back, with other numbers, and speak of the document."""
    counts = Counter(
        re.sub(r"\d+", "#", fold(line.strip()))
        for line in lines
        if 0 < len(line.strip()) <= 100 and not split_prefix(line)
    )
    return {line for line, n in counts.items() if n > 2 and _PAGE_HEAD.search(line)}


def _page_numbers(lines: list[str]) -> set[int]:
    """Places of bare numbers that count up by one through the file; an age or a year does not."""
    found = [
        (place, int(m[1])) for place, line in enumerate(lines) if (m := _NUMBER.match(line.strip()))
    ]
    counts_up = all(b[1] == a[1] + 1 for a, b in pairwise(found))
    return {place for place, _ in found} if len(found) > 1 and counts_up else set()


def cover_length(lines: list[str], labels: list[str | None]) -> int:
    """How many lines stand before the first turn.

    ``Interviewer: Jane Smith`` on a cover looks like a turn. It is cover when other keys of a
    cover stand around it and its value is a name, or where it comes first and its value is a full
    name and nothing else. The cover ends where a speaker comes a second time.
    """
    is_cover_sheet = _has_cover_keys(lines)
    seen: set[str] = set()
    for place, (line, label) in enumerate(zip(lines, labels, strict=True)):
        if label is None:
            continue
        if place > _MOST_COVER_LINES or fold(label) in seen:
            return place
        if not _is_cover_line(line, least_words=1 if is_cover_sheet else 2):
            return place
        seen.add(fold(label))
    return next((place for place, label in enumerate(labels) if label), len(labels))


def _has_cover_keys(lines: list[str]) -> bool:
    return sum(_is_cover_key(key) for line in lines[:_MOST_COVER_LINES] if (key := _key(line))) > 0


def _key(line: str) -> str | None:
    prefix = split_prefix(line)
    if prefix and len(prefix.text.split()) <= _MOST_VALUE_WORDS:
        return plain(prefix.label)
    key, tab, value = line.strip().partition("\t")
    return plain(key) if tab and len(value.split()) <= _MOST_VALUE_WORDS else None


def _is_cover_key(key: str) -> bool:
    if role_of_word(key):
        return False
    return key in _COVER_KEYS or bool(_COVER_PHRASE.match(key))


def _is_cover_line(line: str, least_words: int) -> bool:
    """A key of a cover, or a role with a name of at least so many words instead of speech."""
    key = _key(line)
    if key is None:
        return False
    if _is_cover_key(key):
        return True
    prefix = split_prefix(line)
    value = prefix.text if prefix else line.strip().partition("\t")[2]
    said = fold(value).replace(",", " ").split()
    if (
        value.endswith(("?", "!"))
        or len(said) > 5
        or any(word.strip(".'") in _GREETINGS for word in said)
    ):
        return False
    if least_words > 1 and (len(said) < least_words or not role_of_word(key)):
        return False
    is_long_sentence = value.endswith(".") and len(said[-1]) > 3 if said else False
    return not said or (looks_like_name(value.replace(".", "")) and not is_long_sentence)
