"""What clustering costs with many segments, and whether threads or row order change it.

`python -m benchmarks.scale`. Segments are invented from those of the answer key: a vector between
two neighbouring ones with some noise, and the words of both. Processor time of our clustering,
words counted and leftover placed, is held against UMAP and HDBSCAN (as BERTopic sets them, vectors
alone) in the same process; both have run once on a few hundred rows before, so that compiling is
left out. Memory and labels are those of processes of their own.
"""

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.answer_key import key_segments, read_key
from benchmarks.kept_vectors import vectors_of
from benchmarks.reporting import ROOT
from benchmarks.speed import resident_peak_mb
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.themes.clustering import Floats, Labels, cluster, features, nearest, unit
from pipeline.domain.themes.density import dense_groups
from pipeline.domain.themes.fitting import fit, least_segments
from pipeline.domain.themes.membership import with_nearest
from pipeline.domain.themes.neighbours import EXACT_ROWS
from pipeline.resources.encoder import Encoder
from pipeline.settings import Settings
from pipeline.tables import TABLES, to_arrow

TIMED_ROWS, MEMORY_ROWS, CHECKED_ROWS = 20_000, 100_000, 9_000
"""Rows whose time is taken, whose memory is, and whose labels are compared between threads."""
QUESTIONS = ("And did that help?", "Tell me about your village.", "Has it?")
WARM_UP_ROWS = 600
MOST_RATIO, MOST_MB = 0.67, 4096
"""What was asked for: processor time beside UMAP and HDBSCAN, resident memory in MiB."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_NEAR, _NOISE = 30, 0.25


class Segments(NamedTuple):
    """Invented segments: words, and vectors of unit length."""

    texts: list[str]
    vectors: np.ndarray


def invented(n: int, seed: int = 0) -> Segments:
    """So many segments, each between two neighbouring ones of the answer key."""
    segments = key_segments(read_key(), Settings())
    texts = (segments["question"] + " " + segments["text"]).tolist()
    return mixed(Segments(texts, vectors_of(texts_to_embed(segments), Encoder())), n, seed)


def mixed(own: Segments, n: int, seed: int) -> Segments:
    """So many segments between two neighbouring ones of these."""
    rng = np.random.default_rng(seed)
    vectors = own.vectors.astype(np.float64)
    centred = unit(vectors - vectors.mean(axis=0))
    near, _ = nearest(centred, centred, min(_NEAR, len(vectors) - 1), skip_self=True)
    one = rng.integers(len(vectors), size=n)
    other = near[one, rng.integers(near.shape[1], size=n)]
    share = rng.uniform(0.5, 0.9, size=(n, 1))
    between = unit(share * vectors[one] + (1 - share) * vectors[other])
    noise = unit(rng.standard_normal(between.shape))
    words = [text.split() for text in own.texts]
    texts = [
        " ".join(words[a][: int(s * len(words[a]))] + words[b][int(s * len(words[b])) :])
        for a, b, s in zip(one.tolist(), other.tolist(), share[:, 0].tolist(), strict=True)
    ]
    return Segments(texts, unit(between + _NOISE * noise).astype(np.float32))


def smallest(n: int) -> int:
    """The least segments of a cluster of n."""
    return least_segments(Settings(), n)


def our_labels(segments: Segments) -> Labels:
    """Our clusters from words and vectors, leftover placed."""
    X = features(segments.texts, segments.vectors)
    with threadpool_limits(limits=1):
        return with_nearest(cluster(X, smallest(len(X)))).labels


def umap_hdbscan(vectors: np.ndarray) -> Labels:
    """UMAP to five dimensions and HDBSCAN, as BERTopic sets them."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a seed needs one thread
        flat = UMAP(
            n_neighbors=15,
            n_components=5,
            min_dist=0.0,
            metric="cosine",
            random_state=0,
            n_jobs=1,
        ).fit_transform(vectors)
        found = HDBSCAN(min_cluster_size=smallest(len(vectors)), core_dist_n_jobs=1)
        return found.fit(np.asarray(flat, dtype=np.float64)).labels_.astype(np.int64)


