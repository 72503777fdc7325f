"""From the tagger's probabilities to findings: how sure it must be, by how a word is written."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_cased, is_ordinary, public_words, starts_sentence

CHUNK = re.compile(r"[@#+]?\w+(?:['’](?!(?:s|ll|d|ve|re|m)\b)\w+)*")
"""A word as the decision sees it; a possessive ending stands outside."""
NAME_LIKE = ("PERSON", "PLACE", "ORG", "JOB")
"""Types whose words are written with a capital, so that a capital is evidence."""
DOUBTED = frozenset({"PERSON", "PLACE", "ORG", "JOB", "AGE"})
"""Types for which context can tell that a listed word is meant otherwise."""
JOINT = re.compile(r" ?[-'’&/_]? ?|['’]s |(?<=\b\w)\. ?")
"""Between two words of one mention; a full stop only after an initial."""
LOOSE_JOINT = re.compile(r"[\s,'’&/@_.…+-]{0,5}")
LOOSE = frozenset({"PHONE", "EMAIL", "HANDLE", "URL", "ID", "POSTCODE", "ADDRESS", "DOB", "DATE"})
"""Types that run over commas: digits in groups, house and street, day and year."""
TOP_MENTIONS = 3
LONG_TURN = 100
"""A shorter turn says nothing about capitals; the conversation does."""


class Thresholds(NamedTuple):
    """Least probability for a word to count, by how it is written."""

    mid_sentence: float
    """Capital where none is due."""
    sentence_start: float
    lower: float
    """Without a capital, in a text that has them."""
    uncased: float
    """In a text without capitals."""
    uncased_ordinary: float
    """The same for an ordinary word."""
    public: float
    """Months, countries, brands."""
    exact: float
    """Numbers, dates, ages, addresses: any writing."""
    any_type: float
    """All types together, where no single one suffices."""
    doubt: float
    """Names found otherwise are dropped where all types together have less than this."""
    confirming: float
    """Once as sure as this of an ordinary word, it is looked for again."""
    confirmed_start: float
    """For such a word at the start of a sentence."""
    confirmed_uncased: float
    """For such a word in a text without capitals."""


class Tagged(NamedTuple):
    """Tokens of one turn: where each stands, and the probability of each label (first: none)."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    probabilities: NDArray[np.float32]


class _Chunk(NamedTuple):
    turn: int
    start: int
    end: int
    text: str
    writing: str
    by_type: Mapping[str, float]
    any_type: float


def decide(
    texts: Sequence[str], tagged: Sequence[Tagged], labels: Sequence[str], thresholds: Thresholds
) -> list[list[Finding]]:
    """Findings in each turn of one conversation."""
    conversation = is_cased("\n".join(texts))
    cased = [is_cased(text) if len(text) >= LONG_TURN else conversation for text in texts]
    chunks = [
        chunk
        for turn, text in enumerate(texts)
        for chunk in _chunks(turn, text, tagged[turn], labels, cased[turn])
    ]
    again = _looked_for_again(chunks, thresholds)
    found: list[list[Finding]] = [[] for _ in texts]
    for chunk in chunks:
        entity_type = _type_of(chunk, thresholds, again)
        if entity_type:
            score = round(0.4 + 0.6 * max(chunk.by_type[entity_type], 0.0), 4)
            finding = Finding(chunk.start, chunk.end, entity_type, f"tagger.{chunk.writing}", score)
            _append(texts[chunk.turn], found[chunk.turn], finding)
    return found


def believed(findings: Sequence[Finding], tagged: Tagged, thresholds: Thresholds) -> list[Finding]:
    """Findings of other evidence, without names and places that the tagger is sure are none."""
    return [
        f
        for f in findings
        if f.entity_type not in DOUBTED or _marked(f, tagged) >= thresholds.doubt
    ]


def _marked(finding: Finding, tagged: Tagged) -> float:
    first, last = _tokens(tagged, finding.start, finding.end)
    return float(1 - tagged.probabilities[first:last, 0].min()) if first < last else 1.0


