"""How often the voice is right: `python -m benchmarks.voice [--gold FOLDER] [--public FOLDER]`.

On the answer key the weights of each fifth of the conversations are learnt from the other four;
the encoder has seen none of them. On the public comments (answers to what was good and what could
be improved) the same evidence, the vectors and the comments' own words are weighed in five folds,
beside what encoders tuned to the comments of the other folds hear (`training.comments`), alone and
with the words, and, to tell what carries over, the weights that the pipeline ships. Comments are
coded by the question that was asked. What they say is another matter: a second reader, who saw the
words alone, told of 400 which of the two questions they answer, kept by hash in
`sets/nhs_second_reader.json`. Where the reader agrees, what is said and what was asked are the
same; bland praise is left out.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_GOLD, key_segments, read_key
from benchmarks.reporting import ROOT
from benchmarks.theme_sets import PUBLIC
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.themes.counting import wilson
from pipeline.domain.validation.voice import features, probabilities, terms, with_voices
from pipeline.resources.encoder import Encoder
from pipeline.settings import Settings
from pipeline.tables import VOICES
from training.comments import read_comments, tuned_encoders
from training.texts import FOLDS, fold_of
from training.voice import Coded, coded_turns, fit, fold_encoders, heard, read_evidence

ASKED = {"key": 0.85, "nhs_comments": 0.9}
AS_SHIPPED = "learnt in five folds, encoder as shipped"
TUNED = "what encoders tuned to the other folds hear, alone"
TUNED_AND_WORDS = "what encoders tuned to the other folds hear, and words"
ALL = "cues, place, words and what the encoder hears"
READER = ROOT / "benchmarks/sets/nhs_second_reader.json"
COMMENT_STRENGTH = 3.0
"""Inverse of the regularisation where each word of the comments has a weight of its own."""

Places = NDArray[np.int64]


def measure(
    gold: Path = DEFAULT_GOLD, public: Path = PUBLIC, encoders: Sequence[Encoder] | None = None
) -> dict[str, Any]:
    """Accuracy on the key and, where it lies in `public`, on the comments of patients.

    Without the encoders of the folds (`make encoder`), by cues, place and words alone; without
    those of the comments (`make comments`), by the encoder as shipped.
    """
    encoders = fold_encoders() if encoders is None else encoders
    key = read_key(gold)
    turns = coded_turns(key)
    coded = read_evidence(turns, encoders)
    folds = np.array([fold_of(c) for c in turns["conversation_id"]])
    found = {
        "always the commonest": np.full(len(turns), np.bincount(coded.voices).argmax()),
        "cues, place and words": _held_out(coded.cues, coded.voices, folds),
    }
    if encoders:
        found["what the encoder hears, alone"] = coded.heard.argmax(axis=1)
        found[ALL] = _held_out(coded.evidence(with_encoder=True), coded.voices, folds)
    result: dict[str, Any] = {
        "key": {name: _accuracy(guess, coded.voices) for name, guess in found.items()}
    }
    if encoders:
        right = {v: _accuracy(found[ALL][coded.voices == n], n) for n, v in enumerate(VOICES)}
        segments = key_segments(key, Settings())
        result |= {"by_voice": right, "by_window": _by_window(segments, turns, coded, encoders)}
    comments = read_comments(public)
    if comments is not None:
        result["nhs_comments"] = _comments(comments, Encoder(), tuned_encoders())
    return result


def table(result: dict[str, Any]) -> list[str]:
    """Two tables of Markdown: accuracy by what is weighed, and by voice."""
    asked = {ALL: ASKED["key"]}
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
        for name, found in result.get(part, {}).items():
            bar = asked.get(name, "") if part == "key" else ""
            lines.append(_row(f"{place}: {name}", found, bar))
    for name, found in result.get("nhs_comments", {}).items():
        bar = ASKED["nhs_comments"] if name == TUNED_AND_WORDS else ""
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
    segments: pd.DataFrame, turns: pd.DataFrame, coded: Coded, encoders: Sequence[Encoder]
) -> dict[str, dict[str, float]]:
    """The voice of each window, and of the answer that its windows make up, against its turn's."""
    where = zip(turns["conversation_id"], turns["turn_start"], strict=True)
    voice_of = dict(zip(where, coded.voices, strict=True))
    places = zip(segments["conversation_id"], segments["turn_start"], strict=True)
    truth = np.array([voice_of[place] for place in places])
    told, evidence = heard(segments, encoders), coded.evidence(with_encoder=True)
    turn_folds = turns["conversation_id"].map(fold_of).to_numpy()
    parts = []
    for fold in range(FOLDS):
        weights = fit(evidence[turn_folds != fold], coded.voices[turn_folds != fold])
        rows = (segments["conversation_id"].map(fold_of) == fold).to_numpy()
        parts.append(with_voices(segments[rows], told[rows], weights))
    found = pd.concat(parts).loc[segments.index]
    columns = {"window by window": "voice", "all windows of an answer": "answer_voice"}
    return {
        name: _accuracy(np.array([VOICES.index(v) for v in found[column]]), truth)
        for name, column in columns.items()
    }


