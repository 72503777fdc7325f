"""The landing folder, where people and programs drop transcripts; read, never written."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import dagster as dg
from pydantic import Field

from pipeline.domain.intake.names import RECODED, is_ignored
from pipeline.domain.intake.planning import Listed
from pipeline.errors import RegisterError, UsageError

REGISTER = "participants.csv"
DECISIONS = "redaction_decisions.csv"
THEME_DECISIONS = "theme_decisions.csv"
APPROVALS = "story_approvals.csv"
ACTIONS = "actions.csv"


class Look(NamedTuple):
    """What the folder holds at this moment."""

    files: list[Listed]
    n_ignored: int
    """Hidden, half copied, lock and control files; links to folders."""
    n_closed_folders: int
    """Sub-folders that may not be opened."""


class Landing(dg.ConfigurableResource):
    """Lists and reads what was dropped in, sub-folders included."""

    folder: str = Field(description="Folder into which transcripts are dropped.")
    register_file: str = Field(
        default="",
        description="The register; empty: participants.csv in the folder, else in its parent.",
    )

    def look(self) -> Look:
        """Every file that may be a transcript, in order of name."""
        base = Path(self.folder)
        if not base.is_dir():
            raise UsageError(f"There is no folder {base}; name the folder that holds transcripts")
        closed: list[OSError] = []
        listed: list[Listed] = []
        n_ignored = 0
        for path in _files_below(base, closed):
            name = path.relative_to(base).as_posix()
            found = None if is_ignored(name) else _listed(path, name, base)
            if found:
                listed.append(found)
            else:
                n_ignored += 1
        return Look(sorted(listed), n_ignored, len(closed))

    def read(self, name: str) -> bytes:
        """The content of a listed file."""
        return (Path(self.folder) / name).read_bytes()

    def size(self, name: str) -> int:
        """Bytes of a listed file, now."""
        return (Path(self.folder) / name).stat().st_size

    def content_hash(self, name: str) -> str:
        """SHA-256 of a listed file, read in pieces."""
        with (Path(self.folder) / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def register_path(self) -> Path:
        """Where the register is."""
        if self.register_file:
            return Path(self.register_file)
        inside = Path(self.folder) / REGISTER
        return inside if inside.exists() else Path(self.folder).absolute().parent / REGISTER

    def read_register(self) -> bytes:
        """The register's bytes."""
        path = self.register_path()
        try:
            return path.read_bytes()
        except OSError as error:
            raise RegisterError(
                f"The register {path} cannot be opened ({os.strerror(error.errno or 0)}); put "
                f"{REGISTER} beside the transcripts or name it with --register"
            ) from None

    def recoded(self) -> list[str]:
        """Projects that people coded anew, as paths in the folder, in order of name."""
        base = Path(self.folder)
        inside = base.iterdir() if base.is_dir() else ()
        folders = [path for path in inside if path.name.lower() == RECODED]
        return sorted(
            path.relative_to(base).as_posix()
            for folder in folders
            if folder.is_dir() and not folder.is_symlink()
            for path in folder.rglob("*")
            if path.suffix.lower() == ".qdpx" and path.is_file() and not path.is_symlink()
            if not path.name.startswith((".", "~$"))
        )

    def decisions_path(self, name: str) -> Path:
        """Where a file of people's decisions is, if there is one."""
        inside = Path(self.folder) / name
        return inside if inside.exists() else Path(self.folder).absolute().parent / name

    def read_decisions(self, name: str) -> bytes | None:
        """The bytes of a file of people's decisions; None: there is no such file."""
        path = self.decisions_path(name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RegisterError(
                f"{name} cannot be opened ({os.strerror(error.errno or 0)}); what was decided "
                "before holds"
            ) from None

    def readable_decisions(self, name: str) -> bytes:
        """The same if it can be read; if not, nothing: what was decided before holds."""
        try:
            return self.read_decisions(name) or b""
        except RegisterError:
            return b""


def _files_below(base: Path, closed: list[OSError]) -> Iterator[Path]:
    """Files and links in the folder and its sub-folders; hidden folders are not entered."""
    for folder, subfolders, names in os.walk(base, onerror=closed.append):
        links = [name for name in subfolders if (Path(folder) / name).is_symlink()]
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield from (Path(folder) / name for name in (*names, *links))


def _listed(path: Path, name: str, base: Path) -> Listed | None:
    """The file as one look at it shows it; None: it is a folder or a device."""
    try:
        status = path.stat()
        is_inside = path.resolve().is_relative_to(base.resolve())
    except PermissionError:  # its folder may be listed, and not entered
        return Listed(name, 0, 0, is_readable=False)
    except (OSError, RuntimeError):  # a link to nothing or to itself, or removed since
        return Listed(name, 0, 0, is_inside=False)
    if not stat.S_ISREG(status.st_mode):
        return None
    return Listed(name, status.st_size, status.st_mtime_ns, is_inside)
