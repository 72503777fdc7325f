"""Canaries: made-up identifiers sown into copies of real turns, to see how many redaction finds.

The same batch gets the same canaries. They are drawn by combination from pools of their own
(`lists/canaries.txt`), one sentence each, into copies of a few turns of one conversation, written
as the batch writes: with capitals, in lower case, and as automatic captions are. Nothing of the
copies is kept; what is counted is which canaries were covered to the last letter and digit.
"""

import hashlib
import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import pandas as pd

from pipeline.domain.redaction.words import is_cased
from pipeline.domain.themes.counting import wilson
from pipeline.tables import CANARY_COUNTS, DIRECT_IDENTIFIERS, TABLES, empty

Writing = Literal["cased", "lower", "automatic"]
WRITINGS: tuple[Writing, ...] = ("cased", "lower", "automatic")
TURNS_OF_A_COPY = 8
WORDS_AROUND = 20
"""Words of the real turn that stand on either side of a canary: what a copy costs is bounded."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
DIGIT_WORDS = "oh one two three four five six seven eight nine".split()
MONTHS = (
    "January February March April May June July August September October November December".split()
)
LETTERS = "ABCDEFGHJKLMNOPRSTUWXY"

CARRIERS: dict[str, tuple[str, ...]] = {
    "full": (
        "I spoke to {} about it in the end.", "It was {} who rang me back.",
        "My name's {}, by the way.", "And {} lives two doors down from us.",
        "There was a letter from {} on the mat.", "That was before {} took it over.",
        "Because of {} we got the keys.", "No, not him, {} it was.", "{} would know.",
    ),
    "first": (
        "I said to {}, come round then.", "Me and {} went there together.",
        "My friend {} came with me that day.", "And {} was there as well.",
        "I don't know what I'd do without {}, really.", "In the end {} had the car back.",
        "Well, that's {}, as you can guess.",
        "We put it in {}'s room for now.", "It was for {} and the others, mostly.",
        "Only {} never came, of course.", "{}, bless her, she just laughed.",
    ),
    "last": (
        "I saw Mrs {} about it first.", "You want to ask Mr {}, he said.",
        "It was Dr {} who looked at it.", "All the {} boys were there.",
        "Her name was {} before she married.", "The {}s had the farm, years ago.",
    ),
    "ADDRESS": (
        "We live at {} now.", "They sent it to {} by mistake.", "I grew up at {}, all of us did.",
    ),
    "POSTCODE": ("The postcode is {}, I think.", "It's {} if you look it up."),
    "PHONE": (
        "You can ring me on {} after six.", "My number's {} if you need it.",
        "The number they gave me was {}, and nobody answered.",
    ),
    "EMAIL": ("My email is {}, all small letters.", "Write to {} and they answer."),
    "HANDLE": ("I'm {} on Instagram, if you look.", "She's on Twitter as {} these days."),
    "URL": ("It was all on {} for everybody to see.", "Have a look at {} when you get home."),
    "NHS": ("My NHS number is {}, I know it by heart.", "The NHS number on it was {}, not mine."),
    "NINO": ("My National Insurance number is {}, they asked for it.",),
    "BANK": ("The sort code is {} on the card.", "The account number was {}, same as ever."),
    "PLATE": ("The registration is {}, the little blue car.",),
    "DOB": ("I was born on {}, at home.", "My date of birth is {}, I told them."),
    "PLACE": ("We moved to {} when it closed.", "I'm from {} originally.", "There's a bus to {} twice a day."),
    "ORG": ("I used to go to {} for it.", "She worked at {} for years.", "They rang from {} to ask."),
    "DATE": ("It was {} when we moved.", "The operation was on {}, at last."),
    "AGE": ("I'm {} now, you know.", "She was {} when she had the fall."),
    "JOB": ("I was the {} there until I retired.", "He's the only {} in the village."),
}  # fmt: skip
"""Sentences that carry a canary, by what it is; `{}` is where it stands."""

JOBS = (
    "harbour master", "bell ringer at the minster", "lollipop lady", "lighthouse keeper",
    "verger", "coxswain of the lifeboat", "head gamekeeper", "town crier",
)  # fmt: skip


class Canary(NamedTuple):
    """One made-up identifier: in which turn of which copy, and what kind it is."""

    conversation_id: str
    turn: int
    start: int
    end: int
    entity_type: str
    origin: str
    source_format: str
    writing: Writing


class Sown(NamedTuple):
    """Copies of turns with canaries, as table `turns` has turns, by copy; and the canaries."""

    copies: dict[str, pd.DataFrame]
    canaries: list[Canary]


class Made(NamedTuple):
    """An identifier as it is said, and the sentence that carries it."""

    text: str
    carrier: str
    entity_type: str
    origin: str = ""


def sow(turns: pd.DataFrame, per_group: int) -> Sown:
    """Copies of some of the batch's turns, each with one canary.

    Parameters
    ----------
    turns : DataFrame
        Rows of table `turns`.
    per_group : int
        Canaries of each other type, and of each origin of names, in each way of writing. The
        number does not grow with the batch.
    """
    sources = _sources(turns)
    if not sources or not per_group:
        return Sown({}, [])
    draw = random.Random(_seed(turns))  # noqa: S311 the same batch, the same canaries
    copies: dict[str, pd.DataFrame] = {}
    canaries: list[Canary] = []
    for writing in WRITINGS:
        usable = [s for s in sources if writing != "cased" or s.is_cased]
        made = _all_made(draw, per_group)
        draw.shuffle(made)
        for first in range(0, len(made) if usable else 0, TURNS_OF_A_COPY):
            name = f"canaries-{len(copies) + 1:04d}"
            source = _next_source(usable, len(copies))
            rows, sown = _copy(name, source, made[first : first + TURNS_OF_A_COPY], writing, draw)
            copies[name] = rows
            canaries += sown
    return Sown(copies, canaries)


def counted(canaries: Sequence[Canary], found: Sequence[bool]) -> pd.DataFrame:
    """Table `redaction_canaries`: found of sown, by what they are and how they were written."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for canary, is_found in zip(canaries, found, strict=True):
        for group in _groups(canary):
            sums[group][0] += 1
            sums[group][1] += is_found
    rows = [
        {
            "by": by,
            "group": group,
            "n_seeded": n_seeded,
            "n_found": n_found,
            **dict(
                zip(("recall", "recall_low", "recall_high"), wilson(n_found, n_seeded), strict=True)
            ),
        }
        for (by, group), (n_seeded, n_found) in sorted(
            sums.items(), key=lambda pair: (CANARY_COUNTS.index(pair[0][0]), pair[0][1])
        )
    ]
    none = empty(TABLES["redaction_canaries"])
    return pd.DataFrame(rows, columns=none.columns).astype(none.dtypes.to_dict())


