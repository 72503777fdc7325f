"""How a program counts characters: told from passages whose own words are known.

Programs do not agree whether the end of a passage is its last character or one past it, whether a
line end of two characters counts once or twice, and whether a byte order mark counts.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

BOM = "\ufeff"


class Passage(NamedTuple):
    """A passage as a program wrote it down: positions in its own counting, words if it says any."""

    start: int
    end: int
    words: str


class Counting(NamedTuple):
    """One way of counting."""

    is_inclusive: bool = False
    counts_line_ends_twice: bool = False
    counts_mark: bool = False

    def text(self, raw: str) -> str:
        """The text with as many characters as the program counts."""
        marked = raw if self.counts_mark else raw.removeprefix(BOM)
        return marked if self.counts_line_ends_twice else marked.replace("\r\n", "\n")

    def end(self, passage: Passage) -> int:
        """One past the last character."""
        return passage.end + self.is_inclusive

    def plain(self, counted: str, position: int) -> int:
        """A position in the text without mark, line feeds only; of a text counted this way."""
        before = counted[: max(position, 0)]
        return len(before) - before.count("\r\n") - before.startswith(BOM)


EVERY = tuple(Counting(*flags) for flags in product((False, True), repeat=3))
"""The usual way first: it stands where nothing speaks for another."""


def plain(raw: str) -> str:
    """The text without byte order mark, with line feeds only."""
    return raw.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


def counting_of(texts: Iterable[tuple[str, Sequence[Passage]]]) -> Counting:
    """The way of counting under which most passages are the words that they are said to be."""
    held = list(texts)
    return max(EVERY, key=lambda way: sum(_fit(way, raw, passages) for raw, passages in held))


def _fit(way: Counting, raw: str, passages: Sequence[Passage]) -> int:
    counted = way.text(raw)
    return sum(_fits(counted[p.start : way.end(p)], p, counted, way) for p in passages)


def _fits(found: str, passage: Passage, counted: str, way: Counting) -> int:
    """Much for the very words, less for their beginning, least for ending where a word ends."""
    words, said = _told(passage.words), _told(found)
    if words and words == said:
        return 100
    if words and said.startswith(words):
        return 60
    after = counted[way.end(passage) : way.end(passage) + 1]
    return int(said != "" and not (found[-1:].isalnum() and after.isalnum()))


def _told(words: str) -> str:
    return " ".join(words.split()).rstrip("…").removesuffix("...").strip()
