"""WebVTT and SRT, with what their programs do to a turn."""

import pytest

from pipeline.errors import TranscriptError

TEAMS = """WEBVTT

0f3c11aa-2b1c-4d5e-8f90-1234567890ab/11-0
00:00:04.000 --> 00:00:06.000
<v Okafor, Diane>What does a good day look like for you?</v>

0f3c11aa-2b1c-4d5e-8f90-1234567890ab/10-0
00:00:01.000 --> 00:00:03.500
<v Okafor, Diane>Good evening, thanks for having me.</v>

0f3c11aa-2b1c-4d5e-8f90-1234567890ab/13-1
00:00:07.000 --> 00:00:09.000
<v Bev Marsh>with the dog &amp; a flask,
going nowhere.</v>

0f3c11aa-2b1c-4d5e-8f90-1234567890ab/13-0
00:00:07.000 --> 00:00:07.000
<v Bev Marsh>Out on the cliff</v>
"""


def spoken(transcript):
    return [(turn.role, turn.speaker, turn.text) for turn in transcript.turns]


def test_teams_cues_are_put_in_order_and_joined(read) -> None:
    transcript = read(TEAMS, ".vtt", participants=("Bev Marsh",), interviewers=("Diane Okafor",))
    assert transcript.source_format == "teams_vtt"
    assert spoken(transcript) == [
        (
            "interviewer",
            "Okafor, Diane",
            "Good evening, thanks for having me. What does a good day look like for you?",
        ),
        ("participant", "Bev Marsh", "Out on the cliff with the dog & a flask, going nowhere."),
    ]
    assert [(turn.start_s, turn.end_s) for turn in transcript.turns] == [(1.0, 6.0), (7.0, 9.0)]


def test_two_voices_in_one_cue_are_two_turns(read) -> None:
    transcript = read(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Interviewer>How is the <i>garden</i>?</v>\n"
        "<v.loud Participant>Wet <00:00:02.000><c>through</c>, &lt;sigh&gt; I <3 it.</v>\n",
        ".vtt",
    )
    assert spoken(transcript) == [
        ("interviewer", "Interviewer", "How is the garden?"),
        ("participant", "Participant", "Wet through, <sigh> I <3 it."),
    ]


def test_comments_styles_and_regions_are_not_said(read) -> None:
    transcript = read(
        "WEBVTT - made by hand\n\nNOTE checked twice\n\nSTYLE\n::cue { color: red }\n\n"
        "00:01.000 --> 00:03.000 align:start\n<v Interviewer>Is that so, then?</v>\n\n"
        "NOTE\nmore of it\n\n00:04.000 --> 00:05.000\n<v Participant>It is, yes.</v>\n",
        ".vtt",
    )
    assert [text for _, _, text in spoken(transcript)] == ["Is that so, then?", "It is, yes."]


ZOOM = (
    "\ufeffWEBVTT\r\n\r\n1\r\n00:00:01.000 --> 00:00:03.000\r\n"
    "Diane Okafor: Um, okay, what would you change?\r\n\r\n"
    "2\r\n00:00:04.000 --> 00:00:06.000\r\nHelen's iPhone: The bus, it never comes.\r\n\r\n"
    "3\r\n00:00:06.000 --> 00:00:08.000\r\nNote: it's 7:03 and I'm still stood there.\r\n\r\n"
    "4\r\n00:00:08.000 --> 00:00:09.000\r\nHelen's iPhone: Every single day.\r\n\r\n"
    "5\r\n00:00:10.000 --> 00:00:11.000\r\nDiane Okafor: And then what do you do?\r\n"
)


def test_zoom_notes_are_not_speakers_and_unnamed_cues_go_on(read) -> None:
    transcript = read(ZOOM, ".vtt", participants=("Helen Gale; Nell",), interviewers=("Diane",))
    assert transcript.source_format == "zoom_vtt"
    assert spoken(transcript) == [
        ("interviewer", "Diane Okafor", "Um, okay, what would you change?"),
        (
            "participant",
            "Helen's iPhone",
            "The bus, it never comes. Note: it's 7:03 and I'm still stood there. Every single day.",
        ),
        ("interviewer", "Diane Okafor", "And then what do you do?"),
    ]


