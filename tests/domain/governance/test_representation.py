"""Who is heard: beside the population where a source is known, and nothing told of few."""

from datetime import date

import pandas as pd
import pytest

from pipeline.checks.representation import heard_too_little, tell_too_much
from pipeline.domain.governance.representation import (
    by_chance,
    groups_of,
    proportionality,
    represent,
    representation,
    shown,
    summary,
)
from pipeline.domain.themes.counting import wilson
from pipeline.domain.themes.groups import NOT_STATED, Cell, Dimension
from pipeline.settings import Settings
from pipeline.tables import TABLES, parquet_bytes, to_arrow

FEWEST = 8
AGE = Dimension(
    "age",
    "age_band",
    {"young": ("16-24",), "middle": ("25-64",), "old": ("65+",)},
    (Cell(("young", "middle"), 0.7, "under 65"), Cell(("old",), 0.3)),
    "A census, invented",
)
SEX = Dimension("sex", "sex", {}, ())


def people(**sizes: int) -> dict[str, list[str]]:
    return {
        group.replace("_", " "): [f"{group}{n}" for n in range(size)]
        for group, size in sizes.items()
    }


def told(dimension: Dimension, groups: dict[str, list[str]]) -> dict[str, dict]:
    return {str(row["group"]): row for row in representation(dimension, groups, FEWEST)}


def register(**bands: int) -> pd.DataFrame:
    said = [band for band, n in bands.items() for _ in range(n)]
    return pd.DataFrame(
        {
            "conversation_id": [f"C{n}" for n in range(len(said))],
            "participant_id": [f"P{n}" for n in range(len(said))],
            "interviewed_on": date(2024, 3, 1),
            "sex": pd.Series([None if band == "silent" else band for band in said], dtype=object),
            "age_band": "16-24",
        }
    )


@pytest.mark.parametrize(
    ("old", "verdict"),
    [(10, "under"), (30, "as_expected"), (60, "over"), (3, "missing"), (0, "missing")],
)
def test_a_group_is_judged_by_its_share_of_the_population(old: int, verdict: str) -> None:
    rows = told(AGE, people(young=20, middle=80 - old, old=old))
    assert rows["old"]["verdict"] == verdict


def test_nobody_and_a_few_are_told_alike() -> None:
    nobody = told(AGE, people(young=30, middle=70, old=0))["old"]
    a_few = told(AGE, people(young=30, middle=67, old=3))["old"]
    assert nobody == a_few
    assert nobody["n_people"] is None


def test_the_sentence_says_how_many_more_would_mend_it() -> None:
    sentence = str(told(AGE, people(young=30, middle=60, old=10))["old"]["sentence"])
    enough, level = 15, 29
    assert f"{enough} to {level} more of them would mend it" in sentence
    assert wilson(10 + enough, 100 + enough).high >= 0.3 > wilson(9 + enough, 99 + enough).high
    assert (10 + level) / (100 + level) >= 0.3 > (9 + level) / (99 + level)


def test_groups_that_share_a_source_are_told_together_and_apart() -> None:
    rows = told(AGE, people(young=20, middle=50, old=30))
    assert rows["under 65"]["n_people"] == 70
    assert rows["under 65"]["index"] == pytest.approx(1.0)
    assert rows["young"]["verdict"] == "no_reference"
    assert rows["young"]["n_people"] == 20


def test_a_small_group_is_told_together_with_those_beside_it() -> None:
    rows = told(AGE, people(young=3, middle=60, old=30))
    assert rows["young"]["n_people"] is None
    assert rows["under 65"]["n_people"] == 65


def test_all_but_a_few_are_not_told_either() -> None:
    """Else the few are known by subtraction."""
    rows = told(SEX, people(Female=95, Male=5))
    assert rows["Female"]["n_people"] is rows["Male"]["n_people"] is None
    assert rows["Female"]["verdict"] == "hidden"


def test_who_said_nothing_is_in_no_share() -> None:
    rows = told(SEX, people(Female=50, Male=50) | {NOT_STATED: [f"s{n}" for n in range(20)]})
    assert rows["Female"]["share"] == 0.5
    assert rows[NOT_STATED]["n_people"] == 20
    assert rows[NOT_STATED]["share"] == pytest.approx(20 / 120, abs=1e-6)


def test_without_a_source_there_is_no_verdict() -> None:
    rows = told(SEX, people(Female=80, Male=20))
    assert rows["Female"]["verdict"] == "no_reference"
    assert rows["Female"]["index"] is rows["Female"]["expected_low"] is None


