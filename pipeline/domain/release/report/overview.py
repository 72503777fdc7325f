"""The first page: what this is, how many were heard, what most raised, what was left out."""

from pipeline.domain.release.overview import LEFT_OUT, THINGS
from pipeline.domain.release.report.charts import Bar, Picture, picture
from pipeline.domain.release.report.reading import Passage, Row, Told
from pipeline.domain.release.report.shell import Shell, page
from pipeline.domain.release.report.words import interval, people, percent

MOST_ON_THE_FIRST_PAGE, MOST_QUOTED = 10, 3


def overview_pages(shell: Shell, told: Told) -> dict[str, bytes]:
    """The first page and its chart."""
    clear, muddled = parted(told.themes)
    first = clear[:MOST_ON_THE_FIRST_PAGE]
    shown = [theme for theme in first if theme["n_people"] is not None]
    chart = themes_picture("most-raised", shown)
    facts = told.facts
    body = page(
        shell,
        "index.html",
        "index.html",
        title="What people told us",
        facts=[facts[name] for name in ("people", "conversations", *THINGS) if name in facts],
        left_out=[facts[name] for name in ("left_out", *LEFT_OUT) if name in facts],
        first=[(theme, interval(theme)) for theme in first],
        n_themes=len(told.themes),
        n_muddled=len(muddled),
        chart=chart,
        heard=_heard(told, first),
    )
    return {"index.html": body, **(chart.files if chart else {})}


def _heard(told: Told, first: list[Row]) -> list[tuple[Row, Passage]]:
    """Of each of the first themes the quote that best stands alone, of those that stand for it."""
    quotes: list[tuple[Row, Passage]] = []
    for theme in first:
        own = [q for q in told.quotes.get(theme["theme_id"], ()) if not q.is_other]
        quotes += [(theme, max(own, key=lambda quote: quote.strength))] if own else []
    return sorted(quotes, key=lambda one: -one[1].strength)[:MOST_QUOTED]


def parted(themes: list[Row]) -> tuple[list[Row], list[Row]]:
    """Themes, and apart from them those that may be no subject at all."""
    clear = [theme for theme in themes if not theme["is_muddled"]]
    return clear, [theme for theme in themes if theme["is_muddled"]]


def themes_picture(name: str, themes: list[Row]) -> Picture | None:
    """Shares of people by theme; without themes there is no picture."""
    if not themes:
        return None
    bars = [
        Bar(
            theme["label"],
            theme["share_of_people"],
            theme["share_low"],
            theme["share_high"],
            people(theme),
        )
        for theme in themes
    ]
    most, least = (percent(theme["share_of_people"]) for theme in (themes[0], themes[-1]))
    return picture(
        name,
        bars,
        f"Chart: share of people who raise each of {len(themes)} themes, from {most} down to "
        f"{least}, each with its 95% interval. The same numbers stand in the list beside it.",
    )
