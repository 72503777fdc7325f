"""Who is heard when themes and stories are made: people with consent today, as of one moment."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.hearing import heard_today, of_segments, under_present_ids
from pipeline.resources.storage import Storage
from tests.fakes import example

TABLES = ("redacted_turns", "segments", "segment_embeddings")


def finish(storage: Storage, batch_id: str, *conversations: str) -> None:
    """Publish a whole batch: one turn, one segment and one vector of each conversation."""
    segment_ids = [f"{conversation}/0/0" for conversation in conversations]
    for table in TABLES:
        frame = example(table, n=len(conversations))
        ids = {"conversation_id": conversations, "segment_id": segment_ids}
        frame = frame.assign(**{k: list(v) for k, v in ids.items() if k in frame})
        storage.write_table(table, frame, batch_id)


def consent(**withdrawn_on: date | None) -> pd.DataFrame:
    conversations = list(withdrawn_on)
    return example("consent", n=len(conversations)).assign(
        conversation_id=conversations,
        participant_id=[f"person of {conversation}" for conversation in conversations],
        audience="public",
        given_on=date(2024, 1, 1),
        expires_on=None,
        withdrawn_on=list(withdrawn_on.values()),
    )


class Busy(Storage):
    """A data root to which another batch is added as soon as one table was read."""

    def read_live(self, name: str, newest: object = None) -> pd.DataFrame:
        rows = super().read_live(name, newest)  # type: ignore[arg-type]
        finish(self, "b000002", "C002", "C003")
        return rows


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Busy(root=str(tmp_path / "data"))
    storage.prepare()
    finish(storage, "b000001", "C001", "C002")
    return storage


def heard(storage: Storage) -> dict[str, tuple[str, ...]]:
    """Conversations of each table."""
    frames = heard_today(storage, *TABLES)
    ids = {
        name: frame.get("segment_id", frame.get("conversation_id"))
        for name, frame in frames.items()
    }
    return {name: tuple(str(one).partition("/")[0] for one in own) for name, own in ids.items()}


def test_a_batch_that_ends_between_two_reads_is_in_all_tables_or_in_none(storage: Storage) -> None:
    storage.write_table("consent", consent(C001=None, C002=None, C003=None))
    assert heard(storage) == dict.fromkeys(TABLES, ("C001", "C002"))


def test_who_withdrew_after_the_batch_is_not_heard(storage: Storage) -> None:
    storage.write_table("consent", consent(C001=None, C002=date(2024, 2, 1)))
    assert heard(storage) == dict.fromkeys(TABLES, ("C001",))


def test_who_is_no_longer_in_the_register_is_not_heard(storage: Storage) -> None:
    storage.write_table("consent", consent(C002=None))
    assert heard(storage) == dict.fromkeys(TABLES, ("C002",))


def test_a_person_counts_under_the_id_that_the_register_has_now(storage: Storage) -> None:
    storage.write_table("consent", consent(C001=None, C002=None))
    people = heard_today(storage, "segments")["segments"]["participant_id"]
    assert people.tolist() == ["person of C001", "person of C002"]


def test_who_left_the_register_keeps_the_id_of_the_batch() -> None:
    rows = example("segments", n=1).assign(conversation_id="C009", participant_id="P9")
    assert under_present_ids(rows, consent(C001=None))["participant_id"].tolist() == ["P9"]


def test_a_theme_loses_the_segments_of_who_withdrew() -> None:
    assignments = example("theme_assignments", n=3)
    kept = of_segments(assignments, example("segments", n=2))
    assert kept["segment_id"].tolist() == assignments["segment_id"].tolist()[:2]
