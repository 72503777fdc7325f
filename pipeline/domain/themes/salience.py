"""How much people say about a theme: apart from how many raise it, and never mixed with that."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.domain.themes.corpus import Row
from pipeline.domain.validation.segments import JOIN
from pipeline.domain.validation.words import PLACEHOLDER

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")

Place = tuple[str, int, int]
"""Where a word begins: conversation, turn, character."""


def salience(rows: Iterable[Row], themes_of: dict[str, list[str]]) -> list[dict[str, object]]:
    """Rows of table `theme_salience`: the share of their words that people give to a theme.

    The mean is over those who raise it, each counting the same however long they spoke. A word
    that stands in two windows is one word.

    Parameters
    ----------
    rows : iterable of Row
        All segments.
    themes_of : mapping of segment to the themes it is in
    """
    spoken: defaultdict[str, set[Place]] = defaultdict(set)
    given: defaultdict[str, defaultdict[str, set[Place]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        words = word_places(row)
        spoken[row.participant_id] |= words
        for theme_id in themes_of.get(row.segment_id, ()):
            given[theme_id][row.participant_id] |= words
    return [
        {"theme_id": theme_id}
        | _of_theme([len(words) / len(spoken[person]) for person, words in by_person.items()])
        for theme_id, by_person in sorted(given.items())
    ]


def _of_theme(shares: Sequence[float]) -> dict[str, object]:
    return {
        "n_people": len(shares),
        "mean_share": round(float(np.mean(shares)), 6),
        "median_share": round(float(np.median(shares)), 6),
    }


def word_places(row: Row) -> set[Place]:
    """Where each word of a segment begins in its conversation, placeholders left out."""
    places: set[Place] = set()
    at = 0
    for span in row.spans:
        piece = row.text[at : at + span.end - span.start]
        at += len(piece) + len(JOIN)
        blanked = PLACEHOLDER.sub(lambda found: " " * len(found[0]), piece)
        places |= {
            (row.conversation_id, span.turn, span.start + word.start())
            for word in _WORD.finditer(blanked)
        }
    return places
