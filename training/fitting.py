"""Fine-tuning the network: one round over fresh text."""

import json
import math
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from training.corpus import IGNORED, LABELS, Corpus, Recipe, arrays, batches

if TYPE_CHECKING:
    import torch

PARTS = {"embeddings": 1 / 3, "classifier": 3.0, "rest": 1.0}
"""Learning rates of the network's parts, as shares of the recipe's."""
REPORT_EVERY = 20
FORGETTING = 0.98
"""How much of the running mean of the loss stays at each step."""


class Progress(NamedTuple):
    """How far a round is."""

    step: int
    tokens: int
    share: float


def train(corpus: Corpus, recipe: Recipe, start: Path, work: Path) -> int:
    """Fine-tune and save in `work`, with progress in `work`/log.jsonl; return the tokens seen.

    The learning rate falls with the share of tokens seen or of minutes spent, whichever is larger:
    on a busy machine training is shorter, but it still ends as it should.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Threads that wait by spinning take the machine from whoever shares it, and from each other.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    import torch

    torch.set_num_threads(2)
    torch.manual_seed(recipe.seed)
    model = load(start).train()
    optimiser = _optimiser(model, recipe)
    class_weight = torch.full((len(LABELS),), recipe.mark_weight)
    class_weight[0] = 1.0
    work.mkdir(parents=True, exist_ok=True)
    rng, begun, mean, seen = np.random.default_rng(recipe.seed), time.monotonic(), 0.0, 0
    with (work / "log.jsonl").open("w", buffering=1, encoding="utf-8") as log:
        for progress, batch in _steps(corpus, recipe, begun):
            for group in optimiser.param_groups:
                group["lr"] = group["highest"] * _scale(progress, recipe)
            loss = _loss(model, arrays(batch, rng, recipe), class_weight)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            value, seen = loss.item(), progress.tokens
            mean = FORGETTING * mean + (1 - FORGETTING) * value if progress.step else value
            if progress.step % REPORT_EVERY == 0:
                row = {"step": progress.step, "tokens": seen, "loss": round(mean, 4)}
                log.write(json.dumps({**row, "seconds": round(time.monotonic() - begun)}) + "\n")
    model.eval()
    model.save_pretrained(work / "float32")
    return seen


def load(folder: Path) -> Any:
    """A checkpoint, or the published encoder with a new head."""
    from transformers import AutoModelForTokenClassification

    return AutoModelForTokenClassification.from_pretrained(
        folder,
        num_labels=len(LABELS),
        id2label=dict(enumerate(LABELS)),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    ).float()


def _optimiser(model: Any, recipe: Recipe) -> "torch.optim.Optimizer":
    import torch

    parts: dict[str, list[Any]] = {part: [] for part in PARTS}
    for name, parameter in model.named_parameters():
        parts[next((part for part in PARTS if part in name), "rest")].append(parameter)
    groups = [
        {"params": parts[part], "highest": recipe.learning_rate * share}
        for part, share in PARTS.items()
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, weight_decay=0.01, fused=True)


def _steps(corpus: Corpus, recipe: Recipe, begun: float) -> Iterator[tuple[Progress, Any]]:
    """Batches, epoch after epoch, until the tokens or the minutes are spent."""
    step = tokens = 0
    while True:
        for batch in batches(corpus.rng, corpus.epoch(), recipe.batch_tokens):
            spent = (time.monotonic() - begun) / 60 / recipe.minutes
            share = max(tokens / recipe.tokens, spent)
            if share >= 1:
                return
            tokens += sum(len(window.ids) for window in batch)
            yield Progress(step, tokens, share), batch
            step += 1


def _scale(progress: Progress, recipe: Recipe) -> float:
    """Up in the first steps, then down along a cosine."""
    warm = min(1, (progress.step + 1) / recipe.warm_up_steps)
    return warm * (0.03 + 0.485 * (1 + math.cos(math.pi * progress.share)))


def _loss(model: Any, batch: Sequence[np.ndarray], class_weight: "torch.Tensor") -> "torch.Tensor":
    import torch

    ids, attention, labels, weight = (torch.from_numpy(array) for array in batch)
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
    return (losses * counted).sum() / counted.sum()
