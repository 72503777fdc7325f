"""Touchpoints: who tells of which moment of the journey, in which voice, with which feelings.

A touchpoint is an entry of a framework of the kind `touchpoint`, in the file's order. Someone
tells of it if one of their segments fits it, by table `lens_scores`. People count once, however
much they say. Of fewer people than the setting has it no count is told; others are rounded.

Voices and feelings are not parts of a whole: somebody may be in all of them or in none, so a
hidden count cannot be worked out from those that are told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.codesign.feelings import GROUPS, feelings_in
from pipeline.domain.themes.disclosure import rounded
from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.tables import TABLES, empty, records

KIND = "touchpoint"
WHOLE = "*"
"""In place of a touchpoint: whatever was said in the whole programme."""

FEWEST_FOR_A_WORD = 3
"""People of the programme who must have used a word before it is told, so that it is nobody's own.

As many must have used words of its group where it is told.
"""

TOLD_VOICES = ("good", "improve", "hope")
_SHARE_DECIMALS = 4


class Place(NamedTuple):
    """A segment at a touchpoint, and how surely it is there."""

    code: str
    score: float
    rank: int


class Heard(NamedTuple):
    """What people said at touchpoints.

    Attributes
    ----------
    journey : tuple of Entry
        The touchpoints in order.
    places : mapping of segment_id to Place
        Touchpoints that each segment fits, surest first.
    people : mapping of touchpoint to participants
    voices : mapping of (touchpoint, voice) to participants
    words : mapping of (touchpoint or `WHOLE`, group, word) to participants
    """

    journey: tuple[Entry, ...]
    places: Mapping[str, tuple[Place, ...]]
    people: Mapping[str, set[str]]
    voices: Mapping[tuple[str, str], set[str]]
    words: Mapping[tuple[str, str, str], set[str]]


def journey_of(frameworks: Sequence[Framework]) -> tuple[Entry, ...]:
    """Touchpoints of the programme, in order; none if no framework is of that kind."""
    return tuple(e for framework in frameworks for e in framework.entries if e.kind == KIND)


def hear(
    segments: pd.DataFrame, lens_scores: pd.DataFrame, frameworks: Sequence[Framework]
) -> Heard:
    """Who tells of which touchpoint, how, and with which words for feelings.

    Parameters
    ----------
    segments : DataFrame
        Table `segments`; only what participants said is read, never questions.
    lens_scores : DataFrame
        Table `lens_scores`, of these and perhaps other segments.
    """
    places = places_of(fitting_touchpoints(lens_scores, frameworks))
    people: defaultdict[str, set[str]] = defaultdict(set)
    voices: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    words: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in records(segments):
        person, codes = row["participant_id"], _codes(places, row["segment_id"])
        for code in codes:
            people[code].add(person)
            voices[code, row["voice"]].add(person)
        for feeling in feelings_in(row["text"]):
            for code in (*codes, WHOLE):
                words[code, feeling.group, feeling.word].add(person)
    return Heard(journey_of(frameworks), places, people, voices, words)


def fitting_touchpoints(lens_scores: pd.DataFrame, frameworks: Sequence[Framework]) -> pd.DataFrame:
    """Rows of `lens_scores` that say which segment fits which touchpoint."""
    names = [f.name for f in frameworks if any(entry.kind == KIND for entry in f.entries)]
    codes = [entry.code for entry in journey_of(frameworks)]
    own = lens_scores["framework"].isin(names) & lens_scores["code"].isin(codes)
    return lens_scores[own & lens_scores["fits"].astype(bool)]


def places_of(fitting: pd.DataFrame) -> dict[str, tuple[Place, ...]]:
    """Touchpoints that each segment fits, surest first; from `fitting_touchpoints`."""
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for row in records(fitting):
        found[row["segment_id"]].append(Place(row["code"], float(row["score"]), int(row["rank"])))
    return {
        segment: tuple(sorted(places, key=lambda place: (place.rank, place.code)))
        for segment, places in sorted(found.items())
    }


def _codes(places: Mapping[str, tuple[Place, ...]], segment: str) -> list[str]:
    return [place.code for place in places.get(segment, ())]


def told(people: Iterable[str], fewest: int) -> int | None:
    """How many people, as far as it may be told."""
    n = len(set(people))
    return rounded(n) if n >= fewest else None


def touchpoints(heard: Heard, fewest: int) -> pd.DataFrame:
    """Table `touchpoints`."""
    rows: list[dict[str, Any]] = []
    for position, entry in enumerate(heard.journey, start=1):
        n = told(heard.people.get(entry.code, ()), fewest)
        counts = {v: told(heard.voices.get((entry.code, v), ()), fewest) for v in TOLD_VOICES}
        rows.append(
            {"touchpoint": entry.code, "title": entry.title, "position": position, "n_people": n}
            | {f"n_{voice}": count for voice, count in counts.items()}
            | {f"share_{voice}": _share(count, n) for voice, count in counts.items()}
            | {"feeling_words": _words_told(heard, entry.code, [group.code for group in GROUPS])}
        )
    return _frame("touchpoints", rows)


def emotional_map(heard: Heard, quotes: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Table `emotional_map`: a row for each touchpoint and group, then `WHOLE`; hidden ones too.

    Parameters
    ----------
    quotes : DataFrame
        Table `quotes`: those that could stand beside the words.
    """
    holding = _quotes_by_word(heard, quotes)
    rows: list[dict[str, object]] = []
    journey = [entry.code for entry in heard.journey]
    for position, code in enumerate([*journey, WHOLE] if journey else [], start=1):
        for group_position, group in enumerate(GROUPS, start=1):
            words = _words_told(heard, code, [group.code])
            found = {quote for word in words for quote in holding.get((code, word), ())}
            candidates = [quote_id for _, quote_id in sorted(found)]
            rows.append(
                {
                    "touchpoint": code,
                    "position": position,
                    "group_of_feelings": group.code,
                    "title": group.title,
                    "group_position": group_position,
                    "n_people": told(_people_of(heard, code, group.code), fewest),
                    "words": words,
                    "quote_id": next(iter(candidates), None),
                    "candidates": candidates,
                }
            )
    return _frame("emotional_map", rows)


