"""What a placeholder may be told as: an age in bands, a day's season, a place's area.

The text keeps its placeholders. Here is written down, at every level of detail, what each of them
comes to; which level an audience is told is for its policy to say. Never the words themselves.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import pandas as pd

from pipeline.domain.redaction.kinds import field_of, kind_of
from pipeline.domain.redaction.known_names import sounds_alike
from pipeline.domain.redaction.people import is_short
from pipeline.domain.redaction.readings import Age, age_of, date_of
from pipeline.domain.redaction.things import plain
from pipeline.domain.redaction.words import word_list, words

GENERALISATIONS = ["conversation_id", "placeholder", "entity_type", "level", "value"]
LEVELS: dict[str, tuple[str, ...]] = {
    "AGE": ("five_years", "ten_years", "twenty_years", "life_stage"),
    "DATE": ("season_and_year", "year", "decade", "season"),
    "DOB": ("decade",),
    "PLACE": ("area", "county", "nation", "country", "abroad"),
    "ORG": ("kind",),
    "JOB": ("field",),
    "PERSON": ("relation",),
}
"""Levels of each type that has any, the finest first."""
BANDS = (("five_years", 5, 90), ("ten_years", 10, 90), ("twenty_years", 20, 80))
"""Level, years in a band, and the age from which all are one band, since so few are so old."""
LIFE_STAGES = (
    (13, "childhood"), (20, "the teenage years"), (35, "young adulthood"), (65, "middle life"),
    (1000, "later life"),
)  # fmt: skip
"""Each stage by the age at which the next begins."""
OLDEST_BORN = 1930
"""People born before are few: their decades are one."""
NATIONS = frozenset({"England", "Scotland", "Wales", "Northern Ireland"})
ABROAD = "another country"
RELATIONS = {"participant": "participant", "interviewer": "interviewer"}
LARGER_PARTS = frozenset("upper lower old new north south east west central great little".split())


class Area(NamedTuple):
    """Where a place of the programme's gazetteer is, in words that point at nobody."""

    place: str
    area: str
    county: str
    nation: str


def generalise(
    turns: pd.DataFrame,
    redactions: pd.DataFrame,
    registered: Sequence[tuple[str, str]] = (),
    areas: tuple[Area, ...] = (),
) -> pd.DataFrame:
    """Table `generalisations` of one conversation: one row per placeholder and level known.

    Where mentions of one thing come to different values at a level, it has none there.

    Parameters
    ----------
    turns : DataFrame
        Rows of table `turns` of the conversation, before redaction.
    redactions : DataFrame
        Rows of table `redactions` of the conversation.
    registered : sequence of (name, kind)
        The register's names of the conversation.
    areas : tuple of Area
        The programme's own places.
    """
    texts = dict(zip(turns["turn"], turns["text"], strict=True))
    said: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in redactions.itertuples(index=False):
        key = (str(row.conversation_id), str(row.replacement), str(row.entity_type))
        said[key].append(str(texts[row.turn])[int(str(row.start)) : int(str(row.end))])
    read = _readers(registered, areas)
    rows = [
        (*key, level, value)
        for key, mentions in said.items()
        if key[2] in read
        for level, value in _agreed([read[key[2]](text) for text in mentions]).items()
    ]
    namesakes = _namesakes(rows, said, registered)
    certain = sorted(row for row in rows if row[:2] not in namesakes)
    return pd.DataFrame(certain, columns=GENERALISATIONS, dtype="str")


Read = Callable[[str], dict[str, str]]


def _readers(registered: Sequence[tuple[str, str]], areas: tuple[Area, ...]) -> dict[str, Read]:
    return {
        "AGE": _age,
        "DATE": _date,
        "DOB": _birth,
        "PLACE": lambda text: place_levels(text, areas),
        "ORG": lambda text: _one("kind", kind_of(text)),
        "JOB": lambda text: _one("field", field_of(text)),
        "PERSON": lambda text: _one("relation", _relation(text, registered)),
    }


def _one(level: str, value: str) -> dict[str, str]:
    return {level: value} if value else {}


