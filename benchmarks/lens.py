"""How often the lens finds what people found: `python -m benchmarks.lens [--data FOLDER]`.

The answer key's codes are given in the codebook's own wording (`lens_codebook.yaml`), those of
three public sets in words written from their classes' names (`lens_public.yaml`). A turn is its
question and answer, prepared as the pipeline prepares a segment. Turns coded none or other have no
right entry: they are left out of the accuracy, and tell how often "none of these" is right.

With examples: five folds by conversation; a fold's turns are scored with the other folds' turns as
people coded them. Public texts are folded one by one. Beside it, from the same words: the lab's
recipe (nearest phrase of the turn and mean of the best three two-sentence windows), the nearest
phrase alone, and the overlap of TF-IDF.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_GOLD, NOT_THEMES, read_key
from benchmarks.kept_vectors import vectors_of
from benchmarks.reporting import ROOT
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.stories.frameworks import least_sure
from pipeline.domain.themes.follow_ups import Course
from pipeline.domain.themes.frameworks import NONE, Entry, read_framework
from pipeline.domain.themes.lens import Scores, Told, look, question_vectors
from pipeline.domain.themes.vocabulary import plain_text
from pipeline.resources.encoder import PACKAGED, Encoder
from training.follow_ups import course_by_fold
from training.texts import FOLDS, fold_of
from training.voice import coded_turns, fold_encoders

CODEBOOK = ROOT / "benchmarks/lens_codebook.yaml"
WORDED = ROOT / "benchmarks/lens_public.yaml"
PUBLIC = ROOT.parent / "shared/data/themes"
WORDS = "words only"
UNMET = "words only, encoder tuned to other conversations"
ALONE = "words only, each answer by itself, encoder tuned to other conversations"
PER_CODE = (1, 3, 10)
"""Examples of each code, at most, in the curve of how examples help."""
SURE = least_sure(Entry("pathway", "", "", ()))
"""The score from which a story is shown as being about a pathway's group."""
RESAMPLED = 1_000
SEED = 0

Floats = NDArray[np.float64]
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Coded(NamedTuple):
    """Texts in the order told, and the code that people gave each; `NONE` where none was right.

    The course is told by weights that were learnt without the conversations of a text's fold.
    """

    segments: pd.DataFrame
    codes: tuple[str, ...]
    folds: tuple[int, ...]
    entries: tuple[Entry, ...]
    course: Course | None = None

    @property
    def conversations(self) -> list[str]:
        """The conversation of each text."""
        return self.segments["conversation_id"].tolist()

    @property
    def texts(self) -> list[str]:
        """Question and answer."""
        return (self.segments["question"] + " " + self.segments["text"]).tolist()


def key_turns(gold: Path = DEFAULT_GOLD) -> Coded:
    """The answer key's turns, with the codebook's wording."""
    turns = coded_turns(read_key(gold))
    entries = read_framework("key", yaml.safe_load(CODEBOOK.read_text("utf-8")), {}).entries
    folds = turns["conversation_id"].map(fold_of)
    ids = turns["conversation_id"] + "/" + turns["turn_start"].astype(str) + "/0"
    return Coded(
        turns[["conversation_id", "question", "text"]],
        tuple(turns["theme"].where(~turns["theme"].isin(NOT_THEMES), NONE)),
        tuple(folds),
        entries,
        course_by_fold(turns.assign(segment_id=ids), turns),
    )


def public_texts(folder: Path = PUBLIC) -> dict[str, Coded]:
    """The public sets that lie in the folder, each text a conversation of its own."""
    worded: dict[str, list[dict[str, Any]]] = yaml.safe_load(WORDED.read_text("utf-8"))
    sets: dict[str, Coded] = {}
    for name, listed in worded.items():
        if not (folder / f"{name}.parquet").exists():
            continue
        frame = pd.read_parquet(folder / f"{name}.parquet")
        ids = [f"T{at:05}" for at in range(len(frame))]
        segments = pd.DataFrame({"conversation_id": ids, "question": "", "text": frame["text"]})
        entries = [Entry("class", e["code"], e["title"], tuple(e["phrases"])) for e in listed]
        order = np.random.default_rng(SEED).permutation(len(frame)) % FOLDS
        sets[name] = Coded(
            segments,
            tuple(frame["label"]),
            tuple(int(n) for n in order),
            tuple(entries),
        )
    return sets