def covered(
    canaries: Sequence[Canary],
    copies: Mapping[str, pd.DataFrame],
    redactions: Mapping[str, pd.DataFrame],
) -> list[bool]:
    """Whether each canary was redacted to its last letter and digit; a failed copy hides none."""
    spans: defaultdict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for copy, table in redactions.items():
        columns = (table[name] for name in ("turn", "start", "end"))
        for turn, start, end in zip(*columns, strict=True):
            spans[copy, int(turn)].append((int(start), int(end)))
    texts = {copy: dict(zip(t["turn"], t["text"], strict=True)) for copy, t in copies.items()}
    return [
        all(
            any(start <= at < end for start, end in spans[canary.conversation_id, canary.turn])
            for at in range(canary.start, canary.end)
            if texts[canary.conversation_id][canary.turn][at].isalnum()
        )
        for canary in canaries
    ]


def too_few(counts: pd.DataFrame, least: float) -> list[str]:
    """The group of direct identifiers, if its recall may be below `least`: its interval's low end."""
    direct = counts[counts["by"].eq("direct")]
    return direct.loc[direct["recall_low"].lt(least), "group"].tolist()


def found_less(counts: pd.DataFrame, gap: float, chance: float) -> list[str]:
    """Origins of names that are found less than the others, by more than chance explains.

    Parameters
    ----------
    gap : float
        Share, 0 to 1: a smaller difference is no matter.
    chance : float
        Probability, 0 to 1, under which a difference is no accident: that so many of the names
        missed are of this origin (Fisher's exact test), times the number of origins.
    """
    origins = counts[counts["by"].eq("origin")]
    n_all, missed = int(origins["n_seeded"].sum()), _missed(origins)
    worse: list[str] = []
    columns = (origins[name] for name in ("group", "n_seeded", "n_found"))
    for group, n_seeded, n_found in zip(*columns, strict=True):
        own = int(n_seeded - n_found)
        others = n_all - int(n_seeded)
        if not own or not others:
            continue
        difference = own / n_seeded - (missed - own) / others
        likely = _at_least(own, int(n_seeded), missed, n_all) * len(origins)
        if difference > gap and likely < chance:
            worse.append(str(group))
    return worse


