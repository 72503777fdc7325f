"""Weigh the evidence for voices: `python -m training.voice` makes `voice_words.json`, `voice.json`.

What words tell is learnt from the invented answers of `answers/`, none of which is in the answer
key. A second logistic regression learns from the coded turns of the key how much cues, place,
words and what the encoder hears are worth. Each conversation is heard by the encoder of its fold,
which has not met it (`python -m training.encoder --folds`).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import Key, read_key
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.validation.voice import WEIGHTS, WORDS, Weights, Words, features, terms
from pipeline.resources.encoder import LAYERS, Encoder
from pipeline.tables import VOICES
from training.answers import read_answers
from training.texts import FOLDS, fold_of

FOLDERS = Path(__file__).parents[1] / "out" / "encoder"
"""Where `python -m training.encoder --folds` leaves the encoders that have not met the key."""

STRENGTH = 0.1
"""Inverse of the regularisation: a thousand turns are few."""
DIGITS = 4
WORD_STRENGTH = 2.0
WORD_DIGITS = 2
FEWEST_ANSWERS = 10
"""A term that fewer answers hold tells of them, and not of voices."""


class Coded(NamedTuple):
    """Turns with the evidence for their voice, and the voice that a reader heard.

    Attributes
    ----------
    cues : ndarray of shape (n_turns, 16)
        With place, and what words tell.
    heard : ndarray of shape (n_turns, 4)
    voices : ndarray of shape (n_turns,)
        Place in `VOICES`.
    """

    cues: NDArray[np.float64]
    heard: NDArray[np.float32]
    voices: NDArray[np.int64]

    def evidence(self, *, with_encoder: bool) -> NDArray[np.float64]:
        """Features of shape (n_turns, 16 or 20)."""
        both = np.hstack([self.cues, self.heard.astype(np.float64)])
        return both if with_encoder else self.cues


def coded_turns(key: Key) -> pd.DataFrame:
    """Participant turns of the key: conversation_id, turn_start, question, text, theme, voice."""
    texts = key.redacted_turns.set_index(["conversation_id", "turn"])["text"]
    return pd.DataFrame(
        [
            {
                "conversation_id": turn[0],
                "turn_start": turn[1],
                "question": key.questions[turn],
                "text": texts.loc[turn],
                "theme": theme,
                "voice": key.voices[turn],
            }
            for turn, theme in sorted(key.themes.items())
        ]
    )


def fold_encoders(work: Path = FOLDERS, of: str = "fold") -> list[Encoder]:
    """The encoder of each fold of the key, or of others; none where they were not made."""
    folders = [work / f"{of}{fold}" for fold in range(FOLDS)]
    made = all((folder / LAYERS).exists() for folder in folders)
    return [Encoder(name=str(folder)) for folder in folders] if made else []


def read_evidence(turns: pd.DataFrame, encoders: Sequence[Encoder]) -> Coded:
    """Evidence of coded turns.

    Parameters
    ----------
    turns : DataFrame
        Columns conversation_id, turn_start, question, text, voice: all participant turns of their
        conversations, redacted.
    encoders : sequence of Encoder
        One for each fold, which hears the conversations of that fold.
    """
    return Coded(
        features(turns), heard(turns, encoders), np.array([VOICES.index(v) for v in turns["voice"]])
    )


def heard(
    texts: pd.DataFrame, encoders: Sequence[Encoder], folds: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    """What the encoder of its fold hears in each text, shape (n_texts, 4).

    The folds are those of the conversations, unless others are given.
    """
    found = np.zeros((len(texts), len(VOICES)), dtype=np.float32)
    if folds is None:
        folds = texts["conversation_id"].map(fold_of).to_numpy()
    for fold, encoder in enumerate(encoders):
        rows = folds == fold
        told = encoder.hear(texts_to_embed(texts[rows]))
        found[rows] = 0 if told is None else told
    return found


def fit(evidence: NDArray[np.float64], voices: NDArray[np.int64]) -> Weights:
    """Weights from features of shape (n, n_features) and places in `VOICES`."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = evidence.mean(axis=0), np.maximum(evidence.std(axis=0), 1e-6)
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit((evidence - mean) / scale, voices)
    weight, bias = np.zeros((len(VOICES), evidence.shape[1])), np.full(len(VOICES), -np.inf)
    # Of two voices scikit-learn keeps one row: the odds of the second against the first.
    told = model.classes_[-len(model.coef_) :]
    weight[told], bias[model.classes_], bias[told] = model.coef_, 0, model.intercept_
    return Weights(mean, scale, weight, bias)


def learn_words(texts: Sequence[str], voices: Sequence[int], fewest: int = FEWEST_ANSWERS) -> Words:
    """What each term that stands in at least so many texts tells of their voices."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    one_by_one: Any = terms  # scikit-learn's stubs know of no analyzer that is a function
    counter: Any = CountVectorizer(analyzer=one_by_one, min_df=fewest)
    held = normalize(counter.fit_transform(texts).astype(np.float64))
    model = LogisticRegression(C=WORD_STRENGTH, max_iter=2000).fit(held, voices)
    told = np.round(model.coef_.T, WORD_DIGITS)
    bias = np.round(model.intercept_, WORD_DIGITS)
    return Words(dict(zip(counter.get_feature_names_out().tolist(), told, strict=True)), bias)


def _write_words() -> None:
    answers = read_answers().answers
    words = learn_words([a.text for a in answers], [a.voice for a in answers])
    lines = [
        f"{json.dumps(term, ensure_ascii=False)}: {json.dumps(told.tolist())}"
        for term, told in words.weights.items()
    ]
    stored = f'{{"bias": {json.dumps(words.bias.tolist())}, "words": {{\n' + ",\n".join(lines)
    WORDS.write_text(stored + "\n}}\n", encoding="utf-8")


def _rounded(weights: Weights) -> dict[str, Any]:
    return {field: np.round(value, DIGITS).tolist() for field, value in weights._asdict().items()}


def main() -> None:
    """Learn words from the invented answers, fit on the whole key, and write both."""
    encoders = fold_encoders()
    if not encoders:
        raise SystemExit(
            "The encoders of the folds are not here: python -m training.encoder --folds"
        )
    _write_words()
    coded = read_evidence(coded_turns(read_key()), encoders)
    stored = {
        name: _rounded(fit(coded.evidence(with_encoder=with_encoder), coded.voices))
        for name, with_encoder in (("cues", False), ("cues_and_encoder", True))
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
