"""The pictures of a finished run as PNG for the documentation.

`python -m benchmarks.pictures [DATA]`: from `DATA/deidentified/pictures/*.svg`, as the stage
`count` draws them, to `docs/pictures/`. Without DATA, from the demo run in `out/demo`.
"""

import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reporting import ROOT
from pipeline.assets.counting import PICTURES
from pipeline.domain.themes.pictures import png

_SIGNATURE = 8


def convert(data: Path, into: Path) -> list[Path]:
    """Write each picture as PNG; returns the files."""
    written = []
    for drawn in sorted((data / PICTURES).glob("*.svg")):
        path = into / f"{drawn.stem}.png"
        path.write_bytes(packed(png(drawn.read_text("utf-8"))))
        written.append(path)
    return written


def packed(picture: bytes) -> bytes:
    """The same PNG in a third of the bytes: the program that draws packs in haste."""
    chunks = list(_chunks(picture))
    pixels = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    head = [(kind, content) for kind, content in chunks if kind not in (b"IDAT", b"IEND")]
    whole = [*head, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return picture[:_SIGNATURE] + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in whole
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _SIGNATURE
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


if __name__ == "__main__":
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out/demo"
    for path in convert(data, ROOT / "docs/pictures"):
        print(path.relative_to(ROOT))
