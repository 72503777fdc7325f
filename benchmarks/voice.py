"""How often the voice is right: `python -m benchmarks.voice [--gold FOLDER] [--public FOLDER]`.

On the answer key the weights of each fifth of the conversations are learnt from the other four;
the encoder has seen none of them. On the public comments (answers to what was good and what could
be improved) the same evidence and the vectors are weighed in five folds, and, to tell what carries
over, once with the weights that the pipeline ships.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_GOLD, key_segments, read_key
from benchmarks.theme_sets import PUBLIC
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.themes.counting import wilson
from pipeline.domain.validation.voice import features, probabilities, with_voices
from pipeline.resources.encoder import Encoder
from pipeline.settings import Settings
from pipeline.tables import VOICES
from training.texts import FOLDS, fold_of
from training.voice import Coded, coded_turns, fit, read_evidence

ASKED = {"key": 0.85, "nhs_comments": 0.9}
VECTOR_STRENGTH = 1.0

Places = NDArray[np.int64]


def measure(
    gold: Path = DEFAULT_GOLD, public: Path = PUBLIC, encoder: Encoder | None = None
) -> dict[str, Any]:
    """Accuracy on the key and, where it lies in `public`, on the comments of patients."""
    encoder = encoder or Encoder()
    key = read_key(gold)
    turns = coded_turns(key)
    coded = read_evidence(turns, encoder)
    folds = np.array([fold_of(c) for c in turns["conversation_id"]])
    found = {
        "cues and place": _held_out(coded.cues, coded.voices, folds),
        "what the encoder hears, alone": coded.heard.argmax(axis=1),
        "all": _held_out(coded.evidence(with_encoder=True), coded.voices, folds),
        "always the commonest": np.full(len(turns), np.bincount(coded.voices).argmax()),
    }
    result: dict[str, Any] = {
        "key": {name: _accuracy(guess, coded.voices) for name, guess in found.items()},
        "by_voice": {
            voice: _accuracy(found["all"][coded.voices == at], at)
            for at, voice in enumerate(VOICES)
        },
        "by_window": _by_window(key_segments(key, Settings()), turns, coded, folds, encoder),
    }
    comments = public / "nhs_comments_voice.parquet"
    if comments.exists():
        result["nhs_comments"] = _comments(pd.read_parquet(comments), encoder)
    return result


def table(result: dict[str, Any]) -> list[str]:
    """Two tables of Markdown: accuracy by what is weighed, and by voice."""
    asked = {"all": ASKED["key"]}
    lines = [
        "| voice: what is weighed | turns | right | 95 % interval | asked |",
        "|---|---|---|---|---|",
    ]
    rows = [
        ("key", "the answer key, by turn"),
        ("by_window", "the answer key"),
        ("by_voice", "said"),
    ]
    for part, place in rows:
        for name, found in result[part].items():
            bar = asked.get(name, "") if part == "key" else ""
            lines.append(_row(f"{place}: {name}", found, bar))
    for name, found in result.get("nhs_comments", {}).items():
        bar = ASKED["nhs_comments"] if name == "learnt in five folds" else ""
        lines.append(_row(f"comments of NHS patients: {name}", found, bar))
    return lines


def _row(name: str, found: dict[str, float], bar: float | str) -> str:
    interval = f"{found['low']:.3f} to {found['high']:.3f}"
    return f"| {name} | {found['n']} | {found['accuracy']:.3f} | {interval} | {bar} |"


def _held_out(evidence: NDArray[np.float64], voices: Places, folds: Places) -> Places:
    guess = np.zeros(len(voices), dtype=np.int64)
    for fold in range(FOLDS):
        weights = fit(evidence[folds != fold], voices[folds != fold])
        guess[folds == fold] = weights.probabilities(evidence[folds == fold]).argmax(axis=1)
    return guess


def _by_window(
    segments: pd.DataFrame, turns: pd.DataFrame, coded: Coded, folds: Places, encoder: Encoder
) -> dict[str, dict[str, float]]:
    """The voice of each window, and of the answer that its windows make up, against its turn's."""
    voice_of = dict(
        zip(
            zip(turns["conversation_id"], turns["turn_start"], strict=True),
            coded.voices,
            strict=True,
        )
    )
    truth = np.array(
        [voice_of[k] for k in zip(segments["conversation_id"], segments["turn_start"], strict=True)]
    )
    heard = encoder.read(texts_to_embed(segments)).voices
    fold = np.array([fold_of(c) for c in segments["conversation_id"]])
    told = segments.copy()
    for number in range(FOLDS):
        with_encoder = heard is not None
        weights = fit(
            coded.evidence(with_encoder=with_encoder)[folds != number],
            coded.voices[folds != number],
        )
        rows = fold == number
        part = with_voices(segments[rows], None if heard is None else heard[rows], weights)
        told.loc[rows, ["voice", "answer_voice"]] = part[["voice", "answer_voice"]]
    return {
        name: _accuracy(np.array([VOICES.index(v) for v in told[column]]), truth)
        for name, column in (
            ("window by window", "voice"),
            ("all windows of an answer", "answer_voice"),
        )
    }


def _comments(comments: pd.DataFrame, encoder: Encoder) -> dict[str, dict[str, float]]:
    """Comments are answers without a question, each a conversation of its own."""
    rows = pd.DataFrame(
        {
            "conversation_id": [f"N{n}" for n in range(len(comments))],
            "turn_start": 0,
            "question": "",
            "text": comments["text"].to_numpy(),
        }
    )
    voices = np.array([VOICES.index(v) for v in comments["voice"]])
    read = encoder.read(texts_to_embed(rows))
    cues = features(rows)
    shipped = probabilities(cues, read.voices)
    heard = np.zeros((len(rows), 0)) if read.voices is None else read.voices
    vectors = VECTOR_STRENGTH * np.sqrt(read.vectors.shape[1]) * read.vectors
    evidence = np.hstack([cues, heard, vectors]).astype(np.float64)
    folds = np.arange(len(rows)) % FOLDS
    either = [VOICES.index("good"), VOICES.index("improve")]
    return {
        "always the commonest": _accuracy(np.full(len(rows), np.bincount(voices).argmax()), voices),
        "with the shipped weights": _accuracy(
            np.array(either)[shipped[:, either].argmax(axis=1)], voices
        ),
        "learnt in five folds": _accuracy(_held_out(evidence, voices, folds), voices),
    }


def _accuracy(guess: Places, truth: Places | int) -> dict[str, float]:
    right = guess == truth
    share = wilson(int(right.sum()), len(right))
    return {"n": len(right), "accuracy": share.share, "low": share.low, "high": share.high}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--gold", type=Path, default=DEFAULT_GOLD)
    parser.add_argument("--public", type=Path, default=PUBLIC)
    asked = parser.parse_args()
    result = measure(asked.gold, asked.public)
    print(json.dumps(result, indent=1))
    print("\n".join(table(result)))


if __name__ == "__main__":
    main()
