"""The detector: what all recognisers together find in a conversation."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from pydantic import Field

from pipeline.domain.redaction.spans import Finding
from pipeline.resources.recognisers import TAGGER, Piece, analyse, load_engine, locate
from pipeline.resources.tagger import believable

LONGEST_BLOCK = 50_000
"""Characters analysed at once; a conversation of ordinary length is one block."""


def _rebuilt(settings: dict[str, Any]) -> "Detector":
    return Detector(**settings)


class Detector(dg.ConfigurableResource):
    """Finds personal data in the turns of a conversation. Its models are loaded once a process."""

    score_threshold: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="Lower finds more and redacts more harmless words.",
    )
    without: list[str] = Field(
        default_factory=list,
        description="Recognisers that are switched off, by name, to measure what each adds; "
        "`register` and `propagation` too.",
    )
    also: list[str] = Field(
        default_factory=list,
        description="Recognisers that are off by default, switched on by name.",
    )
    tagger: str = Field(
        default="",
        description="Folder of another tagger than the shipped one, to measure it.",
    )

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to a worker as its settings alone: Dagster's part of a resource cannot travel."""
        return _rebuilt, (self.model_dump(),)

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Findings in each turn of one conversation; its turns are context for each other."""
        found: list[list[Finding]] = [[] for _ in texts]
        for block in blocks(texts):
            for finding in self._find("\n".join(piece.text for piece in block)):
                for turn, part in locate(block, finding):
                    found[turn].append(part)
        return found

    def _find(self, text: str) -> list[Finding]:
        """Findings that are sure enough, and that the tagger does not deny."""
        engine = load_engine(tuple(sorted(self.without)), tuple(sorted(self.also)), self.tagger)
        sure = [f for f in analyse(engine, text) if f.score >= self.score_threshold]
        return sure if TAGGER in self.without else believable(text, sure, self.tagger)


def blocks(texts: Sequence[str]) -> Iterator[list[Piece]]:
    """Turns in order, joined into blocks of bounded length; a longer turn is cut at a space."""
    block: list[Piece] = []
    length = 0
    for piece in _pieces(texts):
        if block and length + len(piece.text) > LONGEST_BLOCK:
            yield block
            block, length = [], 0
        block.append(piece)
        length += len(piece.text)
    if block:
        yield block


def _pieces(texts: Sequence[str]) -> Iterator[Piece]:
    for turn, text in enumerate(texts):
        start = 0
        while len(text) - start > LONGEST_BLOCK:
            space = text.rfind(" ", start, start + LONGEST_BLOCK)
            end = space if space > start else start + LONGEST_BLOCK
            yield Piece(turn, start, text[start:end])
            start = end
        yield Piece(turn, start, text[start:])
