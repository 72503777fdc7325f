"""Street addresses of the United Kingdom: house, number and street, written or said."""

import re

from pipeline.domain.redaction.numbers import UP_TO_99
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_cased, is_ordinary

SURE = "Road|Rd|Street|Lane|Avenue|Ave|Crescent|Terrace|Mews|Cottages?|Close|Drove|Villas|Wharf|Quay|Parade|Gardens"
LOOSE = (
    "Drive|Way|Place|Court|Grove|Hill|Row|Rise|Square|Walk|Green|View|Gate|Yard|Steps|Buildings|Path|Mead|Meadows?|"
    "Park|Passage|Broadway|Field|Fields|Bank|Side|Orchard|Paddock|Maltings|Barn|Farm|Farmhouse|House|Lodge|Flats"
)
STREETS = f"(?:{SURE}|{LOOSE})"
HOUSE_NUMBER = r"\d{1,4}[A-Za-z]?"
SAID_NUMBER = rf"(?:number\s+)?(?:{UP_TO_99}|(?:one|two|three|a)\s+hundred(?:\s+and\s+{UP_TO_99})?|one\s+(?:oh\s+)?{UP_TO_99})"
FLAT = rf"(?:(?:[Ff]lat|[Uu]nit|[Aa]partment|[Rr]oom|[Cc]aravan|[Pp]lot)\s+(?:{HOUSE_NUMBER}|[A-Z]\b|{UP_TO_99}),?\s+)"
PROPER = r"(?:[A-Z][\w'’-]+|St\.?|of|the|and)"
NAMED = rf"(?:(?:The\s+)?(?:{PROPER}\s+){{1,3}}?{STREETS}\b)"
CASED = (
    ("number_street", re.compile(rf"{FLAT}?\b(?:(?:{HOUSE_NUMBER}|(?i:{SAID_NUMBER})),?\s+){NAMED}(?:,\s+{NAMED})?"), 0.9),
    ("flat", re.compile(rf"{FLAT}(?:{HOUSE_NUMBER}\s+)?{NAMED}(?:,\s+{NAMED})?"), 0.9),
    ("street", re.compile(rf"(?<![\w.])(?!The\b)(?:[A-Z][\w'’-]+\s+){{1,3}}(?:{SURE})\b"), 0.7),
    (
        "on_street",
        re.compile(rf"(?i:\b(?:on|along|up|down|lives? (?:in|on|at)|flat in|bottom of|top of|end of|corner of)\s+)(?P<span>(?:[A-Z][\w'’-]+\s+){{1,3}}(?:{LOOSE}))\b"),
        0.55,
    ),
)  # fmt: skip
LOWER_WORD = r"(?!(?:the|a|an|my|our|your|his|her|their|this|that|of|and|or|in|on|at|to|down|up|no|next|same|main|by|off|for|from|its|every)\b)[a-z'-]+"
LOWER_SURE = "road|street|lane|avenue|crescent|terrace|mews|cottages|close|drove|villas"
LOWER_NUMBERED = re.compile(
    rf"\b(?:flat\s+(?:\d+|{UP_TO_99})\s+)?(?:\d{{1,4}}[a-z]?|{SAID_NUMBER})\s+(?:{LOWER_WORD}\s+){{1,3}}?"
    rf"(?:{LOWER_SURE}|drive|way|court|grove|hill|row|rise|walk|place|gardens|square)\b"
    rf"(?!\s+(?:away|from|to|out))"
)
LOWER_NAMED = re.compile(
    rf"\b(?:on|in|at|down|up|off|along|into|from|of|were on|live on)\s+(?P<span>(?:{LOWER_WORD}\s+){{1,2}}(?:{LOWER_SURE}))\b"
)


def find(text: str) -> list[Finding]:
    """Addresses; without a house number only where the street has a name of its own."""
    return _cased(text) if is_cased(text) else _lower(text.lower())


def _cased(text: str) -> list[Finding]:
    found: list[Finding] = []
    for rule, pattern, score in CASED:
        for match in pattern.finditer(text):
            span = match.span("span") if "span" in pattern.groupindex else match.span()
            found.append(Finding(*span, "ADDRESS", rule, score))
    return found


def _lower(text: str) -> list[Finding]:
    found = [
        Finding(*m.span(), "ADDRESS", "number_street", 0.7)
        for m in LOWER_NUMBERED.finditer(text)
        if _has_own_name(m[0]) or re.match(r"\d|flat", m[0])
    ]
    found += [
        Finding(*m.span("span"), "ADDRESS", "street", 0.6)
        for m in LOWER_NAMED.finditer(text)
        if _has_own_name(m["span"])
    ]
    return found


def _has_own_name(street: str) -> bool:
    """Whether some word of it is no ordinary word, as in "capstan lane"."""
    return any(not is_ordinary(word) for word in street.split()[:-1] if word.isalpha())
