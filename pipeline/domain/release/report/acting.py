"""Pages on what became of it: what was done, what has changed, and what waits for sign-off."""

from collections import Counter
from typing import NamedTuple

from pipeline.domain.governance.approvals import INEQUALITIES
from pipeline.domain.release.report.harmless import safe_name
from pipeline.domain.release.report.reading import Row, Told, by, rows
from pipeline.domain.release.report.shell import Shell, has_page, page
from pipeline.domain.release.report.words import NOT_TOLD, capital
from pipeline.domain.themes.labels import is_unnamed

STATUSES = {
    "done": "Done",
    "under_way": "Under way",
    "planned": "Planned",
    "not_possible": "Not possible, and why",
}
CLEARANCES = {
    "waits": "Wait for sign-off",
    "text_changed": "Signed off, but the text has changed since",
    "expired": "Sign-off has expired",
    "refused": "Refused",
    "cleared": "Signed off",
}
_SETTLED = frozenset({"refused", "cleared"})
DIFFERENCES = "What differs between groups of people"
_OF_GROUPS = "inequalities.html"


def acting_pages(shell: Shell, told: Told) -> dict[str, bytes]:
    """You said, we did; what has changed; and, for the programme team, sign-offs."""
    pages = {"actions.html": _actions(shell, told), "changes.html": _changes(shell, told)}
    if has_page(shell, "sign-offs.html"):
        pages["sign-offs.html"] = _sign_offs(shell, told)
    return pages


def _actions(shell: Shell, told: Told) -> bytes:
    found = by(rows(told.leaving, "actions"), "status")
    titles = {name: chosen[0]["title"] for name, chosen in told.sets.items()}
    return page(
        shell,
        "actions.html",
        "actions.html",
        title="You said, we did",
        statuses=[(words, found[status]) for status, words in STATUSES.items() if status in found],
        labels=told.labels,
        titles=titles,
        kinds={name: chosen[0]["kind"] for name, chosen in told.sets.items()},
    )


def _changes(shell: Shell, told: Told) -> bytes:
    found = by(rows(told.leaving, "changes"), "kind")
    labels = told.labels
    titles: dict[str, str] = {
        name: str(labels.get(name.removeprefix("theme-"), chosen[0]["title"]))
        for name, chosen in told.sets.items()
    }
    facts = told.facts
    sentences = {
        "Themes": [_theme_changed(row, labels) for row in found.get("theme", [])],
        "Story sets": [_set_changed(row, titles) for row in found.get("set", [])],
        "Quotes": _passages_changed(found.get("quote", []), labels, ("quote", "quotes")),
        "Stories": _passages_changed(found.get("story", []), labels, ("story", "stories")),
        "Numbers": [
            f"{facts[row['id']]['meaning'] if row['id'] in facts else row['id']} "
            f"Before: {row['before'] or NOT_TOLD}; now: {row['after'] or NOT_TOLD}."
            for row in found.get("count", [])
        ],
    }
    return page(
        shell,
        "changes.html",
        "changes.html",
        title="What has changed",
        parts={title: said for title, said in sentences.items() if said},
    )


def _theme_changed(row: Row, labels: dict[str, str]) -> str:
    name = labels.get(row["id"], "a theme that is gone")
    told_before, told_now = row["before"] or NOT_TOLD, row["after"] or NOT_TOLD
    former = _former(told_before)
    return {
        "new": f"New: {name}.",
        "gone": f"No longer told of: {former}.",
        "renamed": f"{capital(former)} is now called {name}.",
        "more": f"{name}: more people, {told_now} (before: {told_before}).",
        "fewer": f"{name}: fewer people, {told_now} (before: {told_before}).",
        "shown": f"{name}: how many people raise it is told now: {told_now}.",
        "hidden": f"{name}: how many people raise it is told no more.",
    }[row["what"]]


def _former(name: str) -> str:
    return "a theme without a name" if is_unnamed(name) else capital(name)


def _set_changed(row: Row, titles: dict[str, str]) -> str:
    told_before = row["before"] or NOT_TOLD
    name = capital(str(titles.get(row["id"], row["before"] or row["id"])))
    return {
        "new": f"New: {name}.",
        "gone": f"No longer told: {_former(told_before)}.",
        "renamed": f"{capital(_former(told_before))} is now called {name}.",
        "other_stories": f"{name}: other stories, or in another order.",
    }[row["what"]]


def _passages_changed(
    found: list[Row], labels: dict[str, str], words: tuple[str, str]
) -> list[str]:
    """How many are new, and how many of each theme are gone."""
    n_new = sum(row["what"] == "new" for row in found)
    gone = Counter({row["id"]: int(row["before"]) for row in found if row["what"] == "gone"})
    said = [f"{n_new} new {words[n_new != 1]}."] if n_new else []
    for theme, n in gone.items():
        of = f"of {labels[theme]}" if theme in labels else "of no theme or of one that is gone"
        said.append(f"{n} {words[n != 1]} {of} told no more.")
    return said


def _sign_offs(shell: Shell, told: Told) -> bytes:
    audiences = [
        (audience, _by_status(own, told))
        for audience, own in by(rows(told.leaving, "clearances"), "audience").items()
    ]
    return page(
        shell,
        "sign-offs.html",
        "sign-offs.html",
        title="Stories waiting for sign-off",
        audiences=audiences,
        places=_places(shell, told),
    )


class _Status(NamedTuple):
    """What waits, or is signed: stories that are asked for by the reason, and how many in all."""

    words: str
    is_settled: bool
    reasons: list[tuple[str, list[Row]]]
    n: int
    n_more: int


def _by_status(own: list[Row], told: Told) -> list[_Status]:
    statuses = by(own, "status")
    found: list[_Status] = []
    for status, words in CLEARANCES.items():
        subjects = statuses.get(status, [])
        asked = [
            row | {"begins": _beginning(row["subject"], told)}
            for row in subjects
            if row["is_asked_for"]
        ]
        if subjects:
            reasons = list(by(asked, "why").items())
            n_more = len(subjects) - len(asked)
            found.append(_Status(words, status in _SETTLED, reasons, len(subjects), n_more))
    return found


def _beginning(subject: str, told: Told) -> str:
    if subject in told.stories:
        return told.stories[subject].beginning
    return DIFFERENCES if subject == INEQUALITIES else "A story that is not in this report"


def _places(shell: Shell, told: Told) -> dict[str, str]:
    """Where each story can be read."""
    found: dict[str, str] = {}
    if has_page(shell, _OF_GROUPS):
        found[INEQUALITIES] = _OF_GROUPS
    for name, chosen in sorted(told.sets.items(), key=lambda one: one[1][0]["kind"] == "theme"):
        theme = name.removeprefix("theme-")
        is_theme = chosen[0]["kind"] == "theme" and theme in told.labels
        path = f"themes/{safe_name(theme)}.html" if is_theme else f"sets/{safe_name(name)}.html"
        for row in chosen:
            found.setdefault(row["story_id"], f"{path}#{safe_name(row['story_id'])}")
    return found
