from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.embedding.vectors import (
    cache_from_bytes,
    cache_key,
    cache_of,
    cache_to_bytes,
    embed,
    matrix,
    texts_to_embed,
)
from pipeline.tables import TABLES, to_arrow

MODEL = {"model": "letters@1", "precision": "float32"}


class Letters:
    """An encoder that counts letters, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = np.array([[text.count(c) + 1 for c in "aeiou"] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def segments(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment_id": [f"C90{n}/1/0" for n in range(len(texts))],
            "question": "And the boat?",
            "text": texts,
        }
    )


def test_placeholders_are_read_as_plain_words() -> None:
    (text,) = texts_to_embed(segments("[PERSON_2] rowed to [PLACE_1].\n\nIt sank."))
    assert text == "And the boat? someone rowed to somewhere. It sank."


def test_only_new_texts_are_encoded_and_the_vectors_are_the_same() -> None:
    encode = Letters()
    first = embed(segments("It sank.", "It rose."), encode, {}, **MODEL)
    cached = cache_of(segments("It sank.", "It rose."), first)
    encode.asked.clear()
    second = embed(segments("It sank.", "It rose.", "It flew."), encode, cached, **MODEL)
    assert encode.asked == ["And the boat? It flew."]
    assert np.array_equal(matrix(second)[:2], matrix(first))


def test_a_text_said_twice_is_encoded_once() -> None:
    encode = Letters()
    embed(segments("It sank.", "It sank."), encode, {}, **MODEL)
    assert len(encode.asked) == 1


def test_another_model_or_precision_has_other_keys() -> None:
    keys = {
        cache_key("x", "a", "float32"),
        cache_key("x", "b", "float32"),
        cache_key("x", "a", "bfloat16"),
    }
    assert len(keys) == 3


def test_the_cache_survives_its_file() -> None:
    table = segments("It sank.", "It rose.")
    vectors = cache_of(table, embed(table, Letters(), {}, **MODEL))
    again = cache_from_bytes(cache_to_bytes(vectors))
    assert again.keys() == vectors.keys()
    assert all(np.array_equal(again[key], vectors[key]) for key in vectors)


def test_the_table_has_its_columns_even_without_segments() -> None:
    for table in (segments(), segments("It sank.")):
        frame = embed(table, Letters(), {}, **MODEL)
        assert to_arrow(TABLES["segment_embeddings"], frame).num_rows == len(table)
