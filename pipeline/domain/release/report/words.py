"""Numbers and codes as people say them."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

VOICES = {
    "good": "good or helpful",
    "improve": "could be improved",
    "hope": "hopes and ideas",
    "none": "none of these",
}
KINDS = {
    "theme": "Stories on a theme",
    "priority": "Priorities of the shared plan",
    "pathway": "Care-pathway groups",
    "inequalities": "Health inequalities",
    "training": "Staff training",
    "new_perspective": "New perspectives",
    "good_practice": "Good practice worth sharing",
}
HIDDEN = {
    "small_group": "not told: few people in the group",
    "small_number": "not told: few people",
    "gives_another_away": "not told: it would give a small number away",
}
CODES = VOICES | HIDDEN
AUDIENCES = {
    "programme team": "the programme team",
    "health and care partners": "health and care partners",
    "co-design events": "co-design events",
    "public": "the public",
}
SIGNS = {"good": "●", "improve": "▲", "hope": "★", "divided": "○", "none": "○"}
"""A sign for each voice, as the stylesheet has them, so that no colour says it alone."""
NOT_TOLD = "not told"


def capital(name: str) -> str:
    """A name as pages write it."""
    return name[:1].upper() + name[1:]


def is_known(value: Any) -> bool:
    """Whether there is a number or text: missing ones come from files in several ways."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def count(value: Any) -> str:
    """A whole number with commas; a hidden one says that it is."""
    return f"{int(value):,}" if is_known(value) else NOT_TOLD


def percent(value: Any) -> str:
    """A share from 0 to 1 as whole percent."""
    return f"{100 * float(value):.0f}%" if is_known(value) else NOT_TOLD


def day(value: Any) -> str:
    """A day as it is said, such as 3 March 2023; nothing, if there is none."""
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else ""


def in_words(code: str) -> str:
    """A code as words."""
    return CODES.get(code, code.replace("_", " "))


def people(row: Mapping[str, Any]) -> str:
    """How many people, from a row with a count that may be hidden."""
    if not is_known(row["n_people"]):
        return str(HIDDEN.get(str(row.get("hidden")), NOT_TOLD))
    return f"{int(row['n_people']):,} {'person' if row['n_people'] == 1 else 'people'}"


def interval(row: Mapping[str, Any]) -> str:
    """A share of people with its interval; empty, if there is none."""
    if not is_known(row["share_of_people"]):
        return ""
    low, high = percent(row["share_low"]), percent(row["share_high"])
    return f"{percent(row['share_of_people'])}, between {low} and {high}"


def share_interval(row: Mapping[str, Any]) -> str:
    """A share of a group with its interval; or why it is hidden."""
    if not is_known(row["share_of_group"]):
        return HIDDEN.get(str(row.get("hidden")), NOT_TOLD)
    low, high = percent(row["share_low"]), percent(row["share_high"])
    return f"{percent(row['share_of_group'])}, between {low} and {high}"
