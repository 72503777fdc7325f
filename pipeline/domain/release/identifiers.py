"""Direct identifiers that have a shape of their own: the last look before a text leaves."""

import re
from collections.abc import Iterator

import pandas as pd

from pipeline.tables import records

PATTERNS: dict[str, re.Pattern[str]] = {
    "an e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "a web address": re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE),
    "a phone number": re.compile(r"(?<![\w-])(?:\+44|0)(?:[\s().-]?\d){9,10}(?![\w-])"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE),
    "a handle": re.compile(r"(?<![\w.])@[A-Za-z]\w{2,}"),
}

_PROSE = (
    "text", "reading_text", "question", "label", "description", "keywords", "title", "why", "value",
    "reading", "what", "by_role", "because", "told_how",
)  # fmt: skip


def identifying(text: str) -> bool:
    """Whether a text holds something shaped like a direct identifier."""
    return any(pattern.search(text) for pattern in PATTERNS.values())


def texts_of(frame: pd.DataFrame) -> list[str]:
    """Everything in a table that people may read."""
    return [text for texts in texts_by_row(frame) for text in texts]


def texts_by_row(frame: pd.DataFrame) -> Iterator[list[str]]:
    """What people may read of each row."""
    columns = [name for name in (*_PROSE, "phrases") if name in frame.columns]
    for row in records(frame[columns]):
        texts: list[str] = []
        for value in row.values():
            if isinstance(value, str):
                texts.append(value)
            elif pd.api.types.is_list_like(value):
                texts += [part if isinstance(part, str) else part["text"] for part in value]
        yield texts
