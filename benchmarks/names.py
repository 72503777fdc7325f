"""Whether a theme is known by its name alone: `python -m benchmarks.names [FOLDER]`.

Themes are found in the answer key's conversations and in halves of them. Where most segments of a
theme are of one code, the theme's name is held against the codebook's wording of all thirty codes;
it is right when its own code is the nearest: the mean cosine of the two nearest phrases, by the
packaged encoder. Beside our names: ours from the answers alone, the first three keywords, and
BERTopic's, which are its first four words.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_GOLD, NOT_THEMES, key_segments, read_key
from benchmarks.kept_vectors import PLAIN, embedded, vectors_of
from benchmarks.labels import Themes, bertopic_words, our_words
from benchmarks.lens import CODEBOOK
from benchmarks.theme_sets import FOLDERS, WITHOUT_KEY, has_bertopic
from pipeline.domain.themes.clustering import cluster, features
from pipeline.domain.themes.corpus import Corpus, read_corpus
from pipeline.domain.themes.fitting import least_segments
from pipeline.domain.themes.frameworks import read_framework
from pipeline.domain.themes.membership import with_nearest
from pipeline.domain.themes.naming import Nearness, worded
from pipeline.resources.encoder import LAYERS, PACKAGED, Encoder
from pipeline.settings import Settings

SPLITS = (0, 1, 2)
OURS = "ours"
_NEAREST_PHRASES = 2
_MOST_OF = 0.5


class Coded(NamedTuple):
    """Themes that are mostly of one code each, and what names them by nearness."""

    themes: Themes
    codes: Sequence[str]
    nearness: Nearness


Name = Callable[[Coded], list[str]]


def our_names(found: Coded) -> list[str]:
    """As the pipeline names them."""
    return [own.label for own in worded(found.themes, nearness=found.nearness)]


def names_of_answers(found: Coded) -> list[str]:
    """As the pipeline would if nobody had asked anything."""
    answers = [[row._replace(question="") for row in theme] for theme in found.themes]
    return our_names(found._replace(themes=answers))


def first_keywords(found: Coded) -> list[str]:
    """The first three keywords, or as many as there are."""
    return [" ".join(words[:3]) for words in our_words(found.themes)]


def bertopic_names(found: Coded) -> list[str]:
    """BERTopic's, less the number: its first four words."""
    return [" ".join(words[:4]) for words in bertopic_words(found.themes)]


WAYS: Mapping[str, Name] = {
    OURS: our_names,
    "ours, from answers alone": names_of_answers,
    "first three keywords": first_keywords,
}


class Judge:
    """Ranks codes by how near their wording is to a name, by the packaged encoder."""

    def __init__(self) -> None:
        entries = read_framework("key", yaml.safe_load(CODEBOOK.read_text("utf-8")), {}).entries
        phrases = [
            (entry.code, text) for entry in entries for text in (entry.title, *entry.phrases)
        ]
        self.encoder = Encoder(name=PACKAGED)
        self.codes = [entry.code for entry in entries]
        self._owners = np.array([self.codes.index(code) for code, _ in phrases])
        vectors = vectors_of([text for _, text in phrases], self.encoder).astype(np.float64)
        self._middle = vectors.mean(axis=0)
        self._phrases = _unit(vectors - self._middle)

    def ranks(self, names: Sequence[str], codes: Sequence[str]) -> NDArray[np.int64]:
        """Rank from 1 of each name's own code."""
        vectors = vectors_of(names, self.encoder).astype(np.float64)
        close = _unit(vectors - self._middle) @ self._phrases.T
        by_code = np.stack(
            [
                np.sort(close[:, self._owners == at], axis=1)[:, -_NEAREST_PHRASES:].mean(axis=1)
                for at in range(len(self.codes))
            ],
            axis=1,
        )
        own = by_code[np.arange(len(codes)), [self.codes.index(code) for code in codes]]
        return 1 + (by_code > own[:, None]).sum(axis=1)


