# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""What may leave for whom: tables, columns, lanes and kinds of sets, each named on purpose.

A column that is added to a table stays inside until somebody adds it here.
"""

from dataclasses import replace

from pipeline.tables import AUDIENCES, TABLES, TEXT, Column, Table

CONSENT_POLICY = "default no; audience includes narrower ones; per use; on the day of release"
DISCLOSURE_POLICY = (
    "themes and voices with fewer people than the threshold are left out; placeholders are told no "
    "finer than the audience's policy has it"
)
SCHEMA_VERSION = "3"

PROGRAMME_TEAM = AUDIENCES[0]

_THEMES = (
    "theme_id", "label", "label_by", "description", "keywords", "phrases", "n_people",
    "n_conversations", "n_segments", "share_of_people", "share_low", "share_high", "stability",
    "is_muddled", "warning",
)  # fmt: skip
_PREVALENCE = (
    "theme_id", "voice", "n_people", "n_conversations", "share_of_people", "share_low",
    "share_high", "share_of_conversations", "conversations_low", "conversations_high",
)  # fmt: skip
_QUOTES = (
    "quote_id", "conversation_id", "participant_id", "theme_id", "turn", "start", "end", "text",
    "reading_text", "sha256", "voice", "n_words", "reasons", "pool_size", "position",
)  # fmt: skip
_STORIES = (
    "story_id", "conversation_id", "participant_id", "theme_id", "lane", "voice", "text",
    "reading_text", "offsets", "sha256", "n_words", "reasons", "pool_size",
)  # fmt: skip
_PLACEHOLDERS = ("conversation_id", "placeholder", "entity_type", "level", "value", "reading")
_SETS = ("story_set_id", "kind", "title", "story_id", "position", "why")

_FOR_ALL: dict[str, tuple[str, ...]] = {
    "themes": _THEMES,
    "theme_prevalence": _PREVALENCE,
    "quotes": _QUOTES,
    "stories": _STORIES,
    "story_sets": _SETS,
    "placeholders": _PLACEHOLDERS,
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


def _with_reading(table: Table) -> Table:
    """The table with a column beside its text that only a release has."""
    column = Column(
        "reading_text", TEXT,
        "The text to read aloud or print: placeholders as this audience is told them, all else as "
        "it was said.",
    )  # fmt: skip
    at = [own.name for own in table.columns].index("text") + 1
    return replace(table, columns=(*table.columns[:at], column, *table.columns[at:]))


def _placeholders() -> Table:
    """What the audience is told for each placeholder: one level of table generalisations."""
    inner = TABLES["generalisations"]
    told = [
        replace(column, nullable=True) if column.name in {"level", "value"} else column
        for column in inner.columns
    ]
    reading = Column("reading", TEXT, "What stands in its place in the reading text.")
    return replace(
        inner,
        name="placeholders",
        zone="deidentified",
        key=("conversation_id", "placeholder"),
        meaning="What each placeholder in this release is told as, by the audience's policy.",
        columns=(*told, reading),
    )


RELEASED: dict[str, Table] = TABLES | {
    "quotes": _with_reading(TABLES["quotes"]),
    "stories": _with_reading(TABLES["stories"]),
    "placeholders": _placeholders(),
}
"""Tables as a release has them."""

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
