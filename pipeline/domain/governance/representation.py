# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# scipy carries no types.
"""Who has been heard, beside who lives there: group by group, small numbers hidden.

Everything told follows from rounded counts, so that nothing finer can be worked out from it. Who
did not say is told apart, and is in no share of a group.

References
----------
Rose (1991), Electoral Studies 10, 302-312: index of proportionality.
Gerring, Jerzak & Oncel (2024), Am. Polit. Sci. Rev. 118, 1079-1097: its expected value at a size.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.domain.themes.counting import wilson
from pipeline.domain.themes.disclosure import hidden, rounded
from pipeline.domain.themes.groups import NOT_STATED, Cell, Dimension, people_by_group
from pipeline.settings import Settings
from pipeline.tables import frame_of

N_SAMPLES = 10_000
"""Random samples by which an index is judged."""

_BAND = (0.025, 0.975)

Groups = Mapping[str, Sequence[str]]
"""People of each group of one dimension; who said nothing is in `not stated`."""


class Represented(NamedTuple):
    """The tables of who is heard."""

    representation: pd.DataFrame
    representation_summary: pd.DataFrame


class Shown(NamedTuple):
    """Which counts of one dimension may be told.

    Attributes
    ----------
    n_stated : int
        People who are in a group.
    groups : mapping of group to bool
    cells : mapping of Cell to bool
        Those with a share of the population.
    """

    n_stated: int
    groups: Mapping[str, bool]
    cells: Mapping[Cell, bool]


def represent(
    dimensions: Sequence[Dimension],
    participants: pd.DataFrame,
    people: Iterable[str],
    settings: Settings,
) -> Represented:
    """Who is heard, by every dimension of the programme.

    Parameters
    ----------
    participants : DataFrame
        The register in bands.
    people : iterable of str
        Whose words are in segments: the people that themes are counted by.
    """
    groups, fewest = groups_of(dimensions, participants, people), settings.min_cell_people
    rows = [row for d in dimensions for row in representation(d, groups[d.name], fewest)]
    sums = [summary(d, groups[d.name], fewest, settings.seed) for d in dimensions]
    return Represented(frame_of("representation", rows), frame_of("representation_summary", sums))


def groups_of(
    dimensions: Sequence[Dimension], participants: pd.DataFrame, people: Iterable[str]
) -> dict[str, dict[str, list[str]]]:
    """People by dimension and group; groups of the programme's file that are empty among them."""
    known = set(people)
    members = {d.name: people_by_group(d, participants, known) for d in dimensions}
    for dimension in dimensions:
        for cell in dimension.reference:
            for group in cell.groups:
                members[dimension.name].setdefault(group, [])
    return members


def shown(dimension: Dimension, groups: Groups, fewest: int) -> Shown:
    """Which counts may be told: none of few, and none that would tell a hidden one.

    Who did not say is no group: how many they are points at nobody's characteristic.
    """
    counts = {group: len(people) for group, people in groups.items() if group != NOT_STATED}
    n_stated = sum(counts.values())
    sums = [sum(counts.get(group, 0) for group in cell.groups) for cell in dimension.reference]
    if not dimension.reference:
        return Shown(n_stated, _may_tell(counts, n_stated, fewest), {})
    unseen = hidden(sums, [n_stated] * len(sums), fewest, [False] * len(sums))
    told: dict[str, bool] = {}
    for cell, is_hidden in zip(dimension.reference, unseen, strict=True):
        own = {group: counts.get(group, 0) for group in cell.groups}
        apart = len(own) > 1 and not is_hidden
        told |= (
            _may_tell(own, n_stated, fewest) if apart else dict.fromkeys(cell.groups, not is_hidden)
        )
    tells = [not is_hidden for is_hidden in unseen]
    return Shown(n_stated, told, dict(zip(dimension.reference, tells, strict=True)))


def _may_tell(counts: Mapping[str, int], n_stated: int, fewest: int) -> dict[str, bool]:
    sizes, never = [n_stated] * len(counts), [False] * len(counts)
    unseen = hidden(list(counts.values()), sizes, fewest, never)
    return {group: not is_hidden for group, is_hidden in zip(counts, unseen, strict=True)}


# Group by group


