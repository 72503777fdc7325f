"""Passages: a story begins where a listener can follow, and stays with what it began."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as sampled
from hypothesis import strategies as st

from pipeline.domain.stories.passages import Told, quotable, sentences, tellable
from pipeline.domain.validation.sentences import Stretch

HAPPENED = (
    "Last winter I lost my key and stood in the yard in the snow. I knocked on every door, and "
    "nobody came. Then the woman from the shop saw me and said come in. She made soup, and she "
    "rang my son, who was at work, and told him where I was. We sat there until it was dark. I was "
    "so tired that I slept in her chair with the cat on my feet and my coat still on, and when I "
    "woke up he had come. "
)
MEANT = "Ever since then I have left a key with her, and I feel safe in that house."
STORY = HAPPENED + MEANT


def told(*answers: str, goes_on: bool = False) -> list[Told]:
    """Stories of somebody who gives these answers, one a turn."""
    turns = {2 * at: text for at, text in enumerate(answers)}
    return tellable(turns, [(turn,) for turn in turns], [goes_on] * (len(answers) - 1))


def test_a_story_has_a_beginning_something_that_happened_and_what_it_meant() -> None:
    (story,) = told(STORY)
    assert story.passage.text == STORY
    assert {"opens_well", "past_events", "arc"} <= set(story.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "The council should plan for homes in every village and look at its budgets again. " * 6,
        "She came and he said that they knew. " * 20,
        "I walked and talked and looked and knocked and asked and waited all that day. " * 7,
    ],
    ids=["nothing happens", "nobody knows who", "no meaning"],
)
def test_what_lacks_one_of_the_three_is_no_story(text: str) -> None:
    assert told(text.strip()) == []


def test_replies_before_the_story_are_skipped_and_its_first_words_never() -> None:
    (story,) = told(f"Yeah. Well, not really. The key. {STORY}")
    assert story.passage.text == f"The key. {STORY}"


def test_a_story_spans_answers_only_if_the_later_ones_go_on() -> None:
    begun, ended = HAPPENED.strip(), MEANT
    assert [len(story.passage.pieces) for story in told(begun, ended, goes_on=True)] == [2]
    assert all(len(story.passage.pieces) == 1 for story in told(begun, ended))


def test_a_story_ends_where_an_answer_ends() -> None:
    further = "And there is one more thing to say about the roads round here."
    (story,) = told(f"{STORY} {further}")
    assert story.passage.text.endswith(further)


def test_a_turn_longer_than_a_story_is_told_in_part() -> None:
    sentence = "When I was ill I rang them and they said no and I felt lost. "
    (first, *_) = told((sentence * 60).strip())
    assert 80 <= first.passage.n_words <= 400
    assert first.passage.text.endswith("lost.")


def test_a_stretch_that_ends_within_speech_is_not_quoted() -> None:
    text = 'I went in and I asked, "Where do I go? I have waited nine weeks for this." He laughed.'
    quoted = [p.text for p in quotable(0, text, Stretch(0, len(text)), sentences(text))]
    assert quoted
    assert all(quote.count('"') % 2 == 0 for quote in quoted)


@sampled(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="abc d.!?\n", max_size=900), max_size=4), st.booleans())
def test_stories_of_one_conversation_never_share_a_word(texts: list[str], goes_on: bool) -> None:
    pieces = sorted(p for story in told(*texts, goes_on=goes_on) for p in story.passage.pieces)
    for a, b in pairwise(pieces):
        assert a.turn < b.turn or a.end <= b.start
