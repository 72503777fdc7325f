"""A trained checkpoint as the files the pipeline loads: int8 ONNX, tokenizer, labels."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path


def export(work: Path, output: Path, labels: Sequence[str]) -> None:
    """Write the int8 network, tokenizer and labels into `output`; float32 stays in `work`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    from training.train import base_folder

    to_onnx(work / "float32", work / "model.onnx")
    quant_pre_process(
        str(work / "model.onnx"), str(work / "prepared.onnx"), skip_symbolic_shape=True
    )
    output.mkdir(parents=True, exist_ok=True)
    quantize_dynamic(
        str(work / "prepared.onnx"),
        str(output / "model.int8.onnx"),
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    shutil.copyfile(base_folder() / "tokenizer.json", output / "tokenizer.json")
    (output / "labels.json").write_text(json.dumps(list(labels)) + "\n", encoding="utf-8")


def to_onnx(checkpoint: Path, path: Path) -> None:
    """The checkpoint as float32 ONNX with free batch and length."""
    import torch
    from transformers import AutoModelForTokenClassification

    model = AutoModelForTokenClassification.from_pretrained(
        checkpoint, attn_implementation="eager"
    ).eval()

    class Logits(torch.nn.Module):
        """ONNX wants named tensors in and one out."""

        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return self.model(input_ids=input_ids, attention_mask=attention_mask).logits

    ids = torch.randint(1000, 2000, (2, 32))
    free = {0: "batch", 1: "length"}
    torch.onnx.export(
        Logits(),
        (ids, torch.ones_like(ids)),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_axes={"input_ids": free, "attention_mask": free, "logits": free},
        opset_version=17,
        dynamo=False,
    )
