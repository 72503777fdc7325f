"""The weekly look without last night: what it tells of themes that fit, and of a missing one."""

import pytest

from pipeline.domain.themes.corpus import read_corpus
from pipeline.domain.themes.drift import theme_drift
from pipeline.domain.themes.fitting import fit
from pipeline.domain.themes.publishing import PreviousThemes, ThemeTables
from pipeline.settings import Settings
from pipeline.tables import TABLES, to_arrow
from tests.domain.themes.conftest import SUBJECTS, Tables

SETTINGS = Settings()


def previous(tables: ThemeTables) -> PreviousThemes:
    return PreviousThemes(*(getattr(tables, name) for name in PreviousThemes._fields))


@pytest.fixture(scope="module")
def live(thirty_people: Tables) -> PreviousThemes:
    return previous(fit(*thirty_people, None, SETTINGS))


def test_themes_that_would_be_found_again_agree_fully(
    thirty_people: Tables, live: PreviousThemes
) -> None:
    drift = theme_drift(read_corpus(*thirty_people), live, SETTINGS)
    assert drift["is_live"].all()
    assert set(drift["theme_id"]) == set(live.themes["theme_id"])
    assert (drift["overlap"] == 1).all()
    assert (drift["agreement"] == 1).all()


def test_a_theme_that_we_do_not_have_is_told_with_its_words(
    thirty_people: Tables, live: PreviousThemes
) -> None:
    gone = live.themes["theme_id"].iloc[0]
    found = live.found_themes["theme_id"].ne(gone)
    members = live.found_assignments["theme_id"].ne(gone)
    fewer = live._replace(
        found_themes=live.found_themes[found], found_assignments=live.found_assignments[members]
    )
    drift = theme_drift(read_corpus(*thirty_people), fewer, SETTINGS)
    (new,) = drift[~drift["is_live"]].to_dict("records")
    assert any(set(new["keywords"][:2]) <= set(words) for words in SUBJECTS.values())
    assert new["n_people"] == 30
    assert new["overlap"] == 0
    assert to_arrow(TABLES["theme_drift"], drift).num_rows == len(drift)


def test_nothing_live_and_nobody_heard_is_an_empty_report(
    thirty_people: Tables, live: PreviousThemes
) -> None:
    nobody = read_corpus(*thirty_people.of([]))
    assert theme_drift(nobody, live, SETTINGS).empty
