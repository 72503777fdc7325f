"""What a placeholder is told as: one policy for each audience, and texts rendered by it.

The text of a quote keeps its placeholders, for its proof. Beside it stands how it may be read to
this audience: "[age 70 to 79]", "[a place in Purbeck]".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.redaction.generalising import LEVELS
from pipeline.domain.redaction.words import PLACEHOLDER
from pipeline.errors import UsageError
from pipeline.tables import ENTITY_TYPES, records

OTHERWISE = "otherwise"
READING_COLUMNS = ["conversation_id", "placeholder", "entity_type", "level", "value", "reading"]
IN_WORDS = {
    "PERSON": "a person", "PLACE": "a place", "ORG": "an organisation", "ADDRESS": "an address",
    "POSTCODE": "a postcode", "PHONE": "a telephone number", "EMAIL": "an e-mail address",
    "HANDLE": "a name on the internet", "URL": "a web address", "ID": "a number",
    "DOB": "a date of birth", "DATE": "a date", "AGE": "an age", "JOB": "a job",
}  # fmt: skip
"""How a type is told where no policy says more."""
_TEMPLATE = re.compile(r"\[[^\[\]_@]+\]")
_FIELD = re.compile(r"\{[^{}]*\}")
_FIELDS = frozenset({"{value}", "{a}", "{number}"})


class Rule(NamedTuple):
    """How one type reads: templates by level, the one preferred first, and one for want of any."""

    levels: tuple[tuple[str, str], ...]
    otherwise: str


Policy = Mapping[str, Rule]
"""The rule of every type of personal data, for one audience."""

ONLY_TYPES: Policy = {kind: Rule((), f"[{words}]") for kind, words in IN_WORDS.items()}
"""What holds where a programme has no policy: nothing is told but the type."""

Key = tuple[str, str]
"""Conversation and placeholder."""


def read_policy(content: Mapping[str, Any], audience: str) -> Policy:
    """A policy file, checked.

    Raises
    ------
    UsageError
        With a sentence that says what is wrong with which type, and what may stand there.
    """
    if content.get("audience") != audience:
        raise UsageError(f"the policy must begin with the audience that it is for: {audience}")
    types = cast("Mapping[str, Mapping[str, str]]", content.get("types") or {})
    unknown = sorted(set(map(str, types)) - set(ENTITY_TYPES))
    if unknown or set(content) - {"audience", "types"}:
        wrong = ", ".join([*unknown, *sorted(set(map(str, content)) - {"audience", "types"})])
        raise UsageError(f"the policy for {audience} has unknown entries: {wrong}; {_types()}")
    rules = {name: _rule(audience, name, templates) for name, templates in types.items()}
    return {**ONLY_TYPES, **rules}


def _types() -> str:
    return f"types are {', '.join(ENTITY_TYPES)}"


def _rule(audience: str, name: str, templates: Mapping[str, str]) -> Rule:
    levels = {str(level): str(text) for level, text in (templates or {}).items()}
    where = f"the policy for {audience}, {name}"
    unknown = sorted(set(levels) - {*LEVELS.get(name, ()), OTHERWISE})
    if unknown:
        known = ", ".join([*LEVELS.get(name, ()), OTHERWISE])
        raise UsageError(f"{where}: no such level: {', '.join(unknown)}; there are {known}")
    if OTHERWISE not in levels:
        raise UsageError(f"{where}: say also how it reads {OTHERWISE}, when nothing is known")
    for level, template in levels.items():
        _check(f"{where}, {level}", level, template)
    otherwise = levels.pop(OTHERWISE)
    return Rule(tuple(levels.items()), otherwise)


def _check(where: str, level: str, template: str) -> None:
    fields = set(_FIELD.findall(template))
    allowed = _FIELDS if level != OTHERWISE else {"{number}"}
    bare = _FIELD.sub("", template)
    if (
        not _TEMPLATE.fullmatch(_FIELD.sub("x", template))
        or fields - allowed
        or re.search(r"[{}]", bare)
    ):
        raise UsageError(
            f"{where}: write it in square brackets, without '_', and of {{...}} only "
            f"{' '.join(sorted(allowed))}"
        )


# Telling


def told(generalisations: pd.DataFrame, policy: Policy, needed: Iterable[Key]) -> pd.DataFrame:
    """How each needed placeholder reads under the policy, and what it is told at which level.

    Parameters
    ----------
    generalisations : DataFrame
        The table of that name; rows of placeholders that are not needed are left aside.
    needed : iterable of (conversation id, placeholder)
    """
    keys = set(needed)
    known: dict[Key, dict[str, str]] = {}
    for row in records(generalisations):
        key = (row["conversation_id"], row["placeholder"])
        if key in keys:
            known.setdefault(key, {})[row["level"]] = row["value"]
    rows = [
        (*key, kind, *_told(policy[kind], number, known.get(key, {})))
        for key in sorted(keys)
        for kind, _, number in [key[1][1:-1].rpartition("_")]
    ]
    return pd.DataFrame(rows, columns=READING_COLUMNS, dtype=object)


def _told(rule: Rule, number: str, known: Mapping[str, str]) -> tuple[str | None, str | None, str]:
    for level, template in rule.levels:
        value = known.get(level, "")
        if value:
            return level, value, template.format(value=value, a=_article(value), number=number)
    return None, None, rule.otherwise.format(number=number)


def _article(value: str) -> str:
    return "an" if value[0].lower() in "aeio" else "a"


def placeholders_in(texts: Iterable[tuple[str, str]]) -> Iterator[Key]:
    """Placeholders of known types in texts, each with its conversation."""
    for conversation, text in texts:
        for match in PLACEHOLDER.finditer(text):
            if match[0][1:-1].rpartition("_")[0] in ENTITY_TYPES:
                yield conversation, match[0]


def rendered(text: str, conversation: str, readings: Mapping[Key, str]) -> str:
    """The text as this audience may read it; what nobody knows stays as it stands."""
    return PLACEHOLDER.sub(lambda match: readings.get((conversation, match[0]), match[0]), text)


def readings_of(placeholders: pd.DataFrame) -> dict[Key, str]:
    """How each placeholder reads, from a table of them."""
    columns = (placeholders[name] for name in ("conversation_id", "placeholder", "reading"))
    return {
        (conversation, name): reading for conversation, name, reading in zip(*columns, strict=True)
    }


def texts_with_placeholders(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str]]:
    """Every text of a release that may hold placeholders, with its conversation."""
    for name, columns in TELLING.items():
        for column in columns:
            if name in tables and column in tables[name].columns:
                yield from zip(tables[name]["conversation_id"], tables[name][column], strict=True)
    for phrases in tables["themes"]["phrases"]:
        yield from ((phrase["conversation_id"], phrase["text"]) for phrase in phrases)


TELLING: Mapping[str, Sequence[str]] = {
    "quotes": ("text",), "stories": ("text",), "segments": ("text", "question"),
    "redacted_turns": ("text",),
}  # fmt: skip
"""Tables and columns of a release whose texts hold placeholders."""
READ_ALOUD = ("quotes", "stories")
"""Tables that say how their text reads to the audience."""
