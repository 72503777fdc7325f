"""What reviewers decided: mask this, keep that. The final word on a conversation's redaction.

Decisions come from `redaction_decisions.csv` beside the transcripts. What was read once is in force
until a later row for the same words says otherwise: a row that is taken out of the file, a lost or
a broken file change nothing. A mask outweighs every keep; no keep unmasks a name that the register
knows.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import pandas as pd

from pipeline.domain.governance.spreadsheets import (
    Cells,
    Problem,
    is_misaligned,
    read_rows,
    without,
)
from pipeline.domain.intake.names import SAFE_ID
from pipeline.domain.redaction.people import FORMAL
from pipeline.domain.redaction.spans import Finding, lies_in, merge, overlaps
from pipeline.domain.redaction.words import GRAMMAR, PLACEHOLDER, is_cased, is_ordinary
from pipeline.tables import ENTITY_TYPES, TABLES, empty, records

WHAT = "The file of decisions"
EVERYWHERE = "*"
"""In place of a conversation: the whole programme."""
NEEDED = ("conversation_id", "text", "action")
COLUMNS = (*NEEDED, "entity_type", "reviewer", "reason")
ACTIONS = ("mask", "keep")
DEFAULT_TYPE = "PERSON"
MASK_RULE = "decision.mask"
KNOWN_NAME = "known_name"
LONGEST_TEXT = 200
LONGEST_NOTE = 500
WORD = re.compile(r"[^\W_]+")
GAP = re.compile(r"[^\w?!;:()\[\]]{1,3}|_")
"""What may stand between two words of a decision: spaces, hyphens, full stops, an at sign."""

Outcome = Literal["masked", "kept", "known_name", "outweighed", "part_of_more"]

PROBLEMS: dict[str, str] = {
    "unsafe_id": "Write one conversation's id, or * for the whole programme.",
    "no_words": "The text has no letter or digit; write the words as they stand in the transcript.",
    "placeholder": "The text holds a placeholder; write the words that it stands for.",
    "too_long": f"More than {LONGEST_TEXT} characters; write the words alone.",
    "unknown_action": "Write mask or keep.",
    "unknown_type": f"Write one of {', '.join(ENTITY_TYPES)}; empty means {DEFAULT_TYPE}.",
    "everyday_word": "A word that stands in every conversation; decide it for one conversation.",
    "misaligned_row": "The row has more cells than the header; a text with a comma needs quotes.",
}
"""Codes of what is wrong in a row, each with what to do. Such a row decides nothing."""


class Decision(NamedTuple):
    """One row, understood. `entity_type` is the type of a mask; empty for a keep."""

    conversation_id: str
    text: str
    action: str
    entity_type: str = ""
    reviewer: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What a later decision must share to take this one's place."""
        return self.conversation_id, words_of(self.text)

    @property
    def decision_id(self) -> str:
        """Hash of what is decided; who decided it and why do not count."""
        parts = (self.conversation_id, *words_of(self.text), self.action, self.entity_type)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


Ruling = tuple[Decision, ...]
"""The decisions in force for one conversation, its own and the programme's."""


class Decided(NamedTuple):
    """What a file of decisions says: the good rows in order, and the others."""

    decisions: list[Decision]
    problems: list[Problem]


class Place(NamedTuple):
    """Where the words of a decision stand in a text."""

    start: int
    end: int
    decision: Decision


def words_of(text: str) -> tuple[str, ...]:
    """The words by which a text is recognised, whatever is written between them."""
    return tuple(_same(word) for word in WORD.findall(text))


# The file


def read_decisions(content: bytes) -> Decided:
    """The decisions of the file, and what is wrong with its other rows.

    Raises
    ------
    RegisterError
        If the file is no table or has no column for whom, what or which way.
    """
    header, rows = read_rows(content, WHAT, NEEDED, COLUMNS)
    decided = Decided([], [])
    for row in rows:
        decision, problems = _understand(row, header)
        decided.problems.extend(problems)
        decided.decisions.extend([] if problems else [decision])
    return decided


def is_about(conversation_id: str, text: str, of: str, names: Iterable[Sequence[str]]) -> bool:
    """Whether a decision is of this conversation, or of all and names its person.

    Parameters
    ----------
    names : iterable of sequences of str
        The person's names, as `words_of` gives them. One of several words may stand among others;
        a single word must be all that is decided, but for a title: "Mrs Hallett", not "Hallett Row".
    """
    if conversation_id != EVERYWHERE:
        return conversation_id == of
    said = words_of(text)
    bare = tuple(word for word in said if word not in FORMAL)
    return any(
        bare == tuple(name) if len(name) == 1 else _holds(said, name) for name in names if name
    )


def _holds(said: Sequence[str], name: Sequence[str]) -> bool:
    return any(tuple(said[at : at + len(name)]) == tuple(name) for at in range(len(said)))


