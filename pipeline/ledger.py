"""You said, we did, at work: actions read, what left in releases noted, the ledger kept and told.

Rules: `pipeline.domain.governance.actions` and `pipeline.domain.governance.contributions`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import pandas as pd

from pipeline.deciding import numbered_rows, understood
from pipeline.domain.governance.actions import (
    PROBLEMS,
    WHAT,
    actions_table,
    read_actions,
    unknown_answers,
    untold,
)
from pipeline.domain.governance.consent import consented, withdrawn
from pipeline.domain.governance.contributions import (
    Corpus,
    Record,
    ledger,
    noted,
    overdue,
    shown,
    told,
    used,
)
from pipeline.domain.governance.keys import KEY_PATH
from pipeline.domain.governance.spreadsheets import report
from pipeline.domain.governance.traces import conversations_called
from pipeline.domain.release.leaving import read_leaving
from pipeline.domain.release.publishing import files_of, latest_release
from pipeline.errors import UsageError
from pipeline.hearing import heard_today
from pipeline.receiving import today
from pipeline.resources.landing import ACTIONS, APPROVALS, Landing
from pipeline.resources.storage import Storage, sha256
from pipeline.settings import Settings
from pipeline.signing import read_the_sign_offs
from pipeline.tables import AUDIENCES, TABLES, records


class Acting(NamedTuple):
    """Table `actions` after a look at its file, and what is wrong in that."""

    actions: pd.DataFrame
    unusable: list[str]
    """Rows that are no action; or that it is the whole file."""
    lines: list[str]
    """All that is wrong, as lines for a person, without values."""


def read_the_actions(
    storage: Storage,
    landing: Landing,
    settings: Settings,
    types_in: Callable[[str], Iterable[str]] | None = None,
) -> Acting:
    """The actions of the file as it is now; one that cannot be read leaves the table as it is."""
    found, fault = understood(
        landing, ACTIONS, WHAT, lambda content: read_actions(content, today(), types_in)
    )
    if fault:
        return Acting(storage.read_table("actions"), ["the file"], [fault])
    if found is None:
        return Acting(actions_table([], settings.tell_within_days), [], [])
    return Acting(
        actions_table(found.actions, settings.tell_within_days),
        numbered_rows(problem.row for problem in found.problems),
        report(found.problems, PROBLEMS),
    )


def note_uses(
    storage: Storage,
    audience: str,
    files: Mapping[str, bytes],
    tables: Mapping[str, pd.DataFrame],
    consent: pd.DataFrame,
    key: bytes,
    release_id: str,
) -> None:
    """Remember, once a release is published, what left in it for the first time, and of whom."""
    released = read_leaving(files).tables
    may_hear = consented(consent, audience, None, today())
    counted = may_hear & set(tables["segments"]["conversation_id"])
    people = dict(zip(consent["conversation_id"], consent["participant_id"], strict=True))
    before = storage.read_table("uses")
    held = used(audience, released, tables, counted, key)
    after = noted(before, held, people, audience, release_id, today())
    if len(after) > len(before):
        storage.write_table("uses", after)


def keep(storage: Storage, settings: Settings, key: bytes) -> pd.DataFrame:
    """Table `contributions` as of today."""
    consent, people = storage.read_table("consent"), storage.read_table("participants")
    gone = withdrawn(consent, today())  # the register keeps a row of whoever was erased
    corpus = Corpus(
        people[~people["conversation_id"].isin(gone)],
        heard_today(storage, "segments")["segments"],
        *(storage.read_table(name) for name in Corpus._fields[2:]),
    )
    corpus = corpus._replace(story_sets=_shown(storage, corpus.story_sets, key))
    return ledger(corpus, key, today(), settings.tell_within_days)


def _shown(storage: Storage, story_sets: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """The rows of `story_sets` that the newest release to some audience shows."""
    parts = [story_sets[:0]]
    for audience in AUDIENCES:
        folder = latest_release(storage, audience)
        if folder:
            released = read_leaving(files_of(storage, folder)).tables
            parts.append(shown(audience, released, story_sets, key))
    return pd.concat(parts).drop_duplicates(["story_set_id", "story_id"])


def written(storage: Storage, landing: Landing, settings: Settings) -> list[object]:
    """A digest of what people wrote about stories and actions, and of which of its days are past.

    The same files say another thing when a sign-off ends or people should have been told.
    """
    actions = read_the_actions(storage, landing, settings).actions
    days = [
        *(one.decided_on for one in read_the_sign_offs(landing).sign_offs),
        *(one.expires_on for one in read_the_sign_offs(landing).sign_offs),
        *actions["due_on"],
        *storage.read_table("contributions")["due_on"],
    ]
    known = [day for day in days if not pd.isna(day)]
    contents = [landing.readable_decisions(name) for name in (APPROVALS, ACTIONS)]
    return [*map(sha256, contents), sum((day < today()) + (day <= today()) for day in known)]


def told_of_actions(storage: Storage, landing: Landing, settings: Settings) -> Iterator[str]:
    """What came of what was heard, who is to be told, and rows that are no action."""
    actions = storage.read_table("actions")
    if len(actions):
        states = actions["status"].value_counts()
        counts = [f"{n} {str(state).replace('_', ' ')}" for state, n in sorted(states.items())]
        yield f"{len(actions)} actions are recorded: {', '.join(counts)}"
    late = untold(actions, today())
    if late:
        yield f"  people should have been told of {len(late)} of them by now: due_on in actions"
    lost = unknown_answers(
        actions,
        storage.read_table("themes")["theme_id"],
        storage.read_table("story_sets")["story_set_id"],
    )
    if lost:
        yield f"  {len(lost)} answer no theme and no story set that is there now"
    n_people = overdue(storage.read_table("contributions"))
    if n_people:
        yield f"{n_people} people should have been told by now what came of what they said"
    reading = read_the_actions(storage, landing, settings)
    yield from (f"Actions, {line}" for line in reading.lines)
    n_held_back = len(set(reading.actions["action_id"]) - set(actions["action_id"]))
    if n_held_back:
        yield f"Actions, {n_held_back} rows are held back: redaction takes words in them for a name"


def record_of(storage: Storage, name: str) -> Iterator[str]:
    """What is held of the person of a conversation, where it is used, what came of it.

    Parameters
    ----------
    name : str
        The conversation's id; or what a release or a record calls it or its teller, of which a
        first line then says whose name it is.

    Raises
    ------
    UsageError
        If nobody has that name, or the ledger does not know the conversation.
    """
    meant = conversations_called(storage, _key(storage), name)
    if not meant:
        return _record_of(storage, name)
    return chain([f"{name} is {', '.join(meant)}"], _record_of(storage, meant[0]))


def _key(storage: Storage) -> bytes:
    return storage.read_bytes(KEY_PATH) if storage.exists(KEY_PATH) else b""


def _record_of(storage: Storage, conversation_id: str) -> Iterator[str]:
    own = next(
        (
            row
            for row in records(storage.read_table("contributions"))
            if conversation_id in row["conversation_ids"]
        ),
        None,
    )
    if own is None:
        raise UsageError(
            f"The ledger knows nothing of {conversation_id}; check the conversation id and --data, "
            "or run the pipeline first"
        )
    consent = storage.read_table("consent").set_index("conversation_id", drop=False)
    agreed = records(consent[consent.index == conversation_id])
    themes, sets = storage.read_table("themes"), storage.read_table("story_sets")
    uses = storage.read_table("uses")
    return told(
        Record(
            _held(storage, set(own["conversation_ids"])),
            agreed[0] if agreed else None,
            own,
            uses[uses["conversation_id"].isin(own["conversation_ids"])],
            dict(zip(themes["theme_id"], themes["label"], strict=True)),
            dict(zip(sets["story_set_id"], sets["title"], strict=True)),
            storage.read_table("actions"),
        )
    )


def _held(storage: Storage, conversations: set[str]) -> dict[str, int]:
    """Rows of each table that name the conversations."""
    found: dict[str, int] = {}
    for name, table in TABLES.items():
        if "conversation_id" in table.schema.names:
            batches = storage.batches(name) if table.per_batch else [None]
            parts = (storage.read_table(name, batch_id) for batch_id in batches)
            found[name] = sum(int(p["conversation_id"].isin(conversations).sum()) for p in parts)
    return found
