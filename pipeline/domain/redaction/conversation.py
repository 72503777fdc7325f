"""One conversation: known names, evidence, propagation, keep list, placeholders, what they tell."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline.domain.redaction import known_names as known
from pipeline.domain.redaction.decisions import Ruling, settle
from pipeline.domain.redaction.generalising import generalise
from pipeline.domain.redaction.homonyms import told_apart
from pipeline.domain.redaction.keep import KeepList, protect
from pipeline.domain.redaction.mentions import mention
from pipeline.domain.redaction.placeholders import assign, taken
from pipeline.domain.redaction.places import find_listed
from pipeline.domain.redaction.propagation import spread
from pipeline.domain.redaction.spans import Finding, merge, overlaps
from pipeline.domain.redaction.words import PLACEHOLDER

Find = Callable[[Sequence[str]], list[list[Finding]]]
REGISTER, PROPAGATION = "register", "propagation"
"""What is found here and by no detector, by the names that switch it off."""

REDACTED_TURNS = ["conversation_id", "turn", "role", "start_s", "end_s", "text", "n_redactions"]
REDACTIONS = [
    "conversation_id", "turn", "start", "end", "entity_type", "replacement", "rule", "score",
]  # fmt: skip


MOST_SEARCHES = 4
"""Searches of one conversation; the second nearly always finds nothing, and is the last."""


class Redacted(NamedTuple):
    """Tables `redacted_turns`, `redactions` and `generalisations` of one conversation."""

    redacted_turns: pd.DataFrame
    redactions: pd.DataFrame
    generalisations: pd.DataFrame


def redact_conversation(
    turns: pd.DataFrame,
    known_names: pd.DataFrame,
    find: Find,
    keep: KeepList,
    ruling: Ruling = (),
    *,
    without: Collection[str] = (),
) -> Redacted:
    """Replace personal data in all turns of one conversation.

    Parameters
    ----------
    turns : DataFrame
        Rows of table `turns` of one conversation.
    known_names : DataFrame
        Table `known_names`; rows of other conversations are ignored.
    find : callable
        Evidence in each of the conversation's turns, in order.
    keep : KeepList
        What must survive.
    ruling : Ruling
        What reviewers decided for this conversation; it outweighs all else.
    without : collection of str
        What is switched off, as in `gather`.
    """
    ordered = turns.sort_values("turn", kind="stable", ignore_index=True)
    texts = [str(text) for text in ordered["text"]]
    own = known_names[known_names["conversation_id"].isin(ordered["conversation_id"].unique())]
    registered = sorted(set(zip(own["name"], own["kind"], strict=True)))
    names = sorted({name for name, _ in registered})
    findings = _until_nothing_is_found(
        texts,
        lambda said: gather(said, names, find, keep, ruling, without=without),
        lambda found: _labels(texts, found, registered),
    )
    redacted, redactions = _tables(ordered, texts, findings, _labels(texts, findings, registered))
    told = generalise(ordered, redactions, registered, keep.areas)
    return Redacted(redacted, redactions, told)


def gather(
    texts: Sequence[str],
    names: Sequence[str],
    find: Find,
    keep: KeepList,
    ruling: Ruling = (),
    *,
    without: Collection[str] = (),
) -> list[list[Finding]]:
    """All findings per turn, without overlaps, in order.

    Reviewers are heard twice: before a name spreads through the conversation, and at the end.
    The register and propagation can be switched off by name, to measure what they add.
    """
    registered = () if REGISTER in without else names
    evidence = [
        _allowed(
            text, [*found, *known.find(text, registered), *find_listed(text, keep.places)], keep
        )
        for text, found in zip(texts, find(texts), strict=True)
    ]
    first = [settle(text, found, ruling) for text, found in zip(texts, evidence, strict=True)]
    nothing: list[list[Finding]] = [[] for _ in texts]
    more = nothing if PROPAGATION in without else spread(texts, first)
    merged = [
        told_apart(text, merge(_allowed(text, [*found, *further], keep)))
        for text, found, further in zip(texts, first, more, strict=True)
    ]
    return [
        _join(text, settle(text, found, ruling)) for text, found in zip(texts, merged, strict=True)
    ]


def _allowed(text: str, findings: Sequence[Finding], keep: KeepList) -> list[Finding]:
    """Findings with a letter or digit, outside placeholders and kept phrases."""
    placeholders = [match.span() for match in PLACEHOLDER.finditer(text)]
    solid = (f for f in findings if any(map(str.isalnum, text[f.start : f.end])))
    outside = [_trim(text, f) for f in solid if not overlaps(f, placeholders)]
    return protect(text, outside, keep)


def _trim(text: str, finding: Finding) -> Finding:
    """Without spaces and punctuation at its ends."""
    start, end = finding.start, finding.end
    while not (text[start].isalnum() or text[start] in "@'’#[+"):
        start += 1
    while not text[end - 1].isalnum():
        end -= 1
    return finding._replace(start=start, end=end)


def _join(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """First name and surname found apart become one person."""
    joined: list[Finding] = []
    for finding in findings:
        last = joined[-1] if joined else None
        if (
            last
            and last.entity_type == finding.entity_type == "PERSON"
            and text[last.end : finding.start] == " "
        ):
            joined[-1] = merge([last, finding._replace(start=last.end - 1)])[0]
        else:
            joined.append(finding)
    return joined


def _until_nothing_is_found(
    texts: Sequence[str],
    search: Callable[[Sequence[str]], list[list[Finding]]],
    label: Callable[[list[list[Finding]]], list[list[str]]],
) -> list[list[Finding]]:
    """Findings of a search, and of searches in what it leaves, so that redacting twice changes nothing.

    A model judges a word by those around it: where a name has become a placeholder, a word beside
    it may now be found that was not before.
    """
    findings = search(texts)
    for _ in range(MOST_SEARCHES - 1):
        labels = label(findings)
        more = search(_replaced(texts, findings, labels))
        if not any(more):
            break
        findings = [
            _join(text, merge([*found, *(_said(f, found, own) for f in new)]))
            for text, found, own, new in zip(texts, findings, labels, more, strict=True)
        ]
    return findings


def _said(finding: Finding, found: Sequence[Finding], labels: Sequence[str]) -> Finding:
    """A finding in a redacted turn, where it was said in the turn before redaction."""
    shift, reach = 0, finding.start
    for earlier, label in zip(found, labels, strict=True):
        if earlier.start + len(label) <= reach + shift:
            shift += earlier.end - earlier.start - len(label)
    return finding._replace(start=finding.start + shift, end=finding.end + shift)


def _labels(
    texts: Sequence[str],
    findings: Sequence[Sequence[Finding]],
    registered: Sequence[tuple[str, str]],
) -> list[list[str]]:
    """The placeholder of each finding in each turn."""
    flat = [(row, f) for row, found in enumerate(findings) for f in found]
    mentions = [mention(f.entity_type, texts[row], f.start, f.end) for row, f in flat]
    labels: list[list[str]] = [[] for _ in texts]
    for (row, _), name in zip(flat, assign(mentions, taken(texts), registered), strict=True):
        labels[row].append(name)
    return labels


def _replaced(
    texts: Sequence[str], findings: Sequence[Sequence[Finding]], labels: Sequence[Sequence[str]]
) -> list[str]:
    return [
        replace(text, list(zip(found, own, strict=True)))
        for text, found, own in zip(texts, findings, labels, strict=True)
    ]


def _tables(
    turns: pd.DataFrame,
    texts: Sequence[str],
    findings: Sequence[Sequence[Finding]],
    labels: Sequence[Sequence[str]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    output = _replaced(texts, findings, labels)
    redacted = turns.assign(
        text=output, n_redactions=[len(PLACEHOLDER.findall(text)) for text in output]
    )[REDACTED_TURNS]
    ids, numbers = turns["conversation_id"].tolist(), turns["turn"].tolist()
    rows = [
        (ids[row], numbers[row], f.start, f.end, f.entity_type, label, f.rule, f.score)
        for row, (found, own) in enumerate(zip(findings, labels, strict=True))
        for f, label in zip(found, own, strict=True)
    ]
    return redacted, pd.DataFrame(rows, columns=REDACTIONS)


def replace(text: str, findings: Sequence[tuple[Finding, str]]) -> str:
    """The text with each finding replaced; findings are in order and do not overlap."""
    pieces: list[str] = []
    reach = 0
    for finding, label in findings:
        pieces += [text[reach : finding.start], label]
        reach = finding.end
    return "".join([*pieces, text[reach:]])
