"""Canaries: the same for the same batch, of every kind, apart from what detectors learn from."""

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline.domain.redaction.canaries import (
    WRITINGS,
    Sown,
    counted,
    covered,
    found_less,
    pools,
    sow,
    summary,
    too_few,
)
from pipeline.domain.redaction.words import PLACEHOLDER, word_list
from pipeline.tables import ENTITY_TYPES

POOLS = Path(__file__).parents[3] / "training" / "pools"
PER_GROUP = 3
ORIGINS = {origin for origin in pools() if origin != "made-up"}


def batch(n: int = 4) -> pd.DataFrame:
    said = "We went to the hall, and it rained. Nobody minded! We had soup, bread and a long talk."
    return pd.DataFrame(
        [
            {"conversation_id": f"C{c}", "turn": t, "text": said, "source_format": ["vtt", "srt"][c % 2]}
            for c in range(n)
            for t in range(3)
        ]
    )  # fmt: skip


SOWN = sow(batch(), PER_GROUP)


def redacted(sown: Sown, *, but: Collection[int] = ()) -> dict[str, pd.DataFrame]:
    """What a detector leaves that finds every canary but those."""
    rows = [
        (canary.conversation_id, canary.turn, canary.start, canary.end)
        for number, canary in enumerate(sown.canaries)
        if number not in but
    ]
    table = pd.DataFrame(rows, columns=["copy", "turn", "start", "end"])
    return {str(copy): own for copy, own in table.groupby("copy")}


def names_of_pools() -> set[str]:
    def entries(value: object):
        if isinstance(value, dict):
            for inner in value.values():
                yield from entries(inner)
        elif isinstance(value, str):
            yield from re.split(r"[\s|,]+", value.lower())

    files = ("names.yaml", "held_out.yaml", "word_names.yaml")
    return {name for file in files for name in entries(yaml.safe_load((POOLS / file).read_text()))}


def test_no_canary_is_named_as_the_tagger_was_trained_or_a_list_was_written() -> None:
    names = {
        name.lower()
        for origin in ORIGINS
        for part in ("first", "last")
        for name in pools()[origin][part]
    }
    assert not names & names_of_pools()
    assert not names & (word_list("more_first_names") | word_list("more_surnames"))


def test_the_same_batch_gets_the_same_canaries_in_whatever_order_its_rows_come() -> None:
    again = sow(batch().sample(frac=1, random_state=1), PER_GROUP)
    assert again.canaries == SOWN.canaries
    assert all(again.copies[copy].equals(SOWN.copies[copy]) for copy in SOWN.copies)
    changed = batch().assign(text=batch()["text"] + " So.")
    assert sow(changed, PER_GROUP).canaries != SOWN.canaries


def test_there_are_as_many_for_a_large_batch_as_for_a_small_one() -> None:
    assert len(sow(batch(40), PER_GROUP).canaries) == len(SOWN.canaries)
    words = sum(len(text.split()) for copy in SOWN.copies.values() for text in copy["text"])
    assert words < 60 * len(SOWN.canaries)


def test_there_are_canaries_of_every_type_origin_format_and_writing() -> None:
    table = counted(SOWN.canaries, [True] * len(SOWN.canaries))
    groups = {by: set(own["group"]) for by, own in table.groupby("by")}
    assert groups["type"] == set(ENTITY_TYPES)
    assert groups["origin"] == ORIGINS
    assert groups["format"] == {"vtt", "srt"}
    assert groups["writing"] == set(WRITINGS)
    of_origins = table[table["by"].eq("origin")]
    assert set(of_origins["n_seeded"]) == {PER_GROUP * len(WRITINGS)}


def test_a_canary_stands_where_it_is_said_to_stand_in_a_copy_written_its_way() -> None:
    for canary in SOWN.canaries:
        text = SOWN.copies[canary.conversation_id]["text"].iloc[canary.turn]
        value = text[canary.start : canary.end]
        assert value == value.strip()
        assert value
        assert not re.search(r"\w\w", text[canary.start - 1 : canary.start + 1])
        if canary.writing != "cased":
            assert text == text.lower()
        if canary.writing == "automatic":
            assert not re.search(r"[,;!?'’]|\.(?:\s|$)", text)


