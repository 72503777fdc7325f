import numpy as np
import pytest

from pipeline.domain.themes.corpus import Row, Span
from pipeline.domain.themes.labels import (
    UNNAMED,
    central_phrases,
    class_tf_idf,
    content_terms,
    keywords,
    label,
    term_weights,
)


def row(person: int, text: str, turn: int = 1) -> Row:
    span = Span(turn, 0, len(text))
    return Row(f"C{person}/{turn}/0", f"C{person}", f"P{person}", "", text, "good", (span,))


BOATS = [row(n, "The harbour was full and um the oars were wet.") for n in range(4)]
BREAD = [row(n, "The oven was hot and um the dough was slow.") for n in range(4)]


def test_a_word_of_one_theme_weighs_more_than_a_word_of_all() -> None:
    weights = class_tf_idf(np.array([[4.0, 4.0], [4.0, 0.0]]))
    assert weights[0, 1] > weights[0, 0]


def test_keywords_are_words_that_set_the_theme_apart_and_never_fillers() -> None:
    boats, bread = (keywords(terms) for terms in term_weights([BOATS, BREAD]))
    assert {"harbour", "oars"} <= set(boats)
    assert {"oven", "dough"} <= set(bread)
    assert "um" not in boats


def test_a_word_used_by_two_people_names_nothing() -> None:
    (terms, _) = term_weights([[*BOATS, row(8, "The bosun."), row(9, "The bosun.")], BREAD])
    assert "bosun" not in terms


def test_one_person_cannot_name_a_theme_by_repeating_a_word() -> None:
    (terms, _) = term_weights([[*BOATS, *(row(8, "A bosun.", turn) for turn in range(9))], BREAD])
    assert "bosun" not in terms


def test_placeholders_are_never_terms() -> None:
    assert content_terms("[PERSON_1] and [ORG_2]'s harbour") == {"harbour"}


@pytest.mark.parametrize("pair", [("boat", "boats"), ("harbour", "harbour wall")])
def test_forms_and_parts_of_a_keyword_are_left_out(pair: tuple[str, str]) -> None:
    assert keywords({pair[0]: 2.0, pair[1]: 1.0}) == [pair[0]]


def test_a_theme_without_shared_words_says_so() -> None:
    assert label([]) == UNNAMED


def test_phrases_come_from_different_people_and_hold_no_placeholder() -> None:
    rows = [
        *BOATS,
        row(1, "Mooring the harbour launch by the oars took us all day."),
        row(7, "[PERSON_1] kept the harbour and the oars for us all."),
    ]
    terms, _ = term_weights([rows, BREAD])
    phrases = central_phrases(rows, {r.segment_id: 1.0 for r in rows}, terms)
    people = [phrase.conversation_id for phrase in phrases]
    assert sorted(people) == ["C0", "C1", "C2", "C3"]


def test_a_theme_without_shared_words_still_has_three_phrases_the_most_central_first() -> None:
    rows = [
        row(1, "The heron stood on one leg."),
        row(2, "We mended a kettle with string and"),
        row(3, "Marble is colder than people think."),
        row(4, "Nobody ever asked about my stamps."),
        row(4, "Somebody else collects old tin cans.", turn=2),
    ]
    near = {own.segment_id: 0.5 + 0.1 * n for n, own in enumerate(rows)}
    phrases = central_phrases(rows, near, {})
    assert [phrase.conversation_id for phrase in phrases] == ["C4", "C3", "C1"]
    assert phrases[0].text == "Somebody else collects old tin cans."
