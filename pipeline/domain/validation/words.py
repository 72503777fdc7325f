"""Counting words in redacted text, where placeholders are not words."""

import re

from pipeline.domain.redaction.words import PLACEHOLDER

# A possessive belongs to its placeholder: "[PERSON_1]'s" holds no word.
_PLACEHOLDER_WITH_ENDING = re.compile(PLACEHOLDER.pattern + r"(?:['’]s\b)?")
WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a redacted text in lower case, placeholders left out."""
    return WORD.findall(_PLACEHOLDER_WITH_ENDING.sub(" ", text).replace("’", "'").lower())


def count_words(text: str) -> int:
    """How many words a redacted text holds, placeholders left out."""
    return len(words_of(text))


def count_placeholders(text: str) -> int:
    """How many placeholders a redacted text holds."""
    return len(PLACEHOLDER.findall(text))
