"""Consent: default no, and never wider tomorrow than it was given."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.governance.consent import consented, may_go_on, refusal
from pipeline.domain.governance.register import Register, read_register
from pipeline.tables import AUDIENCES, TABLES, empty

TODAY = date(2024, 6, 1)
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2024, 12, 31))
ENTRIES = st.fixed_dictionaries(
    {
        "audience": st.none() | st.sampled_from(AUDIENCES),
        "quote": st.booleans(),
        "story": st.booleans(),
        "training": st.booleans(),
        "film": st.booleans(),
        "given_on": DAYS,
        "expires_on": DAYS,
        "withdrawn_on": DAYS,
    }
)


def consent_of(*entries: dict[str, Any]) -> pd.DataFrame:
    given_entry: dict[str, Any] = dict.fromkeys(TABLES["consent"].schema.names)
    rows = [
        given_entry
        | {"quote": False, "story": False, "training": False, "recontact": False, "film": False}
        | {"conversation_id": f"D{at}", "participant_id": f"Q{at}", "audience": "public"}
        | entry
        for at, entry in enumerate(entries)
    ]
    return pd.DataFrame(rows, columns=TABLES["consent"].schema.names, dtype=object)


@settings(max_examples=25, deadline=None)
@given(st.lists(ENTRIES, max_size=6))
def test_whoever_a_wider_audience_may_hear_a_narrower_one_may_hear(
    entries: list[dict[str, Any]],
) -> None:
    consent = consent_of(*entries)
    for use in (None, "quote", "story", "training", "film"):
        heard = [consented(consent, audience, use, TODAY) for audience in AUDIENCES]
        assert all(wide <= narrow for narrow, wide in pairwise(heard))
        assert heard[0] <= set(may_go_on(consent, TODAY))


@settings(max_examples=25, deadline=None)
@given(st.lists(ENTRIES, max_size=6))
def test_a_use_is_never_allowed_to_more_than_may_be_heard(entries: list[dict[str, Any]]) -> None:
    consent = consent_of(*entries)
    for audience in AUDIENCES:
        everybody = consented(consent, audience, None, TODAY)
        for use in ("quote", "story", "training", "film"):
            assert consented(consent, audience, use, TODAY) <= everybody


@settings(max_examples=25, deadline=None)
@given(ENTRIES, st.integers(0, 400))
def test_once_withdrawn_consent_does_not_come_back(entry: dict[str, Any], days: int) -> None:
    consent = consent_of(entry | {"withdrawn_on": TODAY})
    assert may_go_on(consent, TODAY + timedelta(days)) == {}


@pytest.mark.parametrize(
    ("entry", "holds"),
    [
        ({}, True),
        ({"audience": None}, False),
        ({"withdrawn_on": TODAY}, False),
        ({"withdrawn_on": TODAY + timedelta(1)}, True),
        ({"expires_on": TODAY}, True),
        ({"expires_on": TODAY - timedelta(1)}, False),
        ({"given_on": TODAY + timedelta(1)}, False),
    ],
    ids=["given", "no audience", "withdrawn today", "withdrawn tomorrow", "last day", "expired",
         "not yet"],
)  # fmt: skip
def test_consent_holds_from_the_day_it_is_given_to_its_last(
    entry: dict[str, Any], holds: bool
) -> None:
    assert (may_go_on(consent_of(entry), TODAY) == {"D0": "Q0"}) is holds


def test_a_consent_table_read_back_without_rows_allows_nothing() -> None:
    assert may_go_on(empty(TABLES["consent"]), TODAY) == {}
    assert consented(empty(TABLES["consent"]), "public", "quote", TODAY) == set()


@pytest.mark.parametrize(
    ("conversation_id", "reason"),
    [
        ("D1", None),
        ("D2", "no_consent"),
        ("D3", "consent_withdrawn"),
        ("D4", "bad_register_row"),
        ("D5", "no_register_row"),
    ],
    ids=["may go on", "no audience", "withdrawn", "row with an error", "no row"],
)
def test_a_refusal_says_why(conversation_id: str, reason: str | None) -> None:
    assert refusal(conversation_id, REGISTER, TODAY) == reason


REGISTER: Register = read_register(
    b"conversation_id,participant_id,consent_audience,consent_quote,consent_withdrawn_on\n"
    b"D1,Q1,public,yes,\nD2,Q2,,yes,\nD3,Q3,public,yes,2024-05-31\nD4,Q4,public,perhaps,\n"
)
