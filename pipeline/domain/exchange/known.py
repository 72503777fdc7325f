"""What a project that comes back may hold of ours: texts, and themes by every name they go by."""

from collections import Counter
from collections.abc import Callable

import pandas as pd

from pipeline.domain.exchange.codes import theme_code
from pipeline.domain.exchange.layout import lay_out
from pipeline.domain.exchange.marks import named
from pipeline.domain.exchange.reading import Known
from pipeline.domain.exchange.sources import file_guid, source_guid
from pipeline.tables import records

_MOST_STEPS = 100


def known_today(
    redacted_turns: pd.DataFrame, themes: pd.DataFrame, pseudonym_of: Callable[[str], str]
) -> Known:
    """Today's texts and themes, by the ids and names that the programme team's project gives them.

    A theme that was joined with another since stands for that one; one that is hidden or found no
    more stands for none.

    Parameters
    ----------
    pseudonym_of : callable
        What a conversation is called in releases to the programme team.
    """
    texts = {str(name): lay_out(own) for name, own in redacted_turns.groupby("conversation_id")}
    outer = {name: pseudonym_of(name) for name in texts}
    sources = {
        key: name
        for name, told in outer.items()
        for key in (source_guid(told), file_guid(source_guid(told)), told)
    }
    shown = _shown(themes)
    by_id = {key: now for theme, now in shown.items() for key in (theme_code(theme), theme)}
    return Known(texts, sources, _labels(themes) | by_id)


def _shown(themes: pd.DataFrame) -> dict[str, str]:
    """The live theme that each theme is shown in: mostly itself."""
    rows = {row["theme_id"]: row for row in records(themes)}
    found: dict[str, str] = {}
    for theme in rows:
        now = theme
        for _ in range(_MOST_STEPS):
            if now not in rows or rows[now]["status"] != "joined":
                break
            now = rows[now]["shown_in"]
        if now in rows and rows[now]["status"] == "live":
            found[theme] = now
    return found


def _labels(themes: pd.DataFrame) -> dict[str, str]:
    """Live themes by label in lower case; a label that two bear tells neither."""
    live = themes[themes["status"].eq("live")]
    labels = [named(label).lower() for label in live["label"]]
    count = Counter(labels)
    pairs = zip(labels, live["theme_id"], strict=True)
    return {label: theme for label, theme in pairs if count[label] == 1}
