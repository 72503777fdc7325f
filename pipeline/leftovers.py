"""What killed processes leave half written, and whether a process is still there to finish it.

All processes of a data root run on one machine: of other machines' processes nothing is known.
"""

import os
import platform
import re
import shutil
import time
from pathlib import Path

UNFINISHED = ".unfinished-"
"""Files under way are named `.unfinished-<pid of their writer>-…`; nobody reads them."""

_WRITER = re.compile(rf"{re.escape(UNFINISHED)}(\d+)-")
_LONGEST_WRITE_S = 24 * 3600


def unfinished_prefix() -> str:
    """What a file begins with while this process writes it."""
    return f"{UNFINISHED}{os.getpid()}-"


def this_process() -> str:
    """Machine and number of this process."""
    return f"{platform.node()}:{os.getpid()}"


def is_gone(process: str) -> bool:
    """Whether a process of this machine has ended; of other machines nothing is known.

    Our own number counts as ended: who asks has only just begun, so that another had it before.
    """
    machine, _, number = process.rpartition(":")
    return machine == platform.node() and number.isdigit() and not _runs_beside(int(number))


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
