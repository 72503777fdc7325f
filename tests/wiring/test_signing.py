"""Sign-offs, actions and the ledger from their files to tables, what people are told, and back."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pandas as pd
import pytest

from pipeline.assets import approvals
from pipeline.domain.governance.approvals import cleared
from pipeline.domain.governance.contributions import Use, noted
from pipeline.domain.governance.keys import KEY_PATH, pseudonym
from pipeline.domain.governance.spreadsheets import as_csv, decode, read_cells
from pipeline.domain.release.building import MANIFEST, manifest
from pipeline.domain.release.publishing import publish_release
from pipeline.errors import UsageError
from pipeline.ledger import keep, read_the_actions, record_of, told_of_actions, written
from pipeline.receiving import today
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from pipeline.signing import (
    TO_SIGN,
    put_what_waits,
    read_the_sign_offs,
    sign,
    told_of_sign_offs,
)
from pipeline.tables import AUDIENCES, TABLES, empty, parquet_bytes, to_arrow
from tests.fakes import FewCanaries, WordListDetector, example
from tests.golden.signing import name_answered_themes, write_sign_offs

KEY = b"a key of thirty-two bytes, or so"
SETTINGS = Settings()
PLANTED = "Zebedee Quillfeather"
ACTION = "action_id,what,status,story_set_ids\nbus,A late bus,planned,set-a\n"


class Place(NamedTuple):
    """A data root with two stories in one set, and a landing folder."""

    storage: Storage
    landing: Landing
    folder: Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "landing"
    folder.mkdir()
    storage = Storage(root=str(tmp_path / "data"))
    storage.prepare()
    people = {"conversation_id": ["D01", "D02"], "participant_id": ["Q01", "Q02"]}
    stories = example("stories", 2).assign(
        story_id=["5c1e0a77b2d94f03", "0a4481be97c2d65f"],
        sha256=["ab" * 32, "cd" * 32],
        theme_id="T01",
        **people,
    )
    consent = example("consent", 2).assign(audience="public", story=True, **people)
    frames = {
        "stories": stories,
        "consent": consent.assign(given_on=None, expires_on=None, withdrawn_on=None),
        "themes": example("themes", 1).assign(theme_id="T01", label="bus and driver"),
        "story_sets": example("story_sets", 2).assign(
            story_set_id="set-a", kind="theme", title="Late buses", story_id=stories["story_id"],
            position=[1, 2],
        ),
        "participants": example("participants", 2).assign(interviewed_on=None, **people),
    }  # fmt: skip
    for name, frame in frames.items():
        storage.write_table(name, frame)
    return Place(storage, Landing(folder=str(folder)), folder)


def types_in(text: str) -> Iterator[str]:
    if PLANTED in text:
        yield "PERSON"


def signed(place: Place) -> pd.DataFrame:
    """What is cleared by the file as it is, published as the night does."""
    found = sign(
        place.storage, read_the_sign_offs(place.landing).sign_offs, types_in, SETTINGS, KEY
    )
    place.storage.write_tables(found._asdict(), None)
    put_what_waits(place.storage, found.clearances, KEY)
    return found.clearances


def free(place: Place) -> set[str]:
    return cleared(signed(place), place.storage.read_table("stories"), AUDIENCES[-1], today())


def fill_in(place: Place) -> None:
    """Two people fill in the spreadsheet that the pipeline wrote, and drop it into landing."""
    header, rows = read_cells(decode(place.storage.read_bytes(TO_SIGN), "It"), "It")
    filled: list[list[str]] = []
    for row in rows:
        cells = dict(zip(header, row.cells, strict=True)) | {
            "role": f"reviewer of {'two' if row.number % 2 else 'one'}",
            "decision": "approve",
            "checklist": "yes",
            "decided_on": "2024-05-01",
        }
        filled.append([cells[name] for name in header])
    (place.folder / "story_approvals.csv").write_bytes(as_csv(header, filled))


def test_what_waits_is_told_filled_in_dropped_in_landing_and_cleared(place: Place) -> None:
    assert free(place) == set()
    assert any("2 stories wait for sign-off" in line for line in told_of_sign_offs(place.storage))
    fill_in(place)
    assert len(free(place)) == 2
    assert list(told_of_sign_offs(place.storage)) == [
        "2 stories and challenges are cleared for at least one audience"
    ]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_refusal_by_the_name_of_any_release_wins(place: Place, audience: str) -> None:
    """Whoever meets a story at an event knows it by the name that it has there."""
    signed(place)
    fill_in(place)
    file = place.folder / "story_approvals.csv"
    name = pseudonym(KEY, audience, "story", "5c1e0a77b2d94f03")
    file.write_bytes(file.read_bytes() + f"{name},,,guest,no,,refuse,,,,,\r\n".encode())
    assert free(place) == {"0a4481be97c2d65f"}


def test_a_file_that_is_gone_or_broken_signs_nothing(place: Place) -> None:
    signed(place)
    fill_in(place)
    assert free(place)
    (place.folder / "story_approvals.csv").write_bytes(b"PK\x03\x04")
    assert free(place) == set()
    assert "workbook" in read_the_sign_offs(place.landing).fault
    (place.folder / "story_approvals.csv").unlink()
    assert free(place) == set()


def test_rows_that_approve_nothing_are_told_without_their_words(place: Place) -> None:
    (place.folder / "story_approvals.csv").write_text(
        f"subject,decision,role,lived_experience\n5c1e0a77b2d94f03,approve,{PLANTED},no\n"
        "0000000000000000,refuse,clinician,2024-05-01\n"
    )
    signed(place)
    said = "\n".join(told_of_sign_offs(place.storage))
    assert "Sign-offs, row 2, " in said
    assert "1 sign-offs are of stories that are not told any more" in said
    assert "Quillfeather" not in said


def test_the_demo_can_be_signed_for(place: Place) -> None:
    signed(place)
    file = place.folder / "story_approvals.csv"
    assert write_sign_offs(Path(place.storage.root), ["5c1e0a77b2d94f03"], file) == 1
    assert free(place) == {"5c1e0a77b2d94f03"}
    assert write_sign_offs(Path(place.storage.root), file=file) == 2
    assert len(free(place)) == 2


def test_the_demo_s_actions_name_the_largest_theme_with_their_keyword(place: Place) -> None:
    themes = example("themes", 3).assign(
        theme_id=["T0000000001", "T0000000002", "T0000000003"],
        keywords=[["bus"], ["bus", "stop"], ["rent"]],
        n_people=[5, 9, 7],
    )
    place.storage.write_table("themes", themes)
    file = place.folder / "actions.csv"
    actions = ["evening-bus,", "interpreter-line,T0000000009", "warm-homes-referral,", "other,"]
    file.write_text("\n".join(["action_id,theme_ids", *actions]))
    assert name_answered_themes(Path(place.storage.root), file) == 2
    named = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert named["theme_ids"].tolist() == ["T0000000002", "", "T0000000003", ""]


def test_before_the_first_night_nothing_waits_and_nobody_is_told_anything(tmp_path: Path) -> None:
    storage, landing = Storage(root=str(tmp_path / "data")), Landing(folder=str(tmp_path))
    storage.prepare()
    place = Place(storage, landing, tmp_path)
    assert free(place) == set()
    assert keep(storage, SETTINGS, KEY).empty
    assert not [*told_of_sign_offs(storage), *told_of_actions(storage, landing, SETTINGS)]
    assert read_the_actions(storage, landing, SETTINGS).actions.empty


def test_actions_that_name_somebody_are_held_back_and_told_so(place: Place) -> None:
    held_back = ACTION + f"thanks,Thanks to {PLANTED},planned,set-a\nbad,x,soon,set-a\n"
    (place.folder / "actions.csv").write_text(held_back)
    reading = read_the_actions(place.storage, place.landing, SETTINGS, types_in)
    assert reading.actions["action_id"].tolist() == ["bus"]
    assert reading.unusable == ["row 3", "row 4"]
    place.storage.write_table("actions", reading.actions)
    said = "\n".join(told_of_actions(place.storage, place.landing, SETTINGS))
    assert "1 actions are recorded: 1 planned" in said
    assert "Actions, 1 rows are held back" in said
    assert "Actions, row 4, " in said
    assert "Quillfeather" not in said


def test_a_broken_file_of_actions_leaves_those_that_were_read(place: Place) -> None:
    (place.folder / "actions.csv").write_text(ACTION)
    first = read_the_actions(place.storage, place.landing, SETTINGS)
    place.storage.write_table("actions", first.actions)
    (place.folder / "actions.csv").write_bytes(b"PK\x03\x04")
    again = read_the_actions(place.storage, place.landing, SETTINGS)
    assert again.unusable == ["the file"]
    assert again.actions["action_id"].tolist() == ["bus"]
    (place.folder / "actions.csv").unlink()
    assert read_the_actions(place.storage, place.landing, SETTINGS).actions.empty


def test_a_night_has_news_when_a_file_changes_or_one_of_its_days_is_past(place: Place) -> None:
    def digest() -> list[object]:
        return written(place.storage, place.landing, SETTINGS)

    before = digest()
    assert digest() == before
    (place.folder / "actions.csv").write_text(ACTION)
    with_actions = digest()
    assert with_actions != before
    row = "subject,lived_experience,decision,decided_on,expires_on\nx,no,refuse,2024-01-01,"
    days = [today() + timedelta(days=days) for days in (1, -1)]
    contents = []
    for day in days:
        (place.folder / "story_approvals.csv").write_text(f"{row}{day}\n")
        contents.append(digest())
    assert contents[0][-1] != contents[1][-1]


def publish(place: Place, audience: str, stories: list[str]) -> None:
    """A release to an audience that shows these stories, and no other, in their set."""
    sets = place.storage.read_table("story_sets")
    told = sets[sets["story_id"].isin(stories)]
    names = [pseudonym(KEY, audience, "story", story) for story in told["story_id"]]
    tables = {
        "themes": place.storage.read_table("themes"),
        "story_sets": told.assign(story_id=names),
    }
    said = {"audience": audience, "programme": "made-up", "title": "Made-up talks"}
    files = {
        f"{name}.parquet": parquet_bytes(
            to_arrow(TABLES[name], frame).replace_schema_metadata(said)
        )
        for name, frame in tables.items()
    }
    publish_release(place.storage, audience, files | {MANIFEST: manifest(files)})


@pytest.mark.parametrize("audience", [AUDIENCES[0], AUDIENCES[-1]])
def test_a_story_that_is_ranked_in_a_set_and_released_nowhere_is_credited_with_nothing(
    place: Place, audience: str
) -> None:
    header = "action_id,what,status,story_set_ids,done_on,told_on\n"
    row = "bus,A late bus,done,set-a,2024-01-01,2024-02-01\n"
    (place.folder / "actions.csv").write_text(header + row)
    reading = read_the_actions(place.storage, place.landing, SETTINGS)
    place.storage.write_table("actions", reading.actions)
    people = {"D01": "Q01", "D02": "Q02"}
    held = [Use(conversation, "counted", conversation) for conversation in people]
    uses = noted(empty(TABLES["uses"]), held, people, audience, "r1", date(2024, 1, 2))
    place.storage.write_table("uses", uses)
    publish(place, audience, ["5c1e0a77b2d94f03"])
    ledger = keep(place.storage, SETTINGS, KEY).set_index("participant_id")
    for column, of_shown, of_ranked in (
        ("story_set_ids", ["set-a"], []),
        ("action_ids", ["bus"], []),
        ("told_on", date(2024, 2, 1), None),
        ("is_overdue", False, True),
    ):
        assert ledger.loc["Q01", column] == of_shown
        assert ledger.loc["Q02", column] == of_ranked


def test_what_an_earlier_release_showed_and_the_newest_does_not_is_credited_no_more(
    place: Place,
) -> None:
    publish(place, AUDIENCES[-1], ["5c1e0a77b2d94f03", "0a4481be97c2d65f"])
    both = keep(place.storage, SETTINGS, KEY).set_index("participant_id")["story_set_ids"]
    assert both.to_dict() == {"Q01": ["set-a"], "Q02": ["set-a"]}
    publish(place, AUDIENCES[-1], ["0a4481be97c2d65f"])
    one = keep(place.storage, SETTINGS, KEY).set_index("participant_id")["story_set_ids"]
    assert one.to_dict() == {"Q01": [], "Q02": ["set-a"]}


def test_the_record_of_a_contributor_names_nobody_and_refuses_whom_it_does_not_know(
    place: Place,
) -> None:
    (place.folder / "actions.csv").write_text(ACTION)
    reading = read_the_actions(place.storage, place.landing, SETTINGS)
    place.storage.write_table("actions", reading.actions)
    publish(place, AUDIENCES[-1], ["5c1e0a77b2d94f03"])
    place.storage.write_table("contributions", keep(place.storage, SETTINGS, KEY))
    said = "\n".join(record_of(place.storage, "D01"))
    assert "stories: 1 rows" in said
    assert "told in the story set: Late buses" in said
    assert "bus, planned: A late bus" in said
    assert "Q01" not in said
    with pytest.raises(UsageError, match="knows nothing of D99"):
        record_of(place.storage, "D99")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_record_says_whom_a_name_in_a_release_stands_for(place: Place, audience: str) -> None:
    place.storage.write_table("contributions", keep(place.storage, SETTINGS, KEY))
    place.storage.write_bytes(KEY_PATH, KEY)
    clip = pseudonym(KEY, audience, "conversation", "D02")
    first, *said = record_of(place.storage, clip)
    assert first == f"{clip} is D02"
    assert said == list(record_of(place.storage, "D02"))
    (token,) = (line.removeprefix("Contribution ") for line in said if "Contribution" in line)
    for name in (pseudonym(KEY, audience, "person", "Q02"), token):
        assert next(record_of(place.storage, name)) == f"{name} is D02"
    nobody = pseudonym(KEY, audience, "conversation", "D99")
    with pytest.raises(UsageError, match=f"knows nothing of {nobody}"):
        record_of(place.storage, nobody)


@pytest.mark.slow  # Great Expectations takes seconds to load
def test_the_assets_publish_what_the_files_say_and_count_what_is_overdue(place: Place) -> None:
    """A role and an action that name somebody go no further than a row number."""
    (place.folder / "participants.csv").write_text("conversation_id,participant_id\n")
    (place.folder / "story_approvals.csv").write_text(
        "subject,decision,role,lived_experience,note\n"
        f"5c1e0a77b2d94f03,refuse,{PLANTED},no,too plain\n"
    )
    overdue = "old,An old bus,done,set-a,2001-01-31\n"
    header = "action_id,what,status,story_set_ids,done_on\n"
    (place.folder / "actions.csv").write_text(
        f"{header}{overdue}thanks,Thanks to {PLANTED},planned,set-a,\n"
    )
    made = dg.materialize(
        [approvals.read_the_approvals, approvals.read_actions_file, approvals.keep_the_ledger],
        resources={
            "storage": place.storage,
            "landing": place.landing,
            "programme": FewCanaries(),
            "detector": WordListDetector(names=[PLANTED]),
            "expectations": Expectations(),
        },
    )
    assert made.success
    failed = {
        f"{check.asset_key.to_user_string()}.{check.check_name}": check
        for check in made.get_asset_check_evaluations()
        if not check.passed
    }
    assert set(failed) == {
        "approvals.every_row_of_the_file_is_usable",
        "actions.every_row_of_the_file_is_usable",
        "actions.people_are_told_of_what_was_done",
    }
    assert "Quillfeather" not in str([check.metadata for check in failed.values()])
    clearances = place.storage.read_table("clearances")
    refused = clearances[clearances["status"].eq("refused")]
    assert set(refused["why"]) == {"Refused by somebody, until the row is taken out."}
    assert place.storage.read_table("actions")["action_id"].tolist() == ["old"]
    assert len(place.storage.read_table("contributions")) == 2
    assert place.storage.exists(TO_SIGN)
