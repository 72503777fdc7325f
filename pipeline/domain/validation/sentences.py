"""Where a turn may be cut: at sentence ends, or at sensible joins where speech has none.

Automatic transcripts may hold neither capitals nor full stops. A stretch without a sentence end
for longer than the caller allows is cut where a speaker takes a new run-up: after a comma, or
before a word such as "but" or "so". Pauses are already turn boundaries in such transcripts.
"""

import re
from itertools import pairwise
from typing import NamedTuple

_END = re.compile(r"[.!?…]+[\"'”’)]*(?=\s)")
_TOKEN = re.compile(r"\S+")
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "rev", "e.g", "i.e", "vs"})

# How good a place it is to cut before this word, when nothing else tells.
_JOINS = {
    "anyway": 4, "but": 3, "so": 3, "because": 3, "cos": 3, "then": 2, "and": 2, "well": 2,
    "when": 2, "which": 2, "now": 2, "if": 1, "or": 1, "i": 1, "we": 1, "they": 1, "he": 1,
    "she": 1, "it": 1, "there": 1, "um": 1, "er": 1, "uh": 1, "you": 1,
}  # fmt: skip
_AFTER_COMMA = 3


class Stretch(NamedTuple):
    """Part of a text: first character and one past the last."""

    start: int
    end: int


def sentence_stretches(text: str, *, longest: int) -> list[Stretch]:
    """The sentences of a text in order, none longer than `longest` words.

    Together they hold every word of the text; only white space lies between them.
    """
    bounds = [0, *(end.end() for end in _END.finditer(text) if _is_end(text, end)), len(text)]
    stretches: list[Stretch] = []
    for start, end in pairwise(bounds):
        tokens = [Stretch(*token.span()) for token in _TOKEN.finditer(text, start, end)]
        stretches += _runs(text, tokens, longest)
    return stretches


def _is_end(text: str, end: re.Match[str]) -> bool:
    if end.group()[0] != ".":
        return True
    before = text[: end.start()].rpartition(" ")[2].lower().lstrip("(\"'“‘")
    is_initial = len(before) == 1 and before.isalpha() and before not in "aio"
    return before not in _ABBREVIATIONS and not is_initial


def _runs(text: str, tokens: list[Stretch], longest: int) -> list[Stretch]:
    runs: list[Stretch] = []
    while len(tokens) > longest:
        # A crumb shorter than a quarter of the limit is not left over for the last run.
        latest = min(longest, len(tokens) - longest // 4)
        candidates = range(max(longest // 2, 1), max(latest, longest // 2, 1) + 1)
        cut = max(candidates, key=lambda place: (_strength(text, tokens, place), place))
        runs.append(Stretch(tokens[0].start, tokens[cut - 1].end))
        tokens = tokens[cut:]
    if tokens:
        runs.append(Stretch(tokens[0].start, tokens[-1].end))
    return runs


def _strength(text: str, tokens: list[Stretch], place: int) -> int:
    before = text[slice(*tokens[place - 1])]
    after = text[slice(*tokens[place])].lower().strip(",.")
    comma = _AFTER_COMMA if before[-1] in ",;:–—" else 0
    return comma + _JOINS.get(after, 0)
