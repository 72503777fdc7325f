"""How the words of a corpus behave, told from the corpus itself: base forms and nouns.

No model of grammar is needed, and none that fails on speech without capitals and full stops:
what stands before and after a word in a few hundred conversations says what it is.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from pipeline.domain.themes.vocabulary import UNTELLING
from pipeline.domain.validation.words import PLACEHOLDER, words_of

Clause = Sequence[str]

_SHORTEST = 3
_NO_FORMS = frozenset({"news", "clothes", "glasses", "means", "does", "gas", "bus", "lens"})
_BREAK = re.compile(PLACEHOLDER.pattern + r"(?:['’]s\b)?|[.,;:!?…()\"“”\n–—]+|\s-+\s")
_SHORT_SYLLABLE = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")

_BEFORE_NOUNS = frozenset(
    "a an the my your our his her its their these those some any no every each".split()
)
_PREPOSITIONS = frozenset("of for with about in on at from by without into through".split())
_BEFORE_VERBS = frozenset(
    "i we you they he she it who would will could can should might must don't didn't not never "
    "i'd i'll we'd we'll they'd they'll you'd you'll can't won't couldn't doesn't wouldn't to "
    "let's let please just".split()
)
_BEFORE_ADJECTIVES = frozenset(
    "very so too really quite more as was is were are be been feel feels felt it's that's i'm "
    "he's she's they're we're you're dead proper bit all".split()
)


def clauses(text: str) -> list[list[str]]:
    """Words in lower case, cut wherever punctuation, a placeholder or a new turn parts them."""
    return [words for piece in _BREAK.split(text) if (words := words_of(piece))]


def is_telling(word: str) -> bool:
    """Whether a word says something about a subject."""
    known = word in UNTELLING or word.partition("'")[0] in UNTELLING
    return len(word) >= _SHORTEST and not known and not word[0].isdigit()


def base_forms(words: Collection[str]) -> dict[str, str]:
    """Each word's base form, if that is said too: "buses" is "bus" where somebody says "bus".

    What is no form of another word of the corpus stays as it is, so that no form is invented.
    """
    known = frozenset(words) | {word.removesuffix("'s") for word in words}
    return {word: _base(word, known) for word in known}


def _base(word: str, known: frozenset[str]) -> str:
    bare = word.removesuffix("'s")
    if bare in _NO_FORMS:
        return bare
    found = next((form for form in _shorter_forms(bare) if form in known and is_telling(form)), "")
    return _base(found, known) if found else bare


def _shorter_forms(word: str) -> Iterator[str]:
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield from (word[:-1], word[:-2]) if word.endswith("es") else (word[:-1],)
        if word.endswith("ies"):
            yield word[:-3] + "y"
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST:
            if stem[-1] == stem[-2]:
                yield stem[:-1]
            # "caring" is of "care"; "carring" would be of "car".
            short = _SHORT_SYLLABLE.fullmatch(stem)
            yield from (stem + "e", stem) if short else (stem, stem + "e")


def noun_shares(spoken: Iterable[Clause]) -> dict[str, float]:
    """How far each word stands where nouns stand, 0 to 1; .5 where nothing tells.

    A noun follows an article or a preposition and ends there; what an article introduces but
    another telling word follows qualifies it; what follows "they" or "to" is a verb.
    """
    nouns, others = Counter[str](), Counter[str]()
    for words in spoken:
        for place, word in enumerate(words):
            before = words[place - 1] if place else ""
            after = words[place + 1] if place + 1 < len(words) else ""
            ends = not after or not is_telling(after)
            if before in _BEFORE_NOUNS or (before in _PREPOSITIONS and not word.endswith("ing")):
                (nouns if ends else others)[word] += 1
            elif before in _BEFORE_VERBS or (before in _BEFORE_ADJECTIVES and ends):
                others[word] += 1
    return {
        word: (nouns[word] + 1) / (nouns[word] + others[word] + 2) for word in {*nouns, *others}
    }
