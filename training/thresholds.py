"""Choosing how sure the tagger must be: on conversations its weights have not seen."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.marked import Conversation
from benchmarks.scoring import solid
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.tags import Chunk, Tagged, Thresholds, believed, judge, read_chunks
from pipeline.tables import DIRECT_IDENTIFIERS
from training.corpus import LABELS

START = Thresholds(
    mid_sentence=0.03, sentence_start=0.3, lower=0.7, uncased=0.4, uncased_ordinary=0.7,
    public=0.6, exact=0.4, any_type=0.9, doubt=0.04, confirming=0.6, confirmed_start=0.03,
    confirmed_uncased=0.1, org_lower=0.5, org_uncased=0.5, job=0.4, counted=0.4, beside=0.3,
    agreeing=0.3, beside_person=0.3,
)  # fmt: skip
STEPS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
FIXED = ("doubt", "public", "mid_sentence")
"""What is for words too few to choose by, or that rules find here and would not elsewhere."""
ROUNDS = 2
REACH = 2
UNLIKELY, LIKELY = 0.008, 0.15
"""Words below the first are never marked, unless the same word is somewhere above the second."""
MISSED_DIRECT, MISSED_QUASI, INCOMPLETE = 160.0, 40.0, 300.0
"""What a mention that stays in the text costs, and a conversation with any, in letters masked
for nothing."""


class Sample(NamedTuple):
    """A conversation in one writing: words that some thresholds mark, and what is masked anyway."""

    conversation: Conversation
    chunks: list[Chunk]
    masked: list[frozenset[int]]


def sample(
    conversation: Conversation, tagged: Sequence[Tagged], others: Sequence[Sequence[Finding]]
) -> Sample:
    """A conversation with what the tagger and all other evidence make of it."""
    chunks = read_chunks(conversation.texts, tagged, LABELS)
    likely = {c.text.lower() for c in chunks if c.by_type["PERSON"] >= LIKELY}
    chosen = [c for c in chunks if c.any_type >= UNLIKELY or c.text.lower() in likely]
    masked = [
        frozenset(i for f in believed(found, read, START) for i in solid(text, f.start, f.end))
        for text, read, found in zip(conversation.texts, tagged, others, strict=True)
    ]
    return Sample(conversation, chosen, masked)


def nested(samples: Mapping[int, Sequence[Sample]]) -> dict[int, Thresholds]:
    """Thresholds for each fold, chosen on the other folds."""
    return {
        fold: choose([s for other, some in samples.items() if other != fold for s in some])
        for fold in samples
    }


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
    texts, marks = sample.conversation.texts, sample.conversation.marks
    found = judge(texts, sample.chunks, thresholds)
    total, whole = 0.0, True
    for text, turn_marks, findings, masked in zip(texts, marks, found, sample.masked, strict=True):
        cover = masked.union(*(solid(text, f.start, f.end) for f in findings))
        harmless = set(cover)
        for mark in turn_marks:
            marked = solid(text, mark.start, mark.end)
            harmless -= marked
            if not marked <= cover:
                direct = mark.entity_type in DIRECT_IDENTIFIERS
                total += MISSED_DIRECT if direct else MISSED_QUASI
                whole = whole and not direct
        total += len(harmless)
    return total + (0.0 if whole else INCOMPLETE)


def write(thresholds: Thresholds, path: Path) -> None:
    """As the pipeline reads them."""
    path.write_text(json.dumps(thresholds._asdict(), indent=1) + "\n", encoding="utf-8")
