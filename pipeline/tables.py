"""Every table: its columns, Arrow types and meaning.

The one source for Parquet schemas, gates, the data dictionary and `datapackage.json`. A table is an asset, a Parquet
file and an expectations suite of the same name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import PipelineError

# Pinned so that the same rows give the same bytes at every run.
PARQUET_OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_statistics": True,
    "data_page_version": "2.0",
    "row_group_size": 64_000,
    "store_schema": True,
}

Zone = Literal["restricted", "deidentified", "quarantine"]
Stage = Literal[
    "intake", "redaction", "validation", "embedding", "themes", "stories", "governance", "exchange",
]  # fmt: skip

ROLES = ("participant", "interviewer", "interpreter", "other")
VOICES = ("good", "improve", "hope", "none")
LANES = ("theme", "new_perspective", "counterpoint")
SET_KINDS = (
    "theme", "priority", "pathway", "inequalities", "training", "new_perspective", "good_practice",
)  # fmt: skip
AUDIENCES = ("programme team", "health and care partners", "co-design events", "public")
"""From the narrowest to the widest; consent to one includes all before it."""

ENTITY_TYPES = (
    "PERSON", "PLACE", "ORG", "ADDRESS", "POSTCODE", "PHONE", "EMAIL", "HANDLE", "URL", "ID", "DOB",
    "DATE", "AGE", "JOB",
)  # fmt: skip
DIRECT_IDENTIFIERS = frozenset(
    {"PERSON", "ADDRESS", "POSTCODE", "PHONE", "EMAIL", "HANDLE", "URL", "ID", "DOB"}
)
SUSPICIONS = ("known_token", "propagated_token", "second_opinion", "digits", "rare_word")
"""Why words of a redacted turn are shown to a person, gravest first."""
CANARY_COUNTS = ("all", "direct", "type", "origin", "format", "writing")
OUTCOMES = ("masked", "kept", "known_name", "outweighed", "part_of_more")
RECALL_REASONS = ("narrowed", "withdrawn", "erased", "expired")
CLOCKS = ("raw_turns", "quarantine", "redacted", "vector_cache", "releases", "originals")
RETENTION_OUTCOMES = ("kept", "removed", "in_use", "for_people")
THEME_ACTIONS = ("rename", "describe", "merge", "keep_apart", "hide", "undo")
THEME_OUTCOMES = (
    "applied", "waits", "overruled", "contradicts", "no_longer_applies", "held_back",
    "not_readable",
)  # fmt: skip

APPROVAL_DECISIONS = ("approve", "refuse")
CLEARANCES = ("cleared", "waits", "refused", "expired", "text_changed")
ACTION_STATES = ("planned", "under_way", "done", "not_possible")
USES = ("counted", "quote", "story")
VERDICTS = ("over", "as_expected", "under", "missing", "no_reference", "hidden")
"""How many of a group were heard, beside what its share of the population would make."""
EQUITY_MEASURES = (
    "redactions_per_1000_words", "review_hits_per_1000_words", "canary_recall", "words_excluded",
    "words_in_no_theme", "people_in_no_theme", "words_per_person", "quotes_per_1000_words",
    "story_words_per_1000_words",
)  # fmt: skip

FEELINGS = (
    "worried", "sad", "angry", "ashamed", "lonely", "confused", "worn_out", "unheard", "relieved",
    "grateful", "happy", "proud", "hopeful", "safe", "valued", "loved",
)  # fmt: skip
"""Groups of words for feelings, as the emotional map has them."""

GENERALISATION_LEVELS = (
    "five_years", "ten_years", "twenty_years", "life_stage", "season_and_year", "year", "decade",
    "season", "area", "county", "nation", "country", "abroad", "kind", "field", "relation",
)  # fmt: skip
TEXT, INT, REAL, FLAG, DAY = pa.string(), pa.int32(), pa.float64(), pa.bool_(), pa.date32()
SPAN = pa.struct([("turn", INT), ("start", INT), ("end", INT)])
PHRASE = pa.struct(
    [
        ("conversation_id", TEXT), ("turn", INT), ("start", INT), ("end", INT), ("text", TEXT),
        ("sha256", TEXT),
    ]
)  # fmt: skip
LABELLED = pa.struct([("run_id", TEXT), ("label", TEXT), ("by", TEXT)])


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in words an analyst understands."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: where it is, how it is cut and what identifies a row."""

    name: str
    stage: Stage
    zone: Zone
    per_batch: bool
    key: tuple[str, ...]
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema with the meaning of table and columns as metadata."""
        fields = [
            pa.field(c.name, c.type, nullable=c.nullable, metadata={"description": c.meaning})
            for c in self.columns
        ]
        return pa.schema(fields, metadata={"table": self.name, "description": self.meaning})


CONVERSATION = Column("conversation_id", TEXT, "The recorded interview, as in the register.")
PERSON = Column("participant_id", TEXT, "The person who took part, as in the register.")
TURN = Column("turn", INT, "Position of the turn in its conversation, from 0.")
SEGMENT = Column("segment_id", TEXT, "The segment: conversation, first turn and window number.")
THEME = Column("theme_id", TEXT, "The theme; stays the same from night to night.")
MEMBERSHIP = Column(
    "membership",
    TEXT,
    "Core: found by clustering; nearest: placed by its neighbours, or kept from the night before; "
    "also: a second theme that the segment is near.",
    allowed=("core", "nearest", "also"),
)
STRENGTH = Column("strength", REAL, "How firmly it belongs, 0 to 1.")
TOUCHPOINT = Column("touchpoint", TEXT, "The moment: an entry of the programme's touchpoints.")
SHA256 = Column("sha256", TEXT, "SHA-256 of the UTF-8 text, to prove that it was not altered.")
ROLE = Column("role", TEXT, "Who speaks in this turn.", allowed=ROLES)
START_S = Column("start_s", REAL, "Seconds from the start of the recording.", nullable=True)
END_S = Column("end_s", REAL, "Seconds from the start of the recording.", nullable=True)
VOICE = Column(
    "voice",
    TEXT,
    "What was good or helpful, could be improved, a hope or idea, or none of these.",
    allowed=VOICES,
)


def _band(name: str, meaning: str) -> Column:
    return Column(name, TEXT, meaning, nullable=True)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "turns", "intake", "restricted", True, ("conversation_id", "turn"),
            "Who said what, in order, before redaction.",
            (
                CONVERSATION, TURN, ROLE,
                Column("speaker", TEXT, "The label in the transcript; may be a name."),
                START_S, END_S,
                Column("text", TEXT, "What was said, before redaction."),
                Column("source_format", TEXT, "The transcript format it was read from."),
                Column("content_hash", TEXT, "SHA-256 of the file it was read from."),
            ),
        ),
        Table(
            "participants", "intake", "restricted", False, ("conversation_id",),
            "The register without names: who took part, in bands.",
            (
                CONVERSATION, PERSON,
                _band("contributor_role", "Service user, unpaid carer, volunteer, staff or resident."),
                _band("interviewer_id", "The interviewer's code."),
                Column("interviewed_on", DAY, "Day of the interview.", nullable=True),
                _band("mode", "In person, video call or telephone."),
                _band("age_band", "Age in bands of years."),
                _band("sex", "Sex as registered."),
                _band("gender_same_as_registered", "Whether gender is the same as sex registered at birth."),
                _band("ethnic_group", "Ethnic group, harmonised categories of England and Wales."),
                _band("disability", "Census 2021 wording."),
                _band("sexual_orientation", "As stated."),
                _band("religion", "As stated."),
                _band("unpaid_carer", "Whether the person is an unpaid carer."),
                _band("first_language", "First language, as stated."),
                _band("locality", "Town or village of the person."),
            ),
        ),
        Table(
            "known_names", "intake", "restricted", False, ("conversation_id", "name", "kind"),
            "Names that the programme knows before it reads a word: what redaction must never miss.",
            (
                CONVERSATION,
                Column("name", TEXT, "A name or nickname."),
                Column("kind", TEXT, "Whose name.", allowed=("participant", "interviewer", "third_party")),
            ),
        ),
        Table(
            "consent", "governance", "restricted", False, ("conversation_id",),
            "Who may hear each conversation and for what; no entry means no.",
            (
                CONVERSATION, PERSON,
                Column("audience", TEXT, "The widest audience consented to; null: none.", nullable=True, allowed=AUDIENCES),
                Column("quote", FLAG, "May short quotes be used?"),
                Column("story", FLAG, "May whole stories be used?"),
                Column("training", FLAG, "May it be used in staff training?"),
                Column("recontact", FLAG, "May the person be contacted again?"),
                Column("film", FLAG, "May the recording itself be played, sound or picture?"),
                _band("wording", "Version of the consent form."),
                Column("given_on", DAY, "Day consent was given.", nullable=True),
                Column("expires_on", DAY, "Last day of consent; null: no end.", nullable=True),
                Column("withdrawn_on", DAY, "Day consent was withdrawn.", nullable=True),
            ),
        ),
        Table(
            "quarantine", "governance", "quarantine", True, ("file_ref",),
            "Conversations set aside, with a reason, a sentence and a remedy; holds nothing that was said.",
            (
                Column("file_ref", TEXT, "First 12 characters of the SHA-256 of the file's name; the name itself may be personal."),
                Column("conversation_id", TEXT, "The conversation, if the register knows the id that the file is named after.", nullable=True),
                Column("reason", TEXT, "Reason code."),
                Column("place", TEXT, "Where in the file or register, without its content."),
                Column("sentence", TEXT, "What is wrong."),
                Column("remedy", TEXT, "What to do."),
                Column("content_hash", TEXT, "SHA-256 of the file; null: it could not be read.", nullable=True),
            ),
        ),
        Table(
            "redacted_turns", "redaction", "deidentified", True, ("conversation_id", "turn"),
            "Who said what, in order, personal data replaced by its type.",
            (
                CONVERSATION, TURN, ROLE, START_S, END_S,
                Column("text", TEXT, "What was said; personal data as [PERSON_1], [PLACE_2] ..."),
                Column("n_redactions", INT, "Placeholders in this turn."),
            ),
        ),
        Table(
            "redactions", "redaction", "restricted", True, ("conversation_id", "turn", "start"),
            "Where something was redacted, as which type and by which rule; never the words.",
            (
                CONVERSATION, TURN,
                Column("start", INT, "First character in the raw turn, from 0."),
                Column("end", INT, "One past the last character in the raw turn."),
                Column("entity_type", TEXT, "Type of personal data.", allowed=ENTITY_TYPES),
                Column("replacement", TEXT, "The placeholder."),
                Column("rule", TEXT, "Which rule found it; several are joined by '+'."),
                Column("score", REAL, "Confidence of the rule, 0 to 1."),
            ),
        ),
        Table(
            "generalisations", "redaction", "restricted", True, ("conversation_id", "placeholder", "level"),
            "What each placeholder may be told as, at every level of detail; never the words. An audience is told what its policy allows.",
            (
                CONVERSATION,
                Column("placeholder", TEXT, "The placeholder, as it stands in the redacted turns."),
                Column("entity_type", TEXT, "Type of personal data.", allowed=ENTITY_TYPES),
                Column("level", TEXT, "How finely it is told.", allowed=GENERALISATION_LEVELS),
                Column("value", TEXT, "What it comes to at this level, such as 70 to 79, spring 1987 or Purbeck."),
            ),
        ),
        Table(
            "redaction_review", "redaction", "restricted", True, ("rank",),
            "What a second, different search still takes for personal in redacted turns: for a person to look at, the most suspicious first.",
            (
                Column("rank", INT, "Place in the list, from 1: the most suspicious first."),
                CONVERSATION, TURN,
                Column("start", INT, "First character in the redacted turn, from 0."),
                Column("end", INT, "One past the last character in the redacted turn."),
                Column("words", TEXT, "The words that stand there."),
                Column("suspicion", TEXT, "What they may be.", allowed=SUSPICIONS),
                Column("detector", TEXT, "Which search found them; several are joined by '+'."),
                Column("score", REAL, "How suspicious, 0 to 1."),
            ),
        ),
        Table(
            "redaction_canaries", "redaction", "deidentified", True, ("by", "group"),
            "Made-up identifiers sown into copies of real turns of the batch, and how many redaction found: counts, no words.",
            (
                Column("by", TEXT, "By what they are counted.", allowed=CANARY_COUNTS),
                Column("group", TEXT, "Which type, origin of name, transcript format or way of writing."),
                Column("n_seeded", INT, "Made-up identifiers sown."),
                Column("n_found", INT, "Of these, redacted to the last letter and digit."),
                Column("recall", REAL, "Share found, 0 to 1."),
                Column("recall_low", REAL, "Lower end of the 95 % Wilson interval."),
                Column("recall_high", REAL, "Upper end of the 95 % Wilson interval."),
            ),
        ),
        Table(
            "decision_outcomes", "redaction", "restricted", True, ("conversation_id", "decision_id"),
            "What came of reviewers' decisions in each conversation in which their words stand.",
            (
                CONVERSATION,
                Column("decision_id", TEXT, "The decision, as in redaction_decisions."),
                Column("n_mentions", INT, "How often its words stand in the conversation."),
                Column("outcome", TEXT, "Masked or kept as decided; or not kept: a name of the register, masked by another decision, or part of a longer redaction.", allowed=OUTCOMES),
            ),
        ),
        Table(
            "segments", "validation", "deidentified", True, ("segment_id",),
            "Windows of participants' words that passed every gate: the unit that is embedded.",
            (
                SEGMENT, CONVERSATION, PERSON,
                Column("turn_start", INT, "First participant turn of the window."),
                Column("turn_end", INT, "Last participant turn of the window."),
                Column("question", TEXT, "The interviewer's words before it, redacted; may be empty."),
                Column("text", TEXT, "The participant's words, redacted."),
                Column("spans", pa.list_(SPAN), "Where the text stands in the redacted turns; pieces are joined by a blank line."),
                Column("n_words", INT, "Words of the participant in the window, placeholders left out."),
                VOICE,
                Column("voice_score", REAL, "Confidence of the voice, 0 to 1."),
                Column("answer_voice", TEXT, "Voice of the whole answer that the window is part of.", allowed=VOICES),
                Column("answer_voice_score", REAL, "Confidence of that voice, 0 to 1."),
            ),
        ),
        Table(
            "exclusions", "validation", "deidentified", True, ("conversation_id", "reason"),
            "What validation left out of the segments, counted by reason.",
            (
                CONVERSATION,
                Column("reason", TEXT, "Why it was left out.", allowed=("not_participant", "too_short", "mostly_redacted", "no_consent")),
                Column("n_turns", INT, "Turns left out."),
                Column("n_words", INT, "Words left out."),
            ),
        ),
        Table(
            "segment_embeddings", "embedding", "deidentified", True, ("segment_id",),
            "One vector per segment.",
            (
                SEGMENT,
                Column("vector", pa.list_(pa.float32()), "Unit-length sentence embedding of question and text; a fixed-size list in the file."),
                Column("model", TEXT, "Name and content hash of the model."),
                Column("precision", TEXT, "Number format of the computation.", allowed=("float64", "float32", "bfloat16")),
            ),
        ),
        Table(
            "themes", "themes", "deidentified", False, ("theme_id",),
            "What people talk about across conversations.",
            (
                THEME,
                Column("label", TEXT, "Short name: words that were asked and said, or what people decided."),
                Column("keywords", pa.list_(TEXT), "Words that set the theme apart, most telling first."),
                Column("phrases", pa.list_(PHRASE), "Central verbatim phrases, best first, one per person, with proof."),
                Column("n_people", INT, "People with at least one segment in the theme."),
                Column("n_conversations", INT, "Conversations with at least one segment in the theme."),
                Column("n_segments", INT, "Segments in the theme."),
                Column("share_of_people", REAL, "People in the theme among all people, 0 to 1."),
                Column("share_low", REAL, "Lower end of the 95 % Wilson interval of the share."),
                Column("share_high", REAL, "Upper end of the 95 % Wilson interval of the share."),
                Column("stability", REAL, "Mean Jaccard overlap with the nearest theme when people are resampled, 0 to 1; null: not measured.", nullable=True),
                Column("is_muddled", FLAG, "Whether two things or more speak against its being a subject, or it is mostly greetings and goodbyes."),
                Column("warning", TEXT, "What speaks against it, in sentences; null: nothing.", nullable=True),
                Column("status", TEXT, "Live: in use; hidden or joined with another, as people decided; retired: found no more.", allowed=("live", "hidden", "joined", "retired")),
                Column("shown_in", TEXT, "Of a joined theme: the theme that it is shown in.", nullable=True),
                Column("label_by", TEXT, "Whether the label comes from the text or from people who decided it.", allowed=("text", "people")),
                Column("description", TEXT, "What people decided to say about the theme; null: nothing.", nullable=True),
                Column("label_history", pa.list_(LABELLED), "Every label so far with the run since which the theme bore it, oldest first."),
                Column("first_run_id", TEXT, "The run in which the theme was born."),
                Column("first_seen_on", DAY, "Day of the newest conversation of the run in which it was born; null: no day is known.", nullable=True),
                Column("centre", pa.list_(pa.float32()), "Mean vector of its segments."),
                Column("reach", REAL, "Cosine to the centre that nine of ten of its segments exceed, each with what its neighbours in the conversation lend it: how near is near.", nullable=True),
            ),
        ),
        Table(
            "theme_assignments", "themes", "deidentified", False, ("segment_id", "theme_id"),
            "Which segment is in which theme.",
            (
                SEGMENT, THEME,
                MEMBERSHIP, STRENGTH,
            ),
        ),
        Table(
            "found_themes", "themes", "deidentified", False, ("theme_id",),
            "Themes as the clustering found them and tracks them from night to night, before people's decisions; no words.",
            (
                THEME,
                Column("status", TEXT, "Whether it was found in the last run.", allowed=("live", "retired")),
                Column("first_run_id", TEXT, "The run in which it was born."),
                Column("first_seen_on", DAY, "Day of the newest conversation of that run; null: no day is known.", nullable=True),
                Column("n_people", INT, "People with at least one segment in it, second memberships left out."),
                Column("n_segments", INT, "Segments in it, second memberships left out."),
                Column("stability", REAL, "Mean Jaccard overlap with the nearest theme when people are resampled, 0 to 1; null: not measured.", nullable=True),
            ),
        ),
        Table(
            "found_assignments", "themes", "deidentified", False, ("segment_id", "theme_id"),
            "Which segment was found in which theme, before people's decisions.",
            (
                SEGMENT, THEME, MEMBERSHIP, STRENGTH,
                Column("since_run_id", TEXT, "The run in which the segment came into the theme."),
            ),
        ),
        Table(
            "theme_runs", "themes", "deidentified", False, ("run_id",),
            "Every candidate so far: whether it became what people see, and if not, why last night's themes stayed.",
            (
                Column("run_id", TEXT, "The theme run: a hash of its inputs and settings."),
                Column("position", INT, "Order of the candidates; one that is tried again is the last."),
                Column("is_promoted", FLAG, "Whether its themes were published."),
                Column("n_segments", INT, "Segments of the corpus."),
                Column("n_themes", INT, "Themes found."),
                Column("kept_share", REAL, "Of the segments in a theme the night before, the share in the same theme; 1 if there were none."),
                Column("unassigned_share", REAL, "Share of segments in no theme."),
                Column("reasons", pa.list_(TEXT), "Why it was refused, and what to do; empty: it was not."),
            ),
        ),
        Table(
            "placements", "themes", "deidentified", True, ("segment_id", "theme_id"),
            "New segments in the live or hidden themes that they are near, on the day they land; the next night finds them a theme, and theme_assignments then holds.",
            (SEGMENT, THEME, MEMBERSHIP, STRENGTH),
        ),
        Table(
            "theme_drift", "themes", "deidentified", False, ("theme_id",),
            "How far the themes have drifted from what would be found today without regard to last night: once a week; it changes no theme.",
            (
                Column("theme_id", TEXT, "The live theme as found; or new-1, new-2 ... of a theme that is found today and that no live theme is like."),
                Column("is_live", FLAG, "Whether it is a live theme."),
                Column("best_match", TEXT, "The theme found today, found-1 being the largest, that shares most with it; null: none shares anything.", nullable=True),
                Column("overlap", REAL, "Jaccard overlap with it, 0 to 1; of a new one, with the live theme that is most like it."),
                Column("n_segments", INT, "Segments in it."),
                Column("n_people", INT, "People in it."),
                Column("keywords", pa.list_(TEXT), "Of a new one, words that set it apart."),
                Column("agreement", REAL, "Adjusted mutual information of both sets of themes, the same in every row: 1 is the same grouping, 0 chance."),
                Column("run_id", TEXT, "The theme run compared with."),
            ),
        ),
        Table(
            "theme_lineage", "themes", "deidentified", False, ("run_id", "event", "theme_id"),
            "What became of the themes in each run.",
            (
                Column("run_id", TEXT, "The theme run: a hash of its inputs and settings."),
                Column("position", INT, "Order of the run, from 0."),
                Column("event", TEXT, "What happened.", allowed=("kept", "born", "split", "merged", "retired")),
                THEME,
                Column("from_theme_ids", pa.list_(TEXT), "The themes of the run before that it came from."),
                Column("overlap", REAL, "Jaccard overlap of shared segments with the theme before, 0 to 1."),
                Column("why", TEXT, "The counts of segments that it rests on, as a sentence."),
            ),
        ),
        Table(
            "theme_prevalence", "themes", "deidentified", False, ("theme_id", "voice"),
            "How many people raise each theme, and in which voice; one person, one vote.",
            (
                THEME,
                Column("voice", TEXT, "The voice counted, or all.", allowed=("all", *VOICES)),
                Column("n_people", INT, "People who raise it."),
                Column("n_conversations", INT, "Conversations in which it is raised."),
                Column("share_of_people", REAL, "Share of all people, 0 to 1."),
                Column("share_low", REAL, "Lower end of the 95 % Wilson interval."),
                Column("share_high", REAL, "Upper end of the 95 % Wilson interval."),
                Column("share_of_conversations", REAL, "Share of all conversations, 0 to 1."),
                Column("conversations_low", REAL, "Lower end of its 95 % Wilson interval."),
                Column("conversations_high", REAL, "Upper end of its 95 % Wilson interval."),
            ),
        ),
        Table(
            "theme_groups", "themes", "deidentified", False, ("theme_id", "dimension", "group"),
            "How many people of each group, and of each wave of conversations, raise each theme: one dimension at a time, counts rounded to five, small ones hidden.",
            (
                THEME,
                Column("dimension", TEXT, "What the groups are of, as in reference_population.yaml; or wave."),
                Column("group", TEXT, "The group, a wave by its months, or not stated."),
                Column("n_people", INT, "People of the group who raise it, rounded to five; null: hidden.", nullable=True),
                Column("n_in_group", INT, "People in the group, rounded to five; null: hidden.", nullable=True),
                Column("share_of_group", REAL, "The one among the other, 0 to 1.", nullable=True),
                Column("share_low", REAL, "Lower end of its 95 % Wilson interval.", nullable=True),
                Column("share_high", REAL, "Upper end of its 95 % Wilson interval.", nullable=True),
                Column("hidden", TEXT, "Why nothing is told: few in the group; or few of the group raise it or do not, or it would give another such count away.", nullable=True, allowed=("small_group", "small_number")),
            ),
        ),
        Table(
            "theme_map", "themes", "deidentified", False, ("theme_id",),
            "Where each live theme stands on a map: themes that are near each other are alike in what is said.",
            (
                THEME,
                Column("x", REAL, "From left to right, 0 to 1."),
                Column("y", REAL, "From bottom to top, 0 to 1."),
            ),
        ),
        Table(
            "theme_salience", "themes", "deidentified", False, ("theme_id",),
            "How much people who raise a theme say about it: apart from how many they are.",
            (
                THEME,
                Column("n_people", INT, "People who raise it."),
                Column("mean_share", REAL, "Share of their words that they give to it, mean over these people, 0 to 1."),
                Column("median_share", REAL, "The same, median."),
            ),
        ),
        Table(
            "theme_robustness", "themes", "deidentified", False, ("theme_id",),
            "Whether the ranking of themes would stand with other people, and with a room that looks like the population.",
            (
                THEME,
                Column("n_people", INT, "People who raise it."),
                Column("rank", INT, "Rank by people, from 1; equal counts share a rank."),
                Column("top_ten_share", REAL, "Share of resamples of people in which it is among the first ten."),
                Column("weighted_share", REAL, "Share of people who raise it, weighted to the population, coarsely rounded; null: no source.", nullable=True),
                Column("weighted_rank", INT, "Rank by that share before rounding; null: no source.", nullable=True),
                Column("rank_change", INT, "Places gained under weights; negative: lost.", nullable=True),
                Column("weighted_top_ten_share", REAL, "Share of resamples in which it is among the first ten under weights.", nullable=True),
                Column("effective_people", REAL, "As many people of equal weight would tell as much (Kish).", nullable=True),
                Column("weighted_by", pa.list_(TEXT), "Dimensions whose shares in the population have a source."),
            ),
        ),
        Table(
            "saturation", "themes", "deidentified", False, ("n_conversations",),
            "How many themes are heard after so many conversations, over orders of them drawn at random.",
            (
                Column("n_conversations", INT, "Conversations heard."),
                Column("share_seen", REAL, "Share of all themes heard by then, median over orders, 0 to 1."),
                Column("share_low", REAL, "The same in all but 2.5 % of orders."),
                Column("share_high", REAL, "The same in but 2.5 % of orders."),
                Column("new_share", REAL, "Themes new in the last run of conversations, to those of the base, mean over orders; null: no run ends here.", nullable=True),
                Column("new_high", REAL, "The same in but 2.5 % of orders.", nullable=True),
            ),
        ),
        Table(
            "saturation_verdicts", "themes", "deidentified", False, ("dimension", "group"),
            "Have we listened enough, and to whom not yet: for everyone, and for each group.",
            (
                Column("dimension", TEXT, "What the groups are of; everyone: all conversations."),
                Column("group", TEXT, "The group."),
                Column("n_people", INT, "People heard, to the nearest five; null: hidden.", nullable=True),
                Column("n_themes", INT, "Themes that they raise.", nullable=True),
                Column("n_themes_of_others", INT, "Themes that others raise and they do not.", nullable=True),
                Column("n_unseen", REAL, "Themes expected from people like them beside those (Chao2); null for everyone: no theme is of few people.", nullable=True),
                Column("coverage", REAL, "Chance that a theme raised next was raised before, 0 to 1; null for everyone.", nullable=True),
                Column("new_share", REAL, "Themes new in the last run, to those of the base, mean over orders; null for everyone.", nullable=True),
                Column("n_at_5_percent", INT, "Conversations, of a group people, after which three more add 5 % of the themes of the first six or less, median over orders; those three are not counted; null: in half of orders never.", nullable=True),
                Column("n_at_5_percent_low", INT, "The same in 2.5 % of orders.", nullable=True),
                Column("n_at_5_percent_high", INT, "The same in 97.5 % of orders; null: in more than 2.5 % never.", nullable=True),
                Column("n_at_0", INT, "The same for three more that add nothing; a later run may still add.", nullable=True),
                Column("n_at_0_low", INT, "The same in 2.5 % of orders.", nullable=True),
                Column("n_at_0_high", INT, "The same in 97.5 % of orders; null: in more than 2.5 % never.", nullable=True),
                Column("verdict", TEXT, "Whether enough were heard.", allowed=("enough", "nearly", "not_yet", "too_few")),
                Column("sentence", TEXT, "The verdict in words."),
            ),
        ),
        Table(
            "negative_cases", "themes", "deidentified", False, ("theme_id", "position"),
            "For every theme, segments that say the opposite of what most people in it say, or that there is none.",
            (
                THEME,
                Column("position", INT, "Rank within the theme, from 1; 0: there is none."),
                Column("outcome", TEXT, "A segment was found; nobody says otherwise; or no voice has a majority.", allowed=("found", "nobody", "no_majority")),
                Column("majority_voice", TEXT, "The voice of more than half of those who speak in one, as many as a theme needs at least; null: no voice is.", nullable=True, allowed=VOICES),
                Column("n_majority", INT, "People who speak in it; without a majority, in the first of the voices."),
                Column("n_otherwise", INT, "People of the theme who say the opposite."),
                Column("segment_id", TEXT, "The segment; null: there is none.", nullable=True),
                Column("conversation_id", TEXT, "Its conversation.", nullable=True),
                Column("participant_id", TEXT, "Whose it is: one of each person.", nullable=True),
                Column("voice", TEXT, "Its voice.", nullable=True, allowed=VOICES),
                Column("spans", pa.list_(SPAN), "Where its words stand in the redacted turns."),
                Column("sha256", TEXT, "SHA-256 of these words, pieces joined by a blank line.", nullable=True),
                Column("closeness", REAL, "Cosine to the theme's centre, as seen from the middle of all segments.", nullable=True),
                Column("reasons", pa.list_(TEXT), "Why it was chosen."),
            ),
        ),
        Table(
            "theme_decision_outcomes", "themes", "deidentified", False, ("decision",),
            "What came of each decision about themes in the last run; never its words.",
            (
                Column("decision", TEXT, "The decision, as in theme_decisions."),
                Column("action", TEXT, "What was decided; null: it could not be read.", nullable=True, allowed=THEME_ACTIONS),
                Column("theme_id", TEXT, "The theme it is about.", nullable=True),
                Column("other_theme_id", TEXT, "The other theme it is about.", nullable=True),
                Column("outcome", TEXT, "Applied; waits for its theme to be seen; overruled or contradicted by a later one; without its theme; held back for its words; or not readable.", allowed=THEME_OUTCOMES),
                Column("why", TEXT, "The outcome in words."),
                Column("now_in", pa.list_(TEXT), "Themes that it concerns as they are published now; of a theme that is found no more, those that most of it went into."),
            ),
        ),
        Table(
            "lens_scores", "themes", "deidentified", False, ("segment_id", "framework", "code"),
            "How much each segment speaks of what the programme has in mind: its frameworks, entry by entry.",
            (
                SEGMENT,
                Column("framework", TEXT, "The framework: a file of the programme, such as priorities."),
                Column("code", TEXT, "The framework's entry."),
                Column("score", REAL, "How surely the segment speaks of it, 0 to 1, each entry by itself; reads alike in all frameworks."),
                Column("rank", INT, "Place among the framework's entries for this segment, from 1."),
                Column("fits", FLAG, "Whether it speaks of the entry at all. No entry of a framework that fits: none of these."),
            ),
        ),
        Table(
            "quotes", "stories", "deidentified", False, ("quote_id",),
            "Short verbatim stretches, whole sentences, of a participant, with proof.",
            (
                Column("quote_id", TEXT, "Hash of conversation, turn and offsets."),
                CONVERSATION, PERSON, THEME, SEGMENT, TURN,
                Column("start", INT, "First character in the redacted turn, from 0."),
                Column("end", INT, "One past the last character in the redacted turn."),
                Column("text", TEXT, "The quote: exactly the redacted turn from start to end."),
                SHA256, VOICE,
                Column("n_words", INT, "Words, placeholders left out."),
                Column("reasons", pa.list_(TEXT), "Why it was chosen."),
                Column("is_counterpoint", FLAG, "Whether it says the opposite of what most people in the theme say."),
                Column("pool_size", INT, "Runs of whole sentences it was chosen from, of everybody in the theme; runs overlap."),
                Column("position", INT, "Rank within its theme, from 1."),
            ),
        ),
        Table(
            "stories", "stories", "deidentified", False, ("story_id",),
            "Longer stretches of one participant's own turns, with proof.",
            (
                Column("story_id", TEXT, "Hash of conversation and offsets."),
                CONVERSATION, PERSON,
                Column("theme_id", TEXT, "The theme it speaks to; null: it stands apart.", nullable=True),
                Column("lane", TEXT, "Why it is here: for a theme, as a new perspective, or as a counterpoint.", allowed=LANES),
                VOICE,
                Column("text", TEXT, "The pieces at the offsets, joined by a blank line."),
                Column("offsets", pa.list_(SPAN), "Turn, start and end of each piece in the redacted turns."),
                SHA256,
                Column("n_words", INT, "Words, placeholders left out."),
                Column("reasons", pa.list_(TEXT), "Why it was chosen."),
                Column("pool_size", INT, "Stories it was chosen from."),
            ),
        ),
        Table(
            "story_sets", "stories", "deidentified", False, ("story_set_id", "position"),
            "Stories chosen together.",
            (
                Column("story_set_id", TEXT, "The set."),
                Column("kind", TEXT, "What the set is for.", allowed=SET_KINDS),
                Column("title", TEXT, "The set's title."),
                Column("story_id", TEXT, "The story."),
                Column("position", INT, "Order within the set, from 1."),
                Column("why", TEXT, "Why this story is in this place."),
            ),
        ),
        Table(
            "story_set_outcomes", "stories", "deidentified", False, ("story_set_id",),
            "Every set that was asked for, also one for which no story is good enough.",
            (
                Column("story_set_id", TEXT, "The set."),
                Column("kind", TEXT, "What the set is for.", allowed=SET_KINDS),
                Column("title", TEXT, "The set's title."),
                Column("outcome", TEXT, "Made, or empty: no story is surely about it.", allowed=("made", "empty")),
                Column("n_stories", INT, "Stories in its ranking, several times as many as are shown."),
                Column("n_considered", INT, "Stories it was chosen from."),
                Column("why", TEXT, "How its stories are chosen, or why it has none."),
            ),
        ),
        Table(
            "segment_novelty", "stories", "deidentified", False, ("segment_id",),
            "How far each segment stands apart from what others say: where to look for new perspectives.",
            (
                SEGMENT,
                Column("novelty", REAL, "From 0, what many say, to 1, what nobody else says."),
                Column("rank", INT, "Place by novelty, from 1."),
                Column("reasons", pa.list_(TEXT), "Why it may show something new."),
            ),
        ),
        Table(
            "touchpoints", "stories", "deidentified", False, ("touchpoint",),
            "Moments of a journey through care, in its order: how many people tell of each, in which voice, with which words for feelings.",
            (
                TOUCHPOINT,
                Column("title", TEXT, "The moment in words, as the programme has it."),
                Column("position", INT, "Its place in the journey, from 1."),
                Column("n_people", INT, "People who tell of it, rounded to five; null: hidden.", nullable=True),
                Column("n_good", INT, "Of these, people who say what was good or helpful; rounded, null: hidden.", nullable=True),
                Column("n_improve", INT, "Of these, people who say what could be improved; rounded, null: hidden.", nullable=True),
                Column("n_hope", INT, "Of these, people with a hope or idea; rounded, null: hidden. Somebody may be in all three.", nullable=True),
                Column("share_good", REAL, "n_good to n_people, 0 to 1.", nullable=True),
                Column("share_improve", REAL, "n_improve to n_people, 0 to 1.", nullable=True),
                Column("share_hope", REAL, "n_hope to n_people, 0 to 1.", nullable=True),
                Column("feeling_words", pa.list_(TEXT), "Words for feelings that people used when they told of it, as in emotional_map, those of most people of the programme first."),
            ),
        ),
        Table(
            "emotional_map", "stories", "deidentified", False, ("touchpoint", "group_of_feelings"),
            "Words for feelings that people used at each touchpoint and in the whole programme: words said, never feelings inferred.",
            (
                Column("touchpoint", TEXT, "The moment: an entry of the programme's touchpoints, or * for whatever was said in the whole programme."),
                Column("position", INT, "The touchpoint's place in the journey, from 1; the whole programme comes last."),
                Column("group_of_feelings", TEXT, "Words of one kind, such as worried and afraid.", allowed=FEELINGS),
                Column("title", TEXT, "The group in words."),
                Column("group_position", INT, "The group's place in the map, from 1."),
                Column("n_people", INT, "People who used a word of the group there, rounded to five; null: hidden.", nullable=True),
                Column("words", pa.list_(TEXT), "Words used there that at least three people of the programme used, where as many used words of the group; those of most people of the programme first."),
                Column("quote_id", TEXT, "A quote from there that holds one of the words; null: there is none.", nullable=True),
                Column("candidates", pa.list_(TEXT), "Quotes from there that hold one of the words, best first: a release shows the first that may leave."),
            ),
        ),
        Table(
            "trigger_clips", "stories", "deidentified", False, ("clip_id",),
            "Stretches of recordings that could be in the film that opens an event, of people who agreed to it; a release has half an hour of them at most.",
            (
                Column("clip_id", TEXT, "Hash of what the clip is of."),
                Column("position", INT, "Order in the film, from 1: by touchpoint, then what was good beside what could be improved."),
                CONVERSATION, PERSON, TOUCHPOINT,
                Column("title", TEXT, "The touchpoint in words."),
                VOICE,
                Column("kind", TEXT, "What is told.", allowed=("quote", "story")),
                Column("quote_id", TEXT, "The quote; null: a story.", nullable=True),
                Column("story_id", TEXT, "The story; null: a quote.", nullable=True),
                TURN,
                Column("start_s", REAL, "Where it begins, in seconds from the start of the recording."),
                Column("end_s", REAL, "Where it ends, in seconds from the start of the recording."),
                Column("seconds", REAL, "How long it lasts."),
                Column("is_estimated", FLAG, "Whether times were worked out from the length of the text within its turn, or from the start of the next turn."),
            ),
        ),
        Table(
            "table_sheets", "stories", "deidentified", False, ("pack", "sheet", "kind", "position"),
            "What lies on the tables of an event: for each sheet three quotes, one story, one voice that says otherwise, and a question.",
            (
                Column("pack", TEXT, "The pack: a story set's id, or programme for all of it."),
                Column("pack_kind", TEXT, "What the pack is about.", allowed=("programme", "theme", "priority", "pathway")),
                Column("title", TEXT, "The pack's title; null: the theme's name.", nullable=True),
                Column("theme_id", TEXT, "The theme of the pack; null: it is of no one theme.", nullable=True),
                Column("sheet", INT, "The sheet, from 1; a release has the first few that may leave."),
                Column("kind", TEXT, "What it is.", allowed=("story", "quote", "counterpoint", "question")),
                Column("position", INT, "Order among those of its kind on the sheet, from 1."),
                Column("participant_id", TEXT, "Whose it is; null: a question.", nullable=True),
                Column("voice", TEXT, "Its voice; null: a question.", nullable=True, allowed=VOICES),
                Column("quote_id", TEXT, "The quote or counterpoint.", nullable=True),
                Column("story_id", TEXT, "The story.", nullable=True),
                Column("question", TEXT, "The question for the table, written for the voices on the sheet.", nullable=True),
            ),
        ),
        Table(
            "redaction_decisions", "governance", "restricted", False, ("position",),
            "What reviewers decided to mask or to keep; it only grows, and the last row for the same words is in force.",
            (
                Column("position", INT, "Order in which it was read, from 1."),
                Column("decision_id", TEXT, "Hash of conversation, words, action and type."),
                Column("conversation_id", TEXT, "The conversation, or * for the whole programme."),
                Column("text", TEXT, "The words."),
                Column("action", TEXT, "What to do with them.", allowed=("mask", "keep")),
                Column("entity_type", TEXT, "The type of a mask; null: a keep.", nullable=True, allowed=ENTITY_TYPES),
                Column("reviewer", TEXT, "Who decided.", nullable=True),
                Column("reason", TEXT, "Why.", nullable=True),
                Column("is_in_file", FLAG, "Whether the row stood in the file when it was last read."),
            ),
        ),
        Table(
            "theme_decisions", "governance", "restricted", False, ("decision",),
            "What people decided about themes; it only grows but for rows that cannot be read, and later decisions win.",
            (
                Column("decision", TEXT, "How reports name it: D and its number, or the row of the file that could not be read."),
                Column("position", INT, "Order in which it was first read, from 1; null: it could not be read.", nullable=True),
                Column("row", INT, "Its row in the file when that was last read, the header being 1; null: it is not in the file any more, and still in force.", nullable=True),
                Column("theme_id", TEXT, "The theme, as it was written.", nullable=True),
                Column("action", TEXT, "What was decided; null: it could not be read.", nullable=True, allowed=THEME_ACTIONS),
                Column("other_theme_id", TEXT, "The theme that it is merged into or kept apart from.", nullable=True),
                Column("words", TEXT, "The name or the description; of an undo, the one action taken back.", nullable=True),
                Column("decided_by", TEXT, "Who decided: a role.", nullable=True),
                Column("decided_on", DAY, "The day, as it was written.", nullable=True),
                Column("reason", TEXT, "Why.", nullable=True),
                Column("after_run_id", TEXT, "The last theme run when it was first read; null: there was none.", nullable=True),
                Column("personal", pa.list_(TEXT), "Types of personal data that redaction finds in the words, which are not shown then."),
                Column("problem", TEXT, "What to do in a row that could not be read.", nullable=True),
            ),
        ),
        Table(
            "coder_agreement", "exchange", "deidentified", False, ("coder", "theme_id"),
            "How far people who coded conversations in a program of their own agree with the machine, theme by theme: segments of conversations that they coded at all.",
            (
                Column("coder", TEXT, "Who coded: coder 1, coder 2 ... in the order of their ids in the files; never a name."),
                Column("theme_id", TEXT, "The theme; all: all of them together."),
                Column("n_conversations", INT, "Conversations that the coder coded at all."),
                Column("n_units", INT, "Segments of these conversations: each is compared."),
                Column("n_machine", INT, "Segments that the machine has in the theme; of all: memberships in themes."),
                Column("n_coder", INT, "The same of the coder."),
                Column("n_both", INT, "The same of both at once."),
                Column("prevalence_machine", REAL, "Share of segments that the machine has in the theme, 0 to 1; of all: in any theme."),
                Column("prevalence_coder", REAL, "The same of the coder."),
                Column("agreement", REAL, "Share of segments about which both say the same, 0 to 1; of all: exactly the same themes."),
                Column("kappa", REAL, "Cohen's kappa, 1 or less; null: of all, or where both say the same of every segment.", nullable=True),
                Column("kappa_low", REAL, "Lower end of its 95 % interval over resamples of conversations; null: too few.", nullable=True),
                Column("kappa_high", REAL, "Upper end of that interval.", nullable=True),
                Column("ac1", REAL, "Gwet's AC1, 1 or less: agreement beyond chance that does not fall with rare themes; null: of all.", nullable=True),
                Column("ac1_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("ac1_high", REAL, "Upper end of that interval.", nullable=True),
                Column("alpha", REAL, "Krippendorff's alpha over sets of themes with MASI distance, 1 or less; null: of one theme, or where nothing varies.", nullable=True),
                Column("alpha_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("alpha_high", REAL, "Upper end of that interval.", nullable=True),
                Column("precision", REAL, "Of the machine's, the share that the coder has too; null: the machine has none.", nullable=True),
                Column("precision_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("precision_high", REAL, "Upper end of that interval.", nullable=True),
                Column("recall", REAL, "Of the coder's, the share that the machine has too; null: the coder has none.", nullable=True),
                Column("recall_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("recall_high", REAL, "Upper end of that interval.", nullable=True),
                Column("f1", REAL, "Harmonic mean of precision and recall; null: neither has any.", nullable=True),
                Column("f1_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("f1_high", REAL, "Upper end of that interval.", nullable=True),
                Column("sentence", TEXT, "What it comes to, in words, and whether it is too little to go by."),
            ),
        ),
        Table(
            "coder_disagreements", "exchange", "deidentified", False, ("coder", "segment_id"),
            "Segments about whose themes a coder and the machine do not say the same: to be talked about.",
            (
                Column("coder", TEXT, "Who coded, as in coder_agreement."),
                SEGMENT, CONVERSATION,
                Column("machine_theme_ids", pa.list_(TEXT), "Themes that the machine has it in."),
                Column("coder_theme_ids", pa.list_(TEXT), "Themes that the coder has it in."),
                Column("own_codes", pa.list_(TEXT), "Codes of the coder's own on it: own code 1, own code 2 ...; their names stay in the coder's file."),
                Column("distance", REAL, "MASI distance of both sets of themes: 1: nothing in common; near 0: nearly the same."),
            ),
        ),
        Table(
            "representation", "governance", "deidentified", False, ("dimension", "group"),
            "Who has been heard, group by group, beside their share of the population where a source is known.",
            (
                Column("dimension", TEXT, "The characteristic."),
                Column("group", TEXT, "The group; joined ones where a source gives one share for them; not stated: those who did not say."),
                Column("n_people", INT, "People heard, rounded to five; null: too few to tell, or another count would be told by it.", nullable=True),
                Column("share", REAL, "Share of those who said, from rounded counts; of not stated: share of everybody.", nullable=True),
                Column("reference_share", REAL, "Share of the population; null: no source is known.", nullable=True),
                Column("index", REAL, "Participation to prevalence: share over reference share; 1: as in the population.", nullable=True),
                Column("index_low", REAL, "Lower end of the 95 % interval of the index.", nullable=True),
                Column("index_high", REAL, "Upper end of the 95 % interval of the index.", nullable=True),
                Column("expected_low", INT, "Fewest people that chance alone would bring in 95 of 100 programmes as large.", nullable=True),
                Column("expected_high", INT, "Most people that chance alone would bring in 95 of 100 programmes as large.", nullable=True),
                Column("verdict", TEXT, "Over, under or as expected by the interval; missing: too few to tell, where more are expected; no reference: no source; hidden: nothing may be told.", allowed=VERDICTS),
                Column("sentence", TEXT, "The same in words, with what would mend it."),
            ),
        ),
        Table(
            "representation_summary", "governance", "deidentified", False, ("dimension",),
            "How much those heard look like the population, one number for each characteristic, beside what chance would give.",
            (
                Column("dimension", TEXT, "The characteristic."),
                Column("n_people", INT, "People who said, rounded to five; null: too few to tell.", nullable=True),
                Column("index_of_proportionality", REAL, "Rose index: 1 less half the sum of the differences of shares, from rounded counts; 1: as in the population; null: no source, or a count is hidden.", nullable=True),
                Column("expected", REAL, "Mean index of random samples as large.", nullable=True),
                Column("expected_low", REAL, "Index that 2.5 % of random samples as large fall below.", nullable=True),
                Column("expected_high", REAL, "Index that 2.5 % of random samples as large exceed.", nullable=True),
                Column("residual", REAL, "Index less expected, in standard deviations of random samples; below -2: hardly by chance.", nullable=True),
                Column("n_not_stated", INT, "People who did not say or were not asked, rounded to five; null: too few to tell.", nullable=True),
                Column("share_not_stated", REAL, "Their share of everybody, from rounded counts.", nullable=True),
                Column("source", TEXT, "Where the shares of the population come from; null: no source is known.", nullable=True),
                Column("sentence", TEXT, "The same in words."),
            ),
        ),
        Table(
            "interviewers", "governance", "deidentified", False, ("interviewer",),
            "How interviewers listen, as feedback for their training; for the programme team, and never a ranking.",
            (
                Column("interviewer", TEXT, "Keyed pseudonym of the interviewer; or the others together, or the median of the programme."),
                Column("kind", TEXT, "An interviewer with enough conversations, all others together, or the median over conversations.", allowed=("interviewer", "others", "median")),
                Column("n_conversations", INT, "Conversations."),
                Column("talk_share", REAL, "Words of participants among theirs and the interviewer's, mean over conversations; null: no words.", nullable=True),
                Column("talk_low", REAL, "Lower end of its 95 % interval; null: a single conversation, or a median.", nullable=True),
                Column("talk_high", REAL, "Upper end of its 95 % interval.", nullable=True),
                Column("open_question_share", REAL, "Questions that leave the answer open, among questions, mean over conversations; null: no questions.", nullable=True),
                Column("open_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("open_high", REAL, "Upper end of its 95 % interval.", nullable=True),
                Column("leading_share", REAL, "Questions that suggest or limit the answer, among questions, mean over conversations.", nullable=True),
                Column("leading_low", REAL, "Lower end of its 95 % interval.", nullable=True),
                Column("leading_high", REAL, "Upper end of its 95 % interval.", nullable=True),
                Column("questions_per_1000_words", REAL, "Questions for 1,000 words of participants, mean over conversations.", nullable=True),
                Column("words_per_answer", REAL, "Median words of a participant's turn, mean over conversations.", nullable=True),
                Column("longest_turn_words", REAL, "Words of the longest uninterrupted turn of a participant, mean over conversations.", nullable=True),
                Column("first_story_share", REAL, "Conversations in which a story is told at all.", nullable=True),
                Column("words_to_first_story", REAL, "Words of everybody before the first story, mean over conversations with one.", nullable=True),
                Column("minutes_to_first_story", REAL, "Minutes before the first story, mean over conversations with one and with times.", nullable=True),
                Column("interruptions_per_hour", REAL, "Interviewer's turns that begin while the participant still speaks, per hour, mean over conversations with times.", nullable=True),
            ),
        ),
        Table(
            "pipeline_equity", "governance", "deidentified", False, ("measure", "dimension", "group"),
            "Whether the pipeline itself serves groups unequally: who is redacted, themed, quoted or left out more or less than everybody else.",
            (
                Column("measure", TEXT, "What is compared.", allowed=EQUITY_MEASURES),
                Column("dimension", TEXT, "The characteristic; of canaries: origin of names."),
                Column("group", TEXT, "The group."),
                Column("n_people", INT, "People of the group, rounded to five; null: too few to tell, or made-up names.", nullable=True),
                Column("value", REAL, "The measure for the group; null: hidden, or nothing to divide by.", nullable=True),
                Column("value_of_others", REAL, "The measure for everybody else.", nullable=True),
                Column("gap", REAL, "Value less value of others.", nullable=True),
                Column("gap_low", REAL, "Lower end of the interval of the gap.", nullable=True),
                Column("gap_high", REAL, "Upper end of the interval of the gap.", nullable=True),
                Column("confidence", REAL, "How sure the interval is, 0 to 1: surer the more gaps are looked at together.", nullable=True),
                Column("hidden", TEXT, "Why nothing is told; null: it is.", nullable=True, allowed=("small_group", "small_number")),
                Column("sentence", TEXT, "The gap in words, where the interval leaves no doubt that there is one; null: it does not.", nullable=True),
            ),
        ),
        Table(
            "inequalities", "governance", "deidentified", False, ("theme_id", "dimension", "group"),
            "Which groups raise a theme more or less than everybody else; for the health-inequalities group to challenge.",
            (
                THEME,
                Column("dimension", TEXT, "The characteristic."),
                Column("group", TEXT, "The group."),
                Column("direction", TEXT, "Whether the group raises the theme more or less than everybody else; insufficient: too few to tell.", allowed=("over", "under", "no_difference", "insufficient")),
                Column("share_of_group", REAL, "People of the group who raise it, from rounded counts.", nullable=True),
                Column("share_of_others", REAL, "Everybody else who raises it, from rounded counts.", nullable=True),
                Column("difference", REAL, "Share of group less share of others.", nullable=True),
                Column("difference_low", REAL, "Lower end of the interval of the difference.", nullable=True),
                Column("difference_high", REAL, "Upper end of the interval of the difference.", nullable=True),
                Column("confidence", REAL, "How sure each interval is, 0 to 1: surer the more are looked at, so that few alarms are false.", nullable=True),
                Column("sentence", TEXT, "The same in words."),
            ),
        ),
        Table(
            "approvals", "governance", "restricted", False, ("position",),
            "Sign-offs as the file of them has it now, row for row: who cleared or refused one person's story, or the challenge of inequalities, for whom.",
            (
                Column("position", INT, "Order in the file, from 1."),
                Column("row", INT, "Its row in the file, the header being 1."),
                Column("subject", TEXT, "What it is about, as it was written: a story, or inequalities.", nullable=True),
                Column("story_id", TEXT, "The story meant; null: no present story is.", nullable=True),
                Column("conversation_id", TEXT, "The conversation that the story is from; null: no present story is meant.", nullable=True),
                Column("text_check", TEXT, "First 12 characters of the SHA-256 of the text that was read.", nullable=True),
                Column("audience", TEXT, "The widest audience it is for; null: all of them.", nullable=True, allowed=AUDIENCES),
                Column("role", TEXT, "Who signs: a role and no name.", nullable=True),
                Column("lived_experience", FLAG, "Whether they sign as somebody with lived experience."),
                Column("decision", TEXT, "What they say; null: it could not be read.", nullable=True, allowed=APPROVAL_DECISIONS),
                Column("decided_on", DAY, "The day, as it was written.", nullable=True),
                Column("expires_on", DAY, "Last day of an approval; null: no end.", nullable=True),
                Column("checklist", FLAG, "Whether they went through the motivated-intruder checklist."),
                Column("note", TEXT, "Their note.", nullable=True),
                Column("personal", pa.list_(TEXT), "Types of personal data that redaction finds in the role."),
                Column("problem", TEXT, "What to do in a row that approves nothing as it is.", nullable=True),
            ),
        ),
        Table(
            "clearances", "governance", "deidentified", False, ("subject", "audience"),
            "Whether each story that its teller would let an audience hear, and the challenge of inequalities, is signed off for that audience, and what it waits for.",
            (
                Column("subject", TEXT, "The story, or inequalities."),
                Column("audience", TEXT, "The audience, beyond the programme team.", allowed=AUDIENCES[1:]),
                Column("status", TEXT, "Cleared by two roles, one of lived experience; waits for sign-offs; refused by somebody; signed, and expired; or its text changed since.", allowed=CLEARANCES),
                Column("roles", pa.list_(TEXT), "Roles whose sign-off holds, or who refuse."),
                Column("text_check", TEXT, "First 12 characters of the SHA-256 of the present text: a sign-off names it."),
                Column("cleared_until", DAY, "Last day of the clearance; null: no end, or not cleared.", nullable=True),
                Column("is_asked_for", FLAG, "Whether it would be told to this audience if it were cleared: these first."),
                Column("why", TEXT, "The status in words: what is missing."),
            ),
        ),
        Table(
            "actions", "governance", "deidentified", False, ("action_id",),
            "What was done about what was heard, or why it cannot be, and whether people were told.",
            (
                Column("action_id", TEXT, "The action, as people call it."),
                Column("position", INT, "Order in the file, from 1."),
                Column("what", TEXT, "What is or was to be done."),
                Column("by_role", TEXT, "Whose it is: a role, team or organisation.", nullable=True),
                Column("status", TEXT, "How far it is.", allowed=ACTION_STATES),
                Column("because", TEXT, "What was heard that led to it; or why it is not possible.", nullable=True),
                Column("theme_ids", pa.list_(TEXT), "Themes that it answers."),
                Column("story_set_ids", pa.list_(TEXT), "Story sets that it answers: priorities and pathways among them."),
                Column("started_on", DAY, "The day it began.", nullable=True),
                Column("done_on", DAY, "The day it was done, or found not to be possible.", nullable=True),
                Column("told_on", DAY, "The day people were told of it.", nullable=True),
                Column("told_how", TEXT, "How they were told.", nullable=True),
                Column("due_on", DAY, "Last day to tell them in time; null: it is not done, or they were told.", nullable=True),
            ),
        ),
        Table(
            "contributions", "governance", "restricted", False, ("token",),
            "One row a person who took part: where what they said is used, what came of it, and whether they were told.",
            (
                Column("token", TEXT, "Keyed pseudonym by which a contributor may ask."),
                PERSON,
                Column("conversation_ids", pa.list_(TEXT), "Their conversations."),
                Column("theme_ids", pa.list_(TEXT), "Live themes that their words are in."),
                Column("story_set_ids", pa.list_(TEXT), "Story sets in which the newest release to some audience shows a story of theirs."),
                Column("audiences", pa.list_(TEXT), "Audiences to whom a release with something of theirs went."),
                Column("quote_ids", pa.list_(TEXT), "Quotes of theirs that a release held."),
                Column("story_ids", pa.list_(TEXT), "Stories of theirs that a release held."),
                Column("action_ids", pa.list_(TEXT), "Actions that answer a theme or set that they spoke to."),
                Column("first_used_on", DAY, "Day of the first release with something of theirs; null: none yet.", nullable=True),
                Column("told_on", DAY, "The last day, since their interview, on which they were told of such an action: it may be before anything of theirs was first used in a release; null: never.", nullable=True),
                Column("due_on", DAY, "Last day to tell them in time; null: nothing of theirs was released.", nullable=True),
                Column("is_overdue", FLAG, "Whether that day has passed and they were not told."),
            ),
        ),
        Table(
            "uses", "governance", "restricted", False, ("conversation_id", "audience", "used_as", "item_id"),
            "When something of each conversation first left in a release, and as what: counted, as a quote or as a story.",
            (
                CONVERSATION, PERSON,
                Column("audience", TEXT, "Who received it.", allowed=AUDIENCES),
                Column("used_as", TEXT, "How it was used.", allowed=USES),
                Column("item_id", TEXT, "The quote or the story; of what was counted, the conversation."),
                Column("first_used_on", DAY, "Day of the first release that held it."),
                Column("release_id", TEXT, "That release."),
            ),
        ),
        Table(
            "erasures", "governance", "restricted", False, ("certificate_id",),
            "Erasures carried out; holds nothing that was erased.",
            (
                Column("certificate_id", TEXT, "The certificate."),
                Column("subject", TEXT, "Keyed hash of the conversation id."),
                Column("reason", TEXT, "Consent was withdrawn in the register, or somebody erased by hand.", allowed=("withdrawn", "erased")),
                Column("asked_on", DAY, "The day of the withdrawal, as the register has it; else the day it was begun."),
                Column("days_taken", INT, "Days from then to the search that found nothing; null: not finished.", nullable=True),
                Column("promised_days", INT, "Days within which it is promised."),
                Column("rows_removed", INT, "Rows removed from all tables and from the register."),
                Column("files_removed", INT, "Files removed or rewritten."),
                Column("residual_hits", INT, "What a search of the whole data root still found; must be 0."),
                Column("releases_to_recall", pa.list_(TEXT), "Earlier releases that held the person's words."),
            ),
        ),
        Table(
            "recalls", "governance", "restricted", False, ("audience", "release_id", "reason"),
            "Earlier releases that hold what their audience may hear no more: taken out of the data root, to be called back from whoever received them.",
            (
                Column("audience", TEXT, "The audience that it was made for.", allowed=AUDIENCES),
                Column("release_id", TEXT, "The release: the hash of its content."),
                Column("reason", TEXT, "Consent was narrowed, withdrawn or has expired; or the person was erased.", allowed=RECALL_REASONS),
                Column("n_people", INT, "People concerned."),
                Column("noticed_on", DAY, "Day on which it was taken out."),
            ),
        ),
        Table(
            "retention", "governance", "restricted", False, ("clock", "what", "batch_id"),
            "What may be kept for so many days only: when it is due, and what was done when it was.",
            (
                Column("clock", TEXT, "The clock, as in the programme's file.", allowed=CLOCKS),
                Column("zone", TEXT, "The zone that holds it."),
                Column("what", TEXT, "What is kept: a table, a folder, or the audience of a release."),
                Column("batch_id", TEXT, "The intake batch; of a release, its id."),
                Column("kept_since", DAY, "Day on which the batch was received; where none is recorded, on which it was first seen."),
                Column("keep_days", INT, "Days that it may be kept."),
                Column("due_on", DAY, "First day on which it may not be there any more."),
                Column("owner", TEXT, "Who decided how long, and answers for it."),
                Column("outcome", TEXT, "Not due yet; removed; due and still in use; or due and for people to remove.", allowed=RETENTION_OUTCOMES),
                Column("n_removed", INT, "Rows removed; of what is no table, files."),
                Column("done_on", DAY, "Day on which it was removed; null: it was not.", nullable=True),
            ),
        ),
    )
}  # fmt: skip


def to_arrow(table: Table, frame: pd.DataFrame) -> pa.Table:
    """The frame as the table's Arrow schema, rows sorted by key: the same rows give the same bytes.

    Raises
    ------
    PipelineError
        If a column is missing, of another type, or null where nulls are not allowed. Names the
        column, never a value.
    """
    missing = [c.name for c in table.columns if c.name not in frame.columns]
    extra = [name for name in frame.columns if name not in table.schema.names]
    if missing or extra:
        raise PipelineError(f"{table.name}: columns missing {missing}, not in the table {extra}")
    ordered = frame.sort_values(list(table.key), kind="stable", ignore_index=True)
    arrays = []
    for column in table.columns:
        try:
            array = pa.Array.from_pandas(ordered[column.name], type=column.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            # The Arrow error quotes the value: it must not travel on.
            raise PipelineError(f"{table.name}.{column.name}: not {column.type}") from None
        if array.null_count and not column.nullable:
            raise PipelineError(f"{table.name}.{column.name}: {array.null_count} nulls")
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=table.schema)


def empty(table: Table) -> pd.DataFrame:
    """The table without rows."""
    return table.schema.empty_table().to_pandas()


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as a Parquet file: equal tables give equal bytes."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **PARQUET_OPTIONS)
    return sink.getvalue().to_pybytes()


def as_before(content: bytes, frame: pd.DataFrame) -> bytes:
    """The frame as a Parquet file of the schema that this one has: an earlier version's, maybe."""
    schema = pq.read_schema(pa.BufferReader(content))
    return parquet_bytes(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))


