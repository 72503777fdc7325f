"""The search after an erasure: whatever a file makes of words, they are found in it."""

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from pipeline.domain.governance.residue import Needles, holds, windows_of

KEY = b"a key of thirty-two bytes, or so"
SAID = (
    'We kept "the heron" tied below Quarr mill, and my aunt\'s café sold eels & tea until the '
    "flood of the year in which I was born took both of them away."
)
TRACE = "conversation-0123456789abcdef"
NEEDLES = Needles(
    frozenset({"K07", "Q88"}), frozenset({TRACE, "f" * 64}), windows_of([SAID], [], KEY), KEY
)


def archive(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return packed.getvalue()


def nested(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("sources/a.docx", archive(document=text))
    return packed.getvalue()


def parquet(text: str) -> bytes:
    packed = io.BytesIO()
    frame = pd.DataFrame({"notes": [[{"said": text}]], "n": [1]})
    frame.to_parquet(packed, compression="zstd")
    return packed.getvalue()


def database(text: str) -> bytes:
    """The words in the middle of a long text, which lies in pieces over the file's pages."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE events (event TEXT)")
        connection.execute("INSERT INTO events VALUES (?)", ("x " * 5000 + text + " y" * 5000,))
        connection.commit()
        return connection.serialize()


def marked_up(text: str) -> bytes:
    """Every letter that is not plain as an entity, and a tag between any two words."""
    escaped = "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in text)
    return escaped.replace(" ", "</b> <b>").encode()


WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "capitals and new lines": lambda text: text.upper().replace(" ", "\r\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "JSON": lambda text: json.dumps({"said": text}).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"said": text})).encode(),
    "HTML": marked_up,
    "project": lambda text: archive(**{"project.qde": "<Text>", "sources/s1.txt": text}),
    "archive in an archive": nested,
    "gzip": lambda text: gzip.compress(text.encode()),
    "Parquet": parquet,
    "SQLite": database,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("text", "kind"),
    [(SAID, "text"), ("said by K07 there", "identifier"), (f"of {TRACE}", "hash")],
    ids=["words", "id", "pseudonym"],
)
def test_what_is_left_is_found_however_it_is_written(way: str, text: str, kind: str) -> None:
    assert kind in holds("notes.bin", WAYS[way](text), NEEDLES)


@pytest.mark.parametrize("way", WAYS)
def test_what_others_said_is_not_found(way: str) -> None:
    other = "The heron and the café are well known, and my aunt told me so in the mill one day."
    assert holds("notes.bin", WAYS[way](other), NEEDLES) == []


@pytest.mark.parametrize(
    "path", ["releases/public/K07.html", "landing/K07/part.txt", f"x/{TRACE}.txt"]
)
def test_a_name_of_a_file_is_searched_too(path: str) -> None:
    assert holds(path, b"", NEEDLES)


def test_fifteen_words_are_found_wherever_in_a_file_they_begin() -> None:
    stretch = " ".join(SAID.split()[4:20])
    for before in range(9):
        copied = "word " * before + stretch + " and so on"
        assert holds("x", copied.encode(), NEEDLES) == ["text"]


def test_what_is_kept_to_search_for_later_does_not_say_it() -> None:
    assert all(len(window) == 16 and int(window, 16) >= 0 for window in NEEDLES.windows)


def overwritten(packed: bytes) -> bytes:
    """The same file with other bytes where what is packed begins."""
    return packed[:35] + bytes(255 - byte for byte in packed[35:44]) + packed[44:]


@pytest.mark.parametrize(
    "broken",
    [
        b"PK\x03\x04 no archive",
        b"\x1f\x8b no gzip",
        b"PAR1 none",
        overwritten(archive(a=SAID)),
        overwritten(gzip.compress(SAID.encode())),
    ],
    ids=["no archive", "no gzip", "no Parquet", "damaged archive", "damaged gzip"],
)
def test_a_broken_file_is_searched_as_its_bytes(broken: bytes) -> None:
    assert holds("x", broken + b" K07 ", NEEDLES) == ["identifier"]


def test_a_word_that_is_said_over_and_over_is_nobodys_own() -> None:
    assert windows_of(["no " * 30], [], KEY) == frozenset()


def test_a_large_file_is_searched_to_its_end(tmp_path: Path) -> None:
    content = b"word " * 900_000 + SAID.encode()
    assert holds(str(tmp_path), content, NEEDLES) == ["text"]
