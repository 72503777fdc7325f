"""Learn what tells a follow-up question: `python -m training.follow_ups` writes its weights.

From the coded turns of the answer key: whether an answer is coded as the one before it. Going to or
from small talk is a change; two turns that no code covers tell nothing. Only stopwords are weighed,
so that nothing is learnt of the key's subjects.
"""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.answer_key import NOT_THEMES, read_key
from pipeline.domain.themes.follow_ups import (
    WEIGHTS,
    Course,
    FollowUps,
    course_of,
    lengths,
    small,
)
from pipeline.domain.validation.words import words_of
from training.texts import FOLDS, fold_of
from training.voice import coded_turns

STRENGTH = 1.0
"""Inverse of the regularisation."""
FEWEST_QUESTIONS = 3
"""Small words that fewer questions hold are not weighed."""
DIGITS = 3


def learn(turns: pd.DataFrame) -> FollowUps:
    """Weights from coded turns.

    Parameters
    ----------
    turns : DataFrame
        Columns conversation_id, question, theme: participant turns in the order told.
    """
    before = turns.shift()
    within = turns["conversation_id"].eq(before["conversation_id"])
    coded = ~(turns["theme"].isin(NOT_THEMES) & before["theme"].isin(NOT_THEMES))
    pairs = turns[within & coded]
    goes_on = pairs["theme"].eq(before.loc[pairs.index, "theme"])
    return _fitted([words_of(q) for q in pairs["question"]], goes_on.tolist())


def course_by_fold(segments: pd.DataFrame, turns: pd.DataFrame) -> Course:
    """How the conversations went, each by weights that have not met those of its fold.

    Parameters
    ----------
    segments : DataFrame
        As for `course_of`.
    turns : DataFrame
        As for `learn`, of all folds.
    """
    folds, coded = (rows["conversation_id"].map(fold_of).to_numpy() for rows in (segments, turns))
    order, goes_on = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for fold in range(FOLDS):
        own = course_of(segments[folds == fold], learn(turns[coded != fold]))
        order.append(np.flatnonzero(folds == fold)[own.order])
        goes_on.append(own.goes_on)
    return Course(np.concatenate(order), np.concatenate(goes_on))


def _fitted(questions: Sequence[Sequence[str]], goes_on: Sequence[bool]) -> FollowUps:
    from sklearn.linear_model import LogisticRegression

    counts = pd.Series([word for words in questions for word in small(words)]).value_counts()
    kept = sorted(counts[counts >= FEWEST_QUESTIONS].index)
    held = np.array([[word in words for word in kept] for words in questions], dtype=np.float64)
    held /= np.sqrt(np.maximum(held.sum(axis=1, keepdims=True), 1))
    found = np.hstack([held, [lengths(words) for words in questions]])
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(found, goes_on)
    weights = np.round(model.coef_[0], DIGITS)
    told = dict(zip(kept, weights[: len(kept)].tolist(), strict=True))
    return FollowUps(told, weights[len(kept) :], round(float(model.intercept_[0]), DIGITS))


def main() -> None:
    """Learn from the whole key and write."""
    learnt = learn(coded_turns(read_key()))
    stored = learnt._asdict() | {"per_length": learnt.per_length.tolist()}
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
