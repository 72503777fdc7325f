"""Training text: a turn is its words and the marks over them."""

import json
import random
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from training.names import held_out
from training.values import HESITATIONS, Values

FOLDS = 5
TEMPLATES = Path(__file__).parent / "templates"
TALKS = TEMPLATES / "talks"
SLOT = re.compile(r"\{([A-Za-z]+)(?:#(\w+))?(?:=([^{}]*))?\}")
"""A value of that type; with a letter the same one throughout; with words, those words."""
# What a slot is called in a template, and the type its value is marked with; in small letters none.
SLOT_TYPES = {
    "FIRST": "PERSON", "LAST": "PERSON", "PET": "PERSON", "SPELT": "PERSON", "STREET": "ADDRESS",
    "NHS": "ID", "NINO": "ID", "PLATE": "ID", "BANK": "ID", "CASE": "ID", "CARD": "ID",
    "ABROAD": "ADDRESS", "STREETABROAD": "ADDRESS", "HOUSE": "ADDRESS", "CASEREF": "ID",
    "WORD": "PERSON", "NICK": "PERSON", "WLAST": "PERSON", "INITIAL": "PERSON",
    "INITIALS": "PERSON", "CLUB": "ORG", "COMPANY": "ORG", "PHONEABROAD": "PHONE",
    "BDAY": "DOB", "BYEAR": "DOB", "BFEAST": "DOB",
}  # fmt: skip
SHARES = {
    "stories": 24, "identifiers": 20, "negatives": 15, "details": 18, "word_names": 13,
    "written": 10,
}  # fmt: skip
"""How often a sentence comes from which file."""
FILLERS = ("um", "uh", "er", "you know", "like", "I mean", "sort of", "well", "right", "so yeah")
PUNCTUATION = re.compile(r"[.,!?;:\"“”()\[\]—–…-]")


class Span(NamedTuple):
    """Characters start to end of a turn, and their entity type."""

    start: int
    end: int
    entity_type: str


class Turn(NamedTuple):
    """Words with their marks, in order and without overlap."""

    text: str
    spans: tuple[Span, ...]


def assemble(pieces: Iterable[tuple[str, str | None]]) -> Turn:
    """A turn from pieces of text, each with its entity type or none."""
    text, spans = "", []
    for piece, entity_type in pieces:
        if entity_type and piece:
            spans.append(Span(len(text), len(text) + len(piece), entity_type))
        text += piece
    return Turn(text, tuple(spans))


def pieces(turn: Turn) -> list[tuple[str, str | None]]:
    """The inverse of `assemble`."""
    parts, position = [], 0
    for start, end, entity_type in turn.spans:
        parts += [(turn.text[position:start], None), (turn.text[start:end], entity_type)]
        position = end
    return [*parts, (turn.text[position:], None)]


@cache
def templates(name: str) -> list[str]:
    """Sentences of a template file."""
    lines = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class Filler:
    """Values for the slots of one conversation; a slot with a letter keeps its value."""

    def __init__(self, rng: random.Random, values: Values):
        self.rng, self.values = rng, values
        self._renamed = rng.random() < 0.6
        self._kept: dict[tuple[str, str], str] = {}

    def turn(self, template: str) -> Turn:
        """The template with its slots filled."""
        parts: list[tuple[str, str | None]] = []
        position = 0
        for slot in SLOT.finditer(template):
            before = template[position : slot.start()]
            kind, letter, words = slot.groups()
            value = self._value(kind, letter) if words is None else self._written(kind, words)
            if before.lower().endswith((" the ", " a ")) or before.lower() in ("the ", "a "):
                value = re.sub(r"^(?:[Tt]he|a) ", "", value)
            marked = None if kind.islower() else SLOT_TYPES.get(kind, kind)
            parts += [(before, None), (value, marked)]
            position = slot.end()
        return assemble([*parts, (template[position:], None)])

    def _value(self, kind: str, letter: str | None) -> str:
        if letter is None:
            return self.values.draw(kind, self.rng)
        if (kind, letter) not in self._kept:
            self._kept[kind, letter] = self.values.draw(kind, self.rng)
        return self._kept[kind, letter]

    def _written(self, kind: str, words: str) -> str:
        if kind in ("PERSON", "FIRST", "LAST", "PET"):
            return " ".join(self._name(word) for word in words.split())
        taken = held_out().intersection(re.findall(r"\w+", words.lower()))
        return self.values.draw(kind, self.rng) if taken or self.rng.random() < 0.25 else words

    def _name(self, word: str) -> str:
        bare = re.sub(r"\W+", "", word.lower())
        if bare not in held_out() and (len(bare) <= 2 or not self._renamed):
            return word
        if ("PERSON", bare) not in self._kept:
            swapped = bare in held_out() or self.rng.random() < 0.7
            self._kept["PERSON", bare] = self.values.names.first(self.rng) if swapped else word
        return self._kept["PERSON", bare]


