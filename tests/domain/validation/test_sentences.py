import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.validation.sentences import sentence_stretches


def cut(text: str, longest: int = 40) -> list[str]:
    return [text[start:end] for start, end in sentence_stretches(text, longest=longest)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. We stayed in.", ["It rained.", "We stayed in."]),
        ("it rained. we stayed in.", ["it rained.", "we stayed in."]),
        ("Did it? It did! Well...", ["Did it?", "It did!", "Well..."]),
        ("Dr. [PERSON_1] came. She sat.", ["Dr. [PERSON_1] came.", "She sat."]),
        ("J. came by. It cost 3.50 to park.", ["J. came by.", "It cost 3.50 to park."]),
        ('"No." And that was that.', ['"No."', "And that was that."]),
        ("", []),
        ("   ", []),
    ],
    ids=[
        "full stops", "lower case", "other ends", "a title", "an initial and a price",
        "a quotation", "nothing", "white space",
    ],
)  # fmt: skip
def test_turns_are_cut_at_sentence_ends(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_speech_without_full_stops_is_cut_where_the_speaker_takes_a_new_run_up() -> None:
    text = "the van never turned up that week but we had soup in the freezer so nobody went without"
    assert cut(text, longest=10) == [
        "the van never turned up that week",
        "but we had soup in the freezer",
        "so nobody went without",
    ]


def test_a_comma_is_a_better_place_than_any_word() -> None:
    text = "we had the big hall and the small one, the kitchen was shut until the spring came round"
    assert cut(text, longest=12)[0].endswith("one,")


@given(st.text(alphabet="ab .,?!\n", max_size=300), st.integers(min_value=2, max_value=12))
def test_no_word_is_lost_and_no_stretch_is_too_long(text: str, longest: int) -> None:
    pieces = cut(text, longest)
    assert " ".join(pieces).split() == text.split()
    assert all(len(piece.split()) <= longest for piece in pieces)
