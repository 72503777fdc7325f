# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyarrow carries no types.
"""Building a release: what one audience may have, as Parquet files that explain themselves."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from pipeline import __version__
from pipeline.domain.release.describing import data_dictionary, data_package, readme
from pipeline.domain.release.policy import (
    COLUMNS,
    CONSENT_POLICY,
    DISCLOSURE_POLICY,
    RELEASED,
    SCHEMA_VERSION,
)
from pipeline.domain.release.pseudonyms import for_audience
from pipeline.domain.release.selection import select
from pipeline.domain.release.telling import (
    READ_ALOUD,
    Policy,
    placeholders_in,
    readings_of,
    rendered,
    texts_with_placeholders,
    told,
)
from pipeline.settings import Settings
from pipeline.tables import Column, Table, parquet_bytes, to_arrow

PACKAGE, MANIFEST = "datapackage.json", "manifest.json"
_ID_HEX = 16


class Provenance(NamedTuple):
    """What made the tables: the programme's name and the models, each with its identity."""

    programme: str
    models: tuple[str, ...]


def build_release(
    audience: str,
    tables: Mapping[str, pd.DataFrame],
    consent: pd.DataFrame,
    today: date,
    key: bytes,
    *,
    settings: Settings,
    programme: str,
    policy: Policy,
) -> dict[str, bytes]:
    """All files of a release, by relative path: the same consented content gives the same bytes.

    Parameters
    ----------
    audience : str
        One of `pipeline.tables.AUDIENCES`.
    tables : mapping of table name to DataFrame
        `themes, theme_assignments, quotes, stories, story_sets, segments, redacted_turns`,
        `generalisations` and `segment_embeddings` (of which only the models' names are used).
    today : date
        Day on which consent must hold; it is not written anywhere.
    policy : Policy
        What this audience is told in place of placeholders.
    """
    selection = select(audience, tables, consent, today, settings)
    leaving = _with_readings(selection.tables, COLUMNS[audience], tables["generalisations"], policy)
    made_by = Provenance(programme, tuple(sorted(set(tables["segment_embeddings"]["model"]))))
    arrow = {
        name: _arrow(RELEASED[name], columns, leaving[name], audience, key, made_by)
        for name, columns in COLUMNS[audience].items()
    }
    rows = {name: table.num_rows for name, table in arrow.items()}
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in arrow.items()}
    described = {name: released_columns(audience, name) for name in arrow}
    files["data-dictionary.md"] = data_dictionary(audience, described)
    files["README.md"] = readme(audience, programme, selection, rows, settings)
    identity = release_id(files)
    files[PACKAGE] = data_package(audience, programme, identity, described, files)
    files[MANIFEST] = manifest(files)
    return files


def _with_readings(
    selected: Mapping[str, pd.DataFrame],
    columns: Mapping[str, tuple[str, ...]],
    generalisations: pd.DataFrame,
    policy: Policy,
) -> dict[str, pd.DataFrame]:
    """The tables that leave, with what their placeholders are told as and how texts read by it."""
    leaving = {name: selected[name] for name in columns if name in selected}
    needed = placeholders_in(texts_with_placeholders(leaving))
    leaving["placeholders"] = told(generalisations, policy, needed)
    readings = readings_of(leaving["placeholders"])
    for name in READ_ALOUD:
        own = leaving[name]
        pairs = zip(own["text"], own["conversation_id"], strict=True)
        reading = [rendered(text, conversation, readings) for text, conversation in pairs]
        leaving[name] = own.assign(reading_text=pd.Series(reading, index=own.index, dtype=object))
    return leaving


def released_columns(audience: str, table: str) -> tuple[Column, ...]:
    """Columns of a table that leave for an audience, in the table's order."""
    return tuple(c for c in RELEASED[table].columns if c.name in COLUMNS[audience][table])


def release_id(files: Mapping[str, bytes]) -> str:
    """Hash of the content: no clock, so equal content is the same release."""
    content = {name: body for name, body in files.items() if name not in (PACKAGE, MANIFEST)}
    return hashlib.sha256(_digest_list(content)).hexdigest()[:_ID_HEX]


def manifest(files: Mapping[str, bytes]) -> bytes:
    """SHA-256 and size of every file but itself."""
    return _digest_list({name: body for name, body in files.items() if name != MANIFEST})


def _digest_list(files: Mapping[str, bytes]) -> bytes:
    entries = [
        {"path": name, "bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        for name in sorted(files)
    ]
    return json.dumps({"files": entries}, indent=1).encode() + b"\n"


def _arrow(
    table: Table,
    columns: tuple[str, ...],
    frame: pd.DataFrame,
    audience: str,
    key: bytes,
    made_by: Provenance,
) -> pa.Table:
    renamed = for_audience(_completed(table, frame), audience, key)
    inside = to_arrow(table, renamed)
    kept = inside.select([name for name in inside.schema.names if name in columns])
    return kept.replace_schema_metadata(_metadata(table, audience, made_by))


def _completed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the table's columns; those that are not known here stay inside anyway."""
    return frame[[column.name for column in table.columns]]


def _metadata(table: Table, audience: str, made_by: Provenance) -> dict[str, str]:
    known: dict[str, Any] = {
        "table": table.name,
        "description": table.meaning,
        "schema_version": SCHEMA_VERSION,
        "code_version": __version__,
        "programme": made_by.programme,
        "audience": audience,
        "model_ids": ", ".join(made_by.models),
        "consent_policy": CONSENT_POLICY,
        "disclosure_policy": DISCLOSURE_POLICY,
    }
    return known
