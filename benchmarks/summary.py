"""What was asked, beside what was measured."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.marked import WRITINGS

Path = tuple[str, ...]


class Target(NamedTuple):
    """A figure that was asked for, and where it stands in the results."""

    what: str
    path: Path
    asked: float
    at_most: bool = False

    def measured(self, results: Mapping[str, Any]) -> float | None:
        """The figure, if it was measured; a list is found and marked, as a share in per cent."""
        value: Any = results
        for key in self.path:
            if not isinstance(value, Mapping) or key not in value:
                return None
            value = value[key]
        if value is None:
            return None
        if isinstance(value, list):
            return round(100 * value[0] / value[1], 1)
        return float(value)

    def is_met(self, value: float) -> bool:
        """Whether the figure is as good as asked."""
        return value <= self.asked if self.at_most else value >= self.asked


def _key(where: str, path: Path) -> list[Target]:
    """The same figures for each set of conversations."""
    cased, lower = ((*path, writing) for writing in WRITINGS)
    end = ("pooled",) if path[0] == "folds" else ("all",)
    return [
        Target(f"{where}: direct identifiers found, cased", (*cased, *end, "direct"), 99),
        Target(f"{where}: direct identifiers found, lower case", (*lower, *end, "direct"), 97),
        Target(f"{where}: quasi-identifiers found, cased", (*cased, *end, "quasi"), 95),
        Target(f"{where}: quasi-identifiers found, lower case", (*lower, *end, "quasi"), 95),
        Target(f"{where}: precision, cased", (*cased, *end, "precision"), 85),
        Target(f"{where}: precision, lower case", (*lower, *end, "precision"), 85),
        Target(f"{where}: conversations without a miss, cased", (*cased, *end, "complete"), 95),
        Target(
            f"{where}: conversations without a miss, lower case", (*lower, *end, "complete"), 95
        ),
    ]


PUBLIC = ("public_sets",)
TARGETS = (
    *_key("Five folds of the key", ("folds", "systems", "whole system")),
    *_key("Written apart", ("apart", "ours")),
    Target("Size of the tagger, MB", ("tagger_mb",), 30, at_most=True),
    Target(
        "Spoken identifiers found, untouched half",
        ("spoken_forms", "systems", "ours", "untouched", "all"),
        98,
    ),
    *(
        Target(
            f"Names the register knows, {manner}, untouched half",
            ("known_identifiers", "systems", "ours", "untouched", manner),
            asked,
        )
        for manner, asked in (("exact", 100), ("misspelt", 98))
    ),
    Target("Words per second, times Presidio's, one search", ("speed", "ratio", "ours"), 2),
    Target(
        "Words per second, times Presidio's, all searches and audit",
        ("speed", "ratio", "ours, with placeholders and audit"),
        2,
    ),
    Target("Memory of a worker, MiB", ("speed", "peak_mb"), 1536, at_most=True),
    Target("Origins, best group less worst, cased", ("origins", "gap", "ours", "cased"), 2, True),
    Target(
        "Origins, best group less worst, lower case",
        ("origins", "gap", "ours", "lower case"),
        4,
        at_most=True,
    ),
    Target("GUM, spans that are names, cased", (*PUBLIC, "GUM", "ours", "cased", "names"), 97),
    Target(
        "GUM, spans that are names, lower case", (*PUBLIC, "GUM", "ours", "lower case", "names"), 93
    ),
    Target("GUM, all spans as they come, cased", (*PUBLIC, "GUM", "ours", "cased", "all"), 97),
    Target(
        "GUM, all spans as they come, lower case",
        (*PUBLIC, "GUM", "ours", "lower case", "all"),
        93,
    ),
    Target("presidio-research, F2", (*PUBLIC, "presidio-research", "ours", "asked", "F2"), 87),
    Target("TAB, direct entities found", (*PUBLIC, "TAB", "ours", "direct"), 95),
    Target("TAB, precision", (*PUBLIC, "TAB", "ours", "precision"), 45),
)


def summary(results: Mapping[str, Any], targets: Sequence[Target] = TARGETS) -> list[str]:
    """One row a target: asked, measured, met or not."""
    lines = ["| what | asked | measured | met |", "|---|---|---|---|"]
    for target in targets:
        value = target.measured(results)
        bound = f"{'at most' if target.at_most else 'at least'} {target.asked:g}"
        if value is None:
            lines.append(f"| {target.what} | {bound} | not measured | – |")
        else:
            met = "yes" if target.is_met(value) else "**no**"
            lines.append(f"| {target.what} | {bound} | {value:g} | {met} |")
    return lines
