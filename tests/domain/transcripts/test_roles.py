"""Who is who: labels, names of the register, and the words alone."""

import re

import pytest

from pipeline.domain.transcripts.roles import assign_roles
from pipeline.domain.transcripts.transcript import KnownSpeakers, Spoken
from pipeline.errors import TranscriptError

TALK = [
    "Thanks for having me. Can you tell me a bit about where you live?",
    "It's a flat over the chip shop. I've had it eleven years and I know every stair.",
    "And what would you say is good about it?",
    "The neighbours. My hip went in March and they did my shopping, every one of them, "
    "without me having to ask.",
    "What could be better?",
    "The lift. Honestly I've rung them and rung them. Do you know what they said? Next year.",
    "How does that leave you feeling?",
    "Stuck, I suppose. I'd love to get down to the front of an evening like I used to.",
]


def talk(asker: str, answerer: str, texts: list[str] = TALK) -> list[Spoken]:
    return [Spoken((asker, answerer)[place % 2], text) for place, text in enumerate(texts)]


NAMES = KnownSpeakers(("Maeve O'Hara", "Mo"), ("Rose Tilley",))


@pytest.mark.parametrize(
    ("asker", "answerer"),
    [
        ("Interviewer", "Anything at all"),
        ("Int 2", "P17"),
        ("I", "R"),
        ("Q", "A"),
        ("B", "A"),
        ("A", "B"),
        ("R", "P"),
        ("Doctor", "Patient"),
        ("Facilitator", "Doctor"),
        ("Rose", "Mo"),
        ("Tilley, Rose", "O'Hara, Maeve (Guest)"),
        ("ROSE TILLEY - NHS", "Maeve\u2019s iPhone"),
        ("RT", "MO"),
        ("Rose", "Carer"),
        ("Someone", "Participant"),
        ("Speaker 1", "Speaker 2"),
        ("spk_1", "spk_0"),
        ("SPEAKER_00", "SPEAKER_01"),
        ("Jan", "Sam"),
    ],
)
def test_the_one_who_asks_is_the_interviewer(asker: str, answerer: str) -> None:
    roles = assign_roles(talk(asker, answerer), NAMES)
    assert roles == {asker: "interviewer", answerer: "participant"}


@pytest.mark.parametrize(
    "first", [0, 1], ids=["the one who asks begins", "the one who answers begins"]
)
def test_neither_capitals_nor_question_marks_are_needed(first: int) -> None:
    bare = [" ".join(re.sub(r"[^\w' ]", " ", text.lower()).split()) for text in TALK[first:]]
    labels = ("SPEAKER_00", "SPEAKER_01")
    roles = assign_roles(talk(labels[first], labels[1 - first], bare), KnownSpeakers())
    assert roles == {"SPEAKER_00": "interviewer", "SPEAKER_01": "participant"}


def test_a_label_that_fits_a_first_name_and_a_surname_is_decided_by_the_first_name() -> None:
    known = KnownSpeakers(("Olive Rose",), ("Rose Tilley",))
    assert assign_roles(talk("Rose", "Olive"), known)["Rose"] == "interviewer"


@pytest.mark.parametrize(
    ("label", "texts", "role"),
    [
        ("Interpreter", ["He is from the coast."], "interpreter"),
        ("BSL Interpreter (Sam)", ["He is from the coast."], "interpreter"),
        ("Signer", ["He is from the coast."], "interpreter"),
        (
            "Ada Finch",
            ["She says the flat is cold.", "He says yes.", "She said no."],
            "interpreter",
        ),
        ("Husband", ["Tea, love?"], "other"),
        ("Support worker", ["He had a fall."], "other"),
        ("Unknown Speaker", ["Mm."], "other"),
        ("Barry Gale", ["I'll be out in the shed."], "other"),
        ("SPEAKER_02", ["Mm."], "other"),
    ],
)
def test_a_third_voice_is_neither(label: str, texts: list[str], role: str) -> None:
    turns = talk("Interviewer", "Participant")
    turns[2:2] = [Spoken(label, text) for text in texts]
    roles = assign_roles(turns, KnownSpeakers())
    assert roles == {"Interviewer": "interviewer", "Participant": "participant", label: role}


def test_two_people_of_the_register_are_both_participants() -> None:
    turns = [*talk("Interviewer", "Maeve"), Spoken("Mo", "I did her shopping.")]
    roles = assign_roles(turns, NAMES)
    assert roles == {"Interviewer": "interviewer", "Maeve": "participant", "Mo": "participant"}


def test_a_third_recognised_voice_does_not_hide_the_two_who_talk() -> None:
    turns = [Spoken("SPEAKER_02", "Hiya."), *talk("SPEAKER_01", "SPEAKER_00")]
    assert assign_roles(turns, KnownSpeakers()) == {
        "SPEAKER_02": "other",
        "SPEAKER_01": "interviewer",
        "SPEAKER_00": "participant",
    }


def test_two_people_who_talk_alike_are_not_told_apart_by_a_guess() -> None:
    turns = [Spoken(label, "I like the sea.") for label in ("Speaker 1", "Speaker 2") * 4]
    with pytest.raises(TranscriptError, match="unclear_roles"):
        assign_roles(turns, KnownSpeakers())


def test_without_an_interviewer_there_are_no_questions() -> None:
    with pytest.raises(TranscriptError, match="unclear_roles"):
        assign_roles(talk("Interpreter", "Participant"), KnownSpeakers())


def test_a_conversation_of_which_only_the_interpreters_english_was_written_down_is_one() -> None:
    roles = assign_roles(talk("Interviewer", "Interpreter"), KnownSpeakers())
    assert roles == {"Interviewer": "interviewer", "Interpreter": "interpreter"}
