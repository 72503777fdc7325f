"""Story sets: for themes, priorities, pathway groups, inequalities, training, and what is new.

A set for which no story is good enough is empty, and said to be: a story that is not about it
would be worse than none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.stories.corpus import Corpus
from pipeline.domain.stories.cues import tells_what_helped
from pipeline.domain.stories.frameworks import matches
from pipeline.domain.stories.ranking import Chosen
from pipeline.domain.stories.reasons import distinguishing, in_words
from pipeline.domain.themes.frameworks import Entry, Framework

TRAINING = "training"
"""The framework that says what staff training needs stories about."""

DIFFERING = "Raised more or less by some groups: "
"""Before the name of a theme, the title of its set about inequalities."""

_SURE_OF_VOICE = 0.6


class StorySet(NamedTuple):
    """A set that was asked for: its stories in order, and how they are chosen."""

    set_id: str
    kind: str
    title: str
    stories: list[Chosen]
    n_considered: int
    how: str
    why_empty: str


def choose_sets(
    corpus: Corpus,
    chosen: Sequence[Chosen],
    frameworks: Sequence[Framework],
    lens_scores: pd.DataFrame | None,
    most: int,
) -> list[StorySet]:
    """Every set; without `lens_scores` none by framework."""
    return [
        *_of_themes(corpus, chosen),
        *_of_frameworks(chosen, frameworks, lens_scores, most),
        *_of_inequalities(corpus, chosen, most),
        _new_perspectives(chosen),
        _good_practice(chosen, most),
        _training(chosen, lens_scores, most),
    ]


def set_rows(sets: Sequence[StorySet]) -> list[dict[str, Any]]:
    """Rows of table `story_sets`: why a story is here, as far as not most of its kind are."""
    kinds: defaultdict[str, list[list[str]]] = defaultdict(list)
    for one in sets:
        kinds[one.kind] += [chosen.reasons for chosen in one.stories]
    apart = {kind: distinguishing(reasons) for kind, reasons in kinds.items()}
    return [
        {
            "story_set_id": one.set_id,
            "kind": one.kind,
            "title": one.title,
            "story_id": chosen.story.story_id,
            "position": position,
            "why": in_words(code for code in chosen.reasons if code in apart[one.kind]),
        }
        for one in sets
        for position, chosen in enumerate(one.stories, start=1)
    ]


def outcome_rows(sets: Sequence[StorySet]) -> list[dict[str, Any]]:
    """Rows of table `story_set_outcomes`."""
    return [
        {
            "story_set_id": one.set_id,
            "kind": one.kind,
            "title": one.title,
            "outcome": "made" if one.stories else "empty",
            "n_stories": len(one.stories),
            "n_considered": one.n_considered,
            "why": one.how if one.stories else one.why_empty,
        }
        for one in sets
    ]


def _of_themes(corpus: Corpus, chosen: Sequence[Chosen]) -> list[StorySet]:
    sets: list[StorySet] = []
    for theme, label in corpus.labels.items():
        own = [one for one in chosen if one.theme_id == theme]
        own.sort(key=lambda one: one.lane == "counterpoint")
        sets.append(
            StorySet(
                f"theme-{theme}",
                "theme",
                label,
                own,
                own[0].pool_size if own else 0,
                "Well told, near the middle of the theme, and spread over people and groups; then "
                "those that say the opposite of what most people say.",
                "Nobody tells a whole story of which this theme is half.",
            )
        )
    return sets


def _of_frameworks(
    chosen: Sequence[Chosen],
    frameworks: Sequence[Framework],
    lens_scores: pd.DataFrame | None,
    most: int,
) -> list[StorySet]:
    """For each entry the stories that speak of it most surely, one a person."""
    if lens_scores is None:
        return []
    own: dict[Entry, list[Chosen]] = {e: [] for f in frameworks for e in f.entries}
    for match in matches(frameworks, lens_scores, [one.story.segment_ids for one in chosen]):
        own[match.entry].append(chosen[match.story].because("near_framework"))
    return [
        StorySet(
            f"{entry.kind}-{entry.code}",
            entry.kind,
            entry.title,
            _one_a_person(stories)[:most],
            len(chosen),
            "Stories that speak of it as a whole, surest first, one a person.",
            "No story speaks of it surely enough. Stories that come near by chance are left out.",
        )
        for entry, stories in own.items()
    ]


def _of_inequalities(corpus: Corpus, chosen: Sequence[Chosen], most: int) -> list[StorySet]:
    """Who is heard too little, and themes that groups raise unequally, whoever tells of them.

    Were these told by the group alone that raises the theme more, the set would say who is of it.
    """
    little = [
        one
        for one in sorted(chosen, key=_best_told)
        if one.story.participant_id in corpus.people.under_heard
    ]
    differing = [theme for theme in corpus.people.differing if theme in corpus.labels]
    return [
        StorySet(
            "inequalities-heard-too-little",
            "inequalities",
            "Told by people of groups that are heard too little",
            _by_turns(little, lambda one: one.theme_id)[:most],
            len(chosen),
            "Best told first, one a person, a theme's second only after every theme's first.",
            "No group is known to be heard too little, or nobody of one tells a whole story.",
        ),
        *(_differing(corpus, chosen, theme, most) for theme in differing),
        *([] if differing else [_NONE_DIFFERS]),
    ]


_NONE_DIFFERS = StorySet(
    "inequalities-themes",
    "inequalities",
    "Themes that some groups raise more or less than others",
    [],
    0,
    "",
    "No theme is known to be raised more or less by any group: see table inequalities.",
)


def _differing(corpus: Corpus, chosen: Sequence[Chosen], theme: str, most: int) -> StorySet:
    own = [one.because("differs_by_group") for one in chosen if one.theme_id == theme]
    return StorySet(
        f"inequalities-{theme}",
        "inequalities",
        f"{DIFFERING}{corpus.labels[theme]}",
        _one_a_person(own)[:most],
        len(own),
        "Stories of a theme that some groups raise more or less than others, whoever tells them.",
        "Nobody tells a whole story of which this theme is half.",
    )


def _new_perspectives(chosen: Sequence[Chosen]) -> StorySet:
    apart = [one for one in chosen if one.lane == "new_perspective"]
    return StorySet(
        "new-perspective",
        "new_perspective",
        "Stories that stand apart",
        apart,
        apart[0].pool_size if apart else 0,
        "Well told, and among the tenth that fewest others tell the like of; newest first.",
        "No well-told story is far enough from what others say.",
    )


def _good_practice(chosen: Sequence[Chosen], most: int) -> StorySet:
    pool = [one.because("what_helped") for one in chosen if _is_good_practice(one)]
    pool.sort(key=_best_told)
    return StorySet(
        "good-practice",
        "good_practice",
        "Good practice worth sharing",
        _by_turns(pool, lambda one: one.theme_id)[: 2 * most],
        len(pool),
        "What was good: who or what helped, and what it led to; one a person, a theme's second "
        "only after every theme's first.",
        "No story surely tells of something good, what helped and what it led to.",
    )


def _is_good_practice(one: Chosen) -> bool:
    story = one.story
    cues = story.told.cues
    led_to = cues.consequence > 0 or cues.feeling > 0
    is_sure = story.voice == "good" and story.voice_score >= _SURE_OF_VOICE
    return is_sure and led_to and tells_what_helped(story.told.passage.text)


def _training(chosen: Sequence[Chosen], lens_scores: pd.DataFrame | None, most: int) -> StorySet:
    """The best told of what training is about; where no framework says what, of everything."""
    pool = sorted(_about_training(chosen, lens_scores), key=_best_told)
    return StorySet(
        "training",
        "training",
        "Stories for staff training",
        _by_turns(pool, lambda one: one.theme_id)[: 5 * most],
        len(pool),
        "Best told first of those that speak of what training is about, one a person, a theme's "
        "second only after every theme's first. Consent for training is looked at on release.",
        "No story speaks surely of what training is about.",
    )


def _about_training(chosen: Sequence[Chosen], lens_scores: pd.DataFrame | None) -> list[Chosen]:
    if lens_scores is None:
        return list(chosen)
    own = lens_scores[lens_scores["framework"].eq(TRAINING)]
    if own.empty:
        return list(chosen)
    codes = sorted(set(own["code"]))
    framework = Framework(TRAINING, tuple(Entry(TRAINING, c, c, ()) for c in codes), {})
    found = matches([framework], own, [one.story.segment_ids for one in chosen])
    return [chosen[at].because("near_framework") for at in sorted({m.story for m in found})]


def _best_told(one: Chosen) -> tuple[object, ...]:
    return (-one.story.told.score, *one.story.place)


def _one_a_person(stories: Sequence[Chosen]) -> list[Chosen]:
    first: dict[str, Chosen] = {}
    for one in stories:
        first.setdefault(one.story.participant_id, one)
    return list(first.values())


def _by_turns(stories: Sequence[Chosen], turn: Callable[[Chosen], object]) -> list[Chosen]:
    """One a person, and everything's first before anything's second, order kept otherwise."""
    times: Counter[object] = Counter()
    rounds: list[tuple[int, Chosen]] = []
    for one in _one_a_person(stories):
        times[turn(one)] += 1
        rounds.append((times[turn(one)], one))
    rounds.sort(key=lambda pair: pair[0])
    return [one for _, one in rounds]
