"""What may be kept, of whom and how long: withdrawals, recalls and retention, carried out.

Used by the assets of every night and by the command line alike. Rules:
`pipeline.domain.governance.withdrawal`, `recalls` and `retention`.
"""

from typing import NamedTuple

import dagster as dg
import pandas as pd

from pipeline.domain.governance import retention
from pipeline.domain.governance.erasure import Certificate, take_out_release, unfinished
from pipeline.domain.governance.keys import ensure_key
from pipeline.domain.governance.recalls import Recall, as_rows, to_recall, with_recalls
from pipeline.domain.governance.register import read_register
from pipeline.domain.governance.retention import Clock, Corpus, Kept
from pipeline.domain.governance.withdrawal import Owed, owed
from pipeline.erasing import erase_from
from pipeline.errors import UsageError
from pipeline.headless import only_one
from pipeline.receiving import (
    batch_ids,
    manifest_received_on,
    read_ledger,
    today,
)
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage
from pipeline.settings import Settings


class Withdrawals(NamedTuple):
    """Erasures that were carried out, and what keeps others open."""

    certificates: list[Certificate]
    left: list[str]
    """Sentences and certificates of what is not finished; no id of a conversation."""


# Withdrawals


def owed_now(storage: Storage, landing: Landing, settings: Settings) -> Owed:
    """Whom the register, as it is now, and earlier attempts say to erase."""
    register = read_register(landing.read_register())
    return owed(
        storage,
        register.consent,
        today(),
        max_share=settings.max_erased_share,
        min_to_stop=settings.min_erased_to_stop,
    )


def erase_the_withdrawn(
    storage: Storage,
    landing: Landing,
    settings: Settings,
    instance: dg.DagsterInstance,
    *,
    own_run: str = "",
) -> Withdrawals:
    """Erase whoever withdrew in the register, and finish what was begun before."""
    found = owed_now(storage, landing, settings)
    left = [found.too_many] if found.too_many else []
    certificates: list[Certificate] = []
    if found.conversation_ids:
        try:
            with only_one(storage.root):
                certificates = erase_from(
                    storage, landing, found.conversation_ids, instance, own_run=own_run
                )
        except UsageError as error:
            left.append(str(error))
    return Withdrawals(certificates, [*left, *(f"certificate {c}" for c in unfinished(storage))])


# Recalls


def recalls_now(storage: Storage, landing: Landing) -> list[Recall]:
    """Releases that hold what their audience may hear no more, by the register as it is now."""
    content = landing.read_register()
    consent = read_register(content).consent
    return to_recall(storage, consent, ensure_key(storage, content), today())


def take_out(storage: Storage, recalls: list[Recall]) -> pd.DataFrame:
    """Table `recalls` with these; then they are taken out of the data root."""
    before = storage.read_table("recalls")
    table = with_recalls(before, as_rows(recalls, today()))
    storage.write_table("recalls", table)  # first: killed in between, it is still told of
    for one in recalls:
        take_out_release(storage, one.folder)
    return table


# Retention


def due_now(storage: Storage, landing: Landing, clocks: tuple[Clock, ...]) -> list[Kept]:
    """What a clock says may not be there any more today."""
    _, kept, table = _retention(storage, landing, clocks)
    return retention.due(table, kept, today())


def enforce(storage: Storage, landing: Landing, clocks: tuple[Clock, ...]) -> pd.DataFrame:
    """Take away what is due; table `retention` afterwards."""
    corpus, kept, table = _retention(storage, landing, clocks)
    storage.write_table("retention", table)  # first: killed in between, it is known what was due
    due = retention.due(table, kept, today())
    removed = {one: retention.remove(storage, one, corpus) for one in due}
    return retention.enforced(table, removed, today())


def _retention(
    storage: Storage, landing: Landing, clocks: tuple[Clock, ...]
) -> tuple[Corpus, list[Kept], pd.DataFrame]:
    corpus = _corpus(storage, landing)
    kept = retention.everything_kept(storage, corpus)
    before = storage.read_table("retention")
    return corpus, kept, retention.rows(kept, clocks, corpus, before, today())


def _corpus(storage: Storage, landing: Landing) -> Corpus:
    """Batches with the day they were received, and what of them still waits or lies in landing."""
    newest = read_ledger(storage).records.values()
    there = {file.name for file in landing.look().files}
    waiting: dict[str, set[str]] = {}
    in_landing: set[str] = set()
    for record in newest:
        if record.reason:
            waiting.setdefault(record.batch_id, set()).add(record.entry.file_ref)
        if record.entry.name in there:
            in_landing.add(record.batch_id)
    received = {one: manifest_received_on(storage, one) for one in batch_ids(storage)}
    return Corpus(received, waiting, in_landing)


def overdue_originals(table: pd.DataFrame) -> list[str]:
    """Batches whose files in landing people have to remove."""
    return sorted(table.loc[table["outcome"].eq("for_people"), "batch_id"])
