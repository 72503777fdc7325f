# pyright: reportUnknownMemberType=false
# pandas carries loose types.
"""Whether a question goes on with what was being talked of, or opens another subject.

A follow-up is short and leans on what was said: "has it?", "and did that help?". Another subject
has to be named: "and your knees, how are they?". Only stopwords and lengths are weighed, so that
it does not matter what the subjects are. A logistic regression; its weights, in `follow_ups.json`,
are made by `python -m training.follow_ups`. How much it helps: `docs/themes.md`.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.themes.vocabulary import STOPWORDS
from pipeline.domain.validation.words import words_of

Floats = NDArray[np.float64]

_WITHIN_ANSWER = 0.5
"""After the same question it is the same answer, or the rest of it. Windows overlap: what both
hold must not count twice."""

WEIGHTS = Path(__file__).with_name("follow_ups.json")


class FollowUps(NamedTuple):
    """What tells a follow-up.

    Attributes
    ----------
    small_words : mapping
        Each small word to its evidence that the question goes on.
    per_length : ndarray of shape (2,)
        Evidence per unit of `lengths`.
    bias : float
    """

    small_words: Mapping[str, float]
    per_length: Floats
    bias: float

    def probability(self, question: str) -> float:
        """How probable it is that the answer is still about what the answer before was about."""
        words = words_of(question)
        told = [self.small_words[w] for w in sorted(small(words)) if w in self.small_words]
        evidence = self.bias + float(self.per_length @ lengths(words))
        evidence += sum(told) / math.sqrt(len(told)) if told else 0.0
        return 1 / (1 + math.exp(-evidence))


class Course(NamedTuple):
    """How conversations went: n texts in the order told, and where the subject stayed the same.

    Attributes
    ----------
    order : ndarray of shape (n,)
        Places of the texts, conversation by conversation, in the order told.
    goes_on : ndarray of shape (n,)
        How probable it is that each, in that order, is about what the one before it was about; 0
        where a conversation begins.
    """

    order: NDArray[np.int64]
    goes_on: Floats

    def lent(self, rows: Floats, share: float = 1.0) -> Floats:
        """Rows of shape (n, d), each with so much of its neighbours as the subject is the same."""
        told = rows[self.order]
        likely = share * self.goes_on[1:, None]
        richer = told.copy()
        richer[1:] += likely * told[:-1]
        richer[:-1] += likely * told[1:]
        lent = np.empty_like(rows)
        lent[self.order] = richer
        return lent


def course_of(segments: pd.DataFrame, by: FollowUps | None = None) -> Course:
    """How the conversations of these segments went.

    Parameters
    ----------
    segments : DataFrame
        Columns segment_id (which ends in the number of the window), conversation_id, turn_start,
        question. What is not among them, such as answers too short to be segments, is passed over.
    by : FollowUps, optional
        None: the shipped weights.
    """
    weights = by or shipped()
    window = segments["segment_id"].str.rsplit("/", n=1).str[-1].astype(int)
    told = segments.assign(window=window).reset_index(drop=True)
    told = told.sort_values(["conversation_id", "turn_start", "window"], kind="stable")
    before = told.shift()
    asked = {question: weights.probability(question) for question in told["question"].unique()}
    likely = told["question"].map(asked)
    likely = likely.mask(told["question"].eq(before["question"]), _WITHIN_ANSWER)
    likely = likely.mask(told["conversation_id"].ne(before["conversation_id"]), 0.0)
    goes_on: Floats = likely.to_numpy().astype(np.float64)
    return Course(told.index.to_numpy(dtype=np.int64), goes_on)


def small(words: Sequence[str]) -> set[str]:
    """Those of the words that name nothing."""
    return {word for word in words if word in STOPWORDS}


def lengths(words: Sequence[str]) -> Floats:
    """Logarithms of how many words there are, and how many of them name something; shape (2,)."""
    telling = sum(word not in STOPWORDS for word in words)
    return np.log1p(np.array([len(words), telling], dtype=np.float64))


@lru_cache(maxsize=1)
def shipped() -> FollowUps:
    """The weights of the package."""
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    return FollowUps(stored["small_words"], np.asarray(stored["per_length"]), stored["bias"])


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """A hash of the weights of the package."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
