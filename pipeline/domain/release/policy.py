# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""What may leave for whom: tables, columns, lanes and kinds of sets, each named on purpose.

A column that is added to a table stays inside until somebody adds it here.
"""

from dataclasses import replace

from pipeline.domain.release.disclosure import REASONS
from pipeline.tables import AUDIENCES, INT, TABLES, TEXT, Column, Table
from pipeline.tables import SET_KINDS as EVERY_KIND

CONSENT_POLICY = "default no; audience includes narrower ones; per use; on the day of release"
SCHEMA_VERSION = "4"

PROGRAMME_TEAM = AUDIENCES[0]

_THEMES = (
    "theme_id", "label", "label_by", "description", "keywords", "phrases", "n_people",
    "n_conversations", "share_of_people", "share_low", "share_high", "hidden", "stability",
    "is_muddled", "warning",
)  # fmt: skip
_PREVALENCE = (
    "theme_id", "voice", "n_people", "n_conversations", "share_of_people", "share_low",
    "share_high", "share_of_conversations", "conversations_low", "conversations_high", "hidden",
)  # fmt: skip
_QUOTES = (
    "quote_id", "conversation_id", "participant_id", "theme_id", "turn", "start", "end", "text",
    "reading_text", "sha256", "voice", "n_words", "reasons", "is_counterpoint", "pool_size",
    "position",
)  # fmt: skip
_STORIES = (
    "story_id", "conversation_id", "participant_id", "theme_id", "lane", "voice", "text",
    "reading_text", "offsets", "sha256", "n_words", "reasons", "pool_size",
)  # fmt: skip
_PLACEHOLDERS = ("conversation_id", "placeholder", "entity_type", "level", "value", "reading")
_SETS = ("story_set_id", "kind", "title", "story_id", "position", "why")

_OVERVIEW = ("fact", "n", "hidden", "meaning")
_CHANGES = ("kind", "id", "what", "before", "after")
_GROUPS = (
    "theme_id", "dimension", "group", "n_people", "n_in_group", "share_of_group", "share_low",
    "share_high", "hidden",
)  # fmt: skip
_SATURATION = (
    "n_conversations", "share_seen", "share_low", "share_high", "new_share", "new_high",
)  # fmt: skip
_VERDICTS = (
    "dimension", "group", "n_people", "n_themes", "n_themes_of_others", "n_unseen", "coverage",
    "new_share", "n_at_5_percent", "n_at_5_percent_low", "n_at_5_percent_high", "n_at_0",
    "n_at_0_low", "n_at_0_high", "verdict", "sentence",
)  # fmt: skip
_ROBUSTNESS = (
    "theme_id", "rank", "top_ten_share", "weighted_share", "weighted_rank", "rank_change",
    "weighted_top_ten_share", "effective_people", "weighted_by",
)  # fmt: skip
_ACTIONS = (
    "action_id", "position", "what", "by_role", "status", "because", "theme_ids", "story_set_ids",
    "started_on", "done_on", "told_on", "told_how",
)  # fmt: skip
_AGREEMENT = (
    "coder", "theme_id", "n_conversations", "n_units", "n_machine", "n_coder", "n_both",
    "prevalence_machine", "prevalence_coder", "agreement", "kappa", "kappa_low", "kappa_high",
    "ac1", "ac1_low", "ac1_high", "alpha", "alpha_low", "alpha_high", "precision",
    "precision_low", "precision_high", "recall", "recall_low", "recall_high", "f1", "f1_low",
    "f1_high", "sentence",
)  # fmt: skip
_MAP = ("theme_id", "x", "y")
_REPRESENTATION = (
    "dimension", "group", "n_people", "share", "reference_share", "index", "index_low",
    "index_high", "expected_low", "expected_high", "verdict", "sentence",
)  # fmt: skip
_SUMMARY = (
    "dimension", "n_people", "index_of_proportionality", "expected", "expected_low",
    "expected_high", "residual", "n_not_stated", "share_not_stated", "source", "sentence",
)  # fmt: skip
_EQUITY = (
    "measure", "dimension", "group", "n_people", "value", "value_of_others", "gap", "gap_low",
    "gap_high", "confidence", "hidden", "sentence",
)  # fmt: skip
_INEQUALITIES = (
    "theme_id", "dimension", "group", "direction", "share_of_group", "share_of_others",
    "difference", "difference_low", "difference_high", "confidence", "sentence",
)  # fmt: skip
_INTERVIEWERS = (
    "interviewer", "kind", "n_conversations", "talk_share", "talk_low", "talk_high",
    "open_question_share", "open_low", "open_high", "leading_share", "leading_low", "leading_high",
    "questions_per_1000_words", "words_per_answer", "longest_turn_words", "first_story_share",
    "words_to_first_story", "minutes_to_first_story", "interruptions_per_hour",
)  # fmt: skip
_CLIPS = (
    "clip_id", "position", "conversation_id", "participant_id", "touchpoint", "title", "voice",
    "kind", "quote_id", "story_id", "turn", "start_s", "end_s", "seconds", "is_estimated",
)  # fmt: skip

_FOR_ALL: dict[str, tuple[str, ...]] = {
    "themes": _THEMES,
    "theme_prevalence": _PREVALENCE,
    "quotes": _QUOTES,
    "stories": _STORIES,
    "story_sets": _SETS,
    "placeholders": _PLACEHOLDERS,
    "overview": _OVERVIEW,
    "changes": _CHANGES,
    "theme_map": _MAP,
    "theme_groups": _GROUPS,
    "saturation": _SATURATION,
    "saturation_verdicts": _VERDICTS,
    "theme_robustness": _ROBUSTNESS,
    "representation": _REPRESENTATION,
    "representation_summary": _SUMMARY,
    "actions": _ACTIONS,
}

_FOR_EVENTS: dict[str, tuple[str, ...]] = {
    "inequalities": _INEQUALITIES,
    "touchpoints": (
        "touchpoint", "title", "position", "n_people", "n_good", "n_improve", "n_hope",
        "share_good", "share_improve", "share_hope", "feeling_words",
    ),
    "emotional_map": (
        "touchpoint", "position", "group_of_feelings", "title", "group_position", "n_people",
        "words", "quote_id",
    ),
    "table_sheets": (
        "pack", "pack_kind", "title", "theme_id", "sheet", "kind", "position", "participant_id",
        "voice", "quote_id", "story_id", "question",
    ),
}  # fmt: skip
"""What people work with who sit at one table; inequalities wait for a sign-off of their own."""

PASSED_ON = frozenset(
    {
        "actions", "clearances", "coder_agreement", "coder_disagreements", "emotional_map",
        "inequalities", "interviewers", "pipeline_equity", "representation",
        "representation_summary", "saturation", "saturation_verdicts", "segment_novelty",
        "story_set_outcomes", "table_sheets", "theme_groups", "theme_map", "theme_robustness",
        "theme_salience", "touchpoints", "trigger_clips",
    }
)  # fmt: skip
"""Tables whose counts are controlled where they are made, in the night: they leave as they are.

