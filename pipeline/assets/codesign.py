"""Co-design: what events work with, every night. Rules: `pipeline.domain.codesign`."""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.codesign import (
    CLIPS_AGREED,
    CLIPS_WITHIN_TURNS,
    FEW_PEOPLE_HIDDEN,
    SHEETS_OF_SEVERAL,
    WORDS_WERE_SAID,
    outside_their_turns,
    sheets_of_one_person,
    tell_of_few,
    unsaid_words,
    without_agreement,
)
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.domain.codesign.making import Prepared, may_be_filmed, prepare
from pipeline.domain.codesign.touchpoints import fitting_touchpoints
from pipeline.hearing import heard_today
from pipeline.receiving import today
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

CHOSEN_FROM = ("lens_scores", "themes", "quotes", "stories", "story_sets")


@dg.multi_asset(
    name="prepare_events",
    specs=[
        table_spec(
            table,
            deps=[*CHOSEN_FROM, "consent"],  # the rest is upstream
            freshness_policy=NIGHTLY,
        )
        for table in Prepared._fields
    ],
    check_specs=check_specs_for(
        *Prepared._fields,
        checks=[
            FEW_PEOPLE_HIDDEN, WORDS_WERE_SAID, CLIPS_AGREED, CLIPS_WITHIN_TURNS, SHEETS_OF_SEVERAL
        ],
    ),
    pool="corpus",
)  # fmt: skip
@quoting_nobody
def prepare_events(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Touchpoints, feelings in people's words, clips for a film and sheets for the tables."""
    heard = heard_today(storage, "segments", "redacted_turns")
    chosen = {name: storage.read_table(name) for name in CHOSEN_FROM}
    agreed = may_be_filmed(storage.read_table("consent"), today())
    frameworks, fewest = programme.lenses(), programme.settings().min_cell_people
    tables = prepare(**heard, **chosen, agreed=agreed, frameworks=frameworks, fewest=fewest)
    segments, turns = heard["segments"], heard["redacted_turns"]
    fitting = fitting_touchpoints(chosen["lens_scores"], frameworks)
    checks = {
        FEW_PEOPLE_HIDDEN: tell_of_few(tables.touchpoints, segments, fitting, fewest),
        WORDS_WERE_SAID: unsaid_words(tables.emotional_map, segments, fitting),
        CLIPS_AGREED: without_agreement(tables.trigger_clips, agreed),
        CLIPS_WITHIN_TURNS: outside_their_turns(tables.trigger_clips, turns),
        SHEETS_OF_SEVERAL: sheets_of_one_person(tables.table_sheets),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)
