"""Erasing conversations from data root, landing and register: see `domain.governance.erasure`.

A run under way holds tables in memory and would write them back, with the person in them. So
nothing is erased beside one, and one that began meanwhile makes the erasure be run again.
"""

from collections.abc import Iterable

import dagster as dg

from pipeline.domain.governance.consent import withdrawn
from pipeline.domain.governance.erasure import Certificate, Spreadsheets, erase
from pipeline.domain.governance.keys import ensure_key
from pipeline.domain.governance.register import read_register
from pipeline.errors import UsageError
from pipeline.receiving import today
from pipeline.resources.landing import (
    ACTIONS,
    APPROVALS,
    DECISIONS,
    THEME_DECISIONS,
    Landing,
)
from pipeline.resources.storage import Storage

UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
    dg.DagsterRunStatus.MANAGED,
]


def erase_from(
    storage: Storage,
    landing: Landing,
    names: Iterable[str],
    instance: dg.DagsterInstance,
    *,
    own_run: str = "",
) -> list[Certificate]:
    """Erase and certify; run again, it finishes what a killed one began.

    Parameters
    ----------
    names : iterable of str
        Conversation ids, or what releases call conversations or people.
    instance : DagsterInstance
        Where other runs on this data root would be seen.
    own_run : str
        The run that erases, if one does.

    Raises
    ------
    UsageError
        If another run is under way, or one began before the erasure had ended.
    """
    under_way = instance.get_run_ids(dg.RunsFilter(statuses=UNFINISHED))
    if set(under_way) - {own_run}:
        raise UsageError("A run is under way and would bring back what is erased; wait for its end")
    before = set(instance.get_run_ids())
    register = landing.read_register()
    certificates = erase(
        storage,
        Storage(root=landing.folder),
        landing.register_path(),
        names,
        key=ensure_key(storage, register),
        today=today(),
        sheets=spreadsheets(landing),
        withdrawn=withdrawn(read_register(register).consent, today()),
    )
    if set(instance.get_run_ids()) - before:
        raise UsageError("A run began during the erasure; when it has ended, erase again")
    return certificates


def spreadsheets(landing: Landing) -> Spreadsheets:
    """The files that people keep beside the transcripts."""
    names = (DECISIONS, THEME_DECISIONS, APPROVALS, ACTIONS)
    return Spreadsheets(*(landing.decisions_path(name) for name in names))
