"""What all pages of a report share: the frame, the menu, and how a template becomes a page.

A page is written by `page(shell, "packs/index.html", "packs/index.html", title="Event packs")` and
what else its template needs: its path in the report first, then its template. Templates extend
`base.html`, fill its block `content`, and begin links with `{{ root }}`: the folder can then be
opened from a disk.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple, cast

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.policy import PROGRAMME_TEAM
from pipeline.domain.release.report import words
from pipeline.domain.release.report.harmless import harmless, paragraphs, safe_name, withheld
from pipeline.tables import AUDIENCES

FOLDER = "report"
PUBLIC = AUDIENCES[-1]


class Link(NamedTuple):
    """An entry of the menu: where it leads, and what it is called."""

    path: str
    words: str


class Shell(NamedTuple):
    """What every page of one report says and links to."""

    leaving: Leaving
    menu: Mapping[str, tuple[Link, ...]]


_MENU: dict[str, tuple[tuple[Link, tuple[str, ...]], ...]] = {
    "What people said": (
        (Link("index.html", "Overview"), ()),
        (Link("themes/index.html", "All themes"), ()),
        (Link("map.html", "Map of themes"), ()),
        (Link("sets/index.html", "Story sets"), ()),
    ),
    "Who was heard": (
        (Link("heard.html", "Who has been heard"), ()),
        (Link("enough.html", "Have we listened enough?"), ()),
        (Link("inequalities.html", "Differences between groups"), ("inequalities",)),
        (Link("equity.html", "Is everybody served alike?"), ("pipeline_equity",)),
    ),
    "What happens next": (
        (Link("packs/index.html", "Event packs"), ("touchpoints", "table_sheets")),
        (Link("actions.html", "You said, we did"), ()),
        (Link("changes.html", "What has changed"), ()),
    ),
    "About this report": (
        (Link("trust.html", "How far to trust it"), ()),
        (Link("dictionary.html", "Data dictionary"), ()),
    ),
    "For the programme team": (
        (Link("sign-offs.html", "Stories waiting for sign-off"), ("clearances",)),
        (Link("interviewers.html", "Feedback to interviewers"), ("interviewers",)),
        (Link("coders.html", "People and machine"), ("coder_agreement",)),
    ),
}
"""Entries in groups, each with the tables of which one must leave for its page to be there."""

_NOT_EMPTY = frozenset({"inequalities"})
"""Tables that stay empty until people sign them off: an empty one does not say whether it waits."""


def shell_of(leaving: Leaving) -> Shell:
    """The frame of the pages of a release."""
    menu = {
        group: tuple(link for link, tables in entries if _is_there(leaving.tables, tables))
        for group, entries in _MENU.items()
        if group != "For the programme team" or leaving.audience == PROGRAMME_TEAM
    }
    return Shell(leaving, {group: links for group, links in menu.items() if links})


def has_page(shell: Shell, path: str) -> bool:
    """Whether the menu leads to a page."""
    return any(link.path == path for links in shell.menu.values() for link in links)


def page(shell: Shell, path: str, template: str, *, title: str, **values: object) -> bytes:
    """A page of the report.

    Parameters
    ----------
    path : str
        Of the page within the report, such as ``themes/T1.html``.
    template : str
        Its template, within `templates`.
    title : str
        What the page is called, in its tab and as its first heading.
    """
    frame = {
        "root": "../" * path.count("/"),
        "path": path,
        "title": title,
        "menu": shell.menu,
        "programme": shell.leaving.title,
        "audience": words.AUDIENCES[shell.leaving.audience],
        "is_public": shell.leaving.audience == PUBLIC,
        "is_team": shell.leaving.audience == PROGRAMME_TEAM,
    }
    return _environment().get_template(template).render(frame | values).encode() + b"\n"


def _is_there(tables: Mapping[str, pd.DataFrame], needed: tuple[str, ...]) -> bool:
    return not needed or any(
        name in tables and (name not in _NOT_EMPTY or len(tables[name]) > 0) for name in needed
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.domain.release.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = cast("dict[str, Callable[..., object]]", environment.filters)  # pyright: ignore[reportUnknownMemberType]
    filters.update(
        name=safe_name,
        paragraphs=paragraphs,
        told=withheld,
        percent=words.percent,
        count=words.count,
        in_words=words.in_words,
        day=words.day,
    )
    return environment
