"""What must be true of segments before they are embedded."""

from collections.abc import Mapping

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.checks.proof import pieces, turn_texts

VERBATIM = Check(
    "segments",
    "text_is_the_participants_own",
    "Each segment's text is what the redacted turns hold at its spans, and all of those turns are "
    "a participant's.",
)
EVERYONE_CONSENTED = Check(
    "segments",
    "everybody_may_be_heard",
    "Each segment belongs to a conversation with current consent, and to its own participant.",
)


def not_verbatim(segments: pd.DataFrame, redacted_turns: pd.DataFrame) -> list[str]:
    """Ids of segments whose text does not stand in a participant's redacted turns."""
    texts = turn_texts(redacted_turns, "participant")
    rows = segments[["segment_id", "conversation_id", "text", "spans"]].itertuples(index=False)
    return sorted(
        segment
        for segment, conversation, text, spans in rows
        if pieces(texts, conversation, spans) != text
    )


def not_consented(segments: pd.DataFrame, may_go_on: Mapping[str, str]) -> list[str]:
    """Ids of segments of conversations without consent, or under another person's id."""
    columns = (segments[name] for name in ("segment_id", "conversation_id", "participant_id"))
    return sorted(
        segment
        for segment, conversation, participant in zip(*columns, strict=True)
        if may_go_on.get(conversation) != participant
    )
