"""What must be true of agreement before anybody reads it, and of the projects that it is from."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.domain.exchange.agreement import ALL
from pipeline.tables import records

PROJECTS_ARE_READ = Check(
    "coder_agreement",
    "every_recoded_project_is_read",
    "Each project in landing/recoded can be read, and all of it stands on text that is still the "
    "same; each that does not is named by reference with the reason, and the others are read.",
    blocking=False,
)
SEGMENTS_STAND = Check(
    "coder_disagreements",
    "segments_are_heard_today",
    "Each segment that is to be talked about is one of today's, of the conversation it names.",
)
AGREEMENT_FOLLOWS = Check(
    "coder_agreement",
    "counts_follow_from_the_disagreements",
    "Of each coder and theme, the segments that one side alone has in it are, counted anew, those "
    "of the list of disagreements; and no count is larger than the segments compared.",
)


def unknown_segments(disagreements: pd.DataFrame, segments: pd.DataFrame) -> list[str]:
    """Ids of segments that are none of today's, or of another conversation."""
    told_in = dict(zip(segments["segment_id"], segments["conversation_id"], strict=True))
    rows = zip(disagreements["segment_id"], disagreements["conversation_id"], strict=True)
    return sorted({segment for segment, told in rows if told_in.get(segment) != told})


def unfounded(agreement: pd.DataFrame, disagreements: pd.DataFrame) -> list[str]:
    """Rows of agreement, as coder and theme, that the disagreements speak against."""
    by_coder = {coder: records(rows) for coder, rows in disagreements.groupby("coder")}
    return [
        f"{row['coder']}/{row['theme_id']}"
        for row in records(agreement)
        if not _follows(row, by_coder.get(row["coder"], []))
    ]


def _follows(row: Mapping[str, Any], differing: list[dict[str, Any]]) -> bool:
    sides = [(set(d["machine_theme_ids"]), set(d["coder_theme_ids"])) for d in differing]
    if row["theme_id"] == ALL:
        alone = [(len(machine - coder), len(coder - machine)) for machine, coder in sides]
        same = row["n_units"] - len(sides)
        is_possible = abs(row["agreement"] * row["n_units"] - same) < 0.01 * row["n_units"]
    else:
        theme = {row["theme_id"]}
        alone = [
            (len(theme & machine - coder), len(theme & coder - machine)) for machine, coder in sides
        ]
        is_possible = max(row["n_machine"], row["n_coder"]) <= row["n_units"]
    machines, coders = (sum(side) for side in zip((0, 0), *alone, strict=True))
    return (
        is_possible
        and row["n_machine"] - row["n_both"] == machines
        and row["n_coder"] - row["n_both"] == coders
    )
