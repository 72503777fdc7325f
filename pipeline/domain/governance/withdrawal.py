"""Who is to be erased: those who withdrew in the register and of whom something is still held.

One cell of a spreadsheet erases a person, and a column filled in by mistake would erase a
programme. So if it were many at once nobody is erased, and a sentence says so.
"""

import io
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd

from pipeline.domain.governance.consent import withdrawn
from pipeline.domain.governance.erasure import unfinished
from pipeline.domain.governance.store import Store
from pipeline.domain.governance.traces import SPOKEN


class Owed(NamedTuple):
    """Erasures to carry out."""

    conversation_ids: list[str]
    too_many: str = ""
    """Why none of the newly withdrawn is among them; empty: all are."""


def owed(
    store: Store, consent: pd.DataFrame, today: date, *, max_share: float, min_to_stop: int
) -> Owed:
    """Conversations to erase today: withdrawn and still held, or begun and not finished.

    Parameters
    ----------
    consent : DataFrame
        As the register has it now.
    max_share : float
        Share of the people who are held, 0 to 1, above which nobody new is erased.
    min_to_stop : int
        Fewer people than this are erased whatever their share.
    """
    begun = set(unfinished(store).values())
    gone = withdrawn(consent, today)
    if not gone.keys() - begun:
        return Owed(sorted(begun))
    held = conversations_held(store)
    new = (gone.keys() & held) - begun
    person = dict(zip(consent["conversation_id"], consent["participant_id"], strict=True))
    n_new, n_held = _people(new, person), _people(held, person)
    if n_new >= min_to_stop and n_new > max_share * n_held:
        return Owed(sorted(begun), _sentence(n_new, n_held))
    return Owed(sorted(begun | new))


def conversations_held(store: Store) -> set[str]:
    """Conversations of which turns are held, before or after redaction, in any batch."""
    return {
        conversation
        for name in SPOKEN
        for batch_id in store.batches(name)
        for conversation in _conversations(store.read_bytes(store.table_path(name, batch_id)))
    }


def _conversations(part: bytes) -> list[str]:
    column = pd.read_parquet(io.BytesIO(part), columns=["conversation_id"])["conversation_id"]
    return [str(conversation) for conversation in column.unique()]


def _people(conversations: set[str], person: Mapping[str, str]) -> int:
    return len({person.get(conversation, conversation) for conversation in conversations})


def _sentence(n_new: int, n_held: int) -> str:
    return (
        f"The register says that {n_new} of {n_held} people have withdrawn at once, so nobody was "
        "erased: is a column filled in by mistake? They are in no new release meanwhile. If it is "
        "true, name them: conversations erase CONVERSATION_ID ...; or raise the setting "
        "max_erased_share"
    )
