"""Receiving files: a look at landing becomes manifests of new intake batches in storage.

Used by the sensor and by the command line alike. Rules: `pipeline.domain.intake`.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from pipeline.deciding import due
from pipeline.domain.governance.consent import refusal
from pipeline.domain.governance.register import Register, read_register
from pipeline.domain.governance.retention import BATCHES, let_go
from pipeline.domain.intake.manifest import (
    Entry,
    from_json,
    next_batch_id,
    received_on,
    to_json,
)
from pipeline.domain.intake.names import file_ref, suffix_of
from pipeline.domain.intake.planning import (
    Ledger,
    Record,
    examine,
    in_batches,
    judge,
    settled,
    to_take,
)
from pipeline.domain.intake.reading import TakenIn, read_batch, reasons_of
from pipeline.domain.transcripts.reading import (
    KnownSpeakers,
    Limits,
    read_transcript,
    turns_table,
)
from pipeline.domain.transcripts.transcript import Transcript
from pipeline.errors import TranscriptError
from pipeline.resources.landing import Landing, Look
from pipeline.resources.language import detect_language
from pipeline.resources.storage import Storage, sha256
from pipeline.settings import Settings

MB = 1_000_000


class Received(NamedTuple):
    """What one look at landing led to."""

    batch_ids: list[str]
    n_growing: int
    seen: dict[str, str]
    """Fingerprints, by file_ref, of files that no batch holds as they are now."""
    out_of_reach: tuple[str, ...] = ()
    """Conversations that decisions concern and whose file cannot be taken again."""


def today() -> date:
    """The day by which consent is judged."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def manifest_path(batch_id: str) -> str:
    """Where a batch's manifest is stored."""
    return f"{BATCHES}/{batch_id}/manifest.json"


def read_manifest(storage: Storage, batch_id: str) -> list[Entry]:
    """The files of a batch."""
    return from_json(storage.read_bytes(manifest_path(batch_id)))


def manifest_received_on(storage: Storage, batch_id: str) -> date | None:
    """The day on which a batch was received; None: its manifest is older than the record of it."""
    return received_on(storage.read_bytes(manifest_path(batch_id)))


def batch_ids(storage: Storage) -> list[str]:
    """All batches, in the order received."""
    return [name for name in storage.names(BATCHES) if storage.exists(manifest_path(name))]


def finished(storage: Storage) -> set[str]:
    """Batches that went all the way: their last table is published."""
    return set(storage.batches("segment_embeddings"))


def stopped(storage: Storage) -> set[str]:
    """Batches that a gate stopped, and that nobody ran to the end since."""
    unfinished = set(batch_ids(storage)) - finished(storage)
    return {batch_id for batch_id in unfinished if storage.exists(_stop_path(batch_id))}


def to_run(storage: Storage) -> list[str]:
    """Batches that are new, were killed or failed, in the order received."""
    done = finished(storage) | stopped(storage)
    waiting = [batch_id for batch_id in batch_ids(storage) if batch_id not in done]
    gone = let_go(storage, waiting)
    return [batch_id for batch_id in waiting if batch_id not in gone]


def mark_stopped(storage: Storage, batch_id: str) -> None:
    """Remember that a gate stopped the batch: the same files would only stop it again."""
    storage.write_json(_stop_path(batch_id), {"batch_id": batch_id})


def read_ledger(storage: Storage) -> Ledger:
    """What all batches so far made of each file."""
    records: dict[str, Record] = {}
    for batch_id in batch_ids(storage):
        aside = reasons_of(storage.read_table("quarantine", batch_id))
        for entry in read_manifest(storage, batch_id):
            reason = aside.get(entry.file_ref, entry.reason)
            records[entry.name] = Record(batch_id, entry, reason)
    return Ledger(records, frozenset(stopped(storage)))


def receive(
    storage: Storage,
    landing: Landing,
    register: Register,
    settings: Settings,
    look: Look,
    seen: Mapping[str, str],
) -> Received:
    """Write the manifests of the batches that this look asks for.

    Parameters
    ----------
    seen : mapping of file_ref to fingerprint
        From the look before; a file that differs may still be growing and waits.
    """
    ledger = read_ledger(storage)
    still, growing = settled(look.files, seen, ledger)
    max_bytes = settings.max_file_mb * MB
    entries = [
        examine(file, ledger.records.get(file.name), landing.content_hash, max_bytes)
        for file in still
    ]
    day = today()
    judged = judge(entries, ledger, lambda conversation: refusal(conversation, register, day))
    concerned = due(
        storage, ledger, finished(storage), lambda entry: _texts(landing, entry, register, settings)
    )
    taken = to_take(judged, ledger, concerned)
    batches = in_batches(taken, settings.batch_size)
    return Received(
        [_open_batch(storage, batch) for batch in batches],
        len(growing),
        unsettled(look, ledger),
        tuple(sorted(concerned - {str(entry.conversation_id) for entry in taken})),
    )


