"""Sign-offs at work: the file read, what is cleared worked out, what waits put where it is found.

Rules: `pipeline.domain.governance.approvals`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import pandas as pd

from pipeline.deciding import understood
from pipeline.domain.governance.approvals import (
    INEQUALITIES,
    WHAT,
    SignOff,
    approvals_table,
    asked_for,
    clearances,
    named,
    read_approvals,
    to_sign,
    waiting,
)
from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.release.policy import PROGRAMME_TEAM, SET_KINDS
from pipeline.domain.release.selection import places
from pipeline.receiving import today
from pipeline.resources.landing import APPROVALS, Landing
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from pipeline.tables import AUDIENCES, records

TO_SIGN = "deidentified/stories_to_sign.csv"
MOST_ROWS = 20


class Signing(NamedTuple):
    """The file of sign-offs as it is now."""

    sign_offs: list[SignOff]
    fault: str
    """Why nothing of it could be read; empty: it was, or there is none."""


class Signed(NamedTuple):
    """Tables `approvals` and `clearances`."""

    approvals: pd.DataFrame
    clearances: pd.DataFrame


def read_the_sign_offs(landing: Landing) -> Signing:
    """The rows of the file. One that cannot be read signs nothing: a refusal may stand in it."""
    sign_offs, fault = understood(landing, APPROVALS, WHAT, partial(read_approvals, today=today()))
    return Signing(sign_offs or [], fault)


def sign(
    storage: Storage,
    sign_offs: list[SignOff],
    types_in: Callable[[str], Iterable[str]],
    settings: Settings,
    key: bytes,
) -> Signed:
    """What people signed, and what is cleared by it today, of the stories as they are now."""
    stories, consent = storage.read_table("stories"), storage.read_table("consent")
    approvals = approvals_table(sign_offs, named(stories, partial(_every_name, key)), types_in)
    found = clearances(
        approvals,
        stories,
        consent,
        storage.read_table("inequalities"),
        today(),
    )
    sets = storage.read_table("story_sets")
    shown = partial(places, settings=settings)
    return Signed(approvals, asked_for(found, stories, sets, consent, SET_KINDS, shown, today()))


def put_what_waits(storage: Storage, clearances: pd.DataFrame, key: bytes) -> None:
    """Write the spreadsheet that people fill in; without a row when nothing waits."""
    content = to_sign(clearances, _titles(storage), _name_for_the_team(key))
    if not storage.exists(TO_SIGN) or storage.read_bytes(TO_SIGN) != content:
        storage.write_bytes(TO_SIGN, content)


def told_of_sign_offs(storage: Storage) -> Iterator[str]:
    """What waits, where to sign it, and rows that approve nothing; never their words."""
    found = storage.read_table("clearances")
    waits = waiting(found)
    n_stories = waits.loc[waits["subject"].ne(INEQUALITIES), "subject"].nunique()
    if n_stories:
        yield f"{n_stories} stories wait for sign-off, see {storage.path(TO_SIGN)}"
    if waits["subject"].eq(INEQUALITIES).any():
        yield f"the challenge of inequalities waits for sign-off, see {storage.path(TO_SIGN)}"
    n_cleared = found.loc[found["status"].eq("cleared"), "subject"].nunique()
    if n_cleared:
        yield f"{n_cleared} stories and challenges are cleared for at least one audience"
    approvals = storage.read_table("approvals")
    wrong = records(approvals[approvals["problem"].notna()])
    for row in wrong[:MOST_ROWS]:
        yield f"Sign-offs, row {row['row']}, {row['problem']}"
    if wrong[MOST_ROWS:]:
        yield f"and {len(wrong) - MOST_ROWS} more rows"
    meant = approvals["subject"].notna() & approvals["subject"].ne(INEQUALITIES)
    n_unknown = int((meant & approvals["story_id"].isna()).sum())
    if n_unknown:
        yield f"{n_unknown} sign-offs are of stories that are not told any more"


def _name_for_the_team(key: bytes) -> Callable[[str], str]:
    """What a story is called in releases to the programme team, who read it there."""
    return partial(pseudonym, key, PROGRAMME_TEAM, "story")


def _every_name(key: bytes, story: str) -> list[str]:
    """What a story is called in releases: whoever met it in theirs may refuse it by that name."""
    return [pseudonym(key, audience, "story", story) for audience in AUDIENCES]


def _titles(storage: Storage) -> Mapping[str, str]:
    """What each story is about: its theme's label, else the title of a set that holds it."""
    themes, stories = storage.read_table("themes"), storage.read_table("stories")
    sets = storage.read_table("story_sets").sort_values(["story_set_id", "position"])
    labels = dict(zip(themes["theme_id"], themes["label"], strict=True))
    first = sets.drop_duplicates("story_id")
    titles: dict[str, str] = dict(zip(first["story_id"], first["title"], strict=True))
    for story, theme in zip(stories["story_id"], stories["theme_id"], strict=True):
        titles[story] = labels.get(theme) or titles.get(story, "")
    return titles | {INEQUALITIES: "Which groups raise which theme more or less than others"}
