"""How an interviewer asks: which sentences are questions, and what room each leaves for an answer.

Rules of general English, made from what interviewers are taught and not from any transcript. They
go by the first words of a question and by its tag. Automatic transcripts often have no punctuation:
there a question is found only where one begins as questions do.
"""

import re
from itertools import pairwise
from typing import Literal

from pipeline.domain.validation.words import PLACEHOLDER

Kind = Literal["open", "closed", "leading", "forced_choice"]
"""Open: the answer is anybody's own. Closed: yes, no or a fact. Leading: it suggests the answer.
Forced choice: it offers the answers to choose from."""

SUGGESTING: frozenset[Kind] = frozenset({"leading", "forced_choice"})

_AUXILIARY = (
    r"(?:do|does|did|is|are|was|were|am|have|has|had|can|could|would|will|should|shall|may|might)"
)
_NEGATIVE = (
    r"(?:don't|doesn't|didn't|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|won't|wouldn't"
    r"|couldn't|shouldn't|can't|ain't)"
)
_SUBJECT = (
    r"(?:you|it|that|this|they|he|she|we|i|there|your|the|a|any|anyone|anybody|anything|people"
    r"|someone|somebody|everyone|everybody|nobody)"
)
_PRONOUN = r"(?:you|it|that|this|they|he|she|we|i|there)"

_SENTENCE_END = re.compile(r"(?<=[.?!…])[\"'”’)]*\s+")
_NOISE = re.compile(rf"{PLACEHOLDER.pattern}|[\[(][^\])]*[\])]|[\"“”]")
_LEAD_IN = re.compile(
    r"^(?:(?:and|so|but|or|okay|ok|right|well|now|um|uh|er|erm|mm|mhm|hmm|yeah|yes|no|oh|ah|then"
    r"|just|also|please|thanks|thank you|i see|sure|sorry|lovely|great|fair enough|of course"
    r"|i mean|you know|first|firstly|finally|lastly|last one"
    r"|(?:can|could|may) i (?:just )?ask(?: you)?|(?:i'd|i would) like to ask(?: you)?"
    r"|i was wondering|i wonder)\b[\s,;:–—-]*)+"
)
_BETWEEN = re.compile(
    r"\b(?:and|so|but|okay|ok|right|well|now|um|er|yeah|yes|then)\s+"
    rf"(?=(?:what|how|why|tell me|describe|{_AUXILIARY} {_PRONOUN}\b|{_NEGATIVE} {_PRONOUN}\b))"
)

_TELL = (
    r"(?:tell (?:me|us)|describe|explain|talk (?:me|us) (?:through|about)|talk about"
    r"|walk (?:me|us) through|take (?:me|us) (?:back|through)|say (?:a (?:bit|little) |some )?more"
    r"|share|give (?:me|us) an? (?:example|idea|sense)|paint)"
)
_OPEN = re.compile(
    rf"^(?:what|how|why|in what way|{_TELL}|start (?:wherever|where|anywhere)|go on\b"
    rf"|(?:can|could|would|will) you (?:please |just |maybe |perhaps |possibly )*(?:{_TELL}|start)"
    rf"|(?:if you could|would you mind|do you mind|would you like to|do you want to"
    rf"|are you able to) (?:just )?(?:telling|describing|explaining|talking|sharing|saying|{_TELL})"
    r"|(?:i'd|i would) (?:really )?(?:like|love) to (?:hear|know|understand)"
    r"|i(?:'m| am) (?:interested|curious|keen) (?:in|to hear|to know|about)"
    r"|(?:is there |was there )?anything (?:else )?(?:that )?(?:you(?:'d| would)?|you) "
    r"(?:like|want|wish|care)(?:ed)? to (?:add|say|tell|share|talk))\b"
)
_FACT = re.compile(
    r"^(?:how (?:long|many|much|old|often|far|soon|big|tall|recently)"
    r"|what (?:time|year|day|date|age|month|number|colour|street|town|school)"
    r"|what(?:'s| is| was) (?:your|his|her|their) "
    r"(?:name|age|job|address|date)|how(?:'s| is| are) (?:you|things)(?: today)?\W*$"
    r"|(?:(?:can|could|would) you )?(?:please |just )*(?:tell (?:me|us)|say) (?:your (?:name|age)"
    r"|how (?:old|long|many|often)|if|whether|hello|when|where you live|who you are\W*$))\b"
)
_POINTED = re.compile(
    rf"^(?:who|whom|whose|where|when|which|{_AUXILIARY} {_SUBJECT}|{_AUXILIARY} [a-z']+ing)\b"
)
_TOPIC = re.compile(r"^(?:what about|how about|and\b|then\b)")
_NEGATED = re.compile(
    rf"^{_NEGATIVE} (?:{_SUBJECT}|people|some|most)\b"
    r"|^(?:did|does|has|have|was|is) (?:nobody|no one|no-one|nothing)\b"
)
_AGREE = re.compile(
    r"^(?:surely|obviously|presumably|clearly|(?:do|would) you (?:not )?(?:agree|accept)"
    r"|is it (?:not )?(?:true|fair to say|right) that|would it be fair to say|wouldn't you)\b"
)
_ASSUMED = re.compile(
    r"^(?:(?:you|it|that|this|they|he|she) must(?:'ve| have| be| feel)"
    r"|i (?:imagine|bet|suppose|guess|assume|expect|take it|gather) (?:you|that|it|this)"
    r"|(?:you're|you are|what you're) saying)\b"
)
_STATED = re.compile(
    r"^(?:you|it|that|they|he|she)(?:'re|'s|'d|'ve)?\b"
    r"(?!'d mentioned)(?! (?:mentioned|said|told|say|were saying|talked|spoke|described))"
)
_TAG = re.compile(
    rf"\b{_NEGATIVE} {_PRONOUN}(?: not)?\W*$"
    rf"|\bn(?:'t|ever|ot)\b.*,\s*{_AUXILIARY} {_PRONOUN}\W*$"
    r"|,\s*(?:right|yeah|yes|no|correct|innit|eh)\s*\?$"
)
_QUANTITY = re.compile(r"\b(?:any\w*|some\w*|ever|much|many)\b")
_CONDITION = re.compile(r"^(?:when|if|while|because|where)\b")
_CHOICE = re.compile(
    rf"^(?:{_AUXILIARY}|which|would you say)\b.*\bor (?!(?:not|anything|something|whatever|so|no|"
    r"anyone|anybody|somebody|someone|what)\b)\w"
)
_MOST_WORDS_OF_AN_ECHO = 2


