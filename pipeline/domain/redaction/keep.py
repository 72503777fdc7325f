"""What must survive redaction: national bodies, brands, public figures, local services named on purpose."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from pipeline.domain.redaction.generalising import Area
from pipeline.domain.redaction.spans import Finding, lies_in
from pipeline.domain.redaction.words import Word, is_called, is_cased, is_name

FIRST_WORD = re.compile(r"(?<!\w)\w+")
DIRECT_CUES = frozenset({"known_name"})
"""Rules that outweigh the list: a participant may share a name with a singer."""


class Beside(NamedTuple):
    """Names that are kept only where one of these words stands in the same turn."""

    phrases: tuple[str, ...]
    words: tuple[str, ...]


class KeepList(NamedTuple):
    """Phrases to keep, and the programme's own places with where they are."""

    phrases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    areas: tuple[Area, ...] = ()


def read_keep_list(content: Mapping[str, object]) -> KeepList:
    """A programme's `gazetteer.yaml`: lists under `keep`, `keep_beside`, `places` and `areas`."""
    groups = cast("Mapping[str, object]", content.get("keep") or {})
    phrases = {phrase for group in groups.values() for phrase in _strings(group)}
    return KeepList(
        tuple(sorted(phrases)),
        tuple(sorted(_strings(content.get("places")))),
        tuple(
            Beside(tuple(sorted(_strings(entry["names"]))), tuple(sorted(_strings(entry["words"]))))
            for entry in _tables(content.get("keep_beside"))
        ),
        tuple(
            sorted(
                Area(place, str(entry["area"]), str(entry["county"]), str(entry["nation"]))
                for entry in _tables(content.get("areas"))
                for place in _strings(entry["places"])
            )
        ),
    )


def _tables(entries: object) -> list[Mapping[str, object]]:
    return list(cast("Iterable[Mapping[str, object]]", entries or ()))


def _strings(entries: object) -> list[str]:
    """A list, or the keys of a table, as strings."""
    return [str(entry) for entry in cast("Iterable[object]", entries or ())]


def protect(text: str, findings: Sequence[Finding], keep: KeepList) -> list[Finding]:
    """Findings without those that lie inside a kept phrase; known names are never kept."""
    if not findings:
        return []
    kept = _kept(text, keep.phrases)
    for entry in keep.beside:
        if any(True for _ in _standing(text, entry.words)):
            kept += _kept(text, entry.phrases)
    return [f for f in findings if not lies_in(f, kept) or DIRECT_CUES & set(f.rule.split("+"))]


def _kept(text: str, phrases: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the phrases stand, with "the" before and "'s" after.

    A single word that people bear as a name is not kept where somebody is called so, and capitals
    such as PIP count as such where the text has capitals.
    """
    lower, cased = text.lower().replace("’", "'"), is_cased(text)
    return [
        (
            start - 4 * lower.endswith("the ", 0, start),
            start + len(phrase) + 2 * lower.startswith("'s", start + len(phrase)),
        )
        for start, phrase in _standing(text, phrases)
        if not _is_somebody(text, start, phrase)
        and not (cased and phrase in _capitals(phrases) and not text[start : start + 2].isupper())
    ]


def _standing(text: str, phrases: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Where each phrase stands as whole words, and which; the longest where several do."""
    index, (lower, starts) = _by_first_word(phrases), _first_words(text)
    shared = index.keys() & starts
    for start, word in sorted((i, first) for first in shared for i in starts[first]):
        for phrase in index[word]:
            after = start + len(phrase)
            if lower.startswith(phrase, start) and not lower[after : after + 1].isalnum():
                yield start, phrase
                break


@lru_cache(maxsize=16)
def _first_words(text: str) -> tuple[str, dict[str, list[int]]]:
    """The text in lower case, and where each word of it begins; several lists are looked up in it."""
    lower = text.lower().replace("’", "'")
    starts: dict[str, list[int]] = {}
    for word in FIRST_WORD.finditer(lower) if len(lower) == len(text) else ():
        starts.setdefault(word[0], []).append(word.start())
    return lower, starts


def _is_somebody(text: str, start: int, phrase: str) -> bool:
    """Whether the words around it say that a person is called so: "my friend Adele"."""
    name = phrase.removesuffix("'s")
    if " " in name or not (is_name(name) or is_name(name.removesuffix("s"))):
        return False
    end = start + len(name)
    return is_called(text, Word(start, end, text[start:end], name))


@lru_cache(maxsize=256)
def _capitals(phrases: tuple[str, ...]) -> frozenset[str]:
    """Acronyms, in lower case."""
    return frozenset(phrase.lower() for phrase in phrases if phrase.isupper() and phrase.isalpha())


@lru_cache(maxsize=256)
def _by_first_word(phrases: tuple[str, ...]) -> dict[str, list[str]]:
    """Phrases in lower case by the word that they begin with, the longest first."""
    typed = {phrase.lower().replace("’", "'") for phrase in phrases}
    typed |= {phrase.replace("'", "") for phrase in typed}
    index: dict[str, list[str]] = {}
    for phrase in sorted(typed, key=lambda phrase: (-len(phrase), phrase)):
        first = FIRST_WORD.match(phrase)
        if first:
            index.setdefault(first[0], []).append(phrase)
    return index
