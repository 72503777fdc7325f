# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyarrow carries no types.
"""What a release says about itself: data package, data dictionary and a page in plain words."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.domain.release.leaving import SUFFIX, Leaving
from pipeline.domain.release.overview import LEFT_OUT
from pipeline.domain.release.policy import (
    COLUMNS,
    CONSENT_POLICY,
    RELEASED,
    SCHEMA_VERSION,
    released_columns,
    slug,
)
from pipeline.domain.release.version import code_version
from pipeline.tables import Column, records

_PROFILE = "https://datapackage.org/profiles/2.0"
_FOREIGN_KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "theme_prevalence": (("theme_id", "themes"),),
    "theme_assignments": (("theme_id", "themes"), ("segment_id", "segments")),
    "quotes": (("theme_id", "themes"),),
    "stories": (("theme_id", "themes"),),
    "story_sets": (("story_id", "stories"),),
    "theme_groups": (("theme_id", "themes"),),
    "theme_salience": (("theme_id", "themes"),),
    "theme_robustness": (("theme_id", "themes"),),
    "coder_disagreements": (("segment_id", "segments"),),
}
README, DICTIONARY = "README.md", "data-dictionary.md"
_NAMES = {README: "readme", DICTIONARY: "data-dictionary"}
_MEDIA = {
    "md": "text/markdown", "html": "text/html", "css": "text/css", "js": "text/javascript",
    "svg": "image/svg+xml", "png": "image/png", "json": "application/json", "csv": "text/csv",
    "sql": "application/sql", "qdpx": "application/zip", "qdc": "application/xml",
    "txt": "text/plain",
    "woff2": "font/woff2", "pdf": "application/pdf",
}  # fmt: skip
_ANY = "application/octet-stream"


def data_package(
    audience: str,
    programme: str,
    title: str,
    identity: str,
    files: Mapping[str, bytes],
    disclosure: str,
) -> bytes:
    """`datapackage.json` after Data Package v2: every file with size and hash, every column."""
    tables = {name: released_columns(audience, name) for name in COLUMNS[audience]}
    resources = [_table(name, columns, files, tables) for name, columns in tables.items()]
    others = sorted(path for path in files if not path.endswith(SUFFIX))
    resources += [_document(path, files[path]) for path in others]
    package = {
        "$schema": f"{_PROFILE}/datapackage.json",
        "name": f"story-sets-{programme}-{slug(audience)}",
        "title": f"{title}: story sets for {audience}",
        "description": "What people said, personal data replaced, released with their consent.",
        "version": identity,
        "programme": programme,
        "audience": audience,
        "schemaVersion": SCHEMA_VERSION,
        "codeVersion": code_version(),
        "consentPolicy": CONSENT_POLICY,
        "disclosurePolicy": disclosure,
        "contributors": [{"title": title, "roles": ["creator"]}],
        "licenses": [
            {"name": "other-closed", "title": f"For {audience} only, while consent holds"}
        ],
        "sources": [{"title": f"Conversations of {title}, with personal data replaced"}],
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode() + b"\n"


def explained(leaving: Leaving) -> dict[str, bytes]:
    """The pages that explain the tables to whoever opens the folder."""
    columns = {name: released_columns(leaving.audience, name) for name in COLUMNS[leaving.audience]}
    dictionary = data_dictionary(leaving.audience, columns)
    return {README: readme(leaving), DICTIONARY: dictionary}


def data_dictionary(audience: str, tables: Mapping[str, Sequence[Column]]) -> bytes:
    """Every table and column of the release, as Markdown."""
    lines = [f"# Data dictionary: release for {audience}", ""]
    for name, columns in tables.items():
        key = ", ".join(_key(name, columns))
        lines += [f"## {name}", "", RELEASED[name].meaning, ""]
        lines += [f"One row per {key}.", ""] if key else []
        lines += ["| column | type | may be empty | meaning |", "|---|---|---|---|"]
        for column in columns:
            empty = "yes" if column.nullable else "no"
            meaning = column.meaning
            if column.allowed:
                meaning += f" One of: {', '.join(column.allowed)}."
            lines.append(f"| `{column.name}` | {column.type} | {empty} | {meaning} |")
        lines.append("")
    return "\n".join(lines).encode()


def readme(leaving: Leaving) -> bytes:
    """What is here, whom it comes from, what was left out, and what it must not be used for."""
    facts = {row["fact"]: row for row in records(leaving.tables["overview"])}
    n_people = _told(facts["people"])
    rows = {name: len(leaving.tables[name]) for name in COLUMNS[leaving.audience]}
    lines = [
        f"# {leaving.title}: release for {leaving.audience}", "",
        f"From conversations with {n_people} people who agreed to be heard by this audience. "
        "Personal data was replaced by its type, such as `[PERSON_1]`, before anything else was "
        "done. Redaction is measured, not perfect: handle the texts with care.", "",
        "To read, open `report/index.html` in a browser: it needs no network. To reckon, take the "
        "tables:", "",
        "| table | rows | what |", "|---|---|---|",
        *[f"| `{name}.parquet` | {n} | {RELEASED[name].meaning} |" for name, n in rows.items()], "",
        "## Reading it", "",
        "- One person counts once, however much they said. Shares are of the people above, with "
        "a 95 % interval: they are not shares of the population.",
        "- An empty count is hidden, and `hidden` says why. Other counts are told as the policy of "
        "this audience has it (`disclosurePolicy` in `datapackage.json`), and again as they were "
        "before until they have moved by enough people; shares are made of what is told.",
        "- Quotes and stories are exactly what was said, apart from the placeholders. Each has its "
        "place in the redacted conversation and a SHA-256 to prove it.",
        "- `reading_text` is the same text to read aloud or print: in place of `[AGE_1]` it has "
        "what this audience is told, such as a band of ages; `placeholders` lists all of them.",
        "- `position` ranks; `reasons` and `why` say why something was chosen; `pool_size` says "
        "from how many.",
        "- Names such as `person-...` hold for this audience only; others see other names.",
        "- Columns are explained in `data-dictionary.md` and `datapackage.json`.", "",
        "## Left out", "",
        *[f"- {_told(facts[fact])}: {facts[fact]['meaning']}" for fact in ("left_out", *LEFT_OUT)],
        "", "## Please", "",
        "- Do not try to find out who said something, and do not join this with other data.",
        "- Do not pass it on to a wider audience than the one named above.",
        "- Consent can be withdrawn: use the newest release and delete older ones.", "",
        "`conversations verify FOLDER` proves a release again, file by file.", "",
    ]  # fmt: skip
    return "\n".join(lines).encode()


def _told(fact: Mapping[str, Any]) -> str:
    return "fewer than may be told of" if pd.isna(fact["n"]) else str(int(fact["n"]))


def _table(
    name: str,
    columns: Sequence[Column],
    files: Mapping[str, bytes],
    tables: Mapping[str, Sequence[Column]],
) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fieldsMatch": "exact",
        "fields": [_field(column) for column in columns],
    }
    key = _key(name, columns)
    if key:
        schema["primaryKey"] = key
    foreign = [
        {"fields": [column], "reference": {"resource": _name(other), "fields": [column]}}
        for column, other in _FOREIGN_KEYS.get(name, ())
        if other in tables
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "$schema": f"{_PROFILE}/dataresource.json",
        "name": _name(name),
        "description": RELEASED[name].meaning,
        "path": f"{name}.parquet",
        "type": "table",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **_proof(files[f"{name}.parquet"]),
        "schema": schema,
    }


def _document(path: str, content: bytes) -> dict[str, Any]:
    kind = path.rpartition(".")[2].lower() if "." in path else ""
    return {
        "$schema": f"{_PROFILE}/dataresource.json",
        "name": _NAMES.get(path, path.lower()),
        "path": path,
        **({"format": kind} if kind else {}),
        "mediatype": _MEDIA.get(kind, _ANY),
        **_proof(content),
    }


def _proof(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _name(table: str) -> str:
    return table.replace("_", "-")


def _key(name: str, columns: Sequence[Column]) -> list[str]:
    """The primary key, if all of it leaves."""
    leaving = {column.name for column in columns}
    key = RELEASED[name].key
    return list(key) if leaving.issuperset(key) else []


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    field: dict[str, Any] = {
        "name": column.name,
        "type": _type(column.type),
        "description": column.meaning,
    }
    return field | {"constraints": constraints} if constraints else field


def _type(kind: pa.DataType) -> str:
    names = (
        (pa.types.is_string, "string"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_date, "date"),
        (pa.types.is_list, "array"),
    )
    return next(name for test, name in names if test(kind))
