"""The stages wired together, with quick stand-ins for the models."""

import os
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipeline.deciding import told_of_themes
from pipeline.resources.storage import Storage
from pipeline.verifying import verify_folder
from tests.fakes import BagOfWordsEncoder
from tests.wiring.small_landing import put, register
from tests.wiring.staged import CONVERSATIONS, NAMED, Stage

pytestmark = pytest.mark.slow


def outcomes(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {
        f"{check.asset_key.to_user_string()}.{check.check_name}": check.passed
        for check in result.get_asset_check_evaluations()
    }


def files(storage: Storage, zone: str) -> dict[str, bytes]:
    return {name: storage.read_bytes(name) for name in storage.walk(zone)}


def test_a_batch_and_a_night_end_in_proven_releases(done: Stage) -> None:
    assert done.storage.live_batches() == dict.fromkeys(CONVERSATIONS, "b000001")
    told = outcomes(done.night)
    assert sum(name.endswith("every_promise_is_proven") for name in told) == 4
    for audience in done.storage.names("releases"):
        folder = Path(done.storage.path(f"releases/{audience}/latest"))
        assert verify_folder(folder) == []


def test_names_are_replaced_and_the_same_run_again_leaves_the_same_bytes(next_day: Stage) -> None:
    stage = next_day
    before = files(stage.storage, "deidentified") | files(stage.storage, "releases")
    assert not [name for name, content in before.items() if b"Quillfeather" in content]
    text = " ".join(stage.storage.read_live("redacted_turns")["text"])
    assert "[PERSON_1]" in text
    assert "Quillfeather" not in text
    assert stage.run("admit_batch", "b000001").success
    assert stage.run("nightly").success
    assert files(stage.storage, "deidentified") | files(stage.storage, "releases") == before


def test_who_withdraws_after_the_batch_is_in_no_theme_and_no_story(next_day: Stage) -> None:
    stage = next_day
    tables = ("theme_assignments", "stories", "quotes")
    told = " ".join(stage.storage.read_table(table).to_csv() for table in tables)
    assert all(conversation in told for conversation in CONVERSATIONS)
    file = stage.base / "landing" / "participants.csv"
    rows = file.read_text().splitlines()
    file.write_text("\n".join([*rows[:-1], f"{rows[-1]}2024-02-01"]) + "\n")
    assert stage.run("nightly").success
    told = " ".join(stage.storage.read_table(table).to_csv() for table in tables)
    assert CONVERSATIONS[-1] not in told
    assert CONVERSATIONS[0] in told


def test_a_conversation_that_cannot_be_redacted_goes_to_quarantine_alone(stage: Stage) -> None:
    stage.receive()
    result = stage.run("admit_batch", "b000001", poison="of C003")
    assert result.success
    quarantine = stage.storage.read_table("quarantine", "b000001")
    assert quarantine[["conversation_id", "reason"]].to_numpy().tolist() == [
        ["C003", "redaction_failed"]
    ]
    assert quarantine["place"].item().startswith("ValueError at fakes.py:")
    assert set(stage.storage.live_batches()) == set(CONVERSATIONS) - {"C003"}
    assert stage.run("admit_batch", "b000001").success
    assert stage.storage.read_table("quarantine", "b000001").empty


def test_what_a_second_search_still_finds_keeps_its_conversation_in_quarantine(
    stage: Stage,
) -> None:
    """The fixture's phone number is one that is reserved for fiction."""
    put(stage.base / "landing", "C004", subject="to someone on 01632 960 123")
    stage.receive()
    assert stage.run("admit_batch", "b000001").success
    quarantine = stage.storage.read_table("quarantine", "b000001")
    assert quarantine["reason"].tolist() == ["still_personal"]
    assert "C004" not in stage.storage.live_batches()


def test_when_most_fail_the_batch_stops_and_says_which(stage: Stage) -> None:
    stage.receive()
    result = stage.run("admit_batch", "b000001", poison="clinic")
    assert not result.success
    assert not outcomes(result)["redacted_turns.not_too_many_fail"]
    assert stage.storage.batches("redacted_turns") == []
    assert len(stage.storage.read_table("quarantine", "b000001")) == len(CONVERSATIONS)


def test_a_stopped_batch_does_not_hold_up_the_next(stage: Stage) -> None:
    stage.receive()
    assert not stage.run("admit_batch", "b000001", poison="clinic").success
    put(stage.base / "landing", "C008")
    register(stage.base / "landing", *CONVERSATIONS, "C008")
    assert stage.receive() == ["b000002"]
    assert stage.run("admit_batch", "b000002").success
    assert "C008" in stage.storage.live_batches()


def test_a_text_that_was_embedded_before_is_not_embedded_again(
    next_day: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = next_day
    monkeypatch.setattr(BagOfWordsEncoder, "encode", _refuse)
    stage.storage.delete(stage.storage.table_path("segment_embeddings", "b000001"))
    assert stage.run("admit_batch", "b000001").success


def test_no_name_is_in_dagsters_own_records(done: Stage) -> None:
    written = [
        path
        for path in (done.base / "dagster").rglob("*")
        if path.is_file() and os.access(path, os.R_OK)
    ]
    assert written
    assert not [path.name for path in written if b"Quillfeather" in path.read_bytes()]


def decide(stage: Stage, *rows: str) -> None:
    header = "conversation_id;text;action;entity_type;reviewer;reason"
    file = stage.base / "landing" / "redaction_decisions.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def test_a_decision_redacts_the_conversations_it_concerns_anew_and_no_others(stage: Stage) -> None:
    decide(stage, "*;gardening group;mask;ORG;AB;it is small")
    stage.receive()
    assert stage.run("admit_batch", "b000001").success
    assert "gardening group" not in " ".join(stage.storage.read_live("redacted_turns")["text"])
    assert stage.receive() == []

    decide(stage, "C003;beans;mask;JOB;AB;", "C003;Quillfeather;keep;;AB;a choir", "C9;;mask;;;")
    assert stage.run("refresh_register").success
    assert stage.receive() == ["b000002"]
    assert stage.run("admit_batch", "b000002").success
    assert stage.storage.live_batches()["C003"] == "b000002"
    assert stage.storage.live_batches()["C004"] == "b000001"
    said = stage.storage.read_live("redacted_turns").groupby("conversation_id")["text"].sum()
    assert "we grow [JOB_1] and talk" in said["C003"]
    assert "we grow beans and talk" in said["C004"]
    assert "gardening group" not in said["C003"]  # taken out of the file, and still in force

    (stage.base / "landing" / "redaction_decisions.csv").unlink()
    before = files(stage.storage, "restricted") | files(stage.storage, "deidentified")
    assert stage.run("refresh_register").success
    assert stage.receive() == []
    after = files(stage.storage, "restricted") | files(stage.storage, "deidentified")
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    told_anew = ("decided.json", "retention.parquet")
    assert {name for name in changed if not name.endswith(told_anew)} == set()


def decide_about_themes(stage: Stage, *rows: str) -> None:
    file = stage.base / "landing" / "theme_decisions.csv"
    file.write_text("\n".join(["theme_id;action;other_theme_id;words", *rows]) + "\n")


def test_what_people_decided_about_themes_holds_when_new_conversations_come(
    next_day: Stage,
) -> None:
    stage = next_day
    found = stage.storage.read_table("themes").query("status == 'live'")
    one, other, third, *_ = found["theme_id"]
    decide_about_themes(
        stage,
        f"{one};rename;;Getting there",
        f"{other};Merge;{one.lower()};",
        f"{third};rename;;Kind {NAMED}",
        "T0000000000;hide;;",
        f"{third};hide;{one};",
    )
    assert stage.run("nightly").success
    more = ["C008", "C009"]
    for conversation in more:
        put(stage.base / "landing", conversation)
    register(stage.base / "landing", *CONVERSATIONS, *more)
    assert stage.receive() == ["b000002"]
    assert stage.run("admit_batch", "b000002").success
    (stage.base / "landing" / "theme_decisions.csv").unlink()
    result = stage.run("nightly")
    assert result.success
    themes = stage.storage.read_table("themes").set_index("theme_id")
    assert themes.loc[one, ["label", "label_by", "n_people"]].tolist() == [
        "Getting there", "people", 9,
    ]  # fmt: skip
    assert themes.loc[other, ["status", "shown_in"]].tolist() == ["joined", one]
    assert themes.loc[third, "label_by"] == "text"
    told = stage.storage.read_table("theme_decision_outcomes").set_index("decision")["outcome"]
    assert told.to_dict() == {
        "D0001": "applied", "D0002": "applied", "D0003": "held_back", "D0004": "waits",
        "row 6": "not_readable",
    }  # fmt: skip
    assert not outcomes(result)["theme_decision_outcomes.nothing_looks_unusual"]
    lines = list(told_of_themes(stage.storage))
    assert lines[0] == "2 of 5 decisions about themes are applied"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "  D0003 is held back", "  D0004 waits", "  row 6 cannot be read",
    ]  # fmt: skip
    assert not [
        name
        for name, content in files(stage.storage, "deidentified").items()
        if b"Quillfeather" in content
    ]
    released = Path(stage.storage.path("releases/public/latest/themes.parquet"))
    leaves = pd.read_parquet(released).set_index("theme_id")
    assert leaves.loc[one, "label"] == "Getting there"
    assert other not in leaves.index


def test_a_detector_that_misses_made_up_identifiers_stops_the_batch(stage: Stage) -> None:
    stage.receive()
    result = stage.run("admit_batch", "b000001", canaries=1)
    assert not result.success
    assert not outcomes(result)["redaction_canaries.made_up_identifiers_are_found"]
    assert stage.storage.batches("redacted_turns") == []
    assert stage.storage.batches("redaction_canaries") == []


def test_what_keeps_a_conversation_in_quarantine_is_lifted_by_a_decision(stage: Stage) -> None:
    """The fixture's phone number is one that is reserved for fiction."""
    put(stage.base / "landing", "C004", subject="to someone on 01632 960 123")
    stage.receive()
    assert stage.run("admit_batch", "b000001").success
    assert "C004" not in stage.storage.live_batches()
    decide(stage, "C004;01632 960123;mask;PHONE;AB;", "C004;01632 960 123;mask;PHONE;AB;")
    assert stage.run("refresh_register").success
    assert stage.receive() == ["b000002"]
    assert stage.run("admit_batch", "b000002").success
    assert stage.storage.live_batches()["C004"] == "b000002"
    assert stage.receive() == []


def _refuse(*_: object) -> None:
    raise AssertionError("encoded again")
