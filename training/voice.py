"""Weigh the evidence for voices: `python -m training.voice` makes the weights of `voice.json`.

A logistic regression learns from the coded turns of the answer key how much cues, place and what
the encoder hears are worth. The encoder itself has not seen the key.
"""

import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import Key, read_key
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.validation.voice import WEIGHTS, Weights, features
from pipeline.resources.encoder import Encoder
from pipeline.tables import VOICES

STRENGTH = 0.1
"""Inverse of the regularisation: a thousand turns are few."""
DIGITS = 4


class Coded(NamedTuple):
    """Turns with the evidence for their voice, and the voice that a reader heard.

    Attributes
    ----------
    cues : ndarray of shape (n_turns, 12)
    heard : ndarray of shape (n_turns, 4)
    voices : ndarray of shape (n_turns,)
        Place in `VOICES`.
    """

    cues: NDArray[np.float64]
    heard: NDArray[np.float32]
    voices: NDArray[np.int64]

    def evidence(self, *, with_encoder: bool) -> NDArray[np.float64]:
        """Features of shape (n_turns, 12 or 16)."""
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


def read_evidence(turns: pd.DataFrame, encoder: Encoder) -> Coded:
    """Evidence of coded turns.

    Parameters
    ----------
    turns : DataFrame
        Columns conversation_id, turn_start, question, text, voice: all participant turns of their
        conversations, redacted.
    """
    heard = encoder.read(texts_to_embed(turns)).voices
    if heard is None:
        heard = np.zeros((len(turns), len(VOICES)), dtype=np.float32)
    return Coded(features(turns), heard, np.array([VOICES.index(v) for v in turns["voice"]]))


def fit(evidence: NDArray[np.float64], voices: NDArray[np.int64]) -> Weights:
    """Weights from features of shape (n, n_features) and places in `VOICES`."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = evidence.mean(axis=0), np.maximum(evidence.std(axis=0), 1e-6)
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit((evidence - mean) / scale, voices)
    return Weights(mean, scale, model.coef_, model.intercept_)


def _rounded(weights: Weights) -> dict[str, Any]:
    return {field: np.round(value, DIGITS).tolist() for field, value in weights._asdict().items()}


def main() -> None:
    """Fit on the whole key and write the weights."""
    coded = read_evidence(coded_turns(read_key()), Encoder())
    stored = {
        name: _rounded(fit(coded.evidence(with_encoder=with_encoder), coded.voices))
        for name, with_encoder in (("cues", False), ("cues_and_encoder", True))
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
