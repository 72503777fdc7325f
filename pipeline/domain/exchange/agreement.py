"""How far people who coded conversations agree with the machine, and where they do not.

The unit is the segment; it may be in several themes, or in none. Compared are the segments of
conversations that a coder coded at all: what was never looked at is no disagreement. Coefficients
start a discussion and end none: hence the list of disagreements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.exchange.coefficients import (
    Counts,
    Floats,
    Sets,
    ac1,
    alpha,
    f1,
    kappa,
    masi,
    observed,
    precision,
    recall,
)
from pipeline.domain.exchange.layout import Place
from pipeline.domain.exchange.reading import Coding
from pipeline.tables import TABLES, empty, records

ALL = "all"
RESAMPLES = 500
FEWEST_CONVERSATIONS = 5
"""Conversations without which there is no interval."""
FEWEST_SEGMENTS = 10
"""Segments that either has in a theme, without which its numbers are too little to go by."""

_DECIMALS = 4
_MOST_UNDEFINED = 0.05

Labels = Mapping[str, frozenset[str]]


class Compared(NamedTuple):
    """Both tables."""

    coder_agreement: pd.DataFrame
    coder_disagreements: pd.DataFrame


class _Units(NamedTuple):
    """What one coder and the machine say of the segments that are compared."""

    segment_ids: list[str]
    conversations: list[str]
    machine: list[frozenset[str]]
    coder: list[frozenset[str]]
    own_codes: list[frozenset[str]]


def compared(
    segments: pd.DataFrame,
    assignments: pd.DataFrame,
    codings: Iterable[Coding],
    *,
    seed: int,
) -> Compared:
    """Agreement of each coder with the machine, and each segment on which they differ.

    Parameters
    ----------
    segments : DataFrame
        Columns `segment_id, conversation_id, spans`.
    assignments : DataFrame
        Columns `segment_id, theme_id`: the machine's, of themes that people may code by.
    codings : iterable of Coding
        From `read_project`; a code of a theme that is not live counts as the coder's own.
    seed : int
        Of the resamples that intervals come from.
    """
    by_coder: defaultdict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_coder[coding.coder].append(coding)
    machine = _themes_by_segment(assignments)
    agreement: list[dict[str, Any]] = []
    disagreements: list[dict[str, Any]] = []
    for number, coder in enumerate(sorted(by_coder), 1):
        name, units = f"coder {number}", _units(segments, machine, by_coder[coder])
        if units.segment_ids:
            agreement += [{"coder": name} | row for row in _rows(name, units, seed)]
            disagreements += [{"coder": name} | row for row in _differences(units)]
    return Compared(
        _frame("coder_agreement", agreement), _frame("coder_disagreements", disagreements)
    )


def _frame(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = [column.name for column in TABLES[table].columns]
    return pd.DataFrame(rows, columns=columns) if rows else empty(TABLES[table])


# What is compared


def _themes_by_segment(assignments: pd.DataFrame) -> Labels:
    themes = assignments.groupby("segment_id")["theme_id"]
    return {str(segment): frozenset(own) for segment, own in themes}


def _units(segments: pd.DataFrame, machine: Labels, codings: Sequence[Coding]) -> _Units:
    considered = {coding.conversation_id for coding in codings}
    own = records(segments[segments["conversation_id"].isin(considered)].sort_values("segment_id"))
    given = _given(own, codings)
    themes = [{code.theme_id for code in given[row["segment_id"]]} for row in own]
    codes = [{code.own_code for code in given[row["segment_id"]]} for row in own]
    numbers = {code: n for n, code in enumerate(sorted(set[str]().union(*codes) - {""}), 1)}
    return _Units(
        [row["segment_id"] for row in own],
        [row["conversation_id"] for row in own],
        [machine.get(row["segment_id"], frozenset()) for row in own],
        [frozenset(theme for theme in on if theme) for on in themes],
        [frozenset(f"own code {numbers[code]}" for code in on if code) for on in codes],
    )


def _given(
    segments: Sequence[Mapping[str, Any]], codings: Sequence[Coding]
) -> dict[str, list[Coding]]:
    """The codings that each segment bears.

    A passage that is a segment, or one of its pieces, to the letter is about that one alone, not
    about the next, which may begin within it.
    """
    owners: defaultdict[tuple[str, Place], set[str]] = defaultdict(set)
    nearby: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in segments:
        nearby[row["conversation_id"]].append(row)
        for span in row["spans"]:
            place = Place(span["turn"], span["start"], span["end"])
            owners[row["conversation_id"], place].add(row["segment_id"])
    found: defaultdict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        told = coding.conversation_id
        own = owners.get((told, coding.places[0])) if len(coding.places) == 1 else None
        for row in nearby[told]:
            if row["segment_id"] in own if own else is_borne(coding.places, row["spans"]):
                found[row["segment_id"]].append(coding)
    return found


def is_borne(places: Sequence[Place], spans: Sequence[Mapping[str, int]]) -> bool:
    """Whether a segment bears what was coded at these places.

    It does if half of the segment was coded, or if half of what was coded is in the segment: of a
    passage that runs on into the interviewer's words, half of what is in the segment's turns.
    """
    turns = {span["turn"] for span in spans}
    said = sum(span["end"] - span["start"] for span in spans)
    coded = sum(place.end - place.start for place in places if place.turn in turns)
    shared = sum(_overlap(place, span) for place in places for span in spans)
    return shared > 0 and 2 * shared >= min(said, coded)


def _overlap(place: Place, span: Mapping[str, int]) -> int:
    if place.turn != span["turn"]:
        return 0
    return max(0, min(place.end, span["end"]) - max(place.start, span["start"]))


# Differences


def _differences(units: _Units) -> list[dict[str, Any]]:
    return [
        {
            "segment_id": segment,
            "conversation_id": conversation,
            "machine_theme_ids": sorted(machine),
            "coder_theme_ids": sorted(coder),
            "own_codes": sorted(own),
            "distance": round(masi(machine, coder), _DECIMALS),
        }
        for segment, conversation, machine, coder, own in zip(*units, strict=True)
        if machine != coder
    ]


# Rows


Measure = Callable[[Counts], Floats]
_OF_THEMES: dict[str, Measure] = {
    "kappa": kappa, "ac1": ac1, "precision": precision, "recall": recall, "f1": f1,
}  # fmt: skip
_OF_ALL: dict[str, Measure] = {"precision": precision, "recall": recall, "f1": f1}


def _rows(name: str, units: _Units, seed: int) -> list[dict[str, Any]]:
    """All themes together first, then each that either has."""
    conversations = sorted(set(units.conversations))
    draws = _draws(len(conversations), seed)
    at = np.searchsorted(conversations, units.conversations)
    themes = sorted(frozenset[str]().union(*units.machine, *units.coder))
    rows = [_row_of_all(name, units, themes, at, draws)]
    for theme in themes:
        counts = _counts(units, theme, at, draws.shape[1])
        rows.append(_row(name, theme, counts, draws))
    return rows


def _draws(n: int, seed: int) -> Floats:
    """How often each conversation is drawn, of each resample; the first one is as it was."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return np.vstack([np.ones(n), drawn]).astype(np.float64)


