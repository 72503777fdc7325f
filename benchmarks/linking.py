"""Whether one person, place or number has one placeholder in a conversation, and two have two.

`python -m benchmarks.linking`. Every pair of mentions of one type in a conversation is a case: they
are of one thing, or of two, and have one placeholder, or two. Mentions are given; whether they are
found is measured elsewhere. Development and untouched conversations are by the same hand.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import yaml

from benchmarks.reporting import ROOT
from pipeline.domain.redaction.mentions import Mention, mention
from pipeline.domain.redaction.placeholders import assign

SET = ROOT / "benchmarks/linking.yaml"
HALVES = ("development", "untouched")
WRITINGS = ("as written", "lower case, unpunctuated")
MARK = re.compile(r"\[\[([A-Z]+) (\w+)\|([^\]]+)\]\]")
SPOKEN_SIGNS = re.compile(r"[.,;:?!\"“”()]")


class Marked(NamedTuple):
    """A mention and who or what it is of."""

    mention: Mention
    key: str


def measure() -> dict[str, Any]:
    """Pairs joined rightly, wrongly and not at all, by half of the set, writing and type."""
    halves: dict[str, list[dict[str, Any]]] = yaml.safe_load(SET.read_text("utf-8"))
    return {
        "conversations": {half: len(halves[half]) for half in HALVES},
        "pairs": {
            half: {writing: _scores(halves[half], writing) for writing in WRITINGS}
            for half in HALVES
        },
    }


def table(result: dict[str, Any]) -> list[str]:
    """The figures as Markdown."""
    lines = [
        "| conversations | writing | mentions of | pairs of one | joined | joined rightly |",
        "|---|---|---|---|---|---|",
    ]
    for half, writings in result["pairs"].items():
        for writing, kinds in writings.items():
            for kind, score in kinds.items():
                lines.append(
                    f"| {half} | {writing} | {kind} | {score['pairs']} | {score['recall']:.1f} % | "
                    f"{score['precision']:.1f} % |"
                )
    return lines


def read(conversation: dict[str, Any], writing: str) -> list[Marked]:
    """The marked mentions of a conversation, in order."""
    return [found for turn in conversation["turns"] for found in _marked(turn, writing)]


def _marked(turn: str, writing: str) -> Iterator[Marked]:
    said = partial(re.sub, SPOKEN_SIGNS, "")
    plain, spans, reach = "", list[tuple[int, int, str, str]](), 0
    for mark in MARK.finditer(turn):
        words = mark[3] if mark[1] == "EMAIL" or writing == WRITINGS[0] else said(mark[3])
        before = turn[reach : mark.start()]
        plain += before if writing == WRITINGS[0] else said(before)
        spans.append((len(plain), len(plain) + len(words), mark[1], mark[2]))
        plain, reach = plain + words, mark.end()
    plain += turn[reach:]
    text = plain if writing == WRITINGS[0] else plain.lower()
    for start, end, kind, key in spans:
        yield Marked(mention(kind, text, start, end), key)


def _scores(conversations: Sequence[dict[str, Any]], writing: str) -> dict[str, dict[str, Any]]:
    cases: Counter[tuple[str, bool, bool]] = Counter()
    for conversation in conversations:
        marked = read(conversation, writing)
        registered = sorted((name, kind) for name, kind in conversation["register"])
        labels = assign([one.mention for one in marked], {}, registered)
        for (one, label), (other, second) in combinations(zip(marked, labels, strict=True), 2):
            if one.mention.entity_type == other.mention.entity_type:
                kind = "people" if one.mention.entity_type == "PERSON" else "all else"
                cases[kind, one.key == other.key, label == second] += 1
    return {kind: _score(cases, kind) for kind in ("people", "all else")}


def _score(cases: Counter[tuple[str, bool, bool]], kind: str) -> dict[str, Any]:
    right, missed, wrong = (
        cases[kind, True, True],
        cases[kind, True, False],
        cases[kind, False, True],
    )
    return {
        "pairs": right + missed,
        "joined_rightly": right,
        "joined_wrongly": wrong,
        "kept_apart_rightly": cases[kind, False, False],
        "recall": round(100 * right / max(right + missed, 1), 1),
        "precision": round(100 * right / max(right + wrong, 1), 1),
    }


if __name__ == "__main__":
    print("\n".join(table(measure())))
