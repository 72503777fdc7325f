"""Text that does no harm on a page, whoever typed it.

Tags are escaped by the templates. What escaping leaves are characters that are not seen and turn
the order of others, or break a file: they are marked here, so that readers see that one was there.
Tables keep them: quotes are proven letter by letter.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape

MARK = "\N{REPLACEMENT CHARACTER}"

_KEPT = frozenset("\n\t\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}")
"""Line ends, and letters of scripts and of pictures that are written with several signs."""
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_TAGS = range(0xE0000, 0xE0080)
_UNSEEN_IN = (range(0x3000), range(0xD800, 0xE000), range(0xFE00, 0x10000), _TAGS)
"""Where signs of these categories are; the rest of Unicode is left alone, to start fast."""
_MARKS = {
    code: MARK
    for codes in _UNSEEN_IN
    for code in codes
    if (unicodedata.category(chr(code)) in _UNSEEN and chr(code) not in _KEPT) or code in _TAGS
}
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_TOLD = re.compile(r"\[[^\[\]\n]{1,80}\]")
_WORD = re.compile(rf"(?:{_TOLD.pattern}|\S)+")


def harmless(value: object) -> object:
    """A text without characters that are not seen, each replaced by a mark; all else as it is.

    Every value that a template writes goes through it; marked-up text stays marked up.
    """
    return value.translate(_MARKS) if isinstance(value, str) else value


def safe_name(name: str) -> str:
    """An id as the name of a file or of a place on a page; its hash, if it is not fit for one."""
    if _SAFE_NAME.fullmatch(name):
        return name
    return f"x{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:16]}"


def paragraphs(text: str) -> list[str]:
    """The text in its paragraphs, as blank lines part them."""
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def first_words(text: str, most: int) -> str:
    """How a text begins: whole words, and whole what stands in place of a placeholder."""
    words = _WORD.findall(text)
    begins = " ".join(words[:most])
    return f"{begins.rstrip('.,;:')}…" if len(words) > most else begins


def withheld(text: str) -> Markup:
    """The text, escaped, with what stands in place of a placeholder set apart to the eye."""
    pieces: list[Markup] = []
    at = 0
    for found in _TOLD.finditer(text):
        pieces += [escape(text[at : found.start()]), _span(found[0])]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def _span(words: str) -> Markup:
    return Markup('<span class="told">{}</span>').format(words)


def short_names(ids: Iterable[str], word: str = "Person") -> dict[str, str]:
    """Pseudonyms as people read them: as many letters of each as tell it from all others."""
    known = sorted(set(ids))
    bare = {one: one.rpartition("-")[2] for one in known}
    length = 4
    while len({name[:length] for name in bare.values()}) < len(set(bare.values())):
        length += 1
    return {one: f"{word} {name[:length].upper()}" for one, name in bare.items()}
