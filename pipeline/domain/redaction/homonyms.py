"""Names that are places too: Mrs Poole lives in Poole. What stands around them tells which is meant."""

import re
from collections.abc import Sequence

from pipeline.domain.redaction.people import FORMAL
from pipeline.domain.redaction.places import gazetteer
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import first_names, is_name

TITLE = re.compile(rf"\b(?:{'|'.join(FORMAL)})\.?\s+$", re.IGNORECASE)
PART = r"(?:(?:um|er|uh|the|central|old|north|south|east|west|upper|lower|downtown)[\s,]+)?"
INSIDE = re.compile(
    rf"\b(?:in|into|near|around|across|outside|via|towards?|(?:town|city|village|borough|port) of)\s+{PART}$",
    re.IGNORECASE,
)
"""What only a place follows."""
BESIDE = re.compile(rf"\b(?:from|to|at|through|round|over to|out of)\s+{PART}$", re.IGNORECASE)
"""What a place follows, and a first name: "I spoke to Florence"."""
FEATURE = re.compile(
    r"\s+(?:town|harbour|quay|park|high street|bay|beach|seafront|station|area|direction)\b",
    re.IGNORECASE,
)


def told_apart(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Findings in order, those that may be a person or a place typed by what is around them."""
    told: list[Finding] = []
    for finding in findings:
        before = told[-1] if told else None
        told.append(finding._replace(entity_type=_type(text, finding, before)))
    return told


def _type(text: str, finding: Finding, before: Finding | None) -> str:
    word = text[finding.start : finding.end].lower()
    if (
        finding.entity_type not in {"PERSON", "PLACE"}
        or word not in gazetteer()
        or not is_name(word)
    ):
        return finding.entity_type
    left = text[max(0, finding.start - 30) : finding.start]
    if TITLE.search(left) or _follows_first_name(text, finding, before):
        return "PERSON"
    beside = word not in first_names() and BESIDE.search(left) is not None
    if INSIDE.search(left) or beside or FEATURE.match(text, finding.end):
        return "PLACE"
    return finding.entity_type


def _follows_first_name(text: str, finding: Finding, before: Finding | None) -> bool:
    """Whether the name before it is a first name without a surname: Rose Poole."""
    return (
        before is not None
        and before.entity_type == "PERSON"
        and text[before.end : finding.start] == " "
        and " " not in text[before.start : before.end]
    )
