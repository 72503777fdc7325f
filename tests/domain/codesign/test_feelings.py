"""Words for feelings: found where they were said and meant, and nowhere else."""

import re
from pathlib import Path

import pytest

from pipeline.domain.codesign.feelings import GROUPS, feelings_in
from pipeline.tables import FEELINGS

SAID = {
    "I was so worried that night.": ["worried"],
    "I had never felt so lonely in my life": ["lonely"],
    "I couldn't be more grateful to them": ["grateful"],
    "I was not only angry but sad.": ["angry", "sad"],
    "It wasn't the pain, I was frightened.": ["frightened"],
    "i cannot say how relieved i was": ["relieved"],
    "no i was worried sick": ["worried"],
    "he didn't come i felt alone": ["alone"],
    "I wasn't angry, just sad.": ["sad"],
    "I felt really safe there, and proud": ["safe", "proud"],
    "I'm afraid of the dark": ["afraid"],
    "I WAS WORRIED": ["worried"],
    "It made me angry.": ["angry"],
    'She said "sit down" and I cried': ["cried"],
    "What happened frightens us, and it worries me.": ["frightens", "worries"],
    "My fear was the stairs": ["fear"],
    "I was scared, confused and really upset.": ["scared", "confused", "upset"],
    "He was kind and I was grateful": ["grateful"],
    "I can’t remember being so frightened": ["frightened"],
    "We really love the garden": ["love"],
}
OF_OTHERS = [
    "On my bib a picture. A fish with an angry face, in pen.",
    "They were furious",
    "I could see that she was ashamed",
    "I was late and the driver was angry",
    "I sat beside [PERSON_2], glad to be out",
    "me and my stick, it's a scary road",
    "She wrote it down: confused.",
    'I read on the chart "anxious" and laughed',
    'where I grew up nobody says "I love you"',
    "They wrote “I am sad” on a card",
    "They asked whether you were worried",
    "I know what frightens the neighbours",
    "worried",
]
NOT_SAID = [
    "I was not worried",
    "I wasn't scared",
    "I wasn’t really all that worried",
    "i wasnt scared",
    "nothing to be ashamed of",
    "not that I was worried",
    "I don't think I was scared",
    "I wouldn't say I was angry",
    "no longer lonely",
    "without fear or shame",
    "not angry or upset",
    "I stopped worrying",
    "I'd love to see a bus",
    "thank you, my love",
    "it's such a shame",
    "happy to talk, pleased to meet you",
    "I live alone, down the road, it is safe",
    "pain relief",
    "I'm afraid not",
    "",
]


@pytest.mark.parametrize("text", SAID)
def test_words_that_were_meant_are_found_in_order(text: str) -> None:
    assert [feeling.word for feeling in feelings_in(text)] == SAID[text]


@pytest.mark.parametrize("text", NOT_SAID)
def test_words_taken_back_or_meant_otherwise_do_not_count(text: str) -> None:
    assert feelings_in(text) == []


@pytest.mark.parametrize("text", OF_OTHERS)
def test_words_that_the_speaker_does_not_say_of_themselves_do_not_count(text: str) -> None:
    assert feelings_in(text) == []


@pytest.mark.parametrize("text", [*SAID, "[PERSON_1] was İ so [PLACE_2] Sad"])
def test_each_word_stands_in_the_text_where_it_is_said_to(text: str) -> None:
    for feeling in feelings_in(text):
        assert text[feeling.start : feeling.end].lower() == feeling.word


def test_a_word_belongs_to_one_group_alone_and_groups_are_those_of_the_table() -> None:
    words = [word for group in GROUPS for word in (*group.words, *group.felt)]
    assert len(words) == len(set(words))
    assert tuple(group.code for group in GROUPS) == FEELINGS


def test_every_word_stands_in_the_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "co-design.md").read_text("utf-8")
    listed = set(re.findall(r"[a-z]+", guide))
    assert not [w for g in GROUPS for w in (*g.words, *g.felt) if w not in listed]
