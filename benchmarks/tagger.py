"""The tagger by itself: `python -m benchmarks.tagger [--checkpoint FOLDER --fold NUMBER]`.

What it finds of names by origin and in other people's data, without rules, register and
propagation, and how fast. On our own conversations only the folds are honest (`benchmarks.folds`):
the shipped network has read them. With a checkpoint of a fold, what int8 costs against float32.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import origins, public_sets
from benchmarks.folds import GOLD, WORK
from benchmarks.marked import WRITINGS, Conversation, load
from benchmarks.reporting import ROOT, provenance, write_results
from benchmarks.scoring import Tally
from benchmarks.systems import tagger_alone
from pipeline.domain.redaction.tags import decide
from pipeline.resources.tagger import Model, read_model, tag
from training.texts import fold_of

MODEL = ROOT / "pipeline/models/tagger"
MEGABYTE = 1_000_000


class Input(NamedTuple):
    """What a session asks for."""

    name: str


class Float32:
    """A checkpoint in place of an ONNX session."""

    def __init__(self, checkpoint: Path):
        from training.fitting import load as load_checkpoint

        self._network = load_checkpoint(checkpoint).eval()

    def get_inputs(self) -> list[Input]:
        """As onnxruntime has it."""
        return [Input("input_ids")]

    def run(self, _: None, given: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        """Logits of a window."""
        import torch

        with torch.inference_mode():
            return [self._network(torch.from_numpy(given["input_ids"])).logits.numpy()]


def scores_of(model: Model, conversations: Sequence[Conversation]) -> dict[str, Any]:
    """What a model finds by itself, in each writing."""
    scores: dict[str, Any] = {}
    for writing, change in WRITINGS.items():
        tally = Tally()
        for conversation in map(change, conversations):
            tagged = tag(model, conversation.texts)
            found = decide(conversation.texts, tagged, model.labels, model.thresholds)
            tally.add(conversation, [[(f.start, f.end) for f in turn] for turn in found])
        scores[writing] = tally.scores()
    return scores


def cost_of_int8(checkpoint: Path, fold: int) -> dict[str, Any]:
    """A fold's network as it is run, and as it was trained."""
    model = read_model(WORK / f"fold{fold}")
    conversations = [c for c in load(GOLD) if fold_of(c.conversation_id) == fold]
    exact = model._replace(session=Float32(checkpoint))
    return {
        "int8": scores_of(model, conversations),
        "float32": scores_of(exact, conversations),
        "fold": fold,
    }


def words_per_second(model: Model, conversations: Sequence[Conversation]) -> int:
    """Words a second of processor time, one thread."""
    words = sum(len(text.split()) for c in conversations for text in c.texts)
    began = time.process_time()
    for conversation in conversations:
        tag(model, conversation.texts)
    return round(words / (time.process_time() - began))


def measure(checkpoint: Path | None = None, fold: int = 0) -> dict[str, Any]:
    """All figures of the shipped network."""
    system = {"tagger alone": tagger_alone()}
    results: dict[str, Any] = {
        **provenance(GOLD),
        "training": json.loads((MODEL / "training.json").read_text("utf-8")),
        "megabytes": round(sum(f.stat().st_size for f in MODEL.iterdir()) / MEGABYTE, 1),
        "origins": origins.measure(system),
        "public": public_sets.measure(system),
        "words_per_second": words_per_second(read_model(MODEL), load(GOLD)[:20]),
    }
    if checkpoint:
        results["int8"] = cost_of_int8(checkpoint, fold)
    return results


def table(results: dict[str, Any]) -> list[str]:
    """Names by origin and other people's data as Markdown, a row each."""
    return [
        *origins.table(results["origins"]),
        "",
        *public_sets.table(results["public"]),
        "",
        f"{results['words_per_second']} words a second on one core, {results['megabytes']} MB.",
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, help="float32 weights of the fold's network")
    parser.add_argument("--fold", type=int, default=0, help="the fold that it has not read")
    arguments = parser.parse_args()
    results = measure(arguments.checkpoint, arguments.fold)
    write_results("tagger", results)
    print("\n".join(table(results)))


if __name__ == "__main__":
    main()
