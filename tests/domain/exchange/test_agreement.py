"""Coefficients: as worked out by hand, and as kept libraries have them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.exchange.agreement import compared, is_borne
from pipeline.domain.exchange.coefficients import (
    Counts,
    Sets,
    ac1,
    alpha,
    f1,
    kappa,
    masi,
    observed,
    precision,
    recall,
)
from pipeline.domain.exchange.layout import Place
from pipeline.domain.exchange.reading import Coding
from pipeline.tables import TABLES, to_arrow


def counts(both: int, machine: int, coder: int, neither: int) -> Counts:
    return Counts(*(np.array([float(n)]) for n in (both, machine, coder, neither)))


def test_coefficients_are_those_worked_out_by_hand() -> None:
    """Twenty, five, ten and fifteen of fifty: the example of Cohen's kappa in textbooks."""
    table = counts(20, 5, 10, 15)
    assert observed(table)[0] == pytest.approx(0.7)
    # Chance: .5 x .6 + .5 x .4 = .5, so (.7 - .5) / .5.
    assert kappa(table)[0] == pytest.approx(0.4)
    # Mean prevalence .55, chance 2 x .55 x .45 = .495, so (.7 - .495) / .505.
    assert ac1(table)[0] == pytest.approx(0.205 / 0.505)
    assert precision(table)[0] == pytest.approx(0.8)
    assert recall(table)[0] == pytest.approx(2 / 3)
    assert f1(table)[0] == pytest.approx(40 / 55)


def test_kappa_falls_with_rare_themes_and_ac1_does_not() -> None:
    rare = counts(1, 2, 2, 95)
    assert observed(rare)[0] == pytest.approx(0.96)
    assert kappa(rare)[0] < 0.4
    assert ac1(rare)[0] > 0.9


def test_where_nothing_varies_there_is_no_kappa() -> None:
    assert np.isnan(kappa(counts(0, 0, 0, 9))[0])
    assert np.isnan(kappa(counts(9, 0, 0, 0))[0])
    assert np.isnan(f1(counts(0, 0, 0, 9))[0])


@settings(deadline=None, max_examples=25)
@given(pairs=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    if len({side for pair in pairs for side in pair}) < 2:
        return
    machine, coder = zip(*pairs, strict=True)
    n = [pairs.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))]
    assert kappa(counts(*n))[0] == pytest.approx(cohen_kappa_score(machine, coder))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("ab", "ab", 0),
        ("a", "", 1),
        ("a", "b", 1),
        ("a", "ab", 1 - 1 / 2 * 2 / 3),
        ("ab", "bc", 1 - 1 / 3 * 1 / 3),
    ],
    ids=["both empty", "same", "one empty", "nothing shared", "one within", "some shared"],
)
def test_masi_is_that_of_its_paper(one: str, other: str, distance: float) -> None:
    assert masi(set(one), set(other)) == pytest.approx(distance)
    assert masi(set(other), set(one)) == pytest.approx(distance)


def alpha_of(pairs: list[tuple[str, str]]) -> float:
    """Alpha of pairs of one-letter codes, all in one conversation."""
    known = sorted({code for pair in pairs for code in pair})
    distances = np.array([[masi({a}, {b}) for b in known] for a in known])
    used = np.array([[float(sum(pair.count(code) for pair in pairs)) for code in known]])
    differing = np.array([float(sum(a != b for a, b in pairs))])
    return float(alpha(Sets(differing, used, distances), np.ones((1, 1)))[0])


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    """Ten units, two observers, nominal data: .095 in his "Computing Krippendorff's Alpha"."""
    meg, owen = "0100000000", "1110010100"
    assert alpha_of(list(zip(meg, owen, strict=True))) == pytest.approx(0.095, abs=5e-4)


def test_alpha_is_one_for_the_same_and_none_where_nothing_varies() -> None:
    assert alpha_of([("a", "a"), ("b", "b")]) == pytest.approx(1)
    assert np.isnan(alpha_of([("a", "a"), ("a", "a")]))


