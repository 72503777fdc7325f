"""The corpus as it may be heard today: one moment, current consent, the register's present ids.

Rules of consent: `pipeline.domain.governance.consent`.
"""

from datetime import date

import pandas as pd

from pipeline.domain.governance.consent import may_go_on
from pipeline.receiving import today
from pipeline.resources.storage import Storage


def heard_today(storage: Storage, *tables: str) -> dict[str, pd.DataFrame]:
    """Live rows of tables kept per batch, of the conversations with consent for any audience.

    Batches and register may change while a night is under way: all tables are read as of one
    moment, so that no segment is without its vector and no vector without its turn.
    """
    consent = storage.read_table("consent")
    people = may_go_on(consent, today())
    heard = {c: batch_id for c, batch_id in storage.live_batches().items() if c in people}
    return {table: under_present_ids(storage.read_live(table, heard), consent) for table in tables}


def under_present_ids(frame: pd.DataFrame, consent: pd.DataFrame) -> pd.DataFrame:
    """The frame with participants as the register names them now, where it has them.

    A batch keeps the id of its own day; were it mended since, one person would count as two.
    """
    if not {"conversation_id", "participant_id"} <= set(frame.columns):
        return frame
    people = dict(zip(consent["conversation_id"], consent["participant_id"], strict=True))
    present = frame["conversation_id"].map(people)
    return frame.assign(participant_id=present.where(present.notna(), frame["participant_id"]))


def of_segments(assignments: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Assignments of these segments: consent may have ended since the themes were made."""
    return assignments[assignments["segment_id"].isin(segments["segment_id"])]


def newest_on(storage: Storage, segments: pd.DataFrame) -> date | None:
    """Day of the newest interview that these segments are from, as the register has it."""
    people = storage.read_table("participants")
    heard = people["conversation_id"].isin(segments["conversation_id"])
    days = people.loc[heard, "interviewed_on"].dropna()
    return max(days) if len(days) else None