def _counts(units: _Units, theme: str, at: NDArray[np.intp], n: int) -> Floats:
    """Of each conversation, the segments that both, one, the other or neither have in a theme."""
    machine = np.array([theme in own for own in units.machine])
    coder = np.array([theme in own for own in units.coder])
    kinds = (machine & coder, machine & ~coder, coder & ~machine, ~machine & ~coder)
    return np.stack([_summed(at, kind, n) for kind in kinds], axis=1)


def _summed(at: NDArray[np.intp], numbers: Any, n: int) -> Floats:
    """Sums over the segments of each conversation."""
    sums = np.zeros(n)
    np.add.at(sums, at, numbers)
    return sums


def _row(name: str, theme: str, by_conversation: Floats, draws: Floats) -> dict[str, Any]:
    counts = Counts(*(draws @ by_conversation).T)
    both, machine, coder, n = (float(c[0]) for c in (*counts[:3], counts.all))
    few = len(by_conversation) < FEWEST_CONVERSATIONS or both + machine + coder < FEWEST_SEGMENTS
    return (
        _how_many(len(by_conversation), counts)
        | {
            "theme_id": theme,
            "prevalence_machine": _told((both + machine) / n),
            "prevalence_coder": _told((both + coder) / n),
            "agreement": _told(observed(counts)[0]),
            "sentence": f"Of {n:.0f} segments the machine has {both + machine:.0f} in it, {name} "
            f"{both + coder:.0f}, both {both:.0f}.{_TOO_FEW if few else ''}",
        }
        | _estimates({measure: of(counts) for measure, of in _OF_THEMES.items()}, draws)
    )