def fill(rng: random.Random, template: str, values: Values) -> Turn:
    """A template with fresh values."""
    return Filler(rng, values).turn(template)


def talks() -> list[list[str]]:
    """The invented interviews, each a list of turns with slots."""
    blocks = [
        block.splitlines()
        for path in sorted(TALKS.glob("*.txt"))
        for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
    ]
    turns = ([line[3:] for line in block if line[:3] in ("Q: ", "A: ")] for block in blocks)
    return [talk for talk in turns if talk]


def talk(rng: random.Random, template: list[str], values: Values) -> list[Turn]:
    """An invented interview with fresh values."""
    filler = Filler(rng, values)
    return [filler.turn(turn) for turn in template]


def sentence(rng: random.Random, values: Values) -> Turn:
    """One templated sentence: two in three hold something personal."""
    kind = rng.choices([*SHARES], [*SHARES.values()])[0]
    return fill(rng, rng.choice(templates(kind)), values)


def templated(rng: random.Random, values: Values) -> Turn:
    """A turn of one to five templated sentences."""
    count = rng.choices((1, 2, 3, 4, 5), (35, 25, 20, 12, 8))[0]
    parts = [p for _ in range(count) for p in (*pieces(sentence(rng, values)), (" ", None))]
    return assemble(parts[:-1])


