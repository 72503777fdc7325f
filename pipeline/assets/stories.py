"""Stories: themes and segments in, quotes and stories out. Rules: `pipeline.domain.stories`."""

import dagster as dg
import pandas as pd

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.stories import (
    EVERY_SEGMENT_SCORED,
    ONE_QUOTE_A_PERSON,
    QUOTES_VERBATIM,
    SETS_ACCOUNTED_FOR,
    SETS_COMPLETE,
    STORIES_VERBATIM,
    missing_stories,
    quoted_twice,
    unaccounted_sets,
    unproven_quotes,
    unproven_stories,
    unscored,
)
from pipeline.domain.stories.curation import Curated, curate
from pipeline.domain.stories.people import People, known_people
from pipeline.hearing import heard_today, of_segments
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


@dg.multi_asset(
    name="curate_stories",
    specs=[
        table_spec(
            table,
            deps=[
                "themes", "theme_assignments", "lens_scores", "participants", "representation",
                "inequalities",
            ],  # the rest is upstream
            freshness_policy=NIGHTLY,
            code_version="3",
        )
        for table in Curated._fields
    ],
    check_specs=check_specs_for(
        *Curated._fields,
        checks=[
            QUOTES_VERBATIM,
            ONE_QUOTE_A_PERSON,
            STORIES_VERBATIM,
            SETS_COMPLETE,
            SETS_ACCOUNTED_FOR,
            EVERY_SEGMENT_SCORED,
        ],
    ),
    pool="corpus",
)  # fmt: skip
@quoting_nobody
def curate_stories(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Quotes and stories for each theme, spread over people, and those that stand apart."""
    corpus = heard_today(storage, "segments", "segment_embeddings", "redacted_turns")
    segments, turns = corpus["segments"], corpus["redacted_turns"]
    tables = curate(
        segments,
        turns,
        storage.read_table("themes"),
        of_segments(storage.read_table("theme_assignments"), segments),
        corpus["segment_embeddings"],
        programme.settings(),
        lens_scores=storage.read_table("lens_scores"),
        frameworks=programme.frameworks(),
        people=_people(storage, programme, segments),
    )
    checks = {
        QUOTES_VERBATIM: unproven_quotes(tables.quotes, turns),
        ONE_QUOTE_A_PERSON: quoted_twice(tables.quotes),
        STORIES_VERBATIM: unproven_stories(tables.stories, turns),
        SETS_COMPLETE: missing_stories(tables.story_sets, tables.stories),
        SETS_ACCOUNTED_FOR: unaccounted_sets(tables.story_sets, tables.story_set_outcomes),
        EVERY_SEGMENT_SCORED: unscored(tables.segment_novelty, segments),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)


def _people(storage: Storage, programme: Programme, segments: pd.DataFrame) -> People:
    """Who speaks, for choices that hear all sorts of people; never told of anybody."""
    return known_people(
        storage.read_table("participants"),
        programme.dimensions(),
        segments,
        storage.read_table("representation"),
        storage.read_table("inequalities"),
        programme.settings(),
    )
