"""Otter, Rev, Zoom and typed text, with covers, page numbers and footers."""

import pytest

ASKED = "What would a good week look like for you?"
ANSWERED = "Seeing my grandson and being well enough to walk him home."


def spoken(transcript):
    return [(turn.role, turn.speaker, turn.text) for turn in transcript.turns]


def test_otter_headings_and_footer(read) -> None:
    transcript = read(
        "Kitchen talk\nTue, 3 May\n\nSpeaker 2  0:15\nWhat would you change first?\n\n"
        "Unknown Speaker  0:21\n[door slams]\n\nSpeaker 1  1:02:03\n"
        "The buses. I had 9:15 on my letter\nand no bus till ten.\n\nSpeaker 2  1:02:40\n"
        "How do you get there now?\n\nTranscribed by https://otter.ai\n",
        ".txt",
    )
    assert transcript.source_format == "otter_txt"
    assert spoken(transcript) == [
        ("interviewer", "Speaker 2", "What would you change first?"),
        ("other", "Unknown Speaker", "[door slams]"),
        ("participant", "Speaker 1", "The buses. I had 9:15 on my letter and no bus till ten."),
        ("interviewer", "Speaker 2", "How do you get there now?"),
    ]
    assert transcript.turns[2].start_s == 3723.0
    assert transcript.dropped == {"cover_lines": 2, "footer_lines": 1}


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"Interviewer (00:00:03):\n{ASKED}\n\nParticipant (00:00:09):\n{ANSWERED}\n", "rev_txt"),
        (f"[Interviewer] 19:02:15\n{ASKED}\n[Participant] 19:02:21\n{ANSWERED}\n", "zoom_txt"),
        (f"00:00:03 Interviewer\n{ASKED}\n\n00:00:09 Participant\n{ANSWERED}\n", "word_txt"),
        (f"Interviewer\n0:03\n{ASKED}\n\nParticipant\n0:09\n{ANSWERED}\n", "otter_txt"),
        (f"Interviewer 0:03\n{ASKED}\n\nParticipant 0:09\n{ANSWERED}\n", "notes_txt"),
    ],
    ids=["rev", "zoom captions", "word", "copied", "one space only"],
)
def test_headings_with_a_time(read, text: str, source: str) -> None:
    transcript = read(text, ".txt")
    assert transcript.source_format == source
    assert spoken(transcript) == [
        ("interviewer", "Interviewer", ASKED),
        ("participant", "Participant", ANSWERED),
    ]
    first, second = transcript.turns
    assert first.start_s is not None
    assert second.start_s == first.start_s + 6


@pytest.mark.parametrize(
    ("asker", "answerer"),
    [
        ("Interviewer:", "Participant:"),
        ("Int:", "Resp:"),
        ("INT:", "P17:"),
        ("Q:", "A:"),
        ("I:", "R:"),
        ("i:", "p:"),
        ("Interviewer 1 :", "RESPONDENT:"),
        ("[00:00:03] Int:", "[00:00:09] P:"),
        ("Interviewer [0:03]:", "Participant [0:09]:"),
        ("I:\t", "P:\t"),
        ("INT\t", "RES\t"),
        ("**Interviewer:**", "**Interviewee:**"),
        ("Interviewer\n", "Participant\n"),
        ("[SPEAKER_01]", "[SPEAKER_00]"),
        ("[00:03.000 --> 00:06.000] [SPEAKER_01]:", "[00:06.000 --> 00:09.500] [SPEAKER_00]:"),
        ("Interviewer -", "Participant \u2013"),
        ("Wendy:", "WENDY'S MUM (she/her):"),
    ],
)
def test_typists_labels(read, asker: str, answerer: str) -> None:
    text = "\n\n".join([f"{asker} {ASKED}", f"{answerer} {ANSWERED}", f"{asker} And then?"] * 2)
    turns = read(text, ".txt").turns
    assert [turn.role for turn in turns][:2] == ["interviewer", "participant"]
    assert turns[0].text.strip("* ") == ASKED
    assert turns[1].text.strip("* ") == ANSWERED


UK_DATA_SERVICE = f"""Study: Living well by the sea
Project: Listening
Interview number: 12
Date: 3 May 2023
Interviewer: Wendy Stone
Interviewee: Arthur Pike
Place: at home

Interviewer: {ASKED}

Arthur: {ANSWERED}
Mind you: nothing's certain.

Page 1 of 2
Interviewer: Did anyone help? [pause]

(The kettle boils.)

Arthur: [laughs] My neighbour: she's a saint.

[END OF RECORDING]
"""


def test_cover_pages_and_end_marks_are_not_said(read) -> None:
    transcript = read(UK_DATA_SERVICE, ".txt", participants=("Arthur Pike",))
    assert spoken(transcript) == [
        ("interviewer", "Interviewer", ASKED),
        ("participant", "Arthur", f"{ANSWERED} Mind you: nothing's certain."),
        ("interviewer", "Interviewer", "Did anyone help? [pause] (The kettle boils.)"),
        ("participant", "Arthur", "[laughs] My neighbour: she's a saint."),
    ]
    assert transcript.dropped == {"cover_lines": 7, "page_lines": 1, "program_lines": 1}


def test_names_above_the_talk_are_not_said_without_other_keys_either(read) -> None:
    transcript = read(
        f"Interviewer: Wendy Stone\nParticipant: Arthur Pike\n\nInterviewer: {ASKED}\n"
        f"Participant: {ANSWERED}\nInterviewer: Your name?\nParticipant: Arthur Pike\n",
        ".txt",
    )
    assert [turn.text for turn in transcript.turns] == [
        ASKED,
        ANSWERED,
        "Your name?",
        "Arthur Pike",
    ]


def test_a_short_greeting_under_a_cover_is_a_turn(read) -> None:
    transcript = read(
        "Date: 3 May\nInterviewer: Wendy Stone\n\nInterviewer: Hello\nParticipant: Hello yourself, "
        "come on in out of the rain.\nInterviewer: How are you?\n",
        ".txt",
    )
    assert transcript.turns[0].text == "Hello"


def test_running_heads_and_page_numbers_go_but_an_age_stays(read) -> None:
    pages = [
        "Interview 12 - CONFIDENTIAL\nQ: How old are you and the others?\nA:\n47\n"
        f"Q: Since when {n}?\n"
        f"A: Since we moved down, {n} winters.\n{n}\n"
        for n in (1, 2, 3)
    ]
    texts = [turn.text for turn in read("\n".join(pages), ".txt").turns]
    assert texts.count("47") == 3
    assert not any("CONFIDENTIAL" in text for text in texts)


def test_a_third_voice_that_speaks_once_is_heard_if_it_has_a_full_name(read) -> None:
    turns = read(
        f"Interviewer: {ASKED}\nParticipant: {ANSWERED}\nBarry Gale: Tea, anyone?\n"
        "Participant: Two sugars for me.\nInterviewer: Where were we?\n",
        ".txt",
    ).turns
    assert [turn.role for turn in turns] == [
        "interviewer", "participant", "other", "participant", "interviewer",
    ]  # fmt: skip


def test_lower_case_names_are_labels_when_they_come_back(read) -> None:
    text = "\n".join(["wendy: what do you do all day", "arthur: i sit and i watch the boats"] * 4)
    turns = read(text, ".txt").turns
    assert {(turn.speaker, turn.role) for turn in turns} == {
        ("wendy", "interviewer"),
        ("arthur", "participant"),
    }
