"""What evidence is: where, which type, by which rule, how sure. And how findings that overlap become one."""

from collections.abc import Iterable
from typing import NamedTuple

EXACT_TYPES = ("EMAIL", "URL", "HANDLE", "PHONE", "ID", "POSTCODE", "DOB", "ADDRESS")
"""Types with a shape of their own: where they overlap a name, their word counts."""


class Finding(NamedTuple):
    """Characters of a text that some rule takes for personal data."""

    start: int
    end: int
    entity_type: str
    rule: str
    score: float


def overlaps(finding: Finding, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether the finding shares a character with any of the spans."""
    return any(finding.start < end and start < finding.end for start, end in spans)


def lies_in(finding: Finding, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether one of the spans covers the whole finding."""
    return any(start <= finding.start and finding.end <= end for start, end in spans)


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in order without overlap; those that overlap become one that covers them all.

    Two detectors that disagree must not leave half a surname in the text, so the union is taken.
    Its type is that of the weightiest part; its rule names all rules.
    """
    merged: list[Finding] = []
    group: list[Finding] = []
    reach = -1
    for finding in sorted(set(findings)):
        if group and finding.start >= reach:
            merged.append(_union(group))
            group = []
        group.append(finding)
        reach = max(reach, finding.end) if len(group) > 1 else finding.end
    return [*merged, _union(group)] if group else merged


def _union(group: list[Finding]) -> Finding:
    chief = _chief(group)
    rules = "+".join(sorted({part for finding in group for part in finding.rule.split("+")}))
    return Finding(
        min(f.start for f in group),
        max(f.end for f in group),
        chief.entity_type,
        rules,
        max(f.score for f in group),
    )


def _chief(group: list[Finding]) -> Finding:
    """The weightiest; somebody whom the register knows outweighs all where most of the words are theirs."""
    reach = max(f.end for f in group) - min(f.start for f in group)
    known = [f for f in group if _is_known(f) and 2 * (f.end - f.start) > reach]
    return max(known or group, key=_weight)


def _is_known(finding: Finding) -> bool:
    """Whether the register knows it; "unknown_capital" is no such rule."""
    return any(rule.startswith("known_") for rule in finding.rule.split("+"))


def _weight(finding: Finding) -> tuple[bool, int, float, str]:
    length = finding.end - finding.start
    return (finding.entity_type in EXACT_TYPES, length, finding.score, finding.entity_type)
