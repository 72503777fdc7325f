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

ONE_QUOTE_A_PERSON = Check(
    "quotes",
    "nobody_is_quoted_twice_in_a_theme",
    "Each person has at most one quote in a theme.",
)
SETS_ACCOUNTED_FOR = Check(
    "story_set_outcomes",
    "every_set_is_made_or_said_to_be_empty",
    "Each set has one outcome; one said to be empty has no stories, one that was made has as many "
    "as it says.",
)
EVERY_SEGMENT_SCORED = Check(
    "segment_novelty",
    "every_segment_has_its_place",
    "Each segment has one place by novelty, from 1 on, and none is passed over.",
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


def quoted_twice(quotes: pd.DataFrame) -> list[str]:
    """Ids of quotes of somebody who is quoted already in the theme."""
    again = quotes.duplicated(["theme_id", "participant_id"])
    return sorted(quotes.loc[again, "quote_id"])


def unaccounted_sets(story_sets: pd.DataFrame, outcomes: pd.DataFrame) -> list[str]:
    """Sets whose outcome is missing, or does not say how many stories they have."""
    found = story_sets["story_set_id"].value_counts()
    said = outcomes.set_index("story_set_id")
    n_said = said["n_stories"].reindex(found.index.union(said.index))
    wrong = n_said.ne(found.reindex(n_said.index, fill_value=0))
    untrue = said.index[said["outcome"].eq("made") != said["n_stories"].gt(0)]
    return sorted({*n_said.index[wrong], *untrue})


def unscored(novelty: pd.DataFrame, segments: pd.DataFrame) -> list[str]:
    """Segments without a place by novelty, scores of no segment, and places passed over."""
    ids = set(novelty["segment_id"]) ^ set(segments["segment_id"])
    ranks = set(range(1, len(novelty) + 1)) - set(novelty["rank"].tolist())
    return [*sorted(ids), *(f"place {rank}" for rank in sorted(ranks))]
