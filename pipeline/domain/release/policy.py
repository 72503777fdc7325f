"""What may leave for whom: tables, columns, lanes and kinds of sets, each named on purpose.

A column that is added to a table stays inside until somebody adds it here.
"""

from pipeline.tables import AUDIENCES

CONSENT_POLICY = "default no; audience includes narrower ones; per use; on the day of release"
DISCLOSURE_POLICY = "themes and voices with fewer people than the threshold are left out"
SCHEMA_VERSION = "1"

PROGRAMME_TEAM = AUDIENCES[0]

_THEMES = (
    "theme_id", "label", "keywords", "phrases", "n_people", "n_conversations", "n_segments",
    "share_of_people", "share_low", "share_high", "stability",
)  # fmt: skip
_PREVALENCE = (
    "theme_id", "voice", "n_people", "n_conversations", "share_of_people", "share_low",
    "share_high",
)  # fmt: skip
_QUOTES = (
    "quote_id", "conversation_id", "participant_id", "theme_id", "turn", "start", "end", "text",
    "sha256", "voice", "n_words", "reasons", "pool_size", "position",
)  # fmt: skip
_STORIES = (
    "story_id", "conversation_id", "participant_id", "theme_id", "lane", "voice", "text",
    "offsets", "sha256", "n_words", "reasons", "pool_size",
)  # fmt: skip
_SETS = ("story_set_id", "kind", "title", "story_id", "position", "why")

_FOR_ALL: dict[str, tuple[str, ...]] = {
    "themes": _THEMES,
    "theme_prevalence": _PREVALENCE,
    "quotes": _QUOTES,
    "stories": _STORIES,
    "story_sets": _SETS,
}

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "programme team": _FOR_ALL
    | {
        "redacted_turns": ("conversation_id", "turn", "role", "start_s", "end_s", "text"),
        "segments": (
            "segment_id", "conversation_id", "participant_id", "turn_start", "turn_end",
            "question", "text", "spans", "n_words", "voice", "voice_score",
        ),
        "theme_assignments": ("segment_id", "theme_id", "membership", "strength"),
    },
    "health and care partners": _FOR_ALL,
    "co-design events": _FOR_ALL,
    "public": _FOR_ALL,
}  # fmt: skip
"""Audience, table, columns that leave."""

SET_KINDS: dict[str, frozenset[str]] = {
    "programme team": frozenset({"theme", "priority", "pathway", "training", "new_perspective"}),
    "health and care partners": frozenset({"theme", "priority", "pathway", "training"}),
    "co-design events": frozenset({"theme", "priority", "pathway"}),
    "public": frozenset({"theme", "priority"}),
}
"""Kinds of story sets for each audience.

New perspectives are one person's story about what few share: beyond the programme team they wait
for people's sign-off. A pathway set would tell the public about the health of whoever is in it.
"""


def slug(audience: str) -> str:
    """The audience as the name of a folder."""
    return audience.replace(" ", "-")


def audience_of(folder: str) -> str | None:
    """The audience whose releases lie in a folder of this name."""
    return next((audience for audience in AUDIENCES if slug(audience) == folder), None)
