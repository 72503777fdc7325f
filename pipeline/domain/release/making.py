"""All in a release but its tables: made of the tables alone, so that it can be made again."""

from collections.abc import Callable, Iterable, Mapping

from pipeline.domain.exchange.files import exchanged
from pipeline.domain.release.describing import explained
from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.report.site import pages

Maker = Callable[[Leaving], Mapping[str, bytes]]
"""Files by relative path, made of what leaves: no clock, no chance, no release id."""

MAKERS: tuple[Maker, ...] = (explained, pages, exchanged)


def made_of(leaving: Leaving, makers: Iterable[Maker] = MAKERS) -> dict[str, bytes]:
    """All files that are made of these tables, by relative path.

    Raises
    ------
    ValueError
        If two makers write the same file, or one writes beside the release.
    """
    made: dict[str, bytes] = {}
    for maker in makers:
        for path, body in maker(leaving).items():
            parts = path.split("/")
            if path in made or path.startswith("/") or ".." in parts or "" in parts:
                raise ValueError("a file of the release is made twice, or has no place in it")
            made[path] = body
    return made
