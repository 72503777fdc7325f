"""A detector that has no part in redaction: Presidio as it comes, with spaCy's name tagger.

It reads what redaction left. Redaction itself goes by other evidence (`recognisers` beside this),
so what both miss is missed for two reasons. spaCy goes by capitals: only turns in which one is left
within a sentence are read by it, which is a third of the work.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    PLACEHOLDER,
    is_cased,
    public_words,
    starts_sentence,
    words,
)
from pipeline.resources.recognisers import keep_off_the_network, name_tagger

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

NAMES = {
    "PERSON": ("PERSON", 0.85),
    "GPE": ("PLACE", 0.4),
    "LOC": ("PLACE", 0.4),
    "FAC": ("PLACE", 0.4),
    "ORG": ("ORG", 0.5),
}
"""Our type of each of spaCy's, and how sure to be: it gives no score, Presidio says .85 for all.
Places and bodies are often kept on purpose."""
DOUBTFUL = frozenset({"SpacyRecognizer", "DateRecognizer"})
"""Asked directly; and dates, which are mostly "today"."""


class Auditor(dg.ConfigurableResource):
    """A second opinion on redacted turns. Its models are loaded once a process."""

    least_sure: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="Lower shows reviewers more, and more that is harmless.",
    )

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """What it takes for personal in each redacted turn, placeholders included."""
        found: list[list[Finding]] = [[] for _ in texts]
        asked = [row for row, text in enumerate(texts) if _has_capital_left(text)]
        if asked:
            for row, doc in zip(asked, name_tagger().pipe([texts[r] for r in asked]), strict=True):
                found[row] += [_name(e) for e in doc.ents if e.label_ in NAMES]
        for row, text in enumerate(texts):
            if any(c.isdigit() or c == "@" for c in PLACEHOLDER.sub("", text)):
                found[row] += _shapes(text)
        return [[f for f in own if f.score >= self.least_sure] for own in found]


def _has_capital_left(text: str) -> bool:
    bare = PLACEHOLDER.sub(lambda match: " " * len(match[0]), text)
    return is_cased(bare) and any(
        word.text[0].isupper()
        and len(word.text) > 1
        and word.lower not in public_words()
        and not word.lower.startswith(("i'", "i’"))
        and not starts_sentence(bare, word.start)
        for word in words(bare)
    )


def _name(entity: Any) -> Finding:
    entity_type, score = NAMES[entity.label_]
    rule = f"spacy.{entity.label_.lower()}"
    return Finding(entity.start_char, entity.end_char, entity_type, rule, score)


def _shapes(text: str) -> list[Finding]:
    return [
        Finding(r.start, r.end, "ID", f"presidio.{r.entity_type.lower()}", r.score)
        for recogniser in _recognisers()
        for r in recogniser.analyze(text, recogniser.supported_entities, None)  # type: ignore[arg-type] no model
    ]


@lru_cache(maxsize=1)
def _recognisers() -> "tuple[EntityRecognizer, ...]":
    """Presidio's defaults, those of other countries included."""
    from presidio_analyzer import RecognizerRegistry

    keep_off_the_network()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    return tuple(r for r in registry.recognizers if type(r).__name__ not in DOUBTFUL)
