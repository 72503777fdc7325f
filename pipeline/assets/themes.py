"""Themes: all live segments in, themes out. Rules: `pipeline.domain.themes`."""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.themes import (
    COUNTS_ADD_UP,
    KNOWN_THEMES_AND_SEGMENTS,
    PHRASES_VERBATIM,
    dangling,
    miscounted,
    unproven_phrases,
)
from pipeline.domain.themes.fitting import PreviousThemes, ThemeTables, fit_themes
from pipeline.hearing import heard_today
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

TABLES = ThemeTables._fields


@dg.multi_asset(
    name="fit",
    specs=[
        table_spec(
            table,
            deps=["segment_embeddings", "consent"],  # the rest is upstream
            kinds={"scikitlearn"},
            freshness_policy=NIGHTLY,
        )
        for table in TABLES
    ],
    check_specs=check_specs_for(
        *TABLES, checks=[KNOWN_THEMES_AND_SEGMENTS, COUNTS_ADD_UP, PHRASES_VERBATIM]
    ),
    pool="corpus",
)
@quoting_nobody
def fit(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """What people talk about across conversations; themes keep their ids from night to night."""
    corpus = heard_today(storage, "segments", "segment_embeddings", "redacted_turns")
    segments = corpus["segments"]
    last_night = PreviousThemes(*(storage.read_table(table) for table in PreviousThemes._fields))
    tables = fit_themes(segments, corpus["segment_embeddings"], last_night, programme.settings())
    themes, assignments = tables.themes, tables.theme_assignments
    checks = {
        KNOWN_THEMES_AND_SEGMENTS: dangling(assignments, themes, segments),
        COUNTS_ADD_UP: miscounted(themes, assignments, segments),
        PHRASES_VERBATIM: unproven_phrases(themes, corpus["redacted_turns"]),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)
