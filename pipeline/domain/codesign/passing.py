"""What of the tables of co-design may leave, once a release knows its quotes and stories."""

from collections.abc import Mapping, Set
from typing import NamedTuple

import pandas as pd

from pipeline.domain.codesign.clips import MOST_SECONDS, film
from pipeline.domain.codesign.sheets import PROGRAMME_PACK, dealt
from pipeline.tables import records


class MayLeave(NamedTuple):
    """Whatever a release has already decided.

    Attributes
    ----------
    quotes, stories : set of str
        Ids of those that leave.
    film : set of str
        Conversations whose consent today covers a story and the film for this audience.
    kinds : set of str
        Kinds of story sets that the audience may have.
    """

    quotes: Set[str]
    stories: Set[str]
    film: Set[str]
    kinds: Set[str]


def of_release(tables: Mapping[str, pd.DataFrame], may: MayLeave) -> dict[str, pd.DataFrame]:
    """Tables `touchpoints`, `emotional_map`, `trigger_clips` and `table_sheets` of one release.

    Counts leave as they are. A quote or story is only pointed at if it leaves too; clips and sheets
    are chosen anew among those.
    """
    feelings, clips, sheets = (
        tables[name] for name in ("emotional_map", "trigger_clips", "table_sheets")
    )
    pointed = [
        next((quote for quote in candidates if quote in may.quotes), None)
        for candidates in feelings["candidates"]
    ]
    return {
        "touchpoints": tables["touchpoints"],
        "emotional_map": feelings.assign(quote_id=pd.Series(pointed, feelings.index, dtype=object)),
        "trigger_clips": film(clips[clips["conversation_id"].isin(may.film) & _leaves(clips, may)]),
        "table_sheets": dealt(
            sheets[
                sheets["pack_kind"].isin({PROGRAMME_PACK, *may.kinds})
                & (_leaves(sheets, may) | sheets["kind"].eq("question"))
            ]
        ),
    }


def _leaves(frame: pd.DataFrame, may: MayLeave) -> pd.Series:
    return frame["quote_id"].isin(may.quotes) | frame["story_id"].isin(may.stories)


def unfit(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """What is wrong with these tables of a finished release, in words; nothing: an empty list.

    Parameters
    ----------
    tables : mapping of table name to DataFrame
        All tables of the release, of which it may lack these.
    """
    known = {
        "quote_id": set(tables["quotes"]["quote_id"]),
        "story_id": set(tables["stories"]["story_id"]),
    }
    problems: list[str] = []
    for name in {"emotional_map", "trigger_clips", "table_sheets"} & tables.keys():
        for column in known.keys() & set(tables[name].columns):
            n = len(set(tables[name][column].dropna()) - known[column])
            problems += [f"{name}.{column}: {n} refer to nothing in this release"] if n else []
    if "trigger_clips" in tables and tables["trigger_clips"]["seconds"].sum() > MOST_SECONDS:
        problems.append("trigger_clips: the film is longer than half an hour")
    if "table_sheets" in tables:
        problems += _heard_twice(tables["table_sheets"])
    return sorted(problems)


def _heard_twice(sheets: pd.DataFrame) -> list[str]:
    """Sheets on which somebody speaks twice."""
    told = sheets[sheets["kind"].ne("question")]
    twice = told.duplicated(["pack", "sheet", "participant_id"])
    n = len({(row["pack"], row["sheet"]) for row in records(told[twice])})
    return [f"table_sheets: somebody speaks twice on {n} sheets"] if n else []
