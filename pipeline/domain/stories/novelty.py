# pyright: reportMissingTypeStubs=false
# threadpoolctl carries no types.
"""How far each segment stands apart from what others say: where to look for new perspectives.

Low local density, distance from every theme, what contradicts a theme's majority, who is heard too
little, how long somebody stays with it, and storyness. Two more: being about nothing that the
programme has in mind, and coming up when the interviewer asks what has not been asked, by which
good interviews end. Small talk stands apart as well; it is not new. Measured: `docs/stories.md`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from pipeline.domain.stories.corpus import Corpus, Floats, Segment
from pipeline.domain.stories.cues import cues_of
from pipeline.domain.stories.selection import similarity
from pipeline.domain.themes.lens import FITS
from pipeline.domain.validation.sentences import sentence_stretches

NEW = ("few_say_so", "far_from_themes", "other_voice", "under_heard")
"""Reasons for which a story may be a new perspective."""

WEIGHTS = {
    "alone": 0.5,
    "at_length": 0.2,
    "far": 0.08,
    "outside": 0.04,
    "not_asked_for": 0.12,
    "other_voice": 0.02,
    "under_heard": 0.02,
    "told": 0.02,
}
"""Set by hand, once, and not fitted; they add up to 1. What few others say counts most."""

_MOST_NEIGHBOURS = 20
_FEWEST_NEIGHBOURS = 3
_SEGMENTS_A_NEIGHBOUR = 80
"""A corpus of 1,600 segments or more is compared with 20 neighbours, a smaller one with fewer."""
_TOP = 0.9
APART = 0.5
"""One minus the cosine: in a small corpus the farthest, or newest, tenth may be near."""
_SMALL_TALK = 0.5
"""What is neither good nor to be improved nor hoped for loses this much of its score."""
_BLOCK = 512
_LONGEST_QUESTION = 60

# What an interviewer says to hear what nobody thought of asking. Lower case, last sentence alone.
_INVITES = re.compile(
    r"\b(?:any|some)thing\b.{0,30}\b(?:else|add|miss|missed|left out|forgotten)\b"
    r"|(?:n't|\bnot|\bnever|\bnobody|\bno one|\bshould've)\b.{0,25}\bask"
    r"|\bshould (?:i |we )?have asked\b"
    r"|(?:\bnot|n't)\b.{0,14}\b(?:cover|covered|talked|touched|mentioned|on (?:my|the|our) list)\b"
    r"|\banything (?:that )?you(?:'d| would) (?:like|want) to (?:say|add|tell)"
)


class Novelty(NamedTuple):
    """What is known of each segment, in the corpus' order.

    Attributes
    ----------
    scores : ndarray of shape (n_segments,)
        From 0, what many say, to 1, what nobody else says.
    apart : ndarray of shape (n_segments,)
        One minus the mean cosine to the nearest segments of other people.
    reasons : tuple of n_segments tuples of str
    """

    scores: Floats
    apart: Floats
    reasons: tuple[tuple[str, ...], ...]


def novelty(
    corpus: Corpus,
    lens_scores: pd.DataFrame | None = None,
    weights: Mapping[str, float] = WEIGHTS,
) -> Novelty:
    """How far each segment stands apart; without `lens_scores` no framework is asked."""
    if not corpus.segments:
        return Novelty(np.zeros(0), np.zeros(0), ())
    evidence, apart = _evidence(corpus, lens_scores)
    total = sum((weights[name] * values for name, values in evidence.items()), np.zeros(len(apart)))
    total /= sum(weights[name] for name in evidence)
    talk = np.array([segment.voice == "none" for segment in corpus.segments])
    scores = np.round(np.clip(total * np.where(talk, _SMALL_TALK, 1.0), 0, 1), 6)
    return Novelty(scores, apart, _reasons(corpus, evidence, apart))


def novelty_rows(corpus: Corpus, found: Novelty) -> list[dict[str, object]]:
    """Rows of table `segment_novelty`."""
    order = sorted(
        range(len(corpus.segments)),
        key=lambda at: (-found.scores[at], corpus.segments[at].segment_id),
    )
    return [
        {
            "segment_id": corpus.segments[at].segment_id,
            "novelty": float(found.scores[at]),
            "rank": rank,
            "reasons": list(found.reasons[at]),
        }
        for rank, at in enumerate(order, start=1)
    ]


def invites_what_was_not_asked(question: str) -> bool:
    """Whether a question asks for what the interviewer has not thought of."""
    plain = " ".join(question.replace("’", "'").lower().split())
    stretches = sentence_stretches(plain, longest=_LONGEST_QUESTION)
    return bool(stretches) and _INVITES.search(plain[slice(*stretches[-1])]) is not None


def _evidence(corpus: Corpus, lens_scores: pd.DataFrame | None) -> tuple[dict[str, Floats], Floats]:
    """Each kind of evidence for each segment, from 0 to 1, and how far it stands apart."""
    segments = corpus.segments
    apart = 1 - _closeness_to_others(corpus)
    evidence = {
        "alone": _places(apart),
        "at_length": _places(np.array([segment.n_words for segment in segments], dtype=float)),
        "far": _places(_distance_from_themes(corpus)),
        "not_asked_for": _flags(invites_what_was_not_asked(s.question) for s in segments),
        "other_voice": _flags_of(_contradicting(corpus), len(segments)),
        "under_heard": _flags(s.participant_id in corpus.people.under_heard for s in segments),
        "told": _places(np.array([cues_of(segment.text).score for segment in segments])),
    }
    outside = _outside_frameworks(segments, lens_scores)
    return evidence | ({} if outside is None else {"outside": outside}), apart


def _closeness_to_others(corpus: Corpus) -> Floats:
    """Mean cosine of each segment to its nearest of other people, block by block."""
    n = len(corpus.segments)
    k = min(max(n // _SEGMENTS_A_NEIGHBOUR, _FEWEST_NEIGHBOURS), _MOST_NEIGHBOURS)
    people = pd.factorize(np.array([s.participant_id for s in corpus.segments]))[0]
    own = n - min(k, n)
    means = np.zeros(n)
    with threadpool_limits(limits=1):  # or the last digits change with the number of threads
        for first in range(0, n, _BLOCK):
            block = slice(first, first + _BLOCK)
            close = np.round(corpus.vectors[block] @ corpus.vectors.T, 6)
            close[people[block][:, None] == people[None, :]] = -1.0
            means[block] = np.sort(np.partition(close, own, axis=1)[:, own:]).mean(axis=1)
    return np.round(means, 6)


def _distance_from_themes(corpus: Corpus) -> Floats:
    if not corpus.centres:
        return np.ones(len(corpus.segments))
    centres = np.stack([corpus.centres[theme] for theme in sorted(corpus.centres)])
    return 1 - similarity(corpus.vectors, centres).max(axis=1)


def _contradicting(corpus: Corpus) -> set[int]:
    """Segments that say the opposite of what most people in a theme of theirs say."""
    return {
        at
        for theme in corpus.labels
        for at in corpus.members.get(theme, ())
        if corpus.is_counterpoint(theme, corpus.segments[at].voice)
    }


def _outside_frameworks(
    segments: Sequence[Segment], lens_scores: pd.DataFrame | None
) -> Floats | None:
    """How little each segment speaks of anything that the programme has in mind."""
    if lens_scores is None or lens_scores.empty:
        return None
    best = lens_scores.groupby("segment_id")["score"].max()
    known = best.reindex([segment.segment_id for segment in segments]).fillna(0.0)
    return 1 - known.to_numpy(dtype=np.float64)


def _places(values: Floats) -> Floats:
    """The share of all that lie below each value, ties halved: 0 to 1."""
    return np.asarray(pd.Series(values).rank(method="average").sub(0.5).div(len(values)))


def _flags(flags: Iterable[bool]) -> Floats:
    return np.array(list(flags), dtype=np.float64)


def _flags_of(places: set[int], n: int) -> Floats:
    return _flags(at in places for at in range(n))


def _reasons(
    corpus: Corpus, evidence: Mapping[str, Floats], apart: Floats
) -> tuple[tuple[str, ...], ...]:
    far = _distance_from_themes(corpus)
    codes: defaultdict[int, list[str]] = defaultdict(list)
    holds = {
        "few_say_so": (evidence["alone"] >= _TOP) & (apart >= APART),
        "far_from_themes": (evidence["far"] >= _TOP) & (far >= APART),
        "not_in_frameworks": evidence.get("outside", np.zeros(len(apart))) > 1 - FITS,
        "not_asked_for": evidence["not_asked_for"] > 0,
        "other_voice": evidence["other_voice"] > 0,
        "under_heard": evidence["under_heard"] > 0,
        "past_events": evidence["told"] >= _TOP,
    }
    for code, of in holds.items():
        for at in np.flatnonzero(of).tolist():
            codes[at].append(code)
    return tuple(tuple(codes[at]) for at in range(len(apart)))
