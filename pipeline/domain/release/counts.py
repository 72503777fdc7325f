"""The counts that each release went by: kept in the restricted zone, by release; counts only.

A figure that is told later is held against all that were told before. They stay when a release is
taken out of the data root, since copies of it may be elsewhere.
"""

from collections.abc import Mapping

from pipeline.domain.governance.store import Store
from pipeline.domain.release.disclosure import Told
from pipeline.domain.release.policy import slug

_FOLDER = "restricted/disclosure"


def told_before(store: Store, audience: str, *, but: str = "") -> Told:
    """Every count that releases to this audience went by, cell by cell, but for one of them."""
    told: dict[str, set[int]] = {}
    for name in store.names(f"{_FOLDER}/{slug(audience)}"):
        if name.endswith(".json") and name != f"{but}.json":
            cells: Mapping[str, int] = store.read_json(f"{_FOLDER}/{slug(audience)}/{name}")
            for cell, n in cells.items():
                told.setdefault(cell, set()).add(n)
    return {cell: frozenset(counts) for cell, counts in told.items()}


def keep_counts(store: Store, audience: str, release: str, cells: Mapping[str, int]) -> None:
    """Keep what a release goes by, before anybody can read the release."""
    path = _path(audience, release)
    if cells and (not store.exists(path) or store.read_json(path) != dict(cells)):
        store.write_json(path, dict(cells))


def counts_of(store: Store, audience: str, release: str) -> dict[str, int]:
    """What a release went by; nothing, if it tells counts as they are or is not known here."""
    path = _path(audience, release)
    return store.read_json(path) if store.exists(path) else {}


def _path(audience: str, release: str) -> str:
    return f"{_FOLDER}/{slug(audience)}/{release}.json"
