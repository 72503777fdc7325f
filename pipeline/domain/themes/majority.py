"""What most people of a theme say: the one rule for maps, pages, negative cases and stories.

It needs only how many people speak in each voice, so that a page made from a release's counts
says the same as the tables of the night.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.settings import Settings

OPPOSITE = {"improve": "good", "good": "improve", "hope": "good"}
"""What contradicts a majority. Who hopes for something is contradicted by who has it."""

USUAL_FEWEST = int(Settings.model_fields["min_theme_people"].default)
"""People that a majority needs where a programme's settings are not known: in a release."""


class Majority(NamedTuple):
    """The voice of most people, and how many speak in it; without a majority, in the first."""

    voice: str | None
    n_people: int


def majority(n_by_voice: Mapping[str, int], n_people: int, fewest: int) -> Majority:
    """The voice of more than half of those who speak in one, if they are enough.

    How many speak in any voice is not known where some speak in two. They are no more than all
    people, and no more than the votes: a voice is that of most if it has half of either.

    Parameters
    ----------
    n_by_voice : mapping
        People who speak in each voice; one person has one vote for each.
    n_people : int
        People of the theme, with a voice or without.
    fewest : int
        People that a majority needs: as many as a theme, so that three of forty are none.
    """
    ranked = sorted(((n_by_voice.get(voice, 0), voice) for voice in OPPOSITE), reverse=True)
    (most, voice), (second, _) = ranked[0], ranked[1]
    n_voiced = min(n_people, sum(n for n, _ in ranked))
    is_most = most > second and 2 * most > n_voiced and most >= fewest
    return Majority(voice if is_most else None, most)


def majority_among(told: Iterable[tuple[str, str]], fewest: int) -> Majority:
    """The same, from who speaks in which voice; `none` is no voice."""
    pairs = set(told)
    voices = [voice for _, voice in pairs]
    n_by_voice = {voice: voices.count(voice) for voice in OPPOSITE}
    return majority(n_by_voice, len({person for person, _ in pairs}), fewest)