def seconds(n: int) -> dict[str, float]:
    """Processor seconds of our clustering, of its first part, and of UMAP and HDBSCAN."""
    segments = invented(n)
    few = Segments(segments.texts[:WARM_UP_ROWS], segments.vectors[:WARM_UP_ROWS])
    our_labels(few)
    spent = {
        "ours": _cpu(lambda: our_labels(segments)),
        "of which words and vectors": _cpu(lambda: features(segments.texts, segments.vectors)),
    }
    if importlib.util.find_spec("umap"):
        # UMAP compiles other functions for few rows than for many: both have to be warm.
        umap_hdbscan(few.vectors)
        umap_hdbscan(segments.vectors[: max(5_000, WARM_UP_ROWS)])
        spent["UMAP + HDBSCAN"] = _cpu(lambda: umap_hdbscan(segments.vectors))
    return spent


def _cpu(work: Any) -> float:
    began = time.process_time()
    work()
    return round(time.process_time() - began, 2)


def approximation(n: int) -> dict[str, float]:
    """How near the search in cells and the tree of neighbours come to the exact ones."""
    from hdbscan import HDBSCAN
    from sklearn.metrics import adjusted_mutual_info_score

    segments = invented(n)
    X = unit(segments.vectors.astype(np.float64))
    asked = np.arange(0, n, 20)
    with threadpool_limits(limits=1):
        found, _ = nearest(X, X, 10, skip_self=True)
        likeness = X[asked] @ X.T
        likeness[np.arange(len(asked)), asked] = -np.inf
        exact = np.argpartition(-likeness, 9, axis=1)[:, :10]
        flat = _flat(X)
        ours, _ = dense_groups(flat, 10, 2)
        theirs = HDBSCAN(min_cluster_size=10, min_samples=2, core_dist_n_jobs=1).fit(flat).labels_
    hits = [
        len(set(a) & set(b)) for a, b in zip(found[asked].tolist(), exact.tolist(), strict=True)
    ]
    return {
        "n_rows": n,
        "neighbours_found": round(float(np.mean(hits)) / 10, 3),
        "ami_with_hdbscan": round(float(adjusted_mutual_info_score(theirs, ours)), 3),
    }


def _flat(X: Floats) -> Floats:
    from sklearn.decomposition import PCA

    from pipeline.domain.themes.clustering import smoothed

    return PCA(20, svd_solver="covariance_eigh").fit_transform(smoothed(X, 10))