def summary(counts: pd.DataFrame) -> str:
    """One line: found of sown, the interval, and the origin of names found least; or nothing."""
    total, origins = counts[counts["by"].eq("direct")], counts[counts["by"].eq("origin")]
    if total.empty:
        return ""
    row = total.iloc[0]
    line = (
        f"{row['n_found']} of {row['n_seeded']} made-up direct identifiers found, "
        f"{_percent(row['recall'])} (95 % interval {_percent(row['recall_low'])} to "
        f"{_percent(row['recall_high'])})"
    )
    if origins.empty:
        return line
    worst = origins.sort_values(["recall", "group"], kind="stable").iloc[0]
    return f"{line}; names found least: {worst['group']}, {worst['n_found']} of {worst['n_seeded']}"


def pools() -> dict[str, dict[str, tuple[str, ...]]]:
    """What canaries are made of: names by origin, places, streets."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in _lines():
        head, _, entries = line.partition(": ")
        group, _, part = head.rpartition(" ")
        found.setdefault(group, {})[part] = tuple(entries.split())
    return found


# Which turns


class _Source(NamedTuple):
    source_format: str
    is_cased: bool
    texts: tuple[str, ...]


def _sources(turns: pd.DataFrame) -> list[_Source]:
    found: list[_Source] = []
    ordered = turns.sort_values(["conversation_id", "turn"], kind="stable")
    for _, own in ordered.groupby("conversation_id", sort=True):
        texts = tuple(text for text in own["text"] if any(map(str.isalpha, text)))
        if texts:
            told = str(own["source_format"].iloc[0])
            found.append(_Source(told, is_cased(" ".join(texts[:50])), texts))
    return found


def _next_source(sources: Sequence[_Source], number: int) -> _Source:
    """Each transcript format in turn, and of its conversations each in turn."""
    formats = sorted({source.source_format for source in sources})
    chosen = formats[number % len(formats)]
    own = [source for source in sources if source.source_format == chosen]
    return own[(number // len(formats)) % len(own)]


def _seed(turns: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for row in sorted(zip(turns["conversation_id"], turns["turn"], turns["text"], strict=True)):
        digest.update("\0".join(map(str, row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _copy(
    name: str, source: _Source, made: Sequence[Made], writing: Writing, draw: random.Random
) -> tuple[pd.DataFrame, list[Canary]]:
    begin = draw.randrange(len(source.texts))
    texts: list[str] = []
    canaries: list[Canary] = []
    for turn, identifier in enumerate(made):
        around = source.texts[(begin + turn) % len(source.texts)]
        text, start, end = _inserted(around, identifier, writing, draw)
        texts.append(text)
        canaries.append(
            Canary(
                name, turn, start, end, identifier.entity_type, identifier.origin,
                source.source_format, writing,
            )
        )  # fmt: skip
    rows = pd.DataFrame(
        {
            "conversation_id": name,
            "turn": range(len(texts)),
            "role": "participant",
            "start_s": None,
            "end_s": None,
            "text": texts,
        }
    )
    return rows, canaries


def _inserted(text: str, made: Made, writing: Writing, draw: random.Random) -> tuple[str, int, int]:
    """The text with the canary's sentence between two of its own, and where the canary stands."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    spaces = [match.end() for match in re.finditer(r"\s+", text)]
    at = draw.choice([*(ends or spaces), len(text)])
    pre, _, post = made.carrier.partition("{}")
    before = " ".join([*text[:at].split()[-WORDS_AROUND:], pre])
    after = " ".join([post, *text[at:].split()[:WORDS_AROUND]])
    left, value, right = (_written(part, writing) for part in (before, made.text, after))
    if left:
        left += " "
    is_glued = post[:1].isalpha() or post[:1] == "'"  # "Hart's", "the Harts"
    if right[:1].isalnum() and not is_glued:
        right = f" {right}"
    return f"{left}{value}{right}", len(left), len(left) + len(value)


def _written(text: str, writing: Writing) -> str:
    if writing == "cased":
        return text.strip()
    lower = text.lower().strip()
    if writing == "lower":
        return lower
    bare = re.sub(r"['’]", "", lower)
    return " ".join(re.sub(r"(?<!\w)[^\w\s@]+|[^\w\s@]+(?!\w)|[^\w\s@._/:]", " ", bare).split())


# Which identifiers


