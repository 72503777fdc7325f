# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""Figures about the whole programme: what was told stands until enough people came or went.

They are rounded each night by themselves, and a rounded count may step by five when one person
came. So all of them are told as they last were, together, until as many people as a shown count
needs have come or gone since: two releases that differ there differ by that many people at least.
"""

from collections.abc import Iterable, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.domain.governance.keys import keyed_hash
from pipeline.domain.governance.store import Store
from pipeline.tables import TABLES, parquet_bytes, to_arrow

FIGURES = (
    "emotional_map", "inequalities", "pipeline_equity", "representation", "representation_summary",
    "saturation", "saturation_verdicts", "theme_groups", "theme_robustness", "touchpoints",
)  # fmt: skip
_FOLDER = "restricted/disclosure/whole-programme"
_PEOPLE = f"{_FOLDER}/people.json"


def heard(people: Iterable[str], key: bytes) -> frozenset[str]:
    """Keyed hashes of people: who they are cannot be read from what is kept."""
    return frozenset(keyed_hash(key, "disclosure", person) for person in people)


def standing(
    store: Store, tables: Mapping[str, pd.DataFrame], people: frozenset[str], fewest: int
) -> dict[str, pd.DataFrame]:
    """The tables, with the figures about the whole programme as they may be told today.

    Parameters
    ----------
    people : frozenset of str
        Who is heard today, by `heard`.
    fewest : int
        People who must have come or gone before other figures are told.
    """
    if not 0 < _moved(store, people) < fewest:
        return dict(tables)
    told = {name: _read(store, name) for name in FIGURES}
    return dict(tables) | {name: frame for name, frame in told.items() if frame is not None}


def keep_standing(
    store: Store, tables: Mapping[str, pd.DataFrame], people: frozenset[str], fewest: int
) -> None:
    """Keep what is told today, unless earlier figures stand."""
    if 0 < _moved(store, people) < fewest:
        return
    for name in FIGURES:
        _write(
            store, f"{_FOLDER}/{name}.parquet", parquet_bytes(to_arrow(TABLES[name], tables[name]))
        )
    if not store.exists(_PEOPLE) or store.read_json(_PEOPLE) != sorted(people):
        store.write_json(_PEOPLE, sorted(people))


def _moved(store: Store, people: frozenset[str]) -> int:
    """People who came or went since figures were told; 0 as well if none were."""
    return len(people ^ set(store.read_json(_PEOPLE))) if store.exists(_PEOPLE) else 0


def _read(store: Store, name: str) -> pd.DataFrame | None:
    """A table as it was told; None if an earlier version made it, with other columns."""
    path = f"{_FOLDER}/{name}.parquet"
    if not store.exists(path):
        return None
    table = pq.read_table(pa.BufferReader(store.read_bytes(path)))
    return table.to_pandas() if table.schema.names == TABLES[name].schema.names else None


def _write(store: Store, path: str, content: bytes) -> None:
    if not store.exists(path) or store.read_bytes(path) != content:
        store.write_bytes(path, content)
