"""What redaction left: a second, different search of its output, for a person to look at.

Names that the register or the conversation itself gave away are searched for; so are digits, words
with a capital that no list of ordinary words explains, and what stands beside a placeholder. A
detector that had no part in redaction adds its opinion (`pipeline.resources.auditor`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline.domain.redaction.decisions import Ruling, settle
from pipeline.domain.redaction.keep import KeepList, protect
from pipeline.domain.redaction.known_names import name_parts
from pipeline.domain.redaction.spans import Finding, overlaps
from pipeline.domain.redaction.words import (
    GRAMMAR,
    PLACEHOLDER,
    Word,
    first_names,
    is_called,
    is_cased,
    is_name,
    is_ordinary,
    public_words,
    starts_sentence,
    surnames,
    words,
)
from pipeline.tables import SUSPICIONS, TABLES, empty

BLOCKING = 0.9
"""From this score a conversation is not published: a name that is known to be one stands in it."""
JUST_BELOW = 0.89
"""The highest score of what no rule knows to be a name, however many searches agree."""
SURE_ENOUGH = 0.6
SHORTEST_TOKEN = 3
SHORTEST_PHRASE = 6
COMMON_FROM = 4
"""A rare word that stands in as many conversations of a batch is a word of the place, no name."""
SHAPED = ("PHONE", "EMAIL", "HANDLE", "URL", "ID", "POSTCODE", "ADDRESS")

DIGIT = r"(?:oh|o|zero|nought|one|two|three|four|five|six|seven|eight|nine|double|treble|triple)"
BETWEEN = r"[\s,.–-]+(?:(?:um|er|uh|erm|and|then)[\s,]+)*"
SPOKEN_DIGITS = re.compile(rf"(?i)\b{DIGIT}(?:{BETWEEN}{DIGIT}){{3,}}\b")
WRITTEN_DIGITS = re.compile(r"(?<![\w£$€])\d(?:[ ./-]?\d){3,}(?![\w%])")
YEAR = re.compile(r"(?:1[6-9]|20)\d\d(?:[-/](?:1[6-9]|20)?\d\d)?")
BIG_NUMBER = re.compile(r"\d0{3,}")


class Suspicion(NamedTuple):
    """A place in a redacted turn, by its row, and what may stand there."""

    row: int
    start: int
    end: int
    suspicion: str
    detector: str
    score: float


class Tokens(NamedTuple):
    """What is known to be personal in one conversation, lower case.

    `known` and `propagated` are words of names, of the register and of what was redacted;
    `phrases` are numbers, addresses and the like that were redacted.
    """

    known: frozenset[str]
    propagated: frozenset[str]
    phrases: frozenset[str]


def tokens(
    texts: Sequence[str], findings: Sequence[Sequence[Finding]], names: Sequence[str]
) -> Tokens:
    """What the register knows and what redaction found, to be searched for in the output.

    Parameters
    ----------
    texts, findings : sequences
        The turns before redaction, and what was redacted in each.
    """
    propagated: set[str] = set()
    phrases: set[str] = set()
    for text, found in zip(texts, findings, strict=True):
        for f in found:
            said = text[f.start : f.end]
            if f.entity_type == "PERSON" and f.score >= SURE_ENOUGH:
                propagated |= {word.lower for word in words(said)}
            elif f.entity_type in SHAPED and len(said) >= SHORTEST_PHRASE and _is_shaped(said):
                phrases.add(said.lower())
    known = {part for part in name_parts(names) if _is_token(part)}
    return Tokens(
        frozenset(known),
        frozenset(part for part in propagated - known if _is_token(part)),
        frozenset(phrases),
    )


def suspicions(
    texts: Sequence[str],
    told: Tokens,
    second_opinion: Sequence[Sequence[Finding]],
    keep: KeepList,
    ruling: Ruling = (),
) -> list[Suspicion]:
    """All that is suspicious in the redacted turns of one conversation, in order.

    Parameters
    ----------
    second_opinion : sequence of sequences of Finding
        What a detector that had no part in redaction finds in each redacted turn.
    keep, ruling : KeepList, Ruling
        What the programme and its reviewers want to stay readable is not suspicious.
    """
    found: list[Suspicion] = []
    for row, (text, opinion) in enumerate(zip(texts, second_opinion, strict=True)):
        raised = [
            *_tokens_in(row, text, told),
            *_digits_in(row, text),
            *_words_in(row, text),
            *_opinions(row, opinion),
        ]
        found += _joined(_unexcused(text, raised, keep, ruling))
    return found


def is_grave(suspicion: Suspicion) -> bool:
    """Whether nothing of the conversation may be published before somebody has decided."""
    return suspicion.score >= BLOCKING


def review(
    found: Mapping[str, Sequence[Suspicion]], turns: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Table `redaction_review` of a batch, the most suspicious first.

    Parameters
    ----------
    found : mapping of conversation id to suspicions
    turns : mapping of conversation id to its rows of `redacted_turns`, in order
    """
    texts = {
        conversation: list(zip(own["turn"], own["text"], strict=True))
        for conversation, own in turns.items()
    }
    rare = Counter(
        word
        for conversation, own in found.items()
        for word in {
            texts[conversation][s.row][1][s.start : s.end].lower() for s in own if _is_weak(s)
        }
    )
    rows: list[dict[str, object]] = []
    for conversation, own in sorted(found.items()):
        for s in own:
            turn, text = texts[conversation][s.row]
            said = text[s.start : s.end]
            if not _is_weak(s) or rare[said.lower()] < COMMON_FROM:
                rows.append(
                    {
                        "conversation_id": conversation,
                        "turn": int(turn),
                        "words": said,
                        **{name: getattr(s, name) for name in Suspicion._fields[1:]},
                    }
                )
    none = empty(TABLES["redaction_review"])
    if not rows:
        return none
    frame = pd.DataFrame(rows).assign(gravity=lambda f: f["suspicion"].map(SUSPICIONS.index))
    ordered = frame.sort_values(
        ["score", "gravity", "conversation_id", "turn", "start"],
        ascending=[False, True, True, True, True],
        ignore_index=True,
    )
    ranked = ordered.assign(rank=range(1, len(ordered) + 1))[list(none.columns)]
    return ranked.astype(none.dtypes.to_dict())


