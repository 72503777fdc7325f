"""What must be true of who is heard, and how equally: counted anew, another way."""

from collections.abc import Sequence

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.domain.governance.interviewing import FEWEST_CONVERSATIONS
from pipeline.domain.themes.disclosure import ROUNDED_TO, rounded
from pipeline.domain.themes.groups import NOT_STATED, Dimension
from pipeline.tables import records

FEW_ARE_HIDDEN = Check(
    "representation",
    "small_groups_are_hidden",
    "Each count that is told is, counted anew from the register, of enough people, leaves enough, "
    "and is rounded; and no single hidden count can be worked out by subtraction.",
)
ALL_ARE_REACHED = Check(
    "representation",
    "no_group_is_heard_too_little",
    "No group is heard less than its share of the population, or not at all.",
    blocking=False,
)
ENOUGH_CONVERSATIONS = Check(
    "interviewers",
    "nobody_is_known_by_few_conversations",
    "Whoever has a row has enough conversations, counted anew; no row has the register's code, and "
    "rows stand in no order of merit.",
)
AS_THEMES_ARE_TOLD = Check(
    "inequalities",
    "told_as_theme_groups_are",
    "Each share that is told is the one that theme_groups tells, and none is told that it hides.",
)
EQUITY_OF_TOLD_GROUPS = Check(
    "pipeline_equity",
    "hidden_groups_stay_hidden",
    "Nothing is told of a group that table representation hides.",
)
SERVED_ALIKE = Check(
    "pipeline_equity",
    "no_group_is_served_worse",
    "No gap between a group and everybody else that chance would not make.",
    blocking=False,
)

_NO_ANSWER = ("prefer not to say", "not known", "not stated", "not asked")


def tell_too_much(
    representation: pd.DataFrame,
    participants: pd.DataFrame,
    people: set[str],
    dimensions: Sequence[Dimension],
    fewest: int,
) -> list[str]:
    """Rows of `representation`, as dimension and group, that tell of few people."""
    found: list[str] = []
    for dimension in dimensions:
        bands = _bands(dimension, participants, people)
        rows = representation[representation["dimension"].eq(dimension.name)]
        n_stated = int(bands.isin(_all_bands(dimension, bands)).sum())
        true = {
            row["group"]: int(bands.isin(_bands_of(dimension, row["group"])).sum())
            for row in records(rows[rows["group"].ne(NOT_STATED)])
        }
        told = dict(zip(rows["group"], rows["n_people"], strict=True))
        wrong = [
            group
            for group, n in true.items()
            if pd.notna(told[group])
            and (n < fewest or n_stated - n < fewest or told[group] != rounded(n))
        ]
        singles = {group: n for group, n in true.items() if group not in _joint(dimension)}
        found += [f"{dimension.name}/{g}" for g in (*wrong, *_worked_out(singles, told, fewest))]
    return sorted(set(found))


def _bands(dimension: Dimension, participants: pd.DataFrame, people: set[str]) -> pd.Series:
    """What each person first said."""
    rows = participants[participants["participant_id"].isin(people)]
    said = rows.dropna(subset=[dimension.column])
    said = said[~said[dimension.column].str.lower().isin(_NO_ANSWER)]
    first = said.sort_values(["interviewed_on", "conversation_id"], na_position="last")
    return first.drop_duplicates("participant_id").set_index("participant_id")[dimension.column]


def _all_bands(dimension: Dimension, bands: pd.Series) -> set[str]:
    own = {band for names in dimension.groups.values() for band in names}
    return own or set(bands)


def _bands_of(dimension: Dimension, group: str) -> list[str]:
    groups = next((c.groups for c in dimension.reference if c.title == group), (group,))
    return [band for name in groups for band in dimension.groups.get(name, (name,))]


def _joint(dimension: Dimension) -> set[str]:
    return {cell.title for cell in dimension.reference if len(cell.groups) > 1}


def _worked_out(true: dict[str, int], told: dict[str, float], fewest: int) -> list[str]:
    """A count hidden alone that what is told leaves fewer values than rounding leaves."""
    alone = [group for group in true if pd.isna(told[group])]
    if len(alone) != 1 or len(true) == 1 or true[alone[0]] >= fewest:
        return []
    left = sum(true.values()) - sum(int(told[group]) for group in true if group != alone[0])
    slack = ROUNDED_TO // 2 * (len(true) - 1)
    values = min(fewest - 1, left + slack) - max(0, left - slack) + 1
    return alone if values < ROUNDED_TO else []


def heard_too_little(representation: pd.DataFrame) -> list[str]:
    """Groups, with their dimension, of whom more should be listened to."""
    rows = records(representation[representation["verdict"].isin(["under", "missing"])])
    return [f"{row['dimension']}/{row['group']}" for row in rows]


def known_by_few(
    interviewers: pd.DataFrame, participants: pd.DataFrame, conversations: set[str]
) -> list[str]:
    """Pseudonyms of interviewers who should not have a row, or not there."""
    own = interviewers[interviewers["kind"].eq("interviewer")]
    heard = participants[participants["conversation_id"].isin(conversations)]
    n_named = heard["interviewer_id"].value_counts()
    enough = int(n_named.ge(FEWEST_CONVERSATIONS).sum())
    few = interviewers["n_conversations"].lt(FEWEST_CONVERSATIONS)
    codes = own["interviewer"].isin(participants["interviewer_id"].dropna())
    wrong = [*interviewers.loc[few, "interviewer"], *own.loc[codes, "interviewer"]]
    if len(own) != enough or not own["interviewer"].is_monotonic_increasing:
        wrong.append("all")
    return sorted(set(wrong))


def told_otherwise(inequalities: pd.DataFrame, theme_groups: pd.DataFrame) -> list[str]:
    """Cells, as theme, dimension and group, that `theme_groups` hides or tells otherwise."""
    keys = ["theme_id", "dimension", "group"]
    told = inequalities[inequalities["share_of_group"].notna()]
    beside = told.merge(theme_groups, how="left", on=keys, suffixes=("", "_there"))
    there = beside["share_of_group_there"]
    wrong = beside[there.isna() | (there - beside["share_of_group"]).abs().gt(1e-6)]
    return sorted("/".join(map(str, row)) for row in wrong[keys].itertuples(index=False))


def told_of_hidden(equity: pd.DataFrame, representation: pd.DataFrame) -> list[str]:
    """Rows, as measure, dimension and group, of groups that `representation` hides."""
    hides = representation[representation["n_people"].isna()]
    unseen = set(zip(hides["dimension"], hides["group"], strict=True))
    return sorted(
        f"{row['measure']}/{row['dimension']}/{row['group']}"
        for row in records(equity[equity["value"].notna()])
        if (row["dimension"], row["group"]) in unseen
    )


def served_worse(equity: pd.DataFrame) -> list[str]:
    """Gaps that chance would not make, as measure, dimension and group."""
    rows = records(equity[equity["sentence"].notna()])
    return [f"{row['measure']}/{row['dimension']}/{row['group']}" for row in rows]
