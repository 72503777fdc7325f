"""What suites cannot say: each check passes on sound tables and names the row that is not."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from pipeline.checks.embedding import unusable, without_vector
from pipeline.checks.redaction import (
    lost_or_altered,
    still_given_away,
    still_personal,
    unaccounted,
)
from pipeline.checks.stories import missing_stories, unproven_quotes, unproven_stories
from pipeline.checks.themes import dangling, miscounted, unproven_phrases
from pipeline.checks.validation import not_consented, not_verbatim

NAMES = pd.DataFrame(
    {"conversation_id": ["C1", "C1"], "name": ["Ada Quillfeather", "Rose"], "kind": "participant"}
)


def turns(*texts: str, role: str = "participant") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "conversation_id": "C1",
            "turn": range(len(texts)),
            "role": role,
            "start_s": [None] * len(texts),
            "end_s": [None] * len(texts),
            "text": list(texts),
            "n_redactions": [text.count("[") for text in texts],
        }
    )


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def quote(text: str, start: int, end: int, turn: int = 0) -> pd.DataFrame:
    row = {
        "quote_id": "q1", "conversation_id": "C1", "turn": turn, "start": start, "end": end,
        "text": text, "sha256": sha256(text),
    }  # fmt: skip
    return pd.DataFrame([row])


SAID = turns("We met behind the hall.", "And grew beans.")


@pytest.mark.parametrize(
    ("after", "ids"),
    [
        (turns("a", "b"), []),
        (turns("a", "[PERSON_1]"), []),
        (turns("a"), ["C1/1"]),
        (turns("a", "b", "c"), ["C1/2"]),
        (turns("a", "b", role="interviewer"), ["C1/0", "C1/1"]),
        (turns("a", "b").assign(start_s=1.0), ["C1/0", "C1/1"]),
        (pd.concat([turns("a", "b"), turns("a")]), ["C1/0"]),
    ],
    ids=["the same", "other text", "lost", "added", "another role", "another time", "twice"],
)
def test_turns_that_are_lost_or_altered_are_named(after: pd.DataFrame, ids: list[str]) -> None:
    assert lost_or_altered(turns("a", "b"), after, set()) == ids


def test_conversations_in_quarantine_are_not_missed() -> None:
    assert lost_or_altered(turns("a"), turns("a").iloc[:0], {"C1"}) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ada@mail.example please", True),
        ("It is 01632 960 123", True),
        ("I live at BH19 3VK now", True),
        ("My number is 943 476 5919", True),
        ("Look at www.quill.example", True),
        ("I am ada  quillfeather, hello", True),
        ("[PERSON_1] lives in [PLACE_2], [POSTCODE_1]", False),
        ("A rose is a rose, and Rose is a name that is a word", False),
        ("In 2019 there were 1200 of us, 40 a day", False),
    ],
)
def test_a_second_search_finds_shapes_and_full_names(text: str, found: bool) -> None:
    assert still_personal(turns(text), NAMES) == (["C1/0"] if found else [])


def test_a_name_is_searched_for_in_its_own_conversation() -> None:
    other = turns("I am Ada Quillfeather").assign(conversation_id="C2")
    assert still_personal(other, NAMES) == []


@pytest.mark.parametrize(
    ("conversation", "score", "ids"),
    [("C1", 0.95, ["C1/1"]), ("C1", 0.89, []), ("C2", 1.0, [])],
    ids=["known to be a name", "only suspicious", "in quarantine"],
)
def test_a_published_turn_holds_no_name_that_is_known_to_be_one(
    conversation: str, score: float, ids: list[str]
) -> None:
    review = pd.DataFrame({"conversation_id": [conversation], "turn": [1], "score": [score]})
    assert still_given_away(SAID, review) == ids


@pytest.mark.parametrize(
    ("text", "count", "listed", "ids"),
    [
        ("[PERSON_1] and [PERSON_2]", 2, ["[PERSON_1]", "[PERSON_2]"], []),
        ("[PERSON_1], as typed", 1, [], []),
        ("[PERSON_1]", 1, ["[PERSON_2]"], ["C1/0"]),
        ("[PERSON_1]", 2, ["[PERSON_1]"], ["C1/0"]),
        ("nothing", 0, ["[PERSON_1]"], ["C1/0"]),
    ],
    ids=["all listed", "a typist's", "another one", "miscounted", "gone"],
)
def test_placeholders_are_accounted_for(
    text: str, count: int, listed: list[str], ids: list[str]
) -> None:
    redactions = pd.DataFrame({"conversation_id": "C1", "turn": 0, "replacement": listed})
    assert unaccounted(turns(text).assign(n_redactions=count), redactions) == ids


@pytest.mark.parametrize(
    ("changed", "proven"),
    [
        (quote("behind the hall", 7, 22), True),
        (quote("behind the Hall", 7, 22), False),
        (quote("behind the hall", 8, 23), False),
        (quote("behind the hall", 7, 22).assign(sha256=sha256("other")), False),
        (quote("behind the hall", 7, 22, turn=9), False),
        (quote("behind the hall", -16, -1), False),
    ],
    ids=["verbatim", "repaired", "moved", "another hash", "no such turn", "from the end"],
)
def test_a_quote_is_proven_by_place_and_hash(changed: pd.DataFrame, proven: bool) -> None:
    assert unproven_quotes(changed, SAID) == ([] if proven else ["q1"])


def test_an_interviewers_words_prove_nothing() -> None:
    assert unproven_quotes(quote("behind the hall", 7, 22), SAID.assign(role="interviewer")) == [
        "q1"
    ]


def test_a_story_is_its_pieces_joined_by_a_blank_line() -> None:
    spans = [{"turn": 0, "start": 0, "end": 23}, {"turn": 1, "start": 0, "end": 15}]
    whole = "We met behind the hall.\n\nAnd grew beans."
    story = pd.DataFrame(
        [{"story_id": "s1", "conversation_id": "C1", "offsets": spans, "text": whole,
          "sha256": sha256(whole)}]
    )  # fmt: skip
    assert unproven_stories(story, SAID) == []
    assert unproven_stories(story.assign(text=whole.replace("\n\n", " ")), SAID) == ["s1"]


def test_a_set_may_not_name_a_story_that_does_not_exist() -> None:
    sets = pd.DataFrame({"story_set_id": "t", "position": [1, 2], "story_id": ["s1", "s2"]})
    assert missing_stories(sets, pd.DataFrame({"story_id": ["s1"]})) == ["t/2"]


SEGMENTS = pd.DataFrame(
    {
        "segment_id": ["C1/0/0", "C2/0/0"],
        "conversation_id": ["C1", "C2"],
        "participant_id": ["P1", "P2"],
        "text": ["behind the hall", "x"],
        "spans": [[{"turn": 0, "start": 7, "end": 22}], [{"turn": 0, "start": 0, "end": 1}]],
    }
)


def test_a_segment_is_a_participants_own_words() -> None:
    assert not_verbatim(SEGMENTS.iloc[:1], SAID) == []
    assert not_verbatim(SEGMENTS, SAID) == ["C2/0/0"]


def test_a_segment_needs_consent_and_its_own_person() -> None:
    assert not_consented(SEGMENTS, {"C1": "P1", "C2": "P2"}) == []
    assert not_consented(SEGMENTS, {"C1": "P9"}) == ["C1/0/0", "C2/0/0"]


@pytest.mark.parametrize(
    ("vectors", "ids"),
    [
        ([[1.0, 0.0], [0.6, 0.8]], []),
        ([[1.0, 0.0], [0.6, 0.6]], ["C2/0/0"]),
        ([[1.0, 0.0], [np.nan, 1.0]], ["C2/0/0"]),
        ([[1.0, 0.0], [1.0]], ["C2/0/0"]),
    ],
    ids=["sound", "too short", "not a number", "another size"],
)
def test_vectors_are_finite_and_of_unit_length(vectors: list[list[float]], ids: list[str]) -> None:
    embeddings = SEGMENTS[["segment_id"]].assign(vector=vectors)
    assert unusable(embeddings) == ids
    assert without_vector(SEGMENTS, embeddings) == []
    assert without_vector(SEGMENTS, embeddings.iloc[:1]) == ["C2/0/0"]


def test_themes_are_counted_anew_and_assignments_must_lead_somewhere() -> None:
    assignments = pd.DataFrame({"segment_id": ["C1/0/0", "C2/0/0"], "theme_id": "t1"})
    themes = pd.DataFrame(
        {"theme_id": ["t1"], "status": "live", "n_people": 2, "n_conversations": 2, "n_segments": 2}
    )
    assert miscounted(themes, assignments, SEGMENTS) == []
    assert miscounted(themes.assign(n_people=3), assignments, SEGMENTS) == ["t1"]
    assert dangling(assignments, themes, SEGMENTS) == []
    assert dangling(assignments, themes, SEGMENTS.iloc[:1]) == ["C2/0/0 in t1"]


def test_phrases_are_verbatim() -> None:
    phrase = quote("behind the hall", 7, 22).to_dict("records")[0]
    themes = pd.DataFrame({"theme_id": ["t1"], "phrases": [[phrase]]})
    assert unproven_phrases(themes, SAID) == []
    assert unproven_phrases(themes, turns("Something else was said here.")) == ["t1"]
