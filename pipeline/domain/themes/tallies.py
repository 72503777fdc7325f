"""Everything that is counted over themes once they are made: tables in, tables out."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from pipeline.domain.themes.breakdown import Part, by_group, parts_of
from pipeline.domain.themes.corpus import Corpus, read_corpus
from pipeline.domain.themes.groups import (
    WAVE,
    Dimension,
    conversations_by_wave,
    people_by_group,
)
from pipeline.domain.themes.incidence import Incidence, incidence
from pipeline.domain.themes.layout import flat
from pipeline.domain.themes.negative_cases import negative_cases, read_themes
from pipeline.domain.themes.robustness import robustness, targets
from pipeline.domain.themes.salience import salience
from pipeline.domain.themes.saturation import curve, seen_after
from pipeline.domain.themes.verdicts import of_everyone, of_groups
from pipeline.settings import Settings
from pipeline.tables import frame_of, records

Groups = Mapping[str, Mapping[str, Sequence[str]]]
"""People by dimension and group."""


class Tallies(NamedTuple):
    """The tables of counts."""

    theme_map: pd.DataFrame
    theme_groups: pd.DataFrame
    theme_salience: pd.DataFrame
    theme_robustness: pd.DataFrame
    saturation: pd.DataFrame
    saturation_verdicts: pd.DataFrame
    negative_cases: pd.DataFrame


class _Counted(NamedTuple):
    """What all counts start from."""

    corpus: Corpus
    themes: list[dict[str, object]]
    members: dict[str, list[str]]
    by_person: Incidence
    by_conversation: Incidence
    groups: Groups
    waves: list[Part]


def tally(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    themes: pd.DataFrame,
    assignments: pd.DataFrame,
    participants: pd.DataFrame,
    dimensions: Sequence[Dimension],
    settings: Settings,
) -> Tallies:
    """The tables of counts of the live themes.

    Parameters
    ----------
    segments, embeddings : DataFrame
        Tables `segments` and `segment_embeddings` of all live conversations, in any row order.
    themes, assignments : DataFrame
        Tables `themes` and `theme_assignments`; themes that are not live are left out.
    participants : DataFrame
        The register in bands, and the days of the interviews.
    dimensions : sequence of Dimension
        By which groups are told apart, and their shares in the population where known.
    """
    live = themes[themes["status"].eq("live")].sort_values("theme_id")
    theme_ids = cast("list[str]", live["theme_id"].tolist())
    by_person = incidence(segments, assignments, theme_ids, "participant_id")
    counted = _Counted(
        read_corpus(segments, embeddings),
        records(live),
        _members(segments, assignments, theme_ids),
        by_person,
        incidence(segments, assignments, theme_ids, "conversation_id"),
        {d.name: people_by_group(d, participants, by_person.units) for d in dimensions},
        _waves(segments, assignments, participants, theme_ids, settings),
    )
    return _tables(counted, dimensions, settings)


def _tables(counted: _Counted, dimensions: Sequence[Dimension], settings: Settings) -> Tallies:
    parts = [parts_of(name, groups, counted.by_person) for name, groups in counted.groups.items()]
    raked = targets(dimensions, counted.groups, counted.by_person.units)
    known = [dimension.name for dimension in dimensions if dimension.reference]
    fewest = settings.min_cell_people
    return Tallies(
        frame_of("theme_map", _places(counted.themes)),
        frame_of(
            "theme_groups",
            [row for part in [*parts, counted.waves] for row in by_group(part, fewest)],
        ),
        frame_of("theme_salience", salience(counted.corpus.rows, _themes_of(counted.members))),
        frame_of("theme_robustness", robustness(counted.by_person, raked, known, settings.seed)),
        frame_of("saturation", curve(seen_after(counted.by_conversation, settings.seed))),
        frame_of("saturation_verdicts", _verdicts(counted, parts, settings)),
        frame_of(
            "negative_cases",
            negative_cases(
                counted.corpus,
                read_themes(counted.themes, counted.members),
                settings.min_theme_people,
            ),
        ),
    )


def _places(themes: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Where each theme stands on a map, from the themes' centres; coarse: it is to be looked at."""
    if not themes:
        return []
    places = flat(np.stack([np.asarray(theme["centre"], dtype=np.float64) for theme in themes]))
    return [
        {"theme_id": theme["theme_id"], "x": round(float(x), 3), "y": round(float(y), 3)}
        for theme, (x, y) in zip(themes, places, strict=True)
    ]


def _verdicts(
    counted: _Counted, parts: Sequence[Sequence[Part]], settings: Settings
) -> list[dict[str, object]]:
    n_themes = int(counted.by_person.raised.any(axis=0).sum())
    everyone = of_everyone(
        counted.by_conversation,
        len(counted.by_person.units),
        settings.min_theme_people,
        settings.seed,
    )
    groups = [of_groups(p, n_themes, settings.min_cell_people, settings.seed) for p in parts]
    return [everyone, *(row for rows in groups for row in rows)]


def _waves(
    segments: pd.DataFrame,
    assignments: pd.DataFrame,
    participants: pd.DataFrame,
    theme_ids: Sequence[str],
    settings: Settings,
) -> list[Part]:
    """Who was heard in each wave; somebody heard in two counts in both."""
    waves = conversations_by_wave(participants, segments["conversation_id"], settings.wave_months)
    return [
        Part(
            WAVE,
            wave,
            incidence(
                segments[segments["conversation_id"].isin(conversations)],
                assignments,
                theme_ids,
                "participant_id",
            ),
        )
        for wave, conversations in waves.items()
    ]


def _members(
    segments: pd.DataFrame, assignments: pd.DataFrame, theme_ids: Sequence[str]
) -> dict[str, list[str]]:
    """Segments of each theme."""
    live = assignments[
        assignments["segment_id"].isin(segments["segment_id"])
        & assignments["theme_id"].isin(theme_ids)
    ]
    members: dict[str, list[str]] = {}
    for row in records(live.sort_values(["theme_id", "segment_id"])):
        members.setdefault(row["theme_id"], []).append(row["segment_id"])
    return members


def _themes_of(members: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    themes: dict[str, list[str]] = {}
    for theme_id, segment_ids in members.items():
        for segment_id in segment_ids:
            themes.setdefault(segment_id, []).append(theme_id)
    return themes
