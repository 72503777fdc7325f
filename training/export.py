"""A trained checkpoint as the files the pipeline loads: int8 ONNX, tokenizer, labels."""

import json
import shutil
from pathlib import Path

from training.corpus import LABELS, base_folder
from training.graph import draw


def export(checkpoint: Path, output: Path) -> None:
    """Write the int8 network, tokenizer and labels into `output`."""
    output.mkdir(parents=True, exist_ok=True)
    draw(checkpoint, output / "model.int8.onnx")
    shutil.copyfile(base_folder() / "tokenizer.json", output / "tokenizer.json")
    (output / "labels.json").write_text(json.dumps([*LABELS]) + "\n", encoding="utf-8")