def questions(text: str) -> list[Kind]:
    """The questions of an interviewer's turn, redacted, in order; statements are left out."""
    told = _NOISE.sub(_somebody, text.replace("’", "'"))
    sentences = _SENTENCE_END.split(told)
    found: list[Kind | None] = [
        kind_of(part) for sentence in sentences for part in _parts(sentence)
    ]
    return [kind for kind in found if kind is not None]


def _somebody(noise: re.Match[str]) -> str:
    """A placeholder stays a word, so that the sentence keeps its shape."""
    return " X " if PLACEHOLDER.fullmatch(noise[0]) else " "


def _parts(sentence: str) -> list[str]:
    """The sentence; without an end of its own, what may be several questions run together."""
    stripped = sentence.strip()
    if stripped.endswith((".", "?", "!")):
        return [stripped]
    places = [0, *(between.start() for between in _BETWEEN.finditer(stripped)), len(stripped)]
    return [stripped[begin:end] for begin, end in pairwise(places)]


def kind_of(sentence: str) -> Kind | None:
    """What kind of question a sentence is; None: it is none."""
    whole = " ".join(sentence.lower().split())
    bare = _LEAD_IN.sub("", whole)
    asks = whole.endswith("?")
    if not asks and whole.endswith((".", "!")) and not _OPEN.match(bare):
        return "leading" if _TAG.search(whole) or _ASSUMED.match(bare) else None
    if _suggests(bare, asks=asks):
        return "leading"
    return _by_its_beginning(bare) or (_after_a_comma(bare) if asks else None) or _rest(whole, bare)


def _suggests(bare: str, *, asks: bool) -> bool:
    if _NEGATED.search(bare) or _AGREE.search(bare) or _ASSUMED.search(bare):
        return True
    if _TAG.search(bare) and not (_OPEN.match(bare) or _CONDITION.match(bare)):
        return True
    return asks and bool(_STATED.match(bare))


def _by_its_beginning(bare: str) -> Kind | None:
    if _FACT.match(bare):
        return "closed"
    if _OPEN.match(bare):
        return "open"
    if _CHOICE.match(bare) and not _QUANTITY.search(bare):
        return "forced_choice"
    return "closed" if _POINTED.match(bare) else None


def _after_a_comma(bare: str) -> Kind | None:
    """Of a question that begins with its subject: "Your surgery, how do you find it?"."""
    for part in bare.split(",")[1:]:
        if kind := _by_its_beginning(_LEAD_IN.sub("", part.strip())):
            return kind
    return None


def _rest(whole: str, bare: str) -> Kind | None:
    """A question without a verb: a subject to go on with, or an echo."""
    if not whole.endswith("?"):
        return None
    is_echo = len(bare.split()) <= _MOST_WORDS_OF_AN_ECHO and not _TOPIC.match(whole)
    return "closed" if is_echo else "open"
