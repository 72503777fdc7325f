"""Names that the register knows: exact, in parts, as nicknames, misspelt and misheard."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    GRAMMAR,
    PLACEHOLDER,
    Word,
    is_called,
    is_cased,
    is_ordinary,
    nicknames,
    public_words,
    starts_sentence,
    words,
)

SHORTEST_FUZZY = 5
"""Shorter names are one letter from too many words."""
LONG_NAME = 8
"""From this length two letters may differ."""
PARTICLES = frozenset("al bin binti van von de da del della di dos le la el ibn the of".split())
SOUNDS = (
    (r"[^a-z]", ""), (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^x", "s"), (r"ph", "f"), (r"gh(?=t|$)", ""), (r"gh", "g"),
    (r"ck|q|c(?=[aouklrt]|$)", "k"), (r"c(?=[eiy])", "s"), (r"sch|sh", "x"), (r"tch|ch", "x"), (r"th", "t"), (r"wh", "w"),
    (r"dg|j", "j"), (r"z", "s"), (r"v", "f"), (r"d(?=$)", "t"), (r"h(?![aeiou])", ""), (r"y(?=$)", "i"), (r"(.)\1+", r"\1"),
    (r"(?<=.)[aeiouwy]+", "a"), (r"^[aeiouy]+", "a"), (r"a$", ""),
)  # fmt: skip


def find(text: str, names: Sequence[str]) -> list[Finding]:
    """The names in this text; a part that is an ordinary word counts only where a name would stand."""
    masked = PLACEHOLDER.sub(lambda match: "\0" * len(match[0]), text)
    cased = is_cased(text)
    found = _whole(masked, names)
    parts = name_parts(names)
    related = {short for part in parts for short in nicknames().get(part, ())} - parts
    for word in words(masked):
        rule = _judge(word, parts, related, cased)
        if rule and _stands_as_name(masked, word, cased):
            found.append(
                Finding(word.start, word.end, "PERSON", rule, 0.95 if rule == "known_name" else 0.7)
            )
    return found


def name_parts(names: Sequence[str]) -> frozenset[str]:
    """Single words of names, lower case, particles left out."""
    parts = {word.lower for name in names for word in words(name)}
    return frozenset(
        part for part in parts if len(part) > 1 and part not in PARTICLES | public_words()
    )


def _whole(text: str, names: Sequence[str]) -> list[Finding]:
    """Full names of several words, whatever their case."""
    spaced = [
        r"[\s-]+".join(map(re.escape, name.split())) for name in names if len(name.split()) > 1
    ]
    if not spaced:
        return []
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", re.IGNORECASE)
    return [Finding(*m.span(), "PERSON", "known_name", 1.0) for m in pattern.finditer(text)]


def _judge(word: Word, parts: frozenset[str], related: set[str], cased: bool) -> str:
    if word.lower in parts:
        return "known_name"
    if cased and not word.text[0].isupper():
        return ""
    if word.lower in related:
        return "known_nickname"
    if is_ordinary(word.lower):
        return ""
    return "known_misspelt" if any(sounds_alike(word.lower, part) for part in parts) else ""


def _stands_as_name(text: str, word: Word, cased: bool) -> bool:
    """Guard for names that are words too: Rose, Will, Hope."""
    if not is_ordinary(word.lower):
        return True
    if cased:
        initial = starts_sentence(text, word.start)
        return word.text[0].isupper() and (not initial or word.lower not in GRAMMAR)
    return is_called(text, word)


@lru_cache(maxsize=200_000)
def sounds_alike(word: str, name: str) -> bool:
    """Whether the word may be the name misspelt or misheard."""
    if min(len(word), len(name)) < SHORTEST_FUZZY or abs(len(word) - len(name)) > 2:
        return False
    allowed = 2 if min(len(word), len(name)) >= LONG_NAME else 1
    distance = DamerauLevenshtein.distance(word, name, score_cutoff=3)
    return distance <= allowed or (distance <= allowed + 2 and sound(word) == sound(name))


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A rough key of how a word sounds; vowels are one, silent letters go."""
    key = word.lower()
    for pattern, replacement in SOUNDS:
        key = re.sub(pattern, replacement, key)
    return key
