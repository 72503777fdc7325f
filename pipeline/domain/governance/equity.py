"""Whether the pipeline itself serves groups unequally: who is redacted, themed, quoted or left out.

Each measure is a rate: a sum over a group's people over another sum, beside the same for everybody
else. Only groups are told of that table `representation` may tell of. All gaps are judged together,
so that a table of hundreds does not raise dozens of false alarms.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isnan
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.governance.gaps import (
    Counted,
    Floats,
    Interval,
    around,
    chance_of,
    chance_of_rates,
    difference_at,
    level,
    rates,
)
from pipeline.domain.governance.representation import Groups, groups_of, shown
from pipeline.domain.themes.breakdown import SMALL_GROUP, SMALL_NUMBER
from pipeline.domain.themes.disclosure import hidden, rounded
from pipeline.domain.themes.groups import Dimension
from pipeline.domain.validation.words import count_words
from pipeline.settings import Settings
from pipeline.tables import frame_of

ORIGIN = "origin of names"
LEFT_OUT = ("too_short", "mostly_redacted")


class Rate(NamedTuple):
    """A measure as a rate over people: what is summed, over which sum, for how many of them."""

    words: str
    top: str
    bottom: str
    per: int = 1


RATES: dict[str, Rate] = {
    "redactions_per_1000_words": Rate(
        "Redactions for each 1,000 words", "n_redactions", "n_words", 1000
    ),
    "review_hits_per_1000_words": Rate(
        "Places left for a person to look at, for each 1,000 words", "n_hits", "n_words", 1000
    ),
    "words_excluded": Rate("Share of words that validation left out", "n_left_out", "n_words"),
    "words_in_no_theme": Rate("Share of words in no theme", "n_unthemed", "n_in_segments"),
    "words_per_person": Rate("Words of each person", "n_words", "is_heard"),
    "quotes_per_1000_words": Rate("Quotes for each 1,000 words", "n_quotes", "n_words", 1000),
    "story_words_per_1000_words": Rate(
        "Words in stories, of each 1,000", "n_in_stories", "n_words", 1000
    ),
}
_PEOPLE, _CANARIES = "people_in_no_theme", "canary_recall"
_WORDS = {measure: rate.words for measure, rate in RATES.items()} | {
    _PEOPLE: "Share of people in no theme",
    _CANARIES: "Share of made-up names of this origin that redaction finds",
}


class Corpus(NamedTuple):
    """What the pipeline made of everybody with current consent: tables as they are named.

    `assignments` are those to live themes alone.
    """

    participants: pd.DataFrame
    redacted_turns: pd.DataFrame
    segments: pd.DataFrame
    exclusions: pd.DataFrame
    assignments: pd.DataFrame
    quotes: pd.DataFrame
    stories: pd.DataFrame
    review: pd.DataFrame
    canaries: pd.DataFrame


def equity(corpus: Corpus, dimensions: Sequence[Dimension], settings: Settings) -> pd.DataFrame:
    """Table `pipeline_equity`."""
    table, register = people(corpus), corpus.participants
    told = groups_of(dimensions, register, corpus.segments["participant_id"])
    everybody = groups_of(dimensions, register, table.index)
    fewest, seed = settings.min_cell_people, settings.seed
    rows = pipeline_equity(table, corpus.canaries, dimensions, told, everybody, fewest, seed)
    return frame_of("pipeline_equity", rows)


def people(corpus: Corpus) -> pd.DataFrame:
    """What the pipeline made of each person: one row for each, whole numbers alone."""
    register = corpus.participants
    who = dict(zip(register["conversation_id"], register["participant_id"], strict=True))
    turns = corpus.redacted_turns
    own = turns[turns["role"].eq("participant")]
    own = own.assign(n_words=own["text"].map(count_words))
    excluded = corpus.exclusions[corpus.exclusions["reason"].isin(LEFT_OUT)]
    places = pd.MultiIndex.from_frame(own[["conversation_id", "turn"]])
    hits = corpus.review
    hits = hits[pd.MultiIndex.from_frame(hits[["conversation_id", "turn"]]).isin(places)]
    segments = corpus.segments
    lost = segments[~segments["segment_id"].isin(corpus.assignments["segment_id"])]
    sums = {
        "n_words": _sum(own, who, "n_words"),
        "n_redactions": _sum(own, who, "n_redactions"),
        "n_hits": _sum(hits, who),
        "n_left_out": _sum(excluded, who, "n_words"),
        "n_in_segments": _sum(segments, who, "n_words"),
        "n_unthemed": _sum(lost, who, "n_words"),
        "n_quotes": _sum(corpus.quotes, who),
        "n_in_stories": _sum(corpus.stories, who, "n_words"),
    }
    table = pd.DataFrame(sums).fillna(0).astype("int64").sort_index()
    table = table[table["n_words"].gt(0)]
    themed = set(segments.loc[~segments.index.isin(lost.index), "conversation_id"].map(who))
    return table.assign(is_heard=1, is_unthemed=(~table.index.isin(themed)).astype("int64"))


def _sum(rows: pd.DataFrame, who: Mapping[str, str], column: str = "") -> pd.Series:
    """Sum of a column for each person; without a column, the number of rows."""
    values = rows[column] if column else pd.Series(1, index=rows.index)
    return values.groupby(rows["conversation_id"].map(who)).sum()


# Gaps


class Place(NamedTuple):
    """A group, and why nothing is told of it; None: something is."""

    dimension: str
    group: str
    n_people: int | None
    hidden: str | None


class Family(NamedTuple):
    """One measure of all groups, and its intervals by the probability that they err."""

    measure: str
    places: Sequence[Place]
    value: Floats
    others: Floats
    chances: Floats
    ends: Callable[[float], Interval]


def pipeline_equity(
    table: pd.DataFrame,
    canaries: pd.DataFrame,
    dimensions: Sequence[Dimension],
    told: Mapping[str, Groups],
    everybody: Mapping[str, Groups],
    fewest: int,
    seed: int,
) -> list[dict[str, object]]:
    """Rows of table `pipeline_equity`.

    Parameters
    ----------
    table : DataFrame
        From `people`.
    canaries : DataFrame
        Table `redaction_canaries` of all batches.
    told : mapping of dimension to group to its people
        As table `representation` counts them: by these it is decided what may be told, and they
        are the people whose number is given, so that no two tables give two numbers.
    everybody : mapping of dimension to group to its people
        All who said a word, those among them of whom validation left nothing.
    """
    places = [place for d in dimensions for place in _places(d, told[d.name], fewest)]
    members = _members(table, places, everybody)
    families = [
        *(_of_rate(measure, table, members, places, seed) for measure in RATES),
        _of_people(table, members, places, fewest),
        _of_canaries(canaries),
    ]
    error = level(np.array([chance for family in families for chance in _looked_at(family)]))
    return [row for family in families for row in _rows(family, error)]


def _places(dimension: Dimension, groups: Groups, fewest: int) -> list[Place]:
    may = shown(dimension, groups, fewest)
    return [
        _place(dimension.name, group, len(groups.get(group, ())), fewest, is_told=is_told)
        for group, is_told in may.groups.items()
    ]


def _place(dimension: str, group: str, n: int, fewest: int, *, is_told: bool) -> Place:
    if is_told:
        return Place(dimension, group, rounded(n), None)
    return Place(dimension, group, None, SMALL_GROUP if n < fewest else SMALL_NUMBER)


def _members(
    table: pd.DataFrame, places: Sequence[Place], everybody: Mapping[str, Groups]
) -> NDArray[np.bool_]:
    own = [set(everybody[place.dimension].get(place.group, ())) for place in places]
    found = [[person in group for person in table.index] for group in own]
    return np.array(found, dtype=np.bool_).reshape(len(places), len(table))


def _of_rate(
    measure: str,
    table: pd.DataFrame,
    members: NDArray[np.bool_],
    places: Sequence[Place],
    seed: int,
) -> Family:
    rate, sizes = RATES[measure], members.sum(axis=1)
    smaller = np.minimum(sizes, len(table) - sizes)
    found = rates(_numbers(table[rate.top]) * rate.per, _numbers(table[rate.bottom]), members, seed)
    return Family(
        measure,
        [place if n else _without_others(place) for place, n in zip(places, smaller, strict=True)],
        found.value,
        found.value_of_others,
        chance_of_rates(found, smaller),
        partial(around, found, smaller),
    )


def _without_others(place: Place) -> Place:
    return place._replace(n_people=None, hidden=place.hidden or SMALL_NUMBER)


def _numbers(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64)


def _of_people(
    table: pd.DataFrame, members: NDArray[np.bool_], places: Sequence[Place], fewest: int
) -> Family:
    """Who is in no theme: counts of people, told by the rule for those and from rounded ones."""
    lost = table["is_unthemed"].to_numpy(dtype=np.bool_)
    counts, sizes = (members & lost).sum(axis=1), members.sum(axis=1)
    own = [
        place if may else _without_others(place)
        for place, may in zip(places, _may_tell(places, counts, sizes, lost, fewest), strict=True)
    ]
    counted = _counted(
        [rounded(int(n)) for n in counts],
        [max(rounded(int(n)), 1) for n in sizes],
        int(lost.sum()),
        len(lost),
    )
    return _of_shares(_PEOPLE, own, counted, is_rounded=True)


def _may_tell(
    places: Sequence[Place],
    counts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    lost: NDArray[np.bool_],
    fewest: int,
) -> list[bool]:
    told: list[bool] = []
    for dimension in dict.fromkeys(place.dimension for place in places):
        at = [n for n, place in enumerate(places) if place.dimension == dimension]
        n, of = [int(counts[i]) for i in at], [int(sizes[i]) for i in at]
        unseen = hidden(n, of, fewest, [places[i].hidden is not None for i in at])
        others = [(int(lost.sum()) - a, len(lost) - b) for a, b in zip(n, of, strict=True)]
        told += [
            not gone and with_it >= fewest and size - with_it >= fewest
            for gone, (with_it, size) in zip(unseen, others, strict=True)
        ]
    return told


def _of_canaries(canaries: pd.DataFrame) -> Family:
    """Made-up names: nobody's, so that nothing is hidden."""
    counts = canaries[canaries["by"].eq("origin")].groupby("group")[["n_seeded", "n_found"]].sum()
    n_all = int(counts["n_seeded"].sum())
    counts = counts[counts["n_seeded"].between(1, n_all - 1)]
    places = [Place(ORIGIN, str(origin), None, None) for origin in counts.index]
    counted = _counted(
        counts["n_found"].tolist(),
        counts["n_seeded"].tolist(),
        int(canaries.loc[canaries["by"].eq("origin"), "n_found"].sum()),
        n_all,
    )
    return _of_shares(_CANARIES, places, counted, is_rounded=False)


