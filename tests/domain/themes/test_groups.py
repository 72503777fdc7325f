from datetime import date

import pandas as pd
import pytest

from pipeline.domain.themes.groups import (
    NOT_STATED,
    Dimension,
    conversations_by_wave,
    people_by_group,
    read_dimensions,
    wave_of,
)
from pipeline.errors import UsageError

AGE = Dimension("age", "age_band", {"younger": ("16-24", "25-34"), "older": ("65-74",)}, ())


def register(*rows: tuple[str, str, str | None, date | None]) -> pd.DataFrame:
    columns = ["conversation_id", "participant_id", "age_band", "interviewed_on"]
    return pd.DataFrame(list(rows), columns=columns)


def test_bands_are_joined_and_whoever_said_nothing_is_told_apart() -> None:
    people = register(
        ("C1", "P1", "16-24", None),
        ("C2", "P2", "25-34", None),
        ("C3", "P3", "65-74", None),
        ("C4", "P4", "Prefer not to say", None),
        ("C5", "P5", None, None),
        ("C6", "P6", "35-44", None),
    )
    assert people_by_group(AGE, people, ["P6", "P5", "P4", "P3", "P2", "P1", "P7"]) == {
        "younger": ["P1", "P2"],
        "older": ["P3"],
        NOT_STATED: ["P4", "P5", "P6", "P7"],
    }


def test_somebody_heard_twice_is_in_the_group_they_were_in_first() -> None:
    people = register(
        ("C1", "P1", "65-74", date(2024, 5, 1)), ("C2", "P1", "16-24", date(2023, 5, 1))
    )
    assert people_by_group(AGE, people, ["P1"])["younger"] == ["P1"]


def test_without_groups_each_band_that_somebody_is_in_is_one() -> None:
    people = register(("C1", "P1", "65-74", None), ("C2", "P2", "16-24", None))
    bands = people_by_group(AGE._replace(groups={}), people, ["P1", "P2"])
    assert bands == {"16-24": ["P2"], "65-74": ["P1"], NOT_STATED: []}


@pytest.mark.parametrize(
    ("day", "months", "wave"),
    [
        (date(2024, 3, 31), 3, "2024-01 to 2024-03"),
        (date(2024, 4, 1), 3, "2024-04 to 2024-06"),
        (date(2024, 11, 1), 1, "2024-11"),
        (date(2024, 11, 1), 5, "2024-11 to 2024-12"),
        (None, 3, NOT_STATED),
    ],
)
def test_a_wave_is_so_many_months_from_january(day: date | None, months: int, wave: str) -> None:
    assert wave_of(day, months) == wave


def test_a_conversation_without_a_day_is_in_no_wave() -> None:
    people = register(("C1", "P1", None, date(2024, 1, 1)), ("C2", "P2", None, None))
    waves = conversations_by_wave(people, ["C1", "C2", "C3"], 12)
    assert waves == {"2024-01 to 2024-12": ["C1"], NOT_STATED: ["C2", "C3"]}


def described(**reference: object) -> dict[str, object]:
    groups = {"younger": ["16-24"], "older": ["65-74"]}
    entry = {"column": "age_band", "groups": groups, "reference": reference}
    return {"dimensions": {"age": entry}}


def test_shares_with_a_source_are_read() -> None:
    shares = [{"groups": ["younger"], "share": 0.4}, {"groups": ["older"], "share": 0.6}]
    (age,) = read_dimensions(described(shares=shares, source="An invented census"))
    assert [(cell.groups, cell.share) for cell in age.reference] == [
        (("younger",), 0.4),
        (("older",), 0.6),
    ]


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ({"shares": [{"groups": ["younger", "older"], "share": 1}]}, "without a source"),
        ({"shares": [{"groups": ["younger"], "share": 1}], "source": "s"}, "each group once"),
        ({"shares": [{"groups": ["younger", "older"], "share": 0.9}], "source": "s"}, "add up"),
    ],
    ids=["nobody says from where", "a group is missing", "not the whole"],
)
def test_shares_that_cannot_be_trusted_are_refused(reference: dict, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_dimensions(described(**reference))


def test_a_column_that_the_register_has_not_in_bands_is_refused() -> None:
    with pytest.raises(UsageError, match="no band"):
        read_dimensions({"dimensions": {"name": {"column": "participant_names"}}})


def test_a_dimension_without_shares_is_only_counted_by() -> None:
    (sex,) = read_dimensions({"dimensions": {"sex": {"column": "sex"}}})
    assert sex == Dimension("sex", "sex", {}, ())
