"""A small programme, invented: twelve people, two themes, one who speaks of something else."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from pipeline.domain.validation.segments import cut_segments
from pipeline.settings import Settings
from pipeline.tables import TABLES

SETTINGS = Settings(min_theme_people=3, quotes_per_theme=3, stories_per_theme=2)

_BUS = (
    "When I was working in the mornings I used to get the first bus, and then last year they "
    "took it off. I rang the council and the lady said it was not used enough. So I walked "
    "two miles in the rain with my bag. I felt so angry that I cried at the shelter. After "
    "that I lost the job in the bakery, number {n}. In the end my neighbour drove me, and it "
    "made all the difference to me. I never went back to the office, because I could not face"
    " asking again. We told them twice."
)
_GARDEN = (
    "When my husband died I started going to the garden behind the hall. At first I stood "
    "there and knew nobody. Then one day a man brought me {n} bean plants and said I should "
    "try. I put them in and went home and slept for the first time. After that we met every "
    "week and laughed. It helped me more than any tablet. I felt safe there. So now I bring "
    "soup for the others, and they kept me going when the winter came. I was never that "
    "lonely again, and I was glad of it."
)
_APART = (
    "When I was a boy my father kept bees on the roof of the bank. One day he took me up and "
    "said be still. I stood there and they landed on my sleeves and I felt no fear. Then the "
    "manager found out and told him to stop. He lost them all that night. I went up after and"
    " found the boxes and cried. Ever since then I have listened before I spoke, and that is "
    "why I asked you about the noise in the ward. We thought nobody heard it. It made me who "
    "I am, {n} years later."
)
_QUESTION = "Could you tell me what happened there, in your own words, from the beginning?"


class Programme(NamedTuple):
    """Tables that curation reads."""

    segments: pd.DataFrame
    redacted_turns: pd.DataFrame
    themes: pd.DataFrame
    theme_assignments: pd.DataFrame
    embeddings: pd.DataFrame


def _programme(*, punctuated: bool) -> Programme:
    """Six people on buses, five on gardens, one on bees; in each theme one in another voice."""
    said = [_BUS] * 6 + [_GARDEN] * 5 + [_APART]
    turns: list[dict[str, object]] = []
    for at, template in enumerate(said):
        text = template.format(n=at + 2)
        sides = (("interviewer", _QUESTION), ("participant", text))
        for turn, (role, spoken) in enumerate([*sides, ("interviewer", "Thank you."), sides[1]]):
            shown = (
                f"{spoken} That was number {at * 4 + turn}, I remember it well." if turn else spoken
            )
            plain = shown if punctuated else shown.lower().replace(".", "").replace(",", "")
            turns.append(_turn(f"D{at:02}", turn, role, plain))
    redacted = pd.DataFrame(turns)
    people = {f"D{at:02}": f"Q{at:02}" for at in range(len(said))}
    segments = cut_segments(redacted, people, SETTINGS).segments
    topic = [min(int(name[1:]) // 6, 1) + (name == "D11") for name in segments["conversation_id"]]
    voices = [
        "good" if name in ("D00", "D07") else "improve" for name in segments["conversation_id"]
    ]
    segments = segments.assign(voice=voices)
    vectors = [_vector(kind, at) for at, kind in enumerate(topic)]
    embeddings = pd.DataFrame(
        {
            "segment_id": segments["segment_id"],
            "vector": vectors,
            "model": "m",
            "precision": "float32",
        }
    )
    ids = ("theme-bus", "theme-garden")
    assignments = pd.DataFrame(
        [
            {"segment_id": s, "theme_id": ids[kind], "membership": "core", "strength": 1.0}
            for s, kind in zip(segments["segment_id"], topic, strict=True)
            if kind < 2
        ]
    )
    themes = pd.DataFrame([_theme(name) for name in ids])
    return Programme(segments, redacted, themes, assignments, embeddings)


@pytest.fixture(scope="session")
def programme() -> Programme:
    """The programme as typists write it down."""
    return _programme(punctuated=True)


@pytest.fixture(scope="session")
def unpunctuated() -> Programme:
    """The programme as speech recognition writes it down."""
    return _programme(punctuated=False)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Settings for a programme of twelve."""
    return SETTINGS


def _turn(conversation: str, turn: int, role: str, text: str) -> dict[str, object]:
    return {
        "conversation_id": conversation,
        "turn": turn,
        "role": role,
        "start_s": None,
        "end_s": None,
        "text": text,
        "n_redactions": 0,
    }


def _vector(kind: int, at: int) -> list[float]:
    vector = np.zeros(8)
    vector[kind] = 1.0
    vector[3 + at % 5] = 0.2
    return (vector / np.linalg.norm(vector)).tolist()


def _theme(name: str) -> dict[str, object]:
    known: dict[str, object] = dict.fromkeys(TABLES["themes"].schema.names)
    numbers = ("n_people", "n_conversations", "n_segments", "share_of_people", "share_low")
    known |= dict.fromkeys((*numbers, "share_high"), 0)
    return known | {
        "theme_id": name,
        "label": name.removeprefix("theme-"),
        "keywords": [name.removeprefix("theme-")],
        "phrases": [],
        "label_by": "text",
        "label_history": [],
        "is_muddled": False,
        "status": "live",
        "first_run_id": "r1",
        "centre": [0.0],
    }
