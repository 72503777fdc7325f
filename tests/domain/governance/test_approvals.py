"""Sign-offs: two roles and one with lived experience, for this text and audience, or nothing."""

import hashlib
from datetime import date
from typing import Any

import pandas as pd
import pytest

from pipeline.checks.approvals import unsigned
from pipeline.domain.governance.approvals import (
    COLUMNS,
    INEQUALITIES,
    PROBLEMS,
    Story,
    approvals_table,
    asked_for,
    check_of,
    check_of_inequalities,
    clearances,
    cleared,
    named,
    read_approvals,
    report,
    to_sign,
    unusable,
    waiting,
)
from pipeline.domain.governance.spreadsheets import decode, read_cells
from pipeline.errors import RegisterError
from pipeline.tables import AUDIENCES, TABLES, empty, to_arrow

TODAY = date(2024, 6, 1)
TEAM, PARTNERS, EVENTS, PUBLIC = AUDIENCES
HEADER = ",".join(COLUMNS)
STORY, OTHER = "5c1e0a77b2d94f03", "0a4481be97c2d65f"
TEXT = {STORY: "When the late bus went I lost the job.", OTHER: "She asked me and I chose."}
SHA = {story: hashlib.sha256(text.encode()).hexdigest() for story, text in TEXT.items()}
STORIES = pd.DataFrame(
    {
        "story_id": [STORY, OTHER],
        "conversation_id": ["D01", "D02"],
        "sha256": [SHA[STORY], SHA[OTHER]],
        "lane": ["theme", "theme"],
    }
)
CONSENT = pd.DataFrame(
    [
        {
            "conversation_id": f"D0{at}",
            "participant_id": f"Q0{at}",
            "audience": audience,
            "quote": True,
            "story": True,
            "training": False,
            "recontact": False,
            "film": False,
            "wording": "v1",
            "given_on": date(2024, 1, 1),
            "expires_on": None,
            "withdrawn_on": None,
        }
        for at, audience in ((1, PUBLIC), (2, EVENTS))
    ]
)
INEQUAL = pd.DataFrame(
    [{"theme_id": "T01", "dimension": "sex", "group": "female", "direction": "over"}]
)


def line(**cells: str) -> str:
    usual = {
        "subject": STORY,
        "text_check": SHA[STORY][:12],
        "audience": PUBLIC,
        "role": "engagement lead",
        "lived_experience": "no",
        "checklist": "yes",
        "decision": "approve",
        "decided_on": "2024-05-01",
    }
    return ",".join((usual | cells).get(name, "") for name in COLUMNS)


def lived(**cells: str) -> str:
    return line(**({"role": "lived experience partner", "lived_experience": "yes"} | cells))


BOTH = (line(), lived())


def file(*rows: str) -> bytes:
    return "\r\n".join([HEADER, *rows]).encode()


def approvals(*rows: str) -> pd.DataFrame:
    return approvals_table(
        read_approvals(file(*rows), TODAY),
        named(STORIES, lambda story: [f"story-{story[:4]}"]),
        seen_names,
    )


def seen_names(text: str) -> set[str]:
    return {"PERSON", "ORG"} if "Maggie" in text else {"ORG"}


def found(
    *rows: str, today: date = TODAY, stories: pd.DataFrame = STORIES, inequal: int = 0
) -> pd.DataFrame:
    return clearances(approvals(*rows), stories, CONSENT, INEQUAL[:inequal], today)


