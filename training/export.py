"""A trained checkpoint as the files the pipeline loads: int8 ONNX, tokenizer, labels."""

import json
import math
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
        str(work / "multiplied.onnx"),
        op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    shrink_embeddings(work / "multiplied.onnx", output / "model.int8.onnx")
    shutil.copyfile(base_folder() / "tokenizer.json", output / "tokenizer.json")
    (output / "labels.json").write_text(json.dumps(list(labels)) + "\n", encoding="utf-8")


def shrink_embeddings(source: Path, target: Path) -> None:
    """Word embeddings as int8 with a scale for each word: next to nothing is lost by that."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(source)
    graph = model.graph
    table = max(graph.initializer, key=lambda tensor: math.prod(tensor.dims))
    gather = next(n for n in graph.node if n.op_type == "Gather" and n.input[0] == table.name)
    words = numpy_helper.to_array(table)
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-8) / 127
    small = np.round(words / scale).astype(np.int8)
    ids, output = gather.input[1], gather.output[0]
    graph.initializer.remove(table)
    graph.initializer.append(numpy_helper.from_array(small, "words_int8"))
    graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), "words_scale"))
    nodes = [
        helper.make_node("Gather", ["words_int8", ids], ["words_found"]),
        helper.make_node("Cast", ["words_found"], ["words_cast"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["words_scale", ids], ["scale_found"]),
        helper.make_node("Mul", ["words_cast", "scale_found"], [output]),
    ]
    place = list(graph.node).index(gather)
    graph.node.remove(gather)
    for i, node in enumerate(nodes):
        graph.node.insert(place + i, node)
    onnx.save(model, target)


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
