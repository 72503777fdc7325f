# pyright: reportUnknownMemberType=false
# pandas carries loose types.
"""Whether words tell of something good, something to improve, a hope, or none of these.

Four kinds of evidence, weighed by a multinomial logistic regression whose weights are in
`voice.json`: cues (words and turns of phrase that people use when they praise, complain or hope, in
answer and question), where in the conversation the answer stands (introductions come first, hopes
last), what single words and pairs of words told of the voice of other answers (`voice_words.json`),
and what the encoder hears in it. Without an encoder that hears voices, the first three alone.
How often it is right: `docs/themes.md`. Both files are made by `python -m training.voice`.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.validation.words import PLACEHOLDER, words_of
from pipeline.tables import VOICES

Floats = NDArray[np.float64]

WEIGHTS = Path(__file__).with_name("voice.json")
WORDS = Path(__file__).with_name("voice_words.json")

_FEWEST_ANSWERS = 4

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


class Weights(NamedTuple):
    """A logistic regression over standardised features.

    Attributes
    ----------
    mean, scale : ndarrays of shape (n_features,)
    weight : ndarray of shape (4, n_features)
    bias : ndarray of shape (4,)
    """

    mean: Floats
    scale: Floats
    weight: Floats
    bias: Floats

    def probabilities(self, features: Floats) -> Floats:
        """From features of shape (n, n_features) to probabilities of shape (n, 4)."""
        standard = (features - self.mean) / self.scale
        evidence = np.einsum("if,vf->iv", standard, self.weight, optimize=False) + self.bias
        odds = np.exp(evidence - evidence.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)


class Words(NamedTuple):
    """What words and pairs of words tell of the voice of an answer.

    Attributes
    ----------
    weights : mapping
        Term, as `terms` gives it, to its evidence for each of `VOICES`.
    bias : ndarray of shape (4,)
    """

    weights: Mapping[str, Floats]
    bias: Floats

    def evidence(self, text: str) -> Floats:
        """Evidence of shape (4,), log scale; a term counts once however often it is said."""
        told = [self.weights[term] for term in sorted(terms(text)) if term in self.weights]
        return self.bias + np.sum(told, axis=0) / math.sqrt(len(told)) if told else self.bias


def terms(text: str) -> set[str]:
    """The words of a text and its pairs of neighbouring words."""
    words = words_of(text)
    return {*words, *(f"{first} {second}" for first, second in pairwise(words))}


def _compiled(cues: dict[str, dict[float, str]]) -> dict[str, list[tuple[float, re.Pattern[str]]]]:
    return {
        voice: [
            (weight, re.compile(rf"\b(?:{words})(?!\w)")) for weight, words in by_weight.items()
        ]
        for voice, by_weight in cues.items()
    }


_ANSWER_CUES = _compiled(_IN_ANSWER)
_QUESTION_CUES = _compiled(_IN_QUESTION)


def with_voices(
    segments: pd.DataFrame, heard: NDArray[np.float32] | None, weights: Weights | None = None
) -> pd.DataFrame:
    """Table `segments` with the voice of each segment and of the whole answer it is part of.

    Parameters
    ----------
    segments : DataFrame
        Table `segments` without its columns of voices.
    heard : ndarray of shape (n_segments, 4) or None
        What the encoder hears in each segment.
    weights : Weights or None
        None: the shipped ones.
    """
    if segments.empty:
        return segments
    columns = segments[["conversation_id", "turn_start", "question", "text"]]
    found = probabilities(features(columns), heard, weights)
    whole = _of_answers(segments, found)
    return segments.assign(
        voice=_named(found),
        voice_score=found.max(axis=1).round(4),
        answer_voice=_named(whole),
        answer_voice_score=whole.max(axis=1).round(4),
    )


def features(segments: pd.DataFrame) -> Floats:
    """Cues, places and what words tell, shape (n_segments, 16).

    Parameters
    ----------
    segments : DataFrame
        Columns conversation_id, turn_start, question, text: all segments of their conversations.

    Returns
    -------
    ndarray
        Weight of the cues for each voice in answer and question, logarithm of the answer's words,
        place in the conversation from 0 to 1, whether it is first, whether it is last; what the
        words of the answer tell for each voice.
    """
    texts = zip(segments["text"].tolist(), segments["question"].tolist(), strict=True)
    cues = [
        [
            *_evidence(text, _ANSWER_CUES),
            *_evidence(question, _QUESTION_CUES),
            math.log1p(len(words_of(text))),
        ]
        for text, question in texts
    ]
    words = _words()
    told = np.stack([words.evidence(text) for text in segments["text"]])
    return np.hstack([np.asarray(cues, dtype=np.float64), _places(segments), told])


def _places(segments: pd.DataFrame) -> Floats:
    """Place from 0 to 1, first, last; in the middle of nowhere when there are too few to tell."""
    turn, conversation = segments["turn_start"], segments["conversation_id"]
    order = turn.groupby(conversation).rank(method="dense") - 1
    last = order.groupby(conversation).transform("max")
    told = (last + 1 >= _FEWEST_ANSWERS).to_numpy()
    place = np.where(told, order / (last + 1), 0.5)
    return np.column_stack([place, told & (order == 0), told & (order == last)]).astype(np.float64)


def probabilities(
    features: Floats, heard: NDArray[np.float32] | None, weights: Weights | None = None
) -> Floats:
    """Probability of each voice, shape (n, 4).

    Parameters
    ----------
    features : ndarray of shape (n, 16)
    heard : ndarray of shape (n, 4) or None
        What the encoder hears; None: it hears no voices.
    weights : Weights or None
        None: the shipped ones.
    """
    if heard is None:
        return (weights or _weights("cues")).probabilities(features)
    both = np.hstack([features, heard.astype(np.float64)])
    return (weights or _weights("cues_and_encoder")).probabilities(both)


def _of_answers(segments: pd.DataFrame, found: Floats) -> Floats:
    """For each segment, what all windows of its answer say together, by words.

    An answer begins where the windows are numbered anew: `segment_id` ends in the number.
    """
    window = segments["segment_id"].str.rpartition("/")[2].to_numpy(dtype=int)
    conversation = segments["conversation_id"].factorize(sort=True)[0]
    rows = np.lexsort((window, segments["turn_start"].to_numpy(), conversation))
    anew = (np.diff(window[rows]) <= 0) | (np.diff(conversation[rows]) != 0)
    answer = np.concatenate([[0], np.cumsum(anew)])
    words = segments["n_words"].to_numpy(dtype=np.float64)[rows, None]
    sums = np.zeros((answer.max() + 1, len(VOICES)))
    np.add.at(sums, answer, words * np.log(np.maximum(found[rows], 1e-6)))
    mean = sums / np.maximum(np.bincount(answer, weights=words[:, 0])[:, None], 1)
    whole = np.empty_like(found)
    whole[rows] = np.exp(mean)[answer]
    return whole / whole.sum(axis=1, keepdims=True)


def _named(found: Floats) -> list[str]:
    return [VOICES[best] for best in cast("list[int]", found.argmax(axis=1).tolist())]


@lru_cache(maxsize=2)
def _weights(name: str) -> Weights:
    stored = json.loads(WEIGHTS.read_text("utf-8"))[name]
    return Weights(*(np.asarray(stored[field]) for field in Weights._fields))


@lru_cache(maxsize=1)
def _words() -> Words:
    stored = json.loads(WORDS.read_text("utf-8"))
    weights = {term: np.asarray(told) for term, told in stored["words"].items()}
    return Words(weights, np.asarray(stored["bias"]))


def _evidence(text: str, cues: dict[str, list[tuple[float, re.Pattern[str]]]]) -> Sequence[float]:
    plain = PLACEHOLDER.sub(" ", text).replace("’", "'").lower()
    return [
        sum(weight * len(set(pattern.findall(plain))) for weight, pattern in cues[voice])
        for voice in VOICES
    ]
