"""Frameworks: files that people write, read or refused with a sentence."""

from typing import Any

import pytest

from pipeline.domain.themes.frameworks import NONE, read_examples, read_framework
from pipeline.errors import UsageError
from pipeline.resources.programme import Programme

BEES = {"code": "bees", "title": "Keeping bees", "phrases": ["a hive"]}


def described(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "made-up", "entries": list(entries)}


def test_an_entry_needs_no_more_than_a_title() -> None:
    found = read_framework("f", described({"code": "bees", "title": "Keeping bees"}), {})
    assert found.entries[0].phrases == ()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "write its kind"),
        (described(), "at least one entry"),
        (described(BEES, BEES), "given twice: bees"),
        (described(BEES | {"code": "Bees and wasps"}), "entry 1: write a code"),
        (described(BEES | {"code": NONE}), "entry 1: write a code"),
        (described(BEES | {"phrases": [{"a": "hive"}]}), "entry bees: write a title"),
    ],
    ids=["empty", "no entries", "twice", "no code", "the code none", "a phrase with a colon"],
)
def test_a_file_that_is_not_as_it_must_be_is_refused_with_what_to_write(
    given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_framework("f", given, {})


def test_examples_are_read_as_spreadsheets_write_them() -> None:
    rows = "Segment ID;Code;Who\nC1/3/0;bees;RB\n\nC1/5/0;none;RB\nC1/7/0;;RB\n"
    assert read_examples(rows.encode()) == {"C1/3/0": "bees", "C1/5/0": NONE}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("segment,code\nC1/3/0,bees\n", "write the columns"),
        ("segment_id,code\nC1/3/0,bees\nC1/3/0,none\n", "1 segments have two codes"),
        ("segment_id,code\nC1/3/0\n", "fewer cells"),
    ],
    ids=["another heading", "two codes", "a short row"],
)
def test_examples_that_cannot_be_meant_are_refused(rows: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_examples(rows.encode())


def test_an_example_with_a_code_of_no_entry_is_refused_without_repeating_it() -> None:
    with pytest.raises(UsageError, match="1 codes that no entry has") as refused:
        read_framework("f", described(BEES), {"C1/3/0": "wasps"})
    assert "wasps" not in str(refused.value)


def test_the_shipped_lenses_give_each_entry_a_title_and_three_phrases_or_more() -> None:
    lenses = Programme().lenses()
    assert {"priorities", "pathways", "health-inequalities", "touchpoints", "training"} <= {
        lens.name for lens in lenses
    }
    assert all(len(entry.phrases) >= 3 for lens in lenses for entry in lens.entries)
    assert len(Programme().lenses()[0].entries) == 6
