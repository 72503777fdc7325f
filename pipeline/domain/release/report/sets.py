"""Pages of story sets: stories chosen together, for priorities, pathways, training and more."""

from pipeline.domain.release.report.harmless import safe_name
from pipeline.domain.release.report.overview import parted
from pipeline.domain.release.report.reading import Row, Told, by, rows
from pipeline.domain.release.report.shell import Shell, page
from pipeline.domain.release.report.words import KINDS

THEME = "theme"

ABOUT = {
    "priority": "Stories that speak to one priority of the shared plan.",
    "pathway": "Stories that a care-pathway group may want to hear. Nobody is said to have a "
    "condition.",
    "inequalities": "Stories for the group that challenges what differs between groups of people.",
    "training": "Stories whose tellers agreed to their use in staff training.",
    "new_perspective": "Stories that stand apart: far from every theme, against what most say, or "
    "from people who are seldom heard.",
    "good_practice": "Stories of what went well, so that others can do likewise.",
}


def set_pages(shell: Shell, told: Told) -> dict[str, bytes]:
    """The list of sets, and a page for each that is not a theme's: those stand on its page."""
    own = {name: chosen for name, chosen in told.sets.items() if chosen[0]["kind"] != THEME}
    pages = {"sets/index.html": _index(shell, told, own)}
    for name, chosen in own.items():
        path = f"sets/{safe_name(name)}.html"
        pages[path] = page(
            shell,
            path,
            "set.html",
            title=chosen[0]["title"],
            about=ABOUT[chosen[0]["kind"]],
            stories=[(told.stories[row["story_id"]], row) for row in chosen],
            labels=told.labels,
        )
    return pages


def _index(shell: Shell, told: Told, own: dict[str, list[Row]]) -> bytes:
    firsts = [chosen[0] | {"n": len(chosen)} for chosen in own.values()]
    kinds = by(sorted(firsts, key=lambda row: (row["title"], row["story_set_id"])), "kind")
    of_themes = [
        (theme, len(told.sets[f"theme-{theme['theme_id']}"]))
        for part in parted(told.themes)
        for theme in part
        if f"theme-{theme['theme_id']}" in told.sets
    ]
    empty = [r for r in rows(told.leaving, "story_set_outcomes") if r["outcome"] == "empty"]
    return page(
        shell,
        "sets/index.html",
        "sets.html",
        title="Story sets",
        kinds=[(KINDS[kind], ABOUT[kind], kinds[kind]) for kind in KINDS if kind in kinds],
        of_themes=of_themes,
        empty=empty,
    )
