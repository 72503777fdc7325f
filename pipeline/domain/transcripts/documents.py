"""Word documents: what may be opened, and its paragraphs in order."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from pipeline.domain.archives import DAMAGED, UNREADABLE
from pipeline.errors import TranscriptError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
# Text that Word no longer shows, or shows a second time.
_HIDDEN = {f"{_W}del", f"{_W}moveFrom", f"{_W}delText", f"{_W}instrText", f"{_W}rPr", _MC_FALLBACK}
_MOST_PARTS = 5_000
_XML = (".xml", ".rels")
# Parsed, XML takes several times its length in memory.
_XML_GROWTH = 4
# Word's own XML packs at most about 30 to 1; a bomb packs 1,000 to 1.
_MOST_RATIO = 200
_RATIO_FROM_BYTES = 5_000_000
_DOCTYPE = re.compile(rb"<!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y|E\x00?N\x00?T\x00?I)")


def document_lines(content: bytes, max_expanded_bytes: int) -> list[str]:
    """Paragraphs as lines, an empty line between; a table row is one line, cells by tabs.

    Raises
    ------
    TranscriptError
        expands_too_much before anything is unpacked; not_this_format; broken_file.
    """
    _refuse_dangerous(content, max_expanded_bytes)
    return list(_lines(_open(content).element.body))


def _refuse_dangerous(content: bytes, max_expanded_bytes: int) -> None:
    if not content.startswith(b"PK"):
        raise TranscriptError("not_this_format")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _refuse_bomb(package.infolist(), max_expanded_bytes)
            _refuse_doctype(package)
    except DAMAGED:
        raise TranscriptError("broken_file") from None
    except UNREADABLE:
        raise TranscriptError("not_this_format") from None


def _refuse_bomb(parts: list[zipfile.ZipInfo], max_expanded_bytes: int) -> None:
    expanded = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    is_bomb = expanded > _RATIO_FROM_BYTES and expanded > _MOST_RATIO * max(packed, 1)
    xml = sum(part.file_size for part in parts if part.filename.endswith(_XML))
    if xml * _XML_GROWTH > max_expanded_bytes or expanded > max_expanded_bytes:
        raise TranscriptError("expands_too_much")
    if len(parts) > _MOST_PARTS or is_bomb:
        raise TranscriptError("expands_too_much")


def _refuse_doctype(package: zipfile.ZipFile) -> None:
    """Office never writes entity declarations; they make files read others or grow."""
    for part in package.infolist():
        if part.filename.endswith(_XML) and _DOCTYPE.search(package.read(part)):
            raise TranscriptError("not_this_format")


def _open(content: bytes) -> Any:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        return Document(io.BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, TypeError):
        raise TranscriptError("not_this_format") from None
    except (SyntaxError, *DAMAGED):  # lxml's errors are syntax errors
        raise TranscriptError("broken_file") from None


def _lines(body: Any) -> Iterator[str]:
    for element in body:
        if element.tag == f"{_W}p":
            yield from "".join(_shown(element)).split("\n")
            yield ""
        elif element.tag == f"{_W}tbl":
            yield from _rows(element)
        elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _lines(element)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(f"{_W}tr"):
        cells = [
            " ".join(" ".join("".join(_shown(p)) for p in cell.iter(f"{_W}p")).split())
            for cell in row
            if cell.tag == f"{_W}tc"
        ]
        yield "\t".join(cell for cell in cells if cell)
        yield ""


def _shown(element: Any) -> Iterator[str]:
    """The words of a paragraph as Word shows them: insertions in, deletions out."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _HIDDEN:
            yield from _shown(child)
