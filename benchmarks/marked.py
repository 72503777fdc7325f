"""Conversations with every mention of personal data marked, as sets for measuring hold them."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

NAME_COLUMNS = ("participant_names", "interviewer_name", "known_third_parties")


class Mark(NamedTuple):
    """One mention of personal data in the answer key."""

    start: int
    end: int
    entity_type: str


class Conversation(NamedTuple):
    """A conversation with its marks, turn by turn, and the names the register knows."""

    conversation_id: str
    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    marks: tuple[tuple[Mark, ...], ...]
    names: tuple[str, ...]


def load(gold: Path) -> list[Conversation]:
    """The answer key with the register's names, conversations in order of id."""
    names = register_names(gold / "participants.csv")
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (gold / "gold_turns.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        rows[row["conversation_id"]].append(row)
    return [_conversation(key, rows[key], names.get(key, ())) for key in sorted(rows)]


def _conversation(key: str, rows: list[dict[str, Any]], names: tuple[str, ...]) -> Conversation:
    ordered = sorted(rows, key=lambda row: row["turn"])
    return Conversation(
        key,
        tuple(row["turn"] for row in ordered),
        tuple(row["text"] for row in ordered),
        tuple(tuple(Mark(*span) for span in row["spans"]) for row in ordered),
        names,
    )


MARKED = re.compile(r"\[\[(?P<type>[A-Z]+)\|(?P<words>[^|\[\]]+)\]\]")


def read_marked_text(
    content: str, names: Mapping[str, tuple[str, ...]]
) -> list[tuple[Conversation, str]]:
    """Conversations from text with marks like `[[PERSON|Ada]]`, with how each is written.

    Blank lines part conversations. The first line of each is `# ID WRITING`; every other is a turn,
    `Q: ` or `A: ` and what is said.
    """
    read: list[tuple[Conversation, str]] = []
    for block in re.split(r"\n\s*\n", content.strip()):
        head, *lines = block.splitlines()
        key, writing = head.removeprefix("# ").split()
        texts, marks = zip(*(_unmarked(line[3:]) for line in lines), strict=True)
        numbers = tuple(range(len(lines)))
        read.append((Conversation(key, numbers, texts, marks, names.get(key, ())), writing))
    return read


def _unmarked(line: str) -> tuple[str, tuple[Mark, ...]]:
    """The plain words of a turn, and where its marks are in them."""
    plain, marks, reach = "", list[Mark](), 0
    for match in MARKED.finditer(line):
        plain += line[reach : match.start()]
        marks.append(Mark(len(plain), len(plain) + len(match["words"]), match["type"]))
        plain += match["words"]
        reach = match.end()
    return plain + line[reach:], tuple(marks)


def register_names(path: Path) -> dict[str, tuple[str, ...]]:
    """All names that the register knows, by conversation."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["conversation_id"]: tuple(
                name.strip()
                for column in NAME_COLUMNS
                for name in (row.get(column) or "").split(";")
                if name.strip()
            )
            for row in csv.DictReader(file)
        }


def by_lines(text: str, spans: Iterable[tuple[int, int, str]]) -> Conversation:
    """A document as one conversation, a line a turn; a span over lines is a mark in each."""
    lines, marks, offset = text.split("\n"), list[tuple[Mark, ...]](), 0
    placed = sorted(spans)
    for line in lines:
        end = offset + len(line)
        inside = [
            Mark(max(s, offset) - offset, min(e, end) - offset, kind)
            for s, e, kind in placed
            if s < end and offset < e
        ]
        marks.append(tuple(inside))
        offset = end + 1
    return Conversation("document", tuple(range(len(lines))), tuple(lines), tuple(marks), ())


def as_automatic_text(conversation: Conversation) -> Conversation:
    """Lower case and without punctuation, marks moved along: what a plain speech recogniser gives.

    Signs inside e-mail addresses, handles and written dates stay (`.`, `_`, `@`, `/` between
    letters or digits, `@` before them); hyphens become spaces; apostrophes go.
    """
    texts: list[str] = []
    marks: list[tuple[Mark, ...]] = []
    for text, found in zip(conversation.texts, conversation.marks, strict=True):
        new, places = _strip(text)
        texts.append(new)
        moved = (_move(mark, places, new) for mark in found)
        marks.append(tuple(mark for mark in moved if mark.end > mark.start))
    return conversation._replace(texts=tuple(texts), marks=tuple(marks))


def _strip(text: str) -> tuple[str, list[int]]:
    """The bare text, and for each old offset its new one."""
    kept: list[str] = []
    places: list[int] = []
    for index, sign in enumerate(text):
        places.append(len(kept))
        inside = re.match(r"\w[._@/:]\w", text[max(0, index - 1) : index + 2]) is not None
        if sign.isalnum() or inside or (sign == "@" and text[index + 1 : index + 2].isalnum()):
            lower = sign.lower()
            kept.append(lower if len(lower) == 1 else sign)
        elif sign not in "'’" and kept and kept[-1] != " ":
            kept.append(" ")
    places.append(len(kept))
    return "".join(kept), places


def _move(mark: Mark, places: Sequence[int], text: str) -> Mark:
    start, end = places[mark.start], places[mark.end]
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return Mark(start, end, mark.entity_type)


WRITINGS = {"cased": lambda conversation: conversation, "lower case": as_automatic_text}
"""Ways to write a conversation: as it is, and as a plain speech recogniser would."""
