"""Interpreters: what one says after the interviewer has begun is the participant's answer."""

import pandas as pd


def with_interpreted_answers(turns: pd.DataFrame) -> pd.DataFrame:
    """The turns, with an interpreter's answers under the role of the participant.

    People who speak through an interpreter are heard in nobody else's words. An interpreter's
    turns before the interviewer's first one are greetings, and stay the interpreter's.

    Parameters
    ----------
    turns : DataFrame
        Columns `conversation_id`, `turn` and `role`; rows in any order.
    """
    asked = turns["turn"].where(turns["role"].eq("interviewer"))
    first_asked = asked.groupby(turns["conversation_id"]).transform("min")
    relayed = turns["role"].eq("interpreter") & turns["turn"].gt(first_asked)
    return turns.assign(role=turns["role"].mask(relayed, "participant"))
