"""Whisper, WhisperX and AWS Transcribe."""

import json

import pytest

from pipeline.errors import TranscriptError

ASKED, ANSWERED = "what would you like to change", "i would like a bus that comes when it says"


def whisperx(*segments: tuple[float, str, str]) -> str:
    rows = [
        {"start": start, "end": start + 2, "text": f" {text}", **({"speaker": who} if who else {})}
        for start, who, text in segments
    ]
    return json.dumps({"segments": rows, "language": "en"})


def spoken(transcript):
    return [(turn.role, turn.text) for turn in transcript.turns]


def test_whisperx_speakers_have_no_names_and_roles_come_from_the_words(read) -> None:
    document = whisperx(
        (0, "SPEAKER_01", ASKED),
        (4, "SPEAKER_00", ANSWERED),
        (3, "SPEAKER_01", "in your town"),
        (7, "", "and one on sundays"),
        (9, "SPEAKER_00", "for my mum"),
        (12, "SPEAKER_01", "how do you get about"),
        (15, "SPEAKER_00", "Transcribed by https://otter.ai"),
    )
    transcript = read(document, ".json")
    assert transcript.source_format == "whisperx_json"
    assert spoken(transcript) == [
        ("interviewer", f"{ASKED} in your town"),
        ("participant", f"{ANSWERED} and one on sundays for my mum"),
        ("interviewer", "how do you get about"),
    ]
    assert transcript.dropped == {"hallucinated_lines": 1}


def test_a_segment_without_speaker_between_two_people_is_nobodys(read) -> None:
    document = whisperx(
        (0, "SPEAKER_00", ASKED),
        (3, "", "mm"),
        (6, "SPEAKER_01", ANSWERED),
        (9, "SPEAKER_00", "why"),
    )
    assert [role for role, _ in spoken(read(document, ".json"))] == [
        "interviewer", "other", "participant", "interviewer",
    ]  # fmt: skip


def test_plain_whisper_has_no_speakers(read) -> None:
    rows = [{"id": 0, "seek": 0, "start": 0.0, "end": 4.2, "text": ANSWERED, "avg_logprob": -0.2}]
    with pytest.raises(TranscriptError, match="no_speakers"):
        read(json.dumps({"text": ANSWERED, "language": "en", "segments": rows}), ".json")


def word(content: str, start: float, speaker: str | None) -> dict[str, object]:
    return {
        "type": "pronunciation",
        "alternatives": [{"confidence": "0.9", "content": content}],
        "start_time": f"{start:.2f}",
        "end_time": f"{start + 0.4:.2f}",
        **({"speaker_label": speaker} if speaker else {}),
    }


def mark(content: str) -> dict[str, object]:
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": content}]}


SPEECH = [
    ("What", "spk_1"),
    ("changed", "spk_1"),
    ("I", "spk_0"),
    ("moved", "spk_0"),
    ("[PII]", "spk_0"),
]


def transcribe(**results: object) -> str:
    return json.dumps({"jobName": "x", "status": "COMPLETED", "results": results})


EXPECTED = [("interviewer", "What changed?"), ("participant", "I moved, [PII]")]


def test_transcribe_items_with_the_speaker_at_each_word(read) -> None:
    items = [word(w, i, s) for i, (w, s) in enumerate(SPEECH)]
    items.insert(2, mark("?"))
    items.insert(5, mark(","))
    assert spoken(read(transcribe(items=items), ".json")) == EXPECTED


def test_older_transcribe_jobs_name_the_speaker_only_in_their_list(read) -> None:
    items = [word(w, i, None) for i, (w, _) in enumerate(SPEECH)]
    items.insert(2, mark("?"))
    items.insert(5, mark(","))
    segments = [
        {
            "start_time": "0.00",
            "speaker_label": speaker,
            "items": [
                {"start_time": f"{i:.2f}", "speaker_label": speaker}
                for i, (_, s) in enumerate(SPEECH)
                if s == speaker
            ],
        }
        for speaker in ("spk_1", "spk_0")
    ]
    document = transcribe(items=items, speaker_labels={"speakers": 2, "segments": segments})
    assert spoken(read(document, ".json")) == EXPECTED


def test_transcribe_audio_segments_are_read_as_they_are(read) -> None:
    segments = [
        {
            "transcript": "What changed?",
            "start_time": "0.0",
            "end_time": "1.9",
            "speaker_label": "spk_1",
        },
        {
            "transcript": "I moved, [PII]",
            "start_time": "2.0",
            "end_time": "4.0",
            "speaker_label": "spk_0",
        },
    ]
    transcript = read(transcribe(items=[], audio_segments=segments), ".json")
    assert spoken(transcript) == EXPECTED
    assert transcript.turns[1].start_s == 2.0


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (whisperx((0, "SPEAKER_00", ASKED))[:-20], "broken_file"),
        ('{"segments": ["a", "b"]}', "broken_file"),
        ("[" * 100_000, "broken_file"),
        ('{"results": {"items": [{"alternatives": []}]}}', "broken_file"),
        ('{"status": "FAILED", "results": {"items": []}}', "broken_file"),
        ('{"weather": "fine"}', "not_this_format"),
        ("fine weather", "not_this_format"),
        ("7", "not_this_format"),
        ('{"segments": []}', "empty_file"),
    ],
    ids=["cut", "no objects", "deep", "no words", "failed job", "other", "text", "number", "empty"],
)
def test_json_that_is_no_transcript_is_refused(read, document: str, reason: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read(document, ".json")
    assert refused.value.reason == reason