def test_lower_case_transcripts_get_no_canaries_with_capitals() -> None:
    plain = batch().assign(text=batch()["text"].str.lower())
    assert {canary.writing for canary in sow(plain, 1).canaries} == {"lower", "automatic"}


@pytest.mark.parametrize(
    "turns", [batch().iloc[:0], batch().assign(text="..."), batch().assign(text="")]
)
def test_a_batch_without_words_gets_none_and_breaks_nothing(turns: pd.DataFrame) -> None:
    sown = sow(turns, PER_GROUP)
    table = counted(sown.canaries, covered(sown.canaries, sown.copies, {}))
    assert table.empty
    assert too_few(table, 0.9) == found_less(table, 0.1, 0.01) == []
    assert summary(table) == ""


def test_none_are_sown_where_none_are_wanted() -> None:
    assert sow(batch(), 0).canaries == []


def test_a_canary_is_found_when_its_last_letter_is() -> None:
    everything = redacted(SOWN)
    assert all(covered(SOWN.canaries, SOWN.copies, everything))
    shortened = {copy: own.assign(end=own["end"] - 1) for copy, own in everything.items()}
    assert not any(covered(SOWN.canaries, SOWN.copies, shortened))
    assert not any(covered(SOWN.canaries, SOWN.copies, {}))


def test_a_detector_that_finds_little_is_told_from_one_that_finds_nearly_all() -> None:
    most = covered(SOWN.canaries, SOWN.copies, redacted(SOWN, but={0, 50, 100}))
    assert too_few(counted(SOWN.canaries, most), 0.9) == []
    half = [number % 2 == 0 for number in range(len(SOWN.canaries))]
    assert too_few(counted(SOWN.canaries, half), 0.9) == ["direct"]


def origins(*missed: int, n: int = 18) -> pd.DataFrame:
    """Counts of as many origins, so many of each missed."""
    return pd.DataFrame(
        {
            "by": "origin",
            "group": [f"origin {number}" for number in range(len(missed))],
            "n_seeded": n,
            "n_found": [n - m for m in missed],
        }
    )


@pytest.mark.parametrize(
    ("missed", "worse"),
    [
        ([0] * 14, []),
        ([1] + [0] * 13, []),
        ([2, 1, 1] + [0] * 11, []),
        ([6] + [0] * 13, ["origin 0"]),
        ([9] + [1] * 13, ["origin 0"]),
        ([9] * 14, []),
        ([9, 9] + [0] * 12, ["origin 0", "origin 1"]),
    ],
    ids=[
        "none missed",
        "one",
        "a few",
        "six of one",
        "one far worse",
        "all bad alike",
        "two worse",
    ],
)
def test_an_origin_is_worse_off_only_if_chance_does_not_explain_it(
    missed: list[int], worse: list[str]
) -> None:
    assert found_less(origins(*missed), 0.1, 0.01) == worse


@pytest.mark.slow
def test_a_small_gap_is_no_matter_however_sure() -> None:
    many = origins(60, *[10] * 13, n=2000)
    assert found_less(many, 0.1, 0.01) == []
    assert found_less(many, 0.01, 0.01) == ["origin 0"]


def test_one_line_says_found_of_sown_interval_and_the_worst_origin() -> None:
    table = counted(SOWN.canaries, [canary.origin != "Welsh" for canary in SOWN.canaries])
    line = summary(table)
    assert re.match(
        r"\d+ of \d+ made-up direct identifiers found, \d\d\.\d % \(95 % interval", line
    )
    assert line.endswith("names found least: Welsh, 0 of 9")


def test_counts_hold_no_word_of_a_canary() -> None:
    table = counted(SOWN.canaries, [True] * len(SOWN.canaries))
    said = {
        SOWN.copies[c.conversation_id]["text"].iloc[c.turn][c.start : c.end] for c in SOWN.canaries
    }
    assert not said & set(table["group"])
    assert not any(PLACEHOLDER.search(group) for group in table["group"])