def test_every_number_follows_from_the_rounded_counts() -> None:
    one = told(AGE, people(young=21, middle=48, old=31))
    other = told(AGE, people(young=19, middle=52, old=29))
    assert one == other


@pytest.mark.parametrize(
    ("shares", "index"),
    [((0.7, 0.3), 1.0), ((1.0, 0.0), 0.7), ((0.0, 1.0), 0.3)],
    ids=["alike", "only the many", "only the few"],
)
def test_the_index_of_proportionality_is_one_less_half_the_differences(
    shares: tuple[float, ...], index: float
) -> None:
    assert proportionality(shares, (0.7, 0.3)) == pytest.approx(index)


def test_by_chance_alone_the_index_is_below_one_and_nearer_to_it_for_more_people() -> None:
    few, many = by_chance((0.7, 0.3), 20, 0), by_chance((0.7, 0.3), 2_000, 0)
    assert few.low < few.mean < many.mean < 1
    assert few.mean == pytest.approx(1 - (0.7 * 0.3 / 20) ** 0.5 * (2 / 3.14159) ** 0.5, abs=0.01)
    assert by_chance((0.7, 0.3), 20, 0) == few


def test_the_summary_sets_the_index_beside_chance() -> None:
    like = summary(AGE, people(young=20, middle=50, old=30), FEWEST, 0)
    unlike = summary(AGE, people(young=10, middle=10, old=80), FEWEST, 0)
    assert like["index_of_proportionality"] == pytest.approx(1.0)
    assert like["source"] == AGE.source
    assert float(str(unlike["residual"])) < -5
    assert str(unlike["sentence"]).startswith("Less like the population")


def test_no_index_is_made_of_hidden_counts() -> None:
    """Of two groups it would give the hidden one away."""
    row = summary(AGE, people(young=40, middle=55, old=5), FEWEST, 0)
    assert row["index_of_proportionality"] is row["residual"] is None


@pytest.mark.parametrize(
    "bands",
    [{}, {"Female": 1}, {"silent": 30}, {"Female": 20, "Male": 20, "silent": 9}],
    ids=["nobody", "one person", "nobody said", "many"],
)
def test_the_tables_keep_their_columns_whoever_is_heard(bands: dict[str, int]) -> None:
    people_of = register(**bands)
    tables = represent([AGE, SEX], people_of, people_of["participant_id"], Settings())
    for name, frame in tables._asdict().items():
        assert parquet_bytes(to_arrow(TABLES[name], frame))
    assert not tell_too_much(
        tables.representation, people_of, set(people_of["participant_id"]), [AGE, SEX], FEWEST
    )


def test_without_dimensions_there_are_no_rows() -> None:
    tables = represent([], register(Female=9), ["P1"], Settings())
    assert [len(frame) for frame in tables] == [0, 0]


def test_rows_of_the_register_in_any_order_give_the_same_table() -> None:
    known = register(Female=20, Male=30)
    forth, back = (
        represent([SEX], f, known["participant_id"], Settings()) for f in (known, known[::-1])
    )
    assert forth.representation.equals(back.representation)


def test_a_group_of_the_file_that_nobody_is_in_is_listed() -> None:
    groups = groups_of([AGE], register(Female=9), ["P1", "P2"])
    assert groups["age"]["old"] == []
    assert not shown(AGE, groups["age"], FEWEST).groups["old"]


@pytest.mark.parametrize(
    "spoil",
    [{"n_people": 3.0}, {"n_people": 21.0}, {"n_people": 30.0}],
    ids=["few", "not rounded", "not counted"],
)
def test_the_check_names_a_count_that_should_not_stand_there(spoil: dict[str, float]) -> None:
    known = register(Female=20, Male=30)
    table = represent([SEX], known, known["participant_id"], Settings()).representation
    female = table["group"].eq("Female")
    spoilt = table.assign(n_people=table["n_people"].mask(female, spoil["n_people"]))
    named = tell_too_much(spoilt, known, set(known["participant_id"]), [SEX], FEWEST)
    assert named == ["sex/Female"]


def test_the_check_names_all_but_a_few() -> None:
    known = register(Female=50, Male=5)
    table = represent([SEX], known, known["participant_id"], Settings()).representation
    told_all = table.assign(n_people=table["n_people"].mask(table["group"].eq("Female"), 50.0))
    everybody = set(known["participant_id"])
    assert "sex/Female" in tell_too_much(told_all, known, everybody, [SEX], FEWEST)


def test_groups_heard_too_little_are_named_to_whoever_plans_the_next_interviews() -> None:
    table = pd.DataFrame(representation(AGE, people(young=30, middle=60, old=10), FEWEST))
    assert heard_too_little(table) == ["age/old"]