def in_process(task: str, n: int, threads: int) -> str:
    """What a process of its own says about a task, with so many threads allowed."""
    told = subprocess.run(  # noqa: S603 - our own module, by our own arguments
        [sys.executable, "-m", "benchmarks.scale", "--task", task, "--rows", str(n)],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(THREADS, str(threads)),
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.split()[-1]


def tables_hash(n: int, order_seed: int | None) -> str:
    """A hash of the theme tables of n invented segments, rows shuffled first where asked."""
    segments, embeddings = as_tables(invented(n))
    if order_seed is not None:
        order = np.random.default_rng(order_seed).permutation(len(segments))
        segments, embeddings = segments.iloc[order], embeddings.iloc[order[::-1]]
    tables = fit(segments, embeddings, None, Settings())
    digest = hashlib.sha256()
    for name, frame in sorted(tables._asdict().items()):
        if name in TABLES:
            digest.update(name.encode())
            digest.update(repr(to_arrow(TABLES[name], frame).to_pydict()).encode())
    return digest.hexdigest()


def as_tables(own: Segments) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables `segments` and `segment_embeddings`, as far as themes read them.

    Conversations of ten answers, whose questions now go on with the subject and now open another.
    """
    conversations = [f"C{at // 10:05}" for at in range(len(own.texts))]
    ids = [f"{conversation}/{at % 10}/0" for at, conversation in enumerate(conversations)]
    people = [f"P{at % 97:03}" for at in range(len(ids))]
    segments = pd.DataFrame(
        {
            "segment_id": ids,
            "conversation_id": conversations,
            "participant_id": people,
            "turn_start": [at % 10 for at in range(len(ids))],
            "question": [QUESTIONS[at % len(QUESTIONS)] for at in range(len(ids))],
            "text": own.texts,
            "voice": "none",
            "spans": [[{"turn": at, "start": 0, "end": len(t)}] for at, t in enumerate(own.texts)],
        }
    )
    vectors = pd.DataFrame({"segment_id": ids, "vector": list(own.vectors)})
    return segments, vectors.assign(model="invented", precision="float64")


def labels_hash(n: int) -> str:
    """A hash of our labels of n invented segments, with as many threads as are allowed."""
    return hashlib.sha256(our_labels(invented(n)).tobytes()).hexdigest()


def work(task: str, n: int) -> str:
    """What a process of its own is asked for."""
    if task == "memory":
        our_labels(invented(n))
        return str(resident_peak_mb())
    if task == "labels":
        return labels_hash(n)
    return tables_hash(n, 1 if task == "shuffled" else None)


def determinism() -> dict[str, bool]:
    """Whether labels of many and tables of few are the same at 1 and 2 threads, rows shuffled."""
    tables = {in_process("tables", 1_200, threads) for threads in (1, 2)}
    return {
        "labels of many, 1 and 2 threads": (
            in_process("labels", CHECKED_ROWS, 1) == in_process("labels", CHECKED_ROWS, 2)
        ),
        "tables, 1 and 2 threads": len(tables) == 1,
        "tables, rows shuffled": tables == {in_process("shuffled", 1_200, 2)},
    }


def measure() -> dict[str, Any]:
    """Time, memory, what approximation costs, and what threads and order change."""
    spent = seconds(TIMED_ROWS)
    theirs = spent.get("UMAP + HDBSCAN")
    return {
        "rows": TIMED_ROWS,
        "cpu_seconds": spent,
        "ratio": round(spent["ours"] / theirs, 3) if theirs else None,
        "memory_rows": MEMORY_ROWS,
        "peak_mb": int(in_process("memory", MEMORY_ROWS, 1)),
        "exact_rows": EXACT_ROWS,
        "approximation": approximation(CHECKED_ROWS),
        "same": determinism(),
        "asked": {"ratio": MOST_RATIO, "peak_mb": MOST_MB},
    }


def table(result: Mapping[str, Any]) -> list[str]:
    """Time, memory and sameness."""
    near = result["approximation"]
    ratio = result["ratio"]
    beside = "UMAP is not installed here." if ratio is None else f"Ratio: {ratio:.2f}."
    return [
        f"| {result['rows']} segments | processor seconds |",
        "|---|---|",
        *(f"| {name} | {spent:.1f} |" for name, spent in result["cpu_seconds"].items()),
        "",
        f"{beside} {result['memory_rows']} segments: {result['peak_mb']} MiB at most. Above "
        f"{result['exact_rows']} rows neighbours are approximate: of {near['n_rows']} rows "
        f"{near['neighbours_found']:.1%} of the ten nearest are found, and clusters agree with "
        f"those of HDBSCAN's own search at AMI {near['ami_with_hdbscan']:.3f}.",
        "",
        "| same bytes | |",
        "|---|---|",
        *(f"| {what} | {'yes' if same else '**no**'} |" for what, same in result["same"].items()),
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=("memory", "labels", "tables", "shuffled"))
    parser.add_argument("--rows", type=int, default=CHECKED_ROWS)
    given = parser.parse_args()
    print(work(given.task, given.rows) if given.task else "\n".join(table(measure())))


if __name__ == "__main__":
    main()
