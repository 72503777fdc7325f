"""A small invented corpus with three plain subjects, and vectors that know them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

SUBJECTS = {
    "boats": ["harbour", "rowing", "oars", "tide", "mooring"],
    "bread": ["flour", "oven", "dough", "bakery", "crust"],
    "birds": ["finches", "feathers", "nest", "seedlings", "hedge"],
    "bikes": ["saddle", "pedals", "puncture", "cycling", "helmet"],
    "books": ["novel", "chapter", "reading", "shelves", "poetry"],
}


class Tables(NamedTuple):
    """Tables `segments` and `segment_embeddings`."""

    segments: pd.DataFrame
    embeddings: pd.DataFrame

    def of(self, people: Sequence[int]) -> "Tables":
        """Only what these people said."""
        ids = {f"P{person:03}" for person in people}
        segments = self.segments[self.segments["participant_id"].isin(ids)]
        return Tables(
            segments, self.embeddings[self.embeddings["segment_id"].isin(segments["segment_id"])]
        )


def corpus(n_people: int, subjects: Sequence[str], seed: int = 2) -> Tables:
    """Everybody speaks once about each subject, each time in a conversation of its own."""
    rng = np.random.default_rng(seed)
    directions = dict(zip(SUBJECTS, np.eye(len(SUBJECTS), 24), strict=True))
    segments, vectors = [], []
    for person in range(n_people):
        for turn, subject in enumerate(subjects):
            words = rng.permutation(SUBJECTS[subject])[:4]
            text = (
                f"It was all about the {words[0]} and the {words[1]} for us. "
                f"Also {words[2]} near {words[3]}."
            )
            vector = directions[subject] + 0.08 * rng.standard_normal(24)
            vectors.append((vector / np.linalg.norm(vector)).astype(np.float32))
            segments.append(
                {
                    "segment_id": f"C{person:03}/{turn}/0",
                    "conversation_id": f"C{person:03}/{turn}",
                    "participant_id": f"P{person:03}",
                    "turn_start": turn,
                    "turn_end": turn,
                    "question": "",
                    "text": text,
                    "spans": [{"turn": turn, "start": 3, "end": 3 + len(text)}],
                    "n_words": 16,
                    "voice": "good" if person % 2 else "improve",
                    "voice_score": 0.5,
                }
            )
    frame = pd.DataFrame(segments)
    embeddings = pd.DataFrame(
        {
            "segment_id": frame["segment_id"],
            "vector": vectors,
            "model": "invented@1",
            "precision": "float32",
        }
    )
    return Tables(frame, embeddings)


@pytest.fixture(scope="session")
def thirty_people() -> Tables:
    return corpus(30, list(SUBJECTS))
