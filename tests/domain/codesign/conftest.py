"""Invented people who tell of a small journey: noticing, asking, going home."""

from typing import Any

import pandas as pd
import pytest

from pipeline.domain.themes.frameworks import Entry, Framework

CODES = ("noticing", "asking", "going-home")
HEARD = 9
"""People of the fixture who ask for help; eight are enough to be told of."""


def _entry(kind: str, code: str) -> Entry:
    return Entry(kind, code, code.replace("-", " ").title(), ("made up",))


@pytest.fixture(scope="session")
def frameworks() -> list[Framework]:
    return [
        Framework("journey", tuple(_entry("touchpoint", code) for code in CODES), {}),
        Framework("plan", (_entry("priority", "near-home"), _entry("priority", "asking")), {}),
    ]


def _segment(at: int, code: str, voice: str, text: str) -> dict[str, Any]:
    turn = CODES.index(code)
    return {
        "segment_id": f"C{at}/{turn}/0",
        "conversation_id": f"C{at}",
        "participant_id": f"P{at}",
        "voice": voice,
        "text": text,
        "spans": [{"turn": turn, "start": 0, "end": len(text)}],
    }


@pytest.fixture(scope="session")
def segments() -> pd.DataFrame:
    """Nine ask for help, four of them worried; two go home, and one of them says so twice."""
    asking = [
        _segment(at, "asking", "improve" if at < 8 else "good",
                 "I rang and rang and I was worried the whole day." if at < 4
                 else "I rang and I was not worried at all that day.")
        for at in range(HEARD)
    ]  # fmt: skip
    home = [_segment(at, "going-home", "good", "Then home, and I felt safe.") for at in (1, 2)]
    return pd.DataFrame([*asking, *home])


@pytest.fixture(scope="session")
def lens_scores(segments: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {"segment_id": segment, "framework": framework, "code": code, "fits": code == own,
         "score": 0.9 if code == own else 0.1, "rank": 1 if code == own else 2}
        for segment in segments["segment_id"]
        for framework, codes in {"journey": CODES, "plan": ("near-home", "asking")}.items()
        for own in [CODES[int(segment.split("/")[1])]]
        for code in codes
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _hash(number: int) -> str:
    return f"{number:016x}"


@pytest.fixture(scope="session")
def quotes(segments: pd.DataFrame) -> pd.DataFrame:
    """One quote of each person of theme T1: the whole segment."""
    first = segments.drop_duplicates("participant_id")
    return pd.DataFrame(
        [
            {
                "quote_id": _hash(at),
                "conversation_id": row["conversation_id"],
                "participant_id": row["participant_id"],
                "theme_id": "T1",
                "segment_id": row["segment_id"],
                "turn": 1,
                "start": 0,
                "end": len(row["text"]),
                "text": row["text"],
                "voice": row["voice"],
                "n_words": 10,
                "position": at + 1,
                "is_counterpoint": row["voice"] == "good",
            }
            for at, row in enumerate(first.to_dict("records"))
        ]
    )


@pytest.fixture(scope="session")
def stories(segments: pd.DataFrame) -> pd.DataFrame:
    """Two stories of those who went home."""
    home = segments[segments["segment_id"].str.contains("/2/")]
    return pd.DataFrame(
        [
            {
                "story_id": _hash(100 + at),
                "conversation_id": row["conversation_id"],
                "participant_id": row["participant_id"],
                "voice": "improve",
                "offsets": row["spans"],
                "n_words": 90,
            }
            for at, row in enumerate(home.to_dict("records"))
        ]
    )


@pytest.fixture(scope="session")
def redacted_turns(segments: pd.DataFrame) -> pd.DataFrame:
    """Turn 1 from 10 to 30 seconds; turn 2 begins at 40 and ends when the interviewer begins."""
    times = {1: (10.0, 30.0), 2: (40.0, None)}
    said = [
        {"conversation_id": row["conversation_id"], "turn": turn, "role": "participant",
         "start_s": times[turn][0], "end_s": times[turn][1], "text": row["text"]}
        for row in segments.to_dict("records")
        for turn in [int(row["segment_id"].split("/")[1])]
    ]  # fmt: skip
    asked = [
        {"conversation_id": f"C{at}", "turn": 3, "role": "interviewer", "start_s": 55.0,
         "end_s": 56.0, "text": "Thank you."}
        for at in range(HEARD)
    ]  # fmt: skip
    return pd.DataFrame([*said, *asked]).astype({"start_s": "float64", "end_s": "float64"})


@pytest.fixture(scope="session")
def story_sets(stories: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "story_set_id": "theme-T1",
            "kind": "theme",
            "story_id": stories["story_id"],
            "position": range(1, len(stories) + 1),
        }
    )


@pytest.fixture(scope="session")
def themes() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "theme_id": "T1",
                "status": "live",
                "n_people": HEARD,
                "is_muddled": False,
                "warning": None,
            }
        ]
    )