# What is searched for


def only_names(names: Sequence[str]) -> list[str]:
    """Words of names that can be nothing else, lower case: where one stands, somebody is named."""
    return sorted(p for p in name_parts(names) if _is_token(p) and not is_ordinary(p))


def _is_token(lower: str) -> bool:
    return (
        len(lower) >= SHORTEST_TOKEN
        and lower not in GRAMMAR
        and lower not in public_words()
        and not lower.endswith(("'m", "’m"))
    )


def _is_shaped(said: str) -> bool:
    return any(sign.isdigit() or sign in "@_" for sign in said)


def _tokens_in(row: int, text: str, told: Tokens) -> Iterator[Suspicion]:
    cased = is_cased(PLACEHOLDER.sub("", text))
    for word in _outside(text):
        for kind, known in (("known_token", told.known), ("propagated_token", told.propagated)):
            if word.lower in known:
                score = _token_score(text, word, kind, cased=cased)
                if score:
                    yield Suspicion(row, word.start, word.end, kind, "tokens", score)
    lower = text.lower()
    for phrase in sorted(told.phrases) if len(lower) == len(text) else ():
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", lower):
            yield Suspicion(row, *match.span(), "propagated_token", "tokens", 1.0)


def _token_score(text: str, word: Word, kind: str, *, cased: bool) -> float:
    """Sure where only a name can stand; a word that is ordinary too needs a capital or a cue."""
    capital = cased and word.text[0].isupper()
    if not is_ordinary(word.lower):
        if kind == "known_token":
            return 1.0
        return 0.95 if capital or not cased else 0.7
    if capital and not starts_sentence(text, word.start):
        return 0.75 if kind == "known_token" else 0.65
    return 0.55 if is_called(text, word) and (capital or not cased) else 0.0


def _digits_in(row: int, text: str) -> Iterator[Suspicion]:
    for match in WRITTEN_DIGITS.finditer(text):
        if not YEAR.fullmatch(match[0]) and not BIG_NUMBER.fullmatch(match[0]):
            n_digits = sum(map(str.isdigit, match[0]))
            yield Suspicion(row, *match.span(), "digits", "digits", 0.7 if n_digits > 5 else 0.4)
    for match in SPOKEN_DIGITS.finditer(text):
        n_digits = len(re.findall(DIGIT, match[0], re.IGNORECASE))
        yield Suspicion(row, *match.span(), "digits", "digits", 0.7 if n_digits > 5 else 0.5)


