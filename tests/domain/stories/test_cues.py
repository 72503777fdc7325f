"""Cues of told stories, in any case and without punctuation."""

import pytest

from pipeline.domain.stories.cues import OPENS, craft, cues_of, opening

TOLD = (
    "When I first moved here last year I knew nobody. Then one day my neighbour knocked and she "
    "said come in, and I went and sat in her kitchen and cried. After that we met every week. She "
    "brought soup when I was ill and took me to the surgery. In the end it made all the difference "
    "to me, and I felt I had a home."
)
ARGUED = (
    "Services should be closer to people. The council needs to look at budgets and plan for more "
    "homes in every village, with proper standards, and there should be one number for everything. "
    "It is a matter of priorities and of good planning across the whole county and beyond it."
)


def test_a_told_story_scores_above_an_opinion() -> None:
    assert cues_of(TOLD).score > 2 * cues_of(ARGUED).score


def test_capitals_and_punctuation_make_no_difference() -> None:
    bare = TOLD.lower().replace(".", "").replace(",", "")
    assert cues_of(bare) == cues_of(TOLD)


def test_each_kind_of_cue_is_a_reason() -> None:
    assert set(cues_of(TOLD).reasons) == {
        "first_person", "past_events", "time_order", "reported_speech", "feeling", "consequence",
        "arc",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("I waited nine weeks for the letter and felt forgotten.", "Nine weeks for the letter."),
        ("I waited nine weeks for that one letter.", "And I waited nine weeks for that letter."),
        ("I waited nine weeks for the letter to come.", "Have I waited nine weeks for the letter?"),
        (
            "I waited nine weeks for one letter to come.",
            "I um waited er nine um weeks for a letter.",
        ),
        (
            "I waited nine weeks for Doctor to write.",
            "I waited nine [DATE_1] for [PERSON_1] to write.",
        ),
    ],
    ids=[
        "says what it meant",
        "does not point back",
        "is no question",
        "is fluent",
        "is not hidden",
    ],
)
def test_of_two_quotes_the_one_that_stands_alone_is_better(better: str, worse: str) -> None:
    assert craft(better, opening(better)) > craft(worse, opening(worse))


@pytest.mark.parametrize(
    "text",
    [
        "And I waited nine weeks for the letter.",
        "They'd sent the letter to my old address.",
        "Since then I have waited for every letter twice.",
        "Anyway, the letter was in a drawer at the surgery.",
        "I did, twice. The letter was in a drawer at the surgery.",
        "When it came through the door I was in the garden.",
        "Not a scrap. The letter was in a drawer at the surgery.",
    ],
    ids=[
        "joins on",
        "they, shortened",
        "since then",
        "comes back to it",
        "short answer",
        "thing",
        "scrap",
    ],
)
def test_what_begins_in_mid_thought_opens_weakly(text: str) -> None:
    assert opening(text) < OPENS


@pytest.mark.parametrize(
    "text",
    [
        "The letter came through the door and it was for my mother.",
        "I waited nine weeks for one letter.",
        "[PERSON_1] rang the surgery for me, and they found it.",
    ],
    ids=["thing that was named", "one's own", "somebody who was named"],
)
def test_what_says_whom_and_what_it_is_about_opens_well(text: str) -> None:
    assert opening(text) >= OPENS
