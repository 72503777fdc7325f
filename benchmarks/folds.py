"""How the whole system does on conversations its tagger has not read: `python -m benchmarks.folds`.

The answer key is cut into five folds by conversation number. `python -m training.train --folds`
makes a tagger for each fold from the other four and leaves it in `out/tagger/fold<number>`; its
thresholds were chosen on those four as well. Here each conversation is redacted by everything the
pipeline has, but with the tagger that has not read it: cased, and as automatic text.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.marked import WRITINGS, Conversation, load
from benchmarks.reporting import ROOT, provenance, write_results
from benchmarks.scoring import DIRECT, QUASI, Spans, Tally, found_marks
from benchmarks.systems import programme_keep_list
from pipeline.domain.redaction.conversation import gather
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.themes.counting import wilson
from pipeline.resources.detector import Detector
from pipeline.resources.tagger import tagger
from training.texts import FOLDS, fold_of

GOLD = ROOT / "demo/answer_key"
WORK = ROOT / "out/tagger"
SYSTEMS = ("whole system", "tagger alone")


class Miss(NamedTuple):
    """A mention left in the text, at least in part."""

    conversation_id: str
    turn: int
    start: int
    end: int
    entity_type: str


class Scored(NamedTuple):
    """What one system does on the conversations of one fold in one writing."""

    tally: Tally
    misses: list[Miss]


def spans_of(
    system: str, conversation: Conversation, detector: Detector, keep: KeepList
) -> list[Spans]:
    """What a system covers in each turn."""
    if system == "tagger alone":
        found = tagger(conversation.texts, detector.tagger)
    else:
        names = sorted(set(conversation.names))
        found = gather(conversation.texts, names, detector.find, keep)
    return [[(f.start, f.end) for f in turn] for turn in found]


def misses(conversation: Conversation, spans: Sequence[Spans]) -> Iterable[Miss]:
    """The mentions that are not covered whole."""
    numbers = (
        number
        for number, marks in zip(conversation.numbers, conversation.marks, strict=True)
        for _ in marks
    )
    for number, (mark, is_found) in zip(numbers, found_marks(conversation, spans), strict=True):
        if not is_found:
            yield Miss(conversation.conversation_id, number, *mark)


def score(work: Path) -> dict[tuple[str, str, int], Scored]:
    """Every system on every writing of every fold, each fold with its own tagger."""
    keep = programme_keep_list()
    conversations = load(GOLD)
    scored: dict[tuple[str, str, int], Scored] = {}
    for fold in range(FOLDS):
        detector = Detector(tagger=str(work / f"fold{fold}"))
        for writing, change in WRITINGS.items():
            for system in SYSTEMS:
                tally, left = Tally(), list[Miss]()
                for conversation in conversations:
                    if fold_of(conversation.conversation_id) != fold:
                        continue
                    seen = change(conversation)
                    spans = spans_of(system, seen, detector, keep)
                    tally.add(seen, spans)
                    left += misses(seen, spans)
                scored[system, writing, fold] = Scored(tally, left)
    return scored


def pooled(tallies: Iterable[Tally]) -> Tally:
    """The counts of several folds together."""
    whole = Tally()
    for tally in tallies:
        for entity_type, count in tally.marks.items():
            whole.marks[entity_type] += count
            whole.found[entity_type] += tally.found[entity_type]
        whole.right += tally.right
        whole.covered += tally.covered
        whole.conversations += tally.conversations
        whole.complete += tally.complete
    return whole


def interval(part: int, whole: int) -> list[float]:
    """The 95 % interval of a share, in per cent."""
    return [round(100 * end, 1) for end in wilson(part, whole)[1:]]


def with_intervals(tally: Tally) -> dict[str, Any]:
    """The scores of a tally with counts and intervals."""
    groups = {"direct": DIRECT, "quasi": QUASI}
    counts = {
        name: (sum(tally.found[t] for t in types), sum(tally.marks[t] for t in types))
        for name, types in groups.items()
    }
    counts["complete"] = (tally.complete, tally.conversations)
    return {
        **tally.scores(),
        "intervals": {name: interval(*count) for name, count in counts.items()},
        "counts": {name: list(count) for name, count in counts.items()},
    }


def measure(work: Path = WORK) -> dict[str, Any]:
    """All scores, by fold and pooled, with what the models were made of."""
    return summed(score(work), work)


def summed(scored: dict[tuple[str, str, int], Scored], work: Path) -> dict[str, Any]:
    """What was scored, by fold and pooled, as plain JSON."""
    models = [
        json.loads((work / f"fold{fold}" / "training.json").read_text("utf-8"))
        for fold in range(FOLDS)
    ]
    results: dict[str, Any] = {**provenance(GOLD), "models": models, "systems": {}}
    for system in SYSTEMS:
        results["systems"][system] = {
            writing: {
                "pooled": with_intervals(
                    pooled(scored[system, writing, fold].tally for fold in range(FOLDS))
                ),
                "folds": [scored[system, writing, fold].tally.scores() for fold in range(FOLDS)],
            }
            for writing in WRITINGS
        }
    return results


def table(results: dict[str, Any]) -> list[str]:
    """The pooled scores as Markdown."""
    lines = [
        "| system | writing | direct | quasi | precision | complete conversations |",
        "|---|---|---|---|---|---|",
    ]
    for system, writings in results["systems"].items():
        for writing, scores in writings.items():
            whole = scores["pooled"]
            cells = [
                f"{whole[name]} ({whole['intervals'][name][0]} to {whole['intervals'][name][1]})"
                for name in ("direct", "quasi")
            ]
            complete = whole["intervals"]["complete"]
            cells += [str(whole["precision"])]
            cells += [f"{whole['complete']} ({complete[0]} to {complete[1]})"]
            lines.append(f"| {system} | {writing} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK, help="where the folds' models lie")
    parser.add_argument(
        "--misses", type=Path, help="file for the places of what is missed, no words"
    )
    arguments = parser.parse_args()
    scored = score(arguments.work)
    results = summed(scored, arguments.work)
    write_results("folds", results)
    if arguments.misses:
        places = [(*key, *miss) for key, one in scored.items() for miss in one.misses]
        lines = "\n".join(json.dumps(place) for place in places)
        arguments.misses.write_text(lines + "\n", encoding="utf-8")
    print("\n".join(table(results)))


if __name__ == "__main__":
    main()
