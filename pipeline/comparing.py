"""Projects that people coded anew: read from landing and held against tonight's themes.

Rules: `pipeline.domain.exchange`.
"""

from collections.abc import Mapping

import pandas as pd

from pipeline.domain.exchange.comparing import Comparison, Sent, compare
from pipeline.domain.exchange.known import known_today
from pipeline.domain.governance.keys import ensure_key, pseudonym
from pipeline.domain.release.policy import PROGRAMME_TEAM
from pipeline.hearing import of_segments
from pipeline.receiving import MB
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage
from pipeline.settings import Settings


def compare_with_people(
    storage: Storage, landing: Landing, settings: Settings, heard: Mapping[str, pd.DataFrame]
) -> Comparison:
    """Every project in landing against the live themes, by the conversations heard today.

    Parameters
    ----------
    heard : mapping of table name to DataFrame
        `segments` and `redacted_turns` of one moment.
    """
    key, themes = ensure_key(storage, landing.read_register()), storage.read_table("themes")
    known = known_today(
        heard["redacted_turns"],
        themes,
        lambda conversation: pseudonym(key, PROGRAMME_TEAM, "conversation", conversation),
    )
    live = themes.loc[themes["status"].eq("live"), "theme_id"]
    assignments = of_segments(storage.read_table("theme_assignments"), heard["segments"])
    return compare(
        [Sent(name, _content(landing, name, settings)) for name in landing.recoded()],
        known,
        heard["segments"],
        assignments[assignments["theme_id"].isin(live)],
        max_bytes=settings.max_expanded_mb * MB,
        seed=settings.seed,
    )


def _content(landing: Landing, name: str, settings: Settings) -> bytes | None:
    """The file's bytes; None: too large, or it cannot be opened."""
    try:
        is_small = landing.size(name) <= settings.max_file_mb * MB
        return landing.read(name) if is_small else None
    except OSError:
        return None
