"""What must be true of the lens before anything is chosen by it."""

from collections.abc import Sequence

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.domain.themes.lens import Framework

EVERY_SEGMENT_SCORED = Check(
    "lens_scores",
    "every_segment_is_scored",
    "Each live segment, and no other, has one score for every entry of every framework.",
)
KNOWN_CODES = Check(
    "lens_scores",
    "codes_are_of_the_frameworks",
    "Each framework and code is one that the programme gave in words.",
)


def unscored(
    scores: pd.DataFrame, segments: pd.DataFrame, frameworks: Sequence[Framework]
) -> list[str]:
    """Segments whose scores are not as many as there are entries, or that are not live."""
    n_entries = sum(len(framework.entries) for framework in frameworks)
    counts = scores["segment_id"].value_counts()
    expected = pd.Series(n_entries, index=pd.Index(segments["segment_id"]))
    asked = expected[expected > 0]
    found = counts.reindex(counts.index.union(asked.index), fill_value=0)
    return sorted(found.index[found.ne(asked.reindex(found.index, fill_value=0))])


def unknown_codes(scores: pd.DataFrame, frameworks: Sequence[Framework]) -> list[str]:
    """Pairs of framework and code that no file has, as framework and code."""
    known = {(f.name, entry.code) for f in frameworks for entry in f.entries}
    pairs = set(zip(scores["framework"], scores["code"], strict=True))
    return sorted(f"{framework}: {code}" for framework, code in pairs - known)
