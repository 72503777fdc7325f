"""What placeholders may be told as: read from words and figures, never finer than can be known."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.redaction.generalising import Area, generalise, place_levels
from pipeline.domain.redaction.homonyms import told_apart
from pipeline.domain.redaction.keep import protect, read_keep_list
from pipeline.domain.redaction.kinds import field_of, kind_of
from pipeline.domain.redaction.readings import Age, When, age_of, date_of
from pipeline.domain.redaction.spans import Finding
from pipeline.resources.programme import Programme
from pipeline.tables import TABLES, to_arrow

AREAS = (
    Area("Zibbleford", "the far hills", "Dorset", "England"),
    Area("Quinceminster", "the near hills", "Dorset", "England"),
)


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("71", Age(71, 71)),
        ("seventy-one", Age(71, 71)),
        ("in my eighty-third year", Age(82, 82)),
        ("eighty-third", Age(83, 83)),
        ("four and a half", Age(4, 4)),
        ("a hundred and two", Age(102, 102)),
        ("eighteen months", Age(1, 1)),
        ("six weeks old", Age(0, 0)),
        ("late sixties", Age(67, 69)),
        ("his 70s", Age(70, 79)),
        ("fourteen or fifteen", Age(14, 15)),
        ("nine-year-old", Age(9, 9)),
        ("old enough", None),
        ("1987", None),
    ],
)
def test_ages_are_read(said: str, age: Age | None) -> None:
    assert age_of(said) == age


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("3rd of March 1987", When(1987, 3, 3, "spring", 1980)),
        ("March '87", When(1987, 3, 0, "spring", 1980)),
        ("nineteen eighty-four", When(1984, 0, 0, "", 1980)),
        ("nineteen oh four", When(1904, 0, 0, "", 1900)),
        ("the fourteenth of the second forty-one", When(1941, 2, 14, "winter", 1940)),
        ("March the twenty second, twenty twelve", When(2012, 3, 22, "spring", 2010)),
        ("two thousand and three", When(2003, 0, 0, "", 2000)),
        ("fifth of May sixty two", When(1962, 5, 5, "spring", 1960)),
        ("03/04/1956", When(1956, 4, 3, "spring", 1950)),
        ("1956-04-03", When(1956, 4, 3, "spring", 1950)),
        ("Boxing Day 2004", When(2004, 12, 0, "winter", 2000)),
        ("Valentine's Day, nineteen forty-one", When(1941, 2, 0, "winter", 1940)),
        ("the nineteen eighties", When(decade=1980)),
        ("the third of March", When(0, 3, 3, "spring", 0)),
        ("the other day", None),
        ("31/31/1999", None),
    ],
)
def test_dates_are_read(said: str, when: When | None) -> None:
    assert date_of(said) == when


@given(st.integers(1, 99))
def test_an_age_said_in_words_is_the_age_in_figures(age: int) -> None:
    assert age_of(in_words(age)) == age_of(str(age)) == Age(age, age)


@given(st.integers(1920, 2029))
def test_a_year_said_in_words_is_the_year_in_figures(year: int) -> None:
    century, rest = divmod(year, 100)
    first = {19: "nineteen", 20: "twenty"}[century]
    said = f"{first} hundred" if not rest else f"{first} oh {in_words(rest)}"
    if rest >= 10:
        said = f"{first} {in_words(rest)}"
    if year == 2000:
        said = "two thousand"
    assert date_of(f"March {said}") == date_of(f"March {year}")


def in_words(number: int) -> str:
    units = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    tens = "twenty thirty forty fifty sixty seventy eighty ninety"
    if number < 20:
        return units.split()[number]
    rest = f"-{units.split()[number % 10]}" if number % 10 else ""
    return tens.split()[number // 10 - 2] + rest


def generalised(*found: tuple[str, str, str], registered: tuple[tuple[str, str], ...] = ()) -> dict[tuple[str, str], str]:  # fmt: skip
    """Values by placeholder and level; found: placeholder, type, words."""
    turns = pd.DataFrame(
        [("C1", turn, words) for turn, (_, _, words) in enumerate(found)],
        columns=["conversation_id", "turn", "text"],
    )
    redactions = pd.DataFrame(
        [
            ("C1", turn, 0, len(words), entity_type, placeholder)
            for turn, (placeholder, entity_type, words) in enumerate(found)
        ],
        columns=["conversation_id", "turn", "start", "end", "entity_type", "replacement"],
    )
    table = generalise(turns, redactions, registered, AREAS)
    to_arrow(TABLES["generalisations"], table)
    return {(row.placeholder, row.level): row.value for row in table.itertuples()}


def test_every_level_of_an_age_and_a_date_is_written_down() -> None:
    told = generalised(("[AGE_1]", "AGE", "seventy-one"), ("[DATE_1]", "DATE", "May 1987"))
    assert told == {
        ("[AGE_1]", "five_years"): "70 to 74",
        ("[AGE_1]", "ten_years"): "70 to 79",
        ("[AGE_1]", "twenty_years"): "60 to 79",
        ("[AGE_1]", "life_stage"): "later life",
        ("[DATE_1]", "season_and_year"): "spring 1987",
        ("[DATE_1]", "year"): "1987",
        ("[DATE_1]", "decade"): "1980s",
        ("[DATE_1]", "season"): "spring",
    }


@pytest.mark.parametrize("age", ["91", "a hundred and four", "ninety-nine"])
def test_the_very_old_are_one_band(age: str) -> None:
    told = generalised(("[AGE_1]", "AGE", age))
    assert told["[AGE_1]", "five_years"] == told["[AGE_1]", "ten_years"] == "90 or over"


def test_an_age_that_may_be_in_two_bands_has_none_there() -> None:
    told = generalised(("[AGE_1]", "AGE", "fourteen or fifteen"))
    assert ("[AGE_1]", "five_years") not in told
    assert told["[AGE_1]", "ten_years"] == "10 to 19"


def test_of_a_date_of_birth_only_the_decade_is_told() -> None:
    told = generalised(
        ("[DOB_1]", "DOB", "14/02/1941"), ("[DOB_2]", "DOB", "the second of May 1919")
    )
    assert told == {("[DOB_1]", "decade"): "1940s", ("[DOB_2]", "decade"): "1920s or earlier"}


def test_mentions_that_disagree_tell_only_what_they_share() -> None:
    told = generalised(("[DATE_1]", "DATE", "May 1987"), ("[DATE_1]", "DATE", "July 1987"))
    assert set(told) == {("[DATE_1]", "year"), ("[DATE_1]", "decade")}


def test_what_cannot_be_read_tells_nothing() -> None:
    told = generalised(
        ("[PHONE_1]", "PHONE", "01632 960123"),
        ("[ADDRESS_1]", "ADDRESS", "14 Quarry Lane"),
        ("[AGE_1]", "AGE", "getting on"),
        ("[PLACE_1]", "PLACE", "Nowhereton"),
        ("[ORG_1]", "ORG", "Quarry Down"),
        ("[PERSON_1]", "PERSON", "Ewa"),
    )
    assert told == {}


def test_the_register_tells_whose_name_it_is() -> None:
    registered = (("Ewa Pellow", "participant"), ("Shirley", "interviewer"), ("Ken", "third_party"))
    told = generalised(
        ("[PERSON_1]", "PERSON", "Ewa"), ("[PERSON_1]", "PERSON", "Ewka"),
        ("[PERSON_2]", "PERSON", "Shirley"), ("[PERSON_3]", "PERSON", "Ken"),
        registered=registered,
    )  # fmt: skip
    assert told == {
        ("[PERSON_1]", "relation"): "participant",
        ("[PERSON_2]", "relation"): "interviewer",
    }


def test_a_namesake_is_not_told_as_the_participant() -> None:
    registered = (("Bogdan Pellow", "participant"),)
    husband, wife = ("[PERSON_1]", "PERSON", "Bogdan"), ("[PERSON_2]", "PERSON", "Pellow")
    told = generalised(husband, wife, registered=registered)
    assert told == {("[PERSON_1]", "relation"): "participant"}
    assert generalised(wife, registered=registered) == {("[PERSON_2]", "relation"): "participant"}


@pytest.mark.parametrize(
    ("place", "levels"),
    [
        ("Zibbleford", {"area": "the far hills", "county": "Dorset", "nation": "England"}),
        ("lower Zibbleford", {"area": "the far hills", "county": "Dorset", "nation": "England"}),
        (
            "Zibbleford sea front",
            {"area": "the far hills", "county": "Dorset", "nation": "England"},
        ),
        ("zibleford", {"area": "the far hills", "county": "Dorset", "nation": "England"}),
        ("Leeds", {"nation": "England"}),
        ("cardiff", {"nation": "Wales"}),
        ("Kraków", {"country": "Poland", "abroad": "another country"}),
        ("Perth", {}),
        ("Nowhereton", {}),
    ],
)
def test_places_are_told_by_area_else_nation_else_country(
    place: str, levels: dict[str, str]
) -> None:
    assert place_levels(place, AREAS) == levels


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Acorn Surgery", "GP surgery"), ("the Quarry Down Medical Centre", "GP surgery"),
        ("St Osyth's Church School", "school"), ("Elm Ward", "hospital ward"),
        ("the Fox and Quince Inn", "pub"), ("Pellow and Sons", "employer"),
        ("Zibbleford Bowls Club", "sports club"), ("Friends of Quince Wood", "charity"),
        ("Zibbleford Church Hall", "community centre"), ("University of Zibbleford", "university"),
        ("Quarry Down", ""), ("Church Mead", ""), ("Orchard", ""),
    ],
)  # fmt: skip
def test_the_kind_of_a_body_is_told_by_a_word_of_its_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_the_field_of_a_job_is_told_where_a_word_tells() -> None:
    assert field_of("the last signalman") == "transport and sea"
    assert field_of("the town's dreamer") == ""


def test_every_place_of_the_programme_is_in_one_area() -> None:
    areas = read_keep_list(Programme().gazetteer()).areas
    names = [area.place.lower() for area in areas]
    assert len(names) == len(set(names))
    assert {"Purbeck", "Bournemouth, Christchurch and Poole"} <= {area.area for area in areas}


# Names that are places too


def retyped(text: str, word: str, entity_type: str) -> str:
    start = text.rindex(word)
    finding = Finding(start, start + len(word), entity_type, "known_name", 0.9)
    first = [Finding(0, 4, "PERSON", "x", 0.9)] if text.startswith("Rose ") else []
    return told_apart(text, [*first, finding])[-1].entity_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in Poole now", "PLACE"),
        ("the bus from Poole was late", "PLACE"),
        ("near Poole harbour", "PLACE"),
        ("it was Mrs Poole again", "PERSON"),
        ("then Poole said no", "PERSON"),
        ("Rose Poole", "PERSON"),
        ("in rose we trust, Dr Poole did", "PERSON"),
    ],
)
def test_a_register_name_that_is_a_town_is_told_by_what_is_around_it(
    text: str, expected: str
) -> None:
    assert retyped(text, "Poole", "PERSON") == expected


def test_a_town_after_a_title_or_a_first_name_is_a_person() -> None:
    assert retyped("it was Mr Poole", "Poole", "PLACE") == "PERSON"
    assert retyped("Rose Poole", "Poole", "PLACE") == "PERSON"
    assert retyped("I like Poole", "Poole", "PLACE") == "PLACE"


# What is kept


KEEP = read_keep_list(
    {
        "keep": {"bodies": ["Help and Quince", "PIP", "Ottilie"]},
        "keep_beside": [{"names": ["Zola"], "words": ["song", "singing"]}],
    }
)


def is_kept(text: str, word: str, rule: str = "spacy") -> bool:
    start = text.index(word)
    finding = Finding(start, start + len(word), "PERSON", rule, 0.5)
    return not protect(text, [finding], KEEP)


@pytest.mark.parametrize(
    ("text", "word", "kept"),
    [
        ("I rang Help and Quince.", "Help and Quince", True),
        ("i rang help and quince", "help and quince", True),
        ("I rang Help and Quincey.", "Help", False),
        ("A Zola song came on.", "Zola", True),
        ("Then Zola came on.", "Zola", False),
        ("My friend Zola was singing.", "Zola", False),
        ("Then Tom Ottilie came.", "Tom Ottilie", False),
        ("I get PIP now.", "PIP", True),
        ("Then Pip came.", "Pip", False),
        ("So Ottilie is a brand.", "Ottilie", True),
        ("So my name is Ottilie.", "Ottilie", False),
    ],
)
def test_names_are_kept_where_they_point_at_nobody(text: str, word: str, kept: bool) -> None:
    assert is_kept(text, word) is kept


def test_a_name_of_the_register_is_never_kept() -> None:
    assert not is_kept("A Zola song came on.", "Zola", "known_name+spacy")
