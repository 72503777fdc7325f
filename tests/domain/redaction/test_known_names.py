"""People whom the register knows, however their names are said or written down."""

import pytest

from pipeline.domain.redaction import known_names
from pipeline.domain.redaction.sounds import key, keys
from pipeline.domain.redaction.spans import Finding, merge

REGISTER = (
    "Margaret Hallett",
    "Niamh O'Shaughnessy",
    "Wojciech Przybylski",
    "Ebrahim Al-Rashid",
    "Ottilie Van der Berg",
    "Will Sprackling",
)


def found(text: str, names: tuple[str, ...] = REGISTER) -> set[str]:
    merged = merge(known_names.find(text, names))
    return {text[f.start : f.end] for f in merged}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("So I rang Mrs Hallett about it.", "Hallett"),
        ("It was Margaret's turn.", "Margaret"),
        ("We had tea with the Halletts.", "Halletts"),
        ("MARGARET HALLETT was on the list", "MARGARET HALLETT"),
        ("we asked ms van der berg about it", "van der berg"),
        ("i asked al rashid about it", "al rashid"),
        ("it was margaret oshaughnessy i think", "oshaughnessy"),
    ],
    ids=["title", "possessive", "family", "upper case", "particles", "hyphen lost", "apostrophe lost"],
)  # fmt: skip
def test_exact_names_are_found_in_any_writing(text: str, name: str) -> None:
    assert any(name in words for words in found(text))


@pytest.mark.parametrize(
    "written",
    ["Halett", "Hallet", "Hlalett", "Hallert", "Margeret", "Margraet", "Przybilsky", "Sprakcling", "Shaughnesy"],
)  # fmt: skip
def test_names_with_a_slip_are_found(written: str) -> None:
    assert written in found(f"Then {written} came round.")
    assert written.lower() in found(f"then {written.lower()} came round")


@pytest.mark.parametrize("heard", ["Neve", "Neeve", "Voychek", "Pshibilski", "Oshonessy", "Otilly"])
def test_names_misheard_are_found_by_how_they_sound(heard: str) -> None:
    assert heard in found(f"I told {heard} about it.")


@pytest.mark.parametrize(
    ("name", "heard"),
    [("Cholmondeley", "Chumley"), ("Featherstonehaugh", "Fanshaw")],
)
def test_names_that_are_not_said_as_written_are_found(name: str, heard: str) -> None:
    assert heard in found(f"I told {heard} about it.", (f"Ottilie {name}",))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I saw Spra ckling there.", "Spra ckling"),
        ("then i met margarethallett again", "margarethallett"),
        ("so przy bylski rang", "przy bylski"),
    ],
    ids=["in two", "run together", "in two, lower case"],
)
def test_names_in_pieces_are_found_whole(text: str, name: str) -> None:
    assert name in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I told Peggy about it.", "Peggy"),
        ("I told M.H. about it.", "M.H"),
        ("So M H rang.", "M H"),
        ("Is Mrs H coming?", "H"),
        ("I saw Margaret H there.", "Margaret H"),
        ("so i saw w przybylski there", "w przybylski"),
    ],
    ids=["nickname", "dots", "letters", "title and letter", "first name and letter", "letter and surname"],
)  # fmt: skip
def test_nicknames_and_initials_are_found(text: str, name: str) -> None:
    assert any(name in words for words in found(text))


@pytest.mark.parametrize(
    "name",
    ["Margaret (Peggy) Smith", "Jo [x] *", r"Ann \d+ ?y", "<script>a</script> Quist", "- '"],
    ids=["called otherwise", "brackets", "pattern", "markup", "nothing but marks"],
)
def test_marks_in_a_name_of_the_register_are_no_pattern(name: str) -> None:
    assert found("Yes, and the bus goes: (a) at 8, [b] at 9.", (name,)) <= {"a"}


@pytest.mark.parametrize("words", ["Margaret", "Smith", "Peggy", "M.S", "M P"])
def test_a_name_in_brackets_is_one_of_the_person(words: str) -> None:
    own = found(f"I told {words} about it.", ("Margaret (Peggy) Smith",))
    assert any(words in each for each in own)


@pytest.mark.parametrize(
    "text",
    [
        "I will go if you will.",
        "they gave me a tablet and a pellet",
        "hed been to the market and shell go too",
        "I was told to take it at night.",
        "the GP was at a loss and I am too",
        "ask her what will happen",
    ],
    ids=["a verb", "a letter away", "contractions", "grammar", "abbreviations", "a question"],
)
def test_ordinary_words_near_a_name_are_left_alone(text: str) -> None:
    assert found(text) == set()


def test_words_that_together_are_a_name_need_somebody_to_be_meant() -> None:
    names = ("Ann Drinkwater",)
    assert found("she tells me to drink water all day", names) == set()
    assert found("i asked drink water about it", names) == {"drink water"}


def test_somebody_known_outweighs_an_organisation_of_the_same_words() -> None:
    family = [Finding(0, 12, "ORG", "model", 0.9), Finding(4, 12, "PERSON", "known_name", 0.95)]
    bakery = [Finding(0, 22, "ORG", "model", 0.9), Finding(0, 7, "PERSON", "known_name", 0.95)]
    assert [f.entity_type for f in merge(family)] == ["PERSON"]
    assert [f.entity_type for f in merge(bakery)] == ["ORG"]


def test_a_name_of_another_language_has_the_sound_of_its_spelling() -> None:
    assert key("Neve") in keys("Niamh")
    assert key("Shimanska") in keys("Szymanska")
    assert key("Davith") in keys("Dafydd")
    assert key("Karen") not in keys("Niamh")
