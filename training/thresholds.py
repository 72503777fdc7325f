"""Choosing how sure the tagger must be: on conversations its weights have not seen."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.domain.redaction.tags import Chunk, Tagged, Thresholds, judge, read_chunks
from pipeline.tables import DIRECT_IDENTIFIERS
from training.corpus import LABELS
from training.texts import Turn

START = Thresholds(
    mid_sentence=0.05, sentence_start=0.4, lower=0.7, uncased=0.4, uncased_ordinary=0.7,
    public=0.6, exact=0.4, any_type=0.9, doubt=0.03, confirming=0.6, confirmed_start=0.03,
    confirmed_uncased=0.1, org_lower=0.5, org_uncased=0.5, job=0.4, counted=0.4, beside=0.3,
)  # fmt: skip
STEPS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
FIXED = ("doubt", "public")
"""What only matters beside other evidence, or for words too few to choose by."""
ROUNDS = 2
REACH = 2
UNLIKELY, LIKELY = 0.008, 0.3
"""Words below the first are never marked, unless the same word is somewhere above the second."""
MISSED_DIRECT, MISSED_QUASI, INCOMPLETE = 40.0, 15.0, 60.0
"""What a mention that stays in the text costs, and a conversation with any, in letters masked
for nothing."""


class Sample(NamedTuple):
    """A conversation in one writing, with the words of it that any thresholds could mark."""

    turns: list[Turn]
    chunks: list[Chunk]


def sample(turns: list[Turn], tagged: Sequence[Tagged]) -> Sample:
    """A conversation with what the tagger makes of it."""
    chunks = read_chunks([turn.text for turn in turns], tagged, LABELS)
    likely = {c.text.lower() for c in chunks if c.by_type["PERSON"] >= LIKELY}
    chosen = [c for c in chunks if c.any_type >= UNLIKELY or c.text.lower() in likely]
    return Sample(turns, chosen)


def choose(samples: Sequence[Sample], start: Thresholds = START) -> Thresholds:
    """Thresholds that cost least on these samples, changed one at a time by a step or two."""
    best, least = start, cost(samples, start)
    for _ in range(ROUNDS):
        for name in Thresholds._fields:
            if name in FIXED:
                continue
            for tried in _near(best, name):
                if (price := cost(samples, tried)) < least:
                    best, least = tried, price
    return best


def _near(thresholds: Thresholds, name: str) -> list[Thresholds]:
    place = int(np.searchsorted(STEPS, getattr(thresholds, name)))
    chosen = STEPS[max(0, place - REACH) : place + REACH + 1]
    return [thresholds._replace(**{name: step}) for step in chosen]


def cost(samples: Iterable[Sample], thresholds: Thresholds) -> float:
    """Letters that redaction with these thresholds loses, what it misses counted as letters."""
    return sum(_cost(sample, thresholds) for sample in samples)


def _cost(sample: Sample, thresholds: Thresholds) -> float:
    texts = [turn.text for turn in sample.turns]
    found = judge(texts, sample.chunks, thresholds)
    total, whole = 0.0, True
    for turn, findings in zip(sample.turns, found, strict=True):
        if not findings and not turn.spans:
            continue
        masked, harmless = set[int](), set[int]()
        for finding in findings:
            masked.update(i for i in range(finding.start, finding.end) if turn.text[i].isalnum())
        harmless |= masked
        for start, end, entity_type in turn.spans:
            solid = {i for i in range(start, end) if turn.text[i].isalnum()}
            harmless -= solid
            if not solid <= masked:
                direct = entity_type in DIRECT_IDENTIFIERS
                total += MISSED_DIRECT if direct else MISSED_QUASI
                whole = whole and not direct
        total += len(harmless)
    return total + (0.0 if whole else INCOMPLETE)


def write(thresholds: Thresholds, path: Path) -> None:
    """As the pipeline reads them."""
    path.write_text(json.dumps(thresholds._asdict(), indent=1) + "\n", encoding="utf-8")
