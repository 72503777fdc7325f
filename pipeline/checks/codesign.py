"""What must be true of what events work with: each is counted or looked up anew, another way."""

import re
from collections.abc import Set

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.domain.codesign.feelings import GROUPS
from pipeline.domain.codesign.touchpoints import FEWEST_FOR_A_WORD, WHOLE
from pipeline.domain.themes.disclosure import ROUNDED_TO
from pipeline.tables import records

FEW_PEOPLE_HIDDEN = Check(
    "touchpoints",
    "few_people_are_hidden",
    "Each count that is told is, counted anew, of enough people, and it is rounded.",
)
WORDS_WERE_SAID = Check(
    "emotional_map",
    "words_were_said_there",
    "Each word for a feeling stands in what was said at that touchpoint and in what at least three "
    "people of the programme said; as many said words of its group there.",
)
CLIPS_AGREED = Check(
    "trigger_clips",
    "everybody_agreed_to_the_film",
    "Each clip is of somebody whose consent today covers a story and the film.",
)
CLIPS_WITHIN_TURNS = Check(
    "trigger_clips",
    "clips_begin_in_their_turn",
    "Each clip begins within a turn of its conversation that a participant speaks, or an "
    "interpreter for them.",
)
SHEETS_OF_SEVERAL = Check(
    "table_sheets",
    "nobody_speaks_twice_on_a_sheet",
    "On each sheet everything is said by somebody else, and there is one question.",
)

_SPEAK = ("participant", "interpreter")
_SLACK_S = 0.11
"""Times of clips are rounded outwards to a tenth of a second."""


def tell_of_few(
    touchpoints: pd.DataFrame, segments: pd.DataFrame, fitting: pd.DataFrame, fewest: int
) -> list[str]:
    """Touchpoints and counts that are told of too few people, or not rounded.

    Parameters
    ----------
    fitting : DataFrame
        Which segment fits which touchpoint: from `fitting_touchpoints`.
    """
    there = _there(segments, fitting)
    wrong: list[str] = []
    for column in ("n_people", "n_good", "n_improve", "n_hope"):
        voice = column.removeprefix("n_")
        own = there if voice == "people" else there[there["voice"].eq(voice)]
        people = own.groupby("code")["participant_id"].nunique()
        told = touchpoints.set_index("touchpoint")[column].dropna()
        true = people.reindex(told.index, fill_value=0)
        far = (true - told).abs().gt(ROUNDED_TO // 2) | told.mod(ROUNDED_TO).ne(0)
        wrong += [f"{code}: {column}" for code in told.index[true.lt(fewest) | far]]
    return sorted(wrong)


def unsaid_words(
    emotional_map: pd.DataFrame, segments: pd.DataFrame, fitting: pd.DataFrame
) -> list[str]:
    """Touchpoints and groups with a word that too few people said, or too few words like it."""
    said = segments.assign(text=segments["text"].str.replace("’", "'").str.lower())
    there = _there(said, fitting)
    group_of = {group.code: {*group.words, *group.felt} for group in GROUPS}
    wrong: list[str] = []
    for row in records(emotional_map[emotional_map["words"].map(len).gt(0)]):
        code, group, words = row["touchpoint"], row["group_of_feelings"], set(row["words"])
        own = said if code == WHOLE else there[there["code"].eq(code)]
        if (
            not words <= group_of[group]
            or _people_who_say(group_of[group], own) < FEWEST_FOR_A_WORD
            or any(_people_who_say({word}, said) < FEWEST_FOR_A_WORD for word in words)
            or not all(_people_who_say({word}, own) for word in words)
        ):
            wrong.append(f"{code}: {group}")
    return sorted(wrong)


def _people_who_say(words: Set[str], texts: pd.DataFrame) -> int:
    either = "|".join(map(re.escape, sorted(words)))
    says = texts["text"].str.contains(rf"\b(?:{either})\b", regex=True)
    return texts.loc[says, "participant_id"].nunique()


def without_agreement(trigger_clips: pd.DataFrame, agreed: set[str]) -> list[str]:
    """Clips of people who did not agree to them."""
    return sorted(trigger_clips.loc[~trigger_clips["conversation_id"].isin(agreed), "clip_id"])


def outside_their_turns(trigger_clips: pd.DataFrame, redacted_turns: pd.DataFrame) -> list[str]:
    """Clips that begin before their turn does, after it ends, or in somebody else's."""
    spoken = redacted_turns[redacted_turns["role"].isin(_SPEAK)]
    spoken = spoken[["conversation_id", "turn", "start_s", "end_s"]]
    clips = trigger_clips.merge(
        spoken, how="left", on=["conversation_id", "turn"], suffixes=("", "_of_turn")
    )
    begins, ends = clips["start_s_of_turn"], clips["end_s_of_turn"]
    inside = clips["start_s"].ge(begins - _SLACK_S) & (clips["start_s"].le(ends) | ends.isna())
    return sorted(clips.loc[~inside, "clip_id"])


def sheets_of_one_person(table_sheets: pd.DataFrame) -> list[str]:
    """Sheets, as pack and number, on which somebody speaks twice or that ask not one question."""
    wrong = {
        f"{pack}: {sheet}"
        for (pack, sheet), own in table_sheets.groupby(["pack", "sheet"])
        if own["participant_id"].dropna().duplicated().any() or own["question"].notna().sum() != 1
    }
    return sorted(wrong)


def _there(segments: pd.DataFrame, fitting: pd.DataFrame) -> pd.DataFrame:
    """Segments with each touchpoint that they fit."""
    return segments.merge(fitting[["segment_id", "code"]], on="segment_id")