def without_person(content: bytes, conversation_id: str, names: Iterable[Sequence[str]]) -> bytes:
    """The file without the rows that are about this person, every other byte as it was."""
    known = [*names]

    def is_theirs(header: Sequence[str], cells: Sequence[str]) -> bool:
        row = dict(zip(header, cells, strict=False))
        own, text = row.get("conversation_id", "").strip(), row.get("text", "")
        return is_about(own, text, conversation_id, known)

    return without(content, is_theirs)


def _understand(row: Cells, header: Sequence[str]) -> tuple[Decision, list[Problem]]:
    cells = {name: _plain(cell) for name, cell in zip(header, row.cells, strict=False)}
    values = [cells.get(name, "") for name in COLUMNS]
    decision = _tidy(Decision(*values))
    found = dict(_faults(decision))
    if is_misaligned(row, header):
        found["the row"] = "misaligned_row"
    return decision, [Problem(row.number, column, code) for column, code in found.items()]


def _plain(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _tidy(decision: Decision) -> Decision:
    action = decision.action.lower()
    entity_type = (decision.entity_type.upper() or DEFAULT_TYPE) if action == "mask" else ""
    return decision._replace(
        action=action,
        entity_type=entity_type,
        reviewer=decision.reviewer[:LONGEST_NOTE],
        reason=decision.reason[:LONGEST_NOTE],
    )


def _faults(decision: Decision) -> Iterator[tuple[str, str]]:
    if decision.conversation_id != EVERYWHERE and not SAFE_ID.fullmatch(decision.conversation_id):
        yield "conversation_id", "unsafe_id"
    if decision.action not in ACTIONS:
        yield "action", "unknown_action"
    if decision.entity_type not in ("", *ENTITY_TYPES):
        yield "entity_type", "unknown_type"
    fault = _fault_of_text(decision)
    if fault:
        yield "text", fault


def _fault_of_text(decision: Decision) -> str:
    found = words_of(decision.text)
    if PLACEHOLDER.search(decision.text):
        return "placeholder"
    if not found:
        return "no_words"
    if len(decision.text) > LONGEST_TEXT:
        return "too_long"
    everywhere = decision.action == "mask" and decision.conversation_id == EVERYWHERE
    is_everyday = all(word in GRAMMAR or len(word) == 1 for word in found)
    return "everyday_word" if everywhere and is_everyday else ""


# The record


def recorded(before: pd.DataFrame, decisions: Sequence[Decision]) -> pd.DataFrame:
    """Table `redaction_decisions` after a reading of the file: what is new is added at its end.

    New is what was not in the file at its last reading, so that a row written in again decides
    again. A file without a good row says nothing.
    """
    if not decisions:
        return before
    known = [(_decision(row), bool(row["is_in_file"])) for row in records(before)]
    fresh = Counter(decisions) - Counter(decision for decision, is_in_file in known if is_in_file)
    added: list[Decision] = []
    for decision in reversed(decisions):
        if fresh[decision] > 0:
            fresh[decision] -= 1
            added.append(decision)
    still = Counter(decisions) - Counter(added)
    positions = [int(position) for position in before["position"]]
    first = max(positions, default=0) + 1
    rows = [
        _record(position, decision, is_in_file=_take(still, decision))
        for position, (decision, _) in zip(positions, known, strict=True)
    ]
    rows += [
        _record(first + number, decision, is_in_file=True)
        for number, decision in enumerate(reversed(added))
    ]
    none = empty(TABLES["redaction_decisions"])
    return pd.DataFrame(rows, columns=none.columns).astype(none.dtypes.to_dict())


def _take(left: Counter[Decision], decision: Decision) -> bool:
    if left[decision] < 1:
        return False
    left[decision] -= 1
    return True


def _record(position: int, decision: Decision, *, is_in_file: bool) -> dict[str, object]:
    words = {name: value or None for name, value in decision._asdict().items()}
    return {
        "position": position,
        "decision_id": decision.decision_id,
        **words,
        "is_in_file": is_in_file,
    }


def _decision(row: Mapping[str, Any]) -> Decision:
    values = [row[name] for name in Decision._fields]
    return Decision(*("" if pd.isna(value) else str(value) for value in values))


def in_force(record: pd.DataFrame) -> dict[str, Ruling]:
    """The decisions that hold, by conversation: the last one for the same words."""
    latest: dict[tuple[str, tuple[str, ...]], Decision] = {}
    for row in records(record.sort_values("position")):
        decision = _decision(row)
        latest[decision.key] = decision
    by_conversation: dict[str, list[Decision]] = {}
    for decision in sorted(latest.values()):
        by_conversation.setdefault(decision.conversation_id, []).append(decision)
    return {conversation: tuple(own) for conversation, own in by_conversation.items()}


def ruling_for(
    decisions: Mapping[str, Ruling], conversation_id: str, texts: Sequence[str]
) -> Ruling:
    """Of the decisions in force those whose words stand in this conversation."""
    found: set[Decision] = set()
    for ruling in (decisions.get(EVERYWHERE, ()), decisions.get(conversation_id, ())):
        if ruling:
            found |= {place.decision for text in texts for place in places(text, ruling)}
    return tuple(sorted(found))


# What they do


def settle(text: str, findings: Sequence[Finding], ruling: Ruling) -> list[Finding]:
    """The findings as reviewers want them, in order and without overlaps."""
    if not ruling:
        return list(findings)
    found = places(text, ruling)
    kept = [_with_article(text, p) for p in found if p.decision.action == "keep"]
    masked = [
        Finding(p.start, p.end, p.decision.entity_type, MASK_RULE, 1.0)
        for p in found
        if p.decision.action == "mask"
    ]
    left = [f for f in findings if _is_known(f.rule) or not lies_in(f, kept)]
    return merge([*left, *masked])


def outcomes(
    texts: Sequence[str], findings: Sequence[Sequence[Finding]], ruling: Ruling
) -> dict[Decision, tuple[int, Outcome]]:
    """How often the words of each decision stand in a conversation, and what came of it.

    Parameters
    ----------
    findings : sequence of sequences of Finding
        What was redacted in each text.
    """
    met: dict[Decision, list[Outcome]] = {}
    for text, found in zip(texts, findings, strict=True):
        for place in places(text, ruling):
            met.setdefault(place.decision, []).append(_outcome(place, found))
    return {decision: (len(ways), max(ways, key=_GRAVITY.index)) for decision, ways in met.items()}


_GRAVITY: tuple[Outcome, ...] = ("masked", "kept", "part_of_more", "outweighed", "known_name")
"""Where a decision fared differently in different places, the last of these is told."""


def _outcome(place: Place, findings: Sequence[Finding]) -> Outcome:
    over = [f for f in findings if overlaps(f, [(place.start, place.end)])]
    if place.decision.action == "mask":
        return "masked"
    if not over:
        return "kept"
    if any(_is_known(f.rule) for f in over):
        return "known_name"
    is_masked = any(MASK_RULE in f.rule.split("+") for f in over)
    return "outweighed" if is_masked else "part_of_more"


def _is_known(rule: str) -> bool:
    return KNOWN_NAME in rule.split("+")


# Where the words stand


def places(text: str, ruling: Ruling) -> list[Place]:
    """Every place where the words of a decision stand, outside placeholders."""
    index = _index(ruling)
    taken = [match.span() for match in PLACEHOLDER.finditer(text)]
    tokens = [
        match
        for match in WORD.finditer(text)
        if not any(start <= match.start() < end for start, end in taken)
    ]
    cased = is_cased(text)
    found: list[Place] = []
    for at, token in enumerate(tokens):
        for wanted, decision in index.get(_same(token[0]), ()):
            there = tokens[at : at + len(wanted)]
            if _is_there(text, there, wanted) and not (cased and _is_other_word(there, decision)):
                found.append(_place(text, there, decision))
    return found


@lru_cache(maxsize=8)
def _index(ruling: Ruling) -> dict[str, list[tuple[tuple[str, ...], Decision]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], Decision]]] = {}
    for decision in ruling:
        wanted = words_of(decision.text)
        by_first.setdefault(wanted[0], []).append((wanted, decision))
    return by_first


