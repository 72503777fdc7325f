"""Our themes beside other methods, on every set of coded texts: `python -m benchmarks.theme_sets`.

Sets: the demo's answer key, personal data taken out by the key's marks; the same conversations
redacted by our own redactor, where a finished run lies in a folder (`--data`); three public sets
(`--public`), for measuring only. A conversation is coded by turn, and a turn is in the theme of
most of its windows; a public text is coded as a whole. Unassigned counts as a cluster of its own.
Every method gets the same vectors, of each encoder in turn. BERTopic comes with the extra `bench`.
"""

import argparse
import importlib.util
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.answer_key import (
    DEFAULT_DATA,
    DEFAULT_GOLD,
    NOT_THEMES,
    Key,
    key_segments,
    read_key,
    run_segments,
    run_themes,
    second_reader,
)
from benchmarks.kept_vectors import ADAPTED, encoders, vectors_of
from benchmarks.reporting import ROOT
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.themes.clustering import (
    NOISE,
    Floats,
    Labels,
    centred,
    features,
    nearest,
    unit,
)
from pipeline.domain.themes.corpus import Corpus, Row
from pipeline.domain.themes.fitting import find_themes
from pipeline.domain.themes.follow_ups import Course
from pipeline.resources.encoder import LAYERS, Encoder
from pipeline.settings import Settings
from training.follow_ups import course_by_fold
from training.texts import fold_of
from training.voice import FOLDERS, coded_turns, fold_encoders

PUBLIC = ROOT.parent / "shared/data/themes"
"""Where the public sets lie, if they are here."""
MET = "adapted, has met the key"
BY_FOLD = "adapted, each fold unmet"
WITHOUT_KEY = "adapted without the key"
SEEDS = (0, 1, 2)
UNASSIGNED = "unassigned"
OURS, PUBLISHED = "ours", "ours, as the finished run published it"
BERTOPIC = "BERTopic's default"
RECIPE = "the notes' recipe, twice apart"
KEY_SET, REDACTED_SET = "demo, by the key's marks", "demo, by our redaction"
VOTERS = 10
NEEDED_BY_BERTOPIC = ("bertopic", "umap")

Vectors = NDArray[np.float32]


class CodedTexts(NamedTuple):
    """Texts to be grouped, and how people coded what they are parts of.

    Attributes
    ----------
    texts, to_embed : tuple of n str
        What words are counted in, and what the encoder reads.
    people : ndarray of shape (n,)
        Who says it, as a number.
    part_of : ndarray of shape (n,)
        Place of the coded unit that each text is a part of.
    codes : tuple of str
        Code of each unit.
    folds : tuple of n int
        Which fold of the key each text is of; empty where no encoder has met the texts.
    course : Course or None
        How the conversations went, told by weights that have not met them.
    """

    name: str
    texts: tuple[str, ...]
    to_embed: tuple[str, ...]
    people: Labels
    part_of: Labels
    codes: tuple[str, ...]
    folds: tuple[int, ...] = ()
    course: Course | None = None

    @property
    def n_codes(self) -> int:
        """Different codes."""
        return len(set(self.codes))


class Sample(NamedTuple):
    """What a method is given."""

    texts: tuple[str, ...]
    vectors: Vectors
    people: Labels
    k: int
    features: Floats
    course: Course | None = None

    def corpus(self) -> Corpus:
        """As the pipeline is given it."""
        rows = (
            Row(f"{at:06}", f"P{person}", f"P{person}", "", text, "none", ())
            for at, (text, person) in enumerate(zip(self.texts, self.people, strict=True))
        )
        return Corpus(tuple(rows), self.vectors, self.course)


Method = Callable[[Sample], Iterator[Labels]]
"""Gives the cluster of each text or -1, once for each seed."""


def sets_of(gold: Path, data: Path, public: Path, settings: Settings) -> Iterator[CodedTexts]:
    """Every set that is there."""
    key = read_key(gold)
    yield coded_segments(KEY_SET, key, key_segments(key, settings))
    redacted = run_segments(data)
    if redacted is not None:
        yield coded_segments(REDACTED_SET, key, redacted)
    for path in sorted(public.glob("*.parquet")):
        rows = pd.read_parquet(path)
        if "label" in rows:
            yield coded_whole(path.stem, rows["text"].tolist(), rows["label"].tolist())


