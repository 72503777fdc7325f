import hashlib
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from pipeline.checks.counting import (
    broken_points,
    people_of_groups,
    tell_too_much,
    uncounted,
    unproven_cases,
)
from pipeline.domain.themes.corpus import Row, Span
from pipeline.domain.themes.groups import Cell, Dimension
from pipeline.domain.themes.salience import salience
from pipeline.domain.themes.tallies import Tallies, tally
from pipeline.settings import Settings
from pipeline.tables import TABLES, parquet_bytes, to_arrow
from tests.domain.themes.conftest import SUBJECTS, Tables

SETTINGS = Settings()
INVENTED = (
    Dimension("age", "age_band", {}, (Cell(("16-24",), 0.3), Cell(("65-74",), 0.7))),
    Dimension("sex", "sex", {}, ()),
)


class Themes(NamedTuple):
    """Tables `themes` and `theme_assignments`, as far as counts need them."""

    themes: pd.DataFrame
    theme_assignments: pd.DataFrame


@pytest.fixture(scope="module")
def fitted(thirty_people: Tables) -> Themes:
    """A theme for each of the five subjects, and one that is retired."""
    vectors = np.stack(thirty_people.embeddings["vector"])
    subject = thirty_people.segments["turn_start"].to_numpy()
    rows = [
        {
            "theme_id": f"T{n}",
            "status": "live",
            "centre": vectors[subject == n].mean(0),
            "reach": 0.9,
        }
        for n in range(5)
    ]
    retired = {"theme_id": "T9", "status": "retired", "centre": vectors[0], "reach": None}
    segments = thirty_people.segments["segment_id"]
    assigned = {"segment_id": segments, "theme_id": [f"T{n}" for n in subject]}
    return Themes(pd.DataFrame([*rows, retired]), pd.DataFrame(assigned))


@pytest.fixture(scope="module")
def register() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "conversation_id": f"C{person:03}/{turn}",
            "participant_id": f"P{person:03}",
            "interviewed_on": date(2024, 1 + person % 6, 1),
            "age_band": "16-24" if person < 15 else "65-74",
            "sex": "Female" if person % 10 else "Male",
        }
        for person in range(30)
        for turn in range(len(SUBJECTS))
    )


def tallied(spoken: Tables, themes: Themes, register: pd.DataFrame) -> Tallies:
    return tally(*spoken, themes.themes, themes.theme_assignments, register, INVENTED, SETTINGS)


@pytest.fixture(scope="module")
def counted(thirty_people: Tables, fitted: Themes, register: pd.DataFrame) -> Tallies:
    return tallied(thirty_people, fitted, register)


def as_bytes(tables: Tallies) -> dict[str, str]:
    return {
        name: hashlib.sha256(parquet_bytes(to_arrow(TABLES[name], frame))).hexdigest()
        for name, frame in tables._asdict().items()
    }


def test_rows_in_any_order_give_the_same_bytes(
    counted: Tallies, thirty_people: Tables, fitted: Themes, register: pd.DataFrame
) -> None:
    turned = Tables(thirty_people.segments[::-1], thirty_people.embeddings[::-1])
    backwards = Themes(*(frame[::-1] for frame in fitted))
    assert as_bytes(tallied(turned, backwards, register[::-1])) == as_bytes(counted)


def test_without_themes_every_table_keeps_its_columns(
    thirty_people: Tables, fitted: Themes, register: pd.DataFrame
) -> None:
    none = Themes(*(frame[:0] for frame in fitted))
    tables = tallied(thirty_people.of(range(3)), none, register)
    assert as_bytes(tables)
    assert tables.saturation_verdicts["verdict"].unique().tolist() == ["too_few"]


def test_nobody_at_all_is_counted_as_nobody(fitted: Themes, register: pd.DataFrame) -> None:
    spoken = Tables(
        *(TABLES[n].schema.empty_table().to_pandas() for n in ("segments", "segment_embeddings"))
    )
    tables = tallied(spoken, Themes(*(frame[:0] for frame in fitted)), register[:0])
    assert as_bytes(tables)


def test_small_groups_are_hidden_with_a_reason(counted: Tallies) -> None:
    groups = counted.theme_groups
    male = groups[groups["group"].eq("Male")]
    assert set(male["hidden"]) == {"small_group"}
    assert male["n_people"].isna().all()


