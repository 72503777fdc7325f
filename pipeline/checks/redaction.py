"""What must be true of redacted turns before they leave the restricted zone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.domain.redaction.residue import BLOCKING
from pipeline.domain.redaction.words import PLACEHOLDER
from pipeline.domain.release.identifiers import PATTERNS

NO_TURN_LOST = Check(
    "redacted_turns",
    "every_turn_is_there_once",
    "Redacted turns and turns have the same conversations, positions, roles and times, apart from "
    "the conversations in quarantine.",
)
SECOND_PASS = Check(
    "redacted_turns",
    "second_pass_finds_nothing",
    "Searched anew, by other means than redaction uses, the text holds no e-mail address, web "
    "address, telephone number, postcode or NHS number, and no full name from the register.",
)
COUNTS_AGREE = Check(
    "redacted_turns",
    "placeholders_are_accounted_for",
    "Each row of redactions has its placeholder in the text, so that every change is explained.",
)
MOST_ARE_REDACTED = Check(
    "redacted_turns",
    "not_too_many_fail",
    "Redaction succeeded for most of the batch (setting max_quarantined_share); if not, the fault "
    "is in the pipeline and nothing of the batch may pass.",
)
GIVEN_AWAY = Check(
    "redaction_review",
    "no_name_that_is_known_is_left",
    "No word of a name of the register, and nothing that was redacted elsewhere in the same "
    "conversation, stands in a published turn, unless the programme or a reviewer keeps it.",
)
CANARIES_ARE_FOUND = Check(
    "redaction_canaries",
    "made_up_identifiers_are_found",
    "Of the direct identifiers sown into copies of this batch's turns, redaction found enough "
    "(setting min_canary_recall); if not, the batch's own would stay in the text as well.",
)
NOBODY_PROTECTED_LESS = Check(
    "redaction_canaries",
    "names_of_every_origin_are_found_alike",
    "No origin of names is missed more often than the others by more than chance explains "
    "(settings max_canary_gap, max_canary_chance).",
)

NHS_NUMBER = re.compile(r"(?<!\d)\d{3}[ -]\d{3}[ -]\d{4}(?!\d)")
# Shapes alone, without the context that redaction looks at: a second, independent opinion. What a
# release would be refused for is found here, while it concerns one conversation only.
SHAPES = (*PATTERNS.values(), NHS_NUMBER)


def lost_or_altered(turns: pd.DataFrame, redacted: pd.DataFrame, failed: Set[str]) -> list[str]:
    """Ids of turns that are missing, added, or differ in more than their text."""
    before = Counter(row for row in _frames_of(turns) if row[0] not in failed)
    after = Counter(_frames_of(redacted))
    wrong = (before - after) + (after - before)
    return sorted({f"{row[0]}/{row[1]}" for row in wrong})


def still_personal(redacted: pd.DataFrame, known_names: pd.DataFrame) -> list[str]:
    """Ids of turns in which a second search finds something personal."""
    names = _full_names(known_names)
    columns = (redacted[name] for name in ("conversation_id", "turn", "text"))
    return sorted(
        f"{conversation}/{turn}"
        for conversation, turn, text in zip(*columns, strict=True)
        if _has_shape(text) or _has_name(text, names.get(conversation))
    )


def still_given_away(redacted: pd.DataFrame, review: pd.DataFrame) -> list[str]:
    """Ids of published turns in which something stands that is known to be personal."""
    published = set(redacted["conversation_id"])
    grave = review[review["score"].ge(BLOCKING) & review["conversation_id"].isin(published)]
    return sorted(
        {f"{c}/{t}" for c, t in zip(grave["conversation_id"], grave["turn"], strict=True)}
    )


def unaccounted(redacted: pd.DataFrame, redactions: pd.DataFrame) -> list[str]:
    """Ids of turns whose placeholders, count and redactions do not agree.

    A turn may hold more placeholders than redactions: those that a typist wrote.
    """
    put: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    columns = (redactions[name] for name in ("conversation_id", "turn", "replacement"))
    for conversation, turn, replacement in zip(*columns, strict=True):
        put[conversation, turn][replacement] += 1
    columns = (redacted[name] for name in ("conversation_id", "turn", "text", "n_redactions"))
    return sorted(
        f"{conversation}/{turn}"
        for conversation, turn, text, count in zip(*columns, strict=True)
        if not _adds_up(PLACEHOLDER.findall(text), count, put[conversation, turn])
    )


def _adds_up(found: Sequence[str], count: int, put: Counter[str]) -> bool:
    return len(found) == count and put <= Counter(found)


def _frames_of(turns: pd.DataFrame) -> Iterator[tuple[str, int, str, float, float]]:
    """All of a turn but its text; times that are unknown as -1, so that they compare."""
    times = (turns[name].astype("float64").fillna(-1) for name in ("start_s", "end_s"))
    columns = (turns[name] for name in ("conversation_id", "turn", "role"))
    yield from zip(*columns, *times, strict=True)


def _has_shape(text: str) -> bool:
    return any(shape.search(text) for shape in SHAPES)


def _has_name(text: str, names: re.Pattern[str] | None) -> bool:
    return names is not None and names.search(text) is not None


def _full_names(known_names: pd.DataFrame) -> dict[str, re.Pattern[str]]:
    """One pattern per conversation; single words are left out, for they may be words as well."""
    patterns: defaultdict[str, set[str]] = defaultdict(set)
    columns = (known_names[name] for name in ("conversation_id", "name"))
    for conversation, name in zip(*columns, strict=True):
        if len(name.split()) > 1:
            patterns[conversation].add(r"\b" + r"\s+".join(map(re.escape, name.split())) + r"\b")
    return {
        conversation: re.compile("|".join(sorted(own)), re.IGNORECASE)
        for conversation, own in patterns.items()
    }
