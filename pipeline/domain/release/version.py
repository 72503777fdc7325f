"""Which software makes a release: its pages can be made again, to prove them, by no other."""

import hashlib
from functools import cache
from pathlib import Path

from pipeline import __version__

_PACKAGE = Path(__file__).parents[2]
_MAKERS = ("domain/release", "domain/exchange", "tables.py")
"""What turns released tables into pages and projects."""
_KINDS = (".py", ".html", ".css", ".js")
_DIGITS = 12


@cache
def code_version() -> str:
    """The version of the package, and a hash of the code and templates that make releases."""
    digest = hashlib.sha256()
    for file in sorted(file for maker in _MAKERS for file in _files(_PACKAGE / maker)):
        digest.update(file.relative_to(_PACKAGE).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).digest())
    return f"{__version__}+{digest.hexdigest()[:_DIGITS]}"


def _files(place: Path) -> list[Path]:
    found = [place] if place.is_file() else place.rglob("*")
    return [file for file in found if file.suffix in _KINDS]
