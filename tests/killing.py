"""A process that is killed before the n-th thing it does to files below a folder, for any n."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TOUCHES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod", "shutil.rmtree"}
KILLED = 9


def killed_at_each_touch(folder: Path, work: Callable[[], object], step: int = 1) -> Iterator[int]:
    """Do the work in a process of its own, killed one touch later each time, until it is done.

    What a killed one leaves is there when its number is yielded; mend or clear it before the next.

    Parameters
    ----------
    step : int
        Touches from one kill to the next, where there are hundreds.
    """
    n = 0
    while _ended_by(folder, work, n) == KILLED:
        yield n
        n += step


def _ended_by(folder: Path, work: Callable[[], object], n: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = n

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in TOUCHES and arguments and str(arguments[0]).startswith(str(folder)):
            if not left:
                os._exit(KILLED)  # no `finally` runs, as with kill -9
            left -= 1

    sys.addaudithook(count)
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)
