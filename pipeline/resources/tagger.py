"""The tagger: a small uncased encoder of our own, int8 ONNX, that marks personal data in talk.

How it was made, from which data under which licences, and how well it does: `training/`.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.tags import Tagged, Thresholds, believed, decide

CLS, SEP = 101, 102
WINDOW_TOKENS = 160
"""As in training."""
BEFORE, AFTER = 12, 6
"""Tokens of a window that are only context, at its ends. More costs time and finds no more."""
OWN_RULES = "tagger."
"""How the tagger's own rules are named."""


class Model(NamedTuple):
    """The loaded network with its tokenizer, labels and thresholds."""

    session: Any
    tokenizer: Any
    labels: tuple[str, ...]
    thresholds: Thresholds


class Window(NamedTuple):
    """Ids to read, and which of them stand for which tokens of the conversation."""

    ids: list[int]
    positions: list[int]
    tokens: list[int]


class Reading(NamedTuple):
    """The tokens of a text and what the network made of them, as a whole and line by line."""

    whole: Tagged
    lines: list[Tagged]


def findings(text: str, folder: str = "") -> list[Finding]:
    """Personal data in the turns of a conversation, one a line; they are context for each other."""
    lines = text.split("\n")
    model = load_model(folder)
    found: list[Finding] = []
    begin = 0
    own = decide(lines, read(text, folder).lines, model.labels, model.thresholds)
    for line, inside in zip(lines, own, strict=True):
        found += [f._replace(start=f.start + begin, end=f.end + begin) for f in inside]
        begin += len(line) + 1
    return found


def believable(text: str, found: Sequence[Finding], folder: str = "") -> list[Finding]:
    """The findings without names of other evidence that the tagger is sure are none."""
    own = [f for f in found if f.rule.startswith(OWN_RULES)]
    others = [f for f in found if not f.rule.startswith(OWN_RULES)]
    doubted = believed(others, read(text, folder).whole, load_model(folder).thresholds)
    return sorted([*own, *doubted])


def tagger(texts: Sequence[str], folder: str = "") -> list[list[Finding]]:
    """Personal data in each turn of one conversation, by the tagger alone."""
    model = load_model(folder)
    return decide(texts, tag(model, texts), model.labels, model.thresholds)


@lru_cache(maxsize=1)
def read(text: str, folder: str = "") -> Reading:
    """The tagger's reading of a text. Kept for the next to ask: who finds, then who doubts."""
    lines = text.split("\n")
    tagged = tag(load_model(folder), lines)
    begins = np.cumsum([0, *(len(line) + 1 for line in lines)])
    whole = Tagged(
        np.concatenate([t.starts + begin for t, begin in zip(tagged, begins, strict=False)]),
        np.concatenate([t.ends + begin for t, begin in zip(tagged, begins, strict=False)]),
        np.concatenate([t.probabilities for t in tagged]),
    )
    return Reading(whole, tagged)


@lru_cache(maxsize=2)
def load_model(folder: str = "") -> Model:
    """The shipped model, or the one in a folder, loaded once a process."""
    if folder:
        return read_model(Path(folder))
    with as_file(files("pipeline") / "models" / "tagger") as shipped:
        return read_model(shipped)


def read_model(folder: Path) -> Model:
    """A model from its folder; one thread, since workers are processes."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    # The graph is drawn as it runs fastest: what onnxruntime would fuse in it is slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(folder / "model.int8.onnx"), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    thresholds = json.loads((folder / "thresholds.json").read_text("utf-8"))
    return Model(session, tokenizer, tuple(labels), Thresholds(**thresholds))


def tag(model: Model, texts: Sequence[str]) -> list[Tagged]:
    """Each token's place and label probabilities, turn by turn."""
    encoded = model.tokenizer.encode_batch([*texts], add_special_tokens=False)
    ids = [token for turn in encoded for token in turn.ids]
    ends = np.cumsum([len(turn.ids) for turn in encoded])
    probabilities = np.zeros((len(ids), len(model.labels)), dtype=np.float32)
    probabilities[:, 0] = 1
    for window in cut_windows(ids, {int(e) for e in ends}):
        probabilities[window.tokens] = _read(model, window)[window.positions]
    parts = np.split(probabilities, ends[:-1]) if len(ends) else []
    return [_tagged(turn, part) for turn, part in zip(encoded, parts, strict=True)]


def _tagged(turn: Any, probabilities: NDArray[np.float32]) -> Tagged:
    places = np.array(turn.offsets, dtype=np.int64).reshape(-1, 2)
    return Tagged(places[:, 0], places[:, 1], probabilities)


def cut_windows(ids: Sequence[int], turn_ends: set[int]) -> Iterator[Window]:
    """Windows over the tokens of a conversation; every token is scored in exactly one of them."""
    begin = 0
    while begin < len(ids):
        window = Window([CLS], [], [])
        token = max(0, begin - BEFORE)
        while token < len(ids) and len(window.ids) < WINDOW_TOKENS - 2:
            window.positions.append(len(window.ids))
            window.tokens.append(token)
            window.ids.append(ids[token])
            token += 1
            if token in turn_ends:
                window.ids.append(SEP)
        end = token if token >= len(ids) else max(begin + 1, token - AFTER)
        if window.ids[-1] != SEP:
            window.ids.append(SEP)
        own = [i for i, t in enumerate(window.tokens) if begin <= t < end]
        yield Window(
            window.ids, [window.positions[i] for i in own], [window.tokens[i] for i in own]
        )
        begin = end


def _read(model: Model, window: Window) -> NDArray[np.float32]:
    """Label probabilities of a window. Alone: in a batch the longest would pad all others."""
    ids = np.array([window.ids], dtype=np.int64)
    given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    asked = {entry.name: given[entry.name] for entry in model.session.get_inputs()}
    logits = model.session.run(None, asked)[0][0]
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)
