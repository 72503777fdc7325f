"""Where tables live: zones under one data root, local or any fsspec URL, published atomically."""

import hashlib
import json
import os
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from pipeline.errors import UsageError
from pipeline.leftovers import (
    UNFINISHED,
    clear_leftovers,
    is_leftover,
    process_tag,
    unfinished_prefix,
)
from pipeline.tables import TABLES, Table, empty, parquet_bytes, to_arrow

JOURNAL = ".journal-"
"""Names the files of one set on their way to their places: whoever finds it finishes the move."""


class Storage(dg.ConfigurableResource):
    """Reads and writes tables and files under the data root; paths are relative to it."""

    root: str = Field(description="Data root: a folder or an fsspec URL such as s3://bucket/data.")

    @cached_property
    def _fs(self) -> fsspec.AbstractFileSystem:
        return fsspec.core.url_to_fs(self.root)[0]

    @cached_property
    def _base(self) -> str:
        return fsspec.core.url_to_fs(self.root)[1]

    @property
    def is_local(self) -> bool:
        """Whether the data root is a folder of this machine."""
        return "file" in self._fs.protocol

    def path(self, relative: str) -> str:
        """The full path, for people and metadata."""
        return f"{self._base}/{relative}"

    def uri(self, relative: str) -> str:
        """The full address, such as s3://bucket/data/restricted."""
        return self._fs.unstrip_protocol(self.path(relative))

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Before a run reads anything, finish what a killed one had begun to put in place.

        The run is told which process it is in: Dagster itself does not notice when that is killed.
        """
        if context.instance and context.run:
            run_id = context.run.run_id
            context.instance.add_run_tags(run_id, process_tag(run_id))
        self.prepare()

    def prepare(self) -> None:
        """Make the zones, and finish the moves that a killed process had begun.

        On a local disk restricted zones are for the owner alone.
        """
        for zone in ("restricted", "deidentified", "quarantine", "releases"):
            self._fs.makedirs(self.path(zone), exist_ok=True)
        if self.is_local:
            Path(self.path("restricted")).chmod(0o700)
        self.roll_forward()

    def clear_leftovers(self) -> None:
        """Remove what killed processes left half written; what another one writes now stays."""
        self.roll_forward()
        if self.is_local:
            clear_leftovers(Path(self._base))
            return
        for path in self._fs.find(self._base):
            if is_leftover(path.rpartition("/")[2]):
                self._fs.rm_file(path)

    # Files

    def exists(self, relative: str) -> bool:
        """Whether there is such a file or folder."""
        return self._fs.exists(self.path(relative))

    def read_bytes(self, relative: str) -> bytes:
        """The whole file."""
        content: Any = self._fs.cat_file(self.path(relative))
        return content

    def write_bytes(self, relative: str, content: bytes) -> None:
        """Publish a file in one step: a reader sees the old one or the new one, never a half."""
        target = self.path(relative)
        self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        if not self.is_local:
            self._fs.pipe_file(target, content)
            return
        with self._unfinished(relative, content) as temporary:
            temporary.replace(target)

    def write_together(self, contents: Mapping[str, bytes]) -> None:
        """Publish files that stand or fall together: all of them, or none.

        All are written beside their places, then a journal names them, then they are moved. Killed
        before the journal, nothing has changed; killed after it, the move is finished by whoever
        comes next (`roll_forward`), so that no run reads half of a set.
        """
        self.roll_forward()
        moves: dict[str, str] = {}
        try:
            for relative, content in contents.items():
                moves[relative] = self._write_beside(relative, content)
            journal = f"{JOURNAL}{uuid.uuid4().hex}"
            self.write_json(journal, moves)
        except BaseException:
            for beside in moves.values():
                self.delete(beside)
            raise
        self._finish(journal)

    def roll_forward(self) -> None:
        """Finish every set that a process began to move into place and did not end."""
        self._fs.invalidate_cache()
        for path in self._fs.ls(self._base, detail=False) if self._fs.exists(self._base) else []:
            name = path.rstrip("/").rpartition("/")[2]
            if name.startswith(JOURNAL):
                self._finish(name)

    def _finish(self, journal: str) -> None:
        """Move the files that a journal names; two processes may do so at the same time."""
        try:
            moves: dict[str, str] = self.read_json(journal)
        except FileNotFoundError:
            return
        for relative, beside in sorted(moves.items()):
            with suppress(FileNotFoundError):  # moved already
                if self.is_local:
                    Path(self.path(beside)).replace(self.path(relative))
                else:
                    self._fs.mv(self.path(beside), self.path(relative))
        with suppress(FileNotFoundError):
            self._fs.rm_file(self.path(journal))

    def _write_beside(self, relative: str, content: bytes) -> str:
        """Write the whole file beside its place; returns the path that it has there."""
        folder, _, _ = relative.rpartition("/")
        self._fs.makedirs(self.path(folder), exist_ok=True)
        if self.is_local:
            return f"{folder}/{self._write_temporary(relative, content).name}"
        beside = f"{folder}/{unfinished_prefix()}{uuid.uuid4().hex}"
        self._fs.pipe_file(self.path(beside), content)
        return beside

    def create_bytes(self, relative: str, content: bytes) -> bool:
        """Write a file that must not exist yet; False when another writer was first."""
        target = Path(self.path(relative))
        self._fs.makedirs(str(target.parent), exist_ok=True)
        if not self.is_local:
            if self.exists(relative):
                return False
            self.write_bytes(relative, content)
            return True
        try:
            with self._unfinished(relative, content) as temporary:
                os.link(temporary, target)
        except FileExistsError:
            return False
        return True

    @contextmanager
    def _unfinished(self, relative: str, content: bytes) -> Iterator[Path]:
        """A whole file beside its place, synced to disk; gone afterwards unless it was moved."""
        temporary = self._write_temporary(relative, content)
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _write_temporary(self, relative: str, content: bytes) -> Path:
        folder = Path(self.path(relative)).parent
        handle, name = tempfile.mkstemp(dir=folder, prefix=unfinished_prefix())
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if not relative.startswith("restricted/"):
                Path(name).chmod(0o644)  # analysts are other users of the machine
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Path(name)

    def delete(self, relative: str) -> None:
        """Remove a file or folder, if it is there."""
        if self.exists(relative):
            self._fs.rm(self.path(relative), recursive=True)

    def names(self, relative: str) -> list[str]:
        """Names of the files and folders inside, sorted; unfinished files left out."""
        if not self.exists(relative):
            return []
        self._fs.invalidate_cache()
        paths = self._fs.ls(self.path(relative), detail=False)
        found = [path.rstrip("/").rpartition("/")[2] for path in paths]
        return sorted(name for name in found if not name.startswith(UNFINISHED))

    def walk(self, relative: str = "") -> Iterator[str]:
        """Every file below, as paths relative to the data root."""
        for path in sorted(self._fs.find(self.path(relative) if relative else self._base)):
            if not self.is_local or Path(path).is_file():  # `latest` is a link to a folder
                yield path.removeprefix(self._base).lstrip("/")

    def read_json(self, relative: str) -> Any:
        """The file as JSON."""
        return json.loads(self.read_bytes(relative))

    def write_json(self, relative: str, value: Any) -> None:
        """Publish a JSON file, keys sorted."""
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
        self.write_bytes(relative, text.encode() + b"\n")

    # Tables

    def table_path(self, name: str, batch_id: str | None = None) -> str:
        """Where a table, or its part for one batch, is published."""
        table = TABLES[name]
        if table.per_batch != (batch_id is not None):
            raise UsageError(f"{name}: {'needs' if table.per_batch else 'has no'} batch")
        folder = f"{table.zone}/{name}"
        return f"{folder}/{batch_id}.parquet" if batch_id else f"{folder}.parquet"

    def write_table(self, name: str, frame: pd.DataFrame, batch_id: str | None = None) -> str:
        """Publish a table, or its part for one batch; returns the path it was written to."""
        relative = self.table_path(name, batch_id)
        self.write_bytes(relative, parquet_bytes(to_arrow(TABLES[name], frame)))
        return relative

    def write_tables(
        self, frames: Mapping[str, pd.DataFrame], batch_id: str | None = None
    ) -> dict[str, str]:
        """Publish tables that stand together, those kept per batch as parts of this one.

        Returns the path that each was written to.
        """
        paths = {
            name: self.table_path(name, batch_id if TABLES[name].per_batch else None)
            for name in frames
        }
        self.write_together(
            {
                paths[name]: parquet_bytes(to_arrow(TABLES[name], frame))
                for name, frame in frames.items()
            }
        )
        return paths

    def read_table(self, name: str, batch_id: str | None = None) -> pd.DataFrame:
        """A published table or part; without rows if nothing was published yet."""
        relative = self.table_path(name, batch_id)
        if not self.exists(relative):
            return empty(TABLES[name])
        return self._read_parquet(relative)

    def batches(self, name: str) -> list[str]:
        """Batches of which the table has a part, in the order they were received."""
        table = TABLES[name]
        parts = self.names(f"{table.zone}/{name}")
        return [part.removesuffix(".parquet") for part in parts if part.endswith(".parquet")]

    def read_live(self, name: str, newest: Mapping[str, str] | None = None) -> pd.DataFrame:
        """All batches of a table, each conversation only as its newest finished batch has it.

        Newest is the batch received last, whatever order batches finished in. A batch that is
        still under way, or was stopped, changes nothing.

        Parameters
        ----------
        newest : mapping of conversation id to batch id, or None
            From `live_batches`, to read several tables as of one moment; None: as of now.
        """
        newest = self.live_batches() if newest is None else newest
        parts = []
        for batch_id in sorted(set(newest.values()) & set(self.batches(name))):
            part = self.read_table(name, batch_id)
            parts.append(part[_conversations(part).map(newest).eq(batch_id)])
        if not parts:
            return empty(TABLES[name])
        return pd.concat(parts, ignore_index=True)

    def drop_superseded(self) -> None:
        """Remove from older parts what a newer finished batch has redacted anew.

        Whoever reads the files themselves finds no wording that was corrected or masked since.
        Restricted parts keep their history. All parts change together.
        """
        newest = self.live_batches()
        changed: dict[str, bytes] = {}
        for name, table in TABLES.items():
            for batch_id in self.batches(name) if _is_shown_per_batch(table) else ():
                part = self.read_table(name, batch_id)
                old = _conversations(part).map(newest).fillna("").gt(batch_id)
                if old.any():
                    kept = to_arrow(table, part[~old])
                    changed[self.table_path(name, batch_id)] = parquet_bytes(kept)
        if changed:
            self.write_together(changed)

    def live_batches(self) -> dict[str, str]:
        """The newest finished batch of each conversation; finished: embeddings published."""
        newest: dict[str, str] = {}
        for batch_id in self.batches("segment_embeddings"):
            part = pq.read_table(
                pa.BufferReader(self.read_bytes(self.table_path("redacted_turns", batch_id))),
                columns=["conversation_id"],
            )
            newest |= dict.fromkeys(part["conversation_id"].to_pylist(), batch_id)
        return newest

    def _read_parquet(self, relative: str) -> pd.DataFrame:
        return pq.read_table(pa.BufferReader(self.read_bytes(relative))).to_pandas()


def _is_shown_per_batch(table: Table) -> bool:
    columns = {column.name for column in table.columns}
    by_conversation = bool(columns & {"conversation_id", "segment_id"})
    return table.per_batch and table.zone == "deidentified" and by_conversation


def _conversations(part: pd.DataFrame) -> pd.Series:
    """The conversation of each row."""
    if "conversation_id" in part:
        return part["conversation_id"]
    return part["segment_id"].str.split("/").str[0]


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
