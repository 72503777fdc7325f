import numpy as np
import pytest

from pipeline.domain.themes.groups import Cell, Dimension
from pipeline.domain.themes.incidence import Incidence
from pipeline.domain.themes.robustness import (
    HEAVIEST,
    LIGHTEST,
    NOT_KNOWN,
    Target,
    effective_people,
    ranks,
    robustness,
    targets,
    weights,
)

PEOPLE = tuple(f"P{n:03}" for n in range(100))
OLD_AND_YOUNG = np.array([0] * 80 + [1] * 20)


def target(cells: np.ndarray, *shares: float) -> Target:
    return Target(cells, np.array(shares))


def test_under_weights_the_room_looks_like_the_population() -> None:
    sex = np.tile([0, 1], 50)
    weight = weights([target(OLD_AND_YOUNG, 0.6, 0.4), target(sex, 0.55, 0.45)], 100)
    assert weight.mean() == pytest.approx(1)
    assert weight[OLD_AND_YOUNG == 0].sum() / 100 == pytest.approx(0.6, abs=1e-6)
    assert weight[sex == 0].sum() / 100 == pytest.approx(0.55, abs=1e-6)


def test_nobody_speaks_for_many() -> None:
    few = np.array([0] * 98 + [1] * 2)
    weight = weights([target(few, 0.5, 0.5)], 100)
    assert weight.min() >= LIGHTEST - 1e-6
    assert weight.max() <= HEAVIEST + 1e-6
    assert weight.mean() == pytest.approx(1, abs=1e-6)
    assert effective_people(weight) > 80


def test_who_did_not_say_keeps_their_weight() -> None:
    cells = np.where(np.arange(100) < 50, NOT_KNOWN, OLD_AND_YOUNG)
    weight = weights([target(cells, 0.2, 0.8)], 100)
    assert weight[:50] == pytest.approx(1)
    assert weight[50:].sum() == pytest.approx(50)


def test_a_group_that_nobody_is_in_cannot_be_weighted_up() -> None:
    everybody = np.zeros(100, dtype=int)
    assert weights([target(everybody, 0.5, 0.5)], 100) == pytest.approx(1)


def test_equal_people_count_fully_and_unequal_ones_for_less() -> None:
    assert effective_people(np.ones(40)) == pytest.approx(40)
    assert effective_people(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)


def test_equal_shares_have_the_same_rank() -> None:
    assert ranks(np.array([0.2, 0.5, 0.5, 0.1])).tolist() == [3, 1, 1, 4]


def raised_by(*numbers: range) -> Incidence:
    raised = np.array([[n in own for own in numbers] for n in range(100)])
    return Incidence(PEOPLE, tuple(f"T{n}" for n in range(len(numbers))), raised)


def test_a_theme_of_few_rises_when_they_are_many_outside() -> None:
    by_person = raised_by(range(30), range(80, 100))
    raked = [target(OLD_AND_YOUNG, 0.4, 0.6)]
    first, second = robustness(by_person, raked, ["age"], seed=0)
    assert (first["rank"], first["weighted_rank"], first["rank_change"]) == (1, 2, -1)
    assert (second["rank"], second["weighted_rank"], second["rank_change"]) == (2, 1, 1)
    assert second["weighted_share"] == pytest.approx(0.6, abs=0.08)
    assert second["weighted_by"] == ["age"]


def test_a_weighted_share_does_not_tell_how_many_are_of_which_group() -> None:
    """Weights can be worked out: five people of the other group must not show in the share."""
    raked = [target(OLD_AND_YOUNG, 0.5, 0.5)]
    told = {
        robustness(raised_by(range(30 + n, 70 + n)), raked, ["age"], 0)[0]["weighted_share"]
        for n in range(30)
    }
    assert len(told) < 10


def test_without_a_source_nothing_is_weighted() -> None:
    (row,) = robustness(raised_by(range(30)), [], [], seed=0)
    weighted = {name: value for name, value in row.items() if name.startswith("weighted_")}
    assert weighted.pop("weighted_by") == []
    assert set(weighted.values()) == {None}
    assert row["effective_people"] is None


def test_a_theme_at_the_edge_of_the_first_ten_is_not_always_among_them() -> None:
    by_person = raised_by(*[range(60 - 2 * n) for n in range(12)])
    stays = [row["top_ten_share"] for row in robustness(by_person, [], [], seed=0)]
    assert stays[0] == 1
    assert 0 < stays[10] < stays[9] <= stays[8]


def test_groups_become_cells_of_the_population() -> None:
    cells = (Cell(("young", "middle"), 0.7), Cell(("old",), 0.3))
    age = Dimension("age", "age_band", {}, cells)
    unknown = Dimension("sex", "sex", {}, ())
    members = {"age": {"young": ["P1"], "middle": ["P2"], "old": ["P3"]}, "sex": {}}
    (found,) = targets([age, unknown], members, ["P1", "P2", "P3", "P4"])
    assert found.cells.tolist() == [0, 0, 1, NOT_KNOWN]
    assert found.shares.tolist() == [0.7, 0.3]
