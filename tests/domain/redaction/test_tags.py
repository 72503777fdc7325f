"""From probabilities to findings: what the tagger must be sure of, and when a neighbour helps."""

import numpy as np
import pytest

from pipeline.domain.redaction.tags import Tagged, Thresholds, decide

LABELS = ("O", "PERSON", "ORG", "AGE", "JOB", "PHONE")
STRICT = Thresholds(
    mid_sentence=0.3, sentence_start=0.5, lower=0.8, uncased=0.5, uncased_ordinary=0.8,
    public=0.6, exact=0.5, any_type=0.95, doubt=0.03, confirming=0.8, confirmed_start=0.2,
    confirmed_uncased=0.2, org_lower=0.5, org_uncased=0.5, job=0.5, counted=0.5, beside=0.2,
)  # fmt: skip


def tagged(text: str, **probabilities: tuple[str, float]) -> Tagged:
    """Each word one token, with the probability of one label; all others are sure to be none."""
    starts, ends, rows, position = [], [], [], 0
    for word in text.split(" "):
        row = np.zeros(len(LABELS), dtype=np.float32)
        label, share = probabilities.get(word.strip(",.").lower(), ("O", 1.0))
        row[0] = 1 - share
        row[LABELS.index(label)] += share
        starts.append(position)
        ends.append(position + len(word.strip(",.")))
        rows.append(row)
        position += len(word) + 1
    return Tagged(np.array(starts), np.array(ends), np.array(rows))


def found(
    text: str, thresholds: Thresholds = STRICT, **probabilities: tuple[str, float]
) -> list[tuple[str, str]]:
    findings = decide([text], [tagged(text, **probabilities)], LABELS, thresholds)
    return [(text[f.start : f.end], f.entity_type) for f in findings[0]]


def test_a_capital_inside_a_sentence_needs_less_than_a_small_letter():
    assert found("They saw Brindle on Monday.", brindle=("PERSON", 0.4)) == [("Brindle", "PERSON")]
    assert found("They saw brindle on Monday.", brindle=("PERSON", 0.4)) == []


def test_a_word_beside_a_found_one_is_taken_along_in_either_direction():
    first = found("we go to kettle and toast", kettle=("ORG", 0.9), toast=("ORG", 0.3))
    assert first == [("kettle", "ORG")]
    joined = found("we go to kettle toast club", kettle=("ORG", 0.3), toast=("ORG", 0.9))
    assert joined == [("kettle toast", "ORG")]


def test_a_word_of_another_type_is_not_taken_along():
    assert found("he is forty kettle", forty=("AGE", 0.9), kettle=("ORG", 0.3)) == [
        ("forty", "AGE")
    ]


def test_what_follows_a_person_is_taken_along_by_a_threshold_of_its_own():
    words = {"morag": ("PERSON", 0.9), "sells": ("PERSON", 0.3)}
    assert found("so Morag sells them", STRICT, **words) == [("Morag", "PERSON")]
    lax = STRICT._replace(beside_person=0.2)
    assert found("so Morag sells them", lax, **words) == [("Morag sells", "PERSON")]


def test_what_is_beside_in_the_next_sentence_is_not_taken_along():
    text = "I live at Kettle. Toast is nice."
    assert found(text, kettle=("ORG", 0.9), toast=("ORG", 0.3)) == [("Kettle", "ORG")]


@pytest.mark.parametrize(
    ("field", "label"), [("job", "JOB"), ("org_uncased", "ORG"), ("counted", "AGE")]
)
def test_types_have_thresholds_of_their_own_in_text_without_capitals(field: str, label: str):
    text = "so they said it was brindle and that was all there was to it for me and for them all"
    strict, lax = (STRICT._replace(**{field: t}) for t in (0.9, 0.3))
    assert found(text, strict, brindle=(label, 0.6)) == []
    assert found(text, lax, brindle=(label, 0.6)) == [("brindle", label)]


def test_a_name_is_known_again_where_its_apostrophe_is_gone():
    text = "then olive came and they dug up olives drain and it went on and on like that for weeks"
    words = {"olive": ("PERSON", 0.95), "olives": ("PERSON", 0.4)}
    assert found(text, STRICT, **words) == [("olive", "PERSON"), ("olives", "PERSON")]
    del words["olive"]
    assert found(text, STRICT, **words) == []
