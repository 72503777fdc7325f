from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks.validation import not_verbatim
from pipeline.domain.validation.interpreted import with_interpreted_answers
from pipeline.domain.validation.segments import JOIN, Segmented, cut_segments
from pipeline.domain.validation.words import count_words
from pipeline.settings import Settings
from pipeline.tables import TABLES, to_arrow

SETTINGS = Settings(window_words=40, window_overlap_words=15, min_segment_words=8)
LONG = " ".join(f"On day {n} we walked to the mill and had our tea." for n in range(20))
Turns = Sequence[tuple[str, str]]


def conversation(turns: Turns, conversation_id: str = "C901") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "conversation_id": conversation_id,
            "turn": range(len(turns)),
            "role": [role for role, _ in turns],
            "start_s": None,
            "end_s": None,
            "text": [text for _, text in turns],
            "n_redactions": 0,
        }
    )


def cut(turns: Turns) -> Segmented:
    return cut_segments(conversation(turns), {"C901": "P901"}, SETTINGS)


def excluded(segmented: Segmented) -> dict[str, int]:
    return dict(zip(segmented.exclusions["reason"], segmented.exclusions["n_words"], strict=True))


def covered_words(segmented: Segmented, turns: Turns) -> int:
    """Words of participants in at least one segment, each counted once."""
    places: dict[int, set[int]] = {}
    for spans in segmented.segments["spans"]:
        for span in spans:
            places.setdefault(span["turn"], set()).update(range(span["start"], span["end"]))
    return sum(
        count_words("".join(c if i in inside else " " for i, c in enumerate(turns[turn][1])))
        for turn, inside in places.items()
    )


def test_a_segment_holds_the_question_and_the_answer() -> None:
    answer = "I have the allotment and I grow far too many beans for one person."
    segments = cut([("interviewer", "What keeps you going?"), ("participant", answer)]).segments
    assert segments[["question", "text"]].to_numpy().tolist() == [["What keeps you going?", answer]]
    assert segments["segment_id"].tolist() == ["C901/1/0"]
    assert segments["n_words"].tolist() == [14]


def test_a_sign_of_listening_does_not_end_an_answer() -> None:
    turns = [
        ("interviewer", "How was the ferry?"),
        ("participant", "It was cold on the deck that day."),
        ("interviewer", "Mm, right."),
        ("participant", "But the tea in the cabin was hot."),
        ("interviewer", "And the way back?"),
        ("participant", "We came home by the road with the sheep."),
    ]
    texts = cut(turns).segments["text"].tolist()
    assert texts == [f"{turns[1][1]}{JOIN}{turns[3][1]}", turns[5][1]]


def test_long_answers_become_overlapping_windows_of_whole_sentences() -> None:
    segments = cut([("interviewer", "And then?"), ("participant", LONG)]).segments
    assert len(segments) > 3
    assert segments["n_words"].max() <= SETTINGS.window_words
    assert segments["text"].str.endswith("tea.").all()
    ends = [spans[0]["end"] for spans in segments["spans"]]
    starts = [spans[0]["start"] for spans in segments["spans"]]
    assert all(start < end for start, end in zip(starts[1:], ends[:-1], strict=True))


def test_speech_without_punctuation_becomes_windows_too() -> None:
    text = LONG.replace(".", "").lower()
    segments = cut([("participant", text)]).segments
    assert segments["n_words"].max() <= SETTINGS.window_words
    assert segments["text"].str.contains("day 19").any()


def test_every_segment_stands_verbatim_at_its_spans() -> None:
    turns = [
        ("participant", LONG),
        ("interviewer", "Yeah."),
        ("participant", "And  then we slept."),
    ]
    for text, spans in cut(turns).segments[["text", "spans"]].to_numpy():
        assert text == JOIN.join(turns[s["turn"]][1][s["start"] : s["end"]] for s in spans)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([("participant", "Yes, I think so.")], {"too_short": 4}),
        ([("participant", "[PERSON_1], [PHONE_1], [EMAIL_1], call me.")], {"mostly_redacted": 2}),
        ([("interviewer", "Where do you live?")], {"not_participant": 4}),
        ([("interpreter", "She says it was far.")], {"not_participant": 5}),
        ([("participant", "[PERSON_1]'s.")], {"mostly_redacted": 0}),
    ],
    ids=[
        "too short",
        "mostly redacted",
        "the interviewer",
        "an interpreter unasked",
        "only a placeholder",
    ],
)
def test_what_is_left_out_is_counted_by_reason(turns: Turns, expected: dict[str, int]) -> None:
    segmented = cut(turns)
    assert segmented.segments.empty
    assert excluded(segmented) == expected


def test_an_interpreters_answer_is_the_participants() -> None:
    relayed = "She says that the bus to the clinic stopped and nobody told her of it."
    turns = [
        ("interpreter", "Good morning, I am here for the two of you to understand one another."),
        ("interviewer", "How do you get to the clinic?"),
        ("participant", "By bus, before."),
        ("interpreter", relayed),
    ]
    segmented = cut(turns)
    assert segmented.segments["question"].tolist() == [turns[1][1]]
    assert segmented.segments["text"].tolist() == [f"{turns[2][1]}{JOIN}{relayed}"]
    assert excluded(segmented) == {"not_participant": 14 + 7}
    assert not_verbatim(segmented.segments, conversation(turns)) == []


def test_words_of_people_without_consent_are_counted_and_not_used() -> None:
    turns = [("interviewer", "Well?"), ("participant", LONG)]
    segmented = cut_segments(conversation(turns), {}, SETTINGS)
    assert segmented.segments.empty
    assert excluded(segmented) == {"no_consent": count_words(LONG), "not_participant": 1}


TURN = st.tuples(
    st.sampled_from(["participant", "interviewer", "other", "interpreter"]),
    st.lists(
        st.sampled_from(
            ["mm", "beans", "we walked.", "and", "[PERSON_1]", "[PLACE_2]'s", "so,", "\n"]
        ),
        max_size=60,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TURN, max_size=8))
def test_every_word_of_a_participant_is_in_a_segment_or_counted(
    turns: list[tuple[str, str]],
) -> None:
    segmented = cut(turns)
    heard = with_interpreted_answers(conversation(turns))
    spoken = sum(heard.loc[heard["role"].eq("participant"), "text"].map(count_words))
    left_out = sum(n for reason, n in excluded(segmented).items() if reason != "not_participant")
    assert covered_words(segmented, turns) + left_out == spoken


def test_rows_may_come_in_any_order() -> None:
    turns = conversation([("participant", LONG), ("interviewer", "Go on?"), ("participant", LONG)])
    shuffled = turns.sample(frac=1, random_state=3)
    people = {"C901": "P901"}
    expected, found = (
        cut_segments(turns, people, SETTINGS),
        cut_segments(shuffled, people, SETTINGS),
    )
    pd.testing.assert_frame_equal(expected.segments, found.segments)


@pytest.mark.parametrize("turns", [[], [("participant", LONG)]], ids=["nothing", "one turn"])
def test_the_tables_have_their_columns(turns: Turns) -> None:
    segmented = cut(turns)
    for name in ("segments", "exclusions"):
        assert to_arrow(TABLES[name], getattr(segmented, name)).schema == TABLES[name].schema
