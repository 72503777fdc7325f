"""Capitals that point at no one are kept; names beside them are found."""

import pytest

from pipeline.domain.redaction import names
from pipeline.domain.redaction.propagation import spread
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_medical


def found(text: str) -> set[str]:
    return {text[f.start : f.end] for f in names.find(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was late, um, So we went home. The nurse was kind to us all.", set()),
        ("I was on Paracetamol and Amoxicillin for it. It did no good at all.", set()),
        ("They said it was Meningitis, or Arthritis. It was neither.", set()),
        ("I take Ibuprofen when Agnieszka is out. She does not like it.", {"Agnieszka"}),
    ],
    ids=["a sentence begun anew", "medicines", "conditions", "a medicine beside a name"],
)
def test_a_capital_that_points_at_no_one_is_no_name(text: str, expected: set[str]) -> None:
    assert found(text) == expected


def test_a_name_that_ends_like_a_medicine_is_no_medicine() -> None:
    assert not is_medical("nadine")
    assert is_medical("loratadine")


def test_the_words_before_a_name_do_not_spread_with_it() -> None:
    """A span that took in "I'm" would make a hole of every "I'm" of the conversation."""
    texts = ["I'm Agnieszka Kowalska. Hello.", "I'm tired and I'm cold. Agnieszka knows."]
    more = spread(texts, [[Finding(0, 22, "PERSON", "model", 0.85)], []])
    assert [texts[1][f.start : f.end] for f in more[1]] == ["Agnieszka"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my daughter clover takes me on a thursday", {"clover"}),
        ("and it was bramley who sat with me", {"bramley"}),
        ("i told velvet i couldnt manage", {"velvet"}),
        ("i told people and my daughter always takes me", set()),
        ("i asked the nurse and my mum said no", set()),
    ],
    ids=["kin", "who did it", "who was told", "people and adverbs", "nobody named"],
)
def test_without_capitals_an_ordinary_word_in_a_persons_place_may_be_a_name(
    text: str, expected: set[str]
) -> None:
    assert found(text) == expected


def test_a_capital_in_a_persons_place_is_a_name_whatever_the_word_means() -> None:
    text = "We went, me and Clover, and I told the nurse. I told Mum."
    asked = [f for f in names.find(text) if f.rule == "asked"]
    assert [text[f.start : f.end] for f in asked] == ["Clover"]
