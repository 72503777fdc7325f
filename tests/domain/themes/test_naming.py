from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.themes.corpus import Row, Span
from pipeline.domain.themes.labels import UNNAMED
from pipeline.domain.themes.naming import (
    Nearness,
    common_words,
    may_be_said,
    said_words,
    short_names,
    worded,
)


def row(person: int, text: str, turn: int = 1) -> Row:
    span = Span(turn, 0, len(text))
    return Row(f"C{person}/{turn}/0", f"C{person}", f"P{person}", "", text, "good", (span,))


def said(*texts: str, first: int = 0, people: int = 4) -> list[Row]:
    """Each text by each of four people."""
    return [
        row(first + person, text, turn)
        for turn, text in enumerate(texts)
        for person in range(people)
    ]


BOATS = said("They moored the rowing boat in the harbour.", "The harbour was full.")
BREAD = said("I baked a loaf of bread, and the oven was hot.", first=10)


def test_a_phrase_that_three_people_say_names_its_theme() -> None:
    boats, bread = (own.label for own in worded([BOATS, BREAD]))
    assert {"rowing boat", "harbour"} & {boats, *boats.split(" and ")}
    assert "loaf of bread" in bread


def test_a_name_has_no_word_that_only_two_people_of_the_theme_say() -> None:
    rows = [*BOATS, *said("The bosun shouted in the harbour.", first=20, people=2)]
    elsewhere = [*BREAD, *said("The bosun of the bakery.", first=30)]
    assert "bosun" not in worded([rows, elsewhere])[0].label


@pytest.mark.parametrize(("others", "name"), [(16, "lighthouse"), (30, UNNAMED)])
def test_words_that_few_of_many_people_say_name_nothing(others: int, name: str) -> None:
    rest = [row(100 + n, f"Then it went {'on ' * n}.") for n in range(others)]
    rows = [*said("The lighthouse was dark.", people=4), *rest]
    bread = said("I baked a loaf of bread, and the oven was hot.", first=200, people=90)
    assert worded([rows, bread])[0].label == name


def test_forms_of_a_verb_and_its_object_become_a_doing() -> None:
    rows = [
        *said("We sailed the dinghy.", people=3),
        *said("I sail my dinghy.", first=3, people=3),
        *said("More sailing for us.", first=6, people=3),
    ]
    assert worded([rows, BREAD])[0].label == "sailing the dinghy"


def test_no_name_holds_a_placeholder_or_joins_words_across_one() -> None:
    rows = said("The harbour [PLACE_1] lighthouse was dark.", "The lighthouse of [ORG_1] shone.")
    label = worded([rows, BREAD])[0].label
    assert "[" not in label
    assert "harbour lighthouse" not in label


def test_names_are_written_as_people_write_them_inside_a_sentence() -> None:
    rows = said("RNLI people came. To the harbour. We moored at the RNLI harbour.", "That harbour.")
    themes = [rows, BREAD, said("Wool and a scarf. Needles.", "A scarf.", first=30)]
    assert "RNLI harbour" in worded(themes)[0].label


def test_a_name_is_short_though_people_use_long_words() -> None:
    rows = said(*(f"The {letter * 45}." for letter in "abc"))
    assert len(worded([rows, BREAD, BOATS])[0].label) <= 80


def test_two_themes_never_bear_the_same_name() -> None:
    themes = [said("Fine.", first=at) for at in (0, 10, 20)]
    assert len({own.label for own in worded(themes)}) == 3


def test_a_theme_without_a_noun_is_named_by_its_keywords_or_says_so() -> None:
    angry = said("They were very angry.", "So angry.")
    assert worded([angry, BREAD])[0].label == "angry"
    assert worded([said("Well, yes."), BREAD])[0].label == UNNAMED


def test_keywords_that_few_of_its_people_say_name_no_theme() -> None:
    few = [*said("So angry.", people=3), *said("Well, yes.", first=50, people=9)]
    told = worded([few, said("The oven.", first=100, people=40)])[0]
    assert told.keywords == ["angry"]
    assert told.label == UNNAMED


def test_a_noun_may_end_as_adverbs_do() -> None:
    assert worded([said("The assembly was long.", "An assembly."), BREAD])[0].label == "assembly"


