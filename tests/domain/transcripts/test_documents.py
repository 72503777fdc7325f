"""Word documents: Teams transcripts, typed ones, tables, tracked changes, and dangerous files."""

import io
import random
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.domain.transcripts.reading import Limits
from pipeline.errors import TranscriptError


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info.filename))
        new.writestr(name, part)
    return buffer.getvalue()


def with_damaged_part(content: bytes, name: str) -> bytes:
    """The packed bytes of a part overwritten; all else as it was."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        part = package.getinfo(name)
    start = part.header_offset + 30 + len(name) + 2
    return content[:start] + b"\xff" * 9 + content[start + 9 :]


def typed() -> bytes:
    document = Document()
    for line in (
        "Interviewer: How long have you lived here?",
        "Participant: All my life, near enough.",
    ):
        document.add_paragraph(line)
    return saved(document)


def test_teams_documents_in_both_layouts(read) -> None:
    for one_paragraph in (True, False):
        document = Document()
        document.add_paragraph("Catch up-20260615_033500-Meeting Transcript")
        document.add_paragraph("15 June 2026, 03:35am")
        document.add_paragraph("27m 42s")
        document.add_paragraph("Diane Okafor started transcription")
        for heading, said in (
            ("Diane Okafor   0:03", "What gets you out of bed?"),
            ("Bev Marsh   0:03", "The dog does."),
            ("Bev Marsh   0:09", "And the sea."),
        ):
            paragraph = document.add_paragraph(heading)
            if one_paragraph:
                paragraph.add_run().add_break()
                paragraph.add_run(said)
            else:
                document.add_paragraph(said)
        document.add_paragraph("Diane Okafor stopped transcription")
        transcript = read(saved(document), ".docx", participants=("Bev Marsh",))
        assert transcript.source_format == "teams_docx"
        assert [(turn.role, turn.text) for turn in transcript.turns] == [
            ("interviewer", "What gets you out of bed?"),
            ("participant", "The dog does. And the sea."),
        ]
        assert transcript.dropped == {"cover_lines": 3, "program_lines": 2}


def test_speakers_in_a_table(read) -> None:
    document = Document()
    document.add_paragraph("Interview 4")
    table = document.add_table(rows=0, cols=2)
    for cells in (
        ("Speaker", "Words"),
        ("Interviewer", "How is the clinic?"),
        ("Participant", "Kind, but it is far."),
    ):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    turns = read(saved(document), ".docx").turns
    assert [(turn.role, turn.text) for turn in turns] == [
        ("interviewer", "How is the clinic?"),
        ("participant", "Kind, but it is far."),
    ]


def test_tracked_insertions_are_read_and_deletions_are_not(read) -> None:
    document = Document()
    document.add_paragraph("Interviewer: How is the clinic?")
    paragraph = document.add_paragraph("Participant: It is ")
    for xml in (
        f"<w:ins {nsdecls('w')} w:id='1' w:author='x'><w:r><w:t>far</w:t></w:r></w:ins>",
        f"<w:del {nsdecls('w')} w:id='2' w:author='x'>"
        "<w:r><w:delText>near</w:delText></w:r></w:del>",
    ):
        paragraph._p.append(parse_xml(xml))
    assert read(saved(document), ".docx").turns[1].text == "It is far"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Interviewer: not a zip at all\nParticipant: no", "not_this_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_this_format"),
        (typed()[:900], "broken_file"),
        (with_part(typed(), "word/media/a.bin", bytes(30_000_000)), "expands_too_much"),
        (with_part(typed(), "word/document.xml", b"<w:document"), "broken_file"),
        (with_damaged_part(typed(), "docProps/thumbnail.jpeg"), "broken_file"),
        (
            with_part(
                typed(),
                "word/document.xml",
                b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
                b"<d>&x;</d>",
            ),
            "not_this_format",
        ),
        (with_part(b"PK\x05\x06" + bytes(18), "readme.txt", b"words"), "not_this_format"),
    ],
    ids=[
        "text",
        "old Word",
        "cut",
        "bomb",
        "broken XML",
        "damaged picture",
        "external entity",
        "another zip",
    ],
)
def test_a_file_that_is_no_document_is_refused(read, content: bytes, reason: str) -> None:
    with pytest.raises(TranscriptError) as refused:
        read(content, ".docx")
    assert refused.value.reason == reason


def test_a_bomb_within_the_size_limit_is_known_by_its_ratio(read) -> None:
    content = with_part(typed(), "word/media/a.bin", bytes(9_000_000))
    limits = Limits(1_000_000, 500_000_000, 5, "en")
    with pytest.raises(TranscriptError, match="expands_too_much"):
        read(content, ".docx", limits=limits)


def test_xml_that_would_fill_the_memory_once_parsed_is_refused(read) -> None:
    words = random.Random(1).randbytes(700_000).hex().encode()  # noqa: S311 - filler
    content = with_part(typed(), "word/document.xml", b"<d>" + words + b"</d>")
    with pytest.raises(TranscriptError, match="expands_too_much"):
        read(content, ".docx", limits=Limits(2_000_000, 5_000_000, 5, "en"))


def test_an_empty_document_holds_no_text(read) -> None:
    with pytest.raises(TranscriptError, match="empty_file"):
        read(saved(Document()), ".docx")
