"""From the projects that people sent to both tables of agreement, and what could not be read."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from pipeline.domain.exchange.agreement import Compared, compared
from pipeline.domain.exchange.opening import ProjectError
from pipeline.domain.exchange.reading import Coding, Known, Recoded, read_project
from pipeline.domain.intake.names import file_ref


class Sent(NamedTuple):
    """A project that somebody put into landing.

    Attributes
    ----------
    name : str
        Its path, which may be personal: it is told by reference only.
    content : bytes or None
        None: it is larger than a file may be, or cannot be opened.
    """

    name: str
    content: bytes | None


class Comparison(NamedTuple):
    """Both tables, and what is wrong with files, by reference and without their content."""

    tables: Compared
    problems: list[str]


def compare(
    sent: Iterable[Sent],
    known: Known,
    segments: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    max_bytes: int,
    seed: int,
) -> Comparison:
    """What people coded, held against the machine; a broken project holds up no other.

    Of one coder and one conversation the project that comes last by name holds, so that people can
    send a better one.
    """
    newest: dict[tuple[str, str], list[Coding]] = {}
    problems: list[str] = []
    for project in sorted(sent):
        try:
            recoded = _read(project, known, max_bytes)
        except ProjectError as error:
            problems.append(f"{file_ref(project.name)}: {error}")
            continue
        problems += [f"{file_ref(project.name)}: {problem}" for problem in recoded.problems]
        own: defaultdict[tuple[str, str], list[Coding]] = defaultdict(list)
        for coding in recoded.codings:
            own[coding.coder, coding.conversation_id].append(coding)
        newest |= own
    codings = [coding for own in newest.values() for coding in own]
    return Comparison(compared(segments, assignments, codings, seed=seed), problems)


def _read(project: Sent, known: Known, max_bytes: int) -> Recoded:
    if project.content is None:
        raise ProjectError("it cannot be opened, or is larger than max_file_mb")
    return read_project(project.content, known, max_bytes)