def test_no_phrase_runs_from_one_thing_into_the_next() -> None:
    boats = said("We had the dinghies a canoe and the rafts.", "A canoe.", "The dinghies.")
    label = worded([boats, said("The oven.", first=100, people=40)])[0].label
    assert "canoe" in label
    assert "dinghies a canoe" not in label


def test_a_name_borne_before_is_kept_though_another_is_as_good() -> None:
    themes = [said("The jetty.", "The slipway.", "The pontoon."), BREAD, BOATS]
    first = worded(themes)[0].label
    other = "pontoon and slipway"
    assert first != other
    assert worded(themes, before=[other, "", ""])[0].label == other


def test_a_settled_name_stands_and_no_other_theme_comes_near_it() -> None:
    twin = said("The rowing boat was in the harbour.", "Gulls and nets, gulls and nets.", first=40)
    labels = [own.label for own in worded([BOATS, twin, BREAD], settled=["rowing boat", "", ""])]
    assert labels[0] == "rowing boat"
    assert "rowing boat" not in labels[1]


def test_without_themes_there_are_no_names() -> None:
    assert worded([]) == []


def test_a_theme_that_nobody_is_in_any_more_is_unnamed_and_harms_no_other() -> None:
    empty, bread = worded([[], BREAD])
    assert empty.label == UNNAMED
    assert bread.keywords


DIRECTIONS = {"harbour": 0, "oven": 1}


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Harbours lie one way, ovens another, all else a third."""
    vectors = np.full((len(texts), 3), 0.01, np.float32)
    for vector, text in zip(vectors, texts, strict=True):
        known = [DIRECTIONS[word] for word in text.split() if word in DIRECTIONS]
        vector[known or [2]] = 1.0
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("word", DIRECTIONS)
def test_of_words_said_alike_the_one_nearer_to_the_theme_names_it(word: str) -> None:
    rows = said("The harbour.", "The ladder.", "An oven.")
    others = said("A scarf of wool.", first=20, people=30)
    kinds = [DIRECTIONS[word]] * len(rows) + [2] * len(others)
    toward = np.eye(3, dtype=np.float32)[kinds] + np.float32(0.01)
    nearness = Nearness.of(encode, toward, [[*range(12)], [*range(12, 42)]])
    assert word in short_names([rows, others], ["", ""], nearness=nearness)[0]


def asked(question: str, rows: Sequence[Row]) -> list[Row]:
    return [own._replace(question=question) for own in rows]


def test_what_was_asked_about_comes_first_in_the_name() -> None:
    rows = said("We sail a lot. The harbour!", "The harbour was full. And the boat!", "My boat!")
    bread = said("I baked a loaf of bread.", first=10, people=30)
    names = [
        worded([asked(question, rows), bread])[0].label
        for question in ("", "And sailing?", "And the harbour?", "And the boat?")
    ]
    assert names == ["boat and harbour", "sailing and boat", "harbour and boat", "boat and harbour"]


def test_only_what_three_people_were_asked_about_names_their_theme() -> None:
    rows = [*asked("And the lighthouse?", BOATS[:2]), *BOATS[2:]]
    assert "lighthouse" not in worded([rows, BREAD])[0].label
    assert not may_be_said("lighthouse", common_words(rows))
    everybody = asked("And the lighthouse?", BOATS)
    assert may_be_said("lighthouse", common_words(everybody))
    assert not may_be_said("lighthouse", said_words(everybody, 1))


def test_one_persons_word_that_two_others_are_asked_names_nothing() -> None:
    rows = [
        *said("There was an alpaca.", people=1),
        *asked("And the alpaca?", said("Yes, well.", first=1, people=2)),
    ]
    assert "alpaca" not in worded([rows, BREAD])[0].label
    assert not may_be_said("alpaca", common_words(rows))


def test_a_theme_without_others_beside_it_is_named_by_answers_alone() -> None:
    rows = asked("Would you tell me about the weather?", BOATS)
    assert "weather" not in worded([rows])[0].label


def test_what_everybody_is_asked_names_nothing() -> None:
    themes = [asked("Would you tell me about the weather?", own) for own in (BOATS, BREAD)]
    assert all("weather" not in own.label for own in worded(themes))


def test_a_name_may_be_said_only_where_three_people_say_each_word_of_it() -> None:
    common = common_words(BOATS)
    assert may_be_said("rowing boat and harbour", common)
    assert not may_be_said("rowing boat and bread", common)
    assert not may_be_said("harbour", common_words(BOATS[:2]))
