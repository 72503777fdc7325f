"""How interviewers listen: counted for each conversation, told of nobody with few of them."""

import pandas as pd
import pytest

from pipeline.checks.representation import known_by_few
from pipeline.domain.governance.interviewing import (
    FEWEST_CONVERSATIONS,
    MEDIAN,
    OTHERS,
    Turn,
    listened,
    listening,
)
from pipeline.domain.validation.words import count_words
from pipeline.tables import TABLES, empty, parquet_bytes, to_arrow

STORY = (
    "When I was ill last year I went to the clinic and they said it was nothing. I waited and "
    "waited, and then one day I fell in the kitchen and lay there until my sister came. She rang "
    "them and told them what had happened. After that they took me in and I felt so relieved that "
    "I cried. It made all the difference to me, because I had thought nobody believed me."
)


def said(*turns: tuple[str, str], seconds: float | None = None) -> list[Turn]:
    """Turns of so many seconds each, one after the other; None: no times are known."""
    return [
        Turn(
            role,
            text,
            count_words(text),
            None if seconds is None else at * seconds,
            None if seconds is None else (at + 1) * seconds,
        )
        for at, (role, text) in enumerate(turns)
    ]


def asked(text: str) -> tuple[str, str]:
    return "interviewer", text


def told(text: str) -> tuple[str, str]:
    return "participant", text


def called(interviewer_id: str) -> str:
    return {"Ann": "code-2", "Bea": "code-1"}.get(interviewer_id, "code-9")


def conversations(**of: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turns and register of so many conversations of each interviewer; `nobody`: none is known."""
    turns: list[dict] = []
    register: list[dict] = []
    for interviewer, n in of.items():
        for number in range(n):
            conversation = f"{interviewer}{number}"
            known = None if interviewer == "nobody" else interviewer
            register.append({"conversation_id": conversation, "interviewer_id": known})
            pairs = [asked("What was it like?"), told("It was good for me " * (number + 2))]
            turns += [
                {
                    "conversation_id": conversation, "turn": at, "role": role, "text": text,
                    "start_s": None, "end_s": None,
                }
                for at, (role, text) in enumerate(pairs)
            ]  # fmt: skip
    names = ["conversation_id", "turn", "role", "text", "start_s", "end_s"]
    return pd.DataFrame(turns, columns=names), pd.DataFrame(
        register, columns=["conversation_id", "interviewer_id"]
    )


def test_the_talk_share_is_of_words_of_the_two_alone() -> None:
    one = listened(
        said(
            asked("Go on."),
            ("interpreter", "She says go on."),
            told("I rested a bit more there now."),
        )
    )
    assert one.talk_share == pytest.approx(7 / 9)


def test_shares_of_questions_are_of_all_that_were_asked() -> None:
    one = listened(
        said(
            asked("What happened? Were you alone? Wasn't it dark?"),
            told("No."),
            asked("Was it cold or warm?"),
        )
    )
    assert one.n_questions == 4
    assert one.open_question_share == pytest.approx(1 / 4)
    assert one.leading_share == pytest.approx(2 / 4)


def test_the_first_story_is_reached_after_what_was_said_before() -> None:
    one = listened(
        said(asked("Are you well?"), told("Yes."), asked("What happened?"), told(STORY), seconds=30)
    )
    assert one.words_to_first_story == 6
    assert one.minutes_to_first_story == pytest.approx(1.5)
    assert one.longest_turn_words == count_words(STORY)


def test_a_conversation_without_a_story_has_no_time_to_it() -> None:
    one = listened(said(asked("Are you well?"), told("Yes."), seconds=30))
    assert one.words_to_first_story is one.minutes_to_first_story is None


def test_without_times_there_are_no_minutes_and_no_interruptions() -> None:
    one = listened(said(asked("What happened?"), told(STORY)))
    assert one.words_to_first_story == 2
    assert one.minutes_to_first_story is one.interruptions_per_hour is None


def test_who_begins_before_the_other_ends_interrupts() -> None:
    turns = said(told("I was going to"), asked("Yes."), told("say"), asked("Right."), seconds=900)
    cut_in = [turns[0]._replace(end_s=903.0), *turns[1:]]
    assert listened(turns).interruptions_per_hour == 0
    assert listened(cut_in).interruptions_per_hour == pytest.approx(1.0)


@pytest.mark.parametrize(
    "turns",
    [[], said(asked("Hello.")), said(told("Hello."))],
    ids=["none", "one side", "other side"],
)
def test_a_conversation_of_one_side_or_none_has_nothing_to_compare(turns: list[Turn]) -> None:
    one = listened(turns)
    assert one.open_question_share is one.leading_share is one.minutes_to_first_story is None


def test_interviewers_stand_in_the_order_of_their_codes_and_few_stand_together() -> None:
    table = listening(*conversations(Ann=3, Bea=4, Cat=2, Dan=1, nobody=1), called)
    assert table["interviewer"].tolist() == ["code-1", "code-2", OTHERS, MEDIAN]
    assert table["n_conversations"].tolist() == [4, 3, 4, 11]


def test_a_single_other_is_not_told_as_the_others() -> None:
    table = listening(*conversations(Ann=3, Cat=2), called)
    assert table["interviewer"].tolist() == ["code-2", MEDIAN]


def test_the_interval_of_few_conversations_holds_their_mean_and_is_wide() -> None:
    table = listening(*conversations(Ann=3, Bea=12), called).set_index("interviewer")
    few, many = table.loc["code-2"], table.loc["code-1"]
    for row in (few, many):
        assert row["talk_low"] <= row["talk_share"] <= row["talk_high"]
        assert row["leading_low"] == row["leading_share"] == 0 < row["leading_high"]
    assert few["leading_high"] > many["leading_high"]


@pytest.mark.parametrize(
    "of", [{}, {"Ann": 1}, {"nobody": 5}], ids=["nobody", "one conversation", "no codes"]
)
def test_the_table_keeps_its_columns_whoever_asked(of: dict[str, int]) -> None:
    table = listening(*conversations(**of), called)
    assert parquet_bytes(to_arrow(TABLES["interviewers"], table))
    assert set(table["kind"]) <= {"others", "median"}


def test_rows_in_any_order_give_the_same_table() -> None:
    turns, register = conversations(Ann=3, Bea=4)
    assert listening(turns[::-1], register[::-1], called).equals(listening(turns, register, called))


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda t: t, []),
        (lambda t: t[::-1], ["all"]),
        (lambda t: t[1:], ["all"]),
        (lambda t: t.assign(interviewer=["Bea", "code-2", MEDIAN]), ["Bea"]),
        (lambda t: t.assign(n_conversations=[2, 3, 7]), ["code-1"]),
    ],
    ids=["sound", "in order of merit", "one left out", "the register's code", "few"],
)
def test_the_check_names_who_is_told_of_wrongly(spoil, named: list[str]) -> None:
    turns, register = conversations(Ann=FEWEST_CONVERSATIONS, Bea=4)
    table = spoil(listening(turns, register, called))
    assert known_by_few(table, register, set(turns["conversation_id"])) == named


def test_nobody_heard_is_nobody_told_of() -> None:
    table = empty(TABLES["interviewers"])
    _, register = conversations(Ann=1)
    assert known_by_few(table, register, set()) == []
