"""Dates of one day, or of a month and year, and dates of birth however said."""

import re
from collections.abc import Iterator

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
from pipeline.domain.redaction.spoken import runs, said_again

DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{ORDINALS})"
BARE_DAY = r"(?:[12]?\d|3[01])"
SEPARATOR = r"(?:[\s,]|\.{2,}|…)+(?:(?:um|uh|erm|er|that['’]?s|it['’]?s),?\s+)?"
WEEKDAY = rf"(?:{WEEKDAYS}{SEPARATOR})?"
SHORT_YEAR = rf"(?:{YEAR}|(?:(?:oh|nought|zero)[-\s](?:{UNITS})|{UP_TO_99}|\d\d)(?!\s*(?:pounds|minutes|years|of|people|miles|percent|times|o'clock)))"
RULES = (
    ("day_month", re.compile(rf"\b{WEEKDAY}(?:the\s+)?{DAY}\s+(?:of\s+)?{MONTHS}\b(?:{SEPARATOR}{YEAR}|\s+(?:last|gone))?\b", re.IGNORECASE)),
    ("bare_day_month", re.compile(rf"\b{WEEKDAY}(?:the\s+)?{BARE_DAY}\s+(?:of\s+)?{MONTHS}\b(?:{SEPARATOR}{YEAR}|\s+(?:last|gone))?\b", re.IGNORECASE)),
    ("month_day", re.compile(rf"\b{WEEKDAY}{MONTHS}\s+(?:the\s+)?(?:{DAY}|{BARE_DAY}(?!\d))(?:{SEPARATOR}{YEAR})?\b", re.IGNORECASE)),
    ("month_year", re.compile(rf"\b{MONTHS}(?:\s+of)?{SEPARATOR}{YEAR}\b", re.IGNORECASE)),
    ("weekday_day", re.compile(rf"\b{WEEKDAYS}\s+the\s+{DAY}\b(?!\s+(?:time|one|floor|week))", re.IGNORECASE)),
    ("numeric", re.compile(r"(?<![\d./-])(?:[0-3]?\d[./-][01]?\d[./-](?:\d{4}|\d\d)|(?:19|20)\d\d-[01]\d-[0-3]\d)(?![\d/-]|\.\d)")),
)  # fmt: skip
BIRTH = re.compile(
    r"\b(?:born|birth|birthday|birthdate|d\.?\s?o\.?\s?b\.?|date of birth)\b[\s\S]{0,45}$",
    re.IGNORECASE,
)
SAID_AS_NUMBERS = re.compile(
    rf"\b(?:the\s+)?{DAY}\s+(?:of\s+)?(?:the\s+)?{DAY}(?:{SEPARATOR}(?:of\s+)?{SHORT_YEAR})\b"
    rf"|\b{MONTHS}\s+(?:the\s+)?(?:{DAY}|{BARE_DAY}){SEPARATOR}{SHORT_YEAR}\b"
    rf"|\b(?:the\s+)?(?:{ORDINALS})\s+(?:of\s+)?{MONTHS}{SEPARATOR}{SHORT_YEAR}\b"
    rf"|\b(?:the\s+)?{BARE_DAY}\s+(?:of\s+)?{MONTHS}{SEPARATOR}{SHORT_YEAR}\b",
    re.IGNORECASE,
)
BORN_IN = re.compile(
    rf"\b(?:born|date of birth|d\.?\s?o\.?\s?b\.?|birthday|birthdate)\b(?:\s+(?:is|was|were|in|on|it's|the|up|down|at|here|there|"
    rf"back|way)\b|[\s,:]|um|er|uh)*\s?(?P<dob>(?:'|’)?{SHORT_YEAR}|{MONTHS}\s+{SHORT_YEAR}|(?:[^\W\d_]+\s+(?:and\s+[^\W\d_]+\s*)?"
    rf"(?:Day|Eve),?\s+{SHORT_YEAR}))\b",
    re.IGNORECASE,
)
FEAST = re.compile(
    rf"\b(?:(?:(?:Valentine|St [A-Z]\w+|New Year|Boxing|Christmas|May|Midsummer|All Saints|All Souls|Lady|Michaelmas|Mother|Father|Remembrance|"
    rf"Armistice|Independence|Mid-?summer|V ?[EJ]|Pancake|Shrove|Ash|Bonfire|Guy Fawkes|Burns)(?:['’]?s)?\s+(?:Day|Eve|Night|Sunday|Tuesday|Wednesday))|"
    rf"Hallowe['’]?en|Good Friday|Easter (?:Sunday|Monday|Day)|Palm Sunday|Whit (?:Sunday|Monday)),?\s+(?P<year>{SHORT_YEAR})\b",
    re.IGNORECASE,
)
OF_THE = re.compile(rf"(?:the\s+)?{DAY}\s+of\s+the\s+", re.IGNORECASE)
FULL_YEAR = re.compile(YEAR, re.IGNORECASE)
IN_DIGITS = re.compile(r"(0?[1-9]|[12]\d|3[01])(0?[1-9]|1[0-2])((?:19|20)?\d\d)")
"""Day, month, year said one after the other: 030462."""
AND_ANOTHER = re.compile(rf"{SEPARATOR}and\s+(?P<dob>['’]?{SHORT_YEAR})(?!\w)", re.IGNORECASE)
"""A month said as a number is how forms ask for a birthday."""
BIRTH_WORD = re.compile(r"\b(?:born|birth|birthday|birthdate|d\.?\s?o\.?\s?b)\b", re.IGNORECASE)
SHORTEST_BIRTH = 8
"""Characters from which a date of birth is looked for again: no bare year."""
AFTER_BIRTH = re.compile(
    r"\b(?:is|was)\s+(?:my|his|her|the)\s+(?:birthday|date of birth)", re.IGNORECASE
)


def find(text: str) -> list[Finding]:
    """Dates; a date of birth where the words around it say so, and where it is said again."""
    found: list[Finding] = []
    for rule, pattern in RULES:
        found += [_judged(text, *m.span(), rule) for m in pattern.finditer(text) if _is_date(m[0])]
    found += [
        _judged(text, *m.span(), "feast")
        for m in FEAST.finditer(text)
        if FULL_YEAR.fullmatch(m["year"]) or _born(text, *m.span())
    ]
    found += _births(text)
    return [*found, *_said_again(text, found)]


def _births(text: str) -> Iterator[Finding]:
    for match in SAID_AS_NUMBERS.finditer(text):
        if _born(text, *match.span()) or OF_THE.match(match[0]):
            yield Finding(*match.span(), "DOB", "said_date", 0.7)
    if not BIRTH_WORD.search(text):
        return
    for match in BORN_IN.finditer(text):
        if _is_year(match["dob"]):
            yield Finding(*match.span("dob"), "DOB", "born_in", 0.8)
            another = AND_ANOTHER.match(text, match.end("dob"))
            if another:
                yield Finding(*another.span("dob"), "DOB", "born_in", 0.7)
    for run in runs(text):
        if IN_DIGITS.fullmatch(run.value) and _born(text, run.start, run.end):
            yield Finding(run.start, run.end, "DOB", "said_in_digits", 0.75)


def _said_again(text: str, found: list[Finding]) -> Iterator[Finding]:
    """The same words elsewhere: a date of birth is read back."""
    births = {text[f.start : f.end].lower() for f in found if f.entity_type == "DOB"}
    for birth in sorted(births):
        if len(birth) >= SHORTEST_BIRTH:
            yield from (
                Finding(*span, "DOB", "said_again", 0.7) for span in said_again(text, birth)
            )


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
