"""The manifest of an intake batch: which files it takes in, with which content.

Written once, before anything else happens to the batch, and never changed: a killed or failed
batch is run again from it.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from pipeline.domain.intake.names import conversation_id_of, file_ref


class Entry(NamedTuple):
    """A file of a batch, as it was when the batch was planned.

    `reason` says why it was set aside without being opened; None: it is to be read.
    """

    name: str
    size: int
    mtime_ns: int
    content_hash: str | None
    reason: str | None

    @property
    def conversation_id(self) -> str | None:
        """The conversation the file is named after; None: its name is no safe id."""
        return conversation_id_of(self.name)

    @property
    def file_ref(self) -> str:
        """The file's name in a form that may leave the restricted zone."""
        return file_ref(self.name)

    @property
    def fingerprint(self) -> str:
        """Changes when the file is written to."""
        return f"{self.size}:{self.mtime_ns}"


def to_json(entries: Iterable[Entry], received_on: date) -> bytes:
    """The manifest as it is stored; names that are not valid Unicode survive.

    The day that it says is the one from which is counted how long the batch may be kept.
    """
    files = [entry._asdict() | {"file_ref": entry.file_ref} for entry in sorted(entries)]
    manifest = {"files": files, "received_on": received_on.isoformat()}
    return json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"


def from_json(content: bytes) -> list[Entry]:
    """The entries of a stored manifest."""
    files = json.loads(content)["files"]
    return [Entry(*(file[field] for field in Entry._fields)) for file in files]


def received_on(content: bytes) -> date | None:
    """The day on which a stored manifest says that its batch was received."""
    day = json.loads(content).get("received_on")
    return date.fromisoformat(day) if day else None


def batch_number(batch_id: str) -> int:
    """Place of the batch in the order received: 1 for ``b000001``."""
    return int(batch_id[1:])


def next_batch_id(batch_ids: Iterable[str]) -> str:
    """The id after the last one received."""
    return f"b{max(map(batch_number, batch_ids), default=0) + 1:06d}"