def _agreed(readings: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Values at the levels at which all mentions that can be read agree."""
    told = [reading for reading in readings if reading]
    levels = sorted({level for reading in told for level in reading})
    values = {level: {reading.get(level, "") for reading in told} for level in levels}
    return {level: min(own) for level, own in values.items() if len(own) == 1 and min(own)}


# Ages and dates


def _age(text: str) -> dict[str, str]:
    age = age_of(text)
    if age is None:
        return {}
    levels = {level: _band(age, width, top) for level, width, top in BANDS}
    stages = {_stage(age.low), _stage(age.high)}
    levels["life_stage"] = min(stages) if len(stages) == 1 else ""
    return {level: value for level, value in levels.items() if value}


def _band(age: Age, width: int, top: int) -> str:
    """The band that holds the age; empty: it may be in two."""
    if age.low >= top:
        return f"{top} or over"
    first = age.low // width * width
    return f"{first} to {first + width - 1}" if age.high < first + width else ""


def _stage(age: int) -> str:
    return next(stage for end, stage in LIFE_STAGES if age < end)


def _date(text: str) -> dict[str, str]:
    when = date_of(text)
    if when is None:
        return {}
    season_and_year = f"{when.season} {when.year}" if when.season and when.year else ""
    levels = {
        "season_and_year": season_and_year,
        "year": str(when.year) if when.year else "",
        "decade": f"{when.decade}s" if when.decade else "",
        "season": when.season,
    }
    return {level: value for level, value in levels.items() if value}


def _birth(text: str) -> dict[str, str]:
    when = date_of(text)
    if when is None or not when.decade:
        return {}
    old = when.decade < OLDEST_BORN
    return {"decade": f"{OLDEST_BORN - 10}s or earlier" if old else f"{when.decade}s"}


# Places


def place_levels(text: str, areas: tuple[Area, ...]) -> dict[str, str]:
    """Area, county and nation of a place of the programme, else nation or country, if known."""
    name = plain(text)
    own = _nearest(name, areas)
    if own:
        return {"area": own.area, "county": own.county, "nation": own.nation}
    where = whereabouts().get(name, "")
    if where in NATIONS:
        return {"nation": where}
    return {"country": where, "abroad": ABROAD} if where else {}


@cache
def whereabouts() -> Mapping[str, str]:
    """Nation or country of a place, where its name leaves no doubt."""
    pairs = (line.split("\t") for line in word_list("whereabouts"))
    return {plain(name): where for name, where in pairs}


@lru_cache(maxsize=8)
def _by_name(areas: tuple[Area, ...]) -> dict[str, Area]:
    return {plain(area.place): area for area in areas}


def _nearest(name: str, areas: tuple[Area, ...]) -> Area | None:
    """The programme's place of this name, or in it ("Swanage sea front"), or nearly so spelt."""
    known = _by_name(areas)
    pieces = name.split()
    if pieces and pieces[0] in LARGER_PARTS and name not in known:
        pieces = pieces[1:]
    for end in range(len(pieces), 0, -1):
        found = known.get(" ".join(pieces[:end]))
        if found:
            return found
    if name in whereabouts():
        return None
    alike = {known[other] for other in known if sounds_alike(name, other)}
    where = {area[1:] for area in alike}
    return min(alike) if len(where) == 1 else None


# People


def _relation(text: str, registered: Sequence[tuple[str, str]]) -> str:
    """Whose name it is in the register: the participant's, the interviewer's, or empty."""
    own = [word.lower for word in words(text)]
    kinds = {kind for name, kind in registered if _is_of(own, name)}
    return RELATIONS.get(min(kinds), "") if len(kinds) == 1 else ""


def _namesakes(
    rows: Sequence[tuple[str, ...]],
    said: Mapping[tuple[str, str, str], Sequence[str]],
    registered: Sequence[tuple[str, str]],
) -> set[tuple[str, str]]:
    """People by conversation and placeholder who may bear the surname only: Mr and Mrs Hallett.

    Of several whom the register seems to know as the same, those called by no first name of it.
    """
    alike: defaultdict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for conversation, placeholder, kind, level, value in rows:
        if level == "relation":
            alike[conversation, value].append((conversation, placeholder, kind))
    return {
        key[:2]
        for keys in alike.values()
        if len(keys) > 1
        for key in keys
        if not any(_has_first_name(text, registered) for text in said[key])
    }


def _has_first_name(text: str, registered: Sequence[tuple[str, str]]) -> bool:
    own = [word.lower for word in words(text)]
    firsts = {theirs[0].lower for name, _ in registered if (theirs := words(name))}
    return any(word == first or is_short(word, first) for word in own for first in firsts)


def _is_of(own: Sequence[str], name: str) -> bool:
    theirs = [word.lower for word in words(name)]
    if not own or not theirs:
        return False
    if len(own) > 1:
        return set(own) <= set(theirs)
    return own[0] in theirs or is_short(own[0], theirs[0])
