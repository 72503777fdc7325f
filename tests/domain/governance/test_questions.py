"""What room an interviewer's question leaves, in general English, with and without punctuation."""

import pytest

from pipeline.domain.governance.questions import questions


@pytest.mark.parametrize(
    "text",
    [
        "What happened after that?",
        "And how did that make you feel?",
        "Tell me about your street.",
        "tell me more about that",
        "Could you describe a day at the centre?",
        "can you just talk me through it",
        "Your surgery, how do you find it?",
        "I'd love to hear about the choir.",
        "okay so um what would a good life be",
        "Can I ask why you stayed?",
        "So, [PERSON_1], what matters to you?",
        "What was it like when nobody came?",
        "And then?",
    ],
)
def test_an_open_question_leaves_the_answer_to_the_other(text: str) -> None:
    assert questions(text) == ["open"]


@pytest.mark.parametrize(
    "text",
    [
        "Did you go back?",
        "and did you get any help with that",
        "How long were you there?",
        "What year was that?",
        "Who told you?",
        "Is there a bus?",
        "Have you had any help or support?",
        "How old are you?",
        "Could you tell me your name?",
        "Twice?",
    ],
)
def test_a_closed_question_asks_for_yes_no_or_a_fact(text: str) -> None:
    assert questions(text) == ["closed"]


@pytest.mark.parametrize(
    "text",
    [
        "Don't you think that was unfair?",
        "So you were angry, weren't you?",
        "It was too far, wasn't it?",
        "That must have been awful for you.",
        "You must have been frightened?",
        "So you felt abandoned?",
        "You didn't go back, did you?",
        "Wouldn't it be better at home?",
        "I imagine you were lonely?",
        "Would you agree it is worse now?",
        "it was hard on you wasn't it",
        "Did nobody help?",
        "Surely somebody rang?",
    ],
)
def test_a_leading_prompt_suggests_the_answer(text: str) -> None:
    assert questions(text) == ["leading"]


@pytest.mark.parametrize(
    "text",
    [
        "Was it the nurse or the doctor who rang?",
        "Did you walk or drive?",
        "is it better in the morning or at night",
    ],
)
def test_a_forced_choice_offers_the_answers(text: str) -> None:
    assert questions(text) == ["forced_choice"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you.",
        "Mm, yeah.",
        "I see. That sounds hard.",
        "We have about an hour. You can stop at any time.",
        "You said you kept bees.",
        "thats what i thought",
        "[PERSON_1], [DATE_1].",
        "I know what you mean.",
    ],
)
def test_what_asks_nothing_is_no_question(text: str) -> None:
    assert questions(text) == []


def test_each_question_of_a_turn_counts() -> None:
    said = "Thank you. How was it? Did you go alone? Don't you miss it?"
    assert questions(said) == ["open", "closed", "leading"]


def test_questions_run_together_without_punctuation_are_told_apart() -> None:
    assert questions("right and how did it start and did you tell anyone") == ["open", "closed"]


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert questions("Isn’t it far?") == questions("Isn't it far?") == ["leading"]