def status(*rows: str, audience: str = PUBLIC, subject: str = STORY, **how: Any) -> str:
    table = found(*rows, **how)
    (one,) = table.loc[table["subject"].eq(subject) & table["audience"].eq(audience), "status"]
    return one


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), "waits"),
        ((lived(),), "waits"),
        ((line(), line(role="safeguarding lead")), "waits"),
        ((lived(), lived(role="Lived Experience  Partner")), "waits"),
        ((lived(), line(role="Lived-experience partner.")), "waits"),
        ((*BOTH, line(role="clinician", decision="declined")), "waits"),
        ((*BOTH, line(role="clinician", decision="", audience="")), "waits"),
        ((line(checklist="no"), lived()), "waits"),
        ((line(decided_on="2024-06-02"), lived()), "waits"),
        ((line(text_check=""), lived()), "waits"),
        ((line(role=""), lived()), "waits"),
        ((line(role="Maggie from the team"), lived()), "waits"),
        ((line(role="erased"), lived()), "waits"),
        ((line(decided_on=""), lived()), "waits"),
        ((line(audience=PARTNERS), lived()), "waits"),
        (BOTH, "cleared"),
        ((lived(), lived(role="patient leader")), "cleared"),
        ((line(expires_on="2024-06-01"), lived()), "cleared"),
        ((line(expires_on="2024-05-31"), lived()), "expired"),
        ((line(text_check="0123456789ab"), lived()), "text_changed"),
        ((*BOTH, line(role="clinician", decision="refuse")), "refused"),
        ((*BOTH, line(role="clinician", decision="refuse", audience="")), "refused"),
        ((*BOTH, line(role="clinician", decision="refuse", audience=EVENTS)), "refused"),
        ((*BOTH, line(role="", decision="Refuse", decided_on="last week")), "refused"),
        ((line(), lived(), line(decision="approve")), "cleared"),
        ((line(subject="story-5c1e"), lived(subject="STORY-5C1E")), "cleared"),
        ((line(text_check="-".join([SHA[STORY][:4], SHA[STORY][4:8], SHA[STORY][8:12]])), lived()),
         "cleared"),
    ],
    ids=[
        "nobody", "lived experience alone", "two without lived experience", "one role twice",
        "one role with a hyphen", "one decides in other words", "one forgets to decide",
        "without the checklist", "a day to come", "without the check", "without a role",
        "a name for a role", "an erased role", "without a day", "for a narrower audience",
        "two roles",
        "two with lived experience", "on the last day", "a day later", "another text",
        "one refuses", "one refuses everybody", "one refuses a narrower audience",
        "a refusal with faults", "one signs twice", "by the team's name for it",
        "the check in fours",
    ],
)  # fmt: skip
def test_what_the_rows_of_the_file_come_to(rows: tuple[str, ...], expected: str) -> None:
    assert status(*rows) == expected


def test_an_approval_for_a_wider_audience_covers_the_narrower() -> None:
    assert [status(*BOTH, audience=a) for a in (PARTNERS, EVENTS, PUBLIC)] == ["cleared"] * 3
    rows = (line(audience=EVENTS), lived(audience=PUBLIC))
    assert [status(*rows, audience=a) for a in (PARTNERS, EVENTS, PUBLIC)] == [
        "cleared", "cleared", "waits",
    ]  # fmt: skip


def test_a_refusal_for_a_wider_audience_leaves_the_narrower() -> None:
    refusal = line(role="clinician", decision="refuse", audience=PUBLIC)
    assert status(*BOTH, refusal, audience=EVENTS) == "cleared"
    assert status(*BOTH, refusal, audience=PUBLIC) == "refused"


def test_a_row_taken_out_is_a_sign_off_withdrawn() -> None:
    assert status(*BOTH) == "cleared"
    assert status(BOTH[0]) == "waits"


def test_a_refusal_holds_for_a_text_that_was_changed_since() -> None:
    assert status(*BOTH, line(decision="refuse", text_check="0123456789ab")) == "refused"


def test_only_stories_that_their_tellers_let_an_audience_hear_are_listed() -> None:
    pairs = set(found()[["subject", "audience"]].itertuples(index=False, name=None))
    assert (OTHER, EVENTS) in pairs
    assert (OTHER, PUBLIC) not in pairs
    assert not [pair for pair in pairs if pair[1] == TEAM]


def test_each_story_says_what_is_missing() -> None:
    def why(*rows: str) -> str:
        table = found(*rows)
        return table.loc[table["subject"].eq(STORY) & table["audience"].eq(PUBLIC), "why"].iloc[0]

    assert why() == "Two roles have to sign, one of them with lived experience."
    assert why(line()) == "A role with lived experience has to sign."
    assert why(lived()) == "Another role has to sign."
    assert "clinician" in why(line(role="clinician", decision="refuse"))


def on(day: date, *rows: str, audience: str = PUBLIC, stories: pd.DataFrame = STORIES) -> set[str]:
    return cleared(found(*rows, inequal=1), stories, audience, day, INEQUAL)


def test_dates_are_looked_at_on_the_day_of_release() -> None:
    rows = (line(expires_on="2024-06-10"), lived(expires_on="2024-08-01"), lived(role="carer"))
    assert on(date(2024, 8, 1), *rows) == {STORY}
    assert on(date(2024, 8, 2), *rows) == set()
    assert on(date(2024, 8, 2), *rows, line(role="clinician")) == {STORY}


def test_a_story_whose_text_changed_after_the_night_is_not_cleared() -> None:
    changed = STORIES.assign(sha256=[SHA[OTHER], SHA[OTHER]])
    assert on(TODAY, *BOTH, stories=changed) == set()


def test_the_programme_team_needs_no_sign_off() -> None:
    assert on(TODAY, audience=TEAM) == {STORY, OTHER, INEQUALITIES}


