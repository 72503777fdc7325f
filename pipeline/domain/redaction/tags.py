"""From the tagger's probabilities to findings: how sure it must be, by how a word is written."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_cased, is_ordinary, public_words, starts_sentence

CHUNK = re.compile(r"[@#+]?\w+(?:['’](?!(?:s|ll|d|ve|re|m)\b)\w+)*")
"""A word as the decision sees it; a possessive ending stands outside."""
NAME_LIKE = ("PERSON", "PLACE", "ORG", "JOB")
"""Types whose words are written with a capital, so that a capital is evidence."""
COUNTED = ("AGE", "DATE")
DOUBTED = frozenset({"PERSON", "PLACE", "ORG", "JOB", "AGE"})
"""Types for which context can tell that a listed word is meant otherwise."""
UNDOUBTED = frozenset({"names.asked"})
"""Rules that ask for a capital and a person's place in the sentence: enough for the rarest names."""
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
    """Numbers, addresses, dates of birth: any writing."""
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
    org_lower: float = 0.5
    """Organisations written without a capital, in a text that has them."""
    org_uncased: float = 0.5
    """Organisations in a text without capitals."""
    job: float = 0.5
    """Telling jobs, however written."""
    counted: float = 0.5
    """Ages and dates."""
    beside: float = 1.0
    """Next to a word that was found, for the same type."""
    beside_person: float = 1.0
    """The same for people: what follows a name is often what they do."""
    agreeing: float = 1.0
    """A word is also looked for again where all its mentions together are as sure as this."""


