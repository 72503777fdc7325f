"""All tables that events of co-design work with: tables in, tables out."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from pipeline.domain.codesign.clips import trigger_clips
from pipeline.domain.codesign.sheets import Chosen, table_sheets
from pipeline.domain.codesign.touchpoints import emotional_map, hear, touchpoints
from pipeline.domain.governance.consent import consented
from pipeline.domain.themes.frameworks import Framework

FILM_AUDIENCE = "co-design events"
"""The widest audience that a film is shown to."""


class Prepared(NamedTuple):
    """The tables of co-design."""

    touchpoints: pd.DataFrame
    emotional_map: pd.DataFrame
    trigger_clips: pd.DataFrame
    table_sheets: pd.DataFrame


def may_be_filmed(consent: pd.DataFrame, today: date) -> set[str]:
    """Conversations whose consent covers a story and the film, at an event or wider, today."""
    story = consented(consent, FILM_AUDIENCE, "story", today)
    return story & consented(consent, FILM_AUDIENCE, "film", today)


def prepare(
    *,
    segments: pd.DataFrame,
    redacted_turns: pd.DataFrame,
    lens_scores: pd.DataFrame,
    themes: pd.DataFrame,
    quotes: pd.DataFrame,
    stories: pd.DataFrame,
    story_sets: pd.DataFrame,
    agreed: set[str],
    frameworks: Sequence[Framework],
    fewest: int,
) -> Prepared:
    """The tables of co-design, in any order of the rows.

    Parameters
    ----------
    segments, redacted_turns, lens_scores, themes, quotes, stories, story_sets : DataFrame
        The tables of these names, of everybody who may be heard today.
    agreed : set of str
        Conversations that may be in the film.
    frameworks : sequence of Framework
        Those that `lens_scores` were made by.
    fewest : int
        Of fewer people than this no count is told.
    """
    heard = hear(segments, lens_scores, frameworks)
    live = quotes[quotes["conversation_id"].isin(segments["conversation_id"])]
    told = stories[stories["conversation_id"].isin(segments["conversation_id"])]
    return Prepared(
        touchpoints(heard, fewest),
        emotional_map(heard, live, fewest),
        trigger_clips(heard, live, told, segments, redacted_turns, agreed),
        table_sheets(Chosen(themes, live, told, story_sets, lens_scores), frameworks),
    )
