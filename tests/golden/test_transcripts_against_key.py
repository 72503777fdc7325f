"""The readers against the answer key of the demo conversations."""

import csv
import json
from collections import defaultdict
from pathlib import Path

from pipeline.domain.transcripts.reading import KnownSpeakers, Limits, Transcript, read_transcript

DEMO = Path(__file__).parents[2] / "demo"
LIMITS = Limits(50_000_000, 200_000_000, 50, "en")
LEAST_SHARE = 0.995


def answer_key() -> dict[str, list[tuple[str, str]]]:
    key: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    with (DEMO / "answer_key" / "gold_turns.jsonl").open(encoding="utf-8") as lines:
        for turn in map(json.loads, lines):
            key[turn["conversation_id"]].append((turn["role"], turn["text"]))
    return key


def register() -> dict[str, KnownSpeakers]:
    with (DEMO / "raw" / "participants.csv").open(encoding="utf-8", newline="") as rows:
        return {
            row["conversation_id"]: KnownSpeakers(
                (row["participant_names"],), (row["interviewer_name"],)
            )
            for row in csv.DictReader(rows)
        }


def read(conversation_id: str, known: KnownSpeakers) -> Transcript:
    (path,) = (DEMO / "raw").glob(f"{conversation_id}.*")
    return read_transcript(
        path.read_bytes(), path.suffix, known=known, limits=LIMITS, detect_language=lambda _: "en"
    )


def share_as_in_key(known: dict[str, KnownSpeakers]) -> float:
    right = total = 0
    for conversation_id, expected in answer_key().items():
        turns = read(conversation_id, known.get(conversation_id, KnownSpeakers())).turns
        found = [(turn.role, turn.text) for turn in turns]
        right += sum(a == b for a, b in zip(found, expected, strict=False))
        total += max(len(found), len(expected))
    return right / total


def test_nearly_every_turn_has_the_role_and_text_of_the_answer_key() -> None:
    assert share_as_in_key(register()) >= LEAST_SHARE


def test_roles_are_found_without_a_register_too() -> None:
    assert share_as_in_key({}) >= LEAST_SHARE
