"""The answer key of the themes, and what it is read against: segments of the key, or of a run.

A FOLDER of the key holds `gold_turns.jsonl` (one turn a line: conversation_id, turn, role, text,
spans, theme, aspect) and `second_reader.json` (turns that a second reader coded blind: id, theme,
aspect). Personal data is taken out by the key's own marks, or was taken out by the pipeline: then
segments are read from the folder of a finished run.
"""

import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks.reporting import ROOT
from pipeline.domain.validation.segments import cut_segments
from pipeline.settings import Settings

DEFAULT_GOLD = ROOT / "demo/answer_key"
DEFAULT_DATA = ROOT / "out/demo"
"""Where `make demo` leaves its tables."""
NOT_THEMES = frozenset({"none", "other"})
"""Codes of small talk and of what no code covers: no theme gathers them."""

Turn = tuple[str, int]


class Key(NamedTuple):
    """The answer key: turns without personal data, and how people coded them."""

    redacted_turns: pd.DataFrame
    themes: dict[Turn, str]
    voices: dict[Turn, str]
    questions: dict[Turn, str]


class Reading(NamedTuple):
    """How one person coded a turn."""

    theme: str
    voice: str


def read_key(gold: Path = DEFAULT_GOLD) -> Key:
    """The answer key, marks replaced by placeholders."""
    lines = (gold / "gold_turns.jsonl").read_text("utf-8").splitlines()
    turns = [json.loads(line) for line in lines]
    redacted = pd.DataFrame(
        [
            {k: turn[k] for k in ("conversation_id", "turn", "role")}
            | {"text": _without_marks(turn["text"], turn["spans"])}
            for turn in turns
        ]
    )
    coded = [turn for turn in turns if turn["role"] == "participant"]
    return Key(
        redacted,
        {(turn["conversation_id"], turn["turn"]): turn["theme"] for turn in coded},
        {(turn["conversation_id"], turn["turn"]): turn["aspect"] for turn in coded},
        _questions(redacted),
    )


def _without_marks(text: str, spans: list[tuple[int, int, str]]) -> str:
    for start, end, entity_type in sorted(spans, reverse=True):
        text = f"{text[:start]}[{entity_type}_1]{text[end:]}"
    return text


def _questions(turns: pd.DataFrame) -> dict[Turn, str]:
    questions: dict[Turn, str] = {}
    asked: dict[str, str] = {}
    for turn in turns.itertuples():
        if turn.role == "interviewer":
            asked[turn.conversation_id] = turn.text
        questions[turn.conversation_id, turn.turn] = asked.get(turn.conversation_id, "")
    return questions


def second_reader(gold: Path = DEFAULT_GOLD) -> dict[Turn, Reading]:
    """How a second reader coded some turns; empty where there is none."""
    path = gold / "second_reader.json"
    if not path.exists():
        return {}
    readings: dict[Turn, Reading] = {}
    for row in json.loads(path.read_text("utf-8")):
        conversation_id, _, turn = row["id"].rpartition(":")
        readings[conversation_id, int(turn)] = Reading(row["theme"], row["aspect"])
    return readings


def key_segments(key: Key, settings: Settings) -> pd.DataFrame:
    """Segments of the key's turns, cut as the pipeline cuts them; one person a conversation."""
    people = {conversation_id: conversation_id for conversation_id, _ in key.themes}
    return cut_segments(key.redacted_turns, people, settings).segments.sort_values("segment_id")


def run_segments(data: Path = DEFAULT_DATA) -> pd.DataFrame | None:
    """Segments of a finished run; None where there is none."""
    files = sorted((data / "deidentified/segments").glob("*.parquet"))
    if not files:
        return None
    return pd.concat(map(pd.read_parquet, files)).sort_values("segment_id", ignore_index=True)


def run_themes(data: Path = DEFAULT_DATA) -> dict[str, str]:
    """The theme of each segment of a finished run, second themes left out."""
    path = data / "deidentified/theme_assignments.parquet"
    if not path.exists():
        return {}
    assigned = pd.read_parquet(path)
    own = assigned[assigned["membership"] != "also"]
    return dict(zip(own["segment_id"], own["theme_id"], strict=True))
