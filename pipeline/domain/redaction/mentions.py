"""What was found, in the words that were said and with what stands around them."""

from typing import NamedTuple

AROUND = 40
"""Characters before and after a mention that may tell who or what is meant."""


class Mention(NamedTuple):
    """The words of a finding, its type, and the words around it in the same turn."""

    entity_type: str
    text: str
    before: str = ""
    after: str = ""


def mention(entity_type: str, text: str, start: int, end: int) -> Mention:
    """What stands from start to end, with what is around it."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Mention(entity_type, text[start:end], before, after)
