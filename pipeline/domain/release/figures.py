"""Counts of people as an audience is told them: theme by theme, voice by voice, and altogether."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.release.disclosure import (
    GIVEN_AWAY,
    SMALL,
    Disclosure,
    Told,
    hidden_parts,
    settled,
)
from pipeline.domain.themes.counting import conversation_shares, wilson
from pipeline.tables import VOICES, records

ALL = "all"
TO_THE_NEAREST = 5
"""People heard altogether are rounded under any policy: they are what shares are shares of."""


class Heard(NamedTuple):
    """How many were heard, and how many were not for want of consent."""

    people: int
    conversations: int
    left_out: int


class Altogether(NamedTuple):
    """People, conversations and those left out as they are told.

    Attributes
    ----------
    counts : mapping of str to (int or None)
        None: hidden.
    nearest : int
        What they are multiples of; 1: they are as counted.
    """

    counts: Mapping[str, int | None]
    nearest: int


class Figures(NamedTuple):
    """Counts as they are told, and what they were made of.

    Attributes
    ----------
    themes, theme_prevalence : DataFrame
        With counts that may be told, and why others are not in column `hidden`.
    heard : Altogether
    cells : mapping of str to int
        The count that each cell goes by: for the restricted zone.
    """

    themes: pd.DataFrame
    theme_prevalence: pd.DataFrame
    heard: Altogether
    cells: dict[str, int]


def controlled(
    themes: pd.DataFrame,
    prevalence: pd.DataFrame,
    heard: Heard,
    policy: Disclosure,
    told: Told,
) -> Figures:
    """Themes and their prevalence as the policy has them told.

    Parameters
    ----------
    themes, prevalence : DataFrame
        As counted, every theme in every voice and in all.
    told : Told
        What earlier releases to the same audience went by.
    """
    if policy.is_exact:
        exact = Altogether(heard._asdict(), 1)
        return Figures(themes.assign(hidden=None), prevalence.assign(hidden=None), exact, {})
    cells = _cells(prevalence, heard, policy, told)
    whole = altogether(cells, policy)
    columns = [*prevalence.columns, "hidden"]
    rows = figures_by_voice(themes["theme_id"], cells, whole, policy)
    figures = pd.DataFrame(rows, columns=pd.Index(columns), dtype=object)
    in_all = figures[figures["voice"].eq(ALL)].set_index("theme_id")
    counted = {name: _values(themes["theme_id"], in_all[name]) for name in _IN_THEMES}
    heard_in_all = Altogether(whole, _nearest(policy))
    return Figures(themes.assign(**counted), figures, heard_in_all, cells)


_IN_THEMES = (
    "n_people", "n_conversations", "share_of_people", "share_low", "share_high", "hidden",
)  # fmt: skip


def _values(themes: "pd.Series[str]", of: pd.Series) -> "pd.Series[Any]":
    found = dict(zip(of.index, of, strict=True))
    return pd.Series([found[theme] for theme in themes], index=themes.index, dtype=object)


def cell_of(theme: str, voice: str, what: str) -> str:
    """The name of a cell of `theme_prevalence`."""
    return f"theme_prevalence/{theme}/{voice}/{what}"


def figures_of(
    whole: Mapping[str, int | None], people: int, conversations: int, policy: Disclosure
) -> dict[str, Any]:
    """Columns of a count that is shown: rounded, and shares of what is told.

    Parameters
    ----------
    whole : mapping of str to (int or None)
        People and conversations altogether, as told.
    people, conversations : int
        What the cell goes by.
    """
    n_people = policy.shown(people)
    told_in = _conversations(people, conversations, policy)
    share = _share(n_people, whole["people"])
    return {
        "n_people": n_people,
        "n_conversations": told_in,
        "share_of_people": share and share.share,
        "share_low": share and share.low,
        "share_high": share and share.high,
    } | _conversation_shares(told_in, whole["conversations"])


def _share(n: int | None, whole: int | None) -> Any:
    return None if n is None or not whole else wilson(min(n, whole), whole)


def _conversation_shares(n: int | None, whole: int | None) -> dict[str, float | None]:
    known = n is not None and bool(whole)
    shares = conversation_shares(min(n, whole), whole) if known and n and whole else None
    return dict.fromkeys(conversation_shares(0, 1), None) | (shares or {})


def _conversations(people: int, conversations: int, policy: Disclosure) -> int | None:
    """Conversations of a cell; exact ones may not tell how many few people were heard twice."""
    twice = conversations - people
    if conversations < policy.fewest:
        return None
    if policy.rounded_to == 1 and twice != 0 and abs(twice) < policy.fewest:
        return None
    return policy.shown(conversations)


def _cells(
    prevalence: pd.DataFrame, heard: Heard, policy: Disclosure, told: Told
) -> dict[str, int]:
    counted = {f"overview/{name}": n for name, n in heard._asdict().items()}
    for row in records(prevalence):
        for what in ("n_people", "n_conversations"):
            counted[cell_of(row["theme_id"], row["voice"], what)] = int(row[what])
    return {cell: settled(n, told.get(cell, ()), policy.fewest) for cell, n in counted.items()}


def altogether(cells: Mapping[str, int], policy: Disclosure) -> dict[str, int | None]:
    """People, conversations and those left out, as they are told; None: hidden."""
    counts = {name: cells[f"overview/{name}"] for name in Heard._fields}
    nearest = _nearest(policy)
    return {
        name: None if n < policy.fewest else nearest * ((n + nearest // 2) // nearest)
        for name, n in counts.items()
    }


def _nearest(policy: Disclosure) -> int:
    return max(policy.rounded_to, TO_THE_NEAREST)


def figures_by_voice(
    themes: Iterable[str],
    cells: Mapping[str, int],
    whole: Mapping[str, int | None],
    policy: Disclosure,
) -> list[dict[str, Any]]:
    """Rows of `theme_prevalence` that these cells make: figures, or why there are none."""
    rows: list[dict[str, Any]] = []
    for theme in themes:
        people = {voice: cells[cell_of(theme, voice, "n_people")] for voice in (ALL, *VOICES)}
        reasons = {ALL: _reason_of_all(people[ALL], whole["people"], policy)}
        reasons |= dict(zip(VOICES, _reasons(people, VOICES, policy), strict=True))
        for voice, reason in reasons.items():
            conversations = cells[cell_of(theme, voice, "n_conversations")]
            told = figures_of(whole, people[voice], conversations, policy)
            if reason is not None:
                told = dict.fromkeys(told, None)
            rows.append({"theme_id": theme, "voice": voice, **told, "hidden": reason})
    return rows


def _reason_of_all(n: int, whole: int | None, policy: Disclosure) -> str | None:
    is_few = n < policy.fewest or whole is None
    return SMALL if is_few else None


def _reasons(
    people: Mapping[str, int], voices: Sequence[str], policy: Disclosure
) -> list[str | None]:
    """Why each voice is hidden; more people in a voice than in all is an echo of what was told."""
    parts = [people[voice] for voice in voices]
    reasons = hidden_parts(people[ALL], parts, policy)
    return [
        GIVEN_AWAY if reason is None and n > people[ALL] else reason
        for reason, n in zip(reasons, parts, strict=True)
    ]
