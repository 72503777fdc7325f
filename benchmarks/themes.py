"""How good themes are: ours beside other methods, and each promise about them beside its figure.

`conversations benchmark themes [--gold FOLDER]` measures everything anew; `python -m
benchmarks.themes --only PART` one part. FOLDER holds the answer key (see `benchmarks.answer_key`).
Parts are modules of their own, each with its own account of what it measures; here they are joined
into `benchmarks/results/themes.json` and the tables of `docs/themes.md`. What was not measured this
time stays as it was, and says when it was taken.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks import labels, lens, names, replay, scale, theme_ablation, theme_sets, voice
from benchmarks.answer_key import DEFAULT_DATA, DEFAULT_GOLD
from benchmarks.kept_vectors import ADAPTED, PLAIN
from benchmarks.reporting import ROOT, provenance, write_page, write_results
from benchmarks.summary import Target, summary
from benchmarks.theme_sets import (
    BERTOPIC,
    BY_FOLD,
    KEY_SET,
    MET,
    OURS,
    PUBLIC,
    RECIPE,
    REDACTED_SET,
    WITHOUT_KEY,
)

RESULTS = ROOT / "benchmarks/results/themes.json"
PAGE = ROOT / "docs/themes.md"
TITLES = {
    "sets": "Our themes beside other methods",
    "ablations": "What each part adds",
    "lens": "The lens",
    "voice": "Voice",
    "replay": "Eight nights",
    "labels": "Keywords",
    "names": "Names",
    "scale": "Scale and sameness",
}
"""Parts, in the order of the page."""
TABLES: Mapping[str, Callable[[Any], list[str]]] = {
    "sets": theme_sets.table,
    "ablations": theme_ablation.table,
    "lens": lens.table,
    "voice": voice.table,
    "replay": replay.table,
    "labels": labels.table,
    "names": names.table,
    "scale": scale.table,
}
VERSIONED = ("hdbscan", "scikit-learn", "sentence-transformers", "bertopic", "umap-learn")
AS_IN_NOTES = "lead over the notes' recipe with the encoder that it has in the notes"
UNMET = (BY_FOLD, WITHOUT_KEY, PLAIN)
"""Encoders that have not met the key, the nearest to the shipped one first."""


def measure_part(part: str, gold: Path, data: Path, public: Path) -> Any:
    """What one part measures."""
    if part == "sets":
        return theme_sets.measure(gold, data, public)
    if part == "ablations":
        return theme_ablation.measure(gold)
    if part == "lens":
        by_fold = theme_sets.fold_encoders()
        return lens.measure(encoders_by_fold=by_fold or None, gold=gold, public=public)
    if part == "voice":
        return voice.measure(gold, public)
    if part == "replay":
        return replay.measure(replay.spoken(gold))
    if part == "labels":
        return labels.measure(gold, public)
    if part == "names":
        return names.measure(gold)
    return scale.measure()


def run(
    gold: Path = DEFAULT_GOLD,
    only: Sequence[str] = tuple(TITLES),
    data: Path = DEFAULT_DATA,
    public: Path = PUBLIC,
) -> dict[str, Any]:
    """Measure the chosen parts, keep the others as they are, write results file and page."""
    before = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    parts = {part: before[part] for part in TITLES if part in before.get("taken", {})}
    taken = {part: before["taken"][part] for part in parts}
    for part in only:
        began = time.process_time()
        parts[part] = measure_part(part, gold, data, public)
        seconds = round(time.process_time() - began, 1)
        taken[part] = {**provenance(gold), "cpu_seconds": seconds}
        write_results("themes", _joined(parts, taken, gold))
    results = json.loads(RESULTS.read_text("utf-8"))  # in the file's order, as ever after
    report = "\n".join(page(results))
    write_page(PAGE, report)
    print(report)
    return results


def _joined(parts: Mapping[str, Any], taken: Mapping[str, Any], gold: Path) -> dict[str, Any]:
    return {
        **parts,
        "taken": dict(taken),
        "derived": derived(parts),
        "versions": dict(_versions()),
        **provenance(gold),
    }


def _versions() -> Iterator[tuple[str, str]]:
    for package in VERSIONED:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "not installed"


def derived(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Figures that targets are held against and that no part has by itself."""
    figures: dict[str, Any] = {}
    for name, found in parts.get("sets", {}).get("sets", {}).items():
        figures[name] = _beside_others(found)
    by_set = parts.get("labels", {})
    if by_set:
        figures["labels"] = _keywords(by_set)
    same = parts.get("scale", {}).get("same")
    if same:
        figures["same"] = [sum(same.values()), len(same)]
    return figures


def _beside_others(found: Mapping[str, Any]) -> dict[str, Any]:
    """Our figures with an encoder that has not met the texts, and our lead over the others.

    The lead is over the best that the other method does with any encoder that ours is given. The
    notes' recipe knows the packaged encoder only: the lead over that stands apart.
    """
    rows = found["methods"]
    fair = [name for name in (*UNMET, ADAPTED) if name in rows]
    encoder = ADAPTED if ADAPTED in rows else fair[0]
    ours = rows[encoder][OURS]
    figures: dict[str, Any] = {"encoder": encoder, "published": found.get("published")} | {
        name: ours[name] for name in ("ami", "ami_themes", "unassigned_share", "n_themes")
    }
    if MET in rows:
        figures["shipped"] = rows[MET][OURS]
    for other in (BERTOPIC, RECIPE):
        theirs = [rows[name][other]["ami"] for name in fair if other in rows[name]]
        if theirs:
            figures[f"lead over {other}"] = round(ours["ami"] - max(theirs), 3)
    if RECIPE in rows.get(PLAIN, {}):
        figures[AS_IN_NOTES] = round(ours["ami"] - rows[PLAIN][RECIPE]["ami"], 3)
    return figures


