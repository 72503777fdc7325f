"""Who may hear what today. No entry, no date that covers today, no word: each means no."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, NamedTuple, cast

import pandas as pd

from pipeline.domain.governance.register import Register
from pipeline.tables import AUDIENCES

Use = Literal["quote", "story", "training", "film"]
USE_OF: dict[str, Use] = {"quotes": "quote", "stories": "story", "trigger_clips": "film"}
"""What a released table's rows are used for, where that asks for a flag of its own."""


class _Consent(NamedTuple):
    conversation_id: str
    participant_id: str
    audience: str | None
    given_on: date | None
    expires_on: date | None
    withdrawn_on: date | None

    def is_current(self, today: date) -> bool:
        return (
            self.audience is not None
            and not self.is_withdrawn(today)
            and (self.given_on is None or self.given_on <= today)
            and (self.expires_on is None or today <= self.expires_on)
        )

    def is_withdrawn(self, today: date) -> bool:
        return self.withdrawn_on is not None and self.withdrawn_on <= today


def may_go_on(consent: pd.DataFrame, today: date) -> dict[str, str]:
    """Conversations with current consent for any audience, each with its participant."""
    return {
        row.conversation_id: row.participant_id for row in _rows(consent) if row.is_current(today)
    }


def consented(consent: pd.DataFrame, audience: str, use: Use | None, today: date) -> set[str]:
    """Conversations that this audience may hear today, for this use if one is named.

    The audience in the register is the widest; every narrower one is included.
    """
    needed = AUDIENCES.index(audience)
    allowed = consent if use is None else consent[consent[use].astype(bool)]
    return {
        row.conversation_id
        for row in _rows(allowed)
        if row.is_current(today) and AUDIENCES.index(cast(str, row.audience)) >= needed
    }


def withdrawn(consent: pd.DataFrame, today: date) -> dict[str, date]:
    """Conversations whose consent was withdrawn by today, each with the day."""
    return {
        row.conversation_id: cast(date, row.withdrawn_on)
        for row in _rows(consent)
        if row.is_withdrawn(today)
    }


def ended_as(consent: pd.DataFrame, conversation_id: str, today: date) -> str:
    """Why a conversation may no longer be heard as it was: withdrawn, expired or narrowed."""
    own = _rows(consent[consent["conversation_id"].eq(conversation_id)])
    for row in own:
        if row.is_withdrawn(today):
            return "withdrawn"
        if row.expires_on is not None and row.expires_on < today:
            return "expired"
    return "narrowed"


def refusal(conversation_id: str, register: Register, today: date) -> str | None:
    """Why a conversation may not go on: a reason code of the quarantine; None if it may."""
    found = register.consent
    rows = list(_rows(found[found["conversation_id"].eq(conversation_id)]))
    if not rows:
        named = register.problems["conversation_id"].eq(conversation_id).any()
        return "bad_register_row" if named else "no_register_row"
    if any(row.is_withdrawn(today) for row in rows):
        return "consent_withdrawn"
    return None if any(row.is_current(today) for row in rows) else "no_consent"


def _rows(consent: pd.DataFrame) -> Iterator[_Consent]:
    columns = [consent[name].astype(object) for name in _Consent._fields]
    for values in zip(*columns, strict=True):
        known: list[Any] = [None if pd.isna(value) else value for value in values]
        yield _Consent(*known)
