# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""Segments in, vectors out; a text that was embedded before is not embedded again.

The cache is keyed by a hash of the text, the model and the number format, so that a vector can
never be taken for that of another text or model. It holds no text.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.domain.validation.words import PLACEHOLDER
from pipeline.tables import TABLES, empty, parquet_bytes

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]

_LAST_WORDS_OF_QUESTION = 40
"""Interviewers ask at the end of what they say; the model reads a limited number of words."""

# What a model trained on ordinary English can read in place of a placeholder.
_PLAIN_WORDS = {
    "PERSON": "someone", "PLACE": "somewhere", "ORG": "an organisation", "ADDRESS": "an address",
    "POSTCODE": "a postcode", "PHONE": "a phone number", "EMAIL": "an email address",
    "HANDLE": "an online name", "URL": "a website", "ID": "a number", "DOB": "a date of birth",
    "DATE": "a date", "AGE": "an age", "JOB": "a job",
}  # fmt: skip


def texts_to_embed(segments: pd.DataFrame) -> list[str]:
    """The end of the question and the answer, with plain words for placeholders."""
    questions = cast("list[str]", segments["question"].tolist())
    answers = cast("list[str]", segments["text"].tolist())
    return [
        in_plain_words(" ".join([*question.split()[-_LAST_WORDS_OF_QUESTION:], answer]))
        for question, answer in zip(questions, answers, strict=True)
    ]


def in_plain_words(text: str) -> str:
    """The text as a model reads it: plain words for placeholders, single spaces."""
    return PLACEHOLDER.sub(_plain_word, " ".join(text.split()))


def cache_key(text: str, model: str, precision: str) -> str:
    """The key of a text's vector in the cache."""
    return hashlib.sha256("\0".join((model, precision, text)).encode()).hexdigest()


def embed(
    segments: pd.DataFrame,
    encode: Encode,
    cached: Mapping[str, Vector],
    *,
    model: str,
    precision: str,
) -> pd.DataFrame:
    """Table `segment_embeddings`: one vector per segment, only new texts encoded.

    Parameters
    ----------
    segments : DataFrame
        Table `segments`.
    encode : callable
        Texts to an array of shape (n_texts, n_dimensions), rows of unit length.
    cached : mapping
        Vectors by `cache_key`.
    model, precision : str
        What `encode` computes with: the encoder's identity and its number format.
    """
    if segments.empty:
        return empty(TABLES["segment_embeddings"])
    texts = texts_to_embed(segments)
    keys = [cache_key(text, model, precision) for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in cached}
    fresh = dict(zip(new, encode(list(new.values())), strict=True)) if new else {}
    vectors = [fresh[key] if key in fresh else cached[key] for key in keys]
    return pd.DataFrame(
        {
            "segment_id": segments["segment_id"].to_numpy(),
            "vector": vectors,
            "model": model,
            "precision": precision,
        }
    )


def cache_of(segments: pd.DataFrame, embeddings: pd.DataFrame) -> dict[str, Vector]:
    """What the cache should hold for these segments, from their published vectors."""
    texts = dict(zip(segments["segment_id"], texts_to_embed(segments), strict=True))
    columns = ["segment_id", "vector", "model", "precision"]
    rows = cast(
        "list[tuple[str, Vector, str, str]]",
        list(zip(*(embeddings[c] for c in columns), strict=True)),
    )
    return {
        cache_key(texts[segment_id], model, precision): np.asarray(vector, dtype=np.float32)
        for segment_id, vector, model, precision in rows
    }


def cache_to_bytes(vectors: Mapping[str, Vector]) -> bytes:
    """A cache file: Parquet of keys and vectors, sorted by key."""
    keys = sorted(vectors)
    table = pa.table(
        {
            "key": pa.array(keys, pa.string()),
            "vector": pa.array([vectors[key].tolist() for key in keys], pa.list_(pa.float32())),
        }
    )
    return parquet_bytes(table)


def cache_from_bytes(content: bytes) -> dict[str, Vector]:
    """The vectors of a cache file by key."""
    table = pq.read_table(pa.BufferReader(content))
    vectors = (np.asarray(v.as_py(), dtype=np.float32) for v in table["vector"])
    return dict(zip(table["key"].to_pylist(), vectors, strict=True))


def matrix(embeddings: pd.DataFrame) -> NDArray[np.float32]:
    """The vectors of table `segment_embeddings`, shape (n_segments, n_dimensions)."""
    return np.stack([np.asarray(vector, dtype=np.float32) for vector in embeddings["vector"]])


def _plain_word(placeholder: re.Match[str]) -> str:
    kind = placeholder.group()[1:].rpartition("_")[0]
    return _PLAIN_WORDS.get(kind, "something")
