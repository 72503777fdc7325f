"""Numbers and letters as people say them, with a map back to where they were said.

"oh double seven, um, double oh" becomes the characters 07700; "B for Bravo H twenty-one" becomes
BH21; "four, no, five" is read as 45 and, taken back, as 5. What stands between (commas, fillers,
"for Bravo") is skipped, so that a run is one number.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.domain.redaction.words import is_ordinary

DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
SEVERAL = {
    "zeros": "0", "zeroes": "0", "ohs": "0", "os": "0", "noughts": "0", "ones": "1", "twos": "2", "threes": "3", "fours": "4",
    "fives": "5", "sixes": "6", "sevens": "7", "eights": "8", "nines": "9",
}  # fmt: skip
"""Said after how many of them: "three noughts"."""
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
    "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
REPEATS = {"double": 2, "treble": 3, "triple": 3, "quadruple": 4}
NATO = frozenset(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey whisky xray yankee zulu".split()
)
SOUNDED = {
    "bee": "B", "cee": "C", "dee": "D", "eff": "F", "gee": "G", "aitch": "H", "haitch": "H", "jay": "J", "kay": "K", "ell": "L",
    "em": "M", "en": "N", "pee": "P", "cue": "Q", "queue": "Q", "ess": "S", "tee": "T", "vee": "V", "ex": "X", "wye": "Y", "zed": "Z", "zee": "Z",
}  # fmt: skip
"""Letters written as they sound."""
ALSO_WORDS = {
    "be": "B",
    "see": "C",
    "sea": "C",
    "eye": "I",
    "are": "R",
    "tea": "T",
    "you": "U",
    "why": "Y",
}
"""Letters only where a letter or digit stands on either side."""
NO_CODES = frozenset(
    "mr mrs ms dr st nhs gp tv pm am kg mg ml mm cm km hr hrs ft lb lbs oz mph rd th nd hm mhm hmm um uh er erm ok pc dvd cd id "
    "etc vs cos".split()
)
"""Short words without being codes: titles, units, fillers."""
TITLES_AND_UNITS = frozenset("mr mrs ms dr st kg mg ml mm cm km ft lb oz rd th nd hr pc id".split())
"""Of these, what digits follow and none precede: "mr 304241" is no title."""
TWO_LETTER_WORDS = frozenset(
    "am an as at be by do go he hi if in is it me my no of oh on or ow so to up us we yo im id".split()
)
LONGEST_CODE = 3
LONGEST_GAP = 4
"""Hesitations in a row that a run survives."""
TOKEN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+")
MOMENT = r"(?:(?:just |half |only )?(?:a|one)? ?(?:minute|min|sec|second|moment|mo|tick))"
TAKEN_BACK = re.compile(
    r"(?:(?:oh|no|nope|sorry|wait|hang on|i mean|i tell a lie|tell a lie|or rather|rather|not that|make that|scratch that|correction|"
    r"its|it['’]s|that['’]s|thats)\b[\s,.…–—-]*)+",
    re.IGNORECASE,
)
TAKING_BACK = re.compile(
    r"\b(?:no|nope|sorry|i mean|tell a lie|rather|not that|make that|scratch that|correction|wait)\b", re.IGNORECASE
)  # fmt: skip
STARTING_OVER = re.compile(r"(?:i['’]?ll |let me |hang on |sorry )*(?:start|do|say|try|from|go) (?:\w+ )?(?:again|over|top)\b", re.IGNORECASE)  # fmt: skip
HESITATION = re.compile(
    rf"(?:oh,? (?=what|where|how|hang|let|wait|i\b)|(?:what|where|how)(?:['’]?s| is| was| were| are)? (?:it|that|this|next|the next (?:bit|one)|we|i)\b|"
    rf"what(?: comes|['’]?s)? (?:next|then|after that)|let['’]?s (?:see|think)|let me (?:think|see|look|check|find it|get it|have a look|get this right)|"
    rf"(?:hang|hold) on(?: {MOMENT})?|wait(?: {MOMENT})?|{MOMENT}\b|bear with(?: me)?|you know|you see|i (?:think|believe|mean|guess)(?: (?:it['’]?s|that['’]?s))?|"
    r"is (?:it|that)|if i (?:\w+ )?remember(?: rightly)?|that['’]?s (?:it|right)|then (?:it['’]?s|there['’]?s)|and then|"
    r"where was i|here we (?:are|go)|(?:all )?(?:in )?(?:capitals?|small|lower ?case|upper ?case)(?: letters?)?|"
    r"um+|uh+|er+m?|uhm|hm+|mm+|mhm|ah|and|then|so|that['’]?s|it['’]?s|like|dash|hyphen|space|gap|yeah|yes|yep|slash|forward slash|stroke|oblique|"
    r"all|right|okay|ok|now|letters?|the letters?|followed by|sorry|no|please)(?![\w'’])",
    re.IGNORECASE,
)  # fmt: skip
"""What people say while they look for the next digit."""
EXAMPLE = re.compile(r"[\s,]+(?:is\s+)?(?:for|as\s+in|like\s+in|like)\s+(?:an?\s+|the\s+)?(x[-\s]ray|[A-Za-z]+)", re.IGNORECASE)  # fmt: skip
APPOSED = re.compile(r"[-\s]ray\b|,?\s+([A-Za-z]{3,})", re.IGNORECASE)
ALPHABET_OF_PRONOUNS = frozenset(
    "alpha alfa apple alfie andrew able adam india ink ice igloo isaac ivy item".split()
)
"""Examples for letters that are words themselves."""
STOPS = re.compile(r"[?!;:\n@£$%\[\]_|]")
PAUSE = re.compile(r"\.{2,}|…")
ANSWERED = re.compile(
    r"(?:[\s.,!?…–—-]|\b(?:yep|yes|yeah|yup|mm+|hm+|mhm|uh|huh|um+|er+m?|okay|ok|right|got|that|that['’]?s|it['’]?s|it|go|on|and|then|next|carry|"
    r"keep|going|lovely|great|thanks|thank|you|perfect|sure|alright|fine|good|so|i['’]?ve|done|after|what['’]?s|what|is|comes|know|let|me|see|think|"
    r"hang|wait|bear|with|just|a|minute|moment|second|sec|one sec|sorry|i|oh|slash|dash|hyphen|stroke|oblique|forward)\b)*",
    re.IGNORECASE,
)
"""All that stands between the pieces of a number that is written down by the other one."""
LONGEST_ANSWER = 60
PART = re.compile(r"\w+")


class Character(NamedTuple):
    """One character of a spoken number and the words that say it."""

    value: str
    start: int
    end: int


class Run(NamedTuple):
    """Characters said one after the other, fillers skipped."""

    characters: tuple[Character, ...]
    retaken: tuple[int, ...] = ()
    """Before which characters the speaker took something back."""

    @property
    def value(self) -> str:
        """The characters as one string, upper case."""
        return "".join(c.value for c in self.characters)

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.characters[0].start

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.characters[-1].end

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where characters start to end were said; None if that cuts a word in two."""
        first, last = self.characters[start], self.characters[end - 1]
        if start and self.characters[start - 1].start == first.start and not _written(first):
            return None
        after = self.characters[end : end + 1]
        if after and after[0].start == last.start and not _written(last):
            return None
        return first.start, last.end

    def corrected(self) -> "Run":
        """As the speaker meant it: what was taken back is gone, its place belongs to what came instead."""
        kept: list[Character] = []
        for index, character in enumerate(self.characters):
            if index in self.retaken and kept:
                wrong = kept.pop()
                while kept and kept[-1].start == wrong.start and not _written(wrong):
                    kept.pop()
                kept.append(character._replace(start=wrong.start))
            else:
                kept.append(character)
        return Run(tuple(kept))

    def pieces(self, start: int, end: int) -> int:
        """Words that say these characters; said digit by digit they are many, a written number is one."""
        return 1 + sum(
            before.end != after.start and before.start != after.start
            for before, after in pairwise(self.characters[start:end])
        )


