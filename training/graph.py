"""The network drawn as ONNX by hand, for one core and one window at a time.

Each product of matrices is one `DynamicQuantizeMatMul` (weights int8 with a scale for each column,
which AMX and VNNI multiply; bias inside), attention is one `MultiHeadAttention`. There is no mask:
windows are read one by one, without padding, and so each has its own scale of activations. A graph
traced from PyTorch and quantised has the same numbers and takes 1.7 times as long, most of it in
`SkipLayerNormalization`, masks and copies.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 20, 9
CONTRIBUTED = "com.microsoft"
"""Operators of onnxruntime beyond the standard."""


class Drawing:
    """Nodes and weights of a graph that grows; each node's one output has the node's name."""

    def __init__(self, state: dict[str, NDArray[np.float32]]):
        self.state = state
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, values: Any) -> str:
        """A tensor that comes with the file."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], name: str, **options: Any) -> str:
        """The output of a standard operator."""
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **options))
        return name

    def contributed(self, operator: str, inputs: Sequence[str], name: str, **options: Any) -> str:
        """The output of one of onnxruntime's own operators."""
        return self.node(operator, inputs, name, domain=CONTRIBUTED, **options)

    def linear(self, values: str, layers: Sequence[str], name: str) -> str:
        """One or more linear layers side by side, int8."""
        weight = np.concatenate([self.state[f"{layer}.weight"].T for layer in layers], axis=1)
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-8) / 127
        inputs = [
            values,
            self.weight(f"{name}.weight", np.round(weight / scale).astype(np.int8)),
            self.weight(f"{name}.scale", scale),
            self.weight(f"{name}.zero", np.zeros(scale.shape, np.int8)),
            self.weight(f"{name}.bias", np.concatenate([self.state[f"{k}.bias"] for k in layers])),
        ]
        return self.contributed("DynamicQuantizeMatMul", inputs, name)

    def normalised_sum(self, one: str, other: str, layer: str, epsilon: float) -> str:
        """Layer normalisation of a sum. Fused, the two take five times as long."""
        inputs = [
            self.node("Add", [one, other], f"{layer}.sum"),
            self.weight(f"{layer}.weight", self.state[f"{layer}.weight"]),
            self.weight(f"{layer}.bias", self.state[f"{layer}.bias"]),
        ]
        return self.node("LayerNormalization", inputs, layer, axis=-1, epsilon=epsilon)


def draw(checkpoint: Path, output: Path) -> None:
    """Write a BERT token classifier as int8 ONNX: `input_ids` in, `logits` out."""
    from safetensors.numpy import load_file

    config = json.loads((checkpoint / "config.json").read_text("utf-8"))
    drawing = Drawing(load_file(checkpoint / "model.safetensors"))
    values = _embeddings(drawing, config)
    for layer in range(config["num_hidden_layers"]):
        values = _layer(drawing, values, f"bert.encoder.layer.{layer}", config)
    classes = drawing.weight("classes.weight", drawing.state["classifier.weight"].T)
    bias = drawing.weight("classes.bias", drawing.state["classifier.bias"])
    drawing.node("Add", [drawing.node("MatMul", [values, classes], "classes"), bias], "logits")
    n_classes = len(drawing.state["classifier.bias"])
    free = ["batch", "length"]
    graph = helper.make_graph(
        drawing.nodes,
        "tagger",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, free)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*free, n_classes])],
        drawing.weights,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION), output)


def _embeddings(drawing: Drawing, config: dict[str, Any]) -> str:
    """Word embeddings as int8 with a scale for each word: next to nothing is lost by that."""
    state = drawing.state
    words = state["bert.embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-8) / 127
    places = (
        state["bert.embeddings.position_embeddings.weight"]
        + state["bert.embeddings.token_type_embeddings.weight"][:1]
    )
    table = drawing.weight("words", np.round(words / scale).astype(np.int8))
    found = drawing.node("Gather", [table, "input_ids"], "words.found")
    cast = drawing.node("Cast", [found], "words.cast", to=TensorProto.FLOAT)
    scales = drawing.node(
        "Gather", [drawing.weight("words.scale", scale), "input_ids"], "words.found_scale"
    )
    embedded = drawing.node("Mul", [cast, scales], "words.embedded")
    begin, end, axis = (
        drawing.weight("begin", np.array([0])),
        drawing.node("Shape", ["input_ids"], "length", start=1, end=2),
        drawing.weight("axis", np.array([0])),
    )
    placed = drawing.node("Slice", [drawing.weight("places", places), begin, end, axis], "placed")
    epsilon = config["layer_norm_eps"]
    return drawing.normalised_sum(embedded, placed, "bert.embeddings.LayerNorm", epsilon)


def _layer(drawing: Drawing, values: str, name: str, config: dict[str, Any]) -> str:
    """Attention and the two dense layers, each added to what came in and normalised."""
    epsilon = config["layer_norm_eps"]
    own = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    asked = drawing.linear(values, own, f"{name}.attention.asked")
    parts = [f"{name}.attention.{part}" for part in ("query", "key", "value")]
    drawing.nodes.append(helper.make_node("Split", [asked], parts, axis=-1, num_outputs=3))
    seen = drawing.contributed(
        "MultiHeadAttention", parts, f"{name}.attention", num_heads=config["num_attention_heads"]
    )
    dense = f"{name}.attention.output.dense"
    attended = drawing.normalised_sum(
        drawing.linear(seen, [dense], dense), values, f"{name}.attention.output.LayerNorm", epsilon
    )
    wide = drawing.linear(attended, [f"{name}.intermediate.dense"], f"{name}.wide")
    bent = drawing.contributed("Gelu", [wide], f"{name}.gelu")
    narrow = drawing.linear(bent, [f"{name}.output.dense"], f"{name}.narrow")
    return drawing.normalised_sum(narrow, attended, f"{name}.output.LayerNorm", epsilon)