def read_key(path: Path) -> dict[str, list[Turn]]:
    """The conversations of an answer key."""
    conversations: dict[str, list[Turn]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = tuple(sorted(Span(*s) for s in row["spans"]))
        conversations.setdefault(row["conversation_id"], []).append(Turn(row["text"], spans))
    return conversations


def fold_of(conversation_id: str) -> int:
    """Which of the five folds a conversation is in: its number modulo five."""
    return int(re.sub(r"\D", "", conversation_id)) % FOLDS


class Refill:
    """Fresh values for the marks of one conversation; a name stays one name throughout."""

    def __init__(self, rng: random.Random, values: Values, turns: list[Turn], keep: float):
        self.rng, self.values = rng, values
        self.as_written = rng.random() < keep
        self._names: dict[str, str] = {}
        self._others: dict[tuple[str, str], str] = {}
        people = [
            t.text[s:e].lower().split() for t in turns for s, e, y in t.spans if y == "PERSON"
        ]
        firsts = {words[0] for words in people}
        self._lasts = {w for words in people for w in words[1:]} - firsts

    def turn(self, turn: Turn) -> Turn:
        """The turn with its marks refilled."""
        return assemble((self._fresh(t, y) if y else t, y) for t, y in pieces(turn))

    def _fresh(self, value: str, entity_type: str) -> str:
        if entity_type == "PERSON":
            return " ".join(self._name(word) for word in value.split())
        if self.as_written:
            return value
        key = (entity_type, value.lower())
        if key not in self._others:
            fresh = self.rng.random() < 0.8
            self._others[key] = self.values.draw(entity_type, self.rng) if fresh else value
        return self._others[key]

    def _name(self, word: str) -> str:
        bare = re.sub(r"\W+", "", word.lower())
        keep = self.as_written or len(bare) <= 2 or self.rng.random() < 0.03
        if keep and bare not in held_out():
            return self._names.setdefault(bare, word)
        if bare not in self._names:
            draw = self.values.names.last if bare in self._lasts else self.values.names.first
            if self.rng.random() < 0.05:
                draw = self.values.names.pet
            self._names[bare] = draw(self.rng)
        return self._names[bare]


def insert(rng: random.Random, turn: Turn, values: Values) -> Turn:
    """The turn with a templated sentence at one of its sentence ends."""
    cuts = [0, *(m.end() for m in re.finditer(r"[.?!] ", turn.text)), len(turn.text)]
    cut = rng.choice(cuts)
    if any(s < cut < e for s, e, _ in turn.spans):
        return turn
    new = sentence(rng, values)
    before = "" if cut == 0 or turn.text[cut - 1] == " " else " "
    after = "" if cut == len(turn.text) else " "
    shift = len(before) + len(new.text) + len(after)
    spans = [
        *(s for s in turn.spans if s.end <= cut),
        *(Span(s + cut + len(before), e + cut + len(before), y) for s, e, y in new.spans),
        *(Span(s + shift, e + shift, y) for s, e, y in turn.spans if s >= cut),
    ]
    return Turn(turn.text[:cut] + before + new.text + after + turn.text[cut:], tuple(spans))


def disfluent(rng: random.Random, turn: Turn) -> Turn:
    """The turn with fillers between words, seldom inside a mark, and a word said twice."""
    for _ in range(rng.randint(1, 3)):
        starts = [m.start() for m in re.finditer(r"(?<= )\w", turn.text)]
        if not starts:
            return turn
        at = rng.choice(starts)
        inside = any(s < at < e for s, e, _ in turn.spans)
        if inside and rng.random() < 0.6:
            continue
        again = turn.text[at:].split(" ", 1)[0].strip(".,?!")
        words = rng.choice(HESITATIONS[:4]) if inside else rng.choice([*FILLERS, again])
        turn = _inserted(turn, at, words + rng.choice([" ", ", "]))
    return turn


def _inserted(turn: Turn, at: int, words: str) -> Turn:
    n = len(words)
    spans = (Span(s + n * (s >= at), e + n * (e > at), y) for s, e, y in turn.spans)
    return Turn(turn.text[:at] + words + turn.text[at:], tuple(spans))


def as_automatic(rng: random.Random, turn: Turn, share: float) -> Turn:
    """The turn with that share of its punctuation gone, as a speech recogniser writes."""

    def drop(match: re.Match[str]) -> str:
        return " " if rng.random() < share else match[0]

    apostrophe = rng.choice(("'", "'", "", "", " ")) if share else "'"

    def plain(text: str) -> str:
        return re.sub(r"['’]", apostrophe, PUNCTUATION.sub(drop, text))

    return assemble((plain(text), entity_type) for text, entity_type in pieces(turn))


def noised(rng: random.Random, turns: list[Turn]) -> list[Turn]:
    """One conversation's turns as one transcript may have them: clean, half, or unpunctuated."""
    share = rng.choice((0.0, 0.0, 0.5, 1.0, 1.0))
    changed = (disfluent(rng, t) if rng.random() < 0.3 else t for t in turns)
    return [as_automatic(rng, t, share) for t in changed]


def refreshed(rng: random.Random, turns: list[Turn], values: Values, share: float) -> list[Turn]:
    """Open data with some of its people and places renamed, and always those of the stress set."""
    renamed: dict[tuple[str, str], str] = {}
    fresh = rng.random() < share

    def rename(text: str, entity_type: str | None) -> str:
        words = text.split()
        if entity_type == "PERSON" and not text.startswith("@"):
            if not fresh and not held_out().intersection(w.lower() for w in words):
                return text
            draws: list[Callable[[random.Random], str]] = [values.names.first, values.names.last]
            return " ".join(
                renamed.setdefault(("P", w.lower()), draws[min(i, 1)](rng))
                for i, w in enumerate(words)
            )
        if entity_type == "PLACE" and fresh and rng.random() < 0.5:
            return renamed.setdefault(("L", text.lower()), values.place(rng))
        return text

    return [assemble((rename(t, y), y) for t, y in pieces(turn)) for turn in turns]
