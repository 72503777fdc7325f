"""What to believe of a language model's names, places and organisations."""

import re

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    GRAMMAR,
    is_cased,
    is_medical,
    is_name,
    is_ordinary,
    public_words,
    starts_sentence,
    words,
)

LONGEST_ACRONYM = 5
LONGEST_NAME_WORDS = 7
LEADING = re.compile(
    r"(?:(?:mr|mrs|ms|miss|dr|prof|nurse|sister|auntie|aunty|uncle|mum|dad|nan|gran|grandad|i|i'm|it's|okay|yeah|so|and|but|well|hello|hi|"
    r"hey|dear|oh)\b\.?,?\s+)+",
    re.IGNORECASE,
)


def truecase(text: str) -> str:
    """The text with a capital on each word that is a name and no ordinary word.

    Models trained on edited text see next to nothing without capitals. No letter moves.
    """
    letters = list(text)
    for word in words(text):
        capital = text[word.start].upper()
        if len(capital) == 1 and is_name(word.lower) and not is_ordinary(word.lower):
            letters[word.start] = capital
    return "".join(letters)


def believe(text: str, finding: Finding) -> Finding | None:
    """The finding without title or filler before it; None if it is only ordinary words."""
    lead = LEADING.match(text, finding.start, finding.end)
    start = lead.end() if lead and lead.end() < finding.end else finding.start
    span = text[start : finding.end]
    if "\n" in span:
        end = start + span.index("\n")
        return believe(text, finding._replace(start=start, end=end)) if end > start else None
    inside = words(span)
    if not inside or len(inside) > LONGEST_NAME_WORDS:
        return None
    plain = span.lower().removeprefix("the ").removesuffix("'s").removesuffix("’s")
    if plain in public_words() or all(_is_nobody(word.lower) for word in words(plain)):
        return None
    capitals = [word for word in inside if word.text[0].isupper()]
    if capitals and len(capitals) < len(inside) and is_cased(text):
        end = start + capitals[-1].end
        start += capitals[0].start
        inside = words(text[start:end])
        finding = finding._replace(end=end)
    if not capitals and (is_cased(text) or all(is_ordinary(word.lower) for word in inside)):
        return None
    if len(inside) == 1 and not _single(text, start, inside[0].text, finding):
        return None
    return finding._replace(start=start)


def _is_nobody(lower: str) -> bool:
    """Words that a model takes for names when they stand in a list or begin a sentence anew."""
    return lower in public_words() or is_medical(lower) or (lower in GRAMMAR and not is_name(lower))


def _single(text: str, start: int, word: str, finding: Finding) -> bool:
    lower = word.lower()
    if word.isupper() and 1 < len(word) <= LONGEST_ACRONYM and not is_name(lower):
        return False
    if is_ordinary(lower):
        return (
            word[0].isupper()
            and not starts_sentence(text, start)
            and finding.entity_type == "PERSON"
        )
    return len(word) > 1