def _tokens(tagged: Tagged, start: int, end: int) -> tuple[int, int]:
    """The tokens that touch these characters."""
    first = int(np.searchsorted(tagged.ends, start, side="right"))
    return first, int(np.searchsorted(tagged.starts, end, side="left"))


def _chunks(
    turn: int, text: str, tagged: Tagged, labels: Sequence[str], cased: bool
) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    for match in CHUNK.finditer(text):
        first, last = _tokens(tagged, *match.span())
        if first >= last:
            continue
        inside = tagged.probabilities[first:last]
        best = inside.max(axis=0)
        by_type = {label: float(best[i]) for i, label in enumerate(labels) if i}
        writing = _writing(text, match, cased)
        marked = float(1 - inside[:, 0].min())
        chunks.append(_Chunk(turn, *match.span(), match[0], writing, by_type, marked))
    return chunks


def _writing(text: str, match: re.Match[str], cased: bool) -> str:
    letter = match[0].lstrip("@#+")[0]
    if not cased:
        return "uncased"
    if not letter.isupper():
        return "lower"
    return "sentence_start" if starts_sentence(text, match.start()) else "mid_sentence"


def _looked_for_again(chunks: Sequence[_Chunk], thresholds: Thresholds) -> frozenset[str]:
    """Words that are a person's name somewhere in the conversation, by the tagger's own judgement."""
    seen: dict[str, list[float]] = defaultdict(list)
    for chunk in chunks:
        if chunk.writing != "lower":
            seen[chunk.text.lower()].append(chunk.by_type["PERSON"])
    return frozenset(
        word
        for word, scores in seen.items()
        if len(word) > 1
        and word not in public_words()
        and max(scores) >= thresholds.confirming
        and float(np.mean(sorted(scores)[-TOP_MENTIONS:])) >= thresholds.confirming * 0.6
    )


def _type_of(chunk: _Chunk, thresholds: Thresholds, again: frozenset[str]) -> str | None:
    """The entity type of a chunk, if it is sure enough for how the chunk is written."""
    entity_type = max(chunk.by_type, key=lambda label: chunk.by_type[label])
    lower = chunk.text.lower()
    least = thresholds.exact
    if entity_type in NAME_LIKE:
        least = getattr(thresholds, chunk.writing)
        if chunk.writing == "uncased" and is_ordinary(lower):
            least = thresholds.uncased_ordinary
        if entity_type in ("ORG", "JOB") and chunk.writing == "lower":
            least = thresholds.exact
        if lower in public_words():
            least = max(least, thresholds.public)
    mass = sum(
        p
        for label, p in chunk.by_type.items()
        if (label in NAME_LIKE) == (entity_type in NAME_LIKE)
    )
    if min(mass, 1.0) >= least or chunk.any_type >= thresholds.any_type:
        return entity_type
    return "PERSON" if lower in again and _again(chunk, lower, thresholds) else None


def _again(chunk: _Chunk, lower: str, thresholds: Thresholds) -> bool:
    if not is_ordinary(lower) or chunk.writing == "mid_sentence":
        return True
    least = {
        "sentence_start": thresholds.confirmed_start,
        "uncased": thresholds.confirmed_uncased,
        "lower": 1.0,
    }
    return chunk.by_type["PERSON"] >= least[chunk.writing]


def _append(text: str, found: list[Finding], finding: Finding) -> None:
    """Add the finding, joined to the last one when they are of a type and side by side."""
    last = found[-1] if found else None
    if last and last.entity_type == finding.entity_type:
        joint = LOOSE_JOINT if finding.entity_type in LOOSE else JOINT
        if (
            joint.fullmatch(text, last.end, finding.start)
            and "\n" not in text[last.end : finding.start]
        ):
            found[-1] = last._replace(end=finding.end, score=max(last.score, finding.score))
            return
    found.append(finding)
