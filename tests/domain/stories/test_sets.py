"""Sets: what each is for, in order, one a person; an empty one says that it is."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.stories.curation import Curated, curate
from pipeline.domain.stories.people import NOBODY, People, known_people
from pipeline.domain.stories.reasons import REASONS, distinguishing
from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.domain.themes.groups import Cell, Dimension
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty

PATHWAYS = Framework("pathways", (Entry("pathway", "green", "Green group", ("the garden",)),), {})
PRIORITIES = Framework(
    "priorities", (Entry("priority", "green", "Green space", ("the garden",)),), {}
)
GARDENERS = {f"D{at:02}" for at in range(6, 11)}


def lens(programme: Any, score: float, framework: str, code: str = "green") -> pd.DataFrame:
    """The gardeners speak of it as surely as is said, and nobody else at all."""
    said = programme.segments[["segment_id", "conversation_id"]].to_numpy()
    rows = [(s, framework, code, score if who in GARDENERS else 0.0) for s, who in said]
    return pd.DataFrame(rows, columns=["segment_id", "framework", "code", "score"])


@pytest.fixture(scope="module")
def curated(programme: Any, settings: Settings) -> Callable[..., Curated]:
    def with_options(**options: Any) -> Curated:
        return curate(*programme, settings, **options)

    return with_options


def told_by(found: Curated, kind: str) -> list[str]:
    """Who tells the stories of sets of this kind, in order."""
    of = dict(zip(found.stories["story_id"], found.stories["conversation_id"], strict=True))
    own = found.story_sets["kind"].eq(kind)
    return [of[story] for story in found.story_sets.loc[own, "story_id"]]


def outcomes(found: Curated) -> dict[str, str]:
    """The outcome of every set."""
    table = found.story_set_outcomes
    return dict(zip(table["story_set_id"], table["outcome"], strict=True))


def test_what_most_bear_sets_nothing_apart() -> None:
    chosen = [["first_person", "feeling"], ["first_person"], ["first_person", "coda"], ["coda"]]
    assert distinguishing(chosen) == {"feeling", "coda"}


def test_a_set_says_of_each_story_only_what_not_most_of_its_kind_are(curated: Any) -> None:
    found = curated()
    whys = found.story_sets.groupby("kind")["why"]
    assert found.stories["reasons"].map(lambda codes: "past_events" in codes).all()
    assert not whys.apply(lambda own: own.str.contains(REASONS["past_events"])).any()
    assert found.story_sets["why"].str.endswith(".").all()


@pytest.mark.parametrize(
    ("framework", "score", "made"),
    [(PRIORITIES, 0.3, True), (PATHWAYS, 0.3, False), (PATHWAYS, 0.8, True)],
    ids=["a priority", "a pathway by chance", "a pathway surely"],
)
def test_a_pathway_has_a_higher_bar(
    programme: Any, curated: Any, framework: Framework, score: float, made: bool
) -> None:
    scores = lens(programme, score, framework.name)
    found = curated(lens_scores=scores, frameworks=[framework])
    kind = framework.entries[0].kind
    assert bool(told_by(found, kind)) == made
    assert set(told_by(found, kind)) <= GARDENERS
    assert outcomes(found)[f"{kind}-green"] == ("made" if made else "empty")


def test_every_set_is_accounted_for_with_what_it_holds(programme: Any, curated: Any) -> None:
    found = curated(lens_scores=lens(programme, 0.0, "pathways"), frameworks=[PATHWAYS])
    said = found.story_set_outcomes.set_index("story_set_id")
    held = found.story_sets["story_set_id"].value_counts()
    assert said["n_stories"].to_dict() == held.reindex(said.index, fill_value=0).to_dict()
    assert said.loc["pathway-green", "why"].startswith("No story")


def test_good_practice_is_good_and_tells_what_helped(curated: Any) -> None:
    found = curated()
    shown = set(told_by(found, "good_practice"))
    good = set(found.stories.query("voice == 'good'")["conversation_id"])
    assert shown <= good == {"D00", "D07"}


def test_who_is_heard_too_little_has_a_set_that_does_not_say_of_which_group(
    curated: Any,
) -> None:
    people = NOBODY._replace(
        groups={"Q08": frozenset({("sex", "female")})}, under_heard=frozenset({"Q08"})
    )
    found = curated(people=people)
    assert set(told_by(found, "inequalities")) == {"D08"}
    words = " ".join(found.story_sets["why"]) + " ".join(found.story_sets["title"])
    assert "female" not in words


def test_a_theme_that_differs_is_told_by_whoever_tells_it(curated: Any) -> None:
    found = curated(people=NOBODY._replace(differing=("theme-bus",)))
    assert set(told_by(found, "inequalities")) <= {f"D{at:02}" for at in range(6)}
    assert outcomes(found)["inequalities-theme-bus"] == "made"
    assert outcomes(curated())["inequalities-themes"] == "empty"


def test_training_takes_what_training_is_about(programme: Any, curated: Any) -> None:
    found = curated(lens_scores=lens(programme, 0.9, "training", "listening"))
    shown = told_by(found, "training")
    assert shown
    assert set(shown) <= GARDENERS
    assert len(set(shown)) == len(shown)


def test_quotes_bring_in_the_group_that_is_not_heard_yet(
    programme: Any, settings: Settings
) -> None:
    old, young = frozenset({("age", "old")}), frozenset({("age", "young")})
    people = {f"Q{at:02}": old for at in range(12)} | {"Q05": young, "Q10": young}
    quotes = curate(*programme, settings, people=People(people, frozenset(), ())).quotes
    first = quotes[quotes["position"] <= 3]
    assert {"Q05", "Q10"} <= set(first["participant_id"])
    adds = first["reasons"].map(lambda codes: "adds_group" in codes)
    assert set(first.loc[adds, "participant_id"]) & {"Q05", "Q10"}


def test_groups_come_from_the_register_and_not_stated_is_none(
    programme: Any, settings: Settings
) -> None:
    bands = {"participant_id": ["Q00", "Q01", "Q02"], "sex": ["Female", "Male", None]}
    register = pd.DataFrame(bands).assign(
        conversation_id=["D00", "D01", "D02"], interviewed_on=None
    )
    sex = Dimension(
        "sex",
        "sex",
        {"female": ("Female",), "male": ("Male",)},
        (Cell(("female",), 0.5), Cell(("male",), 0.5)),
        "made up",
    )
    little = {"dimension": ["sex"], "group": ["male"], "verdict": ["missing"]}
    found = known_people(
        register,
        [sex],
        programme.segments,
        pd.DataFrame(little),
        empty(TABLES["inequalities"]),
        settings,
    )
    assert found.groups == {"Q00": {("sex", "female")}, "Q01": {("sex", "male")}}
    assert found.under_heard == {"Q01"}


def test_themes_that_differ_come_clearest_first(programme: Any, settings: Settings) -> None:
    rows = [("theme-a", "over", 0.2), ("theme-b", "under", -0.4), ("theme-c", "no_difference", 0.9)]
    unequal = pd.DataFrame(rows, columns=["theme_id", "direction", "difference"])
    found = known_people(
        empty(TABLES["participants"]),
        [],
        programme.segments,
        empty(TABLES["representation"]),
        unequal,
        settings,
    )
    assert found.differing == ("theme-b", "theme-a")
