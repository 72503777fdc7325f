"""A trained checkpoint as the files the pipeline loads: int8 ONNX, tokenizer, labels."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path


def export(work: Path, output: Path, labels: Sequence[str]) -> None:
    """Write the int8 network, tokenizer and labels into `output`; `work` holds `float32`."""
    from training.corpus import base_folder
    from training.graph import draw

    output.mkdir(parents=True, exist_ok=True)
    draw(work / "float32", output / "model.int8.onnx")
    shutil.copyfile(base_folder() / "tokenizer.json", output / "tokenizer.json")
    (output / "labels.json").write_text(json.dumps(list(labels)) + "\n", encoding="utf-8")
