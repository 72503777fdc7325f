"""What people say number by number and letter by letter, and where they said it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.redaction import addresses, contacts, dates, identifiers
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.spoken import runs

WORDS = {
    "0": ("oh", "zero", "nought", "0"), "1": ("one", "1"), "2": ("two", "2"), "3": ("three", "3"), "4": ("four", "4"), "5": ("five", "5"),
    "6": ("six", "6"), "7": ("seven", "7"), "8": ("eight", "8"), "9": ("nine", "9"),
}  # fmt: skip


def covered(text: str, findings: list[Finding]) -> set[str]:
    return {text[f.start : f.end] for f in findings}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("oh double seven, um, double oh", "07700"),
        ("nine hundred, one two three", "900123"),
        ("nine hundred and twelve", "912"),
        ("two thousand and three", "2003"),
        ("three noughts, two fives", "00055"),
        ("B for Bravo H twenty-one", "BH21"),
        ("M, mum, four", "M4"),
        ("x for x-ray, seven", "X7"),
        ("aitch four, double-u", "H4W"),
        ("four seven... what comes next, two", "472"),
        ("K O D", "KOD"),
    ],
    ids=[
        "double", "hundred", "hundred and", "thousand and", "so many of them", "phonetic alphabet", "example after a comma", "x-ray", "letters as they sound",
        "hesitation", "an o among letters",
    ],
)  # fmt: skip
def test_words_become_the_characters_they_say(text: str, value: str) -> None:
    assert [run.value for run in runs(text)] == [value]


@given(
    st.lists(st.tuples(st.sampled_from("0123456789"), st.integers(0, 3)), min_size=3, max_size=14)
)
def test_digits_said_in_any_words_are_the_digits_and_know_their_place(
    said: list[tuple[str, int]],
) -> None:
    words = [WORDS[digit][choice % len(WORDS[digit])] for digit, choice in said]
    text = "well it is " + ", ".join(words) + " so there"
    run = next(run for run in runs(text) if run.value.startswith(said[0][0]))
    assert run.value == "".join(digit for digit, _ in said)
    for index, character in enumerate(run.characters):
        assert text[character.start : character.end] == words[index]


@given(st.text(alphabet="abo 0179.,-\n?double tnyfiv", max_size=80))
def test_places_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    last = 0
    for run in runs(text):
        assert 0 <= run.start < run.end <= len(text)
        assert run.start >= last
        last = run.end
    for find in (identifiers.find, contacts.find, dates.find, addresses.find):
        for finding in find(text):
            assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It's oh double seven double oh, nine hundred, four, no, five, six seven.", "oh double seven double oh, nine hundred, four, no, five, six seven"),
        ("My mobile is plus four four, seven seven double oh, nine double oh, one four six", "plus four four, seven seven double oh, nine double oh, one four six"),
        ("Ring me at home on nine six oh, two four seven.", "nine six oh, two four seven"),
        ("Hospital number R K, four two oh, seven one one", "R K, four two oh, seven one one"),
        ("the case reference is C R N slash two four slash oh oh seven", "C R N slash two four slash oh oh seven"),
        ("we're m for mother e twenty two nine a b", "m for mother e twenty two nine a b"),
        ("my licence says HARKE 652194 M99AB", "HARKE 652194 M99AB"),
        ("It's spelt N-I-A-M-H", "N-I-A-M-H"),
        ("how do you spell that, h a double l e double t", "h a double l e double t"),
    ],
    ids=[
        "taken back", "from abroad", "without area code", "hospital", "reference", "postcode by examples", "licence", "spelt with hyphens", "spelt without signs",
    ],
)  # fmt: skip
def test_identifiers_are_found_whole(text: str, whole: str) -> None:
    assert whole in covered(text, identifiers.find(text))


def test_a_number_begun_and_begun_again_is_found_twice() -> None:
    text = "NHS number four eight five, seven seven, sorry, I'll start again, four eight five, seven seven three, four five six seven."
    found = covered(text, identifiers.find(text))
    assert {"four eight five, seven seven", "four eight five, seven seven three, four five six seven"} <= found  # fmt: skip


def test_a_number_written_down_piece_by_piece_leaves_the_yeahs_alone() -> None:
    text = "Your NHS number?\nIt's nine nine nine.\nYeah.\nTwo seven one.\nGo on.\nOh three two three.\nLovely."
    found = covered(text, identifiers.find(text))
    assert {"nine nine nine", "Two seven one", "Oh three two three"} <= found
    assert not any("Yeah" in words or "Go on" in words for words in found)


def test_a_number_read_back_is_found_again() -> None:
    text = "Your policy number?\nP L four four eight one two.\nThanks, bear with me while I look at the whole of the file on this screen. PL44812, yes."
    assert "PL44812" in covered(text, identifiers.find(text))


@pytest.mark.parametrize(
    "text",
    [
        "be at W12 1pm sharp",
        "come in at 1 1pm or so",
        "so 1 4th of them left",
        "the bus 40 comes 24/7",
        "two for one, one in four",
        "my blood pressure was 140 over 90",
        "I got in at 10.15 and out at 11.30",
        "three, two, one, go",
        "it's the D W P and the C A B",
        "eight thousand, nine hundred and twelve people",
        "2 paracetamol, 4 hourly, 8 a day",
        "I ring 111 and they say ring 999, and 999",
        "they say go online dot com this and dot com that",
    ],
    ids=[
        "a clock after a district", "a clock", "an ordinal", "a bus", "offers", "pressure", "times", "a countdown", "abbreviations", "people", "doses",
        "emergency numbers", "talk about the web",
    ],
)  # fmt: skip
def test_numbers_and_letters_of_daily_life_are_left_alone(text: str) -> None:
    assert covered(text, [*identifiers.find(text), *contacts.find(text)]) == set()


@pytest.mark.parametrize(
    ("card", "holds"), [("4000001234567899", True), ("4000001234567898", False)], ids=["right", "one off"]
)  # fmt: skip
def test_a_card_has_a_check_digit(card: str, holds: bool) -> None:
    assert identifiers.card_checksum_holds(card) is holds


@pytest.mark.parametrize(
    ("value", "holds"), [("GB82WEST12345698765432", True), ("GB83WEST12345698765432", False)], ids=["right", "one off"]
)  # fmt: skip
def test_an_account_abroad_has_check_digits(value: str, holds: bool) -> None:
    assert identifiers.iban_checksum_holds(value) is holds


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("you can reach me, it's mad cat lady sixty-three, all one word, at gmail dot com", "mad cat lady sixty-three, all one word, at gmail dot com"),
        ("my email is i harker at gmail dot com", "i harker at gmail dot com"),
        ("my email is sue dot harker at btinternet", "sue dot harker at btinternet"),
        ("I'm on Instagram, it's at salty dog underscore four five", "at salty dog underscore four five"),
        ("my handle is at mud dot lark", "at mud dot lark"),
        ("it's on harbour choir dot org dot uk forward slash join", "harbour choir dot org dot uk forward slash join"),
    ],
    ids=["plain words", "an i", "no dot com", "underscore and numbers", "dots", "page"],
)  # fmt: skip
def test_contacts_begin_where_the_speaker_began(text: str, whole: str) -> None:
    hidden = {i for f in contacts.find(text) for i in range(f.start, f.end)}
    start = text.index(whole)
    assert {i for i in range(start, start + len(whole)) if text[i].isalnum()} <= hidden
    assert not {i for i in range(start - 1) if text[i].isalnum()} & hidden


def test_an_e_mail_address_over_two_turns_is_found_in_both() -> None:
    text = "What's your email?\nIt's pier head eight four.\nMhm.\nAt gmail dot com.\nLovely."
    assert {"pier head eight four", "At gmail dot com"} <= covered(text, contacts.find(text))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("When were you born? Oh three oh four sixty-two.", "Oh three oh four sixty-two"),
        ("date of birth, the 15th of the 4th 2004", "the 15th of the 4th 2004"),
        ("he was born on June the sixth, fifty-one", "June the sixth, fifty-one"),
        ("born Christmas Day, nineteen thirty-nine", "Christmas Day, nineteen thirty-nine"),
        ("When mine were born, '68 and '71, I stayed home", "'71"),
        ("date of birth the third of may oh eight", "the third of may oh eight"),
    ],
    ids=["in digits", "month as a number", "month first", "feast", "two of them", "oh eight"],
)
def test_dates_of_birth_are_found_however_said(text: str, whole: str) -> None:
    births = [f for f in dates.find(text) if f.entity_type == "DOB"]
    assert whole in covered(text, births)


def test_a_date_of_birth_read_back_is_a_date_of_birth() -> None:
    text = "When were you born?\nThe twelfth of May, fifty-six.\nRight, and I'll just read that all back to you so we have it properly: the twelfth of May fifty-six?"
    found = [text[f.start : f.end] for f in dates.find(text) if f.entity_type == "DOB"]
    assert "the twelfth of May fifty-six" in found


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("I live at number twenty-two Elm Grove.", "number twenty-two Elm Grove"),
        ("She's at one oh eight Ringwood Road.", "one oh eight Ringwood Road"),
        ("It's Rose Cottage, Duck Street.", "Rose Cottage, Duck Street"),
        ("they sent it to seventeen dairy close", "seventeen dairy close"),
        ("i grew up at the old forge church lane", "the old forge church lane"),
        ("post it to flat 3 12 quarry lane", "flat 3 12 quarry lane"),
    ],
    ids=["number", "digit by digit", "house with a name", "ordinary words", "house in lower case", "flat in lower case"],
)  # fmt: skip
def test_addresses_are_found_however_said(text: str, whole: str) -> None:
    assert whole in covered(text, addresses.find(text))


def test_house_and_street_in_two_turns_are_both_found() -> None:
    text = "whats your address\nnumber 22\nmhm\nst aldhelms court\nyeah"
    assert {"number 22", "st aldhelms court"} <= covered(text, addresses.find(text))


@pytest.mark.parametrize(
    "text",
    ["it is a forty minutes drive", "two miles down the lane", "a one way street", "i walked up the hill and down the road"],
    ids=["minutes", "miles", "one way", "no name"],
)  # fmt: skip
def test_ways_and_distances_are_no_addresses(text: str) -> None:
    assert addresses.find(text) == []
