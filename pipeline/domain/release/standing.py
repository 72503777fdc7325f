# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""Figures about the whole programme, and words of themes: what was told stands for a while.

They are rounded each night by themselves, and a rounded count may step by five when one person
came. So all of them are told as they last were, together, until as many people as a shown count
needs have come or gone since: two releases that differ there differ by that many people at least.

Words of a theme are those that three people said. One that vanishes when one person leaves was
theirs; so what an audience was told of a theme stands as long, while anybody still says it. Themes
are found among all people, so one whom the audience never heard can move them: both are counted.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.domain.governance.keys import keyed_hash
from pipeline.domain.governance.store import Store
from pipeline.domain.release.policy import PROGRAMME_TEAM, slug
from pipeline.tables import TABLES, frame_of, parquet_bytes, records, to_arrow

FIGURES = (
    "emotional_map", "inequalities", "pipeline_equity", "representation", "representation_summary",
    "saturation", "saturation_verdicts", "theme_groups", "theme_robustness", "touchpoints",
)  # fmt: skip
_POINTERS: Mapping[str, Mapping[str, Any]] = {"emotional_map": {"quote_id": None, "candidates": ()}}
"""Columns that are no figures but point at what somebody said, and nothing to point at.

They are tonight's and never kept: whoever is erased would stay in them.
"""

_FOLDER = "restricted/disclosure/whole-programme"
_PEOPLE = f"{_FOLDER}/people.json"
_WORDS = "restricted/disclosure/words"
Words = Mapping[str, Mapping[str, Any]]
"""Label and keywords by theme."""


class Hearing(NamedTuple):
    """Whom the words that an audience is told rest on.

    Attributes
    ----------
    audience : str
    people, everybody : frozenset of str
        Whom it hears today, and who is heard by anyone, by `heard`.
    """

    audience: str
    people: frozenset[str]
    everybody: frozenset[str]


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
    if not 0 < _moved(store, _PEOPLE, people) < fewest:
        return dict(tables)
    told = {name: _read(store, name) for name in FIGURES}
    return dict(tables) | {
        name: _pointed(name, frame, tables[name])
        for name, frame in told.items()
        if frame is not None
    }


def keep_standing(
    store: Store, tables: Mapping[str, pd.DataFrame], people: frozenset[str], fewest: int
) -> None:
    """Keep what is told today, unless earlier figures stand."""
    if 0 < _moved(store, _PEOPLE, people) < fewest:
        return
    for name in FIGURES:
        figures = _pointed(name, tables[name], tables[name].iloc[:0])
        content = parquet_bytes(to_arrow(TABLES[name], figures))
        _write(store, f"{_FOLDER}/{name}.parquet", content)
    _write_json(store, _PEOPLE, sorted(people))


def standing_words(store: Store, hearing: Hearing, fewest: int) -> Words:
    """What the audience was told of each theme and is to be told again; nothing: words anew.

    The programme team reads the turns themselves: it is told as things are.
    """
    return store.read_json(_words_of(hearing.audience)) if _stand(store, hearing, fewest) else {}


def keep_words(store: Store, hearing: Hearing, fewest: int, themes: pd.DataFrame) -> None:
    """Keep what the audience is told of themes today, unless what it was told stands.

    Parameters
    ----------
    themes : DataFrame
        As released. A label that people decided is not kept: it is nobody's own word.
    """
    if hearing.audience == PROGRAMME_TEAM or _stand(store, hearing, fewest):
        return
    words = {
        row["theme_id"]: {"keywords": [*row["keywords"]]}
        | ({"label": row["label"]} if row["label_by"] != "people" else {})
        for row in records(themes)
    }
    _write_json(store, _words_of(hearing.audience), words)
    for path, people in _told_of(hearing).items():
        _write_json(store, path, sorted(people))


def _stand(store: Store, hearing: Hearing, fewest: int) -> bool:
    """Whether few have moved, among those whom the audience hears or among all."""
    return hearing.audience != PROGRAMME_TEAM and any(
        0 < _moved(store, path, people) < fewest for path, people in _told_of(hearing).items()
    )


def _pointed(name: str, figures: pd.DataFrame, tonight: pd.DataFrame) -> pd.DataFrame:
    """The figures, pointing at what tonight's rows of the same key point at; else at nothing."""
    nothing = _POINTERS.get(name)
    if nothing is None:
        return figures
    key = TABLES[name].key
    now = {
        tuple(row[column] for column in key): {column: row[column] for column in nothing}
        for row in records(tonight)
    }
    rows = [
        {**row, **now.get(tuple(row[column] for column in key), nothing)}
        for row in records(figures)
    ]
    return frame_of(name, rows)


def _told_of(hearing: Hearing) -> dict[str, frozenset[str]]:
    """Where is kept whom the words rested on, and on whom they would rest today."""
    begin = f"{_WORDS}/{slug(hearing.audience)}"
    return {f"{begin}-people.json": hearing.people, f"{begin}-everybody.json": hearing.everybody}


def _words_of(audience: str) -> str:
    return f"{_WORDS}/{slug(audience)}.json"


def _moved(store: Store, path: str, people: frozenset[str]) -> int:
    """People who came or went since something was told; 0 as well if nothing was."""
    return len(people ^ set(store.read_json(path))) if store.exists(path) else 0


def _write_json(store: Store, path: str, value: Any) -> None:
    if not store.exists(path) or store.read_json(path) != value:
        store.write_json(path, value)


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
