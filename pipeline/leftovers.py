"""What killed processes leave half written, and whether a process is still there to finish it.

All processes of a data root run on one machine: of other machines' processes nothing is known.
"""

import os
import platform
import re
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

UNFINISHED = ".unfinished-"
"""Files under way are named `.unfinished-<pid of their writer>-…`; nobody reads them."""

PROCESS_TAG = "conversations/process"
"""On a run of Dagster: the process that it runs in."""

_OURSELVES = uuid.uuid4().hex[:8]
_WRITER = re.compile(rf"{re.escape(UNFINISHED)}(\d+)-")
_LONGEST_WRITE_S = 24 * 3600


def unfinished_prefix() -> str:
    """What a file begins with while this process writes it."""
    return f"{UNFINISHED}{os.getpid()}-"


def process_tag(run_id: str) -> dict[str, str]:
    """The tag of a run that runs here: machine, number, and what no later process has of it.

    The run's own id stands in it, since a run that is started again is given the tags of the first.
    """
    return {PROCESS_TAG: f"{platform.node()}:{os.getpid()}:{_OURSELVES}:{run_id}"}


def is_gone(run_id: str, tags: Mapping[str, str]) -> bool:
    """Whether the process of a run has ended; of other machines' processes nothing is known."""
    machine, number, mark, of_run = (*tags.get(PROCESS_TAG, "").split(":"), "", "", "")[:4]
    if of_run != run_id or machine != platform.node() or mark == _OURSELVES:
        return False
    return number.isdigit() and not _runs_beside(int(number))


def is_leftover(name: str) -> bool:
    """Whether a file of this name is half written, and its writer gone."""
    writer = _WRITER.match(name)
    if writer:
        return not _runs_beside(int(writer[1]))
    return name.startswith(UNFINISHED)


def clear_leftovers(folder: Path) -> None:
    """Remove what ended processes left below the folder; what another writes now stays."""
    for path in [*folder.rglob(f"{UNFINISHED}*")]:
        if is_leftover(path.name) or _is_old(path):
            _remove(path)


def _runs_beside(number: int) -> bool:
    """Whether the number is that of another process that runs now."""
    if number == os.getpid():
        return False
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_old(path: Path) -> bool:
    """Nothing is written for this long: the number has gone to another process since."""
    try:
        return time.time() - path.lstat().st_mtime > _LONGEST_WRITE_S
    except FileNotFoundError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():  # a release under way is a folder
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
