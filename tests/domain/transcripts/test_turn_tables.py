"""Turn tables in CSV and JSON lines."""

import json

import pytest

from pipeline.errors import TranscriptError

EXPECTED = [
    ("interviewer", "Wendy", "What, in your view, helps?", 1.5),
    ("participant", "Arthur", 'Company. "Proper" company.', 63.0),
]
KNOWN = {"participants": ("Arthur Pike",), "interviewers": ("Wendy Stone",)}


def spoken(transcript):
    return [(turn.role, turn.speaker, turn.text, turn.start_s) for turn in transcript.turns]


@pytest.mark.parametrize(
    "table",
    [
        'start,end,speaker,text\n1.5,2,Wendy,"What, in your view, helps?"\n'
        '0:01:03,64,Arthur,"Company. ""Proper"" company."\n',
        '\ufeffTurn;Speaker;Start;Text\r\n2;Arthur;63;"Company. ""Proper""\ncompany."\r\n'
        '1;Wendy;1.5;"What, in your view, helps?"\r\n',
        "conversation_id\tturn\trole\tspeaker\tstart_s\tutterance\n"
        "C1\t0\tinterviewer\tWendy\t1.5\tWhat, in your view, helps?\n"
        'C1\t1\tparticipant\tArthur\t63\t"Company. ""Proper"" company."\n',
    ],
    ids=["commas", "Excel, out of order", "tabs with roles"],
)
def test_csv_as_different_programs_write_it(read, table: str) -> None:
    transcript = read(table, ".csv", **KNOWN)
    assert transcript.source_format == "turns_csv"
    assert spoken(transcript) == EXPECTED


def test_json_lines_and_lists(read) -> None:
    rows = [
        {"turn": i, "speaker": who, "start": start, "text": text}
        for i, (_, who, text, start) in enumerate(EXPECTED)
    ]
    lines = "\n".join(map(json.dumps, rows)) + "\n"
    for content, suffix in (
        (lines, ".jsonl"),
        (lines, ".json"),
        (json.dumps(rows), ".json"),
        (json.dumps({"turns": rows}), ".json"),
    ):
        transcript = read(content, suffix, **KNOWN)
        assert transcript.source_format == "turns_jsonl"
        assert spoken(transcript) == EXPECTED


@pytest.mark.parametrize(
    ("content", "suffix", "reason"),
    [
        ("start,end,who\n1,2,x\n", ".csv", "not_this_format"),
        ('speaker,text\nA,"never closed\nB,more\n', ".csv", "broken_file"),
        ("speaker,text\nA,one,too many\n", ".csv", "broken_file"),
        ("conversation_id,speaker,text\nC1,A,hello\nC2,B,hello\n", ".csv", "several_conversations"),
        ('{"speaker": "A", "text": "hello"}\n{"speaker": "B", "te', ".jsonl", "broken_file"),
        ('{"speaker": "A", "text": "hello"}\n["B"]', ".jsonl", "broken_file"),
        ("hello", ".jsonl", "not_this_format"),
    ],
    ids=["no text column", "open quote", "ragged", "two ids", "cut", "no object", "text"],
)
def test_a_table_that_cannot_be_trusted_is_refused(
    read, content: str, suffix: str, reason: str
) -> None:
    with pytest.raises(TranscriptError) as refused:
        read(content, suffix)
    assert refused.value.reason == reason


def test_numbers_that_are_no_time_are_no_time(read) -> None:
    rows = [
        '{"speaker": "Interviewer", "start": NaN, "text": "What \\ud800 helps you most?"}',
        '{"speaker": "Participant", "start": "soon", "text": 47}',
    ]
    transcript = read("\n".join(rows), ".jsonl")
    assert [turn.start_s for turn in transcript.turns] == [None, None]
    assert [turn.text for turn in transcript.turns] == ["What \ufffd helps you most?", "47"]


def test_labels_are_cleaned_and_keep_their_first_spelling(read) -> None:
    rows = [
        {"speaker": "Interviewer\n ", "text": "What helps?"},
        {"speaker": "Arthur \ud800", "text": "My dog."},
        {"speaker": "INTERVIEWER", "text": "Why is that?"},
        {"speaker": "interviewer", "text": "Or is it not?"},
    ]
    turns = read("\n".join(map(json.dumps, rows)), ".jsonl").turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Interviewer", "What helps?"),
        ("Arthur \ufffd", "My dog."),
        ("Interviewer", "Why is that? Or is it not?"),
    ]
