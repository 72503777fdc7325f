"""What must be true of quotes and stories before anybody hears them."""

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.checks.proof import is_proven, pieces, turn_texts

QUOTES_VERBATIM = Check(
    "quotes",
    "quotes_are_verbatim",
    "Each quote is what a participant's redacted turn holds at its offsets, and its hash agrees.",
)
STORIES_VERBATIM = Check(
    "stories",
    "stories_are_verbatim",
    "Each piece of a story is what a participant's redacted turn holds at its offsets, and the "
    "hash of the whole agrees.",
)
SETS_COMPLETE = Check(
    "story_sets",
    "every_story_of_a_set_exists",
    "No set names a story that is not in the table of stories.",
)


def unproven_quotes(quotes: pd.DataFrame, redacted_turns: pd.DataFrame) -> list[str]:
    """Ids of quotes that do not stand where they say, or were not said by a participant."""
    texts = turn_texts(redacted_turns, "participant")
    rows = quotes[["quote_id", "conversation_id", "turn", "start", "end", "text", "sha256"]]
    return sorted(
        quote
        for quote, conversation, turn, start, end, text, sha256 in rows.itertuples(index=False)
        if not is_proven(
            text,
            sha256,
            pieces(texts, conversation, [{"turn": turn, "start": start, "end": end}]),
        )
    )


def unproven_stories(stories: pd.DataFrame, redacted_turns: pd.DataFrame) -> list[str]:
    """Ids of stories of which a piece does not stand where it says."""
    texts = turn_texts(redacted_turns, "participant")
    rows = stories[["story_id", "conversation_id", "offsets", "text", "sha256"]]
    return sorted(
        story
        for story, conversation, offsets, text, sha256 in rows.itertuples(index=False)
        if not is_proven(text, sha256, pieces(texts, conversation, offsets))
    )


def missing_stories(story_sets: pd.DataFrame, stories: pd.DataFrame) -> list[str]:
    """Places in sets, as set and position, whose story does not exist."""
    known = set(stories["story_id"])
    columns = (story_sets[name] for name in ("story_set_id", "position", "story_id"))
    return sorted(
        f"{story_set}/{position}"
        for story_set, position, story in zip(*columns, strict=True)
        if story not in known
    )
