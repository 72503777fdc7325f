"""Hostile text: whatever people say or call their files, it stays text."""

import csv
import html
import io
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.preview import preview
from pipeline.console import visible
from pipeline.domain.governance.register import read_register, report
from pipeline.domain.governance.spreadsheets import as_csv
from pipeline.domain.intake.manifest import Entry
from pipeline.domain.intake.names import conversation_id_of, file_ref
from pipeline.domain.intake.reading import read_batch
from pipeline.domain.transcripts.reading import KnownSpeakers, Limits, read_transcript, turns_table
from pipeline.errors import RegisterError
from pipeline.tables import TABLES

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "picture": '<img src=x onerror="alert(1)">',
    "link": "[click here](javascript:alert(1)) and http://bad.example/x",
    "Markdown": "# head\n| a | b |\n![p](x)\n`code` **bold** ~~gone~~",
    "entities": "&lt;script&gt;&#60;b&#62;",
    "formula": '=HYPERLINK("http://bad.example","x")',
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "plus and minus": "+1+2-3",
    "tab and formula": "\t=1+1",
    "terminal": "\x1b[2J\x1b]0;title\x07 plain \x08\x9b31m",
    "direction": "abc \u202e txt.exe \u2066 x \u2069 \u200f",
    "unseen": "a\u200bb\ufeffc\u00ad d \u2028 e \U000e0041",
    "template": "{{ 7*7 }} {% raw %} ${7*7} %s {0}",
    "end of a tag": "]]> --> */ </textarea> </td></tr>",
}
NAMES = {
    "up": "../../etc/passwd.txt",
    "up in Windows": "..\\..\\boot.txt",
    "script": "<script>alert(1)<.txt",
    "formula": "=cmd|' /C calc'!A0.txt",
    "direction": "C001\u202etxt.exe.txt",
    "terminal": "C001\x1b[2J.txt",
    "new line": "C001\nforged line.txt",
    "option": "-rf.txt",
    "template": "${HOME}.txt",
    "device": "CON .txt",
    "dots": "....txt",
}
INVISIBLE = {"Cc", "Cf", "Co", "Cs"}


def transcript(said: str) -> bytes:
    one_line = " ".join(said.split("\n"))
    turns = []
    for number in range(6):
        hostile = one_line if number == 3 else "as we always did on a Sunday afternoon in summer"
        turns += [
            f"Interviewer: What happened then, in your own words, number {number}, if I may ask?",
            f"Participant: We walked up to the mill, {hostile}, and then came home {number} times.",
        ]
    return "\n\n".join(turns).encode()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_preview_in_dagster_shows_it_as_text(kind: str) -> None:
    row = dict.fromkeys((c.name for c in TABLES["redacted_turns"].columns), None)
    frame = pd.DataFrame(
        [row | {"conversation_id": HOSTILE[kind], "turn": 0, "text": HOSTILE[kind]}]
    )
    shown = preview("redacted_turns", frame)
    header, rule, line, blank, count = shown.split("\n")
    assert (blank, count) == ("", "1 of 1 rows")
    assert line.count("|") == header.count("|") == rule.count("|")
    cells = line.strip("| ")
    assert not set(re.sub(r"&#\d+;", "", cells)) & set('<>[]()!`*_~#{}$\\"=@+:/')
    assert not any(
        unicodedata.category(c) in INVISIBLE for c in html.unescape(cells) if c != "\u200b"
    )


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_spreadsheet_that_we_write_takes_no_cell_for_a_formula(kind: str) -> None:
    content = as_csv(["what"], [[HOSTILE[kind]], [f"  {HOSTILE[kind]}"], ["harmless"]])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    assert all(len(row) == 1 for row in rows)
    assert not any(row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_terminal_obeys_none_of_it(kind: str) -> None:
    shown = visible(HOSTILE[kind])
    assert len(shown) == len(HOSTILE[kind])
    assert not any(unicodedata.category(c) in INVISIBLE for c in shown if c not in "\n\t")


def test_letters_of_every_script_are_shown_as_they_are() -> None:
    said = "Zażółć, नमस्\u200dते, می\u200cروم, 안녕하세요, Ångström"
    assert visible(said) == said


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_transcript_keeps_it_as_words_of_one_turn(kind: str) -> None:
    limits = Limits(max_file_bytes=10**6, max_expanded_bytes=10**6, min_words=10, language="en")
    read = read_transcript(
        transcript(HOSTILE[kind]),
        ".txt",
        known=KnownSpeakers((), ()),
        limits=limits,
        detect_language=lambda _: "en",
    )
    turns = turns_table("C001", "0" * 64, read)
    assert len(turns) == 12
    assert turns["role"].tolist() == ["interviewer", "participant"] * 6
    assert set(turns["speaker"]) == {"Interviewer", "Participant"}


@pytest.mark.parametrize("kind", NAMES)
def test_a_file_name_that_is_no_id_is_told_of_by_reference_only(kind: str) -> None:
    name = NAMES[kind]
    if conversation_id_of(name) is None:
        reason = "unsafe_name"
    else:  # only the last part of a path is a name
        reason = "no_register_row"
        assert re.fullmatch(r"[A-Za-z0-9_-]+", str(conversation_id_of(name)))
    entry = Entry(name, 10, 0, None, reason)
    taken = read_batch([entry], pytest.fail, known={"C001"}, max_share=1, min_to_stop=9)
    row = taken.quarantine.iloc[0]
    assert row["file_ref"] == file_ref(name)
    assert re.fullmatch(r"[0-9a-f]{12}", row["file_ref"])
    assert pd.isna(row["conversation_id"])
    assert not any(Path(name).name in str(value) for value in row)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_register_with_it_is_reported_without_it(kind: str) -> None:
    rows = io.StringIO(newline="")
    writer = csv.writer(rows)
    columns = ["conversation_id", "participant_id", "consent_audience", HOSTILE[kind]]
    writer.writerow(columns)
    writer.writerow([HOSTILE[kind], "P1", HOSTILE[kind], HOSTILE[kind]])
    writer.writerow(["C002", "P2", "public", ""])
    try:
        register = read_register(rows.getvalue().encode())
    except RegisterError as refused:  # semicolons in a heading make it a table of another kind
        lines = str(refused)
    else:
        assert register.consent["conversation_id"].tolist() == ["C002"]
        lines = "\n".join(report(register))
    assert lines
    assert not any(piece in lines for piece in HOSTILE[kind].split() if len(piece) > 3)
