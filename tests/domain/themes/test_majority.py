import pytest

from pipeline.domain.themes.majority import majority, majority_among


@pytest.mark.parametrize(
    ("n_by_voice", "n_people", "voice"),
    [
        ({"good": 7, "improve": 4, "hope": 2}, 13, "good"),
        ({"good": 5, "improve": 4, "hope": 3}, 12, None),
        ({"good": 8, "improve": 7, "hope": 6}, 12, "good"),
        ({"good": 6, "improve": 6}, 12, None),
        ({"good": 3}, 38, None),
        ({}, 38, None),
    ],
    ids=["most", "the first of three", "most speak in two", "as many", "a handful", "no voice"],
)
def test_most_are_more_than_half_of_those_with_a_voice_and_enough(
    n_by_voice: dict[str, int], n_people: int, voice: str | None
) -> None:
    assert majority(n_by_voice, n_people, fewest=5).voice == voice


def test_a_person_has_one_vote_for_each_voice() -> None:
    told = [("P1", "good")] * 9 + [("P2", "improve"), ("P3", "improve"), ("P4", "none")]
    assert majority_among(told, fewest=2) == ("improve", 2)
