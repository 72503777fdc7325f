"""What the gate of the lens lets through, and what it names."""

import pandas as pd

from pipeline.checks.lens import unknown_codes, unscored
from pipeline.domain.themes.frameworks import Entry, Framework

LENSES = [
    Framework("made-up", tuple(Entry("made-up", c, c.title(), ()) for c in ("bees", "boats")), {})
]
SEGMENTS = pd.DataFrame({"segment_id": ["C1/1/0", "C1/3/0"]})
COMPLETE = pd.DataFrame(
    [
        (segment, "made-up", code)
        for segment in SEGMENTS["segment_id"]
        for code in ("bees", "boats")
    ],
    columns=["segment_id", "framework", "code"],
)


def test_a_complete_table_has_nothing_to_name() -> None:
    assert unscored(COMPLETE, SEGMENTS, LENSES) == []
    assert unknown_codes(COMPLETE, LENSES) == []


def test_a_segment_without_one_of_its_scores_is_named() -> None:
    assert unscored(COMPLETE.iloc[:-1], SEGMENTS, LENSES) == ["C1/3/0"]


def test_scores_of_a_segment_that_is_not_live_are_named() -> None:
    assert unscored(COMPLETE, SEGMENTS.iloc[:1], LENSES) == ["C1/3/0"]


def test_without_lenses_no_segment_needs_a_score() -> None:
    assert unscored(COMPLETE.iloc[:0], SEGMENTS, []) == []


def test_a_code_that_no_file_has_is_named_with_its_framework() -> None:
    strange = COMPLETE.assign(code=["bees", "boats", "bees", "kites"])
    assert unknown_codes(strange, LENSES) == ["made-up: kites"]
