"""Who is heard, how they are listened to, and whether the pipeline serves them equally.

Rules: `pipeline.domain.governance`: representation, interviewing, inequalities and equity.
"""

import dagster as dg
import pandas as pd

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.representation import (
    ALL_ARE_REACHED,
    AS_THEMES_ARE_TOLD,
    ENOUGH_CONVERSATIONS,
    EQUITY_OF_TOLD_GROUPS,
    FEW_ARE_HIDDEN,
    SERVED_ALIKE,
    heard_too_little,
    known_by_few,
    served_worse,
    tell_too_much,
    told_of_hidden,
    told_otherwise,
)
from pipeline.domain.governance.equity import Corpus, equity
from pipeline.domain.governance.inequalities import groups_that_differ
from pipeline.domain.governance.interviewing import listening
from pipeline.domain.governance.keys import ensure_key, pseudonym
from pipeline.domain.governance.representation import represent
from pipeline.hearing import heard_today, of_segments
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.tables import AUDIENCES, TABLES, empty

HEARD = ("representation", "representation_summary", "interviewers", "inequalities")


@dg.multi_asset(
    name="represent",
    specs=[
        table_spec(
            table,
            deps=["themes", "theme_assignments", "theme_groups", "participants"],
            kinds={"numpy"},
            freshness_policy=NIGHTLY,
        )
        for table in HEARD
    ],
    check_specs=check_specs_for(
        *HEARD,
        checks=[FEW_ARE_HIDDEN, ALL_ARE_REACHED, ENOUGH_CONVERSATIONS, AS_THEMES_ARE_TOLD],
    ),
    pool="corpus",
)
@quoting_nobody
def represent_people(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Who is heard beside who lives there, who is missing, and which groups raise what."""
    heard = heard_today(storage, "segments", "redacted_turns")
    segments, turns, settings = heard["segments"], heard["redacted_turns"], programme.settings()
    themes, participants = storage.read_table("themes"), storage.read_table("participants")
    assignments = of_segments(storage.read_table("theme_assignments"), segments)
    dimensions, people = programme.dimensions(), set(segments["participant_id"])
    key = ensure_key(storage, landing.read_register())

    def called(interviewer_id: str) -> str:
        return pseudonym(key, AUDIENCES[0], "interviewer", interviewer_id)

    tables = {
        **represent(dimensions, participants, people, settings)._asdict(),
        "interviewers": listening(turns, participants, called),
        "inequalities": groups_that_differ(
            segments, themes, assignments, participants, dimensions, settings
        ),
    }
    checks = {
        FEW_ARE_HIDDEN: tell_too_much(
            tables["representation"], participants, people, dimensions, settings.min_cell_people
        ),
        ALL_ARE_REACHED: heard_too_little(tables["representation"]),
        ENOUGH_CONVERSATIONS: known_by_few(
            tables["interviewers"], participants, set(turns["conversation_id"])
        ),
        AS_THEMES_ARE_TOLD: told_otherwise(
            tables["inequalities"], storage.read_table("theme_groups")
        ),
    }
    yield from publish(context, storage, expectations, tables, checks)


@dg.multi_asset(
    name="weigh_equity",
    specs=[
        table_spec(
            "pipeline_equity",
            deps=[
                "representation", "quotes", "stories", "exclusions", "redaction_review",
                "redaction_canaries",
            ],
            kinds={"numpy"},
            freshness_policy=NIGHTLY,
        )
    ],
    check_specs=check_specs_for("pipeline_equity", checks=[EQUITY_OF_TOLD_GROUPS, SERVED_ALIKE]),
    pool="corpus",
)  # fmt: skip
@quoting_nobody
def weigh_equity(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Who is redacted, themed, quoted or left out more or less than everybody else."""
    heard = heard_today(storage, "segments", "redacted_turns", "exclusions", "redaction_review")
    canaries = [
        storage.read_table("redaction_canaries", batch)
        for batch in storage.batches("redaction_canaries")
    ]
    themes = storage.read_table("themes")
    live = set(themes.loc[themes["status"].eq("live"), "theme_id"])
    assignments = of_segments(storage.read_table("theme_assignments"), heard["segments"])
    corpus = Corpus(
        storage.read_table("participants"),
        heard["redacted_turns"],
        heard["segments"],
        heard["exclusions"],
        assignments[assignments["theme_id"].isin(live)],
        storage.read_table("quotes"),
        storage.read_table("stories"),
        heard["redaction_review"],
        pd.concat([empty(TABLES["redaction_canaries"]), *canaries], ignore_index=True),
    )
    table = equity(corpus, programme.dimensions(), programme.settings())
    checks = {
        EQUITY_OF_TOLD_GROUPS: told_of_hidden(table, storage.read_table("representation")),
        SERVED_ALIKE: served_worse(table),
    }
    yield from publish(context, storage, expectations, {"pipeline_equity": table}, checks)
