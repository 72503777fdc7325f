"""What must be true of themes before stories are told by them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.checks.proof import TurnTexts, is_proven, pieces, turn_texts

KNOWN_THEMES_AND_SEGMENTS = Check(
    "theme_assignments",
    "themes_and_segments_exist",
    "Each assignment is of a segment that is live to a theme in the table of themes.",
)
COUNTS_ADD_UP = Check(
    "themes",
    "counts_are_of_people",
    "People, conversations and segments of each live theme, counted anew from the assignments, "
    "are those in the table.",
)
PHRASES_VERBATIM = Check(
    "themes",
    "phrases_are_verbatim",
    "Each phrase is what its redacted turn holds at its offsets, and its hash agrees.",
)

FIT_TO_USE = Check(
    "themes",
    "theme_set_is_fit_to_use",
    "At most seventy themes, of enough people each, no two alike and no two with mostly the same "
    "members. The fit mends this: a failure is a fault of ours.",
)
PROMOTED = Check(
    "themes",
    "candidate_was_promoted",
    "Tonight's themes keep what people know: the segments their theme, few left out, no collapse. "
    "If not, last night's themes stay, with new segments where they are near; theme_runs says why "
    "and what to do.",
    blocking=False,
)


def dangling(assignments: pd.DataFrame, themes: pd.DataFrame, segments: pd.DataFrame) -> list[str]:
    """Assignments of unknown segments or to unknown themes, as segment and theme."""
    known_segments, known_themes = set(segments["segment_id"]), set(themes["theme_id"])
    pairs = zip(assignments["segment_id"], assignments["theme_id"], strict=True)
    return sorted(
        f"{segment} in {theme}"
        for segment, theme in pairs
        if segment not in known_segments or theme not in known_themes
    )


def miscounted(
    themes: pd.DataFrame, assignments: pd.DataFrame, segments: pd.DataFrame
) -> list[str]:
    """Ids of live themes whose counts do not follow from the assignments."""
    members = assignments.merge(segments, on="segment_id").groupby("theme_id")
    counted = pd.DataFrame(
        {
            "n_people": members["participant_id"].nunique(),
            "n_conversations": members["conversation_id"].nunique(),
            "n_segments": members["segment_id"].nunique(),
        }
    )
    live = themes[themes["status"] == "live"].set_index("theme_id")[list(counted)]
    anew = counted.reindex(live.index, fill_value=0)
    return sorted(live.index[(live != anew).any(axis=1)])


def unproven_phrases(themes: pd.DataFrame, redacted_turns: pd.DataFrame) -> list[str]:
    """Ids of themes with a phrase that does not stand where it says."""
    texts = turn_texts(redacted_turns)
    columns = zip(themes["theme_id"], themes["phrases"], strict=True)
    return sorted(
        theme for theme, phrases in columns if not all(_proven(texts, phrase) for phrase in phrases)
    )


def _proven(texts: TurnTexts, phrase: Mapping[str, Any]) -> bool:
    found = pieces(texts, phrase["conversation_id"], [phrase])
    return is_proven(phrase["text"], phrase["sha256"], found)
