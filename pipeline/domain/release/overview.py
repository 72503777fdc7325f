"""The release in numbers: whom it is from, what is in it, what was left out and why."""

from collections.abc import Mapping

import pandas as pd

from pipeline.domain.release.disclosure import SMALL

PEOPLE = {
    "people": "People who agreed to be heard by this audience, to the nearest five.",
    "conversations": "Conversations with them, to the nearest five.",
    "left_out": "Conversations left out, without current consent to be heard by this audience.",
}
"""Counts of people: facts of the overview, and what they mean; controlled like all such counts."""

THINGS = {
    "themes": "Themes in this release.",
    "quotes": "Quotes in this release.",
    "stories": "Stories in this release.",
    "story_sets": "Story sets in this release.",
}
LEFT_OUT = {
    "hidden_counts": "Counts of a theme, or of a theme in one voice, that are not told.",
    "left_out_themes": "Themes left out, as too few people raise them.",
    "left_out_stories": "Stories left out, as nobody has signed them off for this audience.",
    "left_out_texts": "Texts left out, as something in them may be a name, a telephone number, an "
    "e-mail or web address, or a postcode that redaction missed.",
}
"""What was held back, counted in things and not in people."""


def overview(
    released: Mapping[str, pd.DataFrame],
    heard: Mapping[str, int | None],
    left_out: Mapping[str, int],
) -> pd.DataFrame:
    """Table `overview`.

    Parameters
    ----------
    released : mapping of table name to DataFrame
    heard : mapping of the facts of `PEOPLE` to how many; None: hidden
    left_out : mapping of the facts of `LEFT_OUT` but `hidden_counts` to how many
    """
    n_hidden = int(released["theme_prevalence"]["hidden"].notna().sum())
    sets = released["story_sets"]["story_set_id"].nunique()
    things = {name: len(released[name]) for name in THINGS} | {"story_sets": sets}
    numbers = {**heard, **things, "hidden_counts": n_hidden, **left_out}
    meanings = PEOPLE | THINGS | LEFT_OUT
    rows = [
        (fact, numbers[fact], SMALL if numbers[fact] is None else None, meaning)
        for fact, meaning in meanings.items()
    ]
    return pd.DataFrame(rows, columns=["fact", "n", "hidden", "meaning"], dtype=object)
