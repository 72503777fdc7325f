"""Turn tables: CSV and JSON lines with one turn a row, as other tools hand them over."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.domain.transcripts.speech_json import number, objects, words
from pipeline.domain.transcripts.transcript import Reading, Spoken, clock_seconds
from pipeline.errors import TranscriptError

_COLUMNS: dict[str, tuple[str, ...]] = {
    "conversation": ("conversation_id", "conversation", "interview_id"),
    "turn": ("turn", "turn_index", "turn_id", "index", "position"),
    "speaker": ("speaker", "speaker_label", "speaker_name", "name", "speakers"),
    "role": ("role", "speaker_role"),
    "start": ("start", "start_s", "start_time", "begin", "from", "time", "timestamp"),
    "end": ("end", "end_s", "end_time", "to"),
    "text": ("text", "utterance", "transcript", "content", "words", "sentence"),
}
_DELIMITERS = ",;\t|"
_MOST_FIELD_CHARACTERS = 10_000_000


def read_csv_turns(text: str) -> Reading:
    """A table whose header names at least the text and the speaker or role.

    Raises
    ------
    TranscriptError
        not_this_format, or broken_file with the line.
    """
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    csv.field_size_limit(_MOST_FIELD_CHARACTERS)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().casefold().replace(" ", "_") for name in next(rows)]
        places = _places(header)
        table = [row for row in rows if any(cell.strip() for cell in row)]
    except csv.Error:
        raise TranscriptError("broken_file", f"line {rows.line_num}") from None
    for row_number, row in enumerate(table, 2):
        if len(row) != len(header):
            raise TranscriptError("broken_file", f"row {row_number}")
    rows_by_name = [dict(zip(header, row, strict=True)) for row in table]
    return Reading("turns_csv", _spoken([_known(row, places) for row in rows_by_name]), Counter())


def read_json_turns(text: str) -> Reading:
    """One JSON object a line.

    Raises
    ------
    TranscriptError
        not_this_format, or broken_file with the line.
    """
    rows: list[Any] = []
    for line_number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except (ValueError, RecursionError):
                reason = "broken_file" if rows else "not_this_format"
                raise TranscriptError(reason, f"line {line_number}") from None
    return read_turn_objects(rows)


def read_turn_objects(rows: list[Any]) -> Reading:
    """JSON objects with the table's columns as keys."""
    named: list[dict[str, Any]] = []
    for row in objects(rows):
        folded = {key.strip().casefold(): value for key, value in row.items()}
        named.append(_known(folded, _places(list(folded))))
    return Reading("turns_jsonl", _spoken(named), Counter())


def _places(header: Sequence[str]) -> dict[str, str]:
    """The name in this table of each column that we know."""
    names = {
        column: next((name for name in aliases if name in header), "")
        for column, aliases in _COLUMNS.items()
    }
    if not names["text"]:
        raise TranscriptError("not_this_format", "the header: no text column")
    return {column: name for column, name in names.items() if name}


def _known(row: dict[str, Any], places: dict[str, str]) -> dict[str, Any]:
    return {column: row[name] for column, name in places.items()}


def _spoken(rows: list[dict[str, Any]]) -> list[Spoken]:
    conversations = {words(row["conversation"]).strip() for row in rows if "conversation" in row}
    if len(conversations) > 1:
        raise TranscriptError("several_conversations", "column conversation_id")
    positions = [number(row.get("turn")) for row in rows]
    if rows and all(position is not None for position in positions):
        order = sorted(range(len(rows)), key=lambda i: positions[i] or 0.0)
        rows = [rows[i] for i in order]
    return [
        Spoken(
            speaker=words(row.get("speaker") or row.get("role")).strip(),
            text=words(row["text"]),
            start_s=_time(row.get("start")),
            end_s=_time(row.get("end")),
            role=words(row.get("role")).strip(),
        )
        for row in rows
    ]


def _time(value: Any) -> float | None:
    clock = clock_seconds(value) if isinstance(value, str) else None
    return number(value) if clock is None else clock