def coded_segments(name: str, key: Key, segments: pd.DataFrame) -> CodedTexts:
    """Segments of coded turns; one of a turn that the key does not know is left out."""
    where = list(zip(segments["conversation_id"], segments["turn_start"], strict=True))
    known = [turn in key.themes for turn in where]
    segments = segments[known]
    turns = sorted({turn for turn in where if turn in key.themes})
    place = {turn: at for at, turn in enumerate(turns)}
    return CodedTexts(
        name,
        tuple((segments["question"] + " " + segments["text"]).tolist()),
        tuple(texts_to_embed(segments)),
        pd.factorize(segments["participant_id"])[0].astype(np.int64),
        np.array([place[turn] for turn in where if turn in place], dtype=np.int64),
        tuple(key.themes[turn] for turn in turns),
        tuple(fold_of(conversation_id) for conversation_id in segments["conversation_id"]),
        course_by_fold(segments, coded_turns(key)),
    )


def coded_whole(name: str, texts: Sequence[str], codes: Sequence[str]) -> CodedTexts:
    """Texts that are coded one by one, each of another person, without a question."""
    whole = pd.DataFrame({"question": "", "text": list(texts)})
    each = np.arange(len(texts), dtype=np.int64)
    return CodedTexts(name, tuple(texts), tuple(texts_to_embed(whole)), each, each, tuple(codes))


def by_unit(coded: CodedTexts, labels: Labels) -> Labels:
    """The cluster that most texts of each unit are in; a unit with one assigned text is assigned.

    A tie goes to the cluster with the lower number.
    """
    votes: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for unit_of_text, label in zip(coded.part_of.tolist(), labels.tolist(), strict=True):
        votes[unit_of_text][label] += 0 if label == NOISE else 1
    chosen = [
        min(votes[at], key=lambda label, own=votes[at]: (-own[label], label))
        for at in range(len(coded.codes))
    ]
    return np.array(chosen, dtype=np.int64)


def agreement(coded: CodedTexts, labels: Labels) -> dict[str, float]:
    """How near the clusters come to the codes.

    `ami` and `ari` count all units, `ami_themes` those alone whose code is a theme.
    """
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    found, codes = by_unit(coded, labels), np.array(coded.codes)
    about = ~np.isin(codes, sorted(NOT_THEMES))
    return {
        "ami": float(adjusted_mutual_info_score(codes, found)),
        "ari": float(adjusted_rand_score(codes, found)),
        "ami_themes": float(adjusted_mutual_info_score(codes[about], found[about])),
        "unassigned_share": float(np.mean(labels == NOISE)),
        "n_themes": len(set(labels.tolist()) - {NOISE}),
    }


def agreement_of_segments(
    key: Key, segments: pd.DataFrame, labels: Sequence[str]
) -> dict[str, float]:
    """As `agreement`, for segments of the key in themes by name; `UNASSIGNED` in none."""
    number = {name: at for at, name in enumerate(sorted({*labels} - {UNASSIGNED}))}
    found = np.array([number.get(label, NOISE) for label in labels], dtype=np.int64)
    return mean([agreement(coded_segments(KEY_SET, key, segments), found)])


def scores(coded: CodedTexts, sample: Sample, labels: Labels) -> dict[str, float]:
    """Agreement as found, and with what was left over given to the nearest."""
    everyone = agreement(coded, reassigned(sample.vectors, labels))
    return agreement(coded, labels) | {
        "ami_reassigned": everyone["ami"],
        "ari_reassigned": everyone["ari"],
        "ami_themes_reassigned": everyone["ami_themes"],
    }


