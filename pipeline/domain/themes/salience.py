"""How much people say about a theme: apart from how many raise it, and never mixed with that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipeline.domain.themes.corpus import Row
from pipeline.domain.validation.segments import JOIN
from pipeline.domain.validation.words import PLACEHOLDER, WORD

Place = tuple[str, int, int]
"""Where a word begins: conversation, turn, character."""


def salience(
    rows: Iterable[Row], themes_of: Mapping[str, Sequence[str]]
) -> list[dict[str, object]]:
    """Rows of table `theme_salience`: the share of their words that people give to a theme.

    The mean is over those who raise it, each counting the same however long they spoke. A word
    that stands in two windows is one word.

    Parameters
    ----------
    rows : iterable of Row
        All segments.
    themes_of : mapping of segment to the themes it is in
    """
    told: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        told[row.participant_id].append(row)
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for _, own in sorted(told.items()):
        for theme_id, share in _of_person(own, themes_of).items():
            shares[theme_id].append(share)
    return [{"theme_id": theme_id} | _of_theme(given) for theme_id, given in sorted(shares.items())]


def _of_person(rows: Sequence[Row], themes_of: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Share of a person's words that each theme gets."""
    spoken: set[Place] = set()
    given: defaultdict[str, set[Place]] = defaultdict(set)
    for row in rows:
        words = word_places(row)
        spoken |= words
        for theme_id in themes_of.get(row.segment_id, ()):
            given[theme_id] |= words
    return {theme_id: len(words) / max(len(spoken), 1) for theme_id, words in given.items()}


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
            for word in WORD.finditer(blanked)
        }
    return places
