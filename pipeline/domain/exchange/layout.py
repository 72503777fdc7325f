"""A conversation as a text to read, and where each turn stands in it."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline.domain.exchange.marks import fitting
from pipeline.tables import records

_MINUTE_S, _HOUR_S = 60, 3600


class Place(NamedTuple):
    """Characters of one turn, from 0, the last one past the end; of a quote or story, turn 0."""

    turn: int
    start: int
    end: int


class Laid(NamedTuple):
    """A text to read.

    Attributes
    ----------
    text : str
        Line feeds only; ends with one, so that no passage ends where the text does.
    turns : tuple of Place
        Where each turn stands in the text, in order.
    """

    text: str
    turns: tuple[Place, ...]

    def range_of(self, place: Place) -> tuple[int, int] | None:
        """Where characters of a turn stand in the text; None: there is no such place."""
        at = bisect_right(self.turns, place.turn, key=lambda turn: turn.turn) - 1
        if at < 0 or self.turns[at].turn != place.turn:
            return None
        first, last = self.turns[at].start + place.start, self.turns[at].start + place.end
        return (first, last) if place.start < place.end and last <= self.turns[at].end else None


def lay_out(turns: pd.DataFrame) -> Laid:
    """One conversation with a line for who speaks and when, its turns in order.

    Parameters
    ----------
    turns : DataFrame
        Columns `turn, role, start_s, text` of one conversation.
    """
    parts: list[str] = []
    places: list[Place] = []
    length = 0
    for row in records(turns.sort_values("turn")):
        head, said = f"{row['role'].capitalize()}{_clock(row['start_s'])}\n", fitting(row["text"])
        if not said:
            continue
        start = length + len(head)
        places.append(Place(int(row["turn"]), start, start + len(said)))
        parts.append(f"{head}{said}\n\n")
        length += len(parts[-1])
    return Laid("".join(parts), tuple(places))


def lay_pieces(pieces: Iterable[str]) -> Laid:
    """A quote or story with a blank line between its pieces: they are numbered as turns."""
    parts: list[str] = []
    places: list[Place] = []
    length = 0
    for at, piece in enumerate(pieces):
        said = fitting(piece)
        places.append(Place(at, length, length + len(said)))
        parts.append(f"{said}\n\n")
        length += len(parts[-1])
    return Laid("".join(parts), tuple(places))


def places_between(turns: Sequence[Place], start: int, end: int) -> list[Place]:
    """What a passage of the text holds of each turn, in characters of the turn.

    Parameters
    ----------
    turns : sequence of Place
        Where turns stand in the text, as `Laid.turns`.
    """
    return [
        Place(own.turn, max(start, own.start) - own.start, min(end, own.end) - own.start)
        for own in turns
        if max(start, own.start) < min(end, own.end)
    ]


def _clock(seconds: float | None) -> str:
    if seconds is None or pd.isna(seconds):
        return ""
    whole = int(seconds)
    hours, minutes = whole // _HOUR_S, whole % _HOUR_S // _MINUTE_S
    return f" ({hours}:{minutes:02}:{whole % _MINUTE_S:02})"
