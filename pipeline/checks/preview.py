"""A few rows of redacted text as Markdown that can do no harm, whatever people said."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.tables import TABLES

ROWS, ROWS_OF_QUARANTINE = 5, 50
CELL_CHARS = 120
PROOFS = frozenset({"sha256", "content_hash"})
PLAIN = frozenset(" ,;?'…")
LINK_SIGNS = frozenset(".:/@")
"""A viewer makes links of bare addresses: an invisible space behind these signs prevents it."""


def preview(table: str, frame: pd.DataFrame) -> str:
    """The first rows by key, long cells clipped; vectors and proofs are left to the file."""
    columns = [
        column.name
        for column in TABLES[table].columns
        if not pa.types.is_nested(column.type) and column.name not in PROOFS
    ]
    most = ROWS_OF_QUARANTINE if table == "quarantine" else ROWS
    rows = frame.sort_values(list(TABLES[table].key), kind="stable").head(most)[columns]
    lines = [_line(columns), "|" + " --- |" * len(columns)]
    lines += [_line(row) for row in rows.itertuples(index=False)]
    return "\n".join(lines) + f"\n\n{len(rows)} of {len(frame)} rows"


def harmless(value: Any) -> str:
    """The value as Markdown text without markup, line breaks or invisible characters."""
    text = "" if pd.isna(value) else " ".join(str(value).split())
    text = "".join(c for c in text if not unicodedata.category(c).startswith("C"))
    clipped = text if len(text) <= CELL_CHARS else text[: CELL_CHARS - 1] + "…"
    return "".join(_entity(c) for c in clipped)


def _entity(character: str) -> str:
    if character.isalnum() or character in PLAIN:
        return character
    return f"&#{ord(character)};" + "&#8203;" * (character in LINK_SIGNS)


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(map(harmless, cells)) + " |"
