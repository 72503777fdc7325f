"""Which stories are chosen for whom: the first that may leave; for the team, what it must read."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.release.selection import places, select
from pipeline.domain.stories.curation import curate
from pipeline.settings import Settings
from pipeline.tables import AUDIENCES, TABLES, empty

TODAY = date(2024, 6, 1)
TEAM, PUBLIC = AUDIENCES[0], AUDIENCES[-1]


def consent() -> pd.DataFrame:
    yes = dict.fromkeys(("quote", "story", "training", "recontact", "film"), True)
    usual = {"audience": PUBLIC, "wording": "v1", "given_on": date(2024, 1, 1)} | yes
    rows = [
        usual | {"conversation_id": f"D{at:02}", "participant_id": f"Q{at:02}"} for at in range(12)
    ]
    return pd.DataFrame(rows, columns=empty(TABLES["consent"]).columns, dtype=object)


@pytest.fixture(scope="module")
def tables(programme: Any, settings: Settings) -> dict[str, pd.DataFrame]:
    return {
        **curate(*programme, settings)._asdict(),
        "themes": programme.themes,
        "theme_assignments": programme.theme_assignments,
        "segments": programme.segments,
        "redacted_turns": programme.redacted_turns,
        "known_names": empty(TABLES["known_names"]),
    }


def asking_for(*stories: str) -> pd.DataFrame:
    rows = [
        {"subject": story, "audience": PUBLIC, "status": "waits", "is_asked_for": True}
        for story in stories
    ]
    return pd.DataFrame(rows, columns=empty(TABLES["clearances"]).columns)


def chosen(
    tables: dict[str, pd.DataFrame], audience: str, settings: Settings, *asked: str
) -> set[str]:
    every = frozenset(tables["stories"]["story_id"])
    known = tables | {"clearances": asking_for(*asked)}
    sets = select(audience, known, consent(), TODAY, settings, every, {}).tables["story_sets"]
    return set(sets["story_id"])


def test_the_team_reads_every_story_that_it_is_asked_to_sign_off_for_others(
    tables: dict[str, pd.DataFrame], settings: Settings
) -> None:
    few = settings.model_copy(update={"stories_per_theme": 1})
    usual = chosen(tables, TEAM, few)
    last = sorted(set(tables["story_sets"]["story_id"]) - usual)
    assert last
    assert chosen(tables, TEAM, few, last[0]) == usual | {last[0]}
    assert last[0] not in chosen(tables, PUBLIC, few, last[0])


def test_sets_that_there_is_one_of_show_more_than_those_of_many_subjects() -> None:
    settings = Settings(stories_per_theme=2)
    assert places("theme", settings) == places("pathway", settings) == 2
    assert places("new_perspective", settings) > places("theme", settings)
