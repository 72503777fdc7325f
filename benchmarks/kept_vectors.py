"""Vectors that a benchmark has computed before, kept in `out/` by a hash of text and model."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.reporting import ROOT
from pipeline.domain.embedding.vectors import cache_key, texts_to_embed
from pipeline.resources.encoder import PACKAGED, Encoder

CACHE = ROOT / "out/benchmark"
PLAIN, ADAPTED = "as packaged", "adapted"


def encoders() -> dict[str, Encoder]:
    """The encoder as its makers packaged it and, where it is another, the pipeline's own."""
    packaged, own = Encoder(name=PACKAGED), Encoder()
    same = packaged.identity() == own.identity()
    return {PLAIN: packaged} | ({} if same else {ADAPTED: own})


def vectors_of(texts: Sequence[str], encoder: Encoder, folder: Path = CACHE) -> NDArray[np.float32]:
    """Vectors of shape (n_texts, n_dimensions), rows of unit length.

    What was computed before by the same model is read from `folder`, which holds no text.
    """
    path = folder / f"vectors-{encoder.identity()}-{encoder.precision}.npz"
    kept = _read(path)
    keys = [cache_key(text, encoder.identity(), encoder.precision) for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
    if new:
        fresh = dict(zip(new, encoder.encode(list(new.values())), strict=True))
        kept |= fresh
        _write(path, _read(path) | fresh)  # another benchmark may have written meanwhile
    return np.stack([kept[key] for key in keys])


def embedded(segments: pd.DataFrame, encoder: Encoder) -> pd.DataFrame:
    """Table `segment_embeddings` of these segments."""
    return pd.DataFrame(
        {
            "segment_id": segments["segment_id"],
            "vector": list(vectors_of(texts_to_embed(segments), encoder)),
            "model": encoder.identity(),
            "precision": encoder.precision,
        }
    )


def _read(path: Path) -> dict[str, NDArray[np.float32]]:
    if not path.exists():
        return {}
    with np.load(path) as kept:
        return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))


def _write(path: Path, kept: dict[str, NDArray[np.float32]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(whole, keys=np.array(list(kept)), vectors=np.stack(list(kept.values())))
    whole.replace(path)
