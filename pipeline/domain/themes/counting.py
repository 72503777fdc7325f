"""How many people raise a theme. People count, never segments: one person, one vote."""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import pandas as pd

from pipeline.domain.themes.corpus import Row
from pipeline.tables import TABLES, VOICES, empty

_Z_95 = 1.959964


class Share(NamedTuple):
    """A share and its 95 % Wilson interval."""

    share: float
    low: float
    high: float


def wilson(n_with: int, n_all: int) -> Share:
    """Share of `n_all` with its 95 % interval; right for small numbers, and at 0 and 1.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """
    if n_all == 0:
        return Share(0.0, 0.0, 1.0)
    share, spread = n_with / n_all, _Z_95**2 / n_all
    centre = (share + spread / 2) / (1 + spread)
    half = sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    low = 0.0 if n_with == 0 else centre - half
    high = 1.0 if n_with == n_all else centre + half
    return Share(round(share, 6), round(low, 6), round(high, 6))


def counts(rows: Iterable[Row], n_people: int) -> dict[str, object]:
    """People and conversations among these segments, as columns of a table."""
    listed = list(rows)
    n_with = len({row.participant_id for row in listed})
    share = wilson(n_with, n_people)
    return {
        "n_people": n_with,
        "n_conversations": len({row.conversation_id for row in listed}),
        "share_of_people": share.share,
        "share_low": share.low,
        "share_high": share.high,
    }


def conversation_shares(n_with: int, n_all: int) -> dict[str, float]:
    """Share of conversations with its interval, as columns of a table."""
    share = wilson(n_with, n_all)
    return {
        "share_of_conversations": share.share,
        "conversations_low": share.low,
        "conversations_high": share.high,
    }


def prevalence(
    members: Mapping[str, Sequence[Row]], n_people: int, n_conversations: int
) -> pd.DataFrame:
    """Table `theme_prevalence`: each theme in each voice, and in all together.

    Parameters
    ----------
    members : mapping of theme to its segments
    n_people, n_conversations : int
        All that have a segment, whether or not it is in a theme.
    """
    rows = [
        {"theme_id": theme_id, "voice": voice}
        | counts(told, n_people)
        | conversation_shares(len({row.conversation_id for row in told}), n_conversations)
        for theme_id, segments in sorted(members.items())
        for voice in ("all", *VOICES)
        for told in [[row for row in segments if voice in ("all", row.voice)]]
    ]
    return pd.DataFrame(rows) if rows else empty(TABLES["theme_prevalence"])
