# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyarrow carries no types.
"""Building a release: what one audience may have, as Parquet files and all that is made of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.domain.governance.approvals import INEQUALITIES, cleared
from pipeline.domain.release.changes import changes
from pipeline.domain.release.describing import data_package
from pipeline.domain.release.disclosure import Disclosure, Told
from pipeline.domain.release.figures import controlled
from pipeline.domain.release.leaving import SUFFIX, read_leaving
from pipeline.domain.release.making import MAKERS, Maker, made_of
from pipeline.domain.release.overview import overview
from pipeline.domain.release.passing import Admitted, passed_on
from pipeline.domain.release.policy import (
    CHANGES,
    COLUMNS,
    CONSENT_POLICY,
    PASSED_ON,
    RELEASED,
    SCHEMA_VERSION,
    SET_KINDS,
)
from pipeline.domain.release.pseudonyms import for_audience
from pipeline.domain.release.selection import Selection, select
from pipeline.domain.release.standing import Words
from pipeline.domain.release.telling import (
    READ_ALOUD,
    Policy,
    placeholders_in,
    readings_of,
    rendered,
    texts_with_placeholders,
    told,
)
from pipeline.domain.release.version import code_version
from pipeline.settings import Settings
from pipeline.tables import TABLES, Table, empty, parquet_bytes, to_arrow

PACKAGE, MANIFEST = "datapackage.json", "manifest.json"
COMPARED_WITH = "compared_with"
"""In the metadata of `changes`: the hash of the release that it compares with; empty: with none."""
_CHANGES_FILE = f"{CHANGES.name}{SUFFIX}"
_ID_HEX = 16


class Terms(NamedTuple):
    """What a programme lays down for releases to one audience.

    Attributes
    ----------
    programme, title : str
        Its folder's name, and its name as people write it.
    settings : Settings
    policy : Policy
        What the audience is told in place of placeholders.
    disclosure : Disclosure
        How it is told counts of people.
    makers : tuple of Maker
        What is made of the tables.
    """

    programme: str
    title: str
    settings: Settings
    policy: Policy
    disclosure: Disclosure
    makers: tuple[Maker, ...] = MAKERS


class Before(NamedTuple):
    """What the audience was told before.

    Attributes
    ----------
    files : mapping of path to bytes
        The newest release; empty: there is none.
    told : Told
        The counts that all earlier ones went by.
    words : Words
        Labels and keywords of themes that stand as they were told.
    """

    files: Mapping[str, bytes]
    told: Told
    words: Words = MappingProxyType({})


NOTHING_YET = Before({}, {})


class Release(NamedTuple):
    """Files by relative path, and the counts that figures go by, for the restricted zone."""

    files: dict[str, bytes]
    cells: dict[str, int]


class _Making(NamedTuple):
    """What every file of a release says of how it was made."""

    audience: str
    key: bytes
    models: str
    terms: Terms


def build_release(
    audience: str,
    tables: Mapping[str, pd.DataFrame],
    consent: pd.DataFrame,
    today: date,
    key: bytes,
    *,
    terms: Terms,
    before: Before = NOTHING_YET,
) -> Release:
    """All files of a release: the same consented content after the same past gives the same bytes.

    Parameters
    ----------
    audience : str
        One of `pipeline.tables.AUDIENCES`.
    tables : mapping of table name to DataFrame
        `themes, theme_assignments, quotes, stories, story_sets, segments, redacted_turns`,
        `generalisations`, `segment_embeddings` (of which only the models' names are used),
        `clearances`, `inequalities`, `known_names` and those of `PASSED_ON`; one that is not there
        has no rows.
    today : date
        Day on which consent and sign-offs must hold; it is not written anywhere.
    """
    known = {name: tables.get(name, empty(TABLES[name])) for name in {*NEEDED, *PASSED_ON}}
    signed = cleared(known["clearances"], known["stories"], audience, today, known["inequalities"])
    selection = select(audience, known, consent, today, terms.settings, signed, before.words)
    figures = controlled(
        selection.tables["themes"],
        selection.tables["theme_prevalence"],
        selection.heard,
        terms.disclosure,
        before.told,
    )
    leaving = _leaving(audience, known, selection, signed)
    leaving |= {"themes": figures.themes, "theme_prevalence": figures.theme_prevalence}
    leaving |= {"overview": overview(leaving, figures.heard, selection.left_out)}
    read = _with_readings(leaving, known["generalisations"], terms.policy)
    models = ", ".join(sorted(set(known["segment_embeddings"]["model"])))
    files = _tables(read, before, _Making(audience, key, models, terms))
    return Release(_completed(files, terms.makers), figures.cells)


NEEDED = (
    "redacted_turns", "generalisations", "segments", "segment_embeddings", "themes",
    "theme_assignments", "quotes", "stories", "story_sets", "clearances", "inequalities",
    "known_names",
)  # fmt: skip
"""Tables that a release is made from, beside those that are passed on."""


def _leaving(
    audience: str, tables: Mapping[str, pd.DataFrame], selection: Selection, signed: Set[str]
) -> dict[str, pd.DataFrame]:
    """The tables that leave, still under their inner identifiers."""
    admitted = Admitted(selection.hear, selection.film, SET_KINDS[audience], INEQUALITIES in signed)
    passed = passed_on(audience, tables, selection.tables, admitted)
    return {n: frame for n, frame in selection.tables.items() if n in COLUMNS[audience]} | passed


def _with_readings(
    leaving: Mapping[str, pd.DataFrame], generalisations: pd.DataFrame, policy: Policy
) -> dict[str, pd.DataFrame]:
    """The tables with what their placeholders are told as and how texts read by it."""
    needed = placeholders_in(texts_with_placeholders(leaving))
    placeholders = told(generalisations, policy, needed)
    readings = readings_of(placeholders)
    read = dict(leaving) | {"placeholders": placeholders}
    for name in READ_ALOUD:
        own = leaving[name]
        pairs = zip(own["text"], own["conversation_id"], strict=True)
        reading = [rendered(text, conversation, readings) for text, conversation in pairs]
        read[name] = own.assign(reading_text=pd.Series(reading, index=own.index, dtype=object))
    return read


def _tables(
    leaving: Mapping[str, pd.DataFrame], before: Before, making: _Making
) -> dict[str, bytes]:
    """The Parquet files, with what has changed since the release before."""
    columns = COLUMNS[making.audience]
    files = {
        f"{name}{SUFFIX}": _parquet(name, leaving[name], making)
        for name in columns
        if name != CHANGES.name
    }
    files[_CHANGES_FILE] = _changes(files, before.files, making)
    return files


def _changes(files: Mapping[str, bytes], before: Mapping[str, bytes], making: _Making) -> bytes:
    """The file of changes; where nothing has changed, the one that was released before.

    So an unchanged night gives the same bytes, and readers still see what changed last.
    """
    if before and content_id(before) == content_id(files):
        return before[_CHANGES_FILE]
    earlier = read_leaving(before).tables if before else {}
    now = read_leaving(files).tables
    compared_with = {COMPARED_WITH: content_id(before) if before else ""}
    return _parquet(CHANGES.name, changes(earlier, now), making, compared_with)


def content_id(files: Mapping[str, bytes]) -> str:
    """Hash of what the tables of a release tell, less what has changed since the one before."""
    told = {n: body for n, body in files.items() if n.endswith(SUFFIX) and n != _CHANGES_FILE}
    return hashlib.sha256(_digest_list(told)).hexdigest()[:_ID_HEX]


def _completed(tables: Mapping[str, bytes], makers: Iterable[Maker]) -> dict[str, bytes]:
    """The tables with all that is made of them."""
    made = dict(tables) | made_of(read_leaving(tables), makers)
    made |= {PACKAGE: package_of(made)}
    return made | {MANIFEST: manifest(made)}


def package_of(files: Mapping[str, bytes]) -> bytes:
    """`datapackage.json` of these files, as their tables say what they are."""
    leaving = read_leaving(files)
    content = {n: body for n, body in files.items() if n not in (PACKAGE, MANIFEST)}
    schema = pq.read_schema(pa.BufferReader(files[f"themes{SUFFIX}"]))
    return data_package(
        leaving.audience,
        leaving.programme,
        leaving.title,
        release_id(files),
        content,
        schema.metadata[b"disclosure_policy"].decode(),
    )


def release_id(files: Mapping[str, bytes]) -> str:
    """Hash of the content: no clock, so equal content is the same release."""
    content = {name: body for name, body in files.items() if name not in (PACKAGE, MANIFEST)}
    return hashlib.sha256(_digest_list(content)).hexdigest()[:_ID_HEX]


def manifest(files: Mapping[str, bytes]) -> bytes:
    """SHA-256 and size of every file but itself, and which release it is compared with."""
    content = {name: body for name, body in files.items() if name != MANIFEST}
    return _digest_list(content, compared_with=compared_with(files))


def is_comparable(files: Mapping[str, bytes]) -> bool:
    """Whether a release can be compared with one of today: whole, and of the same making."""
    if not {PACKAGE, MANIFEST, _CHANGES_FILE} <= files.keys() or files[MANIFEST] != manifest(files):
        return False
    made = pq.read_schema(pa.BufferReader(files[_CHANGES_FILE])).metadata
    return made[b"schema_version"].decode() == SCHEMA_VERSION


def compared_with(files: Mapping[str, bytes]) -> str:
    """The content of the release that the table of changes compares with; empty: with none."""
    try:
        schema = pq.read_schema(pa.BufferReader(files[_CHANGES_FILE]))
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return ""  # a damaged file is somebody else's finding
    return (schema.metadata or {}).get(COMPARED_WITH.encode(), b"").decode("ascii", "replace")


def _digest_list(files: Mapping[str, bytes], **also: str) -> bytes:
    entries = [
        {"path": name, "bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        for name in sorted(files)
    ]
    return json.dumps({"files": entries, **also}, indent=1).encode() + b"\n"


def _parquet(
    name: str, frame: pd.DataFrame, making: _Making, also: Mapping[str, str] | None = None
) -> bytes:
    table, columns = RELEASED[name], COLUMNS[making.audience][name]
    renamed = for_audience(_in_columns(table, frame), making.audience, making.key)
    inside = to_arrow(table, renamed)
    kept = inside.select([column for column in inside.schema.names if column in columns])
    return parquet_bytes(kept.replace_schema_metadata(_metadata(table, making) | dict(also or {})))


def _in_columns(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the table's columns; those that are not known here stay inside anyway."""
    return frame[[column.name for column in table.columns]]


def _metadata(table: Table, making: _Making) -> dict[str, Any]:
    return {
        "table": table.name,
        "description": table.meaning,
        "schema_version": SCHEMA_VERSION,
        "code_version": code_version(),
        "programme": making.terms.programme,
        "title": making.terms.title,
        "audience": making.audience,
        "model_ids": making.models,
        "consent_policy": CONSENT_POLICY,
        "disclosure_policy": making.terms.disclosure.in_words,
    }
