"""Names that the register knows: exact, in parts, as nicknames, initials, misspelt, misheard, split or joined."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import DamerauLevenshtein

from pipeline.domain.redaction.identifiers import ABBREVIATIONS
from pipeline.domain.redaction.sounds import SHORTEST_KEY, key, keys
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.spoken import NO_CODES, TWO_LETTER_WORDS
from pipeline.domain.redaction.words import (
    GRAMMAR,
    PLACEHOLDER,
    Word,
    is_called,
    is_cased,
    is_ordinary,
    nicknames,
    public_words,
    starts_sentence,
    words,
)

SHORTEST_FUZZY = 5
"""Shorter names are one letter from too many words."""
LONG_NAME = 8
"""From this length two letters may differ."""
SHORTEST_KNOWN = 4
"""A name of the register is known again misspelt from this length: there are few of them."""
SHORTEST_JOINED = 6
"""Letters of words that together are one name."""
SURELY_JOINED = 10
"""Letters of ordinary words that together are a name by no accident: "thistle wood", not "win some"."""
MOST_WORDS = 3
"""Words into which a recogniser breaks one name."""
SHORTEST_STEM = 3
"""Letters of a name that its short form keeps: Gilly, Harri."""
PARTICLES = frozenset("al bin binti van von de da del della di dos le la el ibn the of der den ter ten".split())  # fmt: skip
CONTRACTIONS = frozenset(
    "hed shed theyd youd wed whod itd thatd hell shell theyll youll whos whats wheres theres heres thats hes shes its lets ive youve weve theyve "
    "dont didnt doesnt isnt wasnt werent arent aint cant couldnt wouldnt shouldnt wont havent hasnt hadnt innit dunno gonna wanna".split()
)
"""As automatic text writes "he'd": never a name misspelt."""
SHORT_ENDING = re.compile(r"(?:y|ie|i|ey|o|s|z|a|ka|ek|ko|sh|ers|zy|sie)$")
TITLE = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|prof|sir|father|sister|nurse)\b\.?\s+$", re.IGNORECASE)  # fmt: skip
SPOKEN_TO = re.compile(
    r"\b(?:told|rang|phoned|asked|met|married|visited|called|named|thanked|except|nobody but|known|knew|loved|sent|saw|seen|missed|"
    r"said to|spoke to|talk(?:ed|ing)? to|listen(?:ed)? to|moved in with|live[sd]? with|went with|going with|round to|belongs to|ask|tell|ring|"
    r"thank you|thanks|neighbour|friend|husband|wife|son|daughter|brother|sister|cousin|carer)\s+$",
    re.IGNORECASE,
)
"""Words after which somebody whom the register knows is likelier than the ordinary word."""
NEVER_ALONE = frozenset("will may can so well hope might more much long".split())
"""Ordinary words that follow such words too often: "I told you I will ask, may I"."""
SOUNDS = (
    (r"[^a-z]", ""), (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^x", "s"), (r"ph", "f"), (r"gh(?=t|$)", ""), (r"gh", "g"),
    (r"ck|q|c(?=[aouklrt]|$)", "k"), (r"c(?=[eiy])", "s"), (r"sch|sh", "x"), (r"tch|ch", "x"), (r"th", "t"), (r"wh", "w"),
    (r"dg|j", "j"), (r"z", "s"), (r"v", "f"), (r"d(?=$)", "t"), (r"h(?![aeiou])", ""), (r"y(?=$)", "i"), (r"(.)\1+", r"\1"),
    (r"(?<=.)[aeiouwy]+", "a"), (r"^[aeiouy]+", "a"), (r"a$", ""),
)  # fmt: skip


class Register(NamedTuple):
    """What is looked for: the names of one conversation, ready for comparison."""

    parts: frozenset[str]
    related: frozenset[str]
    closed: frozenset[str]
    """Names of several words written as one: whole names, double surnames, "o'connor"."""
    whole: re.Pattern[str] | None
    initials: re.Pattern[str] | None
    letters: frozenset[str]
    """First letters of surnames, for "Mrs H"."""


def find(text: str, names: Sequence[str]) -> list[Finding]:
    """The names in this text; a part that is an ordinary word counts only where a name would stand."""
    if not names:
        return []
    register = read_register(tuple(names))
    masked = PLACEHOLDER.sub(lambda match: "\0" * len(match[0]), text)
    cased = is_cased(text)
    found = [*_whole(masked, register)]
    inside = words(masked)
    for word in inside:
        rule = _judge(word, register, cased)
        if rule and _stands_as_name(masked, word, cased):
            score = 0.95 if rule == "known_name" else 0.7
            found.append(Finding(word.start, word.end, "PERSON", rule, score))
    found += _in_pieces(masked, inside, register, cased)
    return [*found, *_initials(masked, found, register, cased)]


@lru_cache(maxsize=256)
def read_register(names: tuple[str, ...]) -> Register:
    """The names of one conversation, ready for comparison."""
    parts = name_parts(names)
    related = {short for part in parts for short in nicknames().get(part, ())} - parts
    several = [name for name in names if len(name.split()) > 1]
    surnames = [" ".join(name.split()[1:]) for name in several]
    closed = {_closed(name) for name in (*several, *surnames, *parts)}
    return Register(
        parts,
        frozenset(related),
        frozenset(name for name in closed if len(name) >= SHORTEST_JOINED),
        _whole_pattern([*several, *(name for name in surnames if len(re.split(r"[\s-]", name)) > 1)]),
        _initials_pattern(several),
        frozenset(name.split()[-1][0].lower() for name in several),
    )  # fmt: skip


def name_parts(names: Sequence[str]) -> frozenset[str]:
    """Single words of names, lower case, particles left out."""
    parts = {word.lower for name in names for word in words(name)}
    parts |= {piece for part in parts for piece in re.split(r"['’-]", part) if len(piece) > 2}
    return frozenset(
        part for part in parts if len(part) > 1 and part not in PARTICLES | public_words()
    )


def _closed(name: str) -> str:
    """Letters alone: "O'Connor" as "oconnor"."""
    return "".join(c for c in name.lower() if c.isalpha())


def _whole_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Full names and double surnames, whatever their case; of a family, too."""
    spaced = [
        r"[\s'’-]*".join(re.escape(part) for part in re.split(r"[\s'’-]+", name) if part)
        for name in sorted(set(names), key=lambda name: (-len(name), name))
        if re.search(r"\w", name)
    ]
    if not spaced:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?:['’]?s|es)?(?!\w)", re.IGNORECASE)


def _initials_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """First letters of first name and surname: "M H", "M.H."."""
    begun = [
        re.findall(r"(?<![\w'’-])[^\W\d_]", name) for name in names
    ]  # "Joan (Joanie) Peel", too
    pairs = sorted({(own[0], other) for own in begun if own[1:] for other in (own[1], own[-1])})
    if not pairs:
        return None
    either = "|".join(rf"{a}(?:\.\s?|\s){b}" for a, b in pairs)
    glued = "|".join(rf"{a}{b}" for a, b in pairs)
    return re.compile(rf"(?<![\w.'’])(?:(?P<apart>{either})|(?P<glued>{glued}))(?![\w'’])", re.IGNORECASE)  # fmt: skip


def _whole(text: str, register: Register) -> Iterator[Finding]:
    if register.whole:
        for match in register.whole.finditer(text):
            end = match.end() - len(POSSESSIVE.search(match[0])[0])  # type: ignore[index]
            yield Finding(match.start(), end, "PERSON", "known_name", 1.0)


POSSESSIVE = re.compile(r"(?:['’]s)?$", re.IGNORECASE)


def _judge(word: Word, register: Register, cased: bool) -> str:
    lower = word.lower
    if lower in register.parts:
        return "known_name"
    if is_ordinary(lower) or lower in CONTRACTIONS:
        related = lower in register.related and (not cased or word.text[0].isupper())
        return "known_nickname" if related else ""
    if _singular(lower) in register.parts:
        return "known_name"
    if cased and not word.text[0].isupper():
        return ""
    if lower in register.related or _is_short_form(lower, register.parts):
        return "known_nickname"
    return "known_misspelt" if any(may_be(lower, part) for part in register.parts) else ""


def _singular(lower: str) -> str:
    """Of a family ("the Halletts"), or possessive without its apostrophe."""
    for ending in ("'s", "’s", "s'", "es", "s"):
        if lower.endswith(ending):
            return lower.removesuffix(ending)
    return lower


def _is_short_form(lower: str, parts: frozenset[str]) -> bool:
    """Whether it is a name of the register, cut short: Gilly, Harri, Immy."""
    stem = SHORT_ENDING.sub("", lower)
    stem = stem[:-1] if stem[-1:] * 2 == stem[-2:] else stem
    return len(stem) >= SHORTEST_STEM and any(
        part.startswith(stem) and len(part) > len(stem) + 1 for part in parts
    )


def _stands_as_name(text: str, word: Word, cased: bool) -> bool:
    """Guard for names that are words too: Rose, Will, Hope."""
    if not is_ordinary(word.lower):
        return True
    if cased:
        initial = starts_sentence(text, word.start)
        return word.text[0].isupper() and (not initial or word.lower not in GRAMMAR)
    return _is_spoken_of(text, word)


def _is_spoken_of(text: str, word: Word) -> bool:
    """Whether the words around say that somebody is meant, whom the register knows by this word."""
    before = text[max(0, word.start - 24) : word.start]
    told = word.lower not in NEVER_ALONE and SPOKEN_TO.search(before) is not None
    return told or is_called(text, word)


@lru_cache(maxsize=200_000)
def may_be(word: str, name: str) -> bool:
    """Whether a word that is no ordinary one may be this name of the register, misspelt or misheard.

    The register is short, so this may be bolder than `sounds_alike`.
    """
    shorter, longer = sorted((len(word), len(name)))
    if shorter < SHORTEST_KNOWN - 1 or len(name) < SHORTEST_KNOWN:
        return False
    allowed = 1 if longer < LONG_NAME - 1 else 2
    if longer - shorter <= allowed and DamerauLevenshtein.distance(word, name) <= allowed:
        return word[0] == name[0] or longer >= SHORTEST_FUZZY
    return _sounds_like(word, name)


def _sounds_like(word: str, name: str) -> bool:
    heard = key(word)
    for said in keys(name):
        if heard == said and (
            len(said) >= SHORTEST_KEY or (len(said) > 1 and _begin_alike(word, name))
        ):
            return True
        near = min(len(heard), len(said)) > SHORTEST_KEY
        if near and DamerauLevenshtein.distance(heard, said, score_cutoff=1) <= 1:
            apart = DamerauLevenshtein.distance(word, name)
            if apart <= max(3, len(name) // 2):
                return True
    return False


def _begin_alike(word: str, name: str) -> bool:
    return word[0] == name[0] or {word[0], name[0]} <= {"c", "k", "q"}


def _in_pieces(
    text: str, inside: Sequence[Word], register: Register, cased: bool
) -> Iterator[Finding]:
    """Names broken into words or run together: "Spra ckling", "Ann Marie" for "Annmarie"."""
    for index, first in enumerate(inside):
        if cased and not first.text[0].isupper():
            continue
        letters = ""
        for count in range(1, MOST_WORDS + 1):
            chain = inside[index : index + count]
            if len(chain) < count or (count > 1 and not _adjacent(text, *chain[-2:])):
                break
            letters += _closed(chain[-1].text)
            plain = all(is_ordinary(word.lower) for word in chain)
            if plain and not (cased or _is_spoken_of(text, first)):
                continue
            if _is_closed_name(letters, chain, register):
                yield Finding(first.start, chain[-1].end, "PERSON", "known_in_pieces", 0.7)


def _adjacent(text: str, first: Word, second: Word) -> bool:
    return text[first.end : second.start] in {" ", "-", "'", "’"}


def _is_closed_name(letters: str, chain: Sequence[Word], register: Register) -> bool:
    """Whether the letters of these words together are a name, or all but."""
    if letters in register.closed:
        telling = len(letters) >= SURELY_JOINED or not all(is_ordinary(w.lower) for w in chain)
        return telling if len(chain) > 1 else not is_ordinary(letters)
    if len(letters) <= LONG_NAME or all(is_ordinary(word.lower) for word in chain):
        return len(chain) > 1 and _is_known_slip(letters, chain, register)
    return any(
        abs(len(name) - len(letters)) <= 1
        and DamerauLevenshtein.distance(name, letters, score_cutoff=1) <= 1
        for name in register.closed
    )


def _is_known_slip(letters: str, chain: Sequence[Word], register: Register) -> bool:
    """A short name of several words with one letter wrong: "ell sayed"."""
    if len(letters) < SHORTEST_JOINED or all(is_ordinary(word.lower) for word in chain):
        return False
    return any(
        len(name) >= SHORTEST_JOINED
        and name[0] == letters[0]
        and name[-1] == letters[-1]
        and DamerauLevenshtein.distance(name, letters, score_cutoff=1) <= 1
        for name in register.closed
    )


def _initials(
    text: str, found: Sequence[Finding], register: Register, cased: bool
) -> Iterator[Finding]:
    """First letters: "M H", "Mrs H", "Margaret H", "M Hallett"."""
    for match in register.initials.finditer(text) if register.initials else ():
        if _are_initials(text, match, cased):
            yield Finding(*match.span(), "PERSON", "known_initials", 0.6)
    for match in SINGLE.finditer(text):
        before = text[max(0, match.start() - 10) : match.start()]
        article = match[0] in {"a", "i"} or (match[0] == "I" and not cased)
        if match[0].lower() in register.letters and not article and TITLE.search(before):
            yield Finding(*match.span(), "PERSON", "known_initials", 0.6)
    yield from _beside_names(text, found, register)


SINGLE = re.compile(r"(?<![\w'’])[A-Za-z](?![\w'’])")


def _are_initials(text: str, match: re.Match[str], cased: bool) -> bool:
    """Not the "I a" of a stutter, nor "GP"."""
    if cased and not match[0].replace(" ", "").replace(".", "").isupper():
        return False
    letters = _closed(match[0])
    if match["glued"]:
        plain = letters in NO_CODES | TWO_LETTER_WORDS or letters.upper() in ABBREVIATIONS
        word = Word(match.start(), match.end(), match[0], letters)
        before = text[max(0, match.start() - 24) : match.start()]
        called = is_called(text, word) or SPOKEN_TO.search(before) is not None
        return not plain and (called if cased else called and not is_ordinary(letters))
    return letters not in {"ai", "ia", "ii", "aa"} and letters.upper() not in ABBREVIATIONS | {"AE"}


def _beside_names(text: str, found: Sequence[Finding], register: Register) -> Iterator[Finding]:
    """A single letter before a surname or after a first name."""
    for finding in {(f.start, f.end) for f in found}:
        after = AFTER.match(text, finding[1])
        if after and after[1].lower() in register.letters:
            yield Finding(finding[0], after.end(1), "PERSON", "known_initials", 0.6)
        before = INITIAL_BEFORE.search(text, max(0, finding[0] - 4), finding[0])
        if before and before[1].lower() not in {"a", "i"}:
            yield Finding(before.start(1), finding[1], "PERSON", "known_initials", 0.6)


AFTER = re.compile(r"\s([A-Za-z])(?![\w'’])")
INITIAL_BEFORE = re.compile(r"(?<![\w'’.])([A-Za-z])\.?\s$")


@lru_cache(maxsize=200_000)
def sounds_alike(word: str, name: str) -> bool:
    """Whether the word may be the name misspelt or misheard."""
    if min(len(word), len(name)) < SHORTEST_FUZZY or abs(len(word) - len(name)) > 2:
        return False
    allowed = 2 if min(len(word), len(name)) >= LONG_NAME else 1
    distance = DamerauLevenshtein.distance(word, name, score_cutoff=3)
    return distance <= allowed or (distance <= allowed + 2 and sound(word) == sound(name))


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A rough key of how a word sounds; vowels are one, silent letters go."""
    key = word.lower()
    for pattern, replacement in SOUNDS:
        key = re.sub(pattern, replacement, key)
    return key
