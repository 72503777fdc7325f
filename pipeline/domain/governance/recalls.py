# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyarrow carries no types.
"""Releases that hold what their audience may hear no more.

A release is built from the consent of its day. When somebody narrows theirs, or its time is up, the
releases that hold them may not lie about any longer: they are taken out of the data root, as at an
erasure, and told of, since copies with whoever received them are for people to call back. Of a
damaged release nobody can tell whom it holds: it is taken out as well, and built anew.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from pipeline.domain.governance.consent import USE_OF, Use, consented, ended_as
from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.governance.store import Store
from pipeline.domain.release.policy import slug
from pipeline.tables import AUDIENCES, TABLES, records

TOLD_DAYS = 30
"""A recall is told of for so long: whoever calls copies back has this time to see it."""

_COLUMNS = [column.name for column in TABLES["recalls"].columns]
_NEEDED = ("conversation_id", "phrases", "story_id", "kind")


class _DamagedError(Exception):
    """A table of a release that is no Parquet file any more."""


class Recall(NamedTuple):
    """A release to be taken out and called back."""

    audience: str
    release_id: str
    folder: str
    people: Mapping[str, int]
    """People concerned, by reason; nobody: the release is damaged."""


def to_recall(store: Store, consent: pd.DataFrame, key: bytes, today: date) -> list[Recall]:
    """Releases under the data root that hold somebody who is not to be heard there today."""
    found: list[Recall] = []
    for audience in AUDIENCES:
        base = f"releases/{slug(audience)}"
        known = _known(consent, audience, key)
        allowed = _allowed(consent, audience, key, today)
        for release_id in store.names(base):
            folder = f"{base}/{release_id}"
            if release_id.startswith("latest"):
                continue
            try:
                held = _held(store, folder)
            except _DamagedError:
                found.append(Recall(audience, release_id, folder, {}))
                continue
            broken = {who for use, them in held.items() for who in them - allowed[use]}
            if broken:
                people = _people(broken, known, consent, today)
                found.append(Recall(audience, release_id, folder, people))
    return found


def as_rows(recalls: Iterable[Recall], today: date) -> pd.DataFrame:
    """Rows of table `recalls`."""
    return _table(
        (one.audience, one.release_id, reason, n, today)
        for one in recalls
        for reason, n in one.people.items()
    )


def recalled_by(erasures: Iterable[tuple[list[str], str, str]]) -> pd.DataFrame:
    """Rows of table `recalls` for what erasures took out.

    Parameters
    ----------
    erasures : iterable of (folders, reason, day)
        As certificates have them: one for each person.
    """
    people: Counter[tuple[str, str, str]] = Counter()
    days: dict[tuple[str, str, str], str] = {}
    audiences = {slug(audience): audience for audience in AUDIENCES}
    for folders, reason, day in erasures:
        for folder in folders:
            _, audience, release_id = folder.split("/")
            place = (audiences[audience], release_id, reason)
            people[place] += 1
            days[place] = min(day, days.get(place, day))
    return _table((*place, n, date.fromisoformat(days[place])) for place, n in people.items())


def with_recalls(before: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The table with these rows; a release that was noticed before keeps its day."""
    key = list(TABLES["recalls"].key)
    known = {_place(row): row for row in records(before)}
    for row in records(found):
        earlier = known.get(_place(row), row)
        known[_place(row)] = row | {
            "noticed_on": min(earlier["noticed_on"], row["noticed_on"]),
            "n_people": max(earlier["n_people"], row["n_people"]),
        }
    rows = pd.DataFrame(list(known.values()), columns=_COLUMNS, dtype=object)
    return rows.sort_values(key, ignore_index=True)


def to_tell(recalls: pd.DataFrame, today: date) -> list[dict[str, Any]]:
    """Recalls of the last weeks: what whoever received a release has to be asked for."""
    return [row for row in records(recalls) if (today - row["noticed_on"]).days < TOLD_DAYS]


def _place(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in TABLES["recalls"].key)


def _table(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=_COLUMNS, dtype=object)


def _known(consent: pd.DataFrame, audience: str, key: bytes) -> dict[str, str]:
    """Every conversation of the register by what this audience calls it."""
    return {
        pseudonym(key, audience, "conversation", conversation): conversation
        for conversation in consent["conversation_id"]
    }


def _allowed(
    consent: pd.DataFrame, audience: str, key: bytes, today: date
) -> dict[Use | None, set[str]]:
    """Pseudonyms of conversations that may be used in each way."""
    uses: tuple[Use | None, ...] = (None, "quote", "story", "training", "film")
    return {
        use: {
            pseudonym(key, audience, "conversation", conversation)
            for conversation in consented(consent, audience, use, today)
        }
        for use in uses
    }


def _people(
    broken: set[str], known: Mapping[str, str], consent: pd.DataFrame, today: date
) -> dict[str, int]:
    """How many people are concerned, by reason; whom the register has no more narrowed it to no."""
    persons = dict(zip(consent["conversation_id"], consent["participant_id"], strict=True))
    reasons: dict[str, set[str]] = {}
    for who in sorted(broken):
        conversation = known.get(who)
        reason = "narrowed" if conversation is None else ended_as(consent, conversation, today)
        person = who if conversation is None else str(persons[conversation])
        reasons.setdefault(reason, set()).add(person)
    return {reason: len(people) for reason, people in sorted(reasons.items())}


def _held(store: Store, folder: str) -> dict[Use | None, set[str]]:
    """Conversations whose words a release holds, by the use that they were put to."""
    held: dict[Use | None, set[str]] = {}
    tables = {
        path.rpartition("/")[2].removesuffix(".parquet"): _columns(store.read_bytes(path))
        for path in store.walk(folder)
        if path.endswith(".parquet")
    }
    for name, table in tables.items():
        if "conversation_id" in table:
            spoken = set(table["conversation_id"].dropna())
            held.setdefault(USE_OF.get(name), set()).update(spoken)
        for phrases in table.get("phrases", ()):
            held.setdefault("quote", set()).update(one["conversation_id"] for one in phrases)
    if {"story_sets", "stories"} <= tables.keys():
        told = _in_training(tables["story_sets"], tables["stories"])
        held.setdefault("training", set()).update(told)
    return held


def _in_training(story_sets: pd.DataFrame, stories: pd.DataFrame) -> Iterator[str]:
    if {"kind", "story_id"} <= {*story_sets} and {"story_id", "conversation_id"} <= {*stories}:
        used = story_sets.loc[story_sets["kind"].eq("training"), "story_id"]
        yield from stories.loc[stories["story_id"].isin(used), "conversation_id"]


def _columns(content: bytes) -> pd.DataFrame:
    try:
        table = pd.read_parquet(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError) as error:  # what was read, not the reading
        raise _DamagedError from error
    return table[[name for name in _NEEDED if name in table]]
