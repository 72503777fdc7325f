"""A few rows as Markdown that can do no harm, whatever people said.

Dagster keeps previews in a history that is not redacted again. Redaction is measured, not perfect:
so of what was said a preview shows everyday words only, none of which is anybody's name. Every
other word, and every digit, is an ellipsis; the table itself shows them to those who may read it.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.domain.redaction.words import GRAMMAR, PLACEHOLDER, is_name, ordinary_words
from pipeline.tables import TABLES

ROWS, MANY_ROWS = 5, 50
SHOWN_WHOLE = frozenset({"quarantine", "redaction_canaries"})
"""Short tables that hold nothing that was said."""
CELL_CHARS = 120
PROOFS = frozenset({"sha256", "content_hash"})
SAID = frozenset({"text", "question"})
"""Columns of the words of conversations."""
WORD = re.compile(rf"({PLACEHOLDER.pattern})|[^\W_]+(?:['’-][^\W_]+)*")
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
    most = MANY_ROWS if table in SHOWN_WHOLE else ROWS
    rows = frame.sort_values(list(TABLES[table].key), kind="stable").head(most)[columns]
    lines = [_line(columns), "|" + " --- |" * len(columns)]
    said = {column: rows[column].map(discreet, na_action="ignore") for column in SAID & {*columns}}
    lines += [_line(row) for row in rows.assign(**said).itertuples(index=False)]
    return "\n".join(lines) + f"\n\n{len(rows)} of {len(frame)} rows"


def discreet(text: str) -> str:
    """The text with everyday words and placeholders alone; an ellipsis for every other word."""
    return WORD.sub(lambda found: found[0] if found[1] or _is_everyday(found[0]) else "…", text)


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


def _is_everyday(word: str) -> bool:
    lower, _, _ = word.lower().replace("’", "'").partition("'")
    return lower in GRAMMAR or (lower in ordinary_words() and not is_name(lower))


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(map(harmless, cells)) + " |"