They leave for the audiences that have them in `COLUMNS`, less the rows about what does not leave:
see `pipeline.domain.release.passing`. A new one is named here, and in `COLUMNS` with its columns.
"""

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "programme team": _FOR_ALL
    | _FOR_EVENTS
    | {
        "themes": (*_THEMES, "n_segments"),
        "theme_salience": ("theme_id", "n_people", "mean_share", "median_share"),
        "trigger_clips": _CLIPS,
        "pipeline_equity": _EQUITY,
        "interviewers": _INTERVIEWERS,
        "clearances": (
            "subject", "audience", "status", "roles", "text_check", "cleared_until",
            "is_asked_for", "why",
        ),
        "story_set_outcomes": (
            "story_set_id", "kind", "title", "outcome", "n_stories", "n_considered", "why",
        ),
        "segment_novelty": ("segment_id", "novelty", "rank", "reasons"),
        "coder_agreement": _AGREEMENT,
        "coder_disagreements": (
            "coder", "segment_id", "conversation_id", "machine_theme_ids", "coder_theme_ids",
            "own_codes", "distance",
        ),
        "redacted_turns": ("conversation_id", "turn", "role", "start_s", "end_s", "text"),
        "segments": (
            "segment_id", "conversation_id", "participant_id", "turn_start", "turn_end",
            "question", "text", "spans", "n_words", "voice", "voice_score",
        ),
        "theme_assignments": ("segment_id", "theme_id", "membership", "strength"),
    },
    "health and care partners": _FOR_ALL | _FOR_EVENTS | {"pipeline_equity": _EQUITY},
    "co-design events": _FOR_ALL | _FOR_EVENTS | {"trigger_clips": _CLIPS},
    "public": _FOR_ALL,
}  # fmt: skip
"""Audience, table, columns that leave."""


_HIDDEN = Column(
    "hidden", TEXT,
    "Why a count is not told: too few people raise it or too few do not; or it would give another "
    "such count away.",
    nullable=True, allowed=REASONS,
)  # fmt: skip
_LATE = (
    " Rounded as the audience's policy has it, and told as it was before until it has moved by "
    "enough people; null: hidden."
)


def _controlled(table: Table) -> Table:
    """The table with counts that may be hidden, and a column that says why."""
    columns: list[Column] = []
    for column in table.columns:
        is_count = column.name in ("n_people", "n_conversations")
        is_hidden = is_count or "share" in column.name or column.name.startswith("conversations_")
        meaning = column.meaning + _LATE * is_count
        columns.append(replace(column, nullable=True, meaning=meaning) if is_hidden else column)
    return replace(table, columns=(*columns, _HIDDEN))


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


OVERVIEW = Table(
    "overview", "governance", "deidentified", False, ("fact",),
    "The release in numbers: whom it is from, what is in it, and what was left out and why.",
    (
        Column("fact", TEXT, "What is counted."),
        Column("n", INT, "How many; null: hidden.", nullable=True),
        Column("hidden", TEXT, "Why a number is not told.", nullable=True, allowed=REASONS),
        Column("meaning", TEXT, "What is counted, in words."),
    ),
)  # fmt: skip
_CHANGED = ("theme", "quote", "story", "set", "count")
_CHANGED_HOW = (
    "new", "gone", "renamed", "more", "fewer", "shown", "hidden", "other_stories",
)  # fmt: skip
CHANGES = Table(
    "changes", "governance", "deidentified", False, ("kind", "id", "what"),
    "What is not as it was in the release before, as far as this audience could see it.",
    (
        Column("kind", TEXT, "What has changed.", allowed=_CHANGED),
        Column(
            "id", TEXT,
            "The theme or set; the quote or story that is new, or the theme of those that are "
            "gone; of a count, the fact of the overview.",
        ),
        Column("what", TEXT, "How it has changed.", allowed=_CHANGED_HOW),
        Column(
            "before", TEXT,
            "What was told before: a count, a label or a title; of quotes and stories that are "
            "gone, how many; null: nothing.",
            nullable=True,
        ),
        Column("after", TEXT, "What is told now; null: nothing.", nullable=True),
    ),
)  # fmt: skip
"""Tables that only a release has."""

RELEASED: dict[str, Table] = TABLES | {
    "themes": _controlled(TABLES["themes"]),
    "theme_prevalence": _controlled(TABLES["theme_prevalence"]),
    "overview": OVERVIEW,
    "changes": CHANGES,
    "quotes": _with_reading(TABLES["quotes"]),
    "stories": _with_reading(TABLES["stories"]),
    "placeholders": _placeholders(),
}
"""Tables as a release has them."""

SET_KINDS: dict[str, frozenset[str]] = {
    "programme team": frozenset(EVERY_KIND),
    "health and care partners": frozenset(EVERY_KIND),
    "co-design events": frozenset(EVERY_KIND) - {"training"},
    "public": frozenset({"theme", "priority", "new_perspective", "good_practice"}),
}
"""Kinds of story sets for each audience.

Beyond the programme team every story waits for people's sign-off, and what differs between groups
of people for one of its own. A pathway set would tell the public about the health of whoever is in
it; training needs its own consent and is for staff.
"""


def released_columns(audience: str, table: str) -> tuple[Column, ...]:
    """Columns of a table that leave for an audience, in the table's order."""
    return tuple(c for c in RELEASED[table].columns if c.name in COLUMNS[audience][table])


def slug(audience: str) -> str:
    """The audience as the name of a folder."""
    return audience.replace(" ", "-")


def audience_of(folder: str) -> str | None:
    """The audience whose releases lie in a folder of this name."""
    return next((audience for audience in AUDIENCES if slug(audience) == folder), None)
