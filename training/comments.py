"""Tune the encoder to the voices of written comments: `python -m training.comments`.

Patients' comments, coded by the question that they answer: what was good, what could be improved.
From the shipped encoder, which learnt voices of spoken answers, models for each fifth of the
comments learn from the other four. Writes `out/encoder/comments0-0` to `comments2-4`, by seed and
fold, which are for measuring (`python -m benchmarks.themes --only voice`) and no part of the
package.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.theme_sets import PUBLIC
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.resources.encoder import SHIPPED, Encoder
from pipeline.tables import VOICES
from training.encoder import Network, Recipe, Steps
from training.texts import FOLDS
from training.voice import FOLDERS, fold_encoders

SEEDS = range(3)
"""So many are tuned to each fold, in other orders and with other dropout: they err differently, and
the mean of what they hear errs less (Lakshminarayanan et al. 2017, arXiv:1612.01474)."""
TIMES = 4
"""How often each comment is learnt from; this and the rest by what one fold of another try told."""
AT_ONCE = 32
"""Comments of a batch, at most."""
DROPOUT = 0.1
SMOOTHING = 0.05
"""Of the coded voices: people answer beside the question."""
_SORTED = 8
"""So many batches are sorted by length together: short texts are not padded to long ones."""
RECIPE = Recipe(learning_rate=2e-4, warm_up_steps=40, most_tokens=128)


def read_comments(public: Path = PUBLIC) -> pd.DataFrame | None:
    """Comments as answers without a question, each a conversation of its own, with voice and fold.

    Of short ones some have the like of them in another fold. None where the folder has none.
    """
    file = public / "nhs_comments_voice.parquet"
    if not file.exists():
        return None
    comments = pd.read_parquet(file, columns=["text", "voice"])
    numbers = np.arange(len(comments))
    ids = [f"N{number}" for number in numbers]
    return comments.assign(conversation_id=ids, turn_start=0, question="", fold=numbers % FOLDS)


def taught(comments: pd.DataFrame, fold: int) -> pd.DataFrame:
    """What the encoders of a fold learn from: the comments of the others."""
    return comments[comments["fold"] != fold]


def tuned_encoders(work: Path = FOLDERS) -> list[list[Encoder]]:
    """For each seed the encoder of each fold; none where they were not made."""
    made = [fold_encoders(work, f"comments{seed}-") for seed in SEEDS]
    return made if all(made) else []


def tune(comments: pd.DataFrame, seed: int) -> Network:
    """The shipped encoder, tuned to the voices of these comments."""
    os.environ["HF_HUB_OFFLINE"], os.environ["OMP_WAIT_POLICY"] = "1", "PASSIVE"
    import torch
    from torch.nn.functional import cross_entropy

    texts = texts_to_embed(comments)
    voices = torch.tensor([VOICES.index(voice) for voice in comments["voice"]])
    recipe = RECIPE._replace(seed=seed)
    network = Network(1, recipe, SHIPPED, DROPOUT)
    network.bert.train()
    steps = Steps(network, recipe)
    batches = [*_batches([len(text) for text in texts], seed)]
    for at, rows in enumerate(batches):
        _, heard = network.read([texts[row] for row in rows])
        loss = cross_entropy(heard, voices[rows], label_smoothing=SMOOTHING)
        steps.take(loss, at / len(batches))
    return network


def _batches(lengths: Sequence[int], seed: int) -> Iterator[NDArray[np.int64]]:
    """Places of the texts, each once, in another order each time; alike lengths together."""
    rng, by_length = np.random.default_rng(seed), np.array(lengths)
    for _ in range(TIMES):
        order = rng.permutation(len(lengths))
        for drawn in np.array_split(order, len(order) // (AT_ONCE * _SORTED) + 1):
            n_batches = min(_SORTED, len(drawn))
            batches = np.array_split(drawn[np.argsort(by_length[drawn])], n_batches)
            yield from (batches[at] for at in rng.permutation(n_batches))


def main() -> None:
    """Train and write the encoders of each fold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, default=PUBLIC)
    asked = parser.parse_args()
    comments = read_comments(asked.public)
    if comments is None:
        raise SystemExit(f"{asked.public} has no nhs_comments_voice.parquet")
    for seed, fold in product(SEEDS, range(FOLDS)):
        tune(taught(comments, fold), seed).save(FOLDERS / f"comments{seed}-{fold}")


if __name__ == "__main__":
    main()
