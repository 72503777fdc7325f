"""Policies: what an audience is told in place of a placeholder, and files that say it wrongly."""

from typing import Any

import pandas as pd
import pytest

from pipeline.domain.redaction.generalising import GENERALISATIONS, LEVELS
from pipeline.domain.release.telling import (
    IN_WORDS,
    ONLY_TYPES,
    placeholders_in,
    read_policy,
    readings_of,
    rendered,
    told,
)
from pipeline.errors import UsageError
from pipeline.resources.programme import Programme
from pipeline.tables import AUDIENCES, ENTITY_TYPES, GENERALISATION_LEVELS

KNOWN = pd.DataFrame(
    [
        ("C1", "[AGE_1]", "AGE", "five_years", "80 to 84"),
        ("C1", "[AGE_1]", "AGE", "ten_years", "80 to 89"),
        ("C1", "[ORG_2]", "ORG", "kind", "optician"),
    ],
    columns=GENERALISATIONS,
)


def policy(**types: Any) -> dict[str, Any]:
    return {"audience": "public", "types": types}


def test_the_first_level_that_is_known_is_told() -> None:
    rules = {"twenty_years": "[{value}]", "ten_years": "[age {value}]", "otherwise": "[an age]"}
    read = read_policy(policy(AGE=rules), "public")
    row = told(KNOWN, read, [("C1", "[AGE_1]")]).iloc[0]
    assert (row["level"], row["value"], row["reading"]) == (
        "ten_years",
        "80 to 89",
        "[age 80 to 89]",
    )


def test_another_conversation_with_the_same_placeholder_is_told_nothing_of_it() -> None:
    read = read_policy(policy(AGE={"ten_years": "[{value}]", "otherwise": "[an age]"}), "public")
    assert told(KNOWN, read, [("C2", "[AGE_1]")])["reading"].tolist() == ["[an age]"]


def test_articles_and_numbers_are_filled_in() -> None:
    rules = {"kind": "[{a} {value}, {number}]", "otherwise": "[body {number}]"}
    read = read_policy(policy(ORG=rules), "public")
    table = told(KNOWN, read, [("C1", "[ORG_2]"), ("C1", "[ORG_7]")])
    assert table["reading"].tolist() == ["[an optician, 2]", "[body 7]"]
    assert rendered("At [ORG_2].", "C1", readings_of(table)) == "At [an optician, 2]."


def test_what_looks_like_a_placeholder_of_no_type_stays_as_it_stands() -> None:
    text = "She said [SIC_1] and [AGE_3]."
    keys = list(placeholders_in([("C1", text)]))
    assert keys == [("C1", "[AGE_3]")]
    assert rendered(text, "C1", readings_of(told(KNOWN, ONLY_TYPES, keys))) == (
        "She said [SIC_1] and [an age]."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"audience": "programme team", "types": {}}, "must begin with the audience"),
        (policy(SHOE_SIZE={"otherwise": "[a shoe]"}), "unknown entries: SHOE_SIZE"),
        (policy() | {"typos": 1}, "unknown entries: typos"),
        (policy(AGE={"to_the_day": "[{value}]", "otherwise": "[an age]"}), "no such level"),
        (policy(DOB={"year": "[{value}]", "otherwise": "[a date]"}), "no such level: year"),
        (policy(AGE={"ten_years": "[{value}]"}), "say also how it reads otherwise"),
        (policy(AGE={"otherwise": "an age"}), "square brackets"),
        (policy(AGE={"otherwise": "[{value}]"}), "square brackets"),
        (policy(AGE={"otherwise": "[AGE_1]"}), "square brackets"),
        (policy(AGE={"ten_years": "[{words}]", "otherwise": "[an age]"}), "square brackets"),
        (policy(AGE={"ten_years": "[{value]", "otherwise": "[an age]"}), "square brackets"),
        (policy(AGE={"ten_years": "[{value!r}]", "otherwise": "[an age]"}), "square brackets"),
    ],
    ids=[
        "audience", "type", "entry", "level", "level of another type", "no otherwise",
        "no brackets", "value of nothing", "like a placeholder", "field", "half a field",
        "conversion",
    ],
)  # fmt: skip
def test_a_policy_that_is_wrong_is_refused_with_a_sentence(
    content: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_policy(content, "public")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_programme_has_a_sound_policy_for_every_audience(audience: str) -> None:
    shipped = Programme().policy(audience)
    assert set(shipped) == set(ENTITY_TYPES)
    assert shipped != ONLY_TYPES


@pytest.mark.parametrize("kind", LEVELS)
def test_a_wider_audience_is_told_nothing_finer(kind: str) -> None:
    finest: list[int] = []
    for audience in AUDIENCES:
        levels = [level for level, _ in Programme().policy(audience)[kind].levels]
        finest.append(
            min((LEVELS[kind].index(level) for level in levels), default=len(LEVELS[kind]))
        )
    assert finest == sorted(finest)


def test_a_programme_without_policies_tells_only_types() -> None:
    assert set(ONLY_TYPES) == set(ENTITY_TYPES) == set(IN_WORDS)
    assert all(not rule.levels for rule in ONLY_TYPES.values())


def test_every_level_is_in_the_table() -> None:
    assert {level for levels in LEVELS.values() for level in levels} == set(GENERALISATION_LEVELS)
