"""One person, one placeholder; two people, two. The same for places, bodies, numbers and days."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import linking
from pipeline.domain.redaction import things
from pipeline.domain.redaction.mentions import Mention, mention
from pipeline.domain.redaction.people import identities
from pipeline.domain.redaction.placeholders import assign

MARGARET = [("Margaret Tolpuddy", "participant"), ("Mags", "participant")]


def people(*said: str) -> list[Mention]:
    """A mention for each text; the name stands between | and |."""
    found: list[Mention] = []
    for text in said:
        before, name, after = text.split("|")
        found.append(mention("PERSON", before + name + after, len(before), len(before + name)))
    return found


def same(*said: str, registered: Sequence[tuple[str, str]] = ()) -> bool:
    return len(set(identities(people(*said), registered))) == 1


@pytest.mark.parametrize(
    "form",
    [
        "|Margaret|", "then |Mags| came", "Mrs |Tolpuddy|", "Mrs. |Tolpuddy|", "|margaret|",
        "|MARGARET TOLPUDDY|", "|Margaret|'s kettle", "|margarets| kettle", "M. |Tolpuddy|",
        "|M. Tolpuddy|", "signed |M.T.|", "|Margret|", "|Margarett Tolpuddy|", "|Maggie|",
        "my sister |Margaret Tolpuddy|", "Ms |Tolpuddy|", "|Mrs Tolpuddy|",
    ],
)  # fmt: skip
def test_every_form_of_a_name_is_the_one_person(form: str) -> None:
    assert same("I'm |Margaret Tolpuddy|.", form)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("|Margaret Tolpuddy|", "the |Tolpuddys|"),
        ("|Margaret Tolpuddy|", "the |Tolpuddy| family"),
        ("|Margaret Tolpuddy|", "Mr and Mrs |Tolpuddy|"),
        ("|Margaret Tolpuddy|", "Mr |Tolpuddy|"),
        ("|Margaret Tolpuddy|", "|Susan Tolpuddy|"),
        ("Mrs |Tolpuddy|", "Miss |Tolpuddy|"),
        ("|Marie|", "|Maria|"),
        ("|Karim|", "|Karima|"),
        ("my son |Alex|", "my daughter |Alex|"),
        ("|Aaron|", "|Ron|"),
    ],
)
def test_two_people_are_two(one: str, other: str) -> None:
    assert not same(one, other)


def test_names_said_side_by_side_are_two_people() -> None:
    assert same("|Patricia|", "|Pat|")
    assert not same("|Patricia|", "Patricia and |Pat|")


def test_a_nickname_that_may_be_of_two_people_is_of_neither() -> None:
    alison, alistair, ali = identities(people("|Alison|", "|Alistair|", "|Ali|"))
    assert len({alison, alistair, ali}) == 3


def test_a_surname_of_two_people_is_of_neither_and_their_titles_tell() -> None:
    keys = identities(
        people("|Margaret Quince|", "|Thomas Quince|", "|Quince|", "Mr |Quince|", "Mrs |Quince|")
    )
    assert keys[3] == keys[1]
    assert keys[4] == keys[0]
    assert keys[2] not in keys[:2]


def test_the_register_joins_names_that_nothing_else_would() -> None:
    flick = [("Piers Frostick", "participant"), ("Flick", "participant")]
    assert same("|Flick|", "|Piers|", registered=flick)
    assert not same("|Flick|", "|Piers|")


def test_people_of_the_register_are_kept_apart() -> None:
    both = [("Christine Batt", "participant"), ("Chris Batt", "third_party")]
    assert not same("|Christine|", "|Chris|", registered=both)


def test_a_relative_of_the_same_name_is_not_the_participant() -> None:
    registered = [("William Orchard", "participant")]
    will, bill = identities(people("my grandson |Will|", "they call me |William|"), registered)
    assert will != bill


def test_plural_family_names_are_one_family() -> None:
    assert same("the |Tolpuddys|", "the |Tolpuddy| boys", registered=MARGARET)


@pytest.mark.parametrize(
    ("entity_type", "one", "other"),
    [
        ("PHONE", "01632 960 123", "oh one six three two, nine six oh, one two three"),
        ("PHONE", "+44 1632 960123", "(01632) 960123"),
        ("PHONE", "01632 960123", "960123"),
        ("EMAIL", "w.quince@example.org", "W dot Quince at example dot org"),
        ("EMAIL", "jo_keel@example.net", "jo underscore keel at example dot net"),
        ("POSTCODE", "BH99 4ZZ", "B H ninety-nine four Z Z"),
        ("ORG", "Acorn Surgery", "the Acorn"),
        ("ORG", "Quarry Down Medical Centre", "quarry down surgery"),
        ("ORG", "Quarry Down Medical Centre", "QDMC"),
        ("PLACE", "Lyme Regis", "Lyme"),
        ("PLACE", "Wimborne", "wimbourne"),
        ("PLACE", "Milton-on-Stour", "milton on stour"),
        ("DATE", "the third of March 1987", "3 March '87"),
        ("DATE", "June the second", "2nd of June"),
        ("DOB", "the fourteenth of the second, nineteen forty", "14/02/1940"),
        ("AGE", "seventy-one", "71"),
        ("ADDRESS", "14 Quarry Lane", "fourteen Quarry Ln"),
    ],
)
def test_one_thing_in_two_shapes_has_one_placeholder(
    entity_type: str, one: str, other: str
) -> None:
    assert (
        assign([Mention(entity_type, one), Mention(entity_type, other)], {})
        == [f"[{entity_type}_1]"] * 2
    )


@pytest.mark.parametrize(
    ("entity_type", "one", "other"),
    [
        ("PHONE", "01632 960123", "01632 960124"),
        ("ORG", "Acorn Surgery", "Acorn Nursery"),
        ("ORG", "Acorn Surgery", "Elm Surgery"),
        ("PLACE", "Corfe Castle", "Corfe Mullen"),
        ("DATE", "March 1987", "March 1988"),
        ("DATE", "Monday the third", "Tuesday the third"),
        ("AGE", "four", "four and a half"),
    ],
)
def test_two_things_have_two_placeholders(entity_type: str, one: str, other: str) -> None:
    assert len(set(things.identities(entity_type, [one, other]))) == 2


def test_a_short_name_of_two_bodies_is_of_neither() -> None:
    keys = things.identities("ORG", ["Acorn Surgery", "Acorn Nursery", "the Acorn"])
    assert len(set(keys)) == 3


NAMES = st.sampled_from(
    [
        "Margaret Tolpuddy", "Margaret", "Mags", "Tolpuddy", "Tom Tolpuddy", "Tom", "Thomas", "Ali",
        "Alison", "Alistair Quince", "Quince", "M.T.", "Margret", "T. Tolpuddy", "tolpuddys",
    ]
)  # fmt: skip
TITLES = st.sampled_from(["", "Mr ", "Mrs ", "Dr ", "my son ", "the ", "and then "])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(TITLES, NAMES), min_size=1, max_size=9), st.randoms())
def test_the_order_of_what_is_said_is_of_no_account(
    said: list[tuple[str, str]], chance: random.Random
) -> None:
    mentions = [Mention("PERSON", name, title) for title, name in said]
    shuffled = mentions.copy()
    chance.shuffle(shuffled)
    keys = dict(zip(mentions, identities(mentions, MARGARET), strict=True))
    again = dict(zip(shuffled, identities(shuffled, MARGARET), strict=True))
    assert keys == again


def test_nobody_is_joined_with_another_in_the_set_of_conversations() -> None:
    pairs = linking.measure()["pairs"]
    for half in pairs.values():
        for writing in half.values():
            for score in writing.values():
                assert score["joined_wrongly"] == 0
                assert score["recall"] > 50
