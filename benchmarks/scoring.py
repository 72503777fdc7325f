"""What counts as found: every letter and digit of a mention covered, whatever the type."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchmarks.marked import Conversation, Mark
from pipeline.tables import DIRECT_IDENTIFIERS, ENTITY_TYPES

Spans = list[tuple[int, int]]
DIRECT = tuple(t for t in ENTITY_TYPES if t in DIRECT_IDENTIFIERS)
QUASI = tuple(t for t in ENTITY_TYPES if t not in DIRECT_IDENTIFIERS)


def solid(text: str, start: int, end: int) -> set[int]:
    """Offsets of letters and digits."""
    return {i for i in range(start, end) if text[i].isalnum()}


def covered(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Offsets of letters and digits inside any span."""
    return {i for start, end in spans for i in solid(text, start, end)}


def percent(part: int, whole: int) -> float:
    """A share in per cent; nothing of nothing is all of it."""
    return round(100 * part / whole, 1) if whole else 100.0


def found_marks(conversation: Conversation, spans: Sequence[Spans]) -> Iterator[tuple[Mark, bool]]:
    """Each mark, and whether every letter and digit of it is covered."""
    for text, marks, found in zip(conversation.texts, conversation.marks, spans, strict=True):
        cover = covered(text, found)
        for mark in marks:
            yield mark, solid(text, mark.start, mark.end) <= cover


class Tally:
    """Counts of one system on one set."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = defaultdict(int)
        self.found: dict[str, int] = defaultdict(int)
        self.right = 0
        self.covered = 0
        self.conversations = 0
        self.complete = 0

    def add(self, conversation: Conversation, spans: Sequence[Spans]) -> None:
        """Count one conversation."""
        whole = True
        for text, marks, found in zip(conversation.texts, conversation.marks, spans, strict=True):
            cover = covered(text, found)
            marked = covered(text, [(m.start, m.end) for m in marks])
            self.covered += len(cover)
            self.right += len(cover & marked)
            for mark in marks:
                hit = solid(text, mark.start, mark.end) <= cover
                self.marks[mark.entity_type] += 1
                self.found[mark.entity_type] += hit
                whole = whole and (hit or mark.entity_type not in DIRECT_IDENTIFIERS)
        self.conversations += 1
        self.complete += whole

    def scores(self) -> dict[str, Any]:
        """Shares in per cent, with counts."""
        return {
            "direct": self._recall(DIRECT),
            "quasi": self._recall(QUASI),
            "precision": percent(self.right, self.covered),
            "complete": percent(self.complete, self.conversations),
            "conversations": self.conversations,
            "types": {t: [self.found[t], self.marks[t]] for t in ENTITY_TYPES if self.marks[t]},
        }

    def _recall(self, types: Iterable[str]) -> float:
        chosen = list(types)
        return percent(sum(self.found[t] for t in chosen), sum(self.marks[t] for t in chosen))
