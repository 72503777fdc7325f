"""A small release, invented: six conversations about a bus and a garden, coded by a machine."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.exchange.known import known_today
from pipeline.domain.exchange.reading import Known
from pipeline.domain.release.leaving import Leaving

QUESTION = "What would help you most?"
BUS = "The bus was taken off in spring. So I walk two miles to the surgery, and I am tired."
GARDEN = "We meet in the garden behind the hall. It keeps me going when the winter comes."
SAID = (BUS, GARDEN, BUS, GARDEN, BUS, "I do not know what to say about that, to be honest.")
THEMES = {"T1": "bus and road", "T2": "garden and hall"}


def rows_of_turns() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for at, said in enumerate(SAID):
        told = (("interviewer", QUESTION), ("participant", said), ("interviewer", "Thank you."))
        rows += [
            {
                "conversation_id": f"conversation-{at}", "turn": turn, "role": role,
                "start_s": float(30 * turn), "end_s": None, "text": text,
            }
            for turn, (role, text) in enumerate(told)
        ]  # fmt: skip
    return rows


def segment(at: int, said: str) -> dict[str, Any]:
    return {
        "segment_id": f"segment-{at}", "conversation_id": f"conversation-{at}",
        "participant_id": f"person-{at}", "turn_start": 1, "turn_end": 1, "question": QUESTION,
        "text": said, "spans": [{"turn": 1, "start": 0, "end": len(said)}], "n_words": 15,
        "voice": "improve", "voice_score": 0.75,
    }  # fmt: skip


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def team(**changed: pd.DataFrame) -> Leaving:
    """What the programme team gets; tables may be changed by name."""
    first = BUS.split(". ")[0] + "."
    quote = {
        "quote_id": "quote-1", "conversation_id": "conversation-0", "participant_id": "person-0",
        "theme_id": "T1", "turn": 1, "start": 0, "end": len(first), "text": first,
        "reading_text": first, "sha256": sha(first), "voice": "improve", "n_words": 7,
        "reasons": ["central"], "pool_size": 3, "position": 1, "is_counterpoint": False,
    }  # fmt: skip
    story = {
        "story_id": "story-1", "conversation_id": "conversation-1", "participant_id": "person-1",
        "theme_id": "T2", "lane": "theme", "voice": "good", "text": GARDEN,
        "reading_text": GARDEN, "offsets": [{"turn": 1, "start": 0, "end": len(GARDEN)}],
        "sha256": sha(GARDEN), "n_words": 15, "reasons": ["tells what happened"], "pool_size": 2,
    }  # fmt: skip
    sets = [
        {"story_set_id": "theme-T2", "kind": "theme", "title": THEMES["T2"]},
        {"story_set_id": "priority-out", "kind": "priority", "title": "Getting out & about"},
    ]
    tables = {
        "redacted_turns": pd.DataFrame(rows_of_turns()),
        "segments": pd.DataFrame([segment(at, said) for at, said in enumerate(SAID)]),
        "themes": pd.DataFrame(
            [
                {
                    "theme_id": theme, "label": label, "description": None,
                    "keywords": label.split(" and "), "n_people": 3, "share_of_people": 0.5,
                }
                for theme, label in THEMES.items()
            ]
        ),
        "theme_assignments": pd.DataFrame(
            [
                {"segment_id": f"segment-{at}", "theme_id": theme, "membership": "core",
                 "strength": 0.8}
                for at, theme in enumerate(["T1", "T2", "T1", "T2", "T1"])
            ]
        ),
        "quotes": pd.DataFrame([quote]),
        "stories": pd.DataFrame([story]),
        "story_sets": pd.DataFrame(
            [own | {"story_id": "story-1", "position": 1, "why": "Central."} for own in sets]
        ),
    }  # fmt: skip
    return Leaving("programme team", "fens", "Listening in the Fens", tables | changed)


@pytest.fixture
def leaving() -> Leaving:
    return team()


@pytest.fixture
def public(leaving: Leaving) -> Leaving:
    inside = {"redacted_turns", "segments", "theme_assignments"}
    told = {name: table for name, table in leaving.tables.items() if name not in inside}
    return leaving._replace(audience="public", tables=told)


@pytest.fixture
def known(leaving: Leaving) -> Known:
    themes = leaving.tables["themes"].assign(status="live", shown_in=None)
    return known_today(leaving.tables["redacted_turns"], themes, lambda name: name)


SCHEMA = Path(__file__).with_name("Project.xsd")
