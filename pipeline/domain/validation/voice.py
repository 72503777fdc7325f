"""Whether words tell of something good, something to improve, a hope, or none of these.

A count of cues: words and turns of phrase that people use when they praise, complain or hope, each
with a weight. It reads no irony and no story; told experiences often praise or complain without a
single such word. What it gets right and wrong on the answer key is in `docs/themes.md`.
"""

import math
import re
from typing import NamedTuple

from pipeline.domain.validation.words import PLACEHOLDER

_NONE = "none"
_NOTHING_HEARD = 0.75
"""Evidence for "none" that any other voice has to outweigh."""

# Weight of one cue, by voice. Cues are lower case; a cue counts once however often it is said.
_IN_ANSWER: dict[str, dict[float, str]] = {
    "good": {
        1.2: "brilliant|wonderful|fantastic|marvellous|amazing|excellent|superb|grateful|"
        r"life ?saver|saved my life|thank god|godsend|an angel|angels|worth (?:its|her|his) weight|"
        r"couldn't fault|can't fault|best thing|changed my life|made (?:a|all the) difference",
        0.8: r"lovely|kind|kindness|gentle|patient with|caring|helped|helpful|helps|friendly|"
        r"looked after me|listened|listens|welcom\w+|proud|enjoy\w*|happy|happier|laugh\w*|"
        r"love it|i love|loved|good as gold|bless (?:her|him|them)|supportive|noticed|easy|safe",
        0.5: r"she said|she says|she didn't|she never|she came|she come|she got|she sat|"
        r"he came|he sat|he didn't|gave me|and she|first time|first night|"
        r"runs it|every (?:week|tuesday|wednesday|thursday|friday|monday)|for free|"
        r"together|group|club|walking|choir|nurse|volunteer\w*|sat with|works|worked",
        0.3: r"\bwe\b|better|good|nice|well|company|cup of tea|cake|sing\w*|garden",
    },
    "improve": {
        1.2: r"rubbish|terrible|awful|disgrace\w*|disgusting|appalling|useless|shambles|scandal|"
        r"a joke|not good enough|fobbed off|let down|passed from|fell through|gave up|given up|"
        r"waste of|no good|couldn't get|can't get|never got|nobody (?:told|came|rang|asked)|"
        r"no one (?:told|came|rang|asked)|don't listen|didn't listen|never (?:rang|came|called)",
        0.8: r"waiting|waited|wait|queue|list|delay\w*|cancel\w*|lost|shut|closed|problem\w*|"
        r"difficult|hard|struggl\w*|frustrat\w*|worr\w*|afraid|scared|angry|ashamed|complain\w*|"
        r"refused|turned down|too (?:late|far|old|young|busy)|cut|cuts|can't|cannot|couldn't|"
        r"wouldn't|won't|isn't|aren't|nowhere|nobody|no one|wrong|sorry|afford|pounds|form|forms|"
        r"box|ticked|assessment|months|number",
        0.5: r"they said|they say|they told|they took|they don't|they didn't|they'd|you can't|"
        r"telephone|i rang|i asked|ring back|letter|appointment|on hold|different|weeks|hours|"
        r"but they|again|doesn't|does not|not allowed|eight o'clock",
        0.3: r"they|then|nothing|never|no\b|it was|doctor|without|supposed",
    },
    "hope": {
        1.8: r"i(?:'d| would) (?:like|love|want)|i hope|my hope|i wish|would be (?:nice|lovely|"
        r"good|great|better)|what i'd|if i could|i(?:'d| would) have|my dream|dream of|one day i|"
        r"magic wand|looking forward|in an ideal",
        1.0: r"i want|we need|they need|needs? to be|should be|should have|there (?:should|ought)|"
        r"ought to|why (?:can't|don't|not)|imagine|what if|wouldn't it|let (?:them|us|people)|"
        r"give (?:us|them|people)|somebody who|someone who|in every|some day|next year|idea",
        0.4: r"want|would|could|somebody|someone|a place|a room|open|person|one of|teach|learn",
    },
    "none": {
        1.2: r"my name(?:'s| is)|i'm called|call me|you can start|are we recording|nice to meet|"
        r"date of birth|that's (?:me|all|everything)|i(?:'ve| have) said|i live (?:in|at|on)|"
        r"bye|goodbye|cheers|you're welcome|born in",
        0.5: r"ask away|go on then|fire away|thank you|type|your machine|question|example",
    },
}  # fmt: skip
_IN_QUESTION: dict[str, dict[float, str]] = {
    "good": {
        1.5: r"help(?:s|ed)?\b(?! for)|what(?:'s| is| has been) (?:good|gone well|worked)|"
        r"went well|work(?:s|ed) well|enjoy|anyone|anybody|keeps you",
        0.6: r"living your best life|in the end|what does|has that|someone|did",
    },
    "improve": {
        1.5: r"better|improve|difficult|hard|wrong|problem|frustrat\w*|not so good|chang(?:e|ed)|"
        r"could have|what happened|mentioned|missing|barrier\w*|easier",
        0.6: r"how do you|how did|how's|how is|what about|how about|getting|after|surgery|service|"
        r"support|still",
    },
    "hope": {
        3.0: r"hope|hopes|hoping|magic wand|looking ahead|dream|wish|in an ideal|"
        r"like to see|future",
        1.5: r"what would you|would you like|you'd like|if you could|what would|one thing|"
        r"last (?:one|question|thing)",
    },
    "none": {
        2.5: r"recording|your name|i'm with|today's date|what (?:to|do (?:i|we)) call you|"
        r"ready|happy to start|shall we (?:start|begin)|\d(?:st|nd|rd|th) of|nice to meet",
        1.5: r"thank(?:s| you)(?: so much| very much)?[ .,!]*$|anything (?:else )?"
        r"(?:you(?:'d| would) like to add|to add)|tell me (?:a bit )?about yourself|introduce|"
        r"it's the|hello|good morning|good afternoon|consent",
    },
}  # fmt: skip


class Voice(NamedTuple):
    """A voice and how much of the evidence speaks for it, 0 to 1."""

    voice: str
    score: float


def _compiled(cues: dict[str, dict[float, str]]) -> dict[str, list[tuple[float, re.Pattern[str]]]]:
    return {
        voice: [
            (weight, re.compile(rf"\b(?:{words})(?!\w)")) for weight, words in by_weight.items()
        ]
        for voice, by_weight in cues.items()
    }


_ANSWER_CUES = _compiled(_IN_ANSWER)
_QUESTION_CUES = _compiled(_IN_QUESTION)


def voice_of(text: str, question: str) -> Voice:
    """The voice of a participant's words, helped by what was asked.

    Capitals and punctuation do not matter, so transcripts without either are read alike.
    """
    evidence = _evidence(text, _ANSWER_CUES)
    for voice, weight in _evidence(question, _QUESTION_CUES).items():
        evidence[voice] += weight
    evidence[_NONE] += _NOTHING_HEARD
    total = sum(math.exp(weight) for weight in evidence.values())
    voice = max(evidence, key=lambda name: (evidence[name], name == _NONE))
    return Voice(voice, round(math.exp(evidence[voice]) / total, 4))


def _evidence(text: str, cues: dict[str, list[tuple[float, re.Pattern[str]]]]) -> dict[str, float]:
    plain = PLACEHOLDER.sub(" ", text).replace("’", "'").lower()
    return {
        voice: sum(weight * len(set(pattern.findall(plain))) for weight, pattern in patterns)
        for voice, patterns in cues.items()
    }
