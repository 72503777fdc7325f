"""A batch is read: every file becomes turns or a row of quarantine."""

import pandas as pd
import pytest

from pipeline.domain.intake.manifest import Entry
from pipeline.domain.intake.reading import TakenIn, read_batch
from pipeline.errors import TranscriptError
from pipeline.tables import TABLES, to_arrow

SPOKEN_NAME = "Rosalind Quillfeather"


def turns_of(entry: Entry) -> pd.DataFrame:
    if entry.name.startswith("short"):
        raise TranscriptError("too_short", "line 3")
    if entry.name.startswith("gone"):
        raise FileNotFoundError(2, "No such file", entry.name)
    if entry.name.startswith("odd"):
        raise KeyError(SPOKEN_NAME)
    return pd.DataFrame(
        {
            "conversation_id": [entry.conversation_id], "turn": [0], "role": ["participant"],
            "speaker": ["P"], "start_s": [None], "end_s": [None], "text": ["I like the bus."],
            "source_format": ["typed"], "content_hash": [entry.content_hash],
        }
    )  # fmt: skip


def read(*names: str, reason: str | None = None) -> TakenIn:
    entries = [Entry(name, 10, 1, "A", reason) for name in names]
    known = {"C1", "C2", "odd", "short", "gone"}
    return read_batch(entries, turns_of, known=known, max_share=0.5, min_to_stop=2)


@pytest.mark.parametrize(
    ("name", "reason", "place"),
    [
        ("short.txt", "too_short", "line 3"),
        ("gone.txt", "unreadable", "the file"),
        ("odd.txt", "broken_file", "the file"),
    ],
)
def test_a_file_that_cannot_be_read_is_set_aside_and_the_rest_go_on(
    name: str, reason: str, place: str
) -> None:
    taken = read("C1.txt", name, "C2.txt")
    assert list(taken.turns["conversation_id"]) == ["C1", "C2"]
    row = taken.quarantine.iloc[0]
    assert (row["reason"], row["place"], len(taken.quarantine)) == (reason, place, 1)


def test_a_file_with_a_reason_is_not_opened() -> None:
    taken = read("odd.txt", reason="no_consent")
    assert list(taken.quarantine["place"]) == ["the register"]
    assert list(taken.quarantine["reason"]) == ["no_consent"]


def test_quarantine_names_no_file_that_the_register_does_not_know_and_quotes_no_error() -> None:
    taken = read(f"odd {SPOKEN_NAME}.txt", "odd-Rosalind.txt", "odd.txt")
    assert "Rosalind" not in taken.quarantine.to_csv()
    assert taken.quarantine["conversation_id"].isna().sum() == 2


def test_a_batch_stops_when_most_of_it_is_set_aside_but_not_for_one_file() -> None:
    assert read("odd.txt").not_too_many == []
    assert read("odd.txt", "short.txt", "C1.txt", "C2.txt").not_too_many == []
    assert len(read("odd.txt", "short.txt", "C1.txt").not_too_many) == 2


def test_the_tables_fit_their_schemas_even_when_empty() -> None:
    for taken in (read("C1.txt"), read("odd.txt"), read()):
        to_arrow(TABLES["quarantine"], taken.quarantine)
        to_arrow(TABLES["turns"], taken.turns)
