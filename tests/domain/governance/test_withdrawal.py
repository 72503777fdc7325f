"""Withdrawals: who is to be erased, and when it looks like a mistake."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.domain.governance.register import read_register, without_names
from pipeline.domain.governance.withdrawal import owed
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES

TODAY = date(2024, 6, 1)
HEADER = "conversation_id,participant_id,consent_audience,consent_withdrawn_on"


def consent(**withdrawn: str) -> pd.DataFrame:
    """Ten people with a conversation each; the first two are one person's."""
    rows = [
        f"D{at:02},Q{max(at, 1):02},public,{withdrawn.get(f'D{at:02}', '')}" for at in range(10)
    ]
    return read_register("\n".join([HEADER, *rows]).encode()).consent


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    storage = Storage(root=str(tmp_path))
    for name in ("redacted_turns", "turns"):
        rows = [
            dict.fromkeys(TABLES[name].schema.names, "x")
            | {"conversation_id": f"D{at:02}", "turn": 0, "start_s": None, "end_s": None}
            | {"n_redactions": 0}
            for at in range(8)
        ]
        frame = pd.DataFrame(rows)[TABLES[name].schema.names]
        storage.write_table(name, frame, "b000001")
    return storage


def test_who_withdrew_and_was_taken_in_is_to_be_erased(store: Storage) -> None:
    found = owed(store, consent(D03="2024-05-31"), TODAY, max_share=0.2, min_to_stop=5)
    assert found == (["D03"], "")


@pytest.mark.parametrize(
    "withdrawn",
    [{}, {"D09": "2024-05-31"}, {"D03": "2024-06-02"}],
    ids=["nobody", "never taken in", "from tomorrow"],
)
def test_nobody_else_is(store: Storage, withdrawn: dict[str, str]) -> None:
    assert (
        owed(store, consent(**withdrawn), TODAY, max_share=0.2, min_to_stop=5).conversation_ids
        == []
    )


def test_raw_turns_that_are_kept_no_longer_leave_the_redacted_ones_to_erase(store: Storage) -> None:
    store.delete("restricted/turns/b000001.parquet")
    found = owed(store, consent(D03="2024-05-31"), TODAY, max_share=0.2, min_to_stop=5)
    assert found.conversation_ids == ["D03"]


def test_many_at_once_are_taken_for_a_mistake_and_nobody_is_erased(store: Storage) -> None:
    column = {f"D{at:02}": "2024-05-31" for at in range(8)}
    found = owed(store, consent(**column), TODAY, max_share=0.2, min_to_stop=5)
    assert found.conversation_ids == []
    assert "7 of 7 people" in found.too_many
    assert "D0" not in found.too_many


def test_few_people_are_erased_whatever_their_share(store: Storage) -> None:
    """Five conversations of four people: people count."""
    some = {f"D{at:02}": "2024-05-31" for at in range(5)}
    found = owed(store, consent(**some), TODAY, max_share=0.2, min_to_stop=5)
    assert found == (sorted(some), "")


def test_a_row_that_stays_says_who_withdrew_and_nothing_about_them() -> None:
    header = (
        "conversation_id,participant_id,participant_names,interviewer_name,known_third_parties,"
        "age_band,locality,consent_audience,consent_quote,consent_wording,consent_withdrawn_on,"
        "our own notes"
    )
    theirs = 'D04,Q04,"Zebedee, Quill",Asker,Hob,75-84,Upwey,public,yes,v2,2024-05-31,moved away'
    others = 'D05,Q05,"Ann, Other",Asker,,25-34,Upwey,public,yes,v2,,"said ""no"", once"'
    content = "\r\n".join([header, theirs, others, ""]).encode()
    after = without_names(content, {"D04"}).decode()
    assert after.split("\r\n") == [
        header, "D04,Q04,,,,,,public,yes,v2,2024-05-31,", others, "",
    ]  # fmt: skip
    assert without_names(after.encode(), {"D04"}).decode() == after