class Heard(NamedTuple):
    """One group: its people, and how many said which group they are of, rounded.

    `n_all` is 0 where too few said; `reference` is None where no share of the population is known.
    """

    dimension: str
    group: str
    n: int
    n_all: int
    reference: float | None


def representation(dimension: Dimension, groups: Groups, fewest: int) -> list[dict[str, object]]:
    """Rows of table `representation` of one dimension."""
    may = shown(dimension, groups, fewest)
    counts = {group: len(groups.get(group, ())) for group in may.groups}
    alone = {c.groups[0]: c.share for c in dimension.reference if len(c.groups) == 1}
    heard = [(group, n, alone.get(group), may.groups[group]) for group, n in counts.items()]
    heard += [
        (cell.title, sum(counts[group] for group in cell.groups), cell.share, is_told)
        for cell, is_told in may.cells.items()
        if len(cell.groups) > 1
    ]
    n_all = _rounded_all(may.n_stated, fewest)
    rows = [
        _row(Heard(dimension.name, group, n, n_all, share), fewest, is_told=is_told)
        for group, n, share, is_told in heard
    ]
    return [*rows, _not_stated(dimension, groups, may.n_stated, fewest)]


def _rounded_all(n_stated: int, fewest: int) -> int:
    return rounded(n_stated) if n_stated >= fewest else 0


_NUMBERS = (
    "n_people", "share", "reference_share", "index", "index_low", "index_high", "expected_low",
    "expected_high",
)  # fmt: skip
_NOTHING: dict[str, object] = {**dict.fromkeys(_NUMBERS)}


def _row(heard: Heard, fewest: int, *, is_told: bool) -> dict[str, object]:
    low, high = _by_chance(heard)
    row = _NOTHING | {
        "dimension": heard.dimension,
        "group": heard.group,
        "reference_share": heard.reference,
        "expected_low": low,
        "expected_high": high,
    }
    if not is_told or not heard.n_all:
        return row | _untold(heard, low, high, fewest)
    n = rounded(heard.n)
    share = wilson(n, heard.n_all)
    row |= {"n_people": n, "share": share.share}
    if heard.reference is None:
        sentence = f"About {n} of {heard.n_all} people; no share of the population is known."
        return row | {"verdict": "no_reference", "sentence": sentence}
    index = [round(end / heard.reference, 6) for end in share]
    row |= dict(zip(("index", "index_low", "index_high"), index, strict=True))
    verdict = "under" if index[2] < 1 else "over" if index[1] > 1 else "as_expected"
    told = f"about {n} of {heard.n_all} people, where chance alone would bring {low} to {high}"
    more = wanted(n, heard.n_all, heard.reference)
    return row | {"verdict": verdict, "sentence": _SENTENCES[verdict].format(told=told, more=more)}


_SENTENCES = {
    "as_expected": "As many as expected: {told}.",
    "over": "More than expected: {told}. That does no harm; listen for the others.",
    "under": "Fewer than expected: {told}. {more} would mend it.",
}


def _untold(heard: Heard, low: int | None, high: int | None, fewest: int) -> dict[str, object]:
    """Nothing but what the reader may know: that they are few."""
    if heard.n >= fewest and heard.n_all:
        sentence = "Not told, since the few who are left would be told by it."
        return {"verdict": "hidden", "sentence": sentence}
    few = "Too few to tell, perhaps nobody"
    if heard.reference is None or low is None or low < fewest:
        return {"verdict": "hidden", "sentence": f"{few}: see whether they were reached."}
    more = wanted(0, heard.n_all, heard.reference)
    sentence = f"{few}, where chance alone would bring {low} to {high} of {heard.n_all} people. "
    return {"verdict": "missing", "sentence": f"{sentence}From nobody, {more} would mend it."}


def _by_chance(heard: Heard) -> tuple[int | None, int | None]:
    """How many of the group random samples of this size have, in 95 of 100."""
    if heard.reference is None or not heard.n_all:
        return None, None
    from scipy.stats import binom

    low, high = (int(binom.ppf(end, heard.n_all, heard.reference)) for end in _BAND)
    return low, high


