"""What marks a passage as told from life: cues that need neither capitals nor punctuation.

After Labov: a story has a setting, things that happened in order, and what they meant. The cues are
words people use, not feelings they are said to have. Automatic transcripts are lower case, so every
cue is looked for in lower case.
"""

import re
from typing import NamedTuple

from pipeline.domain.validation.words import count_placeholders, count_words, words_of

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
_FILLER = frozenset(("um", "er", "uh", "erm", "mm", "hmm", "ah", "like", "basically"))
_DANGLING = frozenset(
    (
        "and", "but", "so", "because", "cos", "it", "that", "this", "they", "he", "she", "which",
        "then", "yeah", "yes", "no", "um", "er", "well", "or", "them", "those", "these", "also",
        "it's", "that's", "they're", "he's", "she's", "mm", "right", "okay", "oh", "ah",
    )
)  # fmt: skip

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
            "arc": self.has_arc,
        }
        return [code for code, holds in enough.items() if holds]


def cues_of(text: str) -> Cues:
    """Cues of a redacted passage."""
    words = words_of(text)
    lower = " ".join(words)
    third = len(lower) // 3
    return Cues(
        n_words=len(words),
        first_person=sum(word in _FIRST_PERSON for word in words),
        past_events=sum(_is_past(word) for word in words),
        time_order=len(_TIME.findall(lower)),
        reported_speech=len(_SPEECH.findall(lower)),
        feeling=len(_FEELING.findall(lower)),
        consequence=len(_CONSEQUENCE.findall(lower)),
        has_arc=_has_arc(lower[:third], lower[third : 2 * third], lower[2 * third :]),
    )


def craft(text: str) -> float:
    """How well a short stretch stands alone as a quote, 0 to 1.

    It should be someone's own experience, open without pointing back, be neither a question nor
    mostly hesitation, and be long enough to say something.
    """
    words = words_of(text)
    hesitation = sum(word in _FILLER for word in words) / max(len(words), 1)
    length = min(len(words) / 14, 1) * min(45 / max(len(words), 1), 1)
    told = not _FIRST_PERSON.isdisjoint(words)
    meant = bool(_FEELING.search(text.lower()) or _CONSEQUENCE.search(text.lower()))
    points_back = bool(words) and words[0] in _DANGLING
    asks = text.rstrip().endswith("?")
    hidden = placeholder_share(text)
    score = 0.35 * length + 0.25 * told + 0.2 * meant + 0.2 * (not points_back)
    return round(max(score - hesitation - 0.3 * asks - hidden, 0.0), 6)


def placeholder_share(text: str) -> float:
    """Placeholders among words and placeholders, 0 to 1."""
    hidden = count_placeholders(text)
    return hidden / max(hidden + count_words(text), 1)


def _is_past(word: str) -> bool:
    return word in _IRREGULAR_PAST or (len(word) > 4 and word.endswith("ed"))


def _has_arc(begin: str, middle: str, end: str) -> bool:
    """A setting first, something that happened, and at the end what it meant."""
    happened = sum(_is_past(word) for word in middle.split()) >= 2
    meant = _FEELING.search(end) or _CONSEQUENCE.search(end)
    return bool(_SETTING.search(begin) and happened and meant)