def _written(character: Character) -> bool:
    return character.end - character.start == 1


def joined(first: Run, second: Run) -> Run:
    """Two runs as one."""
    count = len(first.characters)
    return Run(
        first.characters + second.characters,
        first.retaken + tuple(count + index for index in second.retaken),
    )


def runs(text: str) -> list[Run]:
    """All stretches of spoken or written digits and letters, in order."""
    return _Reader(text).read()


def answers(text: str, found: list[Run]) -> list[list[Run]]:
    """Runs in groups: those that are pieces of one answer, the other one saying "yeah" between."""
    grouped: list[list[Run]] = []
    for run in found:
        between = text[grouped[-1][-1].end : run.start] if grouped else ""
        one = "\n" in between and len(between) <= LONGEST_ANSWER and ANSWERED.fullmatch(between)
        if one:
            grouped[-1].append(run)
        else:
            grouped.append([run])
    return grouped


def said_again(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Where the same words stand, whatever the punctuation between them: what was said is read back."""
    parts = PART.findall(words)
    pattern = r"[^\w\n]+".join(map(re.escape, parts))
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) if parts else ():
        yield match.span()


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(TOKEN.finditer(text))
        self.found: list[Run] = []
        self.current: list[Character] = []
        self.retaken: list[int] = []
        self.gap = 0

    def read(self) -> list[Run]:
        """All runs."""
        index, reach = 0, 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if self.current and self._stops(reach, token.start()):
                self._close()
            used = self._skip(index) if self.current else 0
            if not used:
                characters, used = self._characters(index)
                self._take(characters)
            index += used
            reach = self.tokens[index - 1].end()
        self._close()
        return self.found

    def _take(self, characters: list[Character]) -> None:
        if characters:
            self.current += characters
            self.gap = 0
        else:
            self._close()

    def _close(self) -> None:
        if self.current:
            last = len(self.current)
            retaken = tuple(i for i in self.retaken if 0 < i < last)
            characters = self._without_pronoun(tuple(self._among_letters()))
            if characters:
                self.found.append(Run(characters, retaken))
        self.current, self.retaken, self.gap = [], [], 0

    def _among_letters(self) -> Iterator[Character]:
        """An "o" between letters is the letter."""
        for index, character in enumerate(self.current):
            beside = self.current[max(0, index - 1) : index] + self.current[index + 1 : index + 2]
            letter = (
                _written(character)
                and beside
                and all(c.value.isalpha() or self._is_o(c) for c in beside)
            )
            yield character._replace(value="O") if letter and self._is_o(character) else character

    def _without_pronoun(self, characters: tuple[Character, ...]) -> tuple[Character, ...]:
        """An "I" after digits or a full stop that goes on as "I must" is no letter of the number."""
        *before, last = characters
        if last.value != "I" or not re.match(r"\s[A-Za-z]{2,}", self.text[last.end : last.end + 3]):
            return characters
        between = self.text[before[-1].end : last.start] if before else ""
        apart = not before or before[-1].value.isdigit() or re.search(r"\.\s", between)
        return characters[:-1] if apart else characters

    def _is_o(self, character: Character) -> bool:
        return self.text[character.start : character.end] in {"o", "O"}

    def _stops(self, start: int, end: int) -> bool:
        """Whether what stands between two tokens ends a number."""
        between = self.text[start:end]
        if between in {" ", ", ", "", "-"}:
            return False
        if STOPS.search(between) or between in {"'", "’"}:
            return True
        initial = re.search(r"(?<![^\W_])[^\W\d_]$", self.text[max(0, start - 2) : start])
        return not initial and re.search(r"\.\s", PAUSE.sub("", between)) is not None

    def _skip(self, index: int) -> int:
        """How many tokens of hesitation begin here; what is taken back is noted."""
        start = self.tokens[index].start()
        if STARTING_OVER.match(self.text, start):
            return 0
        match = TAKEN_BACK.match(self.text, start)
        if match and TAKING_BACK.search(match[0]):
            self.retaken.append(len(self.current))
        else:
            match = HESITATION.match(self.text, start)
        if not match or self.gap >= LONGEST_GAP:
            return 0
        self.gap += 1
        return self._count(index, match.end())

    def _count(self, index: int, end: int) -> int:
        """Tokens from this one that end by this place."""
        last = index
        while last < len(self.tokens) and self.tokens[last].end() <= end:
            last += 1
        return last - index

    def _characters(self, index: int) -> tuple[list[Character], int]:
        """The characters that the token says, and how many tokens it takes to say them."""
        token = self.tokens[index]
        word = token[0].lower()
        if word.isdigit():
            return _letters(token), 1
        if len(word) == 1:
            return self._letter(index)
        if word in DIGITS:
            return self._digits(index)
        if word in TENS:
            return self._tens(index)
        if word in REPEATS:
            return self._repeated(index)
        if word in {"hundred", "thousand"}:
            return self._zeros(index)
        return self._word(index, word)

    def _word(self, index: int, word: str) -> tuple[list[Character], int]:
        token = self.tokens[index]
        if word in SOUNDED:
            return [Character(SOUNDED[word], *token.span())], 1
        if word in NATO:
            known = self.current or self._follows(index + 1)
            return ([Character(word[0].upper(), *token.span())] if known else []), 1
        if word in ALSO_WORDS and self.current and not self.gap and self._follows(index + 1):
            return [Character(ALSO_WORDS[word], *token.span())], 1
        return (_letters(token) if _is_code(self.text, token) else []), 1

    def _follows(self, index: int) -> bool:
        """Whether the next word surely says a letter or digit."""
        if index >= len(self.tokens):
            return False
        between = self.text[self.tokens[index - 1].end() : self.tokens[index].start()]
        word = self.tokens[index][0].lower()
        single = len(word) == 1 and word not in {"i", "a"}
        sure = single or word.isdigit() or word in DIGITS or word in TENS or word in NATO
        return sure and between.strip(" ,-") == ""

    def _digits(self, index: int) -> tuple[list[Character], int]:
        token = self.tokens[index]
        value = DIGITS[token[0].lower()]
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if following and following[0].lower() in SEVERAL and value in "23456":
            one = SEVERAL[following[0].lower()]
            return [Character(one, token.start(), following.end())] * int(value), 2
        return _spread(value, *token.span()), 1

    def _tens(self, index: int) -> tuple[list[Character], int]:
        token = self.tokens[index]
        value = TENS[token[0].lower()]
        if index + 1 < len(self.tokens):
            unit = self.tokens[index + 1]
            close = self.text[token.end() : unit.start()] in {"-", " "}
            digit = DIGITS.get(unit[0].lower(), "")
            if close and len(digit) == 1 and digit != "0":
                return _spread(value + digit, token.start(), unit.end()), 2
        return _spread(value + "0", *token.span()), 1

    def _repeated(self, index: int) -> tuple[list[Character], int]:
        token = self.tokens[index]
        if index + 1 >= len(self.tokens):
            return [], 1
        if token[0].lower() == "double" and self.tokens[index + 1][0].lower() in {"u", "you", "yew"}:  # fmt: skip
            return [Character("W", token.start(), self.tokens[index + 1].end())], 2
        following, used = self._characters(index + 1)
        if len(following) != 1:
            return [], 1
        whole = Character(following[0].value, token.start(), following[0].end)
        return [whole] * REPEATS[token[0].lower()], used + 1

    def _zeros(self, index: int) -> tuple[list[Character], int]:
        """What was said last in full: "nine hundred" is 900, "two thousand and three" 2003."""
        token = self.tokens[index]
        if self.gap or not self.current or not self.current[-1].value.isdigit():
            return [], 1
        zeros = "00" if token[0].lower() == "hundred" else "000"
        rest, used = self._after_and(index)
        if rest and len(rest) <= len(zeros):
            value = zeros[: -len(rest)] + "".join(c.value for c in rest)
            return _spread(value, token.start(), rest[-1].end), used + 2
        return _spread(zeros, *token.span()), 1

    def _after_and(self, index: int) -> tuple[list[Character], int]:
        if index + 2 >= len(self.tokens) or self.tokens[index + 1][0].lower() != "and":
            return [], 0
        word = self.tokens[index + 2][0].lower()
        if word in TENS:
            return self._tens(index + 2)
        return self._digits(index + 2) if word in DIGITS and word != "oh" else ([], 0)

    def _letter(self, index: int) -> tuple[list[Character], int]:
        """A letter with its example: "B for Bravo", "M, mum"; a lone "o" is a nought."""
        token = self.tokens[index]
        value = token[0].upper()
        for pattern in (EXAMPLE, APPOSED):
            example = pattern.match(self.text, token.end())
            if example and self._is_example(index, pattern, example):
                used = self._count(index, example.end())
                return [Character(value, token.start(), example.end())], used
        return [Character("0" if value == "O" else value, *token.span())], 1

    def _is_example(self, index: int, pattern: re.Pattern[str], example: re.Match[str]) -> bool:
        letter, word = self.tokens[index][0].lower(), (example[1] or "xray").lower()
        if word[0] != letter and not (letter == "x" and word in {"kiss", "extra", "exit", "ex"}):
            return False
        if pattern is EXAMPLE:
            return True
        if word in DIGITS or word in TENS or word in REPEATS:
            return False
        after = index + self._count(index, example.end())
        pronoun = letter in {"i", "a"} and word not in ALPHABET_OF_PRONOUNS
        return bool(self.current or self._follows(after)) and not pronoun


def _is_code(text: str, token: re.Match[str]) -> bool:
    """Two or three letters as in number plates and postcodes: capitals, beside a digit, or no word."""
    word = token[0]
    if len(word) > LONGEST_CODE or not word.isalpha():
        return False
    if text[token.end() : token.end() + 1].isdigit():
        return True
    glued = text[max(0, token.start() - 1) : token.start()].isdigit()
    if word.lower() in NO_CODES:
        before = re.search(r"\d\s?$", text[max(0, token.start() - 2) : token.start()])
        return word.lower() in TITLES_AND_UNITS and not before and re.match(r"\s\d", text[token.end() : token.end() + 2]) is not None  # fmt: skip
    return glued or word.isupper() or not _is_short_word(word.lower())


@cache
def _is_short_word(lower: str) -> bool:
    """Without a vowel it is an abbreviation at most; of two letters there are few words."""
    if len(lower) == 2:
        return lower in TWO_LETTER_WORDS
    return is_ordinary(lower) and re.search(r"[aeiouy]", lower) is not None


def _letters(token: re.Match[str]) -> list[Character]:
    return [
        Character(c.upper(), token.start() + i, token.start() + i + 1)
        for i, c in enumerate(token[0])
    ]


def _spread(value: str, start: int, end: int) -> list[Character]:
    return [Character(v, start, end) for v in value]
