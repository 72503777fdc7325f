"""Proof by offset and hash: a text is verbatim if it stands where it says it stands."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipeline.domain.validation.interpreted import with_interpreted_answers
from pipeline.domain.validation.segments import JOIN

TurnTexts = Mapping[tuple[str, int], str]


def turn_texts(redacted_turns: pd.DataFrame, role: str | None = None) -> TurnTexts:
    """Text of each turn by conversation and position; of one role if one is named.

    An interpreter's answers are the participant's.
    """
    heard = with_interpreted_answers(redacted_turns)
    columns = (heard[name] for name in ("conversation_id", "turn", "role", "text"))
    return {
        (conversation, int(turn)): text
        for conversation, turn, spoken_by, text in zip(*columns, strict=True)
        if role in (None, spoken_by)
    }


def pieces(texts: TurnTexts, conversation: str, spans: Iterable[Mapping[str, Any]]) -> str | None:
    """What stands at the spans, pieces joined by a blank line; None: there is no such place."""
    found: list[str] = []
    for span in spans:
        text = texts.get((conversation, int(span["turn"])))
        if text is None or not 0 <= span["start"] < span["end"] <= len(text):
            return None
        found.append(text[span["start"] : span["end"]])
    return JOIN.join(found)


def is_proven(text: str, sha256: str, found: str | None) -> bool:
    """Whether text, hash and the place it claims agree."""
    return text == found and hashlib.sha256(text.encode()).hexdigest() == sha256