def _comments(
    rows: pd.DataFrame, encoder: Encoder, tuned: Sequence[Sequence[Encoder]]
) -> dict[str, dict[str, float]]:
    """Figures on comments, by the encoder as shipped and, where they were made, by tuned ones."""
    voices = np.array([VOICES.index(v) for v in rows["voice"]])
    folds, texts = rows["fold"].to_numpy(), texts_to_embed(rows)
    told, vectors, cues = encoder.hear(texts), encoder.encode(texts), features(rows)
    views = [cues, vectors] if told is None else [cues, told, vectors]
    odds = {AS_SHIPPED: _odds_held_out(rows["text"], views, voices, folds)}
    good, improve = VOICES.index("good"), VOICES.index("improve")
    if tuned:
        unmet = np.mean([heard(rows, each, folds) for each in tuned], axis=0)
        odds[TUNED] = unmet[:, improve] - unmet[:, good]
        odds[TUNED_AND_WORDS] = odds[TUNED] + _odds_held_out(rows["text"], [], voices, folds)
    guesses = {name: np.where(found > 0, improve, good) for name, found in odds.items()}
    shipped = probabilities(cues, told)
    shipped_guess = np.where(shipped[:, improve] > shipped[:, good], improve, good)
    found = {
        "always the commonest": _accuracy(np.full(len(rows), np.bincount(voices).argmax()), voices),
        "with the shipped weights": _accuracy(shipped_guess, voices),
        **{name: _accuracy(guess, voices) for name, guess in guesses.items()},
    }
    return found | _beside_reader(rows["text"], voices, guesses)


def _beside_reader(
    texts: pd.Series, voices: Places, guesses: Mapping[str, Places]
) -> dict[str, dict[str, float]]:
    """A reader of the words alone, and the guesses where that reader agrees with the question."""
    keys = texts.map(_key_of).to_numpy()
    read = {key: VOICES.index(v) for key, v in json.loads(READER.read_text("utf-8")).items()}
    seen = np.flatnonzero([key in read for key in keys])
    if not len(seen):
        return {}
    told_apart = np.array([read[key] for key in keys[seen]], dtype=np.int64)
    agreed = seen[voices[seen] == told_apart]
    return {
        "a second reader": _accuracy(told_apart, voices[seen]),
        **{
            f"{name}, where the second reader agrees": _accuracy(guess[agreed], voices[agreed])
            for name, guess in guesses.items()
        },
    }


def _key_of(text: str) -> str:
    """What a comment is called in the file of the second reader, which holds no text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _odds_held_out(
    texts: pd.Series, views: Sequence[NDArray[np.floating]], voices: Places, folds: Places
) -> NDArray[np.float64]:
    """Log odds of the second voice against the first, shape (n,).

    Of each fifth of the comments, learnt from the words and the views of the others.
    """
    from scipy.sparse import csr_array, hstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    one_by_one: Any = terms  # scikit-learn's stubs know of no analyzer that is a function
    odds = np.zeros(len(voices))
    for fold in range(FOLDS):
        taught = folds != fold
        words: Any = CountVectorizer(analyzer=one_by_one, min_df=2).fit(texts[taught])
        held = normalize(words.transform(texts).astype(np.float64))
        even = [_evened(view.astype(np.float64), taught) for view in views]
        X = csr_array(hstack([held, *map(csr_array, even)]))
        model = LogisticRegression(C=COMMENT_STRENGTH, max_iter=2000).fit(X[taught], voices[taught])
        odds[~taught] = model.decision_function(X[~taught])
    return odds


def _evened(view: NDArray[np.float64], taught: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Standardised by the rows that teach, and weighing as much as the words of a text."""
    told = view[:, view[taught].std(axis=0) > 0]
    standard = (told - told[taught].mean(axis=0)) / told[taught].std(axis=0)
    return standard / np.sqrt(standard.shape[1])


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
