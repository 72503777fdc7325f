"""How near themes and voices come to those of the people who coded the answer key.

`conversations benchmark themes [--gold FOLDER]` or `python -m benchmarks.themes [FOLDER]`. FOLDER
holds `gold_turns.jsonl` (one turn a line: conversation_id, turn, role, text, spans, theme,
aspect). Personal data is taken out by the key's own marks, so that the figures tell about themes
alone. A turn's theme is the one that most of its windows are in. Unassigned counts as a cluster
of its own. Cues of the voice were chosen looking at odd-numbered conversations only.
"""

import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.reporting import ROOT, provenance, write_page, write_results
from pipeline.domain.embedding.vectors import embed, matrix
from pipeline.domain.themes.clustering import features
from pipeline.domain.themes.fitting import fit
from pipeline.domain.validation.segments import cut_segments
from pipeline.domain.validation.voice import voice_of
from pipeline.resources.encoder import Encoder
from pipeline.settings import Settings
from pipeline.tables import VOICES

DEFAULT_GOLD = ROOT / "demo/answer_key"
UNASSIGNED = "unassigned"
KMEANS_SEEDS = (0, 1, 2)

Turn = tuple[str, int]


class Key(NamedTuple):
    """The answer key: turns without personal data, and how people coded them."""

    redacted_turns: pd.DataFrame
    themes: dict[Turn, str]
    voices: dict[Turn, str]
    questions: dict[Turn, str]


def read_key(gold: Path) -> Key:
    """The answer key, marks replaced by placeholders."""
    lines = (gold / "gold_turns.jsonl").read_text("utf-8").splitlines()
    turns = [json.loads(line) for line in lines]
    redacted = pd.DataFrame(
        [
            {k: turn[k] for k in ("conversation_id", "turn", "role")}
            | {"text": _without_marks(turn["text"], turn["spans"])}
            for turn in turns
        ]
    )
    coded = [turn for turn in turns if turn["role"] == "participant"]
    return Key(
        redacted,
        {(turn["conversation_id"], turn["turn"]): turn["theme"] for turn in coded},
        {(turn["conversation_id"], turn["turn"]): turn["aspect"] for turn in coded},
        _questions(redacted),
    )


def _without_marks(text: str, spans: list[tuple[int, int, str]]) -> str:
    for start, end, entity_type in sorted(spans, reverse=True):
        text = f"{text[:start]}[{entity_type}_1]{text[end:]}"
    return text


def _questions(turns: pd.DataFrame) -> dict[Turn, str]:
    questions: dict[Turn, str] = {}
    asked: dict[str, str] = {}
    for turn in turns.itertuples():
        if turn.role == "interviewer":
            asked[turn.conversation_id] = turn.text
        questions[turn.conversation_id, turn.turn] = asked.get(turn.conversation_id, "")
    return questions


def agreement(key: Key, segments: pd.DataFrame, labels: list[str]) -> dict[str, float | int]:
    """AMI and ARI with the key by turn, and what was left unassigned."""
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    votes: dict[Turn, Counter[str]] = defaultdict(Counter)
    where = zip(segments["conversation_id"], segments["turn_start"], labels, strict=True)
    for conversation_id, turn, label in where:
        # A turn with one assigned window is assigned.
        votes[conversation_id, turn][label] += 1 if label == UNASSIGNED else 100
    turns = sorted(votes)
    found = [votes[turn].most_common(1)[0][0] for turn in turns]
    coded = [key.themes[turn] for turn in turns]
    return {
        "ami": round(float(adjusted_mutual_info_score(coded, found)), 3),
        "ari": round(float(adjusted_rand_score(coded, found)), 3),
        "unassigned_share": round(labels.count(UNASSIGNED) / len(labels), 3),
        "n_themes": len(set(labels) - {UNASSIGNED}),
    }


def voice_accuracy(key: Key) -> dict[str, Any]:
    """Share of turns with the right voice, by half of the key and by voice."""
    text_of = {
        (turn.conversation_id, turn.turn): turn.text for turn in key.redacted_turns.itertuples()
    }
    right: dict[str, list[bool]] = defaultdict(list)
    for turn, voice in key.voices.items():
        hit = voice_of(text_of[turn], key.questions[turn]).voice == voice
        seen = int(turn[0].lstrip("C")) % 2
        for part in ("all", "odd" if seen else "even", voice):
            right[part].append(hit)
    return {
        part: round(sum(right[part]) / len(right[part]), 3)
        for part in ("all", "odd", "even", *VOICES)
        if part in right
    }


