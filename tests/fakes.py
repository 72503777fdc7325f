"""Stand-ins for the slow things outside: no model, the same kind of answers.

And example rows of every table, as its meaning has them, for tests that spoil one thing.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from pipeline.domain.redaction.spans import Finding
from pipeline.resources.auditor import Auditor
from pipeline.resources.detector import Detector
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Broken, Expectations
from pipeline.resources.programme import Programme
from pipeline.settings import Settings
from pipeline.tables import TABLES, Column, to_arrow


class WordListDetector(Detector):
    """Takes the words it is given for names; a turn with the poison breaks it."""

    names: list[str] = Field(default_factory=list)
    poison: str = ""

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        if self.poison and any(self.poison in text for text in texts):
            raise ValueError(f"cannot read {self.poison}")
        return [[f for name in self.names for f in _all(text, name)] for text in texts]


class SilentAuditor(Auditor):
    """Finds nothing, and loads nothing."""

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        return [[] for _ in texts]


class ContentExpectations(Expectations):
    """Finds nothing broken, and loads nothing."""

    def broken(self, table: str, frame: pd.DataFrame) -> list[Broken]:  # noqa: ARG002
        return []


class FewCanaries(Programme):
    """A programme without canaries, unless asked for: stand-ins for the detector find none."""

    n_per_group: int = 0

    def settings(self) -> Settings:
        return super().settings().model_copy(update={"canaries_per_group": self.n_per_group})


class BagOfWordsEncoder(Encoder):
    """Hashes words into a few dimensions: texts that share words are near."""

    def identity(self) -> str:
        return "bag-of-words@0"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), 32), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % 32] += 1
            vectors[row, 0] += 1e-3
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def hear(self, texts: Sequence[str]) -> None:
        """It hears no voices."""


def _all(text: str, name: str) -> list[Finding]:
    found = []
    start = text.find(name)
    while start >= 0:
        found.append(Finding(start, start + len(name), "PERSON", "word_list", 1.0))
        start = text.find(name, start + 1)
    return found


SHA = hashlib.sha256(b"").hexdigest()
SPECIAL: dict[str, Any] = {
    "sha256": SHA, "content_hash": SHA, "file_ref": SHA[:12], "text_check": SHA[:12],
    "replacement": "[PERSON_1]", "reason": "too_short", "sentence": "Too short for a conversation.",
    "remedy": "Send a longer one.", "model": "bag-of-words@0", "residual_hits": 0, "start": 3,
    "end": 9, "start_s": 3.0, "end_s": 9.0, "n_segments": 9, "n_conversations": 3, "share_low": 0.1,
    "share_high": 0.5, "share_of_people": 0.3, "n_words": 100, "text": "We meet behind the hall.",
    "n_good": 10, "n_improve": 10, "n_hope": 10, "n_not_stated": 10,
    "n_redactions": 1, "run_id": "0123456789ab", "status": "live", "event": "born",
    "why": "All of its segments were there before.", "n_people": 5, "n_in_group": 10,
    "decision_id": SHA[:16], "placeholder": "[AGE_1]",
    "coder": "coder 1",
}  # fmt: skip


def example(table: str, n: int = 3) -> pd.DataFrame:
    """Rows of a table that break no rule."""
    frame = pd.DataFrame(
        {
            column.name: [_value(column, row, TABLES[table].key) for row in range(n)]
            for column in TABLES[table].columns
        }
    )
    return to_arrow(TABLES[table], frame).to_pandas()


def _value(column: Column, row: int, key: tuple[str, ...]) -> Any:
    if key == (column.name,) and column.name in ("run_id", "n_conversations"):
        return f"{row:016x}" if column.name == "run_id" else row + 1
    if column.name in ("quote_id", "clip_id", "story_id"):
        return f"{row:016x}"
    return _usual_value(column, row)


def _usual_value(column: Column, row: int) -> Any:
    if column.name == "segment_id":
        return f"C{row:03}/0/0"
    if column.name == "file_ref":
        return hashlib.sha256(str(row).encode()).hexdigest()[:12]
    if column.name == "subject":
        return hashlib.sha256(str(row).encode()).hexdigest()
    if column.allowed and SPECIAL.get(column.name) not in column.allowed:
        return column.allowed[0]
    if column.name in SPECIAL:
        return SPECIAL[column.name]
    if pa.types.is_list(column.type):
        return []
    if pa.types.is_string(column.type):
        return f"{column.name[:20].replace('_id', '')}-{row}".replace("_", "-")
    if pa.types.is_date(column.type):
        return date(2026, 3, 1)
    if pa.types.is_boolean(column.type):
        return True
    return row + 1 if pa.types.is_integer(column.type) else 0.5


def spoiled(table: str, rule: dict[str, Any]) -> pd.DataFrame:
    """Example rows that break one expectation of the table's suite."""
    frame, kwargs = example(table), rule["kwargs"]
    kind = rule["type"].removeprefix("expect_")
    column = kwargs.get("column") or kwargs.get("column_A")
    if kind == "table_columns_to_match_set":
        return frame.assign(surname="Nobody")
    if kind in ("column_values_to_be_unique", "compound_columns_to_be_unique"):
        return pd.concat([frame, frame], ignore_index=True)
    if kind == "column_unique_value_count_to_be_between":
        return frame.assign(**{column: [f"bag-of-words@{n}" for n in range(len(frame))]})
    if kind == "column_pair_values_a_to_be_greater_than_b":
        return frame.assign(**{column: frame[kwargs["column_B"]] - 1})
    return frame.assign(**{column: [_bad(kind, kwargs)] * len(frame)})


def _bad(kind: str, kwargs: dict[str, Any]) -> Any:
    if kind == "column_values_to_be_in_set":
        return "no such value"
    if kind == "column_values_to_match_regex":
        return "~"
    if kind == "column_values_to_not_be_null":
        return None
    if kind == "column_values_to_not_match_regex":
        return "[PERSON_1] name@mail.example 0123456789"
    if kind == "column_value_lengths_to_be_between":
        return "" if "min_value" in kwargs else "x" * (kwargs["max_value"] + 1)
    return kwargs["min_value"] - 1 if "min_value" in kwargs else kwargs["max_value"] + 1