def scored(coded: Coded, encoder: Encoder, examples: Mapping[int, str] | None = None) -> Scores:
    """The lens as the pipeline uses it."""
    vectors = vectors_of(texts_to_embed(coded.segments), encoder)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        return vectors_of(texts, encoder)

    asked = question_vectors(coded.segments, encode) if examples else None
    told = Told(coded.texts, vectors, coded.course, asked)
    return look(told, coded.entries, encode, examples)


def with_examples(coded: Coded, encoders: Sequence[Encoder], per_code: int | None = None) -> Scores:
    """Each fold with the other folds as examples, by the fold's own encoder.

    Parameters
    ----------
    per_code : int, optional
        At most so many examples of each code, drawn at random; none: all of them.
    """
    scores = np.zeros((len(coded.codes), len(coded.entries)))
    fits = np.zeros(scores.shape, dtype=bool)
    folds = np.array(coded.folds)
    for fold in range(FOLDS):
        given = _examples(coded, np.flatnonzero(folds != fold), per_code)
        found, mine = scored(coded, encoders[fold], given), folds == fold
        scores[mine], fits[mine] = found.scores[mine], found.fits[mine]
    return Scores(scores, fits)


def words_by_fold(coded: Coded, encoders: Sequence[Encoder]) -> Scores:
    """Each fold by the fold's own encoder, without examples."""
    found = [scored(coded, encoder) for encoder in encoders]
    folds, rows = np.array(coded.folds), np.arange(len(coded.codes))
    scores, fits = np.stack([f.scores for f in found]), np.stack([f.fits for f in found])
    return Scores(scores[folds, rows], fits[folds, rows])


def _examples(coded: Coded, rows: NDArray[np.int64], per_code: int | None) -> dict[int, str]:
    order = np.random.default_rng(SEED).permutation(rows)
    taken: Counter[str] = Counter()
    examples: dict[int, str] = {}
    for at in map(int, order):
        code = coded.codes[at]
        if per_code is None or taken[code] < per_code:
            taken[code] += 1
            examples[at] = code
    return examples


# Baselines: scores of shape (n_texts, n_entries) from the same words


def nearest_phrase(coded: Coded, encoder: Encoder) -> Floats:
    """Cosine of the text's and the nearest phrase's vector."""
    return _by_entry(coded, vectors_of(texts_to_embed(coded.segments), encoder), encoder)


def lab_recipe(coded: Coded, encoder: Encoder) -> Floats:
    """Nearest phrase to the turn, and to its best three windows of two sentences, each centred."""
    turn = nearest_phrase(coded, encoder)
    pieces = [_two_sentences(text) for text in coded.segments["text"]]
    owners = np.repeat(np.arange(len(pieces)), [len(own) for own in pieces])
    windows = pd.DataFrame({"question": "", "text": [piece for own in pieces for piece in own]})
    close = _by_entry(coded, vectors_of(texts_to_embed(windows), encoder), encoder)
    close -= close.mean(axis=0)
    best = np.stack(
        [np.sort(close[owners == at], axis=0)[-3:].mean(axis=0) for at in range(len(pieces))]
    )
    turn -= turn.mean(axis=0)
    return turn / turn.std() + best / best.std()


