"""The tables of a release as pages need them: plain values, and quotes and stories to read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np

from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.report.harmless import first_words, paragraphs, short_names
from pipeline.domain.release.report.words import capital
from pipeline.domain.stories.reasons import distinguishing, in_words
from pipeline.domain.themes.labels import UNNAMED, is_unnamed
from pipeline.domain.validation.segments import JOIN
from pipeline.tables import records

Row = dict[str, Any]

ALL = "all"
LEFT_OUT, ASKED = "[…]", "(someone else spoke)"
_MOST_BANDS = 2
_WORDS_OF_A_NAME, _WORDS_OF_A_BEGINNING = 7, 14
_STRONG = frozenset({"opens_well", "first_person", "feeling", "consequence"})


class Passage(NamedTuple):
    """A quote or a story.

    Attributes
    ----------
    id : str
    who : str
        Pseudonym, and at most two coarse bands where they are released.
    voice : str
    pieces : list of (str, str)
        Paragraphs; what stands between it and the one before: `LEFT_OUT`, `ASKED` or nothing.
    theme_id : str or None
    is_other : bool
        Whether it says otherwise than most people in the theme.
    why : str
        What sets it apart from most of its kind in the release.
    pool_size : int
    strength : int
        How well it stands alone, by its reasons.
    """

    id: str
    who: str
    voice: str
    pieces: list[tuple[str, str]]
    theme_id: str | None
    is_other: bool
    why: str
    pool_size: int
    strength: int

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(piece for _, piece in self.pieces)

    @property
    def beginning(self) -> str:
        """Its first words, to know it by in a list."""
        return first_words(self.text, _WORDS_OF_A_BEGINNING)


class Told(NamedTuple):
    """What the pages of one report are made of.

    Attributes
    ----------
    leaving : Leaving
    themes : list of rows
        Those that most people raise first, those with hidden counts last.
    voices : mapping of theme to rows by voice
    quotes : mapping of theme to quotes in their order
    stories : mapping of story to story
    sets : mapping of set to its rows in their order
    """

    leaving: Leaving
    themes: list[Row]
    voices: Mapping[str, Mapping[str, Row]]
    quotes: Mapping[str, list[Passage]]
    stories: Mapping[str, Passage]
    sets: Mapping[str, list[Row]]

    @property
    def labels(self) -> dict[str, str]:
        """What each theme is called."""
        return {theme["theme_id"]: theme["label"] for theme in self.themes}

    @property
    def facts(self) -> dict[str, Row]:
        """The release in numbers."""
        return {row["fact"]: row for row in rows(self.leaving, "overview")}


def rows(leaving: Leaving, table: str) -> list[Row]:
    """Rows of a table, missing values as None; no rows, if the table does not leave."""
    if table not in leaving.tables:
        return []
    return [
        {column: _plain(value) for column, value in row.items()}
        for row in records(leaving.tables[table])
    ]


def by(found: Sequence[Row], column: str) -> dict[str, list[Row]]:
    """Rows by what they have in a column, in the order in which that first comes."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[column]].append(row)
    return dict(grouped)


def told(leaving: Leaving) -> Told:
    """What the pages of a release are made of."""
    quotes, stories = (_with_why(rows(leaving, name)) for name in ("quotes", "stories"))
    names = short_names(row["participant_id"] for row in (*quotes, *stories))
    passages: dict[str, list[Passage]] = defaultdict(list)
    for row in sorted(quotes, key=lambda row: (row["theme_id"], row["position"])):
        passages[row["theme_id"]].append(_quote(row, names))
    themes = [
        theme | _name(theme["label"], passages.get(theme["theme_id"], ()))
        for theme in sorted(rows(leaving, "themes"), key=_most_people_first)
    ]
    prevalence = by(rows(leaving, "theme_prevalence"), "theme_id")
    ordered = sorted(rows(leaving, "story_sets"), key=lambda row: row["position"])
    return Told(
        leaving,
        themes,
        {theme: {row["voice"]: row for row in own} for theme, own in prevalence.items()},
        passages,
        {row["story_id"]: _story(row, names) for row in stories},
        by(ordered, "story_set_id"),
    )


def _with_why(found: list[Row]) -> list[Row]:
    """The rows with what sets each apart from most of them, in words."""
    apart = distinguishing([row["reasons"] for row in found])
    return [row | {"why": in_words(c for c in row["reasons"] if c in apart)} for row in found]


def _name(label: str, quotes: Sequence[Passage]) -> Row:
    """What a theme is called: without a name, by the beginning of a quote, which is released."""
    if not is_unnamed(label):
        return {"label": capital(label), "is_named": True}
    first = next((quote for quote in quotes if not quote.is_other), None)
    said = f": “{first_words(first.text, _WORDS_OF_A_NAME)}”" if first else label[len(UNNAMED) :]
    return {"label": f"Not named yet{said}", "is_named": False}


def _most_people_first(theme: Row) -> tuple[int, str]:
    return -(theme["n_people"] or 0), theme["theme_id"]


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_plain(one) for one in cast("list[Any]", value.tolist())]
    return None if isinstance(value, float) and np.isnan(value) else value


def _who(row: Row, names: Mapping[str, str]) -> str:
    bands: list[str] = list(row.get("bands") or ())
    return ", ".join([names[row["participant_id"]], *bands[:_MOST_BANDS]])


def _quote(row: Row, names: Mapping[str, str]) -> Passage:
    return Passage(
        row["quote_id"],
        _who(row, names),
        row["voice"],
        [("", part) for part in paragraphs(row["reading_text"])],
        row["theme_id"],
        bool(row.get("is_counterpoint")),
        row["why"],
        row["pool_size"],
        len(_STRONG & set(row["reasons"])) - ("[" in row["reading_text"]),
    )


def _story(row: Row, names: Mapping[str, str]) -> Passage:
    return Passage(
        row["story_id"],
        _who(row, names),
        row["voice"],
        _pieces(row["reading_text"], row["offsets"]),
        row["theme_id"],
        row["lane"] == "counterpoint",
        row["why"],
        row["pool_size"],
        len(_STRONG & set(row["reasons"])) - ("[" in row["reading_text"]),
    )


def _pieces(text: str, offsets: Sequence[Mapping[str, int]]) -> list[tuple[str, str]]:
    """Paragraphs of a story, and before which of them something is left out."""
    parts = text.split(JOIN)
    if len(parts) != len(offsets):
        return [("", part) for part in paragraphs(text)]
    between = ["", *(_between(one["turn"], next_["turn"]) for one, next_ in pairwise(offsets))]
    return [(mark, part) for mark, part in zip(between, parts, strict=True) if part.strip()]


def _between(turn: int, next_turn: int) -> str:
    """Words of the same turn are left out, or those of another person who spoke in between."""
    if turn == next_turn:
        return LEFT_OUT
    return ASKED if next_turn > turn + 1 else ""
