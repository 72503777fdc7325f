"""Which stories are told for a theme, against it, or because they stand apart."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np

from pipeline.domain.stories.corpus import Corpus
from pipeline.domain.stories.novelty import APART
from pipeline.domain.stories.selection import Choice, similarity, spread
from pipeline.domain.stories.telling import Story

_NOVEL_QUANTILE = 0.9
_NOVEL_SHARE_OF_PEOPLE = 0.1


class Chosen(NamedTuple):
    """A story, the lane it is told in, and why."""

    story: Story
    lane: str
    theme_id: str | None
    reasons: list[str]
    pool_size: int

    def because(self, *codes: str) -> "Chosen":
        """The same story for another reason, told before what marks it as a story."""
        return self._replace(reasons=list(dict.fromkeys([*codes, *self.story.told.reasons])))


def choose_stories(corpus: Corpus, told: Sequence[Story], most: int) -> list[Chosen]:
    """New perspectives first, then the stories and counterpoints of each theme, best first."""
    apart = _new_perspectives(corpus, told, most)
    return apart + _of_themes(corpus, told, {one.story.place for one in apart}, most)


def story_row(chosen: Chosen) -> dict[str, Any]:
    """A row of table `stories`."""
    story, passage = chosen.story, chosen.story.told.passage
    return {
        "story_id": story.story_id,
        "conversation_id": story.conversation_id,
        "participant_id": story.participant_id,
        "theme_id": chosen.theme_id,
        "lane": chosen.lane,
        "voice": story.voice,
        "text": passage.text,
        "offsets": [piece._asdict() for piece in passage.pieces],
        "sha256": hashlib.sha256(passage.text.encode()).hexdigest(),
        "n_words": passage.n_words,
        "reasons": chosen.reasons,
        "pool_size": chosen.pool_size,
    }


def _new_perspectives(corpus: Corpus, told: Sequence[Story], most: int) -> list[Chosen]:
    """Well-told stories that few others tell the like of, one a person, newest first."""
    if not told or not corpus.centres:
        return []
    newest = float(np.quantile([story.novelty for story in told], _NOVEL_QUANTILE))
    well = float(np.median([story.told.score for story in told]))
    pool = [
        story
        for story in told
        if story.new
        and story.novelty >= newest
        and story.apart >= APART
        and story.told.score >= well
    ]
    n_people = len({segment.participant_id for segment in corpus.segments})
    chosen: dict[str, Story] = {}
    for story in sorted(pool, key=lambda s: (-s.novelty - 0.5 * s.told.score, *s.place)):
        chosen.setdefault(story.participant_id, story)
    return [
        Chosen(story, "new_perspective", None, [*_told(story), *story.told.reasons], len(pool))
        for story in list(chosen.values())[: max(most, round(_NOVEL_SHARE_OF_PEOPLE * n_people))]
    ]


def _told(story: Story) -> list[str]:
    """Why a story is new, but for whose it is: of one known group, that would say who tells it."""
    return [code for code in story.new if code != "under_heard"]


def _of_themes(
    corpus: Corpus, told: Sequence[Story], taken: Set[object], most: int
) -> list[Chosen]:
    times: Counter[str] = Counter()
    chosen: list[Chosen] = []
    for theme in corpus.smallest_first():
        pool = [story for story in told if story.theme_id == theme and story.place not in taken]
        for lane, is_against in (("theme", False), ("counterpoint", True)):
            own = [s for s in pool if corpus.is_counterpoint(theme, s.voice) == is_against]
            for choice in _ranked(corpus, theme, own, times, most):
                story = own[choice.at]
                times[story.participant_id] += 1
                reasons = ["other_voice"] if is_against else ["near_theme_centre"]
                reasons += ["adds_group"] if choice.adds_group else []
                reasons += story.told.reasons
                chosen.append(Chosen(story, lane, theme, reasons, len(pool)))
    return chosen


def _ranked(
    corpus: Corpus, theme: str, pool: Sequence[Story], times: Mapping[str, int], most: int
) -> list[Choice]:
    if not pool:
        return []
    vectors = np.stack([story.vector for story in pool])
    near = similarity(vectors, corpus.centres[theme][None, :])[:, 0].tolist()
    scores = [
        round(story.theme_share * (0.6 * story.told.score + 0.4 * close), 6)
        for story, close in zip(pool, near, strict=True)
    ]
    return spread(
        scores,
        [story.participant_id for story in pool],
        similarity(vectors, corpus.vectors[corpus.members[theme]]),
        groups=corpus.people.groups,
        times_used=times,
        most=most,
    )
