"""What must be true of counts before anybody reads them: each is counted anew, another way."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.checks.proof import is_proven, pieces, turn_texts
from pipeline.domain.themes.disclosure import ROUNDED_TO, rounded
from pipeline.domain.themes.groups import WAVE, Dimension, people_by_group, wave_of
from pipeline.domain.themes.majority import OPPOSITE
from pipeline.domain.themes.negative_cases import FOUND
from pipeline.settings import Settings
from pipeline.tables import records

SMALL_NUMBERS_HIDDEN = Check(
    "theme_groups",
    "small_numbers_are_hidden",
    "Each count that is told is, counted anew, of enough people and leaves enough uncounted; it "
    "is rounded; and no single hidden count can be worked out by subtraction.",
)
EVERY_THEME_COUNTED = Check(
    "theme_robustness",
    "every_live_theme_is_counted",
    "Each live theme has one row of robustness and of salience with the people counted anew from "
    "the assignments, a place on the map, and its negative cases or the sentence that there are "
    "none.",
)
CURVE_ENDS_AT_ALL = Check(
    "saturation",
    "the_curve_ends_at_all_themes",
    "There is a point for each number of conversations; it never falls, and ends at all themes.",
)
CASES_VERBATIM = Check(
    "negative_cases",
    "cases_are_verbatim_and_say_otherwise",
    "The words at each case's offsets have its hash, and its voice is the opposite of the "
    "majority's.",
)

Row = tuple[str, str, str]


def people_of_groups(
    segments: pd.DataFrame,
    participants: pd.DataFrame,
    dimensions: Sequence[Dimension],
    settings: Settings,
) -> pd.DataFrame:
    """Who is in which group of which dimension, with their segments: one row for each."""
    days = dict(zip(participants["conversation_id"], participants["interviewed_on"], strict=True))
    told = segments[["segment_id", "participant_id", "conversation_id"]]
    waves = [wave_of(days.get(c), settings.wave_months) for c in told["conversation_id"]]
    found = [told.assign(dimension=WAVE, group=waves)]
    for dimension in dimensions:
        groups = people_by_group(dimension, participants, set(told["participant_id"]))
        group_of = {person: group for group, people in groups.items() for person in people}
        group = told["participant_id"].map(group_of)
        found.append(told.assign(dimension=dimension.name, group=group))
    return pd.concat(found, ignore_index=True)


def tell_too_much(
    theme_groups: pd.DataFrame, assignments: pd.DataFrame, people: pd.DataFrame, fewest: int
) -> list[str]:
    """Rows of `theme_groups`, as theme, dimension and group, that tell of few people.

    Parameters
    ----------
    people : DataFrame
        From `people_of_groups`.
    """
    by = ["dimension", "group"]
    raised = people.merge(assignments, on="segment_id")
    counts = raised.groupby(["theme_id", *by])["participant_id"].nunique().rename("raise_it")
    sizes = people.groupby(by)["participant_id"].nunique().rename("in_group")
    rows = (
        theme_groups.merge(counts.reset_index(), how="left", on=["theme_id", *by])
        .merge(sizes.reset_index(), how="left", on=by)
        .fillna({"raise_it": 0, "in_group": 0})
        .set_index(["theme_id", *by])
        .sort_index()
    )
    true, size = rows["raise_it"].astype(int), rows["in_group"].astype(int)
    shown = rows["n_people"].notna()
    wrong = shown & (
        true.lt(fewest)
        | (size - true).lt(fewest)
        | rows["n_people"].ne(true.map(rounded))
        | rows["n_in_group"].ne(size.map(rounded))
    )
    subtractable = _worked_out(rows["n_people"], true, size, fewest)
    return sorted({"/".join(map(str, key)) for key in [*rows.index[wrong], *subtractable]})


def _worked_out(told: pd.Series, true: pd.Series, size: pd.Series, fewest: int) -> list[Row]:
    """Hidden counts that stand alone in their row of groups and can be narrowed down."""
    found: list[Row] = []
    for _, group in told.groupby(level=["theme_id", "dimension"]):
        hidden = group.index[group.isna()]
        if len(hidden) != 1 or len(group) == 1:
            continue
        n, members = int(true[hidden[0]]), int(size[hidden[0]])
        slack = ROUNDED_TO // 2 * (len(group) - 1)
        left = int(true[group.index].sum() - group.sum())
        low, high = (0, min(fewest - 1, members)) if n < fewest else (members - fewest + 1, members)
        values = min(high, left + slack) - max(low, left - slack) + 1
        if values < min(ROUNDED_TO, high - low + 1):
            found.append(hidden[0])
    return found


def uncounted(
    themes: pd.DataFrame,
    assignments: pd.DataFrame,
    segments: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
) -> list[str]:
    """Ids of live themes whose people are not those in the tables, or that a table leaves out."""
    live = themes.loc[themes["status"].eq("live"), "theme_id"]
    members = assignments.merge(segments, on="segment_id")
    people = members.groupby("theme_id")["participant_id"].nunique()
    counted = people.reindex(live, fill_value=0)
    wrong: set[str] = set(live) - set(tables["negative_cases"]["theme_id"])
    wrong |= set(live) ^ set(tables["theme_map"]["theme_id"])
    for name in ("theme_robustness", "theme_salience"):
        table = tables[name].set_index("theme_id")["n_people"].reindex(live, fill_value=0)
        wrong |= set(live[(table != counted).to_numpy()])
    return sorted(wrong)


def broken_points(saturation: pd.DataFrame, segments: pd.DataFrame) -> list[str]:
    """Numbers of conversations at which the curve falls, is missing or does not end at one."""
    n = int(segments["conversation_id"].nunique())
    points = saturation.sort_values("n_conversations")
    broken = set(range(1, n + 1)) ^ set(points["n_conversations"].tolist())
    for column in ("share_seen", "share_low", "share_high"):
        broken |= set(points.loc[points[column].diff().lt(0), "n_conversations"].tolist())
        if n and points[column].max() not in (0.0, 1.0):
            broken.add(n)
    return [str(number) for number in sorted(broken)]


def unproven_cases(
    cases: pd.DataFrame, segments: pd.DataFrame, redacted_turns: pd.DataFrame
) -> list[str]:
    """Negative cases, as theme and position, that are not verbatim or do not say otherwise."""
    texts = turn_texts(redacted_turns, "participant")
    found = cases[cases["outcome"].eq(FOUND)].drop(columns="voice")
    found = found.merge(segments[["segment_id", "text", "voice"]], how="left", on="segment_id")
    return sorted(
        f"{case['theme_id']}/{case['position']}"
        for case in records(found)
        if case["voice"] != OPPOSITE.get(case["majority_voice"])
        or not is_proven(
            case["text"], case["sha256"], pieces(texts, case["conversation_id"], case["spans"])
        )
    )
