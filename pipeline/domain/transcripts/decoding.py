"""Bytes to text: which encoding, and whether it is text at all."""

import codecs
import re

from pipeline.errors import TranscriptError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_NOT_TRANSCRIPTS = ("%pdf-", "{\\rtf", "<!doctype", "<html", "<?xml")
_MOST_CONTROL_SHARE = 0.005
_LOOK_AT = 4096
# Two hours of captions have under 20,000 lines; reading a million would hold up the others.
_MOST_LINES = 200_000


def decode(content: bytes) -> str:
    """The text, lines ending in line feeds; tried in turn: byte-order mark, UTF-16, UTF-8, cp1252.

    Raises
    ------
    TranscriptError
        empty_file, broken_file (cut in the middle of a character), not_this_format or too_large.
    """
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \t\n\f\v\x1a\x00"):
        raise TranscriptError("empty_file")
    controls = len(_CONTROL.findall(text))
    if "\x00" in text or controls > _MOST_CONTROL_SHARE * len(text):
        raise TranscriptError("not_this_format")
    if text.lstrip("\ufeff \n\t")[:16].lower().startswith(_NOT_TRANSCRIPTS):
        raise TranscriptError("not_this_format", "line 1")
    if text.count("\n") > _MOST_LINES:
        raise TranscriptError("too_large", f"more than {_MOST_LINES} lines")
    return text.lstrip("\ufeff")


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    encoding = encoding or _utf16_without_mark(content)
    if encoding:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            raise TranscriptError("broken_file") from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        # Cut inside the last character: cp1252 would read it, and spoil every accent before.
        if error.reason == "unexpected end of data" and not content[: error.start].isascii():
            raise TranscriptError("broken_file", "the end") from None
    if (damaged := _damaged_utf8(content)) is not None:
        return damaged
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise TranscriptError("not_this_format") from None


def _damaged_utf8(content: bytes) -> str | None:
    """UTF-8 with a few bad bytes: these alone are marked as lost, all other accents are kept."""
    text = content.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    kept = sum(letter > "\x7f" for letter in text) - lost
    return text if kept > 2 * lost else None


def _utf16_without_mark(content: bytes) -> str | None:
    """UTF-16 of mostly Latin letters has a zero in nearly every other byte."""
    start = content[:_LOOK_AT]
    pairs = len(start) // 2
    if pairs < 2:
        return None
    for encoding, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        empty = start[zeros::2].count(0)
        if empty > 0.7 * pairs and start[letters::2].count(0) < 0.05 * pairs:
            return encoding
    return None
