"""What must be true of sign-offs before a story goes further, and of what people were told."""

import pandas as pd

from pipeline.checks.gate import Check
from pipeline.domain.governance.approvals import INEQUALITIES
from pipeline.tables import AUDIENCES, records

APPROVALS_ARE_READ = Check(
    "approvals",
    "every_row_of_the_file_is_usable",
    "The file of sign-offs can be read, row for row; a row that cannot approves nothing.",
    blocking=False,
)
CLEARED_BY_TWO = Check(
    "clearances",
    "what_is_cleared_was_signed_by_two",
    "Each story that is cleared was approved, in the text it has now, by two roles and one with "
    "lived experience, for this audience or a wider one, and refused by nobody.",
)
ACTIONS_ARE_READ = Check(
    "actions",
    "every_row_of_the_file_is_usable",
    "The file of actions can be read, row for row, and names nobody; a row that cannot is no "
    "action.",
    blocking=False,
)
PEOPLE_ARE_TOLD = Check(
    "actions",
    "people_are_told_of_what_was_done",
    "People were told of each action within the days that the programme set, from the day on which "
    "it was done or found not to be possible.",
    blocking=False,
)
CONTRIBUTORS_ARE_TOLD = Check(
    "contributions",
    "contributors_are_told_in_time",
    "Everybody whose words were released was told of something that came of them, within the days "
    "that the programme set.",
    blocking=False,
)


def unsigned(clearances: pd.DataFrame, approvals: pd.DataFrame) -> list[str]:
    """Cleared subjects, each with its audience, for which the rows of the file do not suffice."""
    rank = {audience: at for at, audience in enumerate(AUDIENCES)}
    about = approvals["story_id"].where(approvals["subject"].ne(INEQUALITIES), INEQUALITIES)
    rows = approvals.assign(
        about=about, role=approvals["role"].str.casefold().str.replace(r"[\W_]", "", regex=True)
    )
    wrong: list[str] = []
    for one in records(clearances[clearances["status"].eq("cleared")]):
        own = rows[rows["about"].eq(one["subject"])]
        reach = own["audience"].map(rank).fillna(0)
        refused = own["decision"].eq("refuse") & reach.le(rank[one["audience"]])
        good = own[
            own["decision"].eq("approve")
            & own["problem"].isna()
            & own["text_check"].eq(one["text_check"])
            & reach.ge(rank[one["audience"]])
        ]
        is_signed = good["role"].nunique() >= 2 and good["lived_experience"].astype(bool).any()
        if refused.any() or not is_signed:
            wrong.append(f"{one['subject']}/{one['audience']}")
    return sorted(wrong)


def counted(n: int, what: str) -> list[str]:
    """A number as what breaks a check: how many, and never who."""
    return [f"{n} {what}"] if n else []
