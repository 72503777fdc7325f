"""Embedding a batch, with the vectors of earlier batches at hand.

Rules: `pipeline.domain.embedding`.
The cache is one file per batch and model, so that writing one never disturbs another, and so that
a person's vectors can be erased from it by key.
"""

import pandas as pd

from pipeline.domain.embedding.vectors import (
    Vector,
    cache_from_bytes,
    cache_of,
    cache_to_bytes,
    embed,
)
from pipeline.domain.governance.traces import CACHE
from pipeline.resources.encoder import Encoder
from pipeline.resources.storage import Storage


def embedded_batch(
    storage: Storage, encoder: Encoder, segments: pd.DataFrame, batch_id: str
) -> pd.DataFrame:
    """Table `segment_embeddings` of the batch; its vectors are kept in the cache."""
    model, precision = encoder.identity(), encoder.precision
    folder = f"{CACHE}/{model}-{precision}"
    cached = read_cache(storage, folder)
    embeddings = embed(segments, encoder.encode, cached, model=model, precision=precision)
    storage.write_bytes(
        f"{folder}/{batch_id}.parquet", cache_to_bytes(cache_of(segments, embeddings))
    )
    return embeddings


def read_cache(storage: Storage, folder: str) -> dict[str, Vector]:
    """The vectors of all batches that this model embedded."""
    vectors: dict[str, Vector] = {}
    for name in storage.names(folder):
        vectors |= cache_from_bytes(storage.read_bytes(f"{folder}/{name}"))
    return vectors
