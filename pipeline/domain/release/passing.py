"""Tables that leave as they are: controlled where they were made, less what is not released."""

from collections.abc import Mapping, Set
from typing import NamedTuple

import pandas as pd

from pipeline.domain.codesign.passing import MayLeave, of_release
from pipeline.domain.governance.approvals import INEQUALITIES
from pipeline.domain.release.figures import TO_THE_NEAREST
from pipeline.domain.release.policy import COLUMNS, PASSED_ON, PROGRAMME_TEAM

_ONE = {
    "theme_id": "themes", "quote_id": "quotes", "story_id": "stories", "segment_id": "segments",
    "story_set_id": "story_sets",
}  # fmt: skip
_SEVERAL = {"theme_ids": "theme_id", "story_set_ids": "story_set_id", "quote_ids": "quote_id"}
_OF_SETS_WITHOUT_STORIES = "story_set_outcomes"


class Admitted(NamedTuple):
    """Whom and what a row may speak of.

    Attributes
    ----------
    hear, film : set of str
        Conversations that this audience may hear; and those of which it may hear a story, and hear
        or see it told in the recording.
    kinds : set of str
        Kinds of story sets that it may have.
    is_cleared : bool
        Whether what differs between groups of people may be told.
    """

    hear: Set[str]
    film: Set[str]
    kinds: Set[str]
    is_cleared: bool


def passed_on(
    audience: str,
    tables: Mapping[str, pd.DataFrame],
    released: Mapping[str, pd.DataFrame],
    admitted: Admitted,
) -> dict[str, pd.DataFrame]:
    """Rows of the tables passed on that speak only of what this audience gets.

    Parameters
    ----------
    tables : mapping of table name to DataFrame
        As made in the night; every table of `PASSED_ON` among them.
    released : mapping of table name to DataFrame
        What else leaves, still under its inner identifiers.
    """
    may = MayLeave(
        set(released["quotes"]["quote_id"]),
        set(released["stories"]["story_id"]),
        admitted.film,
        admitted.kinds,
    )
    chosen = dict(tables) | of_release(tables, may)
    if not admitted.is_cleared:
        chosen[INEQUALITIES] = tables[INEQUALITIES][:0]
    return {
        name: _admitted(audience, name, chosen, released, admitted)
        for name in COLUMNS[audience]
        if name in PASSED_ON
    }


def _admitted(
    audience: str,
    name: str,
    tables: Mapping[str, pd.DataFrame],
    released: Mapping[str, pd.DataFrame],
    admitted: Admitted,
) -> pd.DataFrame:
    frame = tables[name]
    keep = pd.Series(data=True, index=frame.index)
    for column in set(_ONE) & set(frame.columns):
        if (name, column) != (_OF_SETS_WITHOUT_STORIES, "story_set_id"):
            keep &= _refers(frame[column], column, tables, released)
    if "conversation_id" in frame.columns:
        keep &= frame["conversation_id"].isin(admitted.hear) | frame["conversation_id"].isna()
    if name == "saturation" and audience != PROGRAMME_TEAM:
        # Where the curve ends is how many were heard: told to the nearest five below, as elsewhere.
        keep &= frame["n_conversations"].mod(TO_THE_NEAREST).eq(0)
    if "subject" in frame.columns:
        keep &= frame["subject"].isin({INEQUALITIES, *released["stories"]["story_id"]})
    return _with_known_lists(frame[keep], released)


def _refers(
    values: "pd.Series[str]",
    column: str,
    tables: Mapping[str, pd.DataFrame],
    released: Mapping[str, pd.DataFrame],
) -> "pd.Series[bool]":
    """Which values stand for something released, or for nothing; `all` is no theme, and stands."""
    of = _ONE[column]
    fine = values.isna() | values.isin(set(released[of][column]))
    return fine | ~values.isin(set(tables[of][column])) if column == "theme_id" else fine


def _with_known_lists(frame: pd.DataFrame, released: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows, their lists of themes, sets and quotes less those that do not leave."""
    changed = frame.copy()
    for column in set(_SEVERAL) & set(frame.columns):
        one = _SEVERAL[column]
        known = set(released[_ONE[one]][one])
        lists = [[own for own in several if own in known] for several in frame[column]]
        changed[column] = pd.Series(lists, index=frame.index, dtype=object)
    return changed
