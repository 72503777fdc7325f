"""What governance and release ask of the data root, or of landing: files by relative path."""

from collections.abc import Iterator
from typing import Any, Protocol

import pandas as pd


class Files(Protocol):
    """A folder of files, local or remote."""

    def exists(self, relative: str) -> bool:
        """Whether there is such a file or folder."""
        ...

    def read_bytes(self, relative: str) -> bytes:
        """The whole file."""
        ...

    def write_bytes(self, relative: str, content: bytes) -> None:
        """Publish a file in one step."""
        ...

    def delete(self, relative: str) -> None:
        """Remove a file or folder, if it is there."""
        ...

    def names(self, relative: str) -> list[str]:
        """Names of the files and folders inside, sorted."""
        ...

    def walk(self, relative: str = "") -> Iterator[str]:
        """Every file below, as relative paths."""
        ...


class Store(Files, Protocol):
    """The data root."""

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        ...

    def clear_leftovers(self) -> None:
        """Remove what killed processes left half written."""
        ...

    def path(self, relative: str) -> str:
        """The full path."""
        ...

    def create_bytes(self, relative: str, content: bytes) -> bool:
        """Write a file that must not exist yet."""
        ...

    def read_json(self, relative: str) -> Any:
        """The file as JSON."""
        ...

    def write_json(self, relative: str, value: Any) -> None:
        """Publish a JSON file."""
        ...

    def read_table(self, name: str, batch_id: str | None = None) -> pd.DataFrame:
        """A published table or part."""
        ...

    def read_live(self, name: str) -> pd.DataFrame:
        """All batches of a table, each conversation as its newest batch has it."""
        ...

    def write_table(self, name: str, frame: pd.DataFrame, batch_id: str | None = None) -> str:
        """Publish a table or part."""
        ...

    def batches(self, name: str) -> list[str]:
        """Batches of which the table has a part."""
        ...

    def table_path(self, name: str, batch_id: str | None = None) -> str:
        """Where a table or part is published."""
        ...