def _words_in(row: int, text: str) -> Iterator[Suspicion]:
    cased = is_cased(PLACEHOLDER.sub("", text))
    for word in _outside(text):
        score, detector = (_capital if cased else _in_lower_case)(text, word)
        if score:
            yield Suspicion(row, word.start, word.end, "rare_word", detector, score)


def _capital(text: str, word: Word) -> tuple[float, str]:
    """A capital that neither the sentence nor a list of words explains, or beside a name."""
    lower = word.lower
    is_i = lower.startswith(("i'", "i’"))
    if not word.text[0].isupper() or len(lower) < 2 or is_i or lower in public_words():
        return 0.0, ""
    initial = starts_sentence(text, word.start)
    if _follows_person(text, word) or (not initial and _precedes_person(text, word)):
        return 0.6, "beside_a_name"
    if not is_ordinary(lower):
        return (0.45 if not initial else 0.35), "rare_capital"
    shouted = len(lower) > 1 and word.text.isupper()
    if initial or shouted or lower in GRAMMAR or not is_name(lower):
        return 0.0, ""
    return 0.3, "word_name"


def _in_lower_case(text: str, word: Word) -> tuple[float, str]:
    lower = word.lower
    if len(lower) <= SHORTEST_TOKEN or lower in public_words() or lower in GRAMMAR:
        return 0.0, ""
    after = _follows_person(text, word) and lower in surnames()
    before = _precedes_person(text, word) and lower in first_names()
    if after or before:
        return 0.3, "beside_a_name"
    if is_name(lower) and not is_ordinary(lower):
        return 0.35, "listed_name"
    return (0.25, "word_name") if is_name(lower) and is_called(text, word) else (0.0, "")


def _follows_person(text: str, word: Word) -> bool:
    return re.search(r"\[PERSON_\d+\] $", text[: word.start]) is not None


def _precedes_person(text: str, word: Word) -> bool:
    return text.startswith(" [PERSON_", word.end)


def _opinions(row: int, found: Iterable[Finding]) -> Iterator[Suspicion]:
    for f in found:
        score = min(JUST_BELOW, round(f.score * 0.8, 2))
        yield Suspicion(row, f.start, f.end, "second_opinion", f.rule, score)


def _outside(text: str) -> list[Word]:
    """The words of a turn that are no part of a placeholder."""
    taken = [match.span() for match in PLACEHOLDER.finditer(text)]
    return [w for w in words(text) if not any(a <= w.start < b for a, b in taken)]


# What is shown


def _unexcused(
    text: str, raised: Sequence[Suspicion], keep: KeepList, ruling: Ruling
) -> list[Suspicion]:
    """Without placeholders, and without what the programme or a reviewer wants to stay."""
    taken = [match.span() for match in PLACEHOLDER.finditer(text)]
    keeps = tuple(decision for decision in ruling if decision.action == "keep")
    left: list[Suspicion] = []
    for s in raised:
        rule = "known_name" if s.suspicion == "known_token" else s.detector
        finding = Finding(s.start, s.end, "PERSON", rule, s.score)
        is_kept = not protect(text, [finding], keep) or not settle(text, [finding], keeps)
        if not is_kept and not overlaps(finding, taken):
            left.append(s)
    return left


def _joined(raised: Sequence[Suspicion]) -> list[Suspicion]:
    """One row for each place: searches that overlap agree, and agreement is suspicious."""
    groups: list[list[Suspicion]] = []
    for s in sorted(raised, key=lambda s: (s.start, s.end, s.suspicion, s.detector)):
        if groups and s.start < max(other.end for other in groups[-1]):
            groups[-1].append(s)
        else:
            groups.append([s])
    return [_as_one(group) for group in groups]


def _as_one(group: Sequence[Suspicion]) -> Suspicion:
    by_detector: defaultdict[str, float] = defaultdict(float)
    for s in group:
        by_detector[s.detector] = max(by_detector[s.detector], s.score)
    doubt = 1.0
    for score in by_detector.values():
        doubt *= 1 - score
    gravest = max(s.score for s in group)
    return Suspicion(
        group[0].row,
        min(s.start for s in group),
        max(s.end for s in group),
        min((s.suspicion for s in group), key=SUSPICIONS.index),
        "+".join(sorted(by_detector)),
        gravest if gravest >= BLOCKING else min(JUST_BELOW, round(1 - doubt, 2)),
    )


def _is_weak(suspicion: Suspicion) -> bool:
    """Whether nothing but its rarity speaks against the word."""
    return suspicion.suspicion == "rare_word" and "beside_a_name" not in suspicion.detector
