"""Which groups raise a theme more or less: what is told, what is not, and few false alarms."""

import numpy as np
import pandas as pd
import pytest

from pipeline.checks.representation import told_otherwise
from pipeline.domain.governance.inequalities import (
    groups_that_differ,
    inequalities,
    under_heard,
)
from pipeline.domain.governance.representation import representation
from pipeline.domain.themes.breakdown import by_group, parts_of
from pipeline.domain.themes.groups import NOT_STATED, Cell, Dimension
from pipeline.domain.themes.incidence import Incidence
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty, frame_of, parquet_bytes, to_arrow

FEWEST = 8
PEOPLE = tuple(f"P{n:03}" for n in range(120))
WOMEN, MEN = list(PEOPLE[:60]), list(PEOPLE[60:])
GROUPS = {"sex": {"Female": WOMEN, "Male": MEN, NOT_STATED: []}}
SEX = Dimension("sex", "sex", {}, ())


def raised_by(**themes: list[str]) -> Incidence:
    ids = tuple(sorted(themes))
    raised = np.array([[person in themes[theme] for theme in ids] for person in PEOPLE])
    return Incidence(PEOPLE, ids, raised)


def found(by_person: Incidence) -> dict[tuple[str, str], dict]:
    rows = inequalities(by_person, GROUPS, FEWEST)
    return {(str(row["theme_id"]), str(row["group"])): row for row in rows}


def test_a_theme_that_one_group_raises_more_is_raised_less_by_the_other() -> None:
    rows = found(raised_by(T1=WOMEN[:45] + MEN[:15], T2=WOMEN[:30] + MEN[:30]))
    assert rows["T1", "Female"]["direction"] == "over"
    assert rows["T1", "Male"]["direction"] == "under"
    assert rows["T2", "Female"]["direction"] == rows["T2", "Male"]["direction"] == "no_difference"
    assert rows["T1", "Female"]["share_of_group"] == 0.75
    assert rows["T1", "Female"]["share_of_others"] == 0.25


@pytest.mark.parametrize(
    "raisers",
    [WOMEN[:3] + MEN[:30], WOMEN[:57] + MEN[:30], WOMEN[:30] + MEN[:3], WOMEN[:30] + MEN[:57]],
    ids=["few of them", "all but few of them", "few others", "all but few others"],
)
def test_where_a_side_is_few_nothing_is_told(raisers: list[str]) -> None:
    row = found(raised_by(T1=raisers))["T1", "Female"]
    assert row["direction"] == "insufficient"
    assert row["share_of_group"] is row["share_of_others"] is row["difference_low"] is None


def test_what_is_told_follows_from_rounded_counts() -> None:
    """The themes' people are told exactly, so everybody else is theirs less the rounded group."""
    one = found(raised_by(T1=WOMEN[:29] + MEN[:31]))["T1", "Female"]
    other = found(raised_by(T1=WOMEN[:31] + MEN[:29]))["T1", "Female"]
    assert one == other


def test_every_share_is_one_that_theme_groups_tells() -> None:
    by_person = raised_by(T1=WOMEN[:30] + MEN[:20], T2=WOMEN[:5] + MEN[:20])
    groups = frame_of("theme_groups", by_group(parts_of("sex", GROUPS["sex"], by_person), FEWEST))
    table = frame_of("inequalities", inequalities(by_person, GROUPS, FEWEST))
    assert told_otherwise(table, groups) == []
    hides = groups.assign(share_of_group=groups["share_of_group"].mask(groups["group"].eq("Male")))
    assert told_otherwise(table, hides) == ["T1/sex/Male"]
    other = table.assign(share_of_group=table["share_of_group"] + 0.1)
    assert "T1/sex/Female" in told_otherwise(other, groups)


def test_themes_raised_by_chance_alone_raise_hardly_an_alarm() -> None:
    generator = np.random.default_rng(5)
    alarms = 0
    for _ in range(10):
        raised = generator.random((len(PEOPLE), 30)) < 0.4
        ids = tuple(f"T{n:02}" for n in range(30))
        marks = generator.integers(0, 3, (len(PEOPLE), 8))
        groups = {
            f"d{n}": {
                f"g{v}": [p for p, m in zip(PEOPLE, column, strict=True) if m == v]
                for v in range(3)
            }
            for n, column in enumerate(marks.T)
        }
        rows = inequalities(Incidence(PEOPLE, ids, raised), groups, FEWEST)
        assert len(rows) == 30 * 8 * 3
        alarms += any(row["direction"] in ("over", "under") for row in rows)
    assert alarms <= 2


@pytest.mark.parametrize("n", [0, 1], ids=["nobody", "one person"])
@pytest.mark.parametrize("dimensions", [[], [SEX]], ids=["no dimensions", "one"])
def test_the_table_keeps_its_columns_whoever_is_heard(n: int, dimensions: list[Dimension]) -> None:
    who = {"participant_id": PEOPLE[:n], "conversation_id": [f"C{i}" for i in range(n)]}
    segments = pd.DataFrame({"segment_id": [f"C{i}/0" for i in range(n)], **who}, dtype=object)
    themes = pd.DataFrame({"theme_id": ["T1"], "status": ["live"]})
    assigned = pd.DataFrame({"segment_id": segments["segment_id"], "theme_id": "T1"}, dtype=object)
    register = pd.DataFrame({**who, "interviewed_on": None, "sex": None}, dtype=object)
    table = groups_that_differ(segments, themes, assigned, register, dimensions, Settings())
    assert parquet_bytes(to_arrow(TABLES["inequalities"], table))
    assert not set(table["direction"]) - {"insufficient"}


AGE = Dimension(
    "age",
    "age_band",
    {"young": ("16-24",), "middle": ("25-64",), "old": ("65+",)},
    (Cell(("young", "middle"), 0.7, "under 65"), Cell(("old",), 0.3)),
    "A census, invented",
)


def ages(young: int, middle: int, old: int) -> dict[str, list[str]]:
    ends = np.cumsum([young, middle, old])
    parts = np.split(np.array(PEOPLE, dtype=object)[: ends[-1]], ends[:-1])
    return {name: list(own) for name, own in zip(AGE.groups, parts, strict=True)} | {NOT_STATED: []}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((30, 50, 40), []),
        ((40, 70, 10), [("age", "old")]),
        ((40, 76, 4), [("age", "old")]),
        ((10, 20, 90), [("age", "middle"), ("age", "young")]),
    ],
    ids=["as expected", "fewer", "too few to tell", "a joint share"],
)
def test_a_group_of_fewer_people_than_its_share_is_under_heard(
    sizes: tuple[int, int, int], expected: list[tuple[str, str]]
) -> None:
    groups = {"age": ages(*sizes)}
    table = pd.DataFrame(representation(AGE, groups["age"], FEWEST))
    words = {person: 500 + n % 7 for n, person in enumerate(PEOPLE)}
    assert under_heard(table, [AGE], groups, words, FEWEST, 0) == expected


def test_a_group_that_gets_to_say_less_is_under_heard_too() -> None:
    words = {person: (300 if person in WOMEN else 900) + n % 50 for n, person in enumerate(PEOPLE)}
    table = pd.DataFrame(representation(SEX, GROUPS["sex"], FEWEST))
    assert under_heard(table, [SEX], GROUPS, words, FEWEST, 0) == [("sex", "Female")]


def test_nobody_is_under_heard_where_nobody_is_heard() -> None:
    table = empty(TABLES["representation"])
    assert under_heard(table, [SEX], {"sex": {NOT_STATED: []}}, {}, FEWEST, 0) == []