def wanted(n: int, n_all: int, share: float) -> str:
    """How many more of a group would bring it within chance, and to its share, in words."""
    level = max(ceil((share * n_all - n) / (1 - share)), 1)
    enough = next(
        (more for more in range(1, level) if wilson(n + more, n_all + more).high >= share), level
    )
    return f"{enough} to {level} more of them" if enough < level else f"{level} more of them"


def _not_stated(
    dimension: Dimension, groups: Groups, n_stated: int, fewest: int
) -> dict[str, object]:
    n = len(groups.get(NOT_STATED, ()))
    row = _NOTHING | {"dimension": dimension.name, "group": NOT_STATED}
    if n < fewest:
        return row | {"verdict": "hidden", "sentence": "Too few to tell, perhaps nobody."}
    n_all = rounded(n_stated + n)
    return row | {
        "n_people": rounded(n),
        "share": wilson(rounded(n), n_all).share,
        "verdict": "no_reference",
        "sentence": f"About {rounded(n)} of {n_all} people did not say or were not asked.",
    }


# One number for each dimension


class ByChance(NamedTuple):
    """What the index of proportionality of random samples would be."""

    mean: float
    low: float
    high: float
    deviation: float


def proportionality(shares: Sequence[float], reference: Sequence[float]) -> float:
    """Rose's index: 1 where shares are those of the population, near 0 where they never meet."""
    return 1 - sum(abs(p - g) for p, g in zip(shares, reference, strict=True)) / 2


def by_chance(reference: Sequence[float], n: int, seed: int) -> ByChance:
    """The index of `N_SAMPLES` random samples of `n` people."""
    true = np.array(reference) / sum(reference)
    drawn = np.random.default_rng(seed).multinomial(n, true, size=N_SAMPLES)
    index = 1 - np.abs(drawn / n - true).sum(axis=1) / 2
    low, high = np.quantile(index, _BAND)
    return ByChance(float(index.mean()), float(low), float(high), float(index.std()))


def summary(dimension: Dimension, groups: Groups, fewest: int, seed: int) -> dict[str, object]:
    """The row of table `representation_summary` of one dimension."""
    may, n_silent = shown(dimension, groups, fewest), len(groups.get(NOT_STATED, ()))
    n_all, is_silent = _rounded_all(may.n_stated, fewest), n_silent >= fewest
    silent = rounded(n_silent) if is_silent else None
    everybody = rounded(may.n_stated + n_silent)
    row: dict[str, object] = {
        "dimension": dimension.name,
        "n_people": n_all or None,
        "n_not_stated": silent,
        "share_not_stated": wilson(silent, everybody).share if silent else None,
        "source": dimension.source or None,
    }
    return row | _compared(dimension, groups, may, n_all, seed)


_INDEX = ("index_of_proportionality", "expected", "expected_low", "expected_high", "residual")


def _compared(
    dimension: Dimension, groups: Groups, may: Shown, n_all: int, seed: int
) -> dict[str, object]:
    blank: dict[str, object] = {**dict.fromkeys(_INDEX)}
    if not dimension.reference:
        sentence = "No share of the population is known: name a source in the programme's file."
        return blank | {"sentence": sentence}
    if not n_all or not all(may.cells.values()):
        return blank | {"sentence": "Too few in a group to tell how like the population they are."}
    counts = [
        rounded(sum(len(groups.get(group, ())) for group in cell.groups)) for cell in may.cells
    ]
    reference = [cell.share for cell in may.cells]
    index = proportionality([n / sum(counts) for n in counts], reference)
    chance = by_chance(reference, n_all, seed)
    residual = (index - chance.mean) / chance.deviation if chance.deviation else None
    return {
        "index_of_proportionality": round(index, 6),
        "expected": round(chance.mean, 6),
        "expected_low": round(chance.low, 6),
        "expected_high": round(chance.high, 6),
        "residual": None if residual is None else round(residual, 6),
        "sentence": _in_words(index, chance),
    }


def _in_words(index: float, chance: ByChance) -> str:
    numbers = f"{index:.2f}, where random samples have {chance.low:.2f} to {chance.high:.2f}"
    if index < chance.low:
        return f"Less like the population than chance would make it: {numbers}."
    return f"As like the population as a random sample: {numbers}."
