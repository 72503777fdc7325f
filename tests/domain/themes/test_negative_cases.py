import hashlib

import numpy as np

from pipeline.domain.themes.corpus import Corpus, Row, Span
from pipeline.domain.themes.negative_cases import Theme, negative_cases


def corpus(*said: tuple[str, str, float]) -> Corpus:
    """One segment each: person, voice, and how far it is turned from the theme's centre."""
    rows, vectors = [], []
    for number, (person, voice, turned) in enumerate(said):
        span = Span(number, 0, 9)
        rows.append(
            Row(
                f"C{number:02}/0/0",
                f"C{number:02}",
                person,
                "",
                f"Words {number:03}",
                voice,
                (span,),
            )
        )
        vectors.append([np.cos(turned), np.sin(turned)])
    return Corpus(tuple(rows), np.array(vectors, dtype=np.float32))


def theme(*members: int, reach: float | None = None) -> Theme:
    return Theme("T1", frozenset(f"C{n:02}/0/0" for n in members), np.array([1.0, 0.0]), reach)


FAR = [("P9", "none", 3.0), ("P9", "none", 3.1), ("P9", "none", 3.2)]


def test_who_says_the_opposite_is_found_nearest_first_and_with_proof() -> None:
    heard = corpus(
        ("P1", "improve", 0), ("P2", "improve", 0), ("P3", "good", 0.6), ("P4", "good", 0.1), *FAR
    )
    cases = negative_cases(heard, [theme(0, 1, 2, 3, 0)], 2)
    assert [case["outcome"] for case in cases] == ["no_majority"]
    cases = negative_cases(heard, [theme(0, 1, 3)], 2)
    (case,) = cases
    assert (case["segment_id"], case["majority_voice"], case["voice"]) == (
        "C03/0/0",
        "improve",
        "good",
    )
    assert case["spans"] == [{"turn": 3, "start": 0, "end": 9}]
    assert case["sha256"] == hashlib.sha256(b"Words 003").hexdigest()


def test_each_person_is_heard_once_and_who_says_nothing_else_first() -> None:
    heard = corpus(
        *[(f"P{n}", "improve", 0.0) for n in range(5)],
        ("P0", "good", 0.05),
        ("P7", "good", 0.2),
        ("P7", "good", 0.3),
        *FAR,
    )
    cases = negative_cases(heard, [theme(*range(8))], 5)
    assert [(case["participant_id"], case["position"]) for case in cases] == [("P7", 1), ("P0", 2)]
    assert [case["n_otherwise"] for case in cases] == [2, 2]
    assert "says_only_so" in cases[0]["reasons"]
    assert "says_only_so" not in cases[1]["reasons"]


def test_one_voice_of_a_talkative_person_is_no_majority() -> None:
    heard = corpus(*[("P1", "improve", 0.0)] * 9, ("P2", "good", 0.0), ("P3", "good", 0.0), *FAR)
    cases = negative_cases(heard, [theme(*range(11))], 2)
    assert {case["majority_voice"] for case in cases} == {"good"}
    assert [case["participant_id"] for case in cases] == ["P1"]


def test_where_nobody_in_the_theme_says_so_the_nearest_beside_it_does() -> None:
    heard = corpus(("P1", "good", 0), ("P2", "good", 0), ("P3", "improve", 0.1), *FAR)
    (case,) = negative_cases(heard, [theme(0, 1, reach=0.5)], 2)
    assert (case["participant_id"], case["n_otherwise"]) == ("P3", 0)
    assert "beside_the_theme" in case["reasons"]


def test_that_nobody_says_otherwise_is_said() -> None:
    heard = corpus(("P1", "good", 0), ("P2", "good", 0), ("P3", "improve", 3), *FAR)
    (case,) = negative_cases(heard, [theme(0, 1, reach=0.9)], 2)
    assert (case["outcome"], case["position"], case["segment_id"]) == ("nobody", 0, None)
    assert case["majority_voice"] == "good"


def test_fewer_people_than_a_theme_needs_are_no_majority() -> None:
    heard = corpus(*[(f"P{n}", "good", 0) for n in range(4)], ("P8", "improve", 0.1), *FAR)
    outcomes = [negative_cases(heard, [theme(*range(5))], n)[0]["outcome"] for n in (4, 5)]
    assert outcomes == ["found", "no_majority"]
