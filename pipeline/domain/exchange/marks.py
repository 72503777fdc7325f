"""Ids and characters that every program understands: the same each night, one for one."""

import re
from uuid import NAMESPACE_URL, UUID, uuid5

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:listening-pipeline:exchange")
_BREAK = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U00010000-\U0010ffff]"
)
_GUID = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?", re.IGNORECASE)

STAND_IN = "\ufffd"
"""Stands for a character that some program would count as two, as none, or refuse.

Emoji and other signs beyond the first plane are two units to programs written for Windows; control
characters are forbidden in XML; invisible ones and those that turn the direction of writing mislead
whoever reads. One for one, so that places in the text stay as they were.
"""


def guid(*parts: str) -> str:
    """The id of a thing, made of what identifies it: the same thing has the same id every night."""
    return str(uuid5(_NAMESPACE, "\0".join(parts))).upper()


def same_guid(written: str | None) -> str:
    """An id as we write it, whatever its letters and braces; empty: it is none."""
    found = _GUID.fullmatch((written or "").strip())
    return str(UUID(found[1])).upper() if found else ""


def fitting(text: str) -> str:
    """The text, character for character, in signs that every program counts and shows alike."""
    return _UNFIT.sub(STAND_IN, _BREAK.sub(" ", text))


def named(text: str, most: int = 250) -> str:
    """The text as the name of something: one line, no longer than programs take."""
    return " ".join(fitting(text).split())[:most].strip() or "unnamed"


def prose(*paragraphs: str) -> str:
    """Paragraphs as a description: each on a line, empty ones left out."""
    lines = [fitting(line).strip() for part in paragraphs for line in part.splitlines()]
    return "\n".join(line for line in lines if line)