def type_in_words(kind: pa.DataType) -> str:
    """The Arrow type as an analyst would say it."""
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return f"list of {type_in_words(kind.value_type)}"
    if pa.types.is_struct(kind):
        return f"records ({', '.join(field.name for field in kind)})"
    words = {"string": "text", "int32": "whole number", "double": "number", "float": "number"}
    return words.get(str(kind)) or {"bool": "true or false", "date32[day]": "day"}[str(kind)]


def describe(table: Table) -> str:
    """The table's part of the data dictionary, as Markdown."""
    parts = "one file per intake batch" if table.per_batch else "one file"
    lines = [
        f"## {table.name}",
        "",
        table.meaning,
        "",
        f"Stage {table.stage}, zone {table.zone}, {parts}. A row is identified by "
        + " and ".join(f"`{name}`" for name in table.key)
        + ".",
        "",
        "| column | type | empty? | meaning |",
        "|---|---|---|---|",
    ]
    for column in table.columns:
        allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
        empty_word = "may be" if column.nullable else "never"
        lines.append(
            f"| `{column.name}` | {type_in_words(column.type)} | {empty_word} | {column.meaning}{allowed} |"
        )
    return "\n".join(lines)


def data_dictionary(tables: Iterable[Table]) -> str:
    """Every table and column in words, as Markdown."""
    return "\n\n".join(["# Data dictionary", *map(describe, tables)]) + "\n"


if __name__ == "__main__":
    print(data_dictionary(TABLES.values()), end="")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows, each by column name."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def frame_of(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """The table of these rows in its key's order; without rows it keeps its columns and types."""
    table, listed = TABLES[name], list(rows)
    nothing = empty(table)
    if not listed:
        return nothing
    frame = pd.DataFrame(listed, columns=nothing.columns)
    # Numbers that are all hidden are numbers still: audits compare them.
    numbers = [c.name for c in table.columns if c.nullable and nothing[c.name].dtype.kind in "if"]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)