def _is_there(text: str, tokens: Sequence[re.Match[str]], wanted: Sequence[str]) -> bool:
    return [_same(token[0]) for token in tokens] == list(wanted) and all(
        GAP.fullmatch(text[one.end() : other.start()]) for one, other in pairwise(tokens)
    )


def _is_other_word(tokens: Sequence[re.Match[str]], decision: Decision) -> bool:
    """In a text with capitals "rose" is not Rose, if "Rose" is how the reviewer wrote it."""
    as_written = WORD.findall(decision.text)
    if decision.text == decision.text.lower() or not all(map(is_ordinary, words_of(decision.text))):
        return False
    return any(
        not token[0].isupper() and unicodedata.normalize("NFC", token[0]) != word
        for token, word in zip(tokens, as_written, strict=True)
    )


def _place(text: str, tokens: Sequence[re.Match[str]], decision: Decision) -> Place:
    """From the first word to the last, with the sign before it if the decision names that."""
    start = tokens[0].start()
    if start and text[start - 1] in "@#+" and decision.text[0] == text[start - 1]:
        start -= 1
    return Place(start, tokens[-1].end(), decision)


def _with_article(text: str, place: Place) -> tuple[int, int]:
    """With "the" before it and "'s" after it, which a redaction of the words may cover too."""
    before = re.search(r"(?i)(?<!\w)the\s+$", text[: place.start])
    after = re.match(r"['’]s\b", text[place.end :])
    return before.start() if before else place.start, place.end + (after.end() if after else 0)


def _same(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()
