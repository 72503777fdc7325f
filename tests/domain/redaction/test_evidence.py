"""Each kind of evidence: what it finds in a sentence and what it leaves alone."""

import pytest

from pipeline.domain.redaction import (
    addresses,
    ages,
    contacts,
    dates,
    identifiers,
    names,
    organisations,
    places,
)
from pipeline.domain.redaction.spans import Finding


def found(findings: list[Finding], text: str) -> list[tuple[str, str]]:
    """Words and types, without overlap of the same words."""
    return sorted({(text[f.start : f.end], f.entity_type) for f in findings})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ring me on oh double seven, um, double oh, nine hundred, one two three", "PHONE"),
        ("call 07700 900 123 after tea", "PHONE"),
        ("it's QQ 12 34 56 C on the letter", "ID"),
        ("Q Q, twelve, thirty-four, fifty-six, C", "ID"),
        ("NHS number four eight five, seven seven three, four five six seven", "ID"),
        ("my reg is WX59 KOD", "ID"),
        ("W X five nine, K O D", "ID"),
        ("we're at BH21 1AB", "POSTCODE"),
        ("B for Bravo, H, twenty-one, one, A, B", "POSTCODE"),
        ("the sort code is 20 30 40", "ID"),
    ],
    ids=[
        "phone said", "phone written", "national insurance written", "national insurance said", "health number said",
        "plate written", "plate said", "postcode written", "postcode by phonetic letters", "sort code by context",
    ],
)  # fmt: skip
def test_numbers_are_found_as_written_and_as_said(text: str, expected: str) -> None:
    assert expected in {f.entity_type for f in identifiers.find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "one, two, three, four, five, six, seven, eight, and up we go",
        "he's eighty-four and I'm eighty-one",
        "it cost two thousand three hundred pounds",
        "four hundred a week",
    ],
    ids=["counting", "ages after an apostrophe", "a price", "a wage"],
)
def test_numbers_of_daily_life_are_no_identifiers(text: str) -> None:
    assert identifiers.find(text) == []


@pytest.mark.parametrize(
    ("digits", "holds"), [("9434765919", True), ("9434765918", False)], ids=["right", "one off"]
)
def test_the_health_number_has_a_check_digit(digits: str, holds: bool) -> None:
    assert identifiers.nhs_checksum_holds(digits) is holds


@pytest.mark.parametrize(
    ("text", "words", "entity_type"),
    [
        ("it's s dot harker at example dot com", "s dot harker at example dot com", "EMAIL"),
        ("on j, o, dot, pike, at example dot co dot uk", "j, o, dot, pike, at example dot co dot uk", "EMAIL"),
        ("write to s.harker@example.com", "s.harker@example.com", "EMAIL"),
        ("I'm @sea_glass_sue there", "@sea_glass_sue", "HANDLE"),
        ("see www.example.org/help", "www.example.org/help", "URL"),
    ],
    ids=["e-mail said", "e-mail spelled", "e-mail written", "handle", "address of a page"],
)  # fmt: skip
def test_contacts_are_found_whole(text: str, words: str, entity_type: str) -> None:
    assert (words, entity_type) in found(contacts.find(text), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm seventy-one, you know.", ["seventy-one"]),
        ("aged 8", ["8"]),
        ("When I was nine we moved.", ["nine"]),
        ("a twelve-year-old girl", ["twelve"]),
        ("im eighty two now", ["eighty two"]),
        ("We were married thirty-eight years.", []),
        ("I'm forty minutes from the sea.", []),
        ("That's seven loaves.", []),
    ],
    ids=["I am", "aged", "when I was", "year old", "lower case", "years of marriage", "minutes", "loaves"],
)  # fmt: skip
def test_ages_are_told_from_other_numbers(text: str, expected: list[str]) -> None:
    assert sorted({text[f.start : f.end] for f in ages.find(text)}) == expected


