"""Themes: all live segments in, themes out. Rules: `pipeline.domain.themes`."""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, WEEKLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.themes import (
    COUNTS_ADD_UP,
    FIT_TO_USE,
    KNOWN_THEMES_AND_SEGMENTS,
    PHRASES_VERBATIM,
    PROMOTED,
    dangling,
    miscounted,
    unproven_phrases,
)
from pipeline.domain.themes.corpus import read_corpus
from pipeline.domain.themes.drift import theme_drift
from pipeline.domain.themes.fitting import PreviousThemes, ThemeTables
from pipeline.domain.themes.promotion import tonight
from pipeline.domain.themes.rulings import kept_apart, ruling_by, what_came_of
from pipeline.hearing import heard_today, newest_on
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES, empty

PUBLISHED = (*ThemeTables._fields, "theme_runs", "theme_decision_outcomes")


@dg.multi_asset(
    name="fit",
    specs=[
        table_spec(
            table,
            deps=["segment_embeddings", "consent", "theme_decisions"],  # the rest is upstream
            kinds={"scikitlearn"},
            freshness_policy=NIGHTLY,
        )
        for table in PUBLISHED
    ],
    check_specs=check_specs_for(
        *PUBLISHED,
        checks=[KNOWN_THEMES_AND_SEGMENTS, COUNTS_ADD_UP, PHRASES_VERBATIM, FIT_TO_USE, PROMOTED],
    ),
    pool="corpus",
)
@quoting_nobody
def fit(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    encoder: Encoder,
    expectations: Expectations,
) -> Events:
    """What people talk about across conversations; themes keep their ids from night to night."""
    corpus = heard_today(storage, "segments", "segment_embeddings", "redacted_turns")
    segments = corpus["segments"]
    decided, last = storage.read_table("theme_decisions"), last_night(storage)
    night = tonight(
        segments,
        corpus["segment_embeddings"],
        last,
        storage.read_table("theme_runs"),
        programme.settings(),
        apart=kept_apart(decided, last.theme_lineage),
        rule=ruling_by(decided),
        newest_on=newest_on(storage, segments),
        encode=encoder.encode,
    )
    tables = night.tables
    checks = {
        KNOWN_THEMES_AND_SEGMENTS: dangling(tables.theme_assignments, tables.themes, segments),
        COUNTS_ADD_UP: miscounted(tables.themes, tables.theme_assignments, segments),
        PHRASES_VERBATIM: unproven_phrases(tables.themes, corpus["redacted_turns"]),
        FIT_TO_USE: night.faults,
        PROMOTED: night.reasons,
    }
    outcomes = what_came_of(decided, tables.found_themes, tables.theme_lineage)
    outputs = {
        **tables._asdict(),
        "theme_runs": night.theme_runs,
        "theme_decision_outcomes": outcomes,
    }
    yield from publish(context, storage, expectations, outputs, checks)


@dg.multi_asset(
    name="look_afresh",
    specs=[
        table_spec(
            "theme_drift",
            deps=["found_themes", "found_assignments"],
            kinds={"scikitlearn"},
            freshness_policy=WEEKLY,
        )
    ],
    check_specs=check_specs_for("theme_drift"),
    pool="corpus",
)
@quoting_nobody
def look_afresh(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """What would be found without last night, beside the live themes; it changes none of them."""
    heard = heard_today(storage, "segments", "segment_embeddings")
    corpus = read_corpus(heard["segments"], heard["segment_embeddings"])
    drift = theme_drift(corpus, last_night(storage), programme.settings())
    yield from publish(context, storage, expectations, {"theme_drift": drift})


def last_night(storage: Storage) -> PreviousThemes:
    """The theme tables as they are published; without what was found nothing can be tracked."""
    names = PreviousThemes._fields
    if not storage.exists(storage.table_path("found_themes")):
        return PreviousThemes(*(empty(TABLES[name]) for name in names))
    return PreviousThemes(*(storage.read_table(name) for name in names))