def shared_words(coded: Coded) -> Floats:
    """Overlap of TF-IDF with an entry's title and phrases."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    said = [plain_text(text) for text in coded.texts]
    words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit(said)
    wordings = [" ".join((entry.title, *entry.phrases)) for entry in coded.entries]
    return (words.transform(said) @ words.transform(wordings).T).toarray()


def _by_entry(coded: Coded, vectors: NDArray[np.float32], encoder: Encoder) -> Floats:
    wordings = [(at, p) for at, e in enumerate(coded.entries) for p in (e.title, *e.phrases)]
    owners = np.array([at for at, _ in wordings])
    close = vectors @ vectors_of([phrase for _, phrase in wordings], encoder).T
    entries = range(len(coded.entries))
    nearest = [close[:, owners == at].max(axis=1) for at in entries]
    return np.stack(nearest, axis=1).astype(np.float64)


def _two_sentences(text: str) -> list[str]:
    sentences = _SENTENCE_END.split(text)
    return [" ".join(sentences[at : at + 2]) for at in range(len(sentences))]


# Figures


def accuracy(coded: Coded, scores: Floats) -> dict[str, Any]:
    """How often the right entry is first, and among three; with the interval of the first."""
    at_code = {entry.code: at for at, entry in enumerate(coded.entries)}
    rows = [at for at, code in enumerate(coded.codes) if code != NONE]
    ranked = np.argsort(-scores[rows], axis=1, kind="stable")
    wanted = np.array([at_code[coded.codes[at]] for at in rows])
    right: NDArray[np.bool_] = np.equal(ranked, wanted[:, None])
    first = right[:, 0]
    low, high = _interval(first, [coded.conversations[at] for at in rows])
    return {
        "first": round(float(first.mean()), 3),
        "first_low": low,
        "first_high": high,
        "among_three": round(float(right[:, :3].any(axis=1).mean()), 3),
    }


def none_of_these(coded: Coded, found: Scores) -> dict[str, float]:
    """How often "none of these" is said where people say it, and where they name an entry.

    And of what fits the turns that people name an entry of: how many entries a turn, how often they
    are right, and how often those are that are sure enough for a pathway.
    """
    says_none = ~found.fits.any(axis=1)
    is_none = np.array([code == NONE for code in coded.codes])
    at_code = [entry.code for entry in coded.entries]
    right = np.array([[code == entry for entry in at_code] for code in coded.codes])[~is_none]
    fits, sure = found.fits[~is_none], found.scores[~is_none] >= SURE
    return {
        "none_found": round(float(says_none[is_none].mean()), 3),
        "none_said_of_coded": round(float(says_none[~is_none].mean()), 3),
        "fits_per_turn": round(float(fits.sum() / len(fits)), 3),
        "fits_right": round(float(right[fits].mean()), 3),
        "sure_right": round(float(right[sure].mean()), 3),
    }


def _interval(right: NDArray[np.bool_], conversations: Sequence[str]) -> tuple[float, float]:
    """95 % interval of a share over conversations drawn again and again."""
    by = pd.DataFrame({"right": right, "conversation": conversations}).groupby("conversation")
    hits, sizes = by["right"].sum().to_numpy(), by["right"].size().to_numpy()
    drawn = np.random.default_rng(SEED).integers(len(hits), size=(RESAMPLED, len(hits)))
    shares = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return round(float(low), 3), round(float(high), 3)


def _methods(encoder: Encoder) -> dict[str, Callable[[Coded], Floats]]:
    return {
        "TF-IDF overlap": shared_words,
        "nearest phrase": lambda coded: nearest_phrase(coded, encoder),
    }


def measure(
    encoder: Encoder | None = None,
    encoders_by_fold: Sequence[Encoder] | None = None,
    gold: Path = DEFAULT_GOLD,
    public: Path = PUBLIC,
) -> dict[str, Any]:
    """All figures.

    Parameters
    ----------
    encoder : Encoder, optional
        For the public sets; none: the pipeline's own. It has met the key, so the key is scored by
        the packaged encoder where only words are given.
    encoders_by_fold : sequence of Encoder, optional
        For each fold of `training.texts.fold_of` one that never saw its conversations. With
        examples a fold is scored by its own. None: those that `make encoder` left, or the packaged.
    """
    encoder, packaged = encoder or Encoder(), Encoder(name=PACKAGED)
    key = key_turns(gold)
    by_fold = encoders_by_fold or fold_encoders() or [packaged] * FOLDS
    words, taught = scored(key, packaged), with_examples(key, by_fold)
    unmet = words_by_fold(key, by_fold)
    alone = key._replace(course=None)
    return {
        "encoder": encoder.identity(),
        "n_turns": len(key.codes),
        "n_turns_none_or_other": sum(code == NONE for code in key.codes),
        "n_entries": len(key.entries),
        "key": {
            WORDS: accuracy(key, words.scores) | none_of_these(key, words),
            ALONE: accuracy(key, words_by_fold(alone, by_fold).scores),
            "lab recipe": accuracy(key, lab_recipe(key, packaged)),
            **{name: accuracy(key, of(key)) for name, of in _methods(packaged).items()},
            UNMET: accuracy(key, unmet.scores) | none_of_these(key, unmet),
            "with examples, five folds": accuracy(key, taught.scores) | none_of_these(key, taught),
            **{
                f"with {n} examples a code at most": accuracy(
                    key, with_examples(key, by_fold, per_code=n).scores
                )
                for n in PER_CODE
            },
        },
        "public": {name: _public(coded, encoder) for name, coded in public_texts(public).items()},
    }


def _public(coded: Coded, encoder: Encoder) -> dict[str, Any]:
    figures = {
        WORDS: accuracy(coded, scored(coded, encoder).scores),
        **{name: accuracy(coded, of(coded)) for name, of in _methods(encoder).items()},
        "with 3 examples a code at most": accuracy(
            coded, with_examples(coded, [encoder] * FOLDS, per_code=3).scores
        ),
        "with examples, five folds": accuracy(
            coded, with_examples(coded, [encoder] * FOLDS).scores
        ),
    }
    return {"n_texts": len(coded.codes), "n_entries": len(coded.entries)} | figures


def table(result: Mapping[str, Any]) -> list[str]:
    """The report as Markdown."""
    key = result["key"]
    lines = [
        f"{result['n_turns']} turns, {result['n_entries']} codes in the codebook's own wording; "
        f"{result['n_turns_none_or_other']} turns coded none or other are left out of the "
        f"accuracy. {result['encoder']}.",
        "",
        "| the key's codes | right first | 95 % interval | among three |",
        "|---|---|---|---|",
        *(_line(name, found) for name, found in key.items()),
        "",
        "| the key's codes | none of these said of turns coded none or other | of the others "
        f"| entries that fit a turn | of these right | right at {SURE} and above |",
        "|---|---|---|---|---|---|",
        *(_fits_line(name, found) for name, found in key.items() if "fits_right" in found),
    ]
    for name, figures in result["public"].items():
        lines += [
            "",
            f"| {name}: {figures['n_texts']} texts, {figures['n_entries']} classes "
            "| right first | 95 % interval | among three |",
            "|---|---|---|---|",
            *(_line(method, of) for method, of in figures.items() if isinstance(of, dict)),
        ]
    return lines


def _line(name: str, found: Mapping[str, float]) -> str:
    return (
        f"| {name} | {found['first']:.3f} | {found['first_low']:.3f} to {found['first_high']:.3f} "
        f"| {found['among_three']:.3f} |"
    )


def _fits_line(name: str, found: Mapping[str, float]) -> str:
    return (
        f"| {name} | {found['none_found']:.0%} | {found['none_said_of_coded']:.0%} "
        f"| {found['fits_per_turn']:.2f} | {found['fits_right']:.0%} | {found['sure_right']:.0%} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", help="a sentence-transformers folder; without: our own")
    parser.add_argument("--data", type=Path, default=PUBLIC, help="folder of the public sets")
    chosen = parser.parse_args()
    own = Encoder(name=chosen.encoder) if chosen.encoder else Encoder()
    print("\n".join(table(measure(own, public=chosen.data))))