def test_whisperx_captions_name_the_speaker_in_brackets(read) -> None:
    transcript = read(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n[SPEAKER_01]: what do you like about living here\n\n"
        "00:04.000 --> 00:09.000\n[SPEAKER_00]: i like the sea and my mates and the quiet\n\n"
        "00:10.000 --> 00:12.000\n[SPEAKER_01]: and would you change anything at all\n",
        ".vtt",
    )
    assert [(turn.role, turn.speaker) for turn in transcript.turns] == [
        ("interviewer", "SPEAKER_01"),
        ("participant", "SPEAKER_00"),
        ("interviewer", "SPEAKER_01"),
    ]


ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:01.000 --> 00:00:02.000
Interviewer: what do you

00:00:02.000 --> 00:00:03.000
Interviewer: what do you
like<00:00:02.500><c> about</c> it

00:00:03.000 --> 00:00:04.000
like about it
Participant: the walks

00:00:04.000 --> 00:00:05.000
Participant: the walks
Participant: the walks mostly

00:00:05.000 --> 00:00:06.000
Participant: the walks mostly
"""


def test_rolling_captions_are_read_once(read) -> None:
    transcript = read(ROLLING, ".vtt")
    assert transcript.source_format == "youtube_vtt"
    assert spoken(transcript) == [
        ("interviewer", "Interviewer", "what do you like about it"),
        ("participant", "Participant", "the walks mostly"),
    ]
    assert transcript.dropped["repeated_captions"] == 5


@pytest.mark.parametrize(
    "srt",
    [
        "1\n00:00:01,000 --> 00:00:03,000\n- Interviewer: How's the new flat?\n"
        "- Participant: Damp, since you ask.\n\n2\n00:00:04,000 --> 00:00:05,500\n"
        "Participant: Black on every wall.\n",
        "1\n00:00:01,000 --> 00:00:03,000\nInterviewer: How's the new flat?\n2\n"
        "00:00:03,000 --> 00:00:04,000\nParticipant: Damp, since you ask.\n3\n"
        "00:00:04,000 --> 00:00:05,500\nBlack on every wall.",
        "1\r\n00:00:01,000 --> 00:00:03,000\r\nInterviewer: How's the\r\nnew flat?\r\n\r\n\r\n2\r\n"
        "00:00:03,000 --> 00:00:04,000\r\n<i>Participant: Damp, since you ask.</i>\r\n\r\n3\r\n"
        "00:00:04.000 --> 00:00:05.500\r\nParticipant: Black on every wall.\r\n\r\n",
    ],
    ids=["dual dialogue", "blank lines missing", "points, tags and CRLF"],
)
def test_srt_is_read_with_its_usual_faults(read, srt: str) -> None:
    for suffix in (".srt", ".txt"):
        transcript = read(srt, suffix)
        assert transcript.source_format == "srt"
        assert spoken(transcript) == [
            ("interviewer", "Interviewer", "How's the new flat?"),
            ("participant", "Participant", "Damp, since you ask. Black on every wall."),
        ]
        assert transcript.turns[1].end_s == 5.5


def test_a_second_recording_in_one_file_stays_behind_the_first(read) -> None:
    cues = [
        ("00:10:00", "Interviewer", "Shall we stop here?"),
        ("00:10:05", "Participant", "Tea first, then the rest."),
        ("00:00:01", "Interviewer", "We're back, where were we?"),
        ("00:00:04", "Participant", "On the bus, as ever."),
    ]
    body = "".join(f"{t}.000 --> {t}.900\n<v {who}>{said}</v>\n\n" for t, who, said in cues)
    transcript = read(f"WEBVTT\n\n{body}", ".vtt")
    assert [turn.text for turn in transcript.turns] == [said for _, _, said in cues]


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (TEAMS.strip()[: -len("cliff</v>")], ".vtt"),
        (TEAMS + "\n0f3c11aa/14-0\n00:00:12.0", ".vtt"),
        (TEAMS + "\n00:00:12.000 --> 00:0", ".vtt"),
        ("1\n00:00:01,000 --> 00:00:03,000\nInterviewer: And?\n\n2\n00:00:04,000 --> 00:", ".srt"),
    ],
    ids=["open voice tag", "timing half written", "end time missing", "srt end time missing"],
)
def test_a_file_cut_short_is_not_taken_for_whole(read, content: str, suffix: str) -> None:
    with pytest.raises(TranscriptError, match="broken_file"):
        read(content, suffix)
