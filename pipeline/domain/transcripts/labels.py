"""Which words before a colon name a speaker, and which are only words before a colon."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.domain.transcripts.role_words import (
    fold,
    is_anonymous,
    likeness,
    name_words,
    plain,
    role_of_word,
)
from pipeline.domain.transcripts.transcript import KnownSpeakers

TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?"
_PREFIX = re.compile(
    rf"^(?:[\[(]?(?P<before>{TIME})(?:\s?-->\s?{TIME})?[\])]?\s{{1,4}}-?\s?)?"
    r"\[?(?P<label>[^\s:\[\]<>][^:\[\]<>]{0,59}?)\]?"
    rf"\s{{0,3}}(?:[\[(](?P<after>{TIME})[\])])?\s{{0,3}}[:\uff1a](?:\s+|$)(?P<text>.*)$"
)
_BOLD = re.compile(r"^(\*\*|__|\*)([^*]{1,60}?)\1(:?)")
# What people say or write before a colon without being a speaker of that name.
_NOT_NAMES = frozenset(
    "note notes nb ps so and but or because then now well okay ok yes no yeah look listen "
    "honestly basically actually anyway also plus first firstly second secondly third lastly "
    "finally one two three four five today yesterday tomorrow tonight monday tuesday wednesday "
    "thursday friday saturday sunday morning afternoon evening night january february "
    "july september october november december time date reminder warning example "
    "summary total address phone email tel mobile subject re from to cc result results question "
    "questions answer answers the this that these those it its he she they we you my your his her "
    "their our there here what why how when where who which if just like not only even still "
    "problem thing things point point fact truth answerphone option options rule rules lesson "
    "number step part section page title project place venue location transcript recording "
    "conclusion update verdict message text sign label headline quote".split()
)
_PARTICLES = frozenset(
    "de da di van von der den la le al el bin ibn ap ab ferch of the and".split()
)
_NAME_WORD = re.compile(r"^(?:[^\W\d_a-z]|i[A-Z]|[+*#\d(])")
_MOST_NAME_WORDS = 6
_OFTEN_SHARE = 0.04
_NEARLY_ALL_SHARE = 0.9


class Prefix(NamedTuple):
    """A line cut at its first colon; the label may still turn out to be no speaker."""

    label: str
    text: str
    time: str | None


def split_prefix(line: str) -> Prefix | None:
    """The words before the colon that may name a speaker, and the rest of the line.

    A colon inside a time (7:03) or a web address does not count: a space must follow.
    """
    found = _PREFIX.match(_BOLD.sub(r"\2\3", line.strip()))
    if not found:
        return None
    label = found["label"].strip(" *_-\u2013\u2022>\t")
    return Prefix(label, found["text"], found["before"] or found["after"]) if label else None


def speaker_labels(candidates: Sequence[str], n_lines: int, known: KnownSpeakers) -> set[str]:
    """Which of the candidate labels name speakers, as `fold` writes them.

    A role word or a name of the register names a speaker at once. Any other label must look
    like a name and come back, or be a full name. In lower case it must be frequent, or stand in
    a file where nearly every line has a label.
    """
    counts = Counter(fold(label) for label in candidates)
    shown = {fold(label): label for label in candidates}
    often = max(3.0, _OFTEN_SHARE * n_lines)
    if len(candidates) >= _NEARLY_ALL_SHARE * n_lines:
        often = 2.0
    return {
        label
        for label, n in counts.items()
        if _is_speaker(shown[label], n, n_lines, often=often, known=known)
    }


def _is_speaker(
    label: str, count: int, n_lines: int, *, often: float, known: KnownSpeakers
) -> bool:
    words = label.split()
    if not words:
        return False
    if is_anonymous(label) or _is_known(label, known):
        return True
    if role_of_word(label):
        return count > 1 or len(plain(label)) > 4 or n_lines < 10
    if len(words) > _MOST_NAME_WORDS or fold(words[0]).strip(".,'") in _NOT_NAMES:
        return False
    if looks_like_name(label):
        return count > 1 or len(words) > 1
    return len(words) <= 3 and count >= often


def _is_known(label: str, known: KnownSpeakers) -> bool:
    """Whether the label is a name of the register, and not a phrase with the name in it."""
    names = (*known.participants, *known.interviewers)
    if looks_like_name(label):
        return any(likeness(label, name) >= 2 for name in names)
    said = set(name_words(label))
    return any(said <= set(name_words(name)) and likeness(label, name) >= 2 for name in names)


def looks_like_name(label: str) -> bool:
    """Whether every word is written as names, devices and telephone numbers are."""
    words = [word for word in label.replace(",", " ").split() if re.search(r"\w", word)]
    return bool(words) and all(_NAME_WORD.match(word) or word in _PARTICLES for word in words)
