"""Places through gazetteers: towns, villages, neighbourhoods, rivers, beaches; abroad at town level."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import (
    Word,
    first_names,
    is_cased,
    is_name,
    is_ordinary,
    public_words,
    starts_sentence,
    word_list,
    words,
)

THE = re.compile(r"\b[Tt]he $")
LONGEST = 5
"""Words in the longest place name that is looked up."""
CUE = re.compile(
    r"\b(?:in|at|to|from|near|over|out|up|down|round|through|past|outside|towards?|of|via|into|lives?|living|moved|"
    r"between|by|for|and|over at|up at|back|toward|round|called)\s+(?:um,?\s+|er,?\s+|uh,?\s+|the\s+|old\s+|north\s+|south\s+|east\s+|west\s+)?$",
    re.IGNORECASE,
)
STRICT_CUE = re.compile(
    r"\b(?:in|at|to|from|near|outside|towards?|lives? in|living in|moved to|via|up at|over at|over in|out at|round)\s+$",
    re.IGNORECASE,
)
FEATURE = re.compile(
    r"\b(?:River\s+[A-Z]\w+|(?:the\s+)?(?:[A-Z][\w'’]+\s+){1,2}(?:Bay|Beach|Estate|Heath|Common|Cove|Chine|Down|Downs|Vale|Marina|Harbour|"
    r"Woods|Forest|Castle|Cliffs?|Head|Rocks?|Island|Rings|Hill|Point|Weir|Nature Reserve|Country Park|Water Meadows|Quay|Front))\b"
)


@cache
def gazetteer() -> Mapping[str, int]:
    """Place names in lower case; 2: of this country, 1: elsewhere."""
    world = {_key(name): 1 for name in word_list("places_world")}
    home = word_list("places_uk") | word_list("places_local")
    return {**world, **{_key(name): 2 for name in home}}


def _key(name: str) -> str:
    """Lower case, one space between words: Milton-on-Stour is also typed with spaces."""
    return " ".join(name.lower().replace("-", " ").split())


@cache
def beginnings() -> frozenset[str]:
    """First words of place names of several words."""
    return frozenset(name.split()[0] for name in gazetteer() if " " in name)


def find(text: str) -> list[Finding]:
    """Places known to the gazetteers, and landscape names such as "Alum Chine"."""
    cased = is_cased(text)
    tokens = words(text)
    found: list[Finding] = []
    index = 0
    while index < len(tokens):
        size = _longest(text, tokens, index, cased)
        if size:
            the = THE.search(text, max(0, tokens[index].start - 4), tokens[index].start)
            finding = Finding(
                the.start() if the else tokens[index].start,
                tokens[index + size - 1].end,
                "PLACE",
                "gazetteer",
                0.8,
            )
            found.append(finding)
        index += max(size, 1)
    if cased:
        found += [Finding(*m.span(), "PLACE", "feature", 0.6) for m in FEATURE.finditer(text)]
    return found


def find_listed(text: str, listed: Iterable[str]) -> list[Finding]:
    """Places that the programme names as its own."""
    names = tuple(listed)
    if not any(names):
        return []
    pattern = _any_of(names)
    cased = is_cased(text)
    return [
        Finding(*m.span(), "PLACE", "programme_place", 0.8)
        for m in pattern.finditer(text)
        if m[0][0].isupper() or not (cased or is_ordinary(m[0].lower()))
    ]


@lru_cache(maxsize=8)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names as whole words, the longest first."""
    longest_first = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def _longest(text: str, tokens: list[Word], index: int, cased: bool) -> int:
    """Words of the longest place name that begins here; 0: none."""
    if tokens[index].lower in beginnings():
        for size in range(min(LONGEST, len(tokens) - index), 1, -1):
            span = text[tokens[index].start : tokens[index + size - 1].end]
            if "\n" not in span and _key(span) in gazetteer():
                capital = (
                    tokens[index].text[0].isupper() and tokens[index + size - 1].text[0].isupper()
                )
                if capital if cased else _telling(tokens[index : index + size]):
                    return size
    return int(_single(text, tokens[index], cased))


def _telling(name: list[Word]) -> bool:
    """Whether a place of several words is more than a common phrase."""
    return any(not is_ordinary(word.lower) for word in name)


def _single(text: str, word: Word, cased: bool) -> bool:
    rank = gazetteer().get(_key(word.lower), 0)
    if not rank or word.lower in public_words():
        return False
    before = text[max(0, word.start - 24) : word.start]
    ordinary = is_ordinary(word.lower)
    if cased:
        if not word.text[0].isupper():
            return False
        if ordinary or is_name(word.lower) or rank == 1:
            return CUE.search(before) is not None and not (
                ordinary and starts_sentence(text, word.start)
            )
        return True
    if ordinary:
        return False
    if rank == 1 or word.lower in first_names():
        return STRICT_CUE.search(before) is not None
    return True
