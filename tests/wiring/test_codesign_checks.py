"""What the gate of co-design lets through, and what it names."""

import pandas as pd

from pipeline.checks.codesign import (
    outside_their_turns,
    sheets_of_one_person,
    tell_of_few,
    unsaid_words,
    without_agreement,
)

SEGMENTS = pd.DataFrame(
    {
        "segment_id": [f"C{at}/1/0" for at in range(9)],
        "participant_id": [f"P{at}" for at in range(9)],
        "voice": ["improve"] * 8 + ["good"],
        "text": ["I was Scared."] * 3 + ["I was fine."] * 6,
    }
)
FITTING = pd.DataFrame({"segment_id": SEGMENTS["segment_id"], "code": "waiting"})


def touchpoints(**counts: float | None) -> pd.DataFrame:
    told = {"n_people": 10.0, "n_improve": 10.0, "n_good": None, "n_hope": None} | counts
    return pd.DataFrame([{"touchpoint": "waiting"} | told]).astype(dict.fromkeys(told, "float64"))


def test_enough_people_rounded_are_let_through() -> None:
    assert tell_of_few(touchpoints(), SEGMENTS, FITTING, 8) == []


def test_few_people_an_unrounded_count_and_a_made_up_one_are_named() -> None:
    assert tell_of_few(touchpoints(n_good=5.0), SEGMENTS, FITTING, 8) == ["waiting: n_good"]
    assert tell_of_few(touchpoints(n_people=9.0), SEGMENTS, FITTING, 8) == ["waiting: n_people"]
    assert tell_of_few(touchpoints(n_people=20.0), SEGMENTS, FITTING, 8) == ["waiting: n_people"]
    assert tell_of_few(touchpoints(), SEGMENTS, FITTING, 10) == [
        "waiting: n_improve",
        "waiting: n_people",
    ]


def of_words(*words: str, at: str = "waiting") -> pd.DataFrame:
    return pd.DataFrame([{"touchpoint": at, "group_of_feelings": "worried", "words": list(words)}])


def test_a_word_that_three_people_said_is_let_through_and_others_are_named() -> None:
    assert unsaid_words(of_words(), SEGMENTS, FITTING) == []
    assert unsaid_words(of_words("scared"), SEGMENTS, FITTING) == []
    assert unsaid_words(of_words("scared", "afraid"), SEGMENTS, FITTING) == ["waiting: worried"]
    assert unsaid_words(of_words("scare"), SEGMENTS, FITTING) == ["waiting: worried"]
    assert unsaid_words(of_words("scared"), SEGMENTS[1:], FITTING) == ["waiting: worried"]
    fine = SEGMENTS.assign(text="I was fine.")
    assert unsaid_words(of_words("fine"), fine, FITTING) == ["waiting: worried"]  # no such feeling


def test_a_word_of_the_programme_was_said_there_among_others_of_its_group() -> None:
    one = FITTING[2:]  # one person was scared while waiting, two elsewhere
    assert unsaid_words(of_words("scared"), SEGMENTS, one) == ["waiting: worried"]
    assert unsaid_words(of_words("scared", at="*"), SEGMENTS, one) == []
    afraid = SEGMENTS.assign(text=[*SEGMENTS["text"][:7], *["I was afraid."] * 2])
    assert unsaid_words(of_words("scared"), afraid, one) == []
    assert unsaid_words(of_words("scared"), afraid, FITTING[3:]) == ["waiting: worried"]


CLIPS = pd.DataFrame(
    {
        "clip_id": ["a", "b"],
        "conversation_id": ["C1", "C2"],
        "turn": [1, 1],
        "start_s": [10.0, 20.0],
        "end_s": [20.0, 30.0],
    }
)
TURNS = pd.DataFrame(
    {
        "conversation_id": ["C1", "C2"],
        "turn": [1, 1],
        "role": ["participant", "interpreter"],
        "start_s": [10.04, 5.0],
        "end_s": [25.0, None],
    }
)


def test_clips_of_people_who_agreed_within_their_turns_are_let_through() -> None:
    assert without_agreement(CLIPS, {"C1", "C2"}) == []
    assert outside_their_turns(CLIPS, TURNS) == []


def test_a_clip_without_agreement_is_named() -> None:
    assert without_agreement(CLIPS, {"C1"}) == ["b"]


def test_a_clip_before_after_or_outside_its_turn_is_named() -> None:
    assert outside_their_turns(CLIPS.assign(start_s=[9.0, 20.0]), TURNS) == ["a"]
    assert outside_their_turns(CLIPS.assign(start_s=[26.0, 20.0]), TURNS) == ["a"]
    assert outside_their_turns(CLIPS.assign(turn=[1, 2]), TURNS) == ["b"]
    interviewed = TURNS.assign(role=["interviewer", "interpreter"])
    assert outside_their_turns(CLIPS, interviewed) == ["a"]


def test_a_sheet_on_which_somebody_speaks_twice_or_without_a_question_is_named() -> None:
    sheet = pd.DataFrame(
        {
            "pack": "theme-T1",
            "sheet": 1,
            "participant_id": ["P1", "P2", None],
            "question": [None, None, "What now?"],
        }
    )
    assert sheets_of_one_person(sheet) == []
    assert sheets_of_one_person(sheet[:2]) == ["theme-T1: 1"]
    one = sheet.assign(participant_id=sheet["participant_id"].replace({"P2": "P1"}))
    assert sheets_of_one_person(one) == ["theme-T1: 1"]
