"""What each recogniser adds: the whole system without it, in turn: `python -m benchmarks.ablation`.

Conversations are those of one fold of the answer key, read by the tagger that was made without them
(`out/tagger/fold<number>`, see `benchmarks.folds`); where there is none, by the shipped one. All
recognisers read a conversation once. To leave one out, the findings of its rules are dropped; only
the tagger, which also doubts what others find, is left out by reading again.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.folds import GOLD, WORK
from benchmarks.marked import WRITINGS, Conversation, load
from benchmarks.scoring import Spans, Tally
from benchmarks.systems import programme_keep_list
from pipeline.domain.redaction.conversation import PROPAGATION, REGISTER, gather
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.spans import Finding
from pipeline.resources.detector import Detector
from pipeline.resources.recognisers import MODULES, OPTIONAL, PRESIDIO, TAGGER, rules_of
from training.texts import fold_of

FOLD = 0
WHOLE = "whole system"
GROUPS = {
    "all of Presidio's": tuple(PRESIDIO),
    "all of our rules and lists": tuple(MODULES),
    "all but the tagger, register and propagation": (*MODULES, *PRESIDIO),
}
"""Switched off together."""
FIGURES = ("direct", "quasi", "precision", "complete")


def measure(
    conversations: Sequence[Conversation] | None = None,
    detector: Callable[..., Detector] | None = None,
) -> dict[str, Any]:
    """Scores of the whole system and without each recogniser, in each writing.

    Parameters
    ----------
    conversations
        Those of fold 0 if none are given.
    detector
        Makes a detector from `without` and `also`: with the tagger that has not read the
        conversations, if not given.
    """
    chosen = conversations or [c for c in load(GOLD) if fold_of(c.conversation_id) == FOLD]
    folder = WORK / f"fold{FOLD}"
    make = detector or _with_tagger(folder if folder.exists() else None)
    keep = programme_keep_list()
    scores: dict[str, dict[str, Any]] = {}
    for writing, change in WRITINGS.items():
        tallies: dict[str, Tally] = {}
        for conversation in map(change, chosen):
            for name, spans in variants(conversation, make, keep):
                tallies.setdefault(name, Tally()).add(conversation, spans)
        for name, tally in tallies.items():
            scores.setdefault(name, {})[writing] = tally.scores()
    return {
        "conversations": len(chosen),
        "tagger": "given" if detector else f"fold {FOLD}" if folder.exists() else "shipped",
        "scores": scores,
    }


def _with_tagger(folder: Path | None) -> Callable[..., Detector]:
    def make(**options: Any) -> Detector:
        return Detector(tagger=str(folder or ""), **options)

    return make


def variants(
    conversation: Conversation, make: Callable[..., Detector], keep: KeepList
) -> Iterator[tuple[str, list[Spans]]]:
    """The whole system's spans in a conversation, then those without each recogniser."""
    texts, names = conversation.texts, sorted(set(conversation.names))

    def gathered(found: list[list[Finding]], without: Sequence[str] = ()) -> list[Spans]:
        merged = gather(texts, names, lambda _: found, keep, without=without)
        return [[(f.start, f.end) for f in turn] for turn in merged]

    everything = make(also=[*OPTIONAL]).find(texts)
    usual = dropped(everything, [*OPTIONAL])
    whole = gathered(usual)
    yield WHOLE, whole
    for name in (*MODULES, *PRESIDIO, *GROUPS):
        left = dropped(usual, GROUPS.get(name, (name,)))
        yield f"without {name}", whole if left == usual else gathered(left)
    for name in (REGISTER, PROPAGATION):
        yield f"without {name}", gathered(usual, [name])
    yield f"without {TAGGER}", gathered(make(without=[TAGGER]).find(texts))
    for name in OPTIONAL:
        others = [other for other in OPTIONAL if other != name]
        yield f"with {name}", gathered(dropped(everything, others))


def dropped(found: Sequence[Sequence[Finding]], names: Sequence[str]) -> list[list[Finding]]:
    """The findings without those of some recognisers."""
    rules = tuple(rule for name in names for rule in rules_of(name))
    return [[f for f in turn if not f.rule.startswith(rules)] for turn in found]


def table(result: Mapping[str, Any]) -> list[str]:
    """The whole system's figures, then by how much each changes without a recogniser."""
    columns = [(writing, figure) for writing in WRITINGS for figure in FIGURES]
    scores = result["scores"]
    whole = [scores[WHOLE][writing][figure] for writing, figure in columns]
    lines = [
        f"{result['conversations']} conversations, tagger: {result['tagger']}. Below the first "
        "row, by how many points each figure changes; a recogniser that changes nothing is left "
        "out of the table.",
        "",
        "| | " + " | ".join(f"{figure}, {writing}" for writing, figure in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
        f"| {WHOLE} | " + " | ".join(map(str, whole)) + " |",
    ]
    for name, by_writing in scores.items():
        changes = [
            round(by_writing[w][f] - base, 1) for (w, f), base in zip(columns, whole, strict=True)
        ]
        if any(changes):
            cells = (f"{change:+}" if change else "0" for change in changes)
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    silent = [name.removeprefix("without ") for name in scores if scores[name] == scores[WHOLE]]
    silent.remove(WHOLE)
    return [*lines, "", f"Change nothing here: {', '.join(silent) or 'none'}."]


def main() -> None:
    """Command line."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("\n".join(table(measure())))


if __name__ == "__main__":
    main()
