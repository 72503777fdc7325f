"""Typed placeholders, the same for the same person throughout a conversation.

`Margaret Hallett`, `Margaret`, `Mags` and `Mrs Hallett` are one person unless another in the
conversation shares the part.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.domain.redaction.known_names import sounds_alike
from pipeline.domain.redaction.words import PLACEHOLDER, nicknames, words


class Mention(NamedTuple):
    """The words of a finding and its type."""

    entity_type: str
    text: str


def taken(texts: Iterable[str]) -> dict[str, int]:
    """Highest number already used per type, where the text was redacted before."""
    highest: dict[str, int] = {}
    for text in texts:
        for match in PLACEHOLDER.finditer(text):
            entity_type, _, number = match[0][1:-1].rpartition("_")
            highest[entity_type] = max(highest.get(entity_type, 0), int(number))
    return highest


def assign(mentions: Sequence[Mention], used: dict[str, int]) -> list[str]:
    """A placeholder for each mention, numbered by first appearance."""
    people = _people([m.text for m in mentions if m.entity_type == "PERSON"])
    numbers = dict(used)
    placeholders: dict[tuple[str, str], str] = {}
    assigned: list[str] = []
    for mention in mentions:
        identity = people[mention.text] if mention.entity_type == "PERSON" else _plain(mention.text)
        key = (mention.entity_type, identity)
        if key not in placeholders:
            numbers[mention.entity_type] = numbers.get(mention.entity_type, 0) + 1
            placeholders[key] = f"[{mention.entity_type}_{numbers[mention.entity_type]}]"
        assigned.append(placeholders[key])
    return assigned


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip().removeprefix("the ")


def _people(names: Sequence[str]) -> dict[str, str]:
    """Each mention's person: the one full name that it is part of, else itself."""
    parts = {name: tuple(w.lower for w in words(name)) for name in dict.fromkeys(names)}
    full = sorted({p for p in parts.values() if len(p) > 1}, key=lambda p: (-len(p), p))
    return {name: " ".join(_person(p, full)) if p else _plain(name) for name, p in parts.items()}


def _person(parts: tuple[str, ...], full: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    exact = [whole for whole in full if len(whole) > len(parts) and set(parts) <= set(whole)]
    if not exact and len(parts) == 1:
        exact = [whole for whole in full if _may_be(parts[0], whole[0])]
    return exact[0] if len(exact) == 1 else parts


def _may_be(name: str, first: str) -> bool:
    return name in nicknames().get(first, ()) or sounds_alike(name, first)
