"""The release in numbers: whom it is from, what is in it, what was left out and why."""

from collections.abc import Mapping

import pandas as pd

from pipeline.domain.release.disclosure import SMALL
from pipeline.domain.release.figures import Altogether

PEOPLE = {
    "people": "People who agreed to be heard by this audience",
    "conversations": "Conversations with them",
    "left_out": "Conversations left out, without current consent to be heard by this audience",
}
"""Counts of people: facts of the overview, and what they mean; how they are told is said after."""

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
    heard: Altogether,
    left_out: Mapping[str, int],
) -> pd.DataFrame:
    """Table `overview`.

    Parameters
    ----------
    released : mapping of table name to DataFrame
    heard : Altogether
        The facts of `PEOPLE`.
    left_out : mapping of the facts of `LEFT_OUT` but `hidden_counts` to how many
    """
    n_hidden = int(released["theme_prevalence"]["hidden"].notna().sum())
    sets = released["story_sets"]["story_set_id"].nunique()
    things = {name: len(released[name]) for name in THINGS} | {"story_sets": sets}
    numbers = {**heard.counts, **things, "hidden_counts": n_hidden, **left_out}
    rounding = f", to the nearest {heard.nearest}" * (heard.nearest > 1)
    people = {fact: f"{meaning}{rounding}." for fact, meaning in PEOPLE.items()}
    meanings = people | THINGS | LEFT_OUT
    rows = [
        (fact, numbers[fact], SMALL if numbers[fact] is None else None, meaning)
        for fact, meaning in meanings.items()
    ]
    return pd.DataFrame(rows, columns=["fact", "n", "hidden", "meaning"], dtype=object)
