"""How long each layer may be kept, and taking away what is due.

A clock runs from the day on which a batch was received, or a release was first seen. What it takes
away others can do without: raw turns are read again from landing where a reviewer's decision needs
them, vectors are computed again, and a batch whose redacted layer is due leaves the corpus.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.governance.store import Store
from pipeline.domain.governance.traces import CACHE, cached
from pipeline.domain.release.policy import slug
from pipeline.domain.release.publishing import latest_release, unpoint_latest
from pipeline.errors import UsageError
from pipeline.tables import AUDIENCES, CLOCKS, TABLES, records

RAW_TURNS = "raw_turns"
BATCHES = "restricted/batches"
LET_GO = "let_go.json"
"""Beside the manifest of a batch that has left the corpus: it is not run again."""

_LONGEST_OWNER = 80
_COLUMNS = [column.name for column in TABLES["retention"].columns]
_KEY = ("clock", "what", "batch_id")


class Clock(NamedTuple):
    """How long one layer may be kept, and who decided it."""

    name: str
    keep_days: int
    owner: str


DEFAULTS = (Clock(RAW_TURNS, 90, "data team"),)
"""What holds where a programme says nothing: raw turns are read once, and are in landing anyway."""


class Kept(NamedTuple):
    """Something that a clock runs for."""

    clock: str
    zone: str
    what: str
    batch_id: str
    paths: tuple[str, ...]
    is_in_use: bool = False
    """It stays, due or not: the newest release, or a file in quarantine that still waits."""


class Corpus(NamedTuple):
    """What is known of batches and originals beside their tables.

    Attributes
    ----------
    received : mapping of batch id to (date or None)
        Every batch, and the day on which it was received.
    waiting : mapping of batch id to set of file_ref
        Files in quarantine that no later batch has taken.
    in_landing : set of str
        Batches of which an original still lies in landing.
    """

    received: Mapping[str, date | None]
    waiting: Mapping[str, set[str]]
    in_landing: set[str]


def read_clocks(content: Mapping[str, Any] | None) -> tuple[Clock, ...]:
    """The clocks that a programme's file sets, beside those that hold without.

    Raises
    ------
    UsageError
        With a sentence that says what is wrong, and what may stand there.
    """
    clocks = {clock.name: clock for clock in DEFAULTS}
    for name, entry in (content or {}).items():
        if name not in CLOCKS:
            raise UsageError(f"retention: no clock {name}; known are: {', '.join(CLOCKS)}")
        clock = _clock(name, cast("Mapping[str, Any]", entry if isinstance(entry, dict) else {}))
        if clock is None:
            clocks.pop(name, None)
        else:
            clocks[name] = clock
    return tuple(clocks[name] for name in CLOCKS if name in clocks)


def _clock(name: str, entry: Mapping[str, Any]) -> Clock | None:
    """None: it may be kept without end, as somebody decided."""
    owner, days = entry.get("owner"), entry.get("keep_days", "")
    if not isinstance(owner, str) or not 0 < len(owner) <= _LONGEST_OWNER:
        raise UsageError(f"retention: {name} needs an owner: the role that decided how long")
    if days is None:
        return None
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise UsageError(
            f"retention: {name} needs keep_days: whole days from 1, or null for no end"
        )
    return Clock(name, days, owner)


def everything_kept(store: Store, corpus: Corpus) -> list[Kept]:
    """All that a clock can run for, whether one does or not."""
    return [
        *_of_batches(store, corpus),
        *_cache_files(store),
        *_releases(store),
        *(Kept("originals", "landing", "files", b, ()) for b in sorted(corpus.in_landing)),
    ]


def rows(
    kept: Iterable[Kept],
    clocks: Iterable[Clock],
    corpus: Corpus,
    before: pd.DataFrame,
    today: date,
) -> pd.DataFrame:
    """Table `retention`: what is kept and until when, and what was removed earlier."""
    clock_of = {clock.name: clock for clock in clocks}
    earlier = {_place(row): row for row in records(before)}
    here: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in kept:
        clock = clock_of.get(one.clock)
        if clock:
            place = (one.clock, one.what, one.batch_id)
            seen = earlier.get(place, {}).get("kept_since", today)
            here[place] = _row(one, clock, corpus.received.get(one.batch_id) or seen, today)
    gone = {place: _gone(row, today) for place, row in earlier.items() if place not in here}
    return pd.DataFrame(list({**gone, **here}.values()), columns=_COLUMNS, dtype=object)


def due(table: pd.DataFrame, kept: Iterable[Kept], today: date) -> list[Kept]:
    """What is to be removed today."""
    waiting = {
        _place(row) for row in records(table) if row["outcome"] == "kept" and row["due_on"] <= today
    }
    return [one for one in kept if (one.clock, one.what, one.batch_id) in waiting]


def remove(store: Store, one: Kept, corpus: Corpus) -> int:
    """Take it away; returns rows removed, and files of what is no table."""
    if one.clock == "quarantine":
        return _remove_mended(store, one, corpus.waiting.get(one.batch_id, set()))
    if one.clock == "releases":
        base, _, identity = one.paths[0].rpartition("/")
        unpoint_latest(store, base, identity)
    n_removed = sum(_size(store, path) for path in one.paths)
    if one.clock == "redacted":
        store.write_json(f"{BATCHES}/{one.batch_id}/{LET_GO}", {"batch_id": one.batch_id})
    for path in one.paths:
        store.delete(path)
    return n_removed


def enforced(table: pd.DataFrame, removed: Mapping[Kept, int], today: date) -> pd.DataFrame:
    """The table after these were taken away."""
    counts: dict[tuple[str, ...], int] = {
        (one.clock, one.what, one.batch_id): n for one, n in removed.items()
    }
    after = [
        row | {"outcome": "removed", "n_removed": counts[_place(row)], "done_on": today}
        if _place(row) in counts
        else row
        for row in records(table)
    ]
    return pd.DataFrame(after, columns=_COLUMNS, dtype=object)


def let_go(store: Store, batch_ids: Iterable[str]) -> set[str]:
    """Batches that have left the corpus for good."""
    return {batch_id for batch_id in batch_ids if store.exists(f"{BATCHES}/{batch_id}/{LET_GO}")}


# What there is


def _of_batches(store: Store, corpus: Corpus) -> Iterator[Kept]:
    layers: tuple[tuple[str, Callable[[str], bool]], ...] = (
        (RAW_TURNS, lambda name: name == "turns"),
        ("quarantine", lambda name: name == "quarantine"),
        ("redacted", lambda name: name != "quarantine"),
    )
    per_batch = [name for name, table in TABLES.items() if table.per_batch]
    parts = {name: set(store.batches(name)) for name in per_batch}
    for batch_id in sorted(corpus.received):
        for clock, is_in in layers:
            names = [name for name in per_batch if is_in(name) and batch_id in parts[name]]
            if clock != "redacted" or "redacted_turns" in names:
                yield from _layer(store, corpus, clock, batch_id, names)


def _layer(
    store: Store, corpus: Corpus, clock: str, batch_id: str, names: list[str]
) -> Iterator[Kept]:
    if not names:
        return
    zone = "deidentified" if clock == "redacted" else TABLES[names[0]].zone
    what = "all tables of the batch" if clock == "redacted" else names[0]
    paths = tuple(store.table_path(name, batch_id) for name in names)
    if clock == "quarantine":
        held = set(store.read_table("quarantine", batch_id)["file_ref"])
        waits = not held - corpus.waiting.get(batch_id, set())
        if held:
            yield Kept(clock, zone, what, batch_id, paths, is_in_use=waits)
        return
    yield Kept(clock, zone, what, batch_id, paths)


def _cache_files(store: Store) -> Iterator[Kept]:
    for path in cached(store):
        folder, _, name = path.removeprefix(f"{CACHE}/").rpartition("/")
        yield Kept("vector_cache", "deidentified", folder, name.removesuffix(".parquet"), (path,))


def _releases(store: Store) -> Iterator[Kept]:
    for audience in AUDIENCES:
        base, newest = f"releases/{slug(audience)}", latest_release(store, audience)
        for name in store.names(base):
            if not name.startswith("latest"):
                folder = f"{base}/{name}"
                yield Kept("releases", "releases", audience, name, (folder,), folder == newest)


def _row(one: Kept, clock: Clock, since: date, today: date) -> dict[str, Any]:
    due_on = since + timedelta(clock.keep_days)
    outcome = "kept"
    if due_on <= today and one.clock == "originals":
        outcome = "for_people"
    elif due_on <= today and one.is_in_use:
        outcome = "in_use"
    return {
        "clock": one.clock,
        "zone": one.zone,
        "what": one.what,
        "batch_id": one.batch_id,
        "kept_since": since,
        "keep_days": clock.keep_days,
        "due_on": due_on,
        "owner": clock.owner,
        "outcome": outcome,
        "n_removed": 0,
        "done_on": None,
    }


def _gone(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A row of what is there no more: removed by the clock, by people, or at an erasure."""
    if row["outcome"] == "removed":
        return dict(row)
    return dict(row) | {"outcome": "removed", "done_on": today}


def _remove_mended(store: Store, one: Kept, waiting: set[str]) -> int:
    part = store.read_table("quarantine", one.batch_id)
    kept = part[part["file_ref"].isin(waiting)]
    store.write_table("quarantine", kept, one.batch_id)
    return len(part) - len(kept)


def _size(store: Store, path: str) -> int:
    if path.endswith(".parquet") and path.startswith(("restricted/", "deidentified/")):
        name = path.split("/")[1]
        if name in TABLES:
            return len(store.read_table(name, path.rpartition("/")[2].removesuffix(".parquet")))
    return sum(1 for _ in store.walk(path)) or 1


def _place(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in _KEY)