def measure(gold: Path = DEFAULT_GOLD) -> dict[str, Any]:
    """Per encoder, how often each way of naming leads to the code, over all themes together."""
    judge, base = Judge(), FOLDERS / "base"
    known = {PLAIN: Encoder(name=PACKAGED)}
    if (base / LAYERS).exists():
        known[WITHOUT_KEY] = Encoder(name=str(base))
    ways = {**WAYS, "BERTopic's": bertopic_names} if has_bertopic() else WAYS
    return {name: _by_way(judge, list(found(gold, own)), ways) for name, own in known.items()}


def _by_way(judge: Judge, sets: Sequence[Coded], ways: Mapping[str, Name]) -> dict[str, Any]:
    ranks = {way: _ranks(judge, sets, names) for way, names in ways.items()}
    return {
        "n_themes": len(ranks[OURS]),
        "names": {
            way: {
                "first": round(float((own == 1).mean()), 3),
                "among_three": round(float((own <= 3).mean()), 3),
            }
            for way, own in ranks.items()
        },
    }


def _ranks(judge: Judge, sets: Sequence[Coded], names: Name) -> NDArray[np.int64]:
    found: list[NDArray[np.int64]] = []
    for coded in sets:
        rows = [at for at, code in enumerate(coded.codes) if code]
        named = names(coded)
        found.append(judge.ranks([named[at] for at in rows], [coded.codes[at] for at in rows]))
    return np.concatenate(found)


def found(gold: Path, encoder: Encoder) -> Iterator[Coded]:
    """Themes of all conversations, and of both halves of several splits.

    A theme without a code of its own keeps its place, since it takes words from the others.
    """
    key = read_key(gold)
    segments = key_segments(key, Settings()).reset_index(drop=True)
    embeddings = embedded(segments, encoder)
    turns = zip(segments["conversation_id"], segments["turn_start"], strict=True)
    codes = dict(zip(segments["segment_id"], (key.themes[turn] for turn in turns), strict=True))
    for chosen in _parts(segments["conversation_id"]):
        yield _coded(read_corpus(segments[chosen], embeddings[chosen]), codes, encoder)


def _parts(conversations: pd.Series) -> Iterator[NDArray[np.bool_]]:
    names = sorted(set(conversations))
    yield np.ones(len(conversations), dtype=bool)
    for seed in SPLITS:
        half = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
        first = conversations.isin(half).to_numpy()
        yield from (first, ~first)


def _coded(corpus: Corpus, codes: Mapping[str, str], encoder: Encoder) -> Coded:
    X = features(corpus.texts(), corpus.vectors, corpus.course)
    labels = with_nearest(cluster(X, least_segments(Settings(), len(corpus.rows)))).labels
    groups = [np.flatnonzero(labels == group).tolist() for group in range(labels.max() + 1)]
    themes = [[corpus.rows[at] for at in group] for group in groups]
    nearness = Nearness.of(lambda texts: vectors_of(texts, encoder), corpus.vectors, groups)
    return Coded(themes, [_code_of([codes[row.segment_id] for row in t]) for t in themes], nearness)


def _code_of(codes: Sequence[str]) -> str:
    """The code of most segments, or none."""
    code, n = Counter(codes).most_common(1)[0]
    return code if n > _MOST_OF * len(codes) and code not in NOT_THEMES else ""


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def table(result: Mapping[str, Any]) -> list[str]:
    """The measurement as Markdown."""
    lines = [
        "| encoder | themes with a code | name | right code first | among three |",
        "|---|---|---|---|---|",
    ]
    for encoder, own in result.items():
        for way, figures in own["names"].items():
            lines.append(
                f"| {encoder} | {own['n_themes']} | {way} | {figures['first']:.3f} "
                f"| {figures['among_three']:.3f} |"
            )
    return lines


def main() -> None:
    """Command line."""
    print("\n".join(table(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_GOLD))))


if __name__ == "__main__":
    main()