class Tagged(NamedTuple):
    """Tokens of one turn: where each stands, and the probability of each label (first: none)."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    probabilities: NDArray[np.float32]


class Chunk(NamedTuple):
    """A word, how it is written, and how probable each type is for it."""

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
    return judge(texts, read_chunks(texts, tagged, labels), thresholds)


def read_chunks(
    texts: Sequence[str], tagged: Sequence[Tagged], labels: Sequence[str]
) -> list[Chunk]:
    """The words of one conversation, in order."""
    conversation = is_cased("\n".join(texts))
    cased = [is_cased(text) if len(text) >= LONG_TURN else conversation for text in texts]
    return [
        chunk
        for turn, text in enumerate(texts)
        for chunk in _chunks(turn, text, tagged[turn], labels, cased[turn])
    ]


def judge(
    texts: Sequence[str], chunks: Sequence[Chunk], thresholds: Thresholds
) -> list[list[Finding]]:
    """Findings in each turn, from the words of one conversation."""
    again = _looked_for_again(chunks, thresholds)
    types = [_type_of(chunk, thresholds, again) for chunk in chunks]
    _extend(texts, chunks, types, thresholds)
    found: list[list[Finding]] = [[] for _ in texts]
    for chunk, entity_type in zip(chunks, types, strict=True):
        if entity_type:
            score = round(0.4 + 0.6 * max(chunk.by_type[entity_type], 0.0), 4)
            finding = Finding(chunk.start, chunk.end, entity_type, f"tagger.{chunk.writing}", score)
            _append(texts[chunk.turn], found[chunk.turn], finding)
    return found


def _extend(
    texts: Sequence[str],
    chunks: Sequence[Chunk],
    types: list[str | None],
    thresholds: Thresholds,
) -> None:
    """Give words beside a found one its type, on both sides, where they could be part of it."""
    forwards = [(i, i + 1) for i in range(len(chunks) - 1)]
    backwards = [(b, a) for a, b in reversed(forwards)]
    for known, new in (*forwards, *backwards):
        entity_type = types[known]
        if entity_type is None or types[new] is not None:
            continue
        first, second = chunks[min(known, new)], chunks[max(known, new)]
        least = thresholds.beside_person if entity_type == "PERSON" else thresholds.beside
        sure = chunks[new].by_type[entity_type] >= least
        if sure and _touch(texts, first, second, entity_type):
            types[new] = entity_type


def _touch(texts: Sequence[str], first: Chunk, second: Chunk, entity_type: str) -> bool:
    """Whether nothing stands between two words that would part one mention from another."""
    joint = LOOSE_JOINT if entity_type in LOOSE else JOINT
    return first.turn == second.turn and bool(
        joint.fullmatch(texts[first.turn], first.end, second.start)
    )


def believed(findings: Sequence[Finding], tagged: Tagged, thresholds: Thresholds) -> list[Finding]:
    """Findings of other evidence, without names and places that the tagger is sure are none."""
    return [
        f
        for f in findings
        if f.entity_type not in DOUBTED
        or f.rule in UNDOUBTED
        or _marked(f, tagged) >= thresholds.doubt
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
) -> list[Chunk]:
    matches = list(CHUNK.finditer(text))
    first = np.searchsorted(tagged.ends, [match.start() for match in matches], side="right")
    last = np.searchsorted(tagged.starts, [match.end() for match in matches], side="left")
    read = first < last
    if not read.any():
        return []
    # Pairs of first and last token: what `reduceat` gives between the pairs is passed over.
    pairs = np.stack([first[read], last[read]], axis=1).ravel()
    inside = np.vstack([tagged.probabilities, tagged.probabilities[-1:]])
    best = np.maximum.reduceat(inside[:, 1:], pairs)[::2].tolist()
    marked = (1 - np.minimum.reduceat(inside[:, 0], pairs)[::2]).tolist()
    return [
        Chunk(
            turn,
            *match.span(),
            match[0],
            _writing(text, match, cased),
            dict(zip(labels[1:], by_type, strict=True)),
            any_type,
        )
        for match, by_type, any_type in zip(compress(matches, read), best, marked, strict=True)
    ]


def _writing(text: str, match: re.Match[str], cased: bool) -> str:
    letter = match[0].lstrip("@#+")[0]
    if not cased:
        return "uncased"
    if not letter.isupper():
        return "lower"
    return "sentence_start" if starts_sentence(text, match.start()) else "mid_sentence"


def _looked_for_again(chunks: Sequence[Chunk], thresholds: Thresholds) -> frozenset[str]:
    """Words that are a person's name somewhere in the conversation, by the tagger's own judgement."""
    seen: dict[str, list[float]] = defaultdict(list)
    for chunk in chunks:
        if chunk.writing != "lower":
            seen[chunk.text.lower()].append(chunk.by_type["PERSON"])
    return frozenset(
        word
        for word, scores in seen.items()
        if len(word) > 1 and word not in public_words() and _is_name(scores, thresholds)
    )


def _is_name(scores: Sequence[float], thresholds: Thresholds) -> bool:
    """Whether one mention is sure and the surest agree, or several agree though none is sure."""
    surest = float(np.mean(sorted(scores)[-TOP_MENTIONS:]))
    if max(scores) >= thresholds.confirming and surest >= thresholds.confirming * 0.6:
        return True
    return len(scores) > 1 and float(np.mean(scores)) >= thresholds.agreeing


def _type_of(chunk: Chunk, thresholds: Thresholds, again: frozenset[str]) -> str | None:
    """The entity type of a chunk, if it is sure enough for how the chunk is written."""
    lower = chunk.text.lower()
    if lower not in again and sum(chunk.by_type.values()) < _lowest(thresholds):
        return None  # most words: sooner said than looked at
    entity_type = max(chunk.by_type, key=chunk.by_type.__getitem__)
    least = _least(chunk, lower, entity_type, thresholds)
    mass = sum(
        p
        for label, p in chunk.by_type.items()
        if (label in NAME_LIKE) == (entity_type in NAME_LIKE)
    )
    if min(mass, 1.0) >= least or chunk.any_type >= thresholds.any_type:
        return entity_type
    # Without its apostrophe "Olive's" is written as the plural is.
    owner = lower.removesuffix("s") if chunk.writing == "uncased" else lower
    known = lower in again or owner in again
    return "PERSON" if known and _again(chunk, lower, thresholds) else None


@lru_cache(maxsize=4)
def _lowest(thresholds: Thresholds) -> float:
    """No word counts with less than this, however it is written."""
    return min(thresholds)


def _least(chunk: Chunk, lower: str, entity_type: str, thresholds: Thresholds) -> float:
    """The probability that a word of this type must have."""
    if entity_type in COUNTED:
        return thresholds.counted
    if entity_type not in NAME_LIKE:
        return thresholds.exact
    least = float(getattr(thresholds, chunk.writing))
    if chunk.writing in ("lower", "uncased") and entity_type == "JOB":
        least = thresholds.job
    elif chunk.writing == "lower" and entity_type == "ORG":
        least = thresholds.org_lower
    elif chunk.writing == "uncased" and entity_type == "ORG":
        least = thresholds.org_uncased
    elif chunk.writing == "uncased" and is_ordinary(lower):
        least = thresholds.uncased_ordinary
    return max(least, thresholds.public) if lower in public_words() else least


def _again(chunk: Chunk, lower: str, thresholds: Thresholds) -> bool:
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
