"""What an age or a date comes to, written or said: "in my eighty-third year" is 82, "March '87" is 1987.

`ages` and `dates` find them; here they are read, so that they can be told less exactly. What cannot
be read for certain is not read: a wrong year would change what somebody said.
"""

import re
from typing import NamedTuple

from pipeline.domain.redaction.numbers import ORDINAL_UNITS, TEENS, TENS, UNITS

_TENS = [name for name in TENS.split("|") if name != "fourty"]
CARDINALS = (
    {name: number for number, name in enumerate(UNITS.split("|"), 1)}
    | {name: number for number, name in enumerate(TEENS.split("|"), 10)}
    | {name: 10 * number for number, name in enumerate(_TENS, 2)}
    | {"fourty": 40}
)
ORDINALS = (
    {name: number for number, name in enumerate(ORDINAL_UNITS.split("|"), 1)}
    | {
        name: number
        for number, name in enumerate(
            "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
            "nineteenth".split(),
            10,
        )
    }
    | {f"{name[:-1]}ieth": 10 * number for number, name in enumerate(_TENS, 2)}
)
DECADES = {f"{name[:-1]}ies": 10 * number for number, name in enumerate(_TENS, 2)}
CENTURIES = {"eighteen": 1800, "nineteen": 1900, "twenty": 2000}
MONTH_STARTS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
FEASTS = (
    (r"christmas|boxing day|new years eve|advent", 12),
    (r"new years|hogmanay|burns night|epiphany|twelfth night", 1),
    (r"valentines?|candlemas", 2),
    (r"st davids|st patricks|lady day|international womens day", 3),
    (r"st georges|april fools?", 4),
    (r"may day|ve day", 5),
    (r"midsummer|fathers day|d day", 6),
    (r"st swithins", 7),
    (r"vj day|lammas", 8),
    (r"michaelmas", 9),
    (r"halloween", 10),
    (r"bonfire night|guy fawkes|all saints|all souls|remembrance|armistice|st andrews|martinmas", 11),
)  # fmt: skip
SEASONS = {
    12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring", 6: "summer",
    7: "summer", 8: "summer", 9: "autumn", 10: "autumn", 11: "autumn",
}  # fmt: skip
NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)")
ISO = re.compile(r"(\d{4})-(\d\d)-\d\d")
TOKEN = re.compile(r"'\d\d\b|[a-z]+|\d+")
OLDEST = 120
EARLIEST, LATEST = 1850, 2099
LATEST_SHORT = 30
"""Of years said with two figures, those up to this are of this century."""
MONTHS_IN_YEAR = 12
DAYS_IN_MONTH = 31


class Age(NamedTuple):
    """Years of age, from lowest to highest that may be meant."""

    low: int
    high: int


class When(NamedTuple):
    """What is known of a day: a number, or 0; the season by its name; of a decade its first year."""

    year: int = 0
    month: int = 0
    day: int = 0
    season: str = ""
    decade: int = 0


class _Item(NamedTuple):
    """A number among the words of a date."""

    kind: str
    value: int


# Ages


