"""Exchange: projects that people coded anew in, agreement with the machine out.

Rules: `pipeline.domain.exchange`.
"""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.exchange import (
    AGREEMENT_FOLLOWS,
    PROJECTS_ARE_READ,
    SEGMENTS_STAND,
    unfounded,
    unknown_segments,
)
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.comparing import compare_with_people
from pipeline.hearing import heard_today
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

TABLES = ("coder_agreement", "coder_disagreements")


@dg.multi_asset(
    name="read_the_recoded",
    specs=[
        table_spec(
            table, deps=["themes", "theme_assignments"], kinds={"numpy"}, freshness_policy=NIGHTLY
        )
        for table in TABLES
    ],
    check_specs=check_specs_for(
        *TABLES, checks=[PROJECTS_ARE_READ, SEGMENTS_STAND, AGREEMENT_FOLLOWS]
    ),
    pool="corpus",
)
@quoting_nobody
def read_the_recoded(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """Where people who coded conversations themselves and the machine agree, and where not."""
    heard = heard_today(storage, "segments", "redacted_turns")
    tables, problems = compare_with_people(storage, landing, programme.settings(), heard)
    checks = {
        PROJECTS_ARE_READ: problems,
        SEGMENTS_STAND: unknown_segments(tables.coder_disagreements, heard["segments"]),
        AGREEMENT_FOLLOWS: unfounded(tables.coder_agreement, tables.coder_disagreements),
    }
    yield from publish(context, storage, expectations, tables._asdict(), checks)
