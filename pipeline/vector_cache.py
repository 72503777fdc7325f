"""Embedding a batch, with the vectors of earlier batches at hand.

Rules: `pipeline.domain.embedding`.
The cache is one file per batch and model, so that writing one never disturbs another, and so that
a person's vectors can be erased from it by key.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.embedding.vectors import (
    Vector,
    cache_from_bytes,
    cache_key,
    cache_of,
    cache_to_bytes,
    embed,
    texts_to_embed,
)
from pipeline.resources.encoder import Encoder
from pipeline.resources.storage import Storage

CACHE = "deidentified/vector_cache"


def embedded_batch(
    storage: Storage, encoder: Encoder, segments: pd.DataFrame, batch_id: str
) -> pd.DataFrame:
    """Table `segment_embeddings` of the batch; its vectors are kept in the cache."""
    model, precision = encoder.identity(), encoder.precision
    cached = read_cache(storage, _folder(encoder))
    embeddings = embed(segments, encoder.encode, cached, model=model, precision=precision)
    _keep(storage, encoder, cache_of(segments, embeddings), batch_id)
    return embeddings


def keep_vectors(
    storage: Storage,
    encoder: Encoder,
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    batch_id: str,
) -> None:
    """Put vectors of these segments in the cache: they need not be computed again."""
    model, precision = encoder.identity(), encoder.precision
    keys = [cache_key(text, model, precision) for text in texts_to_embed(segments)]
    _keep(storage, encoder, dict(zip(keys, vectors, strict=True)), batch_id)


def _keep(storage: Storage, encoder: Encoder, vectors: Mapping[str, Vector], batch_id: str) -> None:
    storage.write_bytes(f"{_folder(encoder)}/{batch_id}.parquet", cache_to_bytes(vectors))


def _folder(encoder: Encoder) -> str:
    return f"{CACHE}/{encoder.identity()}-{encoder.precision}"


def read_cache(storage: Storage, folder: str) -> dict[str, Vector]:
    """The vectors of all batches that this model embedded."""
    vectors: dict[str, Vector] = {}
    for name in storage.names(folder):
        vectors |= cache_from_bytes(storage.read_bytes(f"{folder}/{name}"))
    return vectors
