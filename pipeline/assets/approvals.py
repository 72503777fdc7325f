"""Sign-offs, actions and the ledger of contributions: what people decide about stories, and did.

Rules: `pipeline.domain.governance.approvals`, `.actions` and `.contributions`.
"""

import dagster as dg

from pipeline.assets.spec import release_asset, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.approvals import (
    ACTIONS_ARE_READ,
    APPROVALS_ARE_READ,
    CLEARED_BY_TWO,
    CONTRIBUTORS_ARE_TOLD,
    PEOPLE_ARE_TOLD,
    counted,
    unsigned,
)
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.deciding import personal_types
from pipeline.domain.governance.actions import untold
from pipeline.domain.governance.approvals import unusable
from pipeline.domain.governance.contributions import overdue
from pipeline.domain.governance.keys import ensure_key
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.ledger import keep, read_the_actions
from pipeline.receiving import today
from pipeline.resources.detector import Detector
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.signing import put_what_waits, read_the_sign_offs, sign
from pipeline.tables import AUDIENCES


@dg.multi_asset(
    name="read_the_approvals",
    specs=[
        table_spec(name, deps=["stories", "story_sets", "consent", "inequalities", "known_names"])
        for name in ("approvals", "clearances")
    ],
    check_specs=check_specs_for(
        "approvals", "clearances", checks=[APPROVALS_ARE_READ, CLEARED_BY_TWO]
    ),
    pool="models",
)
@quoting_nobody
def read_the_approvals(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    detector: Detector,
    expectations: Expectations,
) -> Events:
    """Who signed off which story for whom, what is cleared by it, and what waits."""
    signing, key = read_the_sign_offs(landing), ensure_key(storage, landing.read_register())
    types_in = personal_types(storage, detector, read_keep_list(programme.gazetteer()))
    signed = sign(storage, signing.sign_offs, types_in, programme.settings(), key)
    checks = {
        APPROVALS_ARE_READ: ["the file"] if signing.fault else unusable(signed.approvals),
        CLEARED_BY_TWO: unsigned(signed.clearances, signed.approvals),
    }
    yield from publish(context, storage, expectations, signed._asdict(), checks)
    put_what_waits(storage, signed.clearances, key)


@dg.multi_asset(
    name="read_the_actions",
    specs=[table_spec("actions", deps=["known_names", "redaction_decisions"])],
    check_specs=check_specs_for("actions", checks=[ACTIONS_ARE_READ, PEOPLE_ARE_TOLD]),
    pool="models",
)
@quoting_nobody
def read_actions_file(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    detector: Detector,
    expectations: Expectations,
) -> Events:
    """What was done about what was heard, searched for names before anybody reads it."""
    types_in = personal_types(storage, detector, read_keep_list(programme.gazetteer()))
    reading = read_the_actions(storage, landing, programme.settings(), types_in)
    checks = {
        ACTIONS_ARE_READ: reading.unusable,
        PEOPLE_ARE_TOLD: counted(len(untold(reading.actions, today())), "actions"),
    }
    yield from publish(context, storage, expectations, {"actions": reading.actions}, checks)


@dg.multi_asset(
    name="keep_the_ledger",
    specs=[
        table_spec(
            "contributions",
            deps=[
                "participants",
                "actions",
                *map(release_asset, AUDIENCES),
            ],  # the rest is upstream
        )
    ],
    check_specs=check_specs_for("contributions", checks=[CONTRIBUTORS_ARE_TOLD]),
    pool="corpus",
)
@quoting_nobody
def keep_the_ledger(
    context: dg.AssetExecutionContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
    expectations: Expectations,
) -> Events:
    """From everybody who took part to where their words are used and what came of it."""
    key = ensure_key(storage, landing.read_register())
    contributions = keep(storage, programme.settings(), key)
    checks = {CONTRIBUTORS_ARE_TOLD: counted(overdue(contributions), "people")}
    yield from publish(context, storage, expectations, {"contributions": contributions}, checks)
