"""What each part of our clustering adds, on the answer key: `python -m benchmarks.theme_ablation`.

One thing is left out or changed at a time. The rest is as the pipeline does it, up to those near a
theme; groups are not mended, but for small programmes, which are some of the conversations.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.answer_key import DEFAULT_GOLD, Key, key_segments, read_key
from benchmarks.kept_vectors import ADAPTED, PLAIN, embedded, encoders, vectors_of
from benchmarks.theme_sets import (
    FOLDERS,
    KEY_SET,
    UNASSIGNED,
    WITHOUT_KEY,
    CodedTexts,
    agreement,
    agreement_of_segments,
    coded_segments,
    flattened,
    mean,
)
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.themes import clustering
from pipeline.domain.themes.clustering import (
    NOISE,
    Clusters,
    Floats,
    Labels,
    centred,
    cluster,
    features,
    smoothed,
)
from pipeline.domain.themes.corpus import read_corpus
from pipeline.domain.themes.density import dense_groups
from pipeline.domain.themes.fitting import find_themes, least_segments
from pipeline.domain.themes.follow_ups import course_of
from pipeline.domain.themes.membership import with_nearest
from pipeline.resources.encoder import LAYERS, Encoder
from pipeline.settings import Settings
from training.answers import coded_talks

WINDOWS = (60, 90, 150)
"""Words of a window, beside those of the settings."""
PROGRAMMES = (12, 25, 50)
"""Conversations of a small programme."""
DRAWS = 4
BY_ITSELF = "each answer by itself"
FIGURES = ("ami", "ari", "ami_themes", "unassigned_share", "n_themes")


def variants(key: Key, encoder: Encoder, settings: Settings) -> Iterator[tuple[str, Any]]:
    """Scores of the whole and of each variant."""
    segments = key_segments(key, settings)
    coded = coded_segments(KEY_SET, key, segments)
    vectors = vectors_of(coded.to_embed, encoder)
    size = least_segments(settings, len(segments))
    X = features(coded.texts, vectors, coded.course)
    yield "whole", _scores(coded, X, lambda rows: cluster(rows, size))
    apart = features(coded.texts, vectors)
    yield BY_ITSELF, _scores(coded, apart, lambda rows: cluster(rows, size))
    dense = features([""] * len(vectors), vectors, coded.course)
    yield "without word statistics", _scores(coded, dense, lambda rows: cluster(rows, size))
    yield "without smoothing", _scores(coded, X, lambda rows: plain(rows, size, smooth=False))
    yield (
        "one clustering, not what several agree on",
        _scores(coded, X, lambda rows: plain(rows, size)),
    )
    yield "without passes apart", _scores(coded, X, lambda rows: plain(rows, size, passes=0))
    answers = segments.assign(question="")
    alone = coded_segments(KEY_SET, key, answers)
    own = features(alone.texts, vectors_of(texts_to_embed(answers), encoder), coded.course)
    yield (
        "vectors and words without questions",
        _scores(alone, own, lambda rows: cluster(rows, size)),
    )
    for words in WINDOWS:
        cut = settings.model_copy(
            update={"window_words": words, "window_overlap_words": min(30, words // 3)}
        )
        other = coded_segments(KEY_SET, key, key_segments(key, cut))
        rows = features(other.texts, vectors_of(other.to_embed, encoder), other.course)
        yield f"windows of {words} words", _scores(other, rows, lambda rows: cluster(rows, size))


def interviews(encoder: Encoder, settings: Settings) -> dict[str, Any]:
    """What the course of a conversation adds on the invented interviews, coded more finely.

    Nothing was learnt from how their questions follow one another, and the packaged encoder has not
    met them; the adapted one has.
    """
    talks = coded_talks()
    ids = talks["conversation_id"] + "/" + talks["turn_start"].astype(str) + "/0"
    each = np.arange(len(talks))
    coded = CodedTexts(
        "interviews",
        tuple((talks["question"] + " " + talks["text"]).tolist()),
        tuple(texts_to_embed(talks)),
        each,
        each,
        tuple(talks["theme"]),
        course=course_of(talks.assign(segment_id=ids)),
    )
    vectors, size = vectors_of(coded.to_embed, encoder), least_segments(settings, len(talks))
    found = {
        name: _scores(coded, features(coded.texts, vectors, course), lambda X: cluster(X, size))
        for name, course in (("whole", coded.course), (BY_ITSELF, None))
    }
    return {"n_texts": len(talks), "n_codes": coded.n_codes, "variants": found}


def _scores(
    coded: CodedTexts, X: Floats, grouped: Callable[[Floats], Clusters]
) -> dict[str, float]:
    with threadpool_limits(limits=1):
        found = mean([agreement(coded, with_nearest(grouped(X)).labels)])
    return {name: found[name] for name in FIGURES}


def plain(X: Floats, size: int, *, smooth: bool = True, passes: int = 2) -> Clusters:
    """One clustering by the usual graph, or that without smoothing or without passes apart."""
    labels, strengths = _dense(X, size, smooth=smooth)
    for _ in range(passes):
        if labels.max(initial=NOISE) < clustering._COLLAPSED:
            break
        labels, strengths = _dense(_apart(X, labels), size, smooth=smooth)
    return Clusters(labels, strengths, X, ())


def small_programmes(key: Key, encoder: Encoder, settings: Settings) -> dict[str, Any]:
    """Themes as found in a few of the conversations, means over several draws."""
    segments = key_segments(key, settings)
    embeddings = embedded(segments, encoder)
    rows: dict[str, Any] = {}
    names = sorted(set(segments["conversation_id"]))
    for n in PROGRAMMES:
        drawn = [np.random.default_rng(seed).permutation(names)[:n] for seed in range(DRAWS)]
        parts = [segments["conversation_id"].isin(chosen).to_numpy() for chosen in drawn]
        rows[f"{n} conversations"] = mean(
            [_found(key, segments[part], embeddings[part], settings) for part in parts]
        )
    return rows


def _found(
    key: Key, segments: pd.DataFrame, embeddings: pd.DataFrame, settings: Settings
) -> dict[str, float]:
    corpus = read_corpus(segments, embeddings)
    found, _ = find_themes(corpus, None, settings)
    theme_of = {
        corpus.rows[member.row].segment_id: member.theme_id
        for member in found.members
        if member.membership != "also"
    }
    labels = [theme_of.get(segment_id, UNASSIGNED) for segment_id in segments["segment_id"]]
    return agreement_of_segments(key, segments, labels)


def _dense(X: Floats, size: int, *, smooth: bool) -> tuple[Labels, Floats]:
    rows = smoothed(X, clustering._NEIGHBOURS) if smooth else X
    flat = flattened(rows, clustering._PCA_DIMENSIONS)
    return dense_groups(flat, size, clustering._MIN_SAMPLES)


def _apart(X: Floats, labels: Labels) -> Floats:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    inside = labels != NOISE
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=clustering._SHRINKAGE)
    n_dimensions = min(int(labels.max()), clustering._PCA_DIMENSIONS)
    return centred(X @ model.fit(X[inside], labels[inside]).scalings_[:, :n_dimensions])


def measure(gold: Path = DEFAULT_GOLD) -> dict[str, Any]:
    """Scores by variant, with an encoder that has not met the key; and whole, with others."""
    key, settings = read_key(gold), Settings()
    base = FOLDERS / "base"
    known = encoders()
    if (base / LAYERS).exists():
        known = {**known, WITHOUT_KEY: Encoder(name=str(base))}
    own = WITHOUT_KEY if WITHOUT_KEY in known else PLAIN
    rows = dict(variants(key, known[own], settings))
    for name in known.keys() - {own, ADAPTED}:
        rows[f"encoder {name}"] = next(iter(variants(key, known[name], settings)))[1]
    told = interviews(known[PLAIN], settings)
    small = small_programmes(key, known[own], settings)
    return {"encoder": own, "variants": rows, "small": small, "interviews": told}


def table(result: Mapping[str, Any]) -> list[str]:
    """One row a variant."""
    told = result["interviews"]
    return [
        f"Encoder {result['encoder']}, unless it says otherwise.",
        "",
        *_lines(result["variants"]),
        "",
        f"Small programmes: some of the conversations, means over {DRAWS} draws:",
        "",
        *_lines(result["small"]),
        "",
        f"Invented interviews, {told['n_texts']} answers in {told['n_codes']} codes, encoder "
        f"{PLAIN}:",
        "",
        *_lines(told["variants"]),
    ]


def _lines(variants: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [
        "| variant | AMI | ARI | AMI, themes alone | unassigned | themes |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {row['ami']:.3f} | {row['ari']:.3f} | {row['ami_themes']:.3f} "
            f"| {row['unassigned_share']:.1%} | {row['n_themes']:.0f} |"
            for name, row in variants.items()
        ),
    ]


if __name__ == "__main__":
    print("\n".join(table(measure())))
