"""Words and the lists that judge them: names, nicknames, places, ordinary words."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")
SENTENCE_START = re.compile(
    r"(?:^|[.?!:;\n…]|\.\.\.|(?:^|\s)[-–—]|[\])])[\s\"'“‘(\[]*$|[\"“‘(]$|\s'$"
)
CASED_SHARE = 0.012
"""Below this share of capitals among letters, capitals say nothing: automatic or hurried typing."""


GRAMMAR = frozenset(
    "will may can might must so how why now in an do did just and the a i it he she we you they my your his her our their is "
    "was are were be been or but if when then that this there no not yes of on at to by for as with from out up down over under "
    "well good nice little old young long short big new one two three all any some more most what who which where than them us me "
    "him oh ah um uh er yeah okay ok right mate here see go get got had has have say says said tell told day back way man "
    "erm mm mhm hmm hm yep yup nope hi hiya hello hey fine sorry sure alright anyway actually basically obviously maybe because "
    "cause cos just only also even still yet again really very quite too like about after before while until since both each "
    "every other same such does doing done being having would could should shall these those night morning afternoon "
    "evening yesterday today tomorrow tonight hand hands thank thanks please bye cheers".split()
)  # fmt: skip
"""Words so common that a capital at the start of a sentence says nothing, whoever bears them as a name."""
MEDICAL = re.compile(
    r"\w{3,}(?:cillin|mycin|micin|floxacin|conazole|prazole|statin|sartan|olol|dipine|triptan|setron|gliptin|gliflozin|glutide|"
    r"xaban|profen|coxib|azepam|azolam|cortisone|oxetine|triptyline|formin|thiazide|semide|asone|isolone|metasone|cycline|codeine|"
    r"dronate|dronic|fibrate|lukast|tropium|gabalin|gabapentin|fenadine|tadine|trizine|cetamol|opril|terol|nidazole|oxone|"
    r"itis|osis|aemia|algia|opathy|ectomy|oscopy|plasia)$"
)
"""Endings of medicines (stems of WHO's international nonproprietary names) and of conditions."""
CUE_BEFORE = re.compile(
    r"\b(?:im|i'm|i am|this is|my name is|my names|my name's|hello|hi|hiya|thanks|thank you|thankyou|cheers|mr|mrs|ms|miss|dr|our|"
    r"me and|called|named|told|rang|asked|bless|dear|(?:my|his|her|our|their) (?:husband|wife|partner|son|daughter|brother|sister|mum|"
    r"dad|nan|gran|grandson|granddaughter|niece|great niece|nephew|great nephew|cousin|friend|best mate|mate|neighbour|boy|girl|lad|"
    r"dog|cat|carer|boyfriend|girlfriend|key worker|social worker))\s+(?:um\s+|er\s+|uh\s+)?$",
    re.IGNORECASE,
)
CUE_AFTER = re.compile(
    r"\s+(?:says|said|goes|here|interviewing|recording|speaking|came|rang|told|reckons|phoned|asked|thinks|loves|lives|drove|drives|"
    r"works|used to|stops here|wants|gave|brought|taught|showed|helped|sat|and me|by name)\b",
    re.IGNORECASE,
)


class Word(NamedTuple):
    """A word without its possessive ending."""

    start: int
    end: int
    text: str
    lower: str


@cache
def word_list(name: str) -> frozenset[str]:
    """A list that comes with the package, as written there."""
    content = (files("pipeline.domain.redaction") / "lists" / f"{name}.txt").read_text("utf-8")
    return frozenset(line for line in content.splitlines() if line and not line.startswith("# "))


@cache
def first_names() -> frozenset[str]:
    """First names and nicknames, lower case."""
    return word_list("first_names") | word_list("more_first_names")


@cache
def surnames() -> frozenset[str]:
    """Surnames, lower case."""
    return word_list("surnames") | word_list("more_surnames")


@cache
def ordinary_words() -> frozenset[str]:
    """Words that say nothing about a person by themselves; many are names too."""
    return word_list("common_words") | word_list("more_common_words")


@cache
def public_words() -> frozenset[str]:
    """Words written with a capital that point at no person: months, countries, feasts."""
    return frozenset(word.lower() for word in word_list("public_words"))


def is_medical(lower: str) -> bool:
    """Whether the word is a medicine or a condition and nobody's name."""
    return not is_name(lower) and (
        lower in word_list("medical_words") or bool(MEDICAL.match(lower))
    )


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """Each name with the names it may stand for or be shortened to, lower case."""
    related: dict[str, set[str]] = {}
    for line in word_list("nicknames") | word_list("more_nicknames"):
        name, short = line.split()
        related.setdefault(name, set()).add(short)
        related.setdefault(short, set()).add(name)
    return {name: frozenset(others) for name, others in related.items()}


@cache
def public_phrases() -> re.Pattern[str]:
    """Public names of several words: Prime Minister, New Year."""
    phrases = sorted((word for word in word_list("public_words") if " " in word), reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)", re.IGNORECASE)


def words(text: str) -> list[Word]:
    """All words in order; the possessive ending is left outside."""
    return [*_words(text)]


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[Word, ...]:
    """Kept for a while, since each kind of evidence asks for the words of the same turns."""
    return tuple(_word(match) for match in WORD.finditer(text))


def _word(match: re.Match[str]) -> Word:
    text = match[0]
    if "'" in text or "’" in text:
        for ending in ("'s", "’s", "'S", "'ll", "'d", "'ve", "’ll", "’d", "'re"):
            text = text.removesuffix(ending)
    return Word(match.start(), match.start() + len(text), text, text.lower())


@lru_cache(maxsize=1024)
def is_cased(text: str) -> bool:
    """Whether capitals carry meaning in this text."""
    letters = sum(map(str.isalpha, text))
    capitals = sum(map(str.isupper, text))
    return letters > 0 and CASED_SHARE <= capitals / letters <= 1 - CASED_SHARE * 10


def starts_sentence(text: str, start: int) -> bool:
    """Whether a capital at this place would be there in any case."""
    return SENTENCE_START.search(text, max(0, start - 6), start) is not None or start == 0


def is_called(text: str, word: Word) -> bool:
    """Whether the words around say that this is somebody's name."""
    before = text[max(0, word.start - 32) : word.start]
    return CUE_BEFORE.search(before) is not None or CUE_AFTER.match(text, word.end) is not None


def is_name(lower: str) -> bool:
    """Whether some people are called this."""
    return lower in first_names() or lower in surnames()


def is_ordinary(lower: str) -> bool:
    """Whether the word, or each part of it, is an ordinary word."""
    common = ordinary_words()
    if lower in common or lower in public_words() or is_medical(lower):
        return True
    bare = lower.replace("’", "'")
    if bare in common or bare.endswith(("n't", "'m", "'re", "'ve", "'ll", "'d")):
        return True
    if "-" in bare or "'" in bare:
        return all(part in common for part in re.split(r"['-]", bare) if part)
    return lower.endswith("s") and lower[:-1] in common and not is_name(lower)
