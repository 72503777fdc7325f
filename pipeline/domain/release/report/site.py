"""The whole report of a release: every page, its one stylesheet and its one script.

A pure function of what leaves. The folder needs no network, and no script for reading.
"""

from importlib.resources import files

from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.report.acting import acting_pages
from pipeline.domain.release.report.hearing import hearing_pages
from pipeline.domain.release.report.overview import overview_pages
from pipeline.domain.release.report.packs import packs
from pipeline.domain.release.report.reading import told
from pipeline.domain.release.report.sets import set_pages
from pipeline.domain.release.report.shell import FOLDER, shell_of
from pipeline.domain.release.report.themes import theme_pages
from pipeline.domain.release.report.trusting import trusting_pages

_PARTS = (
    overview_pages, theme_pages, set_pages, hearing_pages, packs, acting_pages, trusting_pages,
)  # fmt: skip
_STATIC = ("style.css", "map.js")


def pages(leaving: Leaving) -> dict[str, bytes]:
    """All files of the report, by relative path; begin reading at ``report/index.html``."""
    shell, content = shell_of(leaving), told(leaving)
    made: dict[str, bytes] = {}
    for part in _PARTS:
        made |= part(shell, content)
    static = files("pipeline.domain.release.report") / "static"
    made |= {name: (static / name).read_bytes() for name in _STATIC}
    return {f"{FOLDER}/{path}": body for path, body in sorted(made.items())}
