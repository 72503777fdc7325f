import pytest

from pipeline.domain.themes.wording import base_forms, clauses, is_telling, noun_shares


@pytest.mark.parametrize(
    ("word", "others", "base"),
    [
        ("buses", ["bus"], "bus"),
        ("allotments", ["allotment"], "allotment"),
        ("libraries", ["library"], "library"),
        ("caring", ["care", "car"], "care"),
        ("running", ["run"], "run"),
        ("booked", ["book"], "book"),
        ("carer's", ["carer"], "carer"),
        ("news", ["new"], "news"),
        ("evening", ["even"], "evening"),
    ],
    ids=[
        "es", "s", "ies", "ing, e dropped", "ing, letter doubled", "ed", "possessive",
        "of another word", "of a word that tells nothing",
    ],
)  # fmt: skip
def test_a_form_of_a_word_that_is_said_too_is_one_with_it(
    word: str, others: list[str], base: str
) -> None:
    assert base_forms([word, *others])[word] == base


def test_no_base_form_is_invented() -> None:
    assert base_forms(["buses"])["buses"] == "buses"


def test_a_clause_ends_at_punctuation_and_at_placeholders() -> None:
    text = "We sailed, [PERSON_1] rowed. Up river"
    assert clauses(text) == [["we", "sailed"], ["rowed"], ["up", "river"]]


def test_what_follows_articles_is_a_noun_and_what_follows_pronouns_is_none() -> None:
    spoken = [words for _ in range(4) for words in clauses("They sail the old harbour to rest.")]
    shares = noun_shares([*spoken, *clauses("the harbour. a harbour. of harbour")])
    assert shares["harbour"] > 0.5
    assert shares["sail"] < 0.5
    assert shares["old"] < 0.5


def test_that_and_this_make_no_noun_of_the_verb_after_them() -> None:
    shares = noun_shares(clauses("that hurts. this hurts. the harbour. that harbour"))
    assert shares.get("hurts", 0.5) <= 0.5
    assert shares["harbour"] > 0.5


@pytest.mark.parametrize("word", ["actually", "hopefully", "sounds", "goodbye", "couple"])
def test_fillers_and_farewells_tell_nothing(word: str) -> None:
    assert not is_telling(word)