def test_nothing_is_cleared_beyond_the_team_where_nobody_signed() -> None:
    assert [on(TODAY, audience=audience) for audience in (PARTNERS, EVENTS, PUBLIC)] == [set()] * 3


def test_inequalities_are_signed_off_as_they_are_and_again_when_a_direction_turns() -> None:
    check = check_of_inequalities(INEQUAL)
    rows = [maker(subject="Inequalities", text_check=check) for maker in (line, lived)]
    table = found(*rows, inequal=1)
    assert cleared(table, STORIES, PUBLIC, TODAY, INEQUAL) == {INEQUALITIES}
    turned = INEQUAL.assign(direction="under")
    assert cleared(table, STORIES, PUBLIC, TODAY, turned) == set()
    assert check_of_inequalities(INEQUAL.assign(group="male")) != check
    assert check_of_inequalities(pd.concat([turned, INEQUAL])) == check_of_inequalities(
        pd.concat([INEQUAL, turned])
    )


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (line(subject=""), "subject", "no_subject"),
        (line(subject="the one about the bus"), "subject", "no_subject"),
        (line(decision="maybe"), "decision", "unknown_decision"),
        (line(text_check="1.23E+11"), "text_check", "no_check"),
        (line(text_check="abc"), "text_check", "no_check"),
        (line(audience="everybody"), "audience", "no_audience"),
        (line(audience=TEAM), "audience", "no_audience"),
        (line(role="x" * 81), "role", "no_role"),
        (line(role="ring 07700 900123"), "role", "personal"),
        (line(lived_experience="partly"), "lived_experience", "not_yes_or_no"),
        (line(checklist=""), "checklist", "no_checklist"),
        (line(decided_on="spring"), "decided_on", "not_a_day"),
        (line(expires_on="never"), "expires_on", "not_a_day"),
        (line(expires_on="2024-04-30"), "expires_on", "ends_before"),
        (line(decided_on="2099-06-01"), "decided_on", "in_future"),
        (line() + ",surplus", "the row", "misaligned_row"),
    ],
    ids=lambda value: value if isinstance(value, str) and value in PROBLEMS else "",
)
def test_a_row_that_cannot_be_read_is_named_with_what_to_do(
    row: str, column: str, code: str
) -> None:
    (one,) = read_approvals(file(row), TODAY)
    assert (column, code) in one.problems
    assert PROBLEMS[code] in report([one])[0]
    assert report([one])[0].startswith("row 2, ")
    assert unusable(approvals(row)) == ["row 2"]


def test_a_name_in_a_role_is_recorded_by_its_type_and_passed_on_nowhere() -> None:
    rows = (*BOTH, line(role="Maggie from the team", decision="refuse"))
    table = approvals(*rows)
    assert table["personal"].tolist() == [[], [], ["PERSON"]]
    assert unusable(table) == ["row 4"]
    assert "Maggie" not in found(*rows).to_csv()


def test_rows_that_nobody_filled_in_yet_are_no_fault() -> None:
    prefilled = line(role="", decision="", decided_on="", checklist="")
    assert report(read_approvals(file(prefilled), TODAY)) == []
    assert status(prefilled) == "waits"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"subject,role,lived_experience\nx,y,no\n", "no column decision"),
        (b"subject,role,lived experience here,decision\n", "no column lived_experience"),
        (b"subject,lived_experience,decision,decision\n", "decision twice"),
        (b"PK\x03\x04", "workbook"),
    ],
    ids=["a column is missing", "a column is misspelt", "a column twice", "a workbook"],
)
def test_a_file_that_is_no_table_of_sign_offs_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(RegisterError, match=says):
        read_approvals(content, TODAY)


def test_tables_hold_their_contract_with_and_without_rows() -> None:
    for rows in ((), (*BOTH, line(subject="no-such-story"), line(decision="maybe"))):
        table = approvals(*rows)
        assert to_arrow(TABLES["approvals"], table).num_rows == len(rows)
        assert to_arrow(TABLES["clearances"], found(*rows, inequal=1)).num_rows == 8
    nobody = clearances(approvals(), STORIES[:0], CONSENT, INEQUAL[:0], TODAY)
    assert to_arrow(TABLES["clearances"], nobody).num_rows == 0


def test_the_order_of_stories_changes_nothing() -> None:
    one, other = found(*BOTH), found(*BOTH, stories=STORIES[::-1])
    schema = TABLES["clearances"]
    assert to_arrow(schema, one).equals(to_arrow(schema, other))