def _keywords(by_set: Mapping[str, Any]) -> dict[str, Any]:
    """Our words on our themes beside BERTopic's words on its own, the set where we lead least."""
    pairs = [
        (kinds["ours"]["words"]["ours"], kinds["BERTopic's"]["words"]["BERTopic's"])
        for kinds in by_set.values()
        if "BERTopic's" in kinds  # where it is installed
    ]
    if not pairs:
        return {}
    leads = [ours["coherence"] - theirs["coherence"] for ours, theirs in pairs]
    return {
        "least_lead": round(min(leads), 4),
        "least_diversity": min(ours["diversity"] for ours, _ in pairs),
    }


def targets(results: Mapping[str, Any]) -> list[Target]:
    """What was asked, in the order asked."""
    asked: list[Target] = []
    sets = results.get("derived", {})
    for name in (REDACTED_SET, KEY_SET):
        asked += [
            Target(f"{name}: AMI, encoder that has not met it", ("derived", name, "ami"), 0.35),
            Target(f"{name}: AMI, shipped encoder", ("derived", name, "shipped", "ami"), 0.35),
            *_of_themes(name, ("derived", name)),
        ]
    published = ("derived", REDACTED_SET, "published")
    asked += [
        Target(f"{REDACTED_SET}: AMI of the published themes", (*published, "ami"), 0.35),
        *_of_themes(f"{REDACTED_SET}, published", published),
    ]
    public = [name for name in sets if name not in (KEY_SET, REDACTED_SET, "labels", "same")]
    for name in public:
        for what, least in (
            (AS_IN_NOTES, 0.0),
            (f"lead over {RECIPE}", 0.0),
            (f"lead over {BERTOPIC}", 0.001),
        ):
            told = what.replace(RECIPE, f"{RECIPE}, with the better of both encoders")
            asked.append(Target(f"{name}: AMI, {told}", ("derived", name, what), least))
    return [*asked, *OTHER_TARGETS]


def _of_themes(name: str, path: tuple[str, ...]) -> list[Target]:
    share, n_themes = (*path, "unassigned_share"), (*path, "n_themes")
    return [
        Target(f"{name}: unassigned", share, 0.05, at_most=True),
        Target(f"{name}: themes, at least", n_themes, 15),
        Target(f"{name}: themes, at most", n_themes, 45, at_most=True),
    ]


OTHER_TARGETS = (
    *(
        Target(f"Lens, words alone, {encoder}: {what}", ("lens", "key", row, figure), asked)
        for encoder, row in (
            ("encoder tuned to other conversations", lens.UNMET),
            ("packaged encoder", lens.WORDS),
        )
        for what, figure, asked in (
            ("right code first", "first", 0.6),
            ("among three", "among_three", 0.8),
        )
    ),
    Target(
        "Lens, other conversations as examples: right code first",
        ("lens", "key", "with examples, five folds", "first"),
        0.7,
    ),
    Target("Voice: right on the key, by turn", ("voice", "key", voice.ALL, "accuracy"), 0.85),
    Target(
        "Voice: right on comments of NHS patients, encoders tuned to other comments, not shipped",
        ("voice", "nhs_comments", voice.TUNED_AND_WORDS, "accuracy"),
        0.9,
    ),
    Target("Replay: segments that keep their theme", ("replay", "kept_share"), 0.98),
    Target("Replay: AMI lost to holding on", ("replay", "ami_loss"), 0.01, at_most=True),
    Target(
        "Replay: themes withheld and then added to all else, precision of births",
        ("replay", "born", "added to all else", "precision"),
        0.9,
    ),
    Target(
        "Keywords: coherence on unseen conversations, least lead over BERTopic",
        ("derived", "labels", "least_lead"),
        0.0,
    ),
    Target("Keywords: diversity, least", ("derived", "labels", "least_diversity"), 0.75),
    Target(
        "20,000 segments: CPU time beside UMAP and HDBSCAN", ("scale", "ratio"), 0.67, at_most=True
    ),
    Target("100,000 segments: memory, MiB", ("scale", "peak_mb"), 4096, at_most=True),
    Target("Same bytes by threads and row order, per cent", ("derived", "same"), 100),
)


def page(results: Mapping[str, Any]) -> list[str]:
    """All that the page shows between its markers."""
    minutes = sum(taken["cpu_seconds"] for taken in results["taken"].values()) / 60
    packages = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    lines = [
        f"Last written on {results['date']}, commit {results['commit']}, {results['machine']}, "
        f"{results['data']}; {packages}. All parts took {minutes:.0f} minutes of processor time, "
        "vectors that were kept from before not counted; parts that were measured at another time "
        "say so.",
        "",
        "### Asked and measured",
        "",
        *summary(results, targets(results)),
    ]
    for part, title in TITLES.items():
        if part in results:
            lines += ["", f"### {title}", "", *_from(results, part), *TABLES[part](results[part])]
    return lines


def _from(results: Mapping[str, Any], part: str) -> list[str]:
    """When a part was measured, where that was not with the rest."""
    taken = results["taken"][part]
    if taken["commit"] == results["commit"]:
        return []
    return [f"Measured on {taken['date']}, commit {taken['commit']}.", ""]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=DEFAULT_GOLD, help="answer key")
    parser.add_argument("--only", choices=TITLES, action="append", help="one part; may be repeated")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="data of a finished run")
    parser.add_argument("--public", type=Path, default=PUBLIC, help="public sets, *.parquet")
    given = parser.parse_args()
    run(given.gold, given.only or tuple(TITLES), given.data, given.public)


if __name__ == "__main__":
    main()
