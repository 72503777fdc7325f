"""Replacing identifiers of people by names that hold for one audience only."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.domain.governance.approvals import INEQUALITIES
from pipeline.domain.governance.keys import pseudonym

KINDS: dict[str, str] = {
    "conversation_id": "conversation",
    "participant_id": "person",
    "segment_id": "segment",
    "quote_id": "quote",
    "story_id": "story",
    "clip_id": "clip",
}
"""Columns whose values identify a person's words, and what their pseudonyms begin with."""


def for_audience(frame: pd.DataFrame, audience: str, key: bytes) -> pd.DataFrame:
    """The table with pseudonyms in place of identifiers, also inside phrases."""
    renamed = frame.copy()
    for column in set(KINDS) & set(frame.columns):
        renamed[column] = [
            None if pd.isna(value) else pseudonym(key, audience, KINDS[column], value)
            for value in frame[column]
        ]
    if "subject" in frame.columns:
        renamed["subject"] = [
            one if one == INEQUALITIES else pseudonym(key, audience, KINDS["story_id"], one)
            for one in frame["subject"]
        ]
    if "phrases" in frame.columns:
        phrases = [[_phrase(one, audience, key) for one in own] for own in frame["phrases"]]
        renamed["phrases"] = pd.Series(phrases, index=frame.index, dtype=object)
    return renamed


def _phrase(phrase: Mapping[str, Any], audience: str, key: bytes) -> dict[str, Any]:
    own = pseudonym(key, audience, "conversation", phrase["conversation_id"])
    return dict(phrase) | {"conversation_id": own}
