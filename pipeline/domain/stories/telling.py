"""Stories as they are told: where, by whom, on which theme, in which voice, and how new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.domain.stories.corpus import Corpus, Floats
from pipeline.domain.stories.novelty import NEW, Novelty
from pipeline.domain.stories.passages import Piece, Told, overlap, place_id, tellable
from pipeline.domain.stories.selection import unit

_THEME_SHARE_OF_STORY = 0.5


class Story(NamedTuple):
    """One stretch of somebody's own turns that tells a story.

    Attributes
    ----------
    theme_id : str or None
        The live theme that most of its words are in; None: no theme has half of them.
    novelty, apart : float
        Means over its segments, by words.
    new : tuple of str
        Reasons for which it may be a new perspective.
    voice_score : float
        How sure the voice is, 0 to 1, with words in another voice counted as 0.
    """

    conversation_id: str
    participant_id: str
    segment_ids: tuple[str, ...]
    told: Told
    vector: Floats
    theme_id: str | None
    theme_share: float
    voice: str
    voice_score: float
    novelty: float
    apart: float
    new: tuple[str, ...]

    @property
    def story_id(self) -> str:
        """Hash of where it stands."""
        return place_id(self.conversation_id, self.told.passage.pieces)

    @property
    def place(self) -> tuple[str, tuple[Piece, ...]]:
        """Where it stands, for an order that nothing changes."""
        return self.conversation_id, self.told.passage.pieces


def told_stories(corpus: Corpus, found: Novelty) -> list[Story]:
    """Every story of the corpus that is not told in a hidden theme."""
    by_conversation: dict[str, list[int]] = defaultdict(list)
    for at, segment in enumerate(corpus.segments):
        by_conversation[segment.conversation_id].append(at)
    themes_of: dict[int, list[str]] = defaultdict(list)
    for theme, members in corpus.members.items():
        for at in members:
            themes_of[at].append(theme)
    stories: list[Story] = []
    for conversation, own in sorted(by_conversation.items()):
        turns = corpus.turns.get(conversation, {})
        answers, goes_on = (
            corpus.answers.get(conversation, []),
            corpus.goes_on.get(conversation, []),
        )
        for told in tellable(turns, answers, goes_on):
            inside = [at for at in own if overlap(corpus.segments[at].spans, told.passage.pieces)]
            if inside:
                stories.append(_story(corpus, found, told, inside, themes_of))
    return [story for story in stories if story.theme_id is None or story.theme_id in corpus.labels]


def _story(
    corpus: Corpus,
    found: Novelty,
    told: Told,
    inside: Sequence[int],
    themes_of: dict[int, list[str]],
) -> Story:
    own = [corpus.segments[at] for at in inside]
    words = {at: corpus.segments[at].n_words for at in inside}
    n_words = max(sum(words.values()), 1)
    themes = _shares((theme, words[at]) for at in inside for theme in themes_of.get(at, ()))
    theme = next(iter(themes), None)
    share = themes[theme] / n_words if theme is not None else 0.0
    voice = next(iter(_shares((segment.voice, segment.n_words) for segment in own)))
    weights = np.array([segment.n_words for segment in own], dtype=np.float64)
    weights = weights / weights.sum() if weights.sum() else weights
    reasons = {code for at in inside for code in found.reasons[at]}
    sure = sum(s.n_words * s.voice_score for s in own if s.voice == voice) / n_words
    return Story(
        own[0].conversation_id,
        own[0].participant_id,
        tuple(segment.segment_id for segment in own),
        told,
        unit(corpus.vectors[list(inside)].mean(axis=0)[None, :])[0],
        theme if share >= _THEME_SHARE_OF_STORY else None,
        share,
        voice,
        round(sure, 6),
        round(float((weights * found.scores[list(inside)]).sum()), 6),
        round(float((weights * found.apart[list(inside)]).sum()), 6),
        tuple(code for code in (*NEW, "not_in_frameworks", "not_asked_for") if code in reasons),
    )


def _shares(weighed: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Total weight of each name, heaviest first."""
    total: Counter[str] = Counter()
    for name, weight in weighed:
        total[name] += weight
    return dict(sorted(total.items(), key=lambda entry: (-entry[1], entry[0])))
