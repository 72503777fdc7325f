"""Curation: which quotes and stories to show for a theme, which stand apart, and why.

Consent is no matter of curation: it is looked at when a release is built. So rankings are several
times as long as the number shown, and a release takes the first that may leave.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.stories.corpus import read_corpus
from pipeline.domain.stories.novelty import novelty, novelty_rows
from pipeline.domain.stories.people import NOBODY, People
from pipeline.domain.stories.quotes import choose_quotes
from pipeline.domain.stories.ranking import choose_stories, story_row
from pipeline.domain.stories.sets import choose_sets, outcome_rows, set_rows
from pipeline.domain.stories.telling import told_stories
from pipeline.domain.themes.frameworks import Framework
from pipeline.settings import Settings
from pipeline.tables import TABLES

RANKED_PER_PLACE = 5
"""Length of a ranking for each place that is shown, to leave room for those without consent."""


class Curated(NamedTuple):
    """The tables of curation."""

    quotes: pd.DataFrame
    stories: pd.DataFrame
    story_sets: pd.DataFrame
    story_set_outcomes: pd.DataFrame
    segment_novelty: pd.DataFrame


def curate(
    segments: pd.DataFrame,
    redacted_turns: pd.DataFrame,
    themes: pd.DataFrame,
    theme_assignments: pd.DataFrame,
    embeddings: pd.DataFrame,
    settings: Settings,
    *,
    lens_scores: pd.DataFrame | None = None,
    frameworks: Sequence[Framework] = (),
    people: People = NOBODY,
) -> Curated:
    """Quotes, stories and story sets of the live themes, ranked, with reasons.

    Without `lens_scores` there are no priority and pathway sets; without `people` nothing is known
    of who speaks, and a choice is spread over persons alone.
    """
    corpus = read_corpus(
        segments,
        redacted_turns,
        themes,
        theme_assignments,
        embeddings,
        people,
        settings.min_theme_people,
    )
    found = novelty(corpus, lens_scores)
    most = settings.stories_per_theme * RANKED_PER_PLACE
    chosen = choose_stories(corpus, told_stories(corpus, found), most)
    sets = choose_sets(corpus, chosen, frameworks, lens_scores, most)
    rows: dict[str, list[dict[str, Any]]] = {
        "quotes": choose_quotes(corpus, settings.quotes_per_theme * RANKED_PER_PLACE),
        "stories": [story_row(one) for one in chosen],
        "story_sets": set_rows(sets),
        "story_set_outcomes": outcome_rows(sets),
        "segment_novelty": novelty_rows(corpus, found),
    }
    return Curated(**{name: _frame(name, own) for name, own in rows.items()})


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    table = TABLES[name]
    frame = pd.DataFrame(rows, columns=[column.name for column in table.columns])
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)