SETS = pd.DataFrame(
    [
        {"story_set_id": set_id, "kind": kind, "story_id": story, "position": position}
        for set_id, kind, story, position in [
            ("theme-T01", "theme", STORY, 1),
            ("theme-T01", "theme", OTHER, 2),
            ("pathway-mood", "pathway", OTHER, 1),
        ]
    ]
)
KINDS = {PARTNERS: ["theme", "pathway"], EVENTS: ["theme"], PUBLIC: ["theme"]}


def asked(*rows: str, places: int = 1) -> set[tuple[str, str]]:
    table = asked_for(found(*rows), STORIES, SETS, CONSENT, KINDS, lambda _: places, TODAY)
    wanted = table[table["is_asked_for"]]
    return set(wanted[["subject", "audience"]].itertuples(index=False, name=None))


def test_sign_off_is_asked_for_where_it_would_change_a_release() -> None:
    assert asked() == {(STORY, PARTNERS), (STORY, EVENTS), (STORY, PUBLIC), (OTHER, PARTNERS)}
    assert (OTHER, EVENTS) in asked(places=2)


def test_a_training_story_is_asked_for_only_with_consent_to_training() -> None:
    sets = SETS.assign(story_set_id="training", kind="training")
    kinds = {audience: ["training"] for audience in KINDS}

    def wanted(consent: pd.DataFrame) -> int:
        table = asked_for(found(), STORIES, sets, consent, kinds, lambda _: 9, TODAY)
        return int(table["is_asked_for"].sum())

    assert wanted(CONSENT) == 0
    assert wanted(CONSENT.assign(training=True)) == 5


def test_the_next_story_is_asked_for_when_one_is_refused() -> None:
    assert (OTHER, EVENTS) in asked(line(decision="refuse", audience=PARTNERS))


def test_what_waits_is_a_spreadsheet_ready_to_fill_in() -> None:
    table = asked_for(found(inequal=1), STORIES, SETS, CONSENT, KINDS, lambda _: 2, TODAY)
    content = to_sign(table, {STORY: "=bus and job"}, lambda story: f"story-{story[:4]}")
    header, rows = read_cells(decode(content, "It"), "It")
    cells = [dict(zip(header, row.cells, strict=True)) for row in rows]
    assert {c["subject"] for c in cells} == {"story-5c1e", "story-0a44", INEQUALITIES}
    assert [c["lived_experience"] for c in cells] == ["yes", "no"] * 3
    assert {c["audience"] for c in cells if c["subject"] == "story-0a44"} == {EVENTS}
    assert {c["about"] for c in cells if c["subject"] == "story-5c1e"} == {"'=bus and job"}
    assert report(read_approvals(content, TODAY)) == []


def test_filled_in_the_spreadsheet_clears_what_it_lists() -> None:
    table = asked_for(found(), STORIES, SETS, CONSENT, KINDS, lambda _: 2, TODAY)
    content = to_sign(table, {}, lambda story: f"story-{story[:4]}")
    header, rows = read_cells(decode(content, "It"), "It")
    filled = []
    for row in rows:
        cells = dict(zip(header, row.cells, strict=True)) | {
            "role": "lived experience partner" if row.number % 2 else "engagement lead",
            "decision": "approve",
            "checklist": "yes",
            "decided_on": "01/05/2024",
        }
        filled.append(",".join(cells[name] for name in COLUMNS))
    after = found(*filled)
    assert cleared(after, STORIES, PUBLIC, TODAY) == {STORY}
    assert cleared(after, STORIES, EVENTS, TODAY) == {STORY, OTHER}
    assert waiting(asked_for(after, STORIES, SETS, CONSENT, KINDS, lambda _: 2, TODAY)).empty


def test_the_gate_counts_the_rows_itself() -> None:
    signed = approvals(*BOTH)
    table = found(*BOTH)
    assert unsigned(table, signed) == []
    forged = table.assign(status="cleared")
    wrong = unsigned(forged, signed)
    assert wrong
    assert all(one.startswith(OTHER) for one in wrong)
    refused = approvals(*BOTH, line(role="clinician", decision="refuse"))
    assert f"{STORY}/{PUBLIC}" in unsigned(table, refused)


def test_a_story_goes_by_its_id_and_by_its_name_in_any_release() -> None:
    names = named(STORIES, lambda story: [f"Story-{story[:4]}", f"Tale-{story[:4]}"])
    assert names["story-5c1e"] == names["tale-5c1e"] == names[STORY] == Story(STORY, "D01")
    assert check_of(SHA[STORY]) == SHA[STORY][:12]
    assert empty(TABLES["approvals"]).empty