_TOO_FEW = " Too little to go by."


def _how_many(n_conversations: int, counts: Counts) -> dict[str, int]:
    both, machine, coder = (int(of[0]) for of in counts[:3])
    return {
        "n_conversations": n_conversations,
        "n_machine": both + machine,
        "n_coder": both + coder,
        "n_both": both,
    } | {"n_units": int(counts.all[0])}


def _row_of_all(
    name: str, units: _Units, themes: Sequence[str], at: NDArray[np.intp], draws: Floats
) -> dict[str, Any]:
    n, n_conversations = len(units.segment_ids), draws.shape[1]
    parts = [_counts(units, theme, at, n_conversations) for theme in themes]
    counts = Counts(*(draws @ np.sum([np.zeros((n_conversations, 4)), *parts], axis=0)).T)
    same = sum(a == b for a, b in zip(units.machine, units.coder, strict=True))
    few = _TOO_FEW if n_conversations < FEWEST_CONVERSATIONS else ""
    estimates = {measure: of(counts) for measure, of in _OF_ALL.items()}
    estimates["alpha"] = alpha(_sets(units, at, n_conversations), draws)
    return (
        _how_many(n_conversations, counts)
        | {
            "theme_id": ALL,
            "n_units": n,
            "prevalence_machine": _told(sum(map(bool, units.machine)) / n),
            "prevalence_coder": _told(sum(map(bool, units.coder)) / n),
            "agreement": _told(same / n),
            "sentence": f"Of {n} segments of {n_conversations} conversations that {name} coded, "
            f"{same} are in the same themes for both; {n - same} are to be talked about.{few}",
        }
        | _estimates(estimates, draws)
    )


def _sets(units: _Units, at: NDArray[np.intp], n_conversations: int) -> Sets:
    known = sorted({*units.machine, *units.coder}, key=sorted)
    place = {own: n for n, own in enumerate(known)}
    values = np.zeros((n_conversations, len(known)))
    for side in (units.machine, units.coder):
        for conversation, own in zip(at, side, strict=True):
            values[conversation, place[own]] += 1
    apart = [masi(*pair) for pair in zip(units.machine, units.coder, strict=True)]
    distances = np.array([[masi(one, other) for other in known] for one in known])
    return Sets(_summed(at, apart, n_conversations), values, distances)


def _estimates(estimates: Mapping[str, Floats], draws: Floats) -> dict[str, float | None]:
    """Each as it was, with a 95 % interval over resamples of conversations."""
    told: dict[str, float | None] = dict.fromkeys(_NULLABLE)
    for name, values in estimates.items():
        told[name] = _told(values[0])
        low, high = _interval(values[1:]) if draws.shape[1] >= FEWEST_CONVERSATIONS else (None,) * 2
        if told[name] is not None:
            told |= {f"{name}_low": low, f"{name}_high": high}
    return told


_NULLABLE = [column.name for column in TABLES["coder_agreement"].columns if column.nullable]


def _interval(values: Floats) -> tuple[float | None, float | None]:
    """Of resamples; none where too many of them say nothing."""
    known = values[~np.isnan(values)]
    if len(known) < (1 - _MOST_UNDEFINED) * len(values):
        return None, None
    low, high = np.quantile(known, (0.025, 0.975))
    return _told(low), _told(high)


def _told(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), _DECIMALS) + 0.0
