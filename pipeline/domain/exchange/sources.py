"""Texts of a project and the passages in them that the machine has coded.

The programme team gets whole redacted conversations; everybody else one text for each quote and
story that the release holds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.exchange.codes import (
    COUNTERPOINT,
    QUOTE,
    STORY,
    chosen_code,
    set_code,
    theme_code,
    voice_code,
)
from pipeline.domain.exchange.layout import Laid, Place, lay_out, lay_pieces
from pipeline.domain.exchange.marks import guid, prose
from pipeline.domain.release.leaving import Leaving
from pipeline.domain.validation.segments import JOIN
from pipeline.tables import records

CONVERSATIONS = "redacted_turns"
"""The table whose release makes texts of whole conversations."""

Row = Mapping[str, Any]


class Passage(NamedTuple):
    """Characters of a text, from 0, the last one past the end, and the codes that they bear."""

    key: str
    start: int
    end: int
    codes: tuple[str, ...]
    note: str


class Source(NamedTuple):
    """One text."""

    guid: str
    name: str
    laid: Laid
    person: str
    passages: tuple[Passage, ...]
    note: str = ""


def source_guid(name: str) -> str:
    """The id of the text of a conversation, quote or story, from its pseudonym."""
    return guid("source", name)


def file_guid(source: str) -> str:
    """What the file of a text is named after."""
    return guid("file", source)


def sources_of(leaving: Leaving) -> list[Source]:
    """All texts of a release, in order of name."""
    sets = _sets_by_story(leaving.tables["story_sets"])
    found = _conversations(leaving, sets) if CONVERSATIONS in leaving.tables else []
    if CONVERSATIONS not in leaving.tables:
        found = [
            *_alone(records(leaving.tables["quotes"]), "quote_id", sets),
            *_alone(records(leaving.tables["stories"]), "story_id", sets),
        ]
    return sorted(found, key=lambda source: source.name)


def _sets_by_story(story_sets: pd.DataFrame) -> dict[str, list[str]]:
    """Codes of the sets that a story is in, those of themes left out: it bears the theme's own."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = story_sets[story_sets["kind"].ne("theme")].sort_values("story_set_id")
    for row in records(rows):
        found[row["story_id"]].append(set_code(row["story_set_id"]))
    return found


# Whole conversations


def _conversations(leaving: Leaving, sets: Mapping[str, Sequence[str]]) -> list[Source]:
    coded = _coded(leaving, sets)
    people = {
        row["conversation_id"]: row["participant_id"]
        for name in ("segments", "quotes", "stories")
        for row in records(leaving.tables[name][["conversation_id", "participant_id"]])
    }
    return [
        _conversation(str(name), lay_out(own), people.get(name, ""), coded.get(str(name), []))
        for name, own in leaving.tables[CONVERSATIONS].groupby("conversation_id")
    ]


def _conversation(name: str, laid: Laid, person: str, coded: Sequence["_Coded"]) -> Source:
    ranges = [(own, at, laid.range_of(place)) for own in coded for at, place in _pieces(own.places)]
    passages = [
        Passage(f"{own.key}/{at}", *found, own.codes, own.note)
        for own, at, found in ranges
        if found
    ]
    passages.sort(key=lambda passage: (passage.start, passage.end, passage.key))
    return Source(source_guid(name), name, laid, person, tuple(passages))


def _pieces(places: Sequence[Place]) -> Iterator[tuple[int, Place]]:
    yield from enumerate(places)


class _Coded(NamedTuple):
    key: str
    places: tuple[Place, ...]
    codes: tuple[str, ...]
    note: str


def _coded(leaving: Leaving, sets: Mapping[str, Sequence[str]]) -> dict[str, list[_Coded]]:
    """What the machine has coded in each conversation."""
    found: defaultdict[str, list[_Coded]] = defaultdict(list)
    themes = _themes_by_segment(leaving)
    for row in records(leaving.tables["segments"]):
        own = _segment(row, themes.get(row["segment_id"], ()))
        found[row["conversation_id"]].append(own)
    for row in records(leaving.tables["quotes"]):
        place = Place(row["turn"], row["start"], row["end"])
        chosen = _Coded(row["quote_id"], (place,), _codes_of(row, QUOTE, ()), _why(row))
        found[row["conversation_id"]].append(chosen)
    for row in records(leaving.tables["stories"]):
        places = tuple(_place(span) for span in row["offsets"])
        codes = _codes_of(row, row["lane"], sets.get(row["story_id"], ()))
        found[row["conversation_id"]].append(_Coded(row["story_id"], places, codes, _why(row)))
    return found


def _themes_by_segment(leaving: Leaving) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    labels = dict(leaving.tables["themes"][["theme_id", "label"]].itertuples(index=False))
    for row in records(leaving.tables["theme_assignments"].sort_values(["segment_id", "theme_id"])):
        if row["theme_id"] in labels:
            found[row["segment_id"]].append(row | {"label": labels[row["theme_id"]]})
    return found


def _segment(row: Row, themes: Sequence[Row]) -> _Coded:
    codes = [theme_code(theme["theme_id"]) for theme in themes]
    note = prose(
        *(
            f"{theme['label']}: strength {theme['strength']:.2f}, {theme['membership']}"
            for theme in themes
        ),
        f"voice: {row['voice']}, {row['voice_score']:.2f}",
    )
    places = tuple(_place(span) for span in row["spans"])
    return _Coded(row["segment_id"], places, (*codes, voice_code(row["voice"])), note)


def _place(span: Row) -> Place:
    return Place(int(span["turn"]), int(span["start"]), int(span["end"]))


# Quotes and stories alone


def _alone(rows: Sequence[Row], name: str, sets: Mapping[str, Sequence[str]]) -> Iterator[Source]:
    """One text for each quote or story: all of it bears its codes."""
    for row in rows:
        pieces = row["text"].split(JOIN)
        laid = lay_pieces(pieces)
        codes = _codes_of(row, row.get("lane") or QUOTE, sets.get(row[name], ()))
        passages = tuple(
            Passage(f"{row[name]}/{at}", place.start, place.end, codes, _why(row))
            for at, place in enumerate(laid.turns)
        )
        told = "" if row["reading_text"] == row["text"] else f"to read aloud: {row['reading_text']}"
        yield Source(
            source_guid(row[name]), row[name], laid, row["participant_id"], passages, prose(told)
        )


# Both


def _codes_of(row: Row, lane: str, sets: Sequence[str]) -> tuple[str, ...]:
    """The codes of a quote or story: its theme, its voice, why it was chosen, its sets."""
    is_counterpoint = lane == QUOTE and bool(row.get("is_counterpoint"))
    chosen = {"theme": STORY}.get(lane, lane)
    theme = row["theme_id"]
    return (
        *([theme_code(theme)] if isinstance(theme, str) else []),
        voice_code(row["voice"]),
        chosen_code(chosen),
        *([chosen_code(COUNTERPOINT)] if is_counterpoint else []),
        *sets,
    )


def _why(row: Row) -> str:
    reasons = ", ".join(row["reasons"])
    return prose(f"voice: {row['voice']}", f"chosen from {row['pool_size']}: {reasons}")
