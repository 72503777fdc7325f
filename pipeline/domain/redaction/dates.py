"""Dates of one day, or of a month and year, and dates of birth however said."""

import re

from pipeline.domain.redaction.numbers import (
    MONTHS,
    ORDINAL_UNITS,
    ORDINALS,
    UNITS,
    UP_TO_99,
    WEEKDAYS,
    YEAR,
)
from pipeline.domain.redaction.spans import Finding

DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{ORDINALS})"
BARE_DAY = r"(?:[12]?\d|3[01])"
SEPARATOR = r"[\s,]+(?:um,?\s+|uh,?\s+|er,?\s+)?"
WEEKDAY = rf"(?:{WEEKDAYS}{SEPARATOR})?"
SHORT_YEAR = rf"(?:{YEAR}|(?:{UP_TO_99}|\d\d)(?!\s*(?:pounds|minutes|years|of|people|miles|percent|times|o'clock)))"
RULES = (
    ("day_month", re.compile(rf"\b{WEEKDAY}(?:the\s+)?{DAY}\s+(?:of\s+)?{MONTHS}\b(?:{SEPARATOR}{YEAR}|\s+(?:last|gone))?\b", re.IGNORECASE)),
    ("bare_day_month", re.compile(rf"\b{WEEKDAY}(?:the\s+)?{BARE_DAY}\s+(?:of\s+)?{MONTHS}\b(?:{SEPARATOR}{YEAR}|\s+(?:last|gone))?\b", re.IGNORECASE)),
    ("month_day", re.compile(rf"\b{WEEKDAY}{MONTHS}\s+(?:the\s+)?(?:{DAY}|{BARE_DAY}(?!\d))(?:{SEPARATOR}{YEAR})?\b", re.IGNORECASE)),
    ("month_year", re.compile(rf"\b{MONTHS}(?:\s+of)?{SEPARATOR}{YEAR}\b", re.IGNORECASE)),
    ("weekday_day", re.compile(rf"\b{WEEKDAYS}\s+the\s+{DAY}\b(?!\s+(?:time|one|floor|week))", re.IGNORECASE)),
    ("numeric", re.compile(r"(?<![\d./-])(?:[0-3]?\d[./-][01]?\d[./-](?:\d{4}|\d\d)|(?:19|20)\d\d-[01]\d-[0-3]\d)(?![\d/-]|\.\d)")),
)  # fmt: skip
BIRTH = re.compile(
    r"\b(?:born|birth|birthday|birthdate|d\.?o\.?b\.?|date of birth)\b[\s\S]{0,45}$", re.IGNORECASE
)
SAID_AS_NUMBERS = re.compile(
    rf"\b(?:the\s+)?{DAY}\s+of\s+(?:the\s+)?{ORDINALS}(?:{SEPARATOR}(?:of\s+)?{SHORT_YEAR})\b"
    rf"|\b(?:the\s+)?(?:{ORDINALS})\s+(?:of\s+)?{MONTHS}{SEPARATOR}{SHORT_YEAR}\b"
    rf"|\b(?:the\s+)?{BARE_DAY}\s+(?:of\s+)?{MONTHS}{SEPARATOR}{SHORT_YEAR}\b",
    re.IGNORECASE,
)
BORN_IN = re.compile(
    rf"\b(?:born|date of birth|d\.?o\.?b\.?|birthday|birthdate)\b(?:\s+(?:is|was|were|in|on|it's|the|up|down|at|here|there|"
    rf"back|way)\b|[\s,:]|um|er|uh)*\s?(?P<dob>(?:'|’)?{SHORT_YEAR}|{MONTHS}\s+{SHORT_YEAR}|(?:[^\W\d_]+\s+(?:and\s+[^\W\d_]+\s*)?"
    rf"(?:Day|Eve),?\s+{SHORT_YEAR}))\b",
    re.IGNORECASE,
)
FEAST = re.compile(
    rf"\b(?:(?:Valentine|St [A-Z]\w+|New Year|Boxing|Christmas|May|Midsummer|All Saints|Lady|Michaelmas)(?:['’]?s)?\s+"
    rf"(?:Day|Eve)),?\s+{YEAR}\b",
    re.IGNORECASE,
)
OF_THE = re.compile(rf"(?:the\s+)?{DAY}\s+of\s+the\s+", re.IGNORECASE)
"""A month said as a number is how forms ask for a birthday."""
AFTER_BIRTH = re.compile(
    r"\b(?:is|was)\s+(?:my|his|her|the)\s+(?:birthday|date of birth)", re.IGNORECASE
)


def find(text: str) -> list[Finding]:
    """Dates; a date of birth where the words around it say so."""
    found: list[Finding] = []
    for rule, pattern in RULES:
        found += [_judged(text, *m.span(), rule) for m in pattern.finditer(text) if _is_date(m[0])]
    found += [
        Finding(*m.span(), "DOB", "said_date", 0.7)
        for m in SAID_AS_NUMBERS.finditer(text)
        if _born(text, *m.span()) or OF_THE.match(m[0])
    ]
    found += [
        Finding(*m.span("dob"), "DOB", "born_in", 0.8)
        for m in BORN_IN.finditer(text)
        if _is_year(m["dob"])
    ]
    found += [_judged(text, *m.span(), "feast") for m in FEAST.finditer(text)]
    return found


def _judged(text: str, start: int, end: int, rule: str) -> Finding:
    entity_type = "DOB" if _born(text, start, end) else "DATE"
    return Finding(start, end, entity_type, rule, 0.85)


def _born(text: str, start: int, end: int) -> bool:
    before = BIRTH.search(text[max(0, start - 70) : start])
    return before is not None or AFTER_BIRTH.match(text[end : end + 40].lstrip(", ")) is not None


def _is_date(words: str) -> bool:
    """Whether it is a date; "may" and "march" are verbs too and need a number beside them."""
    lower = words.lower()
    if not re.search(r"\b(?:may|march|mar|sat|sun|second)\b", lower):
        return True
    return re.search(rf"\d|{ORDINALS}|{YEAR}|{ORDINAL_UNITS}", lower) is not None


def _is_year(words: str) -> bool:
    """Whether it is a year; "born two minutes apart" holds a number but no year."""
    return words.lower() not in set(f"{UNITS}|ten|eleven|twelve".split("|"))
