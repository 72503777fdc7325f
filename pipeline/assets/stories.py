"""Stories: themes and segments in, quotes and stories out. Rules: `pipeline.domain.stories`."""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.stories import (
    QUOTES_VERBATIM,
    SETS_COMPLETE,
    STORIES_VERBATIM,
    missing_stories,
    unproven_quotes,
    unproven_stories,
)
from pipeline.domain.stories.curation import Curated, curate
from pipeline.hearing import heard_today, of_segments
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


@dg.multi_asset(
    name="curate_stories",
    specs=[
        table_spec(
            table,
            deps=["themes", "theme_assignments", "lens_scores"],  # the rest is upstream
            freshness_policy=NIGHTLY,
        )
        for table in Curated._fields
    ],
    check_specs=check_specs_for(
        *Curated._fields, checks=[QUOTES_VERBATIM, STORIES_VERBATIM, SETS_COMPLETE]
    ),
    pool="corpus",
)
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
    )
    checks = {
        QUOTES_VERBATIM: unproven_quotes(tables.quotes, turns),
        STORIES_VERBATIM: unproven_stories(tables.stories, turns),
        SETS_COMPLETE: missing_stories(tables.story_sets, tables.stories),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)