def world(storage: Storage, look: Look, register: bytes) -> str:
    """A digest of all that decides whether there is something to receive."""
    state = (
        [tuple(file) for file in look.files],
        sha256(register),
        storage.names(BATCHES),
        storage.names("quarantine/quarantine"),
        sorted(stopped(storage)),
        _digest(storage, storage.table_path("redaction_decisions")),
        today().isoformat(),
    )
    return sha256(repr(state).encode("utf-8", "backslashreplace"))


def _digest(storage: Storage, relative: str) -> str:
    return sha256(storage.read_bytes(relative)) if storage.exists(relative) else ""


def unsettled(look: Look, ledger: Ledger) -> dict[str, str]:
    """What the next look must compare with: files that no batch holds as they are now."""
    return {
        file_ref(file.name): file.fingerprint
        for file in look.files
        if file.name not in ledger.records
        or ledger.records[file.name].entry.fingerprint != file.fingerprint
    }


def take_in(storage: Storage, landing: Landing, settings: Settings, batch_id: str) -> TakenIn:
    """Read the files of a batch as its manifest names them."""
    register = read_register(landing.read_register())
    limits = limits_of(settings)
    day = today()
    left_out: Counter[str] = Counter()

    def turns_of(entry: Entry) -> pd.DataFrame:
        conversation_id = str(entry.conversation_id)
        lapsed = refusal(conversation_id, register, day)  # since the batch was planned
        if lapsed:
            raise TranscriptError(lapsed, "the register")
        transcript = _transcript(landing, entry, register, limits)
        left_out.update(transcript.dropped)
        return turns_table(conversation_id, str(entry.content_hash), transcript)

    taken = read_batch(
        read_manifest(storage, batch_id),
        turns_of,
        known=register.conversation_ids,
        max_share=settings.max_quarantined_share,
        min_to_stop=settings.min_quarantined_to_stop,
    )
    return taken._replace(left_out=tuple(sorted(left_out.items())))


def lost_by(storage: Storage, batch_id: str, taken: TakenIn) -> list[str]:
    """References of files that a finished batch holds and that are no longer as they were.

    To read the batch again would take their conversations out of the tables.
    """
    if batch_id not in finished(storage):
        return []
    aside = reasons_of(storage.read_table("quarantine", batch_id))
    found = reasons_of(taken.quarantine)
    gone = {ref for ref, reason in found.items() if reason in {"unreadable", "superseded"}}
    return sorted(gone - aside.keys())


def limits_of(settings: Settings) -> Limits:
    """What a transcript file may be, as the programme sets it."""
    return Limits(
        max_file_bytes=settings.max_file_mb * MB,
        max_expanded_bytes=settings.max_expanded_mb * MB,
        min_words=settings.min_conversation_words,
        language=settings.language,
    )


def speakers(register: Register, conversation_id: str) -> KnownSpeakers:
    """Who the register says was in the room."""
    names = register.known_names
    own = names[names["conversation_id"].eq(conversation_id)]
    return KnownSpeakers(
        participants=tuple(own.loc[own["kind"].eq("participant"), "name"]),
        interviewers=tuple(own.loc[own["kind"].eq("interviewer"), "name"]),
    )


def _transcript(landing: Landing, entry: Entry, register: Register, limits: Limits) -> Transcript:
    return read_transcript(
        _content(landing, entry),
        suffix_of(entry.name),
        known=speakers(register, str(entry.conversation_id)),
        limits=limits,
        detect_language=detect_language,
    )


def _texts(landing: Landing, entry: Entry, register: Register, settings: Settings) -> list[str]:
    """What stands in a file of landing; nothing if it is there no more as it was taken in."""
    try:
        transcript = _transcript(landing, entry, register, limits_of(settings))
    except (TranscriptError, OSError):
        return []
    turns = turns_table(str(entry.conversation_id), str(entry.content_hash), transcript)
    return list(turns["text"])


def _content(landing: Landing, entry: Entry) -> bytes:
    """The file, if it still is what the manifest names; a grown one is not even opened."""
    if landing.size(entry.name) != entry.size:
        raise TranscriptError("superseded")
    content = landing.read(entry.name)
    if sha256(content) != entry.content_hash:
        raise TranscriptError("superseded")
    return content


def _open_batch(storage: Storage, entries: list[Entry]) -> str:
    while True:  # another writer may take the number first
        batch_id = next_batch_id(batch_ids(storage))
        if storage.create_bytes(manifest_path(batch_id), to_json(entries, today())):
            return batch_id


def _stop_path(batch_id: str) -> str:
    return f"{BATCHES}/{batch_id}/stopped.json"