def _used(heard: Heard, code: str, group: str) -> dict[str, set[str]]:
    return {w: people for (c, g, w), people in heard.words.items() if (c, g) == (code, group)}


def _people_of(heard: Heard, code: str, group: str) -> set[str]:
    return set(chain.from_iterable(_used(heard, code, group).values()))


def _words_told(heard: Heard, code: str, groups: Iterable[str]) -> list[str]:
    """Words said there that may be told, those of most people of the whole programme first.

    How many said one of them there is never looked at: neither the words nor their order tell.
    """
    found: list[tuple[int, str]] = []
    for group in groups:
        if len(_people_of(heard, code, group)) >= FEWEST_FOR_A_WORD:
            known = _used(heard, WHOLE, group)
            found += [(-len(known[word]), word) for word in _used(heard, code, group)]
    return [word for less, word in sorted(found) if -less >= FEWEST_FOR_A_WORD]


def _share(count: int | None, n: int | None) -> float | None:
    """Made of rounded counts, so that it tells no more than they do."""
    return None if count is None or not n else round(min(count / n, 1.0), _SHARE_DECIMALS)


def _quotes_by_word(
    heard: Heard, quotes: pd.DataFrame
) -> dict[tuple[str, str], set[tuple[int, str]]]:
    """Quotes at each touchpoint, and anywhere, that hold each word; their length: short first."""
    found: defaultdict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for row in records(quotes):
        for feeling in feelings_in(row["text"]):
            for code in (*_codes(heard.places, row["segment_id"]), WHOLE):
                found[code, feeling.word].add((int(row["n_words"]), row["quote_id"]))
    return dict(found)


def _frame(name: str, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    table = TABLES[name]
    if not rows:
        return empty(table)
    frame = pd.DataFrame(list(rows), columns=pd.Index([column.name for column in table.columns]))
    numbers = {c.name: "float64" for c in table.columns if c.name[:2] == "n_" or "share" in c.name}
    return frame.astype(numbers)