def test_each_live_theme_has_a_place_on_the_map_and_no_other(counted: Tallies) -> None:
    places = counted.theme_map
    assert set(places["theme_id"]) == {f"T{n}" for n in range(5)}
    assert places[["x", "y"]].ge(0).all(axis=None)
    assert places[["x", "y"]].le(1).all(axis=None)
    assert len(places[["x", "y"]].drop_duplicates()) == len(places)


def test_waves_are_counted_beside_groups(counted: Tallies) -> None:
    waves = counted.theme_groups[counted.theme_groups["dimension"].eq("wave")]
    assert set(waves["group"]) == {"2024-01 to 2024-03", "2024-04 to 2024-06"}


def test_the_counts_pass_their_own_checks_and_a_changed_one_does_not(
    counted: Tallies, thirty_people: Tables, fitted: Themes, register: pd.DataFrame
) -> None:
    segments, assignments = thirty_people.segments, fitted.theme_assignments
    people = people_of_groups(segments, register, INVENTED, SETTINGS)

    def broken(groups: pd.DataFrame) -> list[str]:
        return tell_too_much(groups, assignments, people, SETTINGS.min_cell_people)

    assert broken(counted.theme_groups) == []
    told = counted.theme_groups.assign(n_people=3.0, n_in_group=5.0)
    assert len(broken(told)) == len(told)
    assert uncounted(fitted.themes, assignments, segments, counted._asdict()) == []
    fewer = counted._asdict() | {"theme_salience": counted.theme_salience[1:]}
    assert len(uncounted(fitted.themes, assignments, segments, fewer)) == 1
    unmapped = counted._asdict() | {"theme_map": counted.theme_map[1:]}
    assert len(uncounted(fitted.themes, assignments, segments, unmapped)) == 1
    assert broken_points(counted.saturation, segments) == []
    assert broken_points(counted.saturation[:-1], segments)


def test_one_hidden_count_beside_one_that_is_told_is_found_out() -> None:
    """Twenty-five in all, of whom 15 to the nearest five are told: eight to twelve are left."""
    people = pd.DataFrame(
        {
            "segment_id": [f"S{n}" for n in range(60)],
            "participant_id": [f"P{n}" for n in range(60)],
            "dimension": "sex",
            "group": ["Female"] * 30 + ["Male"] * 30,
        }
    )
    raising = [f"S{n}" for n in range(17)] + [f"S{n}" for n in range(30, 37)]
    assignments = pd.DataFrame({"segment_id": raising, "theme_id": "T1"})
    told = pd.DataFrame(
        {
            "theme_id": "T1",
            "dimension": "sex",
            "group": ["Female", "Male"],
            "n_people": [15.0, None],
            "n_in_group": [30.0, None],
        }
    )
    assert tell_too_much(told, assignments, people, 8) == ["T1/sex/Male"]


def test_cases_are_proven_by_the_turns_they_point_at(
    counted: Tallies, thirty_people: Tables
) -> None:
    spoken = thirty_people.segments
    turns = pd.DataFrame(
        {
            "conversation_id": spoken["conversation_id"],
            "turn": spoken["turn_start"],
            "role": "participant",
            "text": "xx " + spoken["text"],
        }
    )
    cases = counted.negative_cases
    assert cases["outcome"].eq("found").any() or cases["outcome"].eq("no_majority").all()
    assert unproven_cases(cases, spoken, turns) == []


def row(person: str, conversation: str, text: str, start: int) -> Row:
    where = (Span(0, start, start + len(text)),)
    return Row(f"{conversation}/{start}", conversation, person, "", text, "none", where)


def test_a_word_in_two_windows_is_one_word_and_each_person_counts_the_same() -> None:
    talkative = [
        row("P1", "C1", "one two three four", 0),
        row("P1", "C1", "three four five six", 8),
    ]
    brief = [row("P2", "C2", "only this [PERSON_1] matters", 0)]
    themes_of = {"C1/8": ["T1"], "C2/0": ["T1"]}
    (found,) = salience([*talkative, *brief], themes_of)
    assert found["n_people"] == 2
    assert found["mean_share"] == pytest.approx((4 / 6 + 1) / 2, abs=1e-6)
