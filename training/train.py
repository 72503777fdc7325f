"""Train the tagger: `python -m training.train`; with `--folds` five more models, to measure it.

The base is trained on everything but the answer key. Each fold's model goes on from the base with
the conversations of the other four folds, and the shipped model with all of them.
"""

import argparse
import json
import shutil
from pathlib import Path

from training import thresholds
from training.corpus import Corpus, Recipe, base_folder
from training.export import export
from training.fitting import train
from training.texts import FOLDS, Turn, fold_of, read_key

KEY = Path(__file__).parents[1] / "demo" / "answer_key" / "gold_turns.jsonl"
MODEL = Path(__file__).parents[1] / "pipeline" / "models" / "tagger"
WORK = Path("out/tagger")
BASE = (
    Recipe(
        tokens=5_500_000, learning_rate=3e-4, seed=11,
        open_share=0.5, templates=2600, talk_rounds=1, key_rounds=0, ordinary_share=0.03,
    ),
    Recipe(
        tokens=3_500_000, learning_rate=2.5e-4, seed=12,
        open_share=0.2, templates=2200, talk_rounds=2, key_rounds=0,
    ),
)  # fmt: skip
"""First much of everything, then less of the open sets and more talk."""
TUNING = (
    Recipe(
        tokens=800_000, learning_rate=1.8e-4, seed=21,
        open_share=0.08, templates=700, talk_rounds=1, key_rounds=2, warm_up_steps=20,
    ),
    Recipe(
        tokens=700_000, learning_rate=1.5e-4, seed=22,
        open_share=0.06, templates=900, talk_rounds=1, key_rounds=2, warm_up_steps=20,
        word_share=0.2, ordinary_share=0.1,
    ),
)  # fmt: skip
"""The second with more people who are called by ordinary words."""


def make_base(work: Path) -> tuple[Path, list[int]]:
    """The base, unless it lies there already, and the tokens of its rounds."""
    done = work / "base" / "tokens.json"
    start, tokens = base_folder(), list[int]()
    if not done.exists():
        for number, recipe in enumerate(BASE):
            folder = work / f"round{number}"
            tokens.append(train(Corpus([], recipe), recipe, start, folder))
            start = folder / "float32"
        shutil.copytree(start, work / "base" / "float32", dirs_exist_ok=True)
        done.write_text(json.dumps(tokens) + "\n", encoding="utf-8")
    return work / "base" / "float32", json.loads(done.read_text(encoding="utf-8"))


def tune(work: Path, conversations: list[list[Turn]], name: str, output: Path) -> list[int]:
    """The base tuned to these conversations, exported to `output`; return the tokens seen."""
    start, _ = make_base(work)
    tokens: list[int] = []
    for number, recipe in enumerate(TUNING):
        folder = work / name / f"tuning{number}"
        tokens.append(train(Corpus(conversations, recipe), recipe, start, folder))
        start = folder / "float32"
    export(start, output)
    return tokens


def tune_fold(work: Path, fold: int) -> None:
    """The model of a fold, which has seen nothing of it, in `work`/fold<number>."""
    conversations = read_key(KEY)
    kept = [turns for key, turns in conversations.items() if fold_of(key) != fold]
    output = work / f"fold{fold}"
    tokens = tune(work, kept, f"fold{fold}", output)
    _write_beside(output, work, tokens, len(kept), fold)


def tune_shipped(work: Path, output: Path) -> None:
    """The model of all conversations."""
    conversations = list(read_key(KEY).values())
    tokens = tune(work, conversations, "shipped", output)
    _write_beside(output, work, tokens, len(conversations), None)


def settle_thresholds(work: Path) -> None:
    """Thresholds of each fold from the other folds, and the shipped ones from all of them."""
    from benchmarks.marked import as_automatic_text, load
    from pipeline.resources.detector import Detector
    from pipeline.resources.recognisers import TAGGER
    from pipeline.resources.tagger import read_model, tag

    beside = Detector(without=[TAGGER])
    samples: dict[int, list[thresholds.Sample]] = {fold: [] for fold in range(FOLDS)}
    models = [read_model(work / f"fold{fold}") for fold in range(FOLDS)]
    for conversation in load(KEY.parent):
        fold = fold_of(conversation.conversation_id)
        for written in (conversation, as_automatic_text(conversation)):
            tagged = tag(models[fold], written.texts)
            found = beside.find(written.texts)
            samples[fold].append(thresholds.sample(written, tagged, found))
    for fold, chosen in thresholds.nested(samples).items():
        thresholds.write(chosen, work / f"fold{fold}" / "thresholds.json")
    shipped = thresholds.choose([s for some in samples.values() for s in some])
    thresholds.write(shipped, MODEL / "thresholds.json")


def _write_beside(
    output: Path, work: Path, tokens: list[int], count: int, fold: int | None
) -> None:
    made = {
        "base_tokens": make_base(work)[1],
        "tuning_tokens": tokens,
        "conversations": count,
        "left_out_fold": fold,
    }
    (output / "training.json").write_text(json.dumps(made) + "\n", encoding="utf-8")
    if not (output / "thresholds.json").exists():
        shutil.copyfile(MODEL / "thresholds.json", output / "thresholds.json")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="the models of the folds, to measure")
    parser.add_argument("--work", type=Path, default=WORK, help="for checkpoints and the folds")
    parser.add_argument("--output", type=Path, default=MODEL, help="where the shipped files go")
    arguments = parser.parse_args()
    if arguments.folds:
        for fold in range(FOLDS):
            tune_fold(arguments.work, fold)
        settle_thresholds(arguments.work)
    else:
        tune_shipped(arguments.work, arguments.output)


if __name__ == "__main__":
    main()