def reassigned(vectors: Vectors, labels: Labels) -> Labels:
    """Noise given the cluster of its ten nearest neighbours, each weighed by its likeness."""
    inside = labels != NOISE
    if inside.all() or not inside.any():
        return labels
    X = centred(vectors.astype(np.float64))
    with threadpool_limits(limits=1):
        places, likeness = nearest(X[~inside], X[inside], VOTERS)
    votes = np.zeros((len(places), labels.max() + 1))
    np.add.at(
        votes,
        (np.arange(len(places))[:, None], labels[inside][places]),
        np.maximum(likeness, 0),
    )
    everyone = labels.copy()
    everyone[~inside] = votes.argmax(axis=1)
    return everyone


def ours(sample: Sample, settings: Settings) -> Iterator[Labels]:
    """Our themes of a first night, as the pipeline finds them."""
    found, _ = find_themes(sample.corpus(), None, settings)
    labels = np.full(len(sample.texts), NOISE, dtype=np.int64)
    number = {name: at for at, name in enumerate(sorted({m.theme_id for m in found.members}))}
    for member in found.members:
        if member.membership != "also":
            labels[member.row] = number[member.theme_id]
    yield labels


def bertopic(sample: Sample) -> Iterator[Labels]:
    """BERTopic with all its defaults but the vectors, which are the same as ours."""
    from bertopic import BERTopic
    from umap import UMAP

    for seed in SEEDS:
        flat = UMAP(
            n_neighbors=15,
            n_components=5,
            min_dist=0.0,
            metric="cosine",
            low_memory=False,
            random_state=seed,
            n_jobs=1,
        )
        model = BERTopic(umap_model=flat)
        yield np.array(model.fit_transform(list(sample.texts), sample.vectors)[0], dtype=np.int64)


def umap_hdbscan(sample: Sample) -> Iterator[Labels]:
    """UMAP and HDBSCAN as BERTopic sets them, on our vectors and words side by side."""
    from umap import UMAP

    for seed in SEEDS:
        flat = UMAP(
            n_neighbors=15,
            n_components=5,
            min_dist=0.0,
            metric="cosine",
            random_state=seed,
            n_jobs=1,
        ).fit_transform(sample.features)
        yield hdbscan_labels(np.asarray(flat), 10, None)


def k_means(sample: Sample, *, with_words: bool) -> Iterator[Labels]:
    """As many clusters as the key has codes, which nobody knows beforehand."""
    from sklearn.cluster import KMeans

    X = sample.features if with_words else centred(sample.vectors.astype(np.float64))
    for seed in SEEDS:
        yield KMeans(sample.k, n_init=3, random_state=seed).fit(X).labels_.astype(np.int64)


def hdbscan_straight(sample: Sample) -> Iterator[Labels]:
    """HDBSCAN on the vectors as they come."""
    yield hdbscan_labels(sample.vectors, 10, None)


def notes_recipe(sample: Sample) -> Iterator[Labels]:
    """Smoothed over 15 neighbours, clustered, twice more where clusters stand furthest apart."""
    X = sample.features
    labels, smooth = _recipe_pass(X, 20)
    for _ in range(2):
        if labels.max() < 3:
            break
        directions = _directions(X, labels, 20)
        labels, smooth = _recipe_pass(centred(X @ directions), 15)
    yield reassigned(smooth, labels)


def _recipe_pass(X: Floats, n_dimensions: int) -> tuple[Labels, Floats]:
    smooth = pulled_together(X, neighbours=15, steps=5, share=0.8)
    return hdbscan_labels(flattened(smooth, n_dimensions), 10, 5), smooth


def pulled_together(X: Floats, *, neighbours: int, steps: int, share: float) -> Floats:
    """Rows drawn to their nearest neighbours by cosine, step by step, unit length kept."""
    import scipy.sparse as sp

    places, likeness = nearest(X, X, neighbours, skip_self=True)
    rows = np.repeat(np.arange(len(X)), places.shape[1])
    one_way = sp.csr_matrix(
        (np.maximum(likeness.ravel(), 0), (rows, places.ravel())), shape=(len(X), len(X))
    )
    graph = one_way.maximum(one_way.T)
    degree = np.asarray(graph.sum(axis=1)).ravel()
    mean_of_neighbours = sp.diags(1 / np.maximum(degree, 1e-12)) @ graph
    for _ in range(steps):
        X = unit((1 - share) * X + share * (mean_of_neighbours @ X))
    return X


