"""What people decided about themes holds in every refit, or is reported."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from pipeline.domain.themes.decisions import Decided, Decision, recorded
from pipeline.domain.themes.fitting import fit
from pipeline.domain.themes.publishing import PreviousThemes, ThemeTables
from pipeline.domain.themes.rulings import kept_apart, ruling_by, what_came_of
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty, parquet_bytes, to_arrow
from tests.domain.themes.conftest import SUBJECTS, Tables, corpus

SETTINGS = Settings()


def decided(*decisions: Decision, after: ThemeTables) -> pd.DataFrame:
    """Table `theme_decisions`, read after a run."""
    run_id = after.theme_lineage.sort_values("position")["run_id"].iloc[-1]
    rows = list(range(2, len(decisions) + 2))
    return recorded(
        empty(TABLES["theme_decisions"]), Decided(list(decisions), rows, []), str(run_id)
    )


def night(told: Tables, before: ThemeTables | None, record: pd.DataFrame) -> ThemeTables:
    """One run under the decisions of the record."""
    last = PreviousThemes(*(getattr(before, n) for n in PreviousThemes._fields)) if before else None
    apart = kept_apart(record, last.theme_lineage) if last else ()
    return fit(*told, last, SETTINGS, apart=apart, rule=ruling_by(record))


def outcomes(record: pd.DataFrame, tables: ThemeTables) -> dict[str, str]:
    """What came of the decision about each theme."""
    told = what_came_of(record, tables.found_themes, tables.theme_lineage)
    return dict(zip(told["theme_id"], told["outcome"], strict=True))


def theme_of(subject: str, tables: ThemeTables) -> str:
    """The found theme in which most is said about a subject."""
    turn = list(SUBJECTS).index(subject)
    said = tables.found_assignments
    own = said[said["segment_id"].str.split("/").str[1].eq(str(turn))]
    return str(own["theme_id"].mode().iloc[0])


def digests(tables: ThemeTables) -> dict[str, str]:
    return {
        name: hashlib.sha256(parquet_bytes(to_arrow(TABLES[name], frame))).hexdigest()
        for name, frame in tables._asdict().items()
    }


NOTHING = empty(TABLES["theme_decisions"])


@pytest.fixture(scope="module")
def everybody() -> Tables:
    return corpus(36, list(SUBJECTS))


@pytest.fixture(scope="module")
def first(everybody: Tables) -> ThemeTables:
    return night(everybody.of(range(30)), None, NOTHING)


@pytest.fixture(scope="module")
def record(first: ThemeTables) -> pd.DataFrame:
    """Boats are called otherwise and described, bread is part of boats, birds are hidden."""
    boats, bread, birds = (theme_of(subject, first) for subject in ("boats", "bread", "birds"))
    return decided(
        Decision(boats, "rename", words="On the water"),
        Decision(boats, "describe", words="Rowing, tides and moorings."),
        Decision(bread, "merge", boats),
        Decision(birds, "hide"),
        after=first,
    )


@pytest.fixture(scope="module")
def second(first: ThemeTables, record: pd.DataFrame, everybody: Tables) -> ThemeTables:
    """The same conversations, after people decided."""
    return night(everybody.of(range(30)), first, record)


def test_a_decision_takes_effect_without_a_new_conversation_and_makes_no_new_run(
    first: ThemeTables, second: ThemeTables
) -> None:
    assert second.theme_lineage.equals(first.theme_lineage)
    assert second.found_themes.equals(first.found_themes)
    themes, before = second.themes.set_index("theme_id"), first.themes.set_index("theme_id")
    boats, bread, birds = (theme_of(subject, first) for subject in ("boats", "bread", "birds"))
    assert themes.loc[boats, ["label", "label_by", "status"]].tolist() == [
        "On the water", "people", "live",
    ]  # fmt: skip
    assert themes.loc[bread, ["status", "shown_in", "n_people"]].tolist() == ["joined", boats, 0]
    assert themes.loc[birds, "status"] == "hidden"
    assert themes.loc[birds, "n_people"] == before.loc[birds, "n_people"]


def test_in_a_merged_theme_everybody_counts_once(
    second: ThemeTables, first: ThemeTables, everybody: Tables
) -> None:
    boats = theme_of("boats", first)
    own = second.theme_assignments.merge(everybody.segments, on="segment_id")
    own = own[own["theme_id"].eq(boats)]
    theme = second.themes.set_index("theme_id").loc[boats]
    assert theme["n_people"] == own["participant_id"].nunique() <= 30
    assert theme["n_segments"] == len(own) > 50


def test_decisions_hold_when_new_people_come(
    first: ThemeTables, second: ThemeTables, record: pd.DataFrame, everybody: Tables
) -> None:
    third = night(everybody, second, record)
    assert len(third.theme_lineage) > len(second.theme_lineage)
    themes = third.themes.set_index("theme_id")
    boats, bread, birds = (theme_of(subject, first) for subject in ("boats", "bread", "birds"))
    assert themes.loc[boats, "label"] == "On the water"
    assert themes.loc[boats, "description"] == "Rowing, tides and moorings."
    assert themes.loc[boats, "n_people"] == 36
    assert themes.loc[bread, "shown_in"] == boats
    assert themes.loc[birds, "status"] == "hidden"
    assert set(outcomes(record, third).values()) == {"applied"}
    assert digests(night(everybody, third, record)) == digests(third)


def test_what_is_taken_back_is_as_it_was(
    first: ThemeTables, second: ThemeTables, record: pd.DataFrame, everybody: Tables
) -> None:
    bread = theme_of("bread", first)
    more = recorded(record, Decided([Decision(bread, "undo")], [9], []), "")
    themes = night(everybody.of(range(30)), second, more).themes.set_index("theme_id")
    before = first.themes.set_index("theme_id")
    assert themes.loc[bread, "status"] == "live"
    assert themes.loc[bread, "n_people"] == before.loc[bread, "n_people"]


def test_a_decision_about_a_theme_that_vanished_is_reported(
    first: ThemeTables, second: ThemeTables, record: pd.DataFrame, everybody: Tables
) -> None:
    """Nobody speaks of birds or bread any more."""
    bread, birds = (theme_of(subject, first) for subject in ("bread", "birds"))
    turns = {str(list(SUBJECTS).index(subject)) for subject in ("bread", "birds")}
    segments = everybody.segments
    left = segments[~segments["segment_id"].str.split("/").str[1].isin(turns)]
    vectors = everybody.embeddings
    told = Tables(left, vectors[vectors["segment_id"].isin(left["segment_id"])])
    third = night(told, second, record)
    themes = third.themes.set_index("theme_id")
    assert themes.loc[[bread, birds], "status"].tolist() == ["retired", "retired"]
    found = outcomes(record, third)
    assert found[birds] == "no_longer_applies"
    assert found[bread] == "no_longer_applies"
    assert found[theme_of("boats", first)] == "applied"


def test_two_themes_that_are_kept_apart_stay_two_where_the_clustering_finds_one(
    first: ThemeTables, everybody: Tables
) -> None:
    boats, bread = theme_of("boats", first), theme_of("bread", first)
    told = everybody.of(range(30))
    turn = told.segments["turn_start"].to_numpy()
    vectors = np.stack(told.embeddings["vector"].to_list())
    shift = vectors[turn == 0].mean(axis=0) - vectors[turn == 1].mean(axis=0)
    vectors[turn == 1] += 0.97 * shift.astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = Tables(
        told.segments.assign(text="It was all the same to us, and that was that in the end."),
        told.embeddings.assign(vector=list(vectors)),
    )
    one = set(night(alike, first, NOTHING).found_themes.query("status == 'live'")["theme_id"])
    assert not {boats, bread} <= one
    record = decided(Decision(boats, "keep_apart", bread), after=first)
    two = night(alike, first, record)
    assert {boats, bread} <= set(two.found_themes.query("status == 'live'")["theme_id"])
    assert outcomes(record, two) == {boats: "applied"}