def _all_made(draw: random.Random, per_group: int) -> list[Made]:
    known = pools()
    made: list[Made] = []
    for origin in sorted(origin for origin in known if origin != "made-up"):
        made += [_person(draw, origin, known[origin], n) for n in range(per_group)]
    for makers in _MAKERS.values():
        for number in range(per_group):
            is_written = (number + number // len(_MAKERS["ID"])) % 2 == 0
            made.append(makers[number % len(makers)](draw, is_written))
    return made


def _person(
    draw: random.Random, origin: str, names: Mapping[str, Sequence[str]], number: int
) -> Made:
    form = ("full", "first", "last")[number % 3]
    first, last = draw.choice(names["first"]), draw.choice(names["last"])
    text = {"full": f"{first} {last}", "first": first, "last": last}[form]
    return Made(text, draw.choice(CARRIERS[form]), "PERSON", origin)


def _carried(draw: random.Random, kind: str, entity_type: str, text: str) -> Made:
    return Made(text, draw.choice(CARRIERS[kind]), entity_type)


def _digits(draw: random.Random, n: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(n))


def _said(characters: str) -> str:
    """One by one, as people read numbers out."""
    return " ".join(DIGIT_WORDS[int(c)] if c.isdigit() else c for c in characters if c != " ")


def _address(draw: random.Random, written: bool) -> Made:
    street = draw.choice(pools()["made-up"]["street"])
    kind = draw.choice(("Road", "Close", "Avenue", "Lane", "Gardens"))
    number = (
        str(draw.randrange(2, 98)) if written else f"number {_in_words(draw.randrange(21, 98))}"
    )
    return _carried(draw, "ADDRESS", "ADDRESS", f"{number} {street} {kind}")


def _postcode(draw: random.Random, written: bool) -> Made:
    area, letters = draw.choice(("BH", "DT", "SP", "SO", "BA")), "ABDEFGHJLNPQRSTUWXYZ"
    outward, unit = str(draw.randrange(1, 21)), draw.choice(letters) + draw.choice(letters)
    sector = draw.choice("123456789")
    text = (
        f"{area}{outward} {sector}{unit}"
        if written
        else f"{' '.join(area)} {_in_words(int(outward))} {_said(sector)} {' '.join(unit)}"
    )
    return _carried(draw, "POSTCODE", "POSTCODE", text)


def _phone(draw: random.Random, written: bool) -> Made:
    """Numbers that Ofcom keeps for fiction."""
    stem = draw.choice(("07700 900", "01632 960", "020 7946 0"))
    number = stem + _digits(draw, 3)
    return _carried(draw, "PHONE", "PHONE", number if written else _said(number))


def _names(draw: random.Random) -> tuple[str, str]:
    origin = draw.choice(["UK-common", "Welsh", "Scots", "Caribbean", "West-African"])
    names = pools()[origin]
    plain = [[n for n in names[part] if n.isascii() and n.isalpha()] for part in ("first", "last")]
    return draw.choice(plain[0]).lower(), draw.choice(plain[1]).lower()


def _email(draw: random.Random, written: bool) -> Made:
    first, last = _names(draw)
    text = f"{first}.{last}@example.org" if written else f"{first} dot {last} at example dot org"
    return _carried(draw, "EMAIL", "EMAIL", text)


def _handle(draw: random.Random, written: bool) -> Made:
    first, _ = _names(draw)
    number = draw.randrange(21, 98)
    text = f"@{first}_{number}" if written else f"{first} underscore {_in_words(number)}"
    return _carried(draw, "HANDLE", "HANDLE", text)


def _url(draw: random.Random, written: bool) -> Made:
    name = "".join(_names(draw))
    text = f"www.{name}.example.org" if written else f"{name} dot example dot org"
    return _carried(draw, "URL", "URL", text)


def _nhs(draw: random.Random, written: bool) -> Made:
    while True:
        stem = "9" + _digits(draw, 8)
        check = (
            11 - sum(int(d) * w for d, w in zip(stem, range(10, 1, -1), strict=True)) % 11
        ) % 11
        if check < 10:
            break
    number = f"{stem[:3]} {stem[3:6]} {stem[6:]}{check}"
    return _carried(draw, "NHS", "ID", number if written else _said(number))


def _nino(draw: random.Random, written: bool) -> Made:
    digits = _digits(draw, 6)
    prefix = draw.choice(("JR", "LP", "PT", "SH", "WK")) if written else draw.choice("JLPSW")
    if written:
        return _carried(
            draw,
            "NINO",
            "ID",
            f"{prefix} {digits[:2]} {digits[2:4]} {digits[4:]} {draw.choice('ABCD')}",
        )
    return _carried(
        draw, "NINO", "ID", f"{prefix} {draw.choice('HKPRT')} {_said(digits)} {draw.choice('ABCD')}"
    )


def _bank(draw: random.Random, written: bool) -> Made:
    if draw.random() < 0.5:
        code = _digits(draw, 6)
        text = f"{code[:2]}-{code[2:4]}-{code[4:]}" if written else _said(code)
        return Made(text, CARRIERS["BANK"][0], "ID")
    number = _digits(draw, 8)
    return Made(number if written else _said(number), CARRIERS["BANK"][1], "ID")


def _plate(draw: random.Random, written: bool) -> Made:
    start, end = (
        "".join(draw.choice(LETTERS) for _ in range(2)),
        "".join(draw.choice(LETTERS) for _ in range(3)),
    )
    year = draw.choice(("07", "12", "17", "19", "54", "58", "63", "66"))
    text = f"{start}{year} {end}" if written else f"{' '.join(start)} {_said(year)} {' '.join(end)}"
    return _carried(draw, "PLATE", "ID", text)


def _dob(draw: random.Random, written: bool) -> Made:
    return _carried(draw, "DOB", "DOB", _day(draw, 1931, 1990, written))


def _date(draw: random.Random, written: bool) -> Made:
    return _carried(draw, "DATE", "DATE", _day(draw, 2004, 2023, written))


def _day(draw: random.Random, first: int, last: int, written: bool) -> str:
    day, month, year = draw.randrange(4, 21), draw.randrange(12), draw.randrange(first, last)
    if written:
        return f"{day}th of {MONTHS[month]} {year}"
    return f"the {_ORDINALS[day]} of {MONTHS[month]} {_year_in_words(year)}"


def _year_in_words(year: int) -> str:
    if year < 2000:
        return f"nineteen {_in_words(year - 1900)}"
    return (
        f"two thousand and {_in_words(year - 2000)}"
        if year < 2010
        else f"twenty {_in_words(year - 2000)}"
    )


def _place(draw: random.Random, written: bool) -> Made:
    name = draw.choice(pools()["made-up"]["place"])
    if not written:
        name = draw.choice(("Upper ", "Great ", "West ")) + name
    return _carried(draw, "PLACE", "PLACE", name)


def _organisation(draw: random.Random, written: bool) -> Made:  # noqa: ARG001 said as written
    name = draw.choice(pools()["made-up"]["place"])
    kind = draw.choice(("Surgery", "Primary School", "Medical Centre", "Care Home", "Day Centre"))
    return _carried(draw, "ORG", "ORG", f"{name} {kind}")


def _age(draw: random.Random, written: bool) -> Made:
    age = draw.randrange(31, 96)
    return _carried(draw, "AGE", "AGE", str(age) if written else _in_words(age))


def _job(draw: random.Random, written: bool) -> Made:  # noqa: ARG001 said as written
    return _carried(draw, "JOB", "JOB", draw.choice(JOBS))


_TEENS = (
    "nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "noughth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
)


def _in_words(number: int) -> str:
    if number < len(_TEENS):
        return _TEENS[number]
    tens, units = _TENS[number // 10 - 2], number % 10
    return f"{tens}-{_TEENS[units]}" if units else tens


_MAKERS: dict[str, tuple[Callable[[random.Random, bool], Made], ...]] = {
    "ADDRESS": (_address,),
    "POSTCODE": (_postcode,),
    "PHONE": (_phone,),
    "EMAIL": (_email,),
    "HANDLE": (_handle,),
    "URL": (_url,),
    "ID": (_nhs, _nino, _bank, _plate),
    "DOB": (_dob,),
    "PLACE": (_place,),
    "ORG": (_organisation,),
    "DATE": (_date,),
    "AGE": (_age,),
    "JOB": (_job,),
}


# Counting


def _groups(canary: Canary) -> Iterable[tuple[str, str]]:
    yield "all", "all"
    yield "type", canary.entity_type
    yield "format", canary.source_format
    yield "writing", canary.writing
    if canary.entity_type in DIRECT_IDENTIFIERS:
        yield "direct", "direct"
    if canary.origin:
        yield "origin", canary.origin


def _missed(rows: pd.DataFrame) -> int:
    return int(rows["n_seeded"].sum() - rows["n_found"].sum())


def _at_least(own: int, n_own: int, missed: int, n_all: int) -> float:
    """How likely `own` or more of all that were missed are among `n_own` drawn blindly."""
    ways = sum(
        math.comb(missed, k) * math.comb(n_all - missed, n_own - k)
        for k in range(own, min(n_own, missed) + 1)
    )
    return ways / math.comb(n_all, n_own)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


@cache
def _lines() -> tuple[str, ...]:
    content = (files("pipeline.domain.redaction") / "lists" / "canaries.txt").read_text("utf-8")
    return tuple(line for line in content.splitlines() if line and not line.startswith("# "))
