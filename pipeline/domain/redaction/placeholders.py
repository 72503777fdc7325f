"""Typed placeholders, the same for the same person or thing throughout a conversation."""

from collections.abc import Iterable, Sequence

from pipeline.domain.redaction import people, things
from pipeline.domain.redaction.mentions import Mention
from pipeline.domain.redaction.words import PLACEHOLDER


def taken(texts: Iterable[str]) -> dict[str, int]:
    """Highest number already used per type, where the text was redacted before."""
    highest: dict[str, int] = {}
    for text in texts:
        for match in PLACEHOLDER.finditer(text):
            entity_type, _, number = match[0][1:-1].rpartition("_")
            highest[entity_type] = max(highest.get(entity_type, 0), int(number))
    return highest


def assign(
    mentions: Sequence[Mention],
    used: dict[str, int],
    registered: Sequence[tuple[str, str]] = (),
) -> list[str]:
    """A placeholder for each mention, numbered by first appearance.

    Parameters
    ----------
    mentions : sequence of Mention
        In the order of the conversation.
    used : dict
        Highest number used before per type, see `taken`.
    registered : sequence of (name, kind)
        The register's names of the conversation.
    """
    numbers = dict(used)
    placeholders: dict[tuple[str, str], str] = {}
    assigned: list[str] = []
    for mention, identity in zip(mentions, _identities(mentions, registered), strict=True):
        key = (mention.entity_type, identity)
        if key not in placeholders:
            numbers[mention.entity_type] = numbers.get(mention.entity_type, 0) + 1
            placeholders[key] = f"[{mention.entity_type}_{numbers[mention.entity_type]}]"
        assigned.append(placeholders[key])
    return assigned


def _identities(mentions: Sequence[Mention], registered: Sequence[tuple[str, str]]) -> list[str]:
    """What each mention stands for: equal keys, equal people or things."""
    keys = [""] * len(mentions)
    for entity_type in sorted({m.entity_type for m in mentions}):
        rows = [row for row, m in enumerate(mentions) if m.entity_type == entity_type]
        own = [mentions[row] for row in rows]
        if entity_type == "PERSON":
            found = people.identities(own, registered)
        else:
            found = things.identities(entity_type, [m.text for m in own])
        for row, key in zip(rows, found, strict=True):
            keys[row] = key
    return keys
