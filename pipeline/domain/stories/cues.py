"""What marks a passage as told from life: cues that need neither capitals nor punctuation.

After Labov: a story has a setting, things that happened in order, and what they meant. The cues are
words people use, not feelings they are said to have. Automatic transcripts are lower case, so every
cue is looked for in lower case.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.domain.validation.sentences import sentence_stretches
from pipeline.domain.validation.words import (
    PLACEHOLDER,
    count_placeholders,
    count_words,
    words_of,
)

_FIRST_PERSON = frozenset(
    ("i", "me", "my", "mine", "we", "us", "our", "i'd", "i've", "i'm", "we'd")
)
_IRREGULAR_PAST = frozenset(
    (
        "was", "were", "had", "went", "came", "got", "said", "told", "took", "made", "gave", "saw",
        "found", "thought", "knew", "felt", "left", "kept", "lost", "met", "sat", "stood", "ran",
        "rang", "paid", "put", "brought", "bought", "caught", "taught", "began", "became", "broke",
        "spoke", "woke", "fell", "held", "heard", "led", "meant", "sent", "slept", "spent", "drove",
        "wrote", "did", "didn't", "couldn't", "wouldn't", "wasn't", "hadn't", "could", "stuck",
    )
)  # fmt: skip
_TIME = re.compile(
    r"\b(?:then|when|after|afterwards|before|until|till|first|finally|eventually|one day|next"
    r"|that (?:day|night|morning|week)|last (?:year|month|week|summer|winter|night)|later|while"
    r"|years? ago|months? ago|weeks? ago|by the time|in the end|since|suddenly|at first)\b"
)
_SPEECH = re.compile(
    r"\b(?:(?:i|he|she|they|we|it|who|somebody|someone) (?:said|says|goes|asked|told|went|rang"
    r"|was like|were like|thought)|said to|told (?:me|him|her|us|them)|says to me)\b"
)
_FEELING = re.compile(
    r"\b(?:felt|feel|feeling|scared|frightened|afraid|cried|crying|tears|angry|ashamed|lonely"
    r"|alone|proud|happy|glad|relief|relieved|worried|worry|worrying|embarrassed|hurt|love|loved"
    r"|hate|hated|grateful|lucky|desperate|exhausted|overwhelmed|laughed|smiled|hopeless|safe"
    r"|guilty|upset|furious|terrified|nervous|anxious|miserable|lost it|broke down)\b"
)
_CONSEQUENCE = re.compile(
    r"\b(?:so now|because of (?:that|it|this)|that's (?:when|why|how)|which meant|it meant"
    r"|ended up|ever since|since then|made (?:me|us|a difference|all the difference)"
    r"|changed|turned out|never again|from then on|helped me|got me|the difference|kept me"
    r"|saved (?:me|my life)|without (?:that|them|her|him|it)|i learnt|i learned|i realised)\b"
)
_SETTING = re.compile(
    r"\b(?:when|was|were|ago|last|used to|one day|started|back in|years?|at the time|lived)\b"
)
_CODA = re.compile(
    r"\b(?:now|still|nowadays|these days|today|to this day|ever since|never again|i've|we've|he's"
    r"|she's|they've|that's|it's|isn't|doesn't|don't|can't|am|are|is)\b"
)
"""Talk of the present, by which a teller leaves the story: at an end it tells what it meant."""
_HELPED = re.compile(
    r"\b(?:help(?:s|ed|ing)?|supported|listen(?:s|ed)|taught|show(?:s|ed) (?:me|us|him|her|them)"
    r"|explain(?:s|ed)|sat with|stayed with|came with|(?:drove|took|rang|gave|got|brought|lent|kept"
    r"|asked|let|found|made) (?:me|us|him|her|them)|looked after|stood by|made time|noticed"
    r"|remember(?:s|ed)|introduced|welcomed|put (?:me|us) in touch|because of (?:him|her|them)"
    r"|thanks to|volunteers?|kind|kindness|patient with)\b"
)
_FILLER = frozenset(("um", "er", "uh", "erm", "mm", "hmm", "ah", "like", "basically"))
_DANGLING = frozenset(
    (
        "and", "but", "so", "because", "cos", "it", "that", "this", "they", "he", "she", "which",
        "then", "yeah", "yes", "no", "um", "er", "well", "or", "them", "those", "these", "also",
        "mm", "right", "okay", "oh", "ah", "anyway", "anyhow", "though", "otherwise", "plus",
    )
)  # fmt: skip
"""A contraction counts as its first word: "they'd" points back as "they" does."""

_REPLIES = frozenset(
    (
        "yeah", "yes", "no", "nope", "well", "oh", "ah", "aw", "right", "okay", "ok", "um", "er",
        "mm", "hmm", "exactly", "quite", "true", "sure", "maybe", "thanks", "thank", "sorry",
    )
)  # fmt: skip
_THIRD_PERSON = frozenset(
    ("he", "she", "him", "her", "his", "hers", "he's", "she's", "he'd", "she'd")
)
"""Not "they", by which people mean whoever runs things."""
_THING = frozenset(("it", "it's", "it'd", "them"))
_SHORT_ANSWER = re.compile(
    r"\W*(?:i|we|you|he|she|it|they|there) (?:am|are|is|was|were|do|does|did|have|has|had|can|could"
    r"|will|would)(?:n['’]t)?[,.!?;:]",
    re.IGNORECASE,
)
"""Such as "I did, twice.": only the question says what was done."""
_COMES_BACK = re.compile(
    r"(?:after|at|because of|before|besides|by|except|for|from|in|instead of|on|since|till|until"
    r"|with|without) (?:it|that|them|then)\b"
)
"""Such as "since then": a time or a cause that was spoken of before."""
_INTRODUCES = frozenset(
    ("the", "a", "an", "my", "our", "your", "this", "some", "every", "each", "one", "two", "three",
     "another", "someone", "somebody", "people")
)  # fmt: skip
"""Before a third person or a thing is spoken of, a word such as these says who or what it is."""

OPENS = 0.7
"""From here on a listener can follow without having heard the question."""
_SHORTEST_OPENING = 4
_LONGEST_CODA = 30
"""In words: without punctuation a stretch this long stands for a sentence."""
_WORDS_OF_A_FULL_SCORE = 150
"""Cues are counted per this many words, so that length alone does not make a story."""


class Cues(NamedTuple):
    """How often each cue occurs in a passage."""

    n_words: int
    first_person: int
    past_events: int
    time_order: int
    reported_speech: int
    feeling: int
    consequence: int
    has_coda: bool
    has_arc: bool

    @property
    def score(self) -> float:
        """How much the passage is told from life, 0 to 1."""
        scale = max(self.n_words, _WORDS_OF_A_FULL_SCORE) / _WORDS_OF_A_FULL_SCORE
        weighed = (
            (0.15, self.first_person, 6), (0.3, self.past_events, 8), (0.15, self.time_order, 3),
            (0.15, self.reported_speech, 2), (0.1, self.feeling, 2), (0.1, self.consequence, 1),
        )  # fmt: skip
        told = sum(weight * min(n / scale / enough, 1) for weight, n, enough in weighed)
        return round(told + 0.05 * self.has_arc, 6)

    @property
    def reasons(self) -> list[str]:
        """Codes of the cues that occur often enough to be a reason for choosing the passage."""
        enough = {
            "first_person": self.first_person >= 2,
            "past_events": self.past_events >= 3,
            "time_order": self.time_order >= 2,
            "reported_speech": self.reported_speech >= 1,
            "feeling": self.feeling >= 1,
            "consequence": self.consequence >= 1,
            "coda": self.has_coda,
            "arc": self.has_arc,
        }
        return [code for code, holds in enough.items() if holds]


def cues_of(text: str) -> Cues:
    """Cues of a redacted passage."""
    words = words_of(text)
    lower = " ".join(words)
    third = len(lower) // 3
    end = lower[2 * third :]
    return Cues(
        n_words=len(words),
        first_person=sum(word in _FIRST_PERSON for word in words),
        past_events=sum(_is_past(word) for word in words),
        time_order=len(_TIME.findall(lower)),
        reported_speech=len(_SPEECH.findall(lower)),
        feeling=len(_FEELING.findall(lower)),
        consequence=len(_CONSEQUENCE.findall(lower)),
        has_coda=_has_coda(text),
        has_arc=_has_arc(lower[:third], lower[third : 2 * third], end, text),
    )


def craft(text: str, opens: float) -> float:
    """How well a short stretch that opens so well stands alone as a quote, 0 to 1.

    It should be someone's own experience, open without pointing back, be neither a question nor
    broken off nor mostly hesitation, and be long enough to say something.
    """
    words = words_of(text)
    hesitation = sum(word in _FILLER for word in words) / max(len(words), 1)
    length = min(len(words) / 14, 1) * min(45 / max(len(words), 1), 1)
    told = not _FIRST_PERSON.isdisjoint(words)
    meant = bool(_FEELING.search(text.lower()) or _CONSEQUENCE.search(text.lower()))
    unfinished = text.rstrip("\"'”’) ").endswith(("?", "...", "…", "-", "–", "—"))
    hidden = placeholder_share(text)
    score = 0.3 * length + 0.2 * told + 0.2 * meant + 0.3 * opens
    return round(max(score - hesitation - 0.3 * unfinished - hidden, 0.0), 6)


def opening(text: str) -> float:
    """How well a listener can follow from the first words on, 0 to 1.

    0: they point back to something that only the interviewer heard. Less than `OPENS`: a reply, a
    scrap, or a thing that is spoken of before it is named.
    """
    first = _first_sentence(text)
    words = words_of(first)
    if words and (_points_back(words) or _is_unknown(first, _THIRD_PERSON)):
        return 0.0
    if not words or words[0] in _REPLIES or _SHORT_ANSWER.match(first):
        return 0.3
    if len(words) < _SHORTEST_OPENING or _is_unknown(first, _THING):
        return 0.5
    start = " ".join(words_of(text)[:40])
    is_set = _SETTING.search(start) or not _FIRST_PERSON.isdisjoint(words)
    return 1.0 if is_set else OPENS


def tells_what_helped(text: str) -> bool:
    """Whether somebody or something did good."""
    return _HELPED.search(" ".join(words_of(text))) is not None


def is_balanced(text: str) -> bool:
    """Whether speech marks that open also close: else the stretch begins or ends within speech."""
    return text.count('"') % 2 == 0 and text.count("“") == text.count("”")


def placeholder_share(text: str) -> float:
    """Placeholders among words and placeholders, 0 to 1."""
    hidden = count_placeholders(text)
    return hidden / max(hidden + count_words(text), 1)


def _is_past(word: str) -> bool:
    return word in _IRREGULAR_PAST or (len(word) > 4 and word.endswith("ed"))


def _has_arc(begin: str, middle: str, end: str, text: str) -> bool:
    """A setting first, something that happened, and at the end what it meant."""
    happened = sum(_is_past(word) for word in middle.split()) >= 2
    meant = _FEELING.search(end) or _CONSEQUENCE.search(end) or _has_coda(text)
    return bool(_SETTING.search(begin) and happened and meant)


def _has_coda(text: str) -> bool:
    """Whether the last sentence or two come back to the present."""
    stretches = sentence_stretches(text, longest=_LONGEST_CODA)[-2:]
    return any(_CODA.search(" ".join(words_of(text[slice(*stretch)]))) for stretch in stretches)


def _first_sentence(text: str) -> str:
    stretches = sentence_stretches(text, longest=_LONGEST_CODA)
    return text[slice(*stretches[0])] if stretches else ""


def _points_back(words: Sequence[str]) -> bool:
    joins_on = words[0].partition("'")[0] in _DANGLING and words[0] not in _REPLIES
    return joins_on or _COMES_BACK.match(" ".join(words[:4])) is not None


def _is_unknown(sentence: str, pronouns: frozenset[str]) -> bool:
    """Whether one of the pronouns stands before anybody or anything is introduced."""
    marked = PLACEHOLDER.sub(" the ", sentence)
    for word in words_of(marked):
        if word in _INTRODUCES:
            return False
        if word in pronouns:
            return True
    return False
