"""What redaction left: found by other means, ranked, and grave only where it is known to be one."""

from collections.abc import Sequence

import pandas as pd
import pytest

from pipeline.domain.redaction.decisions import Decision
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.residue import (
    COMMON_FROM,
    Suspicion,
    Tokens,
    is_grave,
    review,
    suspicions,
    tokens,
)
from pipeline.domain.redaction.spans import Finding

NOTHING = Tokens(frozenset(), frozenset(), frozenset())
NO_KEEP = KeepList()


def told(*known: str, propagated: Sequence[str] = (), phrases: Sequence[str] = ()) -> Tokens:
    return Tokens(frozenset(known), frozenset(propagated), frozenset(phrases))


def looked_at(text: str, known: Tokens = NOTHING, *opinion: Finding) -> list[tuple[str, str]]:
    found = suspicions([text], known, [opinion], NO_KEEP)
    return [(text[s.start : s.end], s.suspicion) for s in found]


def turns(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"turn": range(len(texts)), "text": texts})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We told Quillfeather so", [("Quillfeather", "known_token")]),
        ("we told quillfeather so", [("quillfeather", "known_token")]),
        ("We told [PERSON_1] so", []),
        ("We told Quillfeathers so", [("Quillfeathers", "rare_word")]),
        ("A rose is a rose", []),
        ("We told Rose so", [("Rose", "known_token")]),
    ],
    ids=["with a capital", "in lower case", "redacted", "a longer word", "the flower", "the name"],
)
def test_names_of_the_register_are_searched_for(text: str, expected: list[tuple[str, str]]) -> None:
    assert looked_at(text, told("quillfeather", "rose")) == expected


def test_only_what_can_be_nothing_but_a_name_is_grave() -> None:
    text = "We told Quillfeather and Rose so. Then Zeb came"
    known = told("quillfeather", "rose", propagated=["zeb"])
    found = suspicions([text], known, [[]], NO_KEEP)
    assert [(text[s.start : s.end], is_grave(s)) for s in found] == [
        ("Quillfeather", True), ("Rose", False), ("Zeb", True),
    ]  # fmt: skip


def test_what_was_redacted_once_is_searched_for_everywhere() -> None:
    texts = ["Ask Zebedee Hart at zq@mail.example", "It is me"]
    found = [
        [Finding(4, 16, "PERSON", "names.list", 0.9), Finding(20, 35, "EMAIL", "contacts", 1.0)],
        [Finding(6, 8, "PERSON", "weak", 0.4)],
    ]
    known = tokens(texts, found, ["Ada Quillfeather"])
    assert known == Tokens(
        frozenset({"ada", "quillfeather"}),
        frozenset({"zebedee", "hart"}),
        frozenset({"zq@mail.example"}),
    )
    text = "Write to ZQ@mail.example, said Zebedee"
    assert looked_at(text, known) == [
        ("ZQ@mail.example", "propagated_token"), ("Zebedee", "propagated_token"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was 4471 902 then", "4471 902"),
        ("Ring oh one two, um, three four five", "oh one two, um, three four five"),
        ("Double seven four four one", "Double seven four four one"),
        ("In 1966 or 2019-2020 we had £12345 and 30000 people", ""),
        ("One or two or three of us", ""),
        ("I had two [PHONE_1] numbers, 12 of them", ""),
    ],
    ids=["written", "said with a pause", "doubled", "years and sums", "counting", "short"],
)
def test_runs_of_digits_are_listed(text: str, found: str) -> None:
    assert looked_at(text) == ([(found, "digits")] if found else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We went to see Marrowby and cried", "Marrowby"),
        ("I saw [PERSON_1] Way about it", "Way"),
        ("we saw [PERSON_1] hallett about it", "hallett"),
        ("In March I'm off to France", ""),
        ("Nothing here is rare at all", ""),
    ],
    ids=["unexplained", "beside a name", "beside a name in lower case", "public", "ordinary"],
)
def test_words_that_no_list_explains_are_listed(text: str, found: str) -> None:
    assert looked_at(text) == ([(found, "rare_word")] if found else [])


def test_searches_that_agree_make_one_row_that_weighs_more() -> None:
    text = "We went to see Marrowby and cried"
    opinion = Finding(15, 23, "PERSON", "spacy.person", 0.85)
    alone = suspicions([text], NOTHING, [[]], NO_KEEP)
    (both,) = suspicions([text], NOTHING, [[opinion]], NO_KEEP)
    assert both.detector == "rare_capital+spacy.person"
    assert both.suspicion == "second_opinion"
    assert alone[0].score < both.score < 0.9


def test_what_is_kept_on_purpose_is_not_suspicious_but_a_known_name_is() -> None:
    text = "The Marrowby clinic and Quillfeather"
    opinion = Finding(4, 12, "ORG", "spacy.org", 0.8)
    keep = KeepList(phrases=("Marrowby clinic", "Quillfeather"))
    found = suspicions([text], told("quillfeather"), [[opinion]], keep)
    assert [s.suspicion for s in found] == ["known_token"]
    ruling = (Decision("C1", "Marrowby", "keep"), Decision("C1", "Quillfeather", "keep"))
    found = suspicions([text], told("quillfeather"), [[opinion]], NO_KEEP, ruling)
    assert [s.suspicion for s in found] == ["known_token"]


def test_a_placeholder_is_never_suspicious() -> None:
    opinion = Finding(0, 10, "PERSON", "spacy.person", 0.9)
    assert looked_at("[PERSON_1] came", told("person"), opinion) == []


def test_the_review_begins_with_the_most_suspicious() -> None:
    found = {
        "C2": [Suspicion(0, 0, 3, "second_opinion", "spacy.person", 0.68)],
        "C1": [
            Suspicion(1, 4, 7, "digits", "digits", 0.4),
            Suspicion(0, 0, 3, "known_token", "tokens", 1.0),
        ],
    }
    table = review(found, {"C1": turns("Zed Ann", "Ann Zed"), "C2": turns("Bob Ann")})
    assert table[["rank", "conversation_id", "turn", "words"]].to_numpy().tolist() == [
        [1, "C1", 0, "Zed"], [2, "C2", 0, "Bob"], [3, "C1", 1, "Zed"],
    ]  # fmt: skip


def test_a_word_that_many_conversations_share_is_no_name() -> None:
    found = {
        f"C{n}": [Suspicion(0, 0, 3, "rare_word", "rare_capital", 0.35)] for n in range(COMMON_FROM)
    }
    shown = {conversation: turns("Zed came") for conversation in found}
    assert review(found, shown).empty
    del found["C0"]
    assert len(review(found, shown)) == COMMON_FROM - 1


def test_nothing_to_look_at_is_an_empty_table() -> None:
    assert review({"C1": []}, {"C1": turns("a")}).empty