@pytest.mark.parametrize(
    ("text", "words", "entity_type"),
    [
        ("It's the 11th of October 2022.", "the 11th of October 2022", "DATE"),
        ("on the third of may twenty twenty three", "the third of may twenty twenty three", "DATE"),
        ("since March 2021", "March 2021", "DATE"),
        ("I was born on the 4th of February 1993", "the 4th of February 1993", "DOB"),
        ("the ninth of the second, nineteen forty-four", "the ninth of the second, nineteen forty-four", "DOB"),
    ],
    ids=["day", "day in lower case", "month and year", "born", "month said as a number"],
)  # fmt: skip
def test_dates_are_found_and_births_told_apart(text: str, words: str, entity_type: str) -> None:
    assert (words, entity_type) in found(dates.find(text), text)


@pytest.mark.parametrize(
    "text",
    ["we may go", "last week", "in October", "march on"],
    ids=["may", "week", "month", "verb"],
)
def test_vague_times_are_no_dates(text: str) -> None:
    assert dates.find(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I live at 14 Quarry Lane, up top.", "14 Quarry Lane"),
        ("It was Flat 3, 9 Harbour Terrace, then.", "Flat 3, 9 Harbour Terrace"),
        ("we live at twelve zebrook road by the shop", "twelve zebrook road"),
    ],
    ids=["house and street", "flat", "said, lower case"],
)
def test_addresses_are_found_with_their_number(text: str, words: str) -> None:
    assert words in {text[f.start : f.end] for f in addresses.find(text)}


def test_a_road_without_a_name_is_no_address() -> None:
    assert addresses.find("i walked down the road and over the main road to the street") == []


def test_a_place_that_is_a_word_needs_a_capital_and_a_cue() -> None:
    text = "We moved to Wool. A ball of wool, Wool."
    assert [f.start for f in places.find(text)] == [12]


def test_an_organisation_is_found_by_what_its_name_ends_in() -> None:
    text = "I rang Quarry Down Surgery and the surgery rang back."
    assert ("Quarry Down Surgery", "ORG") in found(organisations.find(text), text)
    assert not any(f.start > text.index("and") for f in organisations.find(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Fridays I go up there. Odds and Ends, it's called, since that is us.", "Odds and Ends"),
        ("theres a group called the tiddlers and i took her", "the tiddlers"),
        ("a cafe called um nettles kitchen we go every week", "nettles kitchen"),
        ("i was with hargreaves and sons thirty years", "hargreaves and sons"),
    ],
    ids=["name first", "group, lower case", "after a filler", "family firm, lower case"],
)
def test_an_organisation_is_found_by_being_called_so(text: str, words: str) -> None:
    assert (words, "ORG") in found(organisations.find(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "its called dementia and it is a swine",
        "Dementia, it's called. Nobody told me.",
        "my wife and daughter came",
    ],
    ids=["condition, lower case", "condition first", "family"],
)
def test_what_is_called_something_is_not_always_an_organisation(text: str) -> None:
    assert organisations.find(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So I asked Rose about it.", {"Rose"}),
        ("A rose is a rose.", set[str]()),
        ("Will you come? Hope so.", set[str]()),
        ("my husband wojtek drove", {"wojtek"}),
        ("then mrs bloom came round", {"bloom"}),
        ("On Monday in March the GP rang Mum.", set[str]()),
        ("the missus reckons judge okonkwo was fair", {"okonkwo"}),
        ("as pelham et al wrote", {"pelham"}),
        ("in pelham versus united states", {"pelham"}),
        ("Signed by H. Pelham at the desk.", {"H. Pelham"}),
        ("The U.S. Army came.", set[str]()),
    ],
    ids=[
        "capital",
        "flower",
        "sentence start",
        "kin",
        "title",
        "public capitals",
        "office",
        "citation",
        "case",
        "initials",
        "initials of a country",
    ],
)
def test_names_are_told_from_the_words_they_are(text: str, expected: set[str]) -> None:
    assert {text[f.start : f.end] for f in names.find(text)} == expected
