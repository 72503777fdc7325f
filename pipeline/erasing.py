"""Erasing conversations from data root, landing and register: see `domain.governance.erasure`.

A run under way holds tables in memory and would write them back, with the person in them. So
nothing is erased beside one, and one that began meanwhile makes the erasure be run again.
"""

from collections.abc import Iterable

import dagster as dg

from pipeline.domain.governance.erasure import Certificate, erase
from pipeline.domain.governance.keys import ensure_key
from pipeline.errors import UsageError
from pipeline.receiving import today
from pipeline.resources.landing import DECISIONS, THEME_DECISIONS, Landing
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
    conversation_ids: Iterable[str],
    instance: dg.DagsterInstance,
    *,
    own_run: str = "",
) -> list[Certificate]:
    """Erase and certify; run again, it finishes what a killed one began.

    Parameters
    ----------
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
    certificates = erase(
        storage,
        Storage(root=landing.folder),
        landing.register_path(),
        conversation_ids,
        key=ensure_key(storage, landing.read_register()),
        today=today(),
        decisions=landing.decisions_path(DECISIONS),
        theme_decisions=landing.decisions_path(THEME_DECISIONS),
    )
    if set(instance.get_run_ids()) - before:
        raise UsageError("A run began during the erasure; when it has ended, erase again")
    return certificates