def age_of(text: str) -> Age | None:
    """The age that is said, in whole years; None: it cannot be read."""
    lower = re.sub(r"[-\s]+", " ", text.lower().replace("’", "'")).strip()
    decade = _age_in_decade(lower)
    if decade:
        return decade
    if re.search(r"\b(?:weeks?|days?) old\b|\bnewborn\b|\b(?:weeks?|days?)$", lower):
        return Age(0, 0)
    numbers = _numbers(lower)
    if re.search(r"\bhundred\b", lower):
        rest = [n for n in numbers if n < 20]
        numbers = [100 + sum(rest[-1:])]
    if not numbers or max(numbers) > OLDEST:
        return None
    if re.search(r"\bmonths?\b", lower):
        return Age(min(numbers) // MONTHS_IN_YEAR, max(numbers) // MONTHS_IN_YEAR)
    if re.search(r"\byear$", lower) and _ordinal(lower):
        numbers = [number - 1 for number in numbers]
    return Age(min(numbers), max(numbers))


def _age_in_decade(lower: str) -> Age | None:
    """In her late sixties, in his 70s."""
    for word in lower.split():
        tens = DECADES.get(word.strip("'.,"), 0)
        figures = re.fullmatch(r"([1-9]0)'?s", word.strip(".,"))
        tens = tens or (int(figures[1]) if figures else 0)
        if tens and "early" in lower:
            return Age(tens, tens + 3)
        if tens and "mid" in lower:
            return Age(tens + 4, tens + 6)
        if tens:
            return Age(tens + 7 if "late" in lower else tens, tens + 9)
    return None


def _ordinal(lower: str) -> bool:
    return any(word in ORDINALS for word in lower.split()) or bool(
        re.search(r"\d(?:st|nd|rd|th)\b", lower)
    )


def _numbers(lower: str) -> list[int]:
    """Cardinal and ordinal numbers below a hundred as said, and figures as written."""
    tokens = re.findall(r"[a-z]+|\d+", lower)
    found: list[int] = []
    index = 0
    while index < len(tokens):
        value, used, _ = _number(tokens, index)
        if used:
            found.append(value)
        index += max(used, 1)
    return found


def _number(tokens: list[str], index: int) -> tuple[int, int, bool]:
    """The number that begins here, how many words say it, and whether it is an ordinal."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else ""
    if token.isdigit():
        ordinal = following in {"st", "nd", "rd", "th"}
        return int(token), 1 + ordinal, ordinal
    if token in ORDINALS:
        return ORDINALS[token], 1, True
    value = CARDINALS.get(token, 0)
    if value >= 20:
        unit = CARDINALS.get(following, 0)
        if 0 < unit < 10:
            return value + unit, 2, False
        if 0 < ORDINALS.get(following, 0) < 10:
            return value + ORDINALS[following], 2, True
    return value, int(value > 0), False


# Dates


def date_of(text: str) -> When | None:
    """What is said of the year, the month and the day; None: nothing that can be read."""
    lower = re.sub(r"[-,\s]+", " ", text.lower().replace("’", "'").strip())
    written = ISO.search(text) or NUMERIC.search(text)
    if written:
        return _written(written)
    decade = _decade(lower)
    if decade:
        return When(decade=decade)
    season = re.search(r"\b(?:spring|summer|autumn|winter|easter|whitsun)\b", lower)
    items = _items(re.sub(r"\b(?:of|the|on|in|and|o'clock)\b", " ", lower))
    month = next((item.value for item in items if item.kind == "month"), 0) or _feast(lower)
    numbers = [item for item in items if item.kind in {"cardinal", "ordinal"}]
    year = next((item.value for item in items if item.kind == "year"), 0)
    day, month, numbers = _day(month, numbers)
    if not year and len(numbers) == 1 and (day or month) and 0 < numbers[0].value < 100:
        year = _full(numbers[0].value)
    name = {"easter": "spring", "whitsun": "spring"}.get(season[0], season[0]) if season else ""
    when = When(year, month, day, name or SEASONS.get(month, ""), year // 10 * 10)
    return when if any(when) else None


def _written(match: re.Match[str]) -> When | None:
    """A date in figures, the day first as in this country."""
    if len(match[1]) == 4:
        year, month, day = int(match[1]), int(match[2]), int(match[0][-2:])
    else:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    year = _full(year) if year < 100 else year
    if not (
        EARLIEST <= year <= LATEST and 1 <= month <= MONTHS_IN_YEAR and 1 <= day <= DAYS_IN_MONTH
    ):
        return None
    return When(year, month, day, SEASONS[month], year // 10 * 10)


def _full(short: int) -> int:
    return short + (2000 if short <= LATEST_SHORT else 1900)


def _decade(lower: str) -> int:
    """The first year of "the nineteen eighties", "the 1980s", "the eighties"; 0: no decade."""
    written = re.search(r"\b(1[89]|20)?(\d)0'?s\b", lower)
    if written:
        return int(written[1] or 19) * 100 + int(written[2]) * 10
    for word in lower.split():
        if word in DECADES:
            return 1900 + DECADES[word]
    return 0


def _feast(lower: str) -> int:
    bare = lower.replace("'", "").replace("saint ", "st ")
    return next((month for words, month in FEASTS if re.search(rf"\b(?:{words})\b", bare)), 0)


def _items(lower: str) -> list[_Item]:
    tokens = TOKEN.findall(lower)
    items: list[_Item] = []
    index = 0
    while index < len(tokens):
        year, used = _year(tokens, index)
        if used:
            items.append(_Item("year", year))
        elif MONTH.fullmatch(tokens[index]):
            items.append(_Item("month", MONTH_STARTS.index(tokens[index][:3]) + 1))
            used = 1
        else:
            value, used, ordinal = _number(tokens, index)
            if used:
                items.append(_Item("ordinal" if ordinal else "cardinal", value))
        index += max(used, 1)
    return items


def _year(tokens: list[str], index: int) -> tuple[int, int]:
    """The year that begins here and how many words say it; nothing: 0, 0."""
    first, rest = tokens[index], tokens[index + 1 : index + 4]
    if first.startswith("'"):
        return _full(int(first[1:])), 1
    if first.isdigit():
        return (int(first), 1) if EARLIEST <= int(first) <= LATEST else (0, 0)
    if first == "two" and rest[:1] == ["thousand"]:
        value, used, ordinal = _number(rest, 1) if len(rest) > 1 else (0, 0, False)
        return (2000, 2) if ordinal else (2000 + value, 2 + used)
    value, used = _in_century(rest) if first in CENTURIES and rest else (0, 0)
    return (CENTURIES[first] + value, 1 + used) if used else (0, 0)


def _in_century(rest: list[str]) -> tuple[int, int]:
    """What follows "nineteen": oh four, hundred and two, eighty-four."""
    unit = CARDINALS.get(rest[1], 0) if len(rest) > 1 else 0
    if rest[0] in {"oh", "o"}:
        return (unit, 2) if 0 < unit < 10 else (0, 0)
    if rest[0] == "hundred":
        return unit, 1 + (unit > 0)
    value, used, ordinal = _number(rest, 0)
    said = not ordinal and not rest[0].isdigit() and 10 <= value < 100
    return (value, used) if said else (0, 0)


def _day(month: int, numbers: list[_Item]) -> tuple[int, int, list[_Item]]:
    """Day and month, and the numbers that say neither; a month may be said as a number too."""
    ordinals = [item for item in numbers if item.kind == "ordinal"]
    if not month and len(ordinals) == 2 and ordinals[1].value <= MONTHS_IN_YEAR:
        rest = [item for item in numbers if item not in ordinals]
        return ordinals[0].value, ordinals[1].value, rest
    day = (ordinals or [n for n in numbers if n.value <= DAYS_IN_MONTH] or [None])[0]
    if day is None or day.value > DAYS_IN_MONTH:
        return 0, month, numbers
    rest = list(numbers)
    rest.remove(day)
    return day.value, month, rest