SAID = [{"turn": 1, "start": 0, "end": 100}, {"turn": 3, "start": 0, "end": 20}]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([Place(1, 0, 60), Place(3, 0, 20)], True),
        ([Place(1, 10, 20)], True),
        ([Place(1, 90, 110), Place(3, 0, 1)], True),
        ([Place(1, 95, 200)], False),
        ([Place(2, 0, 500), Place(1, 0, 4)], True),
        ([Place(2, 0, 500)], False),
    ],
    ids=[
        "most of it", "a few words in it", "half of them in it", "mostly in the next segment",
        "with the interviewer's words", "the interviewer's words alone",
    ],
)  # fmt: skip
def test_a_segment_bears_what_is_half_in_it(places: list[Place], *, expected: bool) -> None:
    assert is_borne(places, SAID) is expected


def small(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Segments of `n` conversations, two each; the machine has the first of each in T1."""
    segments = pd.DataFrame(
        [
            {"segment_id": f"C{at}/{k}", "conversation_id": f"C{at}",
             "spans": [{"turn": k, "start": 0, "end": 50}]}
            for at in range(n)
            for k in (1, 3)
        ]
    )  # fmt: skip
    return segments, pd.DataFrame([{"segment_id": f"C{at}/1", "theme_id": "T1"} for at in range(n)])


def coding(conversation: str, turn: int, theme: str | None, coder: str = "b") -> Coding:
    return Coding(coder, conversation, (Place(turn, 0, 50),), theme, "" if theme else "X")


def test_text_that_a_coder_never_looked_at_is_not_compared() -> None:
    agreement, differing = compared(*small(8), [coding("C2", 1, "T1")], seed=0)
    assert agreement["n_units"].tolist() == [2, 2]
    assert agreement["n_conversations"].tolist() == [1, 1]
    assert differing.empty


def test_few_conversations_are_said_to_be_few_and_have_no_interval() -> None:
    agreement, _ = compared(*small(8), [coding("C2", 1, "T1")], seed=0)
    assert all(s.endswith("Too little to go by.") for s in agreement["sentence"])
    assert agreement["f1_low"].isna().all()


def test_with_more_there_is_an_interval_around_what_is_told() -> None:
    codings = [coding(f"C{at}", 1 if at % 3 else 3, "T1") for at in range(12)]
    agreement, _ = compared(*small(12), codings, seed=0)
    for row in agreement.to_dict("records"):
        assert row["f1_low"] <= row["f1"] <= row["f1_high"]
        assert row["f1_low"] < row["f1_high"]
    everything = agreement[agreement["theme_id"].eq("all")].iloc[0]
    assert everything["alpha_low"] <= everything["alpha"] <= everything["alpha_high"]
    assert "16 are in the same themes for both; 8 are to be talked about." in everything["sentence"]


def test_coders_are_numbered_and_each_is_held_against_the_machine_alone() -> None:
    codings = [coding("C1", 1, "T1", "b"), coding("C1", 3, "T1", "a")]
    agreement, differing = compared(*small(2), codings, seed=0)
    assert sorted(set(agreement["coder"])) == ["coder 1", "coder 2"]
    assert differing["coder"].unique().tolist() == ["coder 1"]


def test_codes_of_their_own_are_numbered_beside_the_themes() -> None:
    _, differing = compared(*small(2), [coding("C1", 1, None)], seed=0)
    assert differing["own_codes"].tolist() == [["own code 1"]]
    assert differing["coder_theme_ids"].tolist() == [[]]


def test_rows_in_any_order_give_the_same_tables() -> None:
    segments, assignments = small(9)
    codings = [coding(f"C{at}", 1 if at % 2 else 3, "T1") for at in range(9)]
    one = compared(segments, assignments, codings, seed=3)
    other = compared(segments.iloc[::-1], assignments.iloc[::-1], codings[::-1], seed=3)
    for name, table, again in zip(one._fields, one, other, strict=True):
        assert to_arrow(TABLES[name], table).equals(to_arrow(TABLES[name], again))


def test_nobody_who_coded_leaves_both_tables_empty() -> None:
    agreement, differing = compared(*small(2), [], seed=0)
    assert to_arrow(TABLES["coder_agreement"], agreement).num_rows == 0
    assert to_arrow(TABLES["coder_disagreements"], differing).num_rows == 0