def _k_means(X: NDArray[np.float64], k: int) -> list[list[str]]:
    from sklearn.cluster import KMeans

    return [
        [str(label) for label in KMeans(k, n_init=5, random_state=seed).fit(X).labels_]
        for seed in KMEANS_SEEDS
    ]


def _plain_hdbscan(vectors: NDArray[np.float32], size: int) -> list[str]:
    from hdbscan import HDBSCAN

    found = HDBSCAN(min_cluster_size=size, core_dist_n_jobs=1).fit(vectors.astype(float)).labels_
    return [UNASSIGNED if label < 0 else str(label) for label in found]


def _mean(measured: list[dict[str, float | int]]) -> dict[str, float]:
    return {name: round(float(np.mean([row[name] for row in measured])), 3) for name in measured[0]}


def run(gold: Path = DEFAULT_GOLD) -> dict[str, Any]:
    """Measure, write `benchmarks/results/themes.json` and the table of `docs/themes.md`."""
    settings, encoder, key = Settings(), Encoder(), read_key(gold)
    people = {conversation_id: conversation_id for conversation_id, _ in key.themes}
    segments = cut_segments(key.redacted_turns, people, settings).segments
    started = time.perf_counter()
    embeddings = embed(
        segments, encoder.encode, {}, model=encoder.identity(), precision=encoder.precision
    )
    embedded = time.perf_counter()
    found = fit(segments, embeddings, None, settings)
    fitted = time.perf_counter()
    theme_of = dict(
        zip(
            found.tables.theme_assignments["segment_id"],
            found.tables.theme_assignments["theme_id"],
            strict=True,
        )
    )
    segments = segments.sort_values("segment_id")
    vectors = matrix(embeddings.set_index("segment_id").loc[segments["segment_id"]])
    X = features((segments["question"] + " " + segments["text"]).tolist(), vectors)
    k = len(set(key.themes.values()))
    ours = [theme_of.get(segment_id, UNASSIGNED) for segment_id in segments["segment_id"]]
    methods: dict[str, dict[str, float | int]] = {
        "ours": agreement(key, segments, ours),
        f"k-means, true k of {k}, vectors": _mean(
            [agreement(key, segments, labels) for labels in _k_means(vectors, k)]
        ),
        f"k-means, true k of {k}, our features": _mean(
            [agreement(key, segments, labels) for labels in _k_means(X, k)]
        ),
        "HDBSCAN straight on vectors": agreement(
            key, segments, _plain_hdbscan(vectors, settings.min_theme_segments)
        ),
    }
    themes = found.tables.themes
    published = themes[themes["n_people"] >= settings.min_theme_people]
    results = provenance(gold) | {
        "model": encoder.identity(),
        "n_segments": len(segments),
        "n_turns": len(key.themes),
        "embedding_s": round(embedded - started, 1),
        "fitting_s": round(fitted - embedded, 1),
        "methods": methods,
        "n_themes_published": len(published),
        "median_stability": round(float(themes["stability"].median()), 3),
        "voice": voice_accuracy(key),
    }
    report = table(results)
    write_results("themes", results)
    write_page(ROOT / "docs/themes.md", report)
    print(report)
    return results


def table(results: dict[str, Any]) -> str:
    """The report as Markdown."""
    voice = results["voice"]
    lines = [
        f"{results['date']}, commit {results['commit']}, {results['machine']}, {results['data']}: "
        f"{results['n_turns']} coded turns, {results['n_segments']} segments, "
        f"{results['model']}; embedding {results['embedding_s']} s, fitting with stability "
        f"{results['fitting_s']} s.",
        "",
        "| method | AMI | ARI | unassigned | themes |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {m['ami']:.3f} | {m['ari']:.3f} | {m['unassigned_share']:.1%} "
        f"| {m['n_themes']:.0f} |"
        for name, m in results["methods"].items()
    ]
    lines += [
        "",
        f"Median stability of our themes over resampled people: {results['median_stability']:.2f}.",
        "",
        "| voice: right | " + " | ".join(voice) + " |",
        "|---|" + "---|" * len(voice),
        "| share of turns | " + " | ".join(f"{share:.3f}" for share in voice.values()) + " |",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_GOLD)
