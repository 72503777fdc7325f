import numpy as np
import pandas as pd
import pytest

from pipeline.domain.validation.voice import Words, features, probabilities, with_voices
from pipeline.tables import VOICES

FIRST_LINE = ("Shall we start?", "I was born by the weir and I have always lived there, me.")


def told(*answers: tuple[str, str], windows: int = 1) -> pd.DataFrame:
    """Answers of one conversation, question first, each cut into windows of the same words."""
    return pd.DataFrame(
        [
            {
                "segment_id": f"C901/{turn}/{window}",
                "conversation_id": "C901",
                "turn_start": turn,
                "question": question,
                "text": text,
                "n_words": len(text.split()),
            }
            for turn, (question, text) in enumerate(answers)
            for window in range(windows)
        ]
    )


def voice_of(text: str, question: str) -> str:
    """The voice of an answer in the middle of a conversation."""
    rows = with_voices(told(*[FIRST_LINE] * 4, (question, text), *[FIRST_LINE] * 4), None)
    return rows["voice"].iloc[4]


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (
            "What helped?",
            "The nurses were brilliant and so kind, I felt looked after. They sat with me all "
            "that night and one of them held my hand, and I was so grateful, I still am.",
            "good",
        ),
        (
            "How was it?",
            "I was on the waiting list for months and nobody rang, it was a shambles. They lost "
            "the letter, and then they said I had not been on the list at all, so I gave up.",
            "improve",
        ),
        (
            "What would you hope for?",
            "I'd like there to be a bench at the top of the hill, and I would love somebody to "
            "walk up there with. One day I want to see the whole bay again, that is my hope.",
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
    assert voice_of(text, question) == expected


def test_capitals_and_punctuation_do_not_matter() -> None:
    text, question = "They couldn’t find my notes. Nobody rang, again!", "What about the clinic?"
    plain = text.lower().replace(".", "").replace(",", "").replace("!", "").replace("’", "'")
    rows = features(told((question, text))), features(told((question.lower(), plain)))
    assert np.array_equal(*rows)


def test_more_praise_makes_praise_likelier() -> None:
    some = told(("", "The driver was kind, and that was on the way there and back again."))
    more = told(("", "The driver was kind and friendly, he listened, it was brilliant, grateful."))
    praise = [probabilities(features(rows), None)[0, VOICES.index("good")] for rows in (some, more)]
    assert praise[1] > praise[0]


def test_what_the_encoder_hears_can_outweigh_the_cues() -> None:
    tins = "The tin on the shelf is blue, and the other one that stood beside it was green, and "
    rows = told(FIRST_LINE, ("And then?", tins + "both had been my aunt's in her day."), FIRST_LINE)
    heard = np.array([[0, 0, 0, 2], [9, -6, -6, -6], [0, 0, 0, 2]], dtype=np.float32)
    assert with_voices(rows, heard)["voice"].iloc[1] == "good"


def test_words_tell_by_pairs_too_and_count_once_however_often_they_are_said() -> None:
    weights = {"tin": np.array([2.0, 0, 0, 0]), "no tin": np.array([0, 8.0, 0, 0])}
    words = Words(weights, np.zeros(4))
    assert words.evidence("Tin! A tin [PERSON_1] and tin")[0] == words.evidence("tin")[0] == 2
    assert words.evidence("no tin").argmax() == VOICES.index("improve")
    assert words.evidence("nothing that is known").tolist() == [0, 0, 0, 0]


def test_windows_of_one_answer_share_its_voice() -> None:
    praise = "The nurse was brilliant, and she sat with me that whole night, I was so grateful."
    rows = told(FIRST_LINE, ("What helped?", praise), windows=3)
    heard = np.array([[-3, -3, -3, 6]] * 3 + [[9, -3, -3, -3]] * 2 + [[-3, 6, -3, -3]], "float32")
    found = with_voices(rows, heard)
    assert found["answer_voice"].tolist() == ["none"] * 3 + ["good"] * 3
    assert found["voice"].iloc[5] != "good"


def test_the_order_of_rows_does_not_matter() -> None:
    rows = told(FIRST_LINE, ("What helped?", "The nurse was brilliant."), windows=2)
    mixed = rows.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(with_voices(mixed, None).sort_index(), with_voices(rows, None))