def flattened(X: Floats, n_dimensions: int) -> Floats:
    """The directions in which rows differ most."""
    from sklearn.decomposition import PCA

    return PCA(min(n_dimensions, *X.shape), svd_solver="full").fit_transform(X)


def _directions(X: Floats, labels: Labels, most: int) -> Floats:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    inside = labels != NOISE
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.5).fit(X[inside], labels[inside])
    return model.scalings_[:, : min(int(labels.max()), most)]


def hdbscan_labels(X: NDArray[Any], size: int, samples: int | None) -> Labels:
    """HDBSCAN as it comes, on one core."""
    from hdbscan import HDBSCAN

    found = HDBSCAN(min_cluster_size=size, min_samples=samples, core_dist_n_jobs=1)
    return found.fit(X.astype(np.float64)).labels_.astype(np.int64)


def methods(settings: Settings) -> dict[str, Method]:
    """What is compared, by name; BERTopic and UMAP only where they are installed."""
    theirs: dict[str, Method] = {}
    if has_bertopic():
        theirs = {BERTOPIC: bertopic, "UMAP + HDBSCAN on our features": umap_hdbscan}
    return {
        OURS: partial(ours, settings=settings),
        RECIPE: notes_recipe,
        **theirs,
        "k-means, true k, vectors": partial(k_means, with_words=False),
        "k-means, true k, our features": partial(k_means, with_words=True),
        "HDBSCAN straight on vectors": hdbscan_straight,
    }


def has_bertopic() -> bool:
    """Whether the extra `bench` is installed."""
    return all(importlib.util.find_spec(name) for name in NEEDED_BY_BERTOPIC)


def readings(coded: CodedTexts) -> Iterator[tuple[str, Vectors]]:
    """The vectors of a set by each encoder.

    The shipped encoder has met the conversations of the key. Those are read by encoders that have
    not: each by that of its fold, and all by the one that has met none of them.
    """
    for name, encoder in encoders().items():
        met = name == ADAPTED and coded.folds
        yield (MET if met else name), vectors_of(coded.to_embed, encoder)
    by_fold, base = fold_encoders(), FOLDERS / "base"
    if coded.folds and by_fold:
        yield BY_FOLD, _by_fold(coded, by_fold)
    if coded.folds and (base / LAYERS).exists():
        yield WITHOUT_KEY, vectors_of(coded.to_embed, Encoder(name=str(base)))


def _by_fold(coded: CodedTexts, by_fold: Sequence[Encoder]) -> Vectors:
    vectors: dict[int, Any] = {}
    for fold, encoder in enumerate(by_fold):
        places = [at for at, own in enumerate(coded.folds) if own == fold]
        read = vectors_of([coded.to_embed[at] for at in places], encoder) if places else ()
        vectors |= dict(zip(places, read, strict=True))
    return np.stack([vectors[at] for at in range(len(coded.folds))])


def measured(coded: CodedTexts, vectors: Vectors, chosen: Mapping[str, Method]) -> dict[str, Any]:
    """Mean scores over seeds of each method on one set with these vectors."""
    X = features(coded.texts, vectors, coded.course)
    sample = Sample(coded.texts, vectors, coded.people, coded.n_codes, X, coded.course)
    rows: dict[str, Any] = {}
    for name, method in chosen.items():
        with warnings.catch_warnings(), threadpool_limits(limits=1):
            warnings.simplefilter("ignore")  # umap tells that a seed needs one thread
            rows[name] = mean([scores(coded, sample, labels) for labels in method(sample)])
    return rows


def mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each score."""
    return {name: round(float(np.mean([row[name] for row in rows])), 3) for name in rows[0]}


def as_published(coded: CodedTexts, segments: pd.DataFrame, data: Path) -> dict[str, float] | None:
    """The themes that a finished run published, against the key; None where there are none."""
    theme_of = run_themes(data)
    if not theme_of or len(segments) != len(coded.texts):
        return None
    names = sorted(set(theme_of.values()))
    number = {name: at for at, name in enumerate(names)}
    labels = [number.get(theme_of.get(s, ""), NOISE) for s in segments["segment_id"]]
    return mean([agreement(coded, np.array(labels, dtype=np.int64))])


def readers(gold: Path) -> dict[str, Any]:
    """How far two people agree who coded the same turns: what a method could reach at most."""
    from sklearn.metrics import adjusted_mutual_info_score, cohen_kappa_score

    second, key = second_reader(gold), read_key(gold)
    turns = sorted(turn for turn in second if turn in key.themes)
    pairs = {
        "theme": [(key.themes[turn], second[turn].theme) for turn in turns],
        "voice": [(key.voices[turn], second[turn].voice) for turn in turns],
    }
    return {
        what: {
            "n_turns": len(both),
            "same": round(float(np.mean([a == b for a, b in both])), 3),
            "kappa": round(float(cohen_kappa_score(*zip(*both, strict=True))), 3),
            "ami": round(float(adjusted_mutual_info_score(*zip(*both, strict=True))), 3),
        }
        for what, both in pairs.items()
        if both
    }


def measure(
    gold: Path = DEFAULT_GOLD, data: Path = DEFAULT_DATA, public: Path = PUBLIC
) -> dict[str, Any]:
    """Scores by set, encoder and method; the second reader."""
    settings, chosen = Settings(), methods(Settings())
    result: dict[str, Any] = {"sets": {}, "readers": readers(gold), "bertopic": has_bertopic()}
    for coded in sets_of(gold, data, public, settings):
        result["sets"][coded.name] = {
            "n_texts": len(coded.texts),
            "n_units": len(coded.codes),
            "n_codes": coded.n_codes,
            "methods": {
                name: measured(coded, vectors, chosen) for name, vectors in readings(coded)
            },
        }
        segments = run_segments(data) if coded.name == REDACTED_SET else None
        if segments is not None:
            published = as_published(coded, segments, data)
            result["sets"][coded.name]["published"] = published
    return result


def table(result: Mapping[str, Any]) -> list[str]:
    """One table a set; how far two readers agree."""
    lines: list[str] = []
    if not result["bertopic"]:
        lines += ['BERTopic and UMAP are not installed here (extra "bench"): left out.', ""]
    for name, found in result["sets"].items():
        lines += [
            f"**{name}**: {found['n_texts']} texts, {found['n_units']} coded units, "
            f"{found['n_codes']} codes.",
            "",
            "| encoder | method | AMI | ARI | AMI, themes alone | unassigned | themes "
            "| AMI, all assigned | ARI, all assigned |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for encoder, rows in found["methods"].items():
            lines += [_row(encoder, method, row) for method, row in rows.items()]
        if found.get("published"):
            lines.append(_row("of the run", PUBLISHED, found["published"]))
        lines.append("")
    return lines + readers_table(result["readers"])


def _row(encoder: str, method: str, row: Mapping[str, float]) -> str:
    everyone = [f"{row[n]:.3f}" if n in row else "–" for n in ("ami_reassigned", "ari_reassigned")]
    return (
        f"| {encoder} | {method} | {row['ami']:.3f} | {row['ari']:.3f} | {row['ami_themes']:.3f} "
        f"| {row['unassigned_share']:.1%} | {row['n_themes']:.0f} | {' | '.join(everyone)} |"
    )


def readers_table(found: Mapping[str, Any]) -> list[str]:
    """How far the second reader agrees with the key."""
    if not found:
        return []
    lines = ["| second reader | turns | same code | kappa | AMI |", "|---|---|---|---|---|"]
    return lines + [
        f"| {what} | {row['n_turns']} | {row['same']:.3f} | {row['kappa']:.3f} | {row['ami']:.3f} |"
        for what, row in found.items()
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=DEFAULT_GOLD, help="the answer key")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="data of a finished run")
    parser.add_argument("--public", type=Path, default=PUBLIC, help="public sets, *.parquet")
    given = parser.parse_args()
    print("\n".join(table(measure(given.gold, given.data, given.public))))


if __name__ == "__main__":
    main()
