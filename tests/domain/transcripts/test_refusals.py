"""What bad input gets: a reason, never words, and never another exception."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.governance.quarantine import REASONS
from pipeline.domain.intake.names import SUFFIXES
from pipeline.domain.transcripts.reading import (
    KnownSpeakers,
    Limits,
    Transcript,
    check_size,
    read_transcript,
    turns_table,
)
from pipeline.errors import TranscriptError
from pipeline.tables import TABLES, to_arrow

LIMITS = Limits(1_000_000, 20_000_000, 50, "en")
LONG = (
    "Interviewer: What is it like to live here, and how do you get about from day to day?\n\n"
    "Participant: I walk, mostly. The bus is every two hours and the driver knows us all by name, "
    "so that is half my company for the week. I would miss it if they stopped it, and so would "
    "everyone on the hill.\n\n"
    "Interviewer: What would you change?\n\nParticipant: Sundays.\n"
)


@pytest.mark.parametrize(
    ("content", "suffix", "reason"),
    [
        (b"", ".vtt", "empty_file"),
        (b"\xef\xbb\xbf \r\n", ".txt", "empty_file"),
        (b"WEBVTT\n\n", ".vtt", "empty_file"),
        (LONG.encode(), ".doc", "unknown_format"),
        (LONG.encode(), "", "unknown_format"),
        (bytes(range(256)) * 40, ".vtt", "not_this_format"),
        (b"%PDF-1.7\n1 0 obj\n", ".txt", "not_this_format"),
        (b"{\\rtf1\\ansi Interviewer: hello}", ".txt", "not_this_format"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", ".vtt", "not_this_format"),
        (LONG.encode(), ".vtt", "not_this_format"),
        (LONG.encode(), ".srt", "not_this_format"),
        (LONG.encode(), ".json", "not_this_format"),
        (LONG.encode() * 4000, ".txt", "too_large"),
        ("Participant: caf\u00e9, \u00e9".encode()[:-1], ".txt", "broken_file"),
        (b"It was a long day and nobody said who was who.\n" * 9, ".txt", "no_speakers"),
        (b"Participant: It was a long day, and I said so then.\n" * 9, ".txt", "one_speaker"),
        (b"Interviewer: Hello?\nParticipant: Hello.\n", ".txt", "too_short"),
    ],
    ids=[
        "empty", "blank", "header only", "doc", "no suffix", "junk", "pdf", "rtf", "web page",
        "typed as vtt", "typed as srt", "typed as json", "large", "cut letter", "no speakers",
        "one speaker", "short",
    ],
)  # fmt: skip
def test_each_fault_has_its_reason(read, content: bytes, suffix: str, reason: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read(content, suffix, limits=LIMITS)
    assert refused.value.reason == reason


def test_another_language_is_refused_and_some_words_of_it_are_not(read) -> None:
    with pytest.raises(TranscriptError, match="other_language"):
        read(LONG, ".txt", language="pl")
    answers = iter(["en", "pl", "en", "pl", "en", "en", "pl", "en", "pl"])
    transcript = read_transcript(
        (LONG * 20).encode(),
        ".txt",
        known=KnownSpeakers(),
        limits=LIMITS,
        detect_language=lambda _: next(answers),
    )
    assert len(transcript.turns) == 80


def test_a_large_file_is_refused_by_its_size_before_it_is_read() -> None:
    with pytest.raises(TranscriptError, match="too_large"):
        check_size(300_000_000, LIMITS)
    with pytest.raises(TranscriptError, match="empty_file"):
        check_size(0, LIMITS)
    check_size(1_000_000, LIMITS)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
)
def test_every_encoding_gives_the_same_turns(read, encoding: str) -> None:
    text = LONG.replace("two hours", "two hours \u2013 \u00a33.50 to the caf\u00e9 \u2013").replace(
        "\n", "\r\n"
    )
    assert read(text.encode(encoding), ".txt") == read(text, ".txt")


def test_one_bad_byte_spoils_one_letter_and_not_every_accent(read) -> None:
    text = LONG.replace(
        "Sundays", "Sundays at the caf\u00e9, na\u00efve as it is, caf\u00e9 au lait"
    )
    content = text.encode().replace(b"Sundays", b"Sund\xffys")
    said = read(content, ".txt").turns[-1].text
    assert said == "Sund\ufffdys at the caf\u00e9, na\u00efve as it is, caf\u00e9 au lait."


def test_turns_fit_their_table(read) -> None:
    frame = turns_table("C001", "ab" * 32, read(LONG, ".txt"))
    table = to_arrow(TABLES["turns"], frame)
    assert table.num_rows == 4
    assert frame["turn"].tolist() == [0, 1, 2, 3]


PIECES = [
    "WEBVTT", "00:00:01.000 --> 00:00:02.000", "1", "<v ", "Ann Lee>", "</v>", "Ann: ", "\n",
    "\n\n", "Interviewer: ", "Participant  0:03", "[00:01] ", "{\"segments\":[", "]}", "\"",
    ",", "speaker,text", "00:00:01,000 --> 00:00:02,000", "&amp;", "\x00", "\ufeff", "\t", "  ",
    "- ", ":", "what do you think", "9" * 30, "Page 1 of 2", "{}", "null", "\ud83d",
]  # fmt: skip
NOISE = st.binary(max_size=400) | st.lists(st.sampled_from(PIECES), max_size=30).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


def outcome(content: bytes, suffix: str) -> str:
    try:
        transcript = read_transcript(
            content,
            suffix,
            known=KnownSpeakers(("Ann Lee",), ()),
            limits=Limits(10_000_000, 20_000_000, 3, "en"),
            detect_language=lambda _: "en",
        )
    except TranscriptError as error:
        return error.reason
    assert isinstance(transcript, Transcript)
    to_arrow(TABLES["turns"], turns_table("C001", "0" * 64, transcript))
    return "read"


def test_a_colon_that_nothing_stands_before_names_nobody() -> None:
    assert outcome(b"0:00 :", ".txt") == "no_speakers"


@settings(max_examples=60, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@given(content=NOISE)
def test_any_bytes_are_read_or_refused_with_a_known_reason(suffix: str, content: bytes) -> None:
    assert outcome(content, suffix) in {"read", *REASONS}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", sorted(set(SUFFIXES) - {".docx"}))
@pytest.mark.parametrize(
    "unit",
    [
        "<v ", "9", " ", "\n", "-->", "1:", "a: ", "<", "&amp;", "[", "{\"a\":", "\"", ",", "a,b\n",
        "- ", "*", "00:00:01,000 --> ", "1\n00:00:01,000 --> 00:00:02,000\n", "Ann Lee  0:01\n",
        "(", "x\t", "\u00e9", "a b c d e f g: h\n",
    ],
)  # fmt: skip
def test_no_content_takes_long(suffix: str, unit: str) -> None:
    body = unit * (200_000 // len(unit))
    for content in (
        body,
        f"WEBVTT\n\n00:01.000 --> 00:02.000\n{body}",
        f"1\n00:00:01,0 --> {body}",
    ):
        began = time.monotonic()
        outcome(content.encode(), suffix)
        assert time.monotonic() - began < 5
