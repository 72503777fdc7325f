"""What was found once holds for the whole conversation, guarded for words that are ordinary too."""

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    GRAMMAR,
    Word,
    is_called,
    is_cased,
    is_name,
    is_ordinary,
    public_words,
    starts_sentence,
    words,
)

SURE_ENOUGH = 0.6
"""Names found with less are masked where they stand and nowhere else."""
PHRASE_TYPES = frozenset(
    {"ORG", "PLACE", "ADDRESS", "PHONE", "EMAIL", "HANDLE", "ID", "POSTCODE", "URL"}
)
SHORTEST_PHRASE = 5


def spread(texts: Sequence[str], findings: Sequence[Sequence[Finding]]) -> list[list[Finding]]:
    """Further findings: all other mentions of what was found in any turn."""
    names = _confirmed(texts, findings)
    phrases = _phrases(texts, findings)
    return [_names_in(text, names) + _phrases_in(text, phrases) for text in texts]


def _confirmed(texts: Sequence[str], findings: Sequence[Sequence[Finding]]) -> Counter[str]:
    """Words of names found with confidence, lower case, with how often.

    A capital where none is due is weak evidence once and good evidence twice.
    """
    confirmed: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for text, found in zip(texts, findings, strict=True):
        for finding in found:
            if finding.entity_type == "PERSON":
                inside = [w.lower for w in words(text[finding.start : finding.end])]
                (confirmed if finding.score >= SURE_ENOUGH else capitals).update(inside)
    confirmed.update({word: n for word, n in capitals.items() if n > 1 or word in confirmed})
    return Counter({w: n for w, n in confirmed.items() if _may_spread(w)})


def _may_spread(lower: str) -> bool:
    """Whether a word of a name is part of a name elsewhere too: not the "I'm" before it."""
    if len(lower) < 2 or lower in public_words() or lower.endswith(("'m", "’m")):
        return False
    return lower not in GRAMMAR or is_name(lower)


def _names_in(text: str, names: Counter[str]) -> list[Finding]:
    cased = is_cased(text)
    return [
        Finding(word.start, word.end, "PERSON", "propagated", 0.6)
        for word in words(text)
        if (word.lower in names or _plural(word.lower) in names)
        and _is_mention(text, word, names, cased)
    ]


def _plural(lower: str) -> str:
    return lower[:-1] if lower.endswith("s") and len(lower) > 4 else lower


def _is_mention(text: str, word: Word, names: Counter[str], cased: bool) -> bool:
    ordinary = is_ordinary(word.lower)
    if not cased:
        return not ordinary or is_called(text, word)
    if not word.text[0].isupper():
        return False
    initial = starts_sentence(text, word.start)
    if not ordinary or not initial:
        return True
    return word.lower not in GRAMMAR and (names[word.lower] > 1 or is_name(word.lower))


def _phrases(texts: Sequence[str], findings: Sequence[Sequence[Finding]]) -> dict[str, str]:
    """Longer strings found, lower case, with their type."""
    phrases: dict[str, str] = {}
    for text, found in zip(texts, findings, strict=True):
        for finding in found:
            phrase = text[finding.start : finding.end].lower().removeprefix("the ")
            telling = " " in phrase or not is_ordinary(phrase)
            if finding.entity_type in PHRASE_TYPES and len(phrase) >= SHORTEST_PHRASE and telling:
                phrases.setdefault(phrase, finding.entity_type)
    return phrases


def _phrases_in(text: str, phrases: dict[str, str]) -> list[Finding]:
    lower = text.lower()
    if len(lower) != len(text):
        return []
    found: list[Finding] = []
    for phrase in sorted(phrases):
        start = lower.find(phrase)
        while start >= 0:
            end = start + len(phrase)
            if _bounded(lower, start, end) and _looks_alike(text[start:end], phrase):
                found.append(Finding(start, end, phrases[phrase], "propagated", 0.6))
            start = lower.find(phrase, end)
    return found


def _bounded(text: str, start: int, end: int) -> bool:
    return not re.match(r"\w\w", text[max(0, start - 1) : start + 1]) and not re.match(
        r"\w\w", text[end - 1 : end + 1]
    )


def _looks_alike(words_here: str, phrase: str) -> bool:
    """A phrase of ordinary words needs a capital to be the same thing again."""
    return any(c.isupper() or c.isdigit() for c in words_here) or any(
        not is_ordinary(piece) for piece in phrase.split()
    )