def _counted(n: Sequence[int], of: Sequence[int], n_all: int, of_all: int) -> Counted:
    """Each against what is left of all; nobody left, or fewer than none, is one of one or none."""
    own, size = np.array(n, dtype=np.float64), np.array(of, dtype=np.float64)
    rest = np.maximum(of_all - size, 1.0)
    return Counted(np.minimum(own, size), size, np.clip(n_all - own, 0.0, rest), rest)


def _of_shares(
    measure: str, places: Sequence[Place], counted: Counted, *, is_rounded: bool
) -> Family:
    return Family(
        measure,
        places,
        counted.n / counted.of,
        counted.n_others / counted.of_others,
        chance_of(counted, is_rounded=is_rounded),
        partial(difference_at, counted, is_rounded=is_rounded),
    )


def _looked_at(family: Family) -> list[float]:
    pairs = zip(family.places, family.chances, strict=True)
    return [float(chance) for place, chance in pairs if place.hidden is None]


def _rows(family: Family, error: float) -> list[dict[str, object]]:
    ends = family.ends(error)
    numbers = zip(family.places, family.value, family.others, *ends, strict=True)
    return [
        {
            "measure": family.measure,
            "dimension": place.dimension,
            "group": place.group,
            "n_people": place.n_people,
            "hidden": place.hidden,
        }
        | _told(family.measure, place, [float(number) for number in own], 1 - error)
        for place, *own in numbers
    ]


def _told(measure: str, place: Place, numbers: Sequence[float], sure: float) -> dict[str, object]:
    """The numbers, unless they are hidden or there was nothing to divide by."""
    value, others, low, high = (None if isnan(n) else round(n, 6) for n in numbers)
    if place.hidden is not None:
        value = others = low = high = None
    gap = None if value is None or others is None else round(value - others, 6)
    row: dict[str, object] = {"value": value, "value_of_others": others, "gap": gap}
    if gap is None or low is None or high is None:
        return row | dict.fromkeys(("gap_low", "gap_high", "confidence", "sentence"))
    is_gap = low > 0 or high < 0
    sentence = f"{_WORDS[measure]}: {value:.3g}, and {others:.3g} of everybody else."
    return row | {
        "gap_low": low,
        "gap_high": high,
        "confidence": round(sure, 6),
        "sentence": sentence if is_gap else None,
    }
