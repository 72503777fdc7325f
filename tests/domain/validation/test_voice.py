import pytest

from pipeline.domain.validation.voice import voice_of


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What helped?", "The nurses were brilliant and so kind, I felt looked after.", "good"),
        (
            "How was it?",
            "I was on the waiting list for months and nobody rang, it was a shambles.",
            "improve",
        ),
        (
            "What would you hope for?",
            "I'd like there to be a bench at the top of the hill.",
            "hope",
        ),
        (
            "Could you say your name for the recording?",
            "My name is long, call me what you like.",
            "none",
        ),
        ("", "The tin is blue.", "none"),
    ],
    ids=["praise", "complaint", "hope", "an introduction", "nothing to go by"],
)
def test_plain_cases_have_their_voice(question: str, text: str, expected: str) -> None:
    assert voice_of(text, question).voice == expected


def test_capitals_and_punctuation_do_not_matter() -> None:
    text, question = "They couldn’t find my notes. Nobody rang, again!", "What about the clinic?"
    plain = text.lower().replace(".", "").replace(",", "").replace("!", "").replace("’", "'")
    assert voice_of(text, question) == voice_of(plain, question.lower())


def test_more_cues_make_it_surer() -> None:
    some = voice_of("The driver was kind.", "")
    more = voice_of("The driver was kind and friendly, he listened, it was brilliant.", "")
    assert more.score > some.score
