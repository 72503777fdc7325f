"""Numbers and letters as people say them, with a map back to where they were said.

"oh double seven, um, double oh" becomes the characters 07700; "B for Bravo H twenty-one" becomes
BH21. What stands between (commas, fillers, "for Bravo") is skipped, so that a run is one number.
"""

import re
from typing import NamedTuple

from pipeline.domain.redaction.words import is_ordinary

DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "one": "1",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
    "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
REPEATS = {"double": 2, "treble": 3, "triple": 3}
NATO = dict.fromkeys(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november "
    "oscar papa quebec romeo sierra tango uniform victor whiskey whisky yankee zulu".split()
)
FILLERS = frozenset(
    "um uh er erm uhm hmm mm and then so that's thats sorry no wait hang on like dash hyphen space "
    "i mean let me think yeah slash stroke all capital".split()
)
LONGEST_CODE = 3
LONGEST_GAP = 4
"""Fillers in a row that a run survives."""
TOKEN = re.compile(r"[A-Za-z]+|\d+")
AS_IN = re.compile(r"\s+(?:for|as in)\s+([A-Za-z]+)", re.IGNORECASE)


class Character(NamedTuple):
    """One character of a spoken number and the words that say it."""

    value: str
    start: int
    end: int


class Run(NamedTuple):
    """Characters said one after the other, fillers skipped."""

    characters: tuple[Character, ...]

    @property
    def value(self) -> str:
        """The characters as one string, upper case."""
        return "".join(c.value for c in self.characters)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where characters start to end were said; None if that cuts a word in two."""
        before, after = self.characters[start - 1 : start], self.characters[end : end + 1]
        first, last = self.characters[start], self.characters[end - 1]
        if start and before[0].start == first.start and not _written(first):
            return None
        if after and after[0].start == last.start and not _written(last):
            return None
        return first.start, last.end


def _written(character: Character) -> bool:
    return character.end - character.start == 1


def runs(text: str) -> list[Run]:
    """All stretches of spoken or written digits and letters, in order."""
    found: list[Run] = []
    current: list[Character] = []
    tokens = list(TOKEN.finditer(text))
    index, gap, reach = 0, 0, 0
    while index < len(tokens):
        if current and _breaks(text[reach : tokens[index].start()]):
            found.append(Run(tuple(current)))
            current, gap = [], 0
        characters, used = _read(text, tokens, index, current)
        if characters:
            current += characters
            gap = 0
        elif current and tokens[index][0].lower() in FILLERS and gap < LONGEST_GAP:
            gap += 1
        elif current:
            found.append(Run(tuple(current)))
            current, gap = [], 0
        index += used
        reach = tokens[index - 1].end()
    if current:
        found.append(Run(tuple(current)))
    return found


def _breaks(between: str) -> bool:
    """Whether what stands between two tokens ends a number; an apostrophe glues "he's"."""
    return (
        between in {"'", "’"}
        or re.search(r"[?!;:\n@£$%\[\]_]|\.(?=\s)|\.\.\.|…", between) is not None
    )


def _read(
    text: str, tokens: list[re.Match[str]], index: int, so_far: list[Character]
) -> tuple[list[Character], int]:
    token = tokens[index]
    word = token[0].lower()
    if word in REPEATS and index + 1 < len(tokens):
        following, used = _read(text, tokens, index + 1, so_far)
        if len(following) == 1:
            value = following[0].value
            whole = Character(value, token.start(), following[0].end)
            return [whole] * REPEATS[word], used + 1
        return [], 1
    if word.isdigit():
        return _letters(token), 1
    if word in DIGITS:
        return _spread(DIGITS[word], token.start(), token.end()), 1
    if word in TENS:
        return _tens(text, tokens, index)
    if word == "hundred" and so_far and so_far[-1].value.isdigit():
        return _spread("00", token.start(), token.end()), 1
    glued = text[max(0, token.start() - 1) : token.start()] in {"'", "’"}
    if glued or re.match(r"['’][A-Za-z]", text[token.end() : token.end() + 2]):
        return [], 1
    if len(word) == 1 or _is_code(text, token):
        return _letter(text, tokens, index)
    if word in NATO and so_far:
        return [Character(word[0].upper(), token.start(), token.end())], 1
    return [], 1


def _is_code(text: str, token: re.Match[str]) -> bool:
    """Two or three letters as in number plates and postcodes: capitals, beside a digit, or no word."""
    if len(token[0]) > LONGEST_CODE:
        return False
    beside = text[max(0, token.start() - 1) : token.start()] + text[token.end() : token.end() + 1]
    return token[0].isupper() or any(map(str.isdigit, beside)) or not is_ordinary(token[0].lower())


def _letter(text: str, tokens: list[re.Match[str]], index: int) -> tuple[list[Character], int]:
    token = tokens[index]
    example = AS_IN.match(text, token.end())
    if len(token[0]) == 1 and example and example[1][0].lower() == token[0].lower():
        used = sum(1 for t in tokens[index : index + 5] if t.end() <= example.end())
        return [Character(token[0].upper(), token.start(), example.end())], used
    return _letters(token), 1


def _letters(token: re.Match[str]) -> list[Character]:
    return [
        Character(c.upper(), token.start() + i, token.start() + i + 1)
        for i, c in enumerate(token[0])
    ]


def _spread(value: str, start: int, end: int) -> list[Character]:
    return [Character(v, start, end) for v in value]


def _tens(text: str, tokens: list[re.Match[str]], index: int) -> tuple[list[Character], int]:
    token = tokens[index]
    value = TENS[token[0].lower()]
    if index + 1 < len(tokens):
        unit = tokens[index + 1]
        joined = text[token.end() : unit.start()] in {"-", " "}
        digit = DIGITS.get(unit[0].lower(), "")
        if joined and len(digit) == 1 and digit != "0":
            return _spread(value + digit, token.start(), unit.end()), 2
    return _spread(value + "0", token.start(), token.end()), 1
