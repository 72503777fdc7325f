"""Counting: themes in, who raises them out, and whether enough were heard.

Rules: `pipeline.domain.themes`.
"""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.counting import (
    CASES_VERBATIM,
    CURVE_ENDS_AT_ALL,
    EVERY_THEME_COUNTED,
    SMALL_NUMBERS_HIDDEN,
    broken_points,
    people_of_groups,
    tell_too_much,
    uncounted,
    unproven_cases,
)
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.domain.themes.pictures import draw
from pipeline.domain.themes.tallies import Tallies, tally
from pipeline.hearing import heard_today, of_segments
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

PICTURES = "deidentified/pictures"


@dg.multi_asset(
    name="count",
    specs=[
        table_spec(
            table,
            deps=["themes", "theme_assignments", "participants"],  # the rest is upstream
            kinds={"numpy"},
            freshness_policy=NIGHTLY,
        )
        for table in Tallies._fields
    ],
    check_specs=check_specs_for(
        *Tallies._fields,
        checks=[SMALL_NUMBERS_HIDDEN, EVERY_THEME_COUNTED, CURVE_ENDS_AT_ALL, CASES_VERBATIM],
    ),
    pool="corpus",
)
@quoting_nobody
def count(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Who raises which theme, how firmly the ranking stands, and to whom we have yet to listen."""
    heard = heard_today(storage, "segments", "segment_embeddings", "redacted_turns")
    segments, settings = heard["segments"], programme.settings()
    themes, participants = storage.read_table("themes"), storage.read_table("participants")
    assignments = of_segments(storage.read_table("theme_assignments"), segments)
    dimensions = programme.dimensions()
    people = people_of_groups(segments, participants, dimensions, settings)
    tables = tally(
        segments,
        heard["segment_embeddings"],
        themes,
        assignments,
        participants,
        dimensions,
        settings,
    )
    fewest = settings.min_cell_people
    checks = {
        SMALL_NUMBERS_HIDDEN: tell_too_much(tables.theme_groups, assignments, people, fewest),
        EVERY_THEME_COUNTED: uncounted(themes, assignments, segments, tables._asdict()),
        CURVE_ENDS_AT_ALL: broken_points(tables.saturation, segments),
        CASES_VERBATIM: unproven_cases(tables.negative_cases, segments, heard["redacted_turns"]),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)
    drawn = draw(
        themes,
        storage.read_table("theme_prevalence"),
        tables.saturation,
        tables.saturation_verdicts,
        segments["participant_id"].nunique(),
        settings.min_theme_people,
    )
    for name, svg in drawn.items():
        storage.write_bytes(f"{PICTURES}/{name}.svg", svg.encode())
