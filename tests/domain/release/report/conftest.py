"""A made-up release: themes, quotes and stories of nobody, in every table that an audience has."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.policy import COLUMNS as ALLOWED
from pipeline.domain.release.policy import released_columns
from pipeline.domain.release.report.site import pages

FILLERS = {
    "string": "words",
    "int32": 10,
    "double": 0.5,
    "float": 0.5,
    "bool": False,
    "date32[day]": dt.date(2023, 2, 1),
}
VOICES = ("good", "improve", "hope", "none")


def filler(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return []
    if pa.types.is_struct(kind):
        return {field.name: filler(field.type) for field in kind}
    return FILLERS[str(kind)]


def table(audience: str, name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows with what is not given filled in, read back as from a Parquet file."""
    columns = released_columns(audience, name)
    filled = [
        {
            c.name: row[c.name]
            if c.name in row
            else (None if c.nullable else c.allowed[0] if c.allowed else filler(c.type))
            for c in columns
        }
        for row in rows
    ]
    schema = pa.schema([pa.field(c.name, c.type) for c in columns])
    return pa.Table.from_pylist(filled, schema=schema).to_pandas()


def rows_of(n_themes: int, label: str, words: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of a release with so many themes, all of them named and told alike."""
    themes = [f"T{n:02d}" for n in range(n_themes)]
    counted = {"share_low": 0.3, "share_high": 0.6}
    share = {"share_of_people": 0.45, **counted}
    people = [20 + n for n in range(n_themes)]
    passages = [(theme, number, VOICES[number % 4]) for theme in themes for number in range(3)]
    return {
        "themes": [
            {
                "theme_id": theme,
                "label": f"{label} {n}",
                "keywords": ["oars", label],
                "n_people": None if n == 1 else people[n],
                "label_by": "text",
                "is_muddled": n == 2,
                "warning": words if n == 2 else None,
                "stability": 0.6,
                "description": words,
                "hidden": "small_number" if n == 1 else None,
                **(dict.fromkeys(share) if n == 1 else share),
            }
            for n, theme in enumerate(themes)
        ],
        "theme_prevalence": [
            {"theme_id": theme, "voice": voice, "n_people": None, "hidden": "small_number"}
            if voice == "hope"
            else {"theme_id": theme, "voice": voice, "n_people": 15, **share}
            for theme in themes
            for voice in ("all", "good", "improve", "hope")
        ],
        "quotes": [
            {
                "quote_id": f"quote-{theme}{number}",
                "participant_id": f"person-{number:04x}",
                "theme_id": theme,
                "voice": voice,
                "text": words,
                "reading_text": words,
                "reasons": ["first_person"],
                "is_counterpoint": number == 2,
                "position": number + 1,
            }
            for theme, number, voice in passages
        ],
        "stories": [
            {
                "story_id": f"story-{theme}{number}",
                "participant_id": f"person-{number:04x}",
                "theme_id": None if number == 2 else theme,
                "voice": voice,
                "lane": ("theme", "counterpoint", "new_perspective")[number],
                "text": f"{words}\n\n{words}",
                "reading_text": f"{words}\n\n{words}",
                "offsets": [{"turn": 3, "start": 0, "end": 9}, {"turn": 3, "start": 20, "end": 29}],
            }
            for theme, number, voice in passages
        ],
        "story_sets": [
            {
                "story_set_id": f"theme-{theme}",
                "kind": "theme",
                "title": label,
                "story_id": f"story-{theme}{number}",
                "position": number + 1,
                "why": words,
            }
            for theme in themes
            for number in range(2)
        ]
        + [
            {
                "story_set_id": name,
                "kind": kind,
                "title": label,
                "position": 1,
                "why": words,
                "story_id": f"story-{theme}2",
            }
            for name, kind in (("priority-x", "priority"), ("../evil", "new_perspective"))
            for theme in themes[:1]
        ],
        "overview": [
            {"fact": "people", "n": 95, "meaning": "People."},
            {"fact": "left_out_themes", "n": 2, "meaning": "Themes left out."},
            {"fact": "left_out", "n": None, "hidden": "small_number", "meaning": "Left out."},
        ],
        "changes": [
            {"kind": "theme", "id": "T00", "what": "new", "after": label},
            {"kind": "theme", "id": "T01", "what": "hidden", "before": "20"},
            {"kind": "story", "id": "T00", "what": "gone", "before": "2"},
            {"kind": "quote", "id": "quote-T000", "what": "new"},
            {"kind": "set", "id": "priority-x", "what": "other_stories"},
            {"kind": "count", "id": "people", "what": "more", "before": "90", "after": "95"},
        ],
        "theme_map": [
            {"theme_id": theme, "x": 0.1 * (n % 10), "y": 0.05 * (n % 20)}
            for n, theme in enumerate(themes)
        ],
        "theme_groups": [
            {"theme_id": theme, "dimension": dimension, "group": group, **told}
            for theme in themes[:3]
            for dimension, group, told in (
                (
                    "wave",
                    "2023-01 to 2023-03",
                    {"n_people": 10, "n_in_group": 40, "share_of_group": 0.25, **counted},
                ),
                (
                    "wave",
                    "2023-04 to 2023-06",
                    {"n_people": 20, "n_in_group": 40, "share_of_group": 0.5, **counted},
                ),
                (
                    "age",
                    label,
                    {"n_people": 20, "n_in_group": 40, "share_of_group": 0.5, **counted},
                ),
                ("age", "under forty", {"hidden": "small_number"}),
            )
        ],
        "saturation": [
            {
                "n_conversations": n,
                "share_seen": min(n / 20, 1),
                "share_low": min(n / 30, 1),
                "share_high": 1.0,
            }
            for n in range(1, 31)
        ],
        "saturation_verdicts": [
            {"dimension": "everyone", "group": "everyone", "verdict": "enough", "sentence": words},
            {"dimension": "age", "group": label, "verdict": "not_yet", "sentence": words},
        ],
        "theme_robustness": [
            {"theme_id": theme, "rank": n + 1, "weighted_rank": n + 2, "weighted_by": ["age"]}
            for n, theme in enumerate(themes)
        ],
        "representation": [
            {
                "dimension": "age",
                "group": label,
                "n_people": 30,
                "share": 0.3,
                "reference_share": 0.4,
                "expected_low": 25,
                "expected_high": 45,
                "verdict": "under",
                "sentence": words,
            },
            {"dimension": "age", "group": "under forty", "verdict": "hidden", "sentence": words},
        ],
        "representation_summary": [
            {"dimension": "age", "n_people": 90, "sentence": words, "source": words}
        ],
        "actions": [
            {
                "action_id": "A1",
                "what": words,
                "status": "done",
                "because": words,
                "by_role": label,
                "theme_ids": ["T00", "T99"],
                "story_set_ids": ["priority-x", "none"],
                "done_on": dt.date(2023, 3, 4),
                "told_on": None,
            }
        ],
        "inequalities": [
            {
                "theme_id": "T00",
                "dimension": "age",
                "group": label,
                "direction": "over",
                "sentence": words,
            },
            {
                "theme_id": "T00",
                "dimension": "age",
                "group": "x",
                "direction": "insufficient",
                "sentence": words,
            },
        ],
        "pipeline_equity": [
            {
                "measure": "words_per_person",
                "dimension": "age",
                "group": label,
                "value": 3.2,
                "value_of_others": 3.0,
                "gap": 0.2,
                "gap_low": 0.1,
                "gap_high": 0.3,
                "sentence": words,
            },
            {"measure": "canary_recall", "dimension": "age", "group": "x", "hidden": "small_group"},
        ],
        "interviewers": [
            {
                "interviewer": "interviewer-1",
                "kind": "interviewer",
                "n_conversations": 9,
                "talk_share": 0.8,
            },
            {"interviewer": "median", "kind": "median", "n_conversations": 90, "talk_share": 0.7},
        ],
        "clearances": [
            {
                "subject": "story-T002",
                "audience": "public",
                "status": "waits",
                "is_asked_for": True,
                "why": words,
            },
            {
                "subject": "story-gone",
                "audience": "public",
                "status": "waits",
                "is_asked_for": True,
                "why": words,
            },
            {
                "subject": "story-T000",
                "audience": "public",
                "status": "waits",
                "is_asked_for": False,
                "why": words,
            },
        ],
        "coder_agreement": [
            {"coder": "coder 1", "theme_id": "all", "sentence": words},
            {"coder": "coder 1", "theme_id": "T00", "sentence": words, "kappa": 0.5},
        ],
        "story_set_outcomes": [
            {
                "story_set_id": "pathway-x",
                "kind": "pathway",
                "title": label,
                "outcome": "empty",
                "why": words,
            }
        ],
    }


def leaving_of(
    audience: str, rows: Mapping[str, Sequence[Mapping[str, Any]]], title: str = "Made-up talks"
) -> Leaving:
    """A release of these rows; tables that an audience has not are left out, others are empty."""
    tables = {name: table(audience, name, rows.get(name, ())) for name in ALLOWED[audience]}
    return Leaving(audience, "made-up", title, tables)


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \u202eevil\u202c \x00\x07\x1b[31m "
    "[a link](javascript:alert(3)) **bold** \u2066x\u2069 \u200b\ufeff {{ 7*7 }} {% raw %} "
    "\"onmouseover=\"alert(4)\" ' onfocus='x' </style></title>]]> \U000e0041 =1+1 & &amp; \u2028 🙂"
)


@pytest.fixture(scope="session")
def team() -> dict[str, bytes]:
    """The report of the programme team, with hostile text wherever people may write."""
    return pages(leaving_of("programme team", rows_of(4, HOSTILE, HOSTILE), title=HOSTILE))


@pytest.fixture(scope="session")
def public() -> dict[str, bytes]:
    """The report of the public, with many themes with long names."""
    label = "getting to the surgery and back when the bus does not run on market days any more"
    return pages(leaving_of("public", rows_of(45, label, "We rowed out. [a place] was far.")))


@pytest.fixture(scope="session")
def bare() -> dict[str, bytes]:
    """The report of a release in which nothing could be told."""
    return pages(leaving_of("programme team", {}))
