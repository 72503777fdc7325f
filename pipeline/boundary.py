"""The edge of a stage: an error that nobody raised on purpose may quote what was said.

Dagster keeps an error's message, and those of the errors behind it, in a history that is not
redacted. What passes here keeps its type and its place in the code, and nothing else.
"""

import errno
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from traceback import extract_tb
from typing import ParamSpec, TypeVar

import dagster as dg

from pipeline.errors import PipelineError

PACKAGE = str(Path(__file__).parent)
NOT_OURS = (*{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}, "<")
DISK_IS_FULL = "The disk is full; make room and run again, nothing half was kept"

P = ParamSpec("P")
Event = TypeVar("Event")


def quoting_nobody(stage: Callable[P, Iterator[Event]]) -> Callable[P, Iterator[Event]]:
    """Wrap a stage, a generator of events, so that its errors say where and never what."""

    @wraps(stage)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Iterator[Event]:
        with errors_quote_nobody():
            yield from stage(*args, **kwargs)

    return guarded


@contextmanager
def errors_quote_nobody() -> Iterator[None]:
    """Let errors raised on purpose pass, without what caused them; name all others only."""
    try:
        yield
    except (dg.Failure, PipelineError) as error:
        passed: Exception = error
    except Exception as error:  # noqa: BLE001 -- the boundary: any message may quote somebody
        passed = PipelineError(_sentence(error))
    else:
        return
    passed.__cause__ = None
    raise passed from None


def place_of(error: BaseException) -> str:
    """The error's type, and the innermost line of our own code that it went through."""
    ours = [f for f in extract_tb(error.__traceback__) if _is_ours(f.filename)]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DISK_IS_FULL
    return f"broke unexpectedly: {place_of(error)}"


def _is_ours(filename: str) -> bool:
    return filename.startswith(PACKAGE) or not filename.startswith(NOT_OURS)
