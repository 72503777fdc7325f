"""What people write for the demo once its themes and stories are there; all of it is fictional.

    python -m tests.golden.signing out/demo [STORY_ID ...]

writes `demo/raw/story_approvals.csv`, two roles, one with lived experience, for the stories named,
else for those that sign-off is asked for in that data root, of which every tenth is left to wait
and one is refused. In `demo/raw/actions.csv` it names the themes that some actions answer.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from pipeline.domain.governance.approvals import COLUMNS
from pipeline.domain.governance.spreadsheets import as_csv
from pipeline.resources.storage import Storage
from pipeline.tables import AUDIENCES
from tests.conftest import DEMO

FILE = DEMO / "raw" / "story_approvals.csv"
ROLES = (("lived experience partner", "yes"), ("engagement lead", "no"))
SIGNED_ON = "2023-06-01"
ACTIONS = DEMO / "raw" / "actions.csv"
ANSWERED = {"evening-bus": "bus", "interpreter-line": "interpreter", "warm-homes-referral": "rent"}
"""Of some actions, a keyword of the theme that they answer."""


def write_sign_offs(data: Path, subjects: Sequence[str] = (), file: Path = FILE) -> int:
    """Sign for stories of a data root, by their ids there; how many were signed or refused."""
    clearances = Storage(root=str(data)).read_table("clearances")
    widest = _widest(clearances)
    named = sorted(set(subjects) & set(widest["subject"]))
    asked = sorted(widest.loc[widest["is_asked_for"], "subject"])
    signed = named or [subject for at, subject in enumerate(asked) if at % 10 != 9]
    refused = [] if named else signed[8:9]
    told = widest.set_index("subject").loc[signed]
    file.write_bytes(as_csv(COLUMNS, list(_rows(told, set(refused)))))
    return len(signed)


def name_answered_themes(data: Path, file: Path = ACTIONS) -> int:
    """Write the id of the largest theme with the keyword beside each action; how many there are."""
    themes = Storage(root=str(data)).read_table("themes").sort_values("n_people", ascending=False)
    actions = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    of = {
        action: next((t.theme_id for t in themes.itertuples() if word in t.keywords), "")
        for action, word in ANSWERED.items()
    }
    actions["theme_ids"] = actions["action_id"].map(of).fillna("")
    file.write_bytes(as_csv(list(actions), actions.to_numpy().tolist()))
    return sum(map(bool, of.values()))


def _widest(clearances: pd.DataFrame) -> pd.DataFrame:
    """Of each subject, its row for the widest audience: asked-for ones before others."""
    rank = clearances["audience"].map({audience: at for at, audience in enumerate(AUDIENCES)})
    ordered = clearances.assign(rank=rank).sort_values(["is_asked_for", "rank"])
    return ordered.drop_duplicates("subject", keep="last")


def _rows(told: pd.DataFrame, refused: set[str]) -> Iterator[list[str]]:
    for subject, row in told.iterrows():
        if subject in refused:
            yield _row(subject, row, ROLES[0], "refuse", "neighbours would know who this is")
        else:
            yield from (_row(subject, row, role, "approve", "") for role in ROLES)


def _row(
    subject: object, row: pd.Series, role: tuple[str, str], decision: str, note: str
) -> list[str]:
    cells = {
        "subject": str(subject),
        "text_check": row["text_check"],
        "audience": row["audience"],
        "role": role[0],
        "lived_experience": role[1],
        "checklist": "yes",
        "decision": decision,
        "decided_on": SIGNED_ON,
        "note": note,
    }
    return [cells.get(name, "") for name in COLUMNS]


if __name__ == "__main__":
    n_signed = write_sign_offs(Path(sys.argv[1]), sys.argv[2:])
    n_themes = name_answered_themes(Path(sys.argv[1]))
    sys.stdout.write(f"{n_signed} signed or refused: {FILE}\n{n_themes} themes: {ACTIONS}\n")
