"""Follow-up questions, and what answers lend one another while the subject is the same."""

import numpy as np
import pandas as pd
import pytest

from pipeline.domain.themes.clustering import features, unit
from pipeline.domain.themes.follow_ups import Course, course_of, shipped
from pipeline.domain.themes.vocabulary import STOPWORDS
from training.answers import coded_talks
from training.follow_ups import course_by_fold, learn
from training.texts import fold_of


@pytest.mark.parametrize(
    "question",
    ["Has it?", "And did that help?", "What would have made it easier?", "did anyone come then"],
)
def test_a_short_question_that_points_back_goes_on(question: str) -> None:
    assert shipped().probability(question) > 0.6


@pytest.mark.parametrize(
    "question",
    [
        "You mentioned your mother's knees. How's she getting to the hospital these days?",
        "Thank you. And the surgery, how do you find getting an appointment at your surgery?",
        "last question from me then what are your hopes for the village in ten years",
        "Tell me about where you live and who's at home with you.",
    ],
)
def test_a_question_that_names_something_opens_another_subject(question: str) -> None:
    assert shipped().probability(question) < 0.4


def test_what_a_subject_is_does_not_matter() -> None:
    of = [shipped().probability(f"And did the {noun} help?") for noun in ("nurse", "zeppelin")]
    assert of[0] == of[1]


def answers(
    windows: tuple[str, ...], question: str = "Did it?", conversations: object = "C1"
) -> pd.DataFrame:
    """Segments by turn and window, such as `1/0`."""
    return pd.DataFrame(
        {
            "segment_id": [f"C1/{window}" for window in windows],
            "conversation_id": conversations,
            "turn_start": [int(window.split("/")[0]) for window in windows],
            "question": question,
        }
    )


def test_a_conversation_begins_with_nothing_before_it() -> None:
    told = answers(("1/0", "3/0", "5/0"), conversations=["C1", "C1", "C2"])
    course = course_of(told.assign(question=["Tell me.", "Did it?", "And then?"]))
    assert course.goes_on[0] == course.goes_on[2] == 0
    assert course.goes_on[1] == shipped().probability("Did it?")


def test_windows_of_one_answer_go_on_by_half_whatever_was_asked() -> None:
    course = course_of(answers(("1/0", "1/1", "1/2"), "Tell me about the ferry."))
    assert course.goes_on.tolist() == [0, 0.5, 0.5]


def test_an_answer_that_a_companion_broke_in_on_goes_on_by_half() -> None:
    course = course_of(answers(("1/0", "3/0"), "Tell me about the ferry."))
    assert course.goes_on.tolist() == [0, 0.5]


def test_a_later_window_of_another_answer_goes_by_its_own_question() -> None:
    told = answers(("1/0", "3/1")).assign(question=["Tell me about the ferry.", "Did it?"])
    assert course_of(told).goes_on[1] == shipped().probability("Did it?")


def test_rows_in_any_order_and_with_any_index_give_the_same_course() -> None:
    told = answers(tuple(f"{turn}/{window}" for turn in (9, 13) for window in range(11)))
    by_text = told.sort_values("segment_id")
    course = course_of(by_text)
    assert by_text["segment_id"].to_numpy()[course.order].tolist() == told["segment_id"].tolist()
    assert course.goes_on.tolist() == course_of(told).goes_on.tolist()


def test_answers_lend_as_much_as_they_probably_go_on() -> None:
    rows = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    course = Course(np.array([1, 0, 2]), np.array([0.0, 0.5, 0.0]))
    assert course.lent(rows).tolist() == [[0.5, 1.0], [1.0, 0.5], [0.0, 0.0]]
    assert course.lent(rows, 0.5).tolist() == [[0.25, 1.0], [1.0, 0.25], [0.0, 0.0]]


def test_answers_that_go_on_lie_nearer_to_one_another_than_those_that_do_not() -> None:
    rng = np.random.default_rng(0)
    vectors = unit(rng.standard_normal((30, 16))).astype(np.float32)
    texts = [f"word{at % 7} word{at % 5}" for at in range(30)]
    goes_on = np.tile([0.0, 0.9], 15)
    X = features(texts, vectors, Course(np.arange(30), goes_on))
    near = (X[1:] * X[:-1]).sum(axis=1)
    assert near[::2].min() > near[1::2].mean()
    assert np.allclose(np.linalg.norm(X, axis=1), 1)


def test_no_answers_have_an_empty_course() -> None:
    course = course_of(answers(("1/0",)).iloc[:0])
    assert course.lent(np.empty((0, 3))).shape == (0, 3)


def coded(n_conversations: int) -> pd.DataFrame:
    """Turns in pairs: another subject is named, then "has it?"."""
    turns = [
        {
            "conversation_id": f"C{conversation}",
            "turn_start": turn,
            "question": "Has it?" if turn % 2 else f"And the {theme}, how was that for you?",
            "theme": theme,
        }
        for conversation in range(n_conversations)
        for turn in range(6)
        for theme in [("bus", "ward", "money")[turn // 2]]
    ]
    return pd.DataFrame(turns)


def test_what_a_follow_up_is_is_learnt_from_which_answers_are_coded_alike() -> None:
    learnt = learn(coded(10))
    assert learnt.probability("Has it?") > 0.8
    assert learnt.probability("And the garden, how was that for you?") < 0.2
    assert set(learnt.small_words) <= STOPWORDS


def test_no_conversation_is_told_by_weights_that_were_learnt_from_it() -> None:
    """Only the conversations of the first fold stay with a subject: they are told that none do."""
    turns = coded(10)
    of_first = turns["conversation_id"].map(fold_of).eq(0)
    changing = turns["theme"].where(of_first, turns["theme"] + turns["turn_start"].astype(str))
    turns = turns.assign(theme=changing)
    turns.loc[~of_first & turns["turn_start"].eq(5), "theme"] = "money4"  # but for once
    ids = turns["conversation_id"] + "/" + turns["turn_start"].astype(str) + "/0"
    course = course_by_fold(turns.assign(segment_id=ids), turns)
    assert sorted(course.order.tolist()) == list(range(len(turns)))
    told = np.zeros(len(turns))
    told[course.order] = course.goes_on
    second = turns["turn_start"].eq(1).to_numpy()
    assert told[second & of_first].max() < told[second & ~of_first].min()


def test_the_invented_interviews_stand_in_the_order_told() -> None:
    talks = coded_talks()
    assert (talks["text"].str.len() > 0).all()
    order = talks.groupby("conversation_id")["turn_start"]
    assert (order.diff().dropna() > 0).all()
