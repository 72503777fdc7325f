"""Pages of themes: the list of all, the map, and one page for each."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.domain.release.report.charts import VOICE_COLOURS, Bar, Picture, picture
from pipeline.domain.release.report.harmless import harmless, safe_name
from pipeline.domain.release.report.overview import parted, themes_picture
from pipeline.domain.release.report.reading import Passage, Row, Told, by, rows
from pipeline.domain.release.report.shell import Shell, page
from pipeline.domain.release.report.words import (
    HIDDEN,
    NOT_TOLD,
    SIGNS,
    VOICES,
    interval,
    is_known,
    people,
    percent,
    share_interval,
)
from pipeline.domain.stories.reasons import UNMARKED
from pipeline.domain.themes.groups import WAVE
from pipeline.domain.themes.layout import FONT_PX, LINE_PX, lay_out
from pipeline.domain.themes.majority import OPPOSITE
from pipeline.domain.themes.pictures import SAID, majority_voices

_FEWEST_WAVES = 2
_NO_MAJORITY = "No way of speaking of it is that of most people here, so nothing says otherwise."
_IN_A_STORY = "Who says otherwise is quoted in no short passage here: a story below tells of it."
_NOT_TOLD_WHETHER = (
    "Whether anybody in this theme says otherwise is not told to this audience: those who do are "
    "few, or nobody. If somebody does, they may not be quoted."
)


def theme_pages(shell: Shell, told: Told) -> dict[str, bytes]:
    """The list of themes, their map and a page for each, with their charts."""
    mostly = _mostly(told)
    pages = {**_index(shell, told, mostly), **_map(shell, told, mostly)}
    about = _About(told)
    for place, theme in enumerate(told.themes):
        around = (
            told.themes[place - 1] if place else None,
            told.themes[place + 1] if place + 1 < len(told.themes) else None,
        )
        pages |= _theme(shell, told, about, theme, around, mostly[theme["theme_id"]])
    return pages


class _About:
    """What other tables say of each theme."""

    def __init__(self, told: Told) -> None:
        leaving = told.leaving
        groups = rows(leaving, "theme_groups")
        self.waves = by([row for row in groups if row["dimension"] == WAVE], "theme_id")
        self.groups = by([row for row in groups if row["dimension"] != WAVE], "theme_id")
        self.robustness = {row["theme_id"]: row for row in rows(leaving, "theme_robustness")}
        self.salience = {row["theme_id"]: row for row in rows(leaving, "theme_salience")}
        self.lineage = by(rows(leaving, "theme_lineage"), "theme_id")
        self.differences = by(
            [r for r in rows(leaving, "inequalities") if r["direction"] in ("over", "under")],
            "theme_id",
        )
        self.actions = rows(leaving, "actions")


def _mostly(told: Told) -> dict[str, str]:
    """The voice of most people in each theme, or that none has a majority."""
    prevalence = told.leaving.tables.get("theme_prevalence")
    voices = {} if prevalence is None else majority_voices(prevalence)
    return {theme["theme_id"]: voices.get(theme["theme_id"], "divided") for theme in told.themes}


def _index(shell: Shell, told: Told, mostly: dict[str, str]) -> dict[str, bytes]:
    clear, muddled = parted(told.themes)
    chart = themes_picture("themes", [row for row in clear if row["n_people"] is not None])
    body = page(
        shell,
        "themes/index.html",
        "themes.html",
        title="All themes",
        parts=[
            (title, [(theme, interval(theme), people(theme)) for theme in part])
            for title, part in (
                ("Themes", clear),
                ("To be read with care: perhaps a manner of speaking", muddled),
            )
            if part
        ],
        mostly={theme: SAID[voice] for theme, voice in mostly.items()},
        voice_of=mostly,
        chart=chart,
    )
    return {"themes/index.html": body, **(chart.files if chart else {})}


def _map(shell: Shell, told: Told, mostly: dict[str, str]) -> dict[str, bytes]:
    """The map: places of the night's table, and room for each name as this audience reads it."""
    places = {row["theme_id"]: (row["x"], row["y"]) for row in rows(told.leaving, "theme_map")}
    shown = [theme for theme in told.themes if theme["theme_id"] in places]
    at = np.array([places[theme["theme_id"]] for theme in shown], dtype=np.float64).reshape(-1, 2)
    at[:, 1:] = 1 - at[:, 1:]
    labels = [
        f"{SIGNS[mostly[theme['theme_id']]]} {harmless(theme['label'])}"
        f"{' (perhaps no subject)' if theme['is_muddled'] else ''}"
        for theme in shown
    ]
    placed = lay_out(at, [theme["n_people"] or 0 for theme in shown], labels)
    spots = [
        {
            "theme": theme,
            "spot": spot,
            "letters": round(min(max(0.6 * spot.radius, 11), 22), 1),
            "voice": mostly[theme["theme_id"]],
            "share": interval(theme),
            "people": people(theme),
            "first": next((one for one in told.quotes.get(theme["theme_id"], ())), None),
        }
        for theme, spot in zip(shown, placed.spots, strict=True)
    ]
    body = page(
        shell,
        "map.html",
        "map.html",
        title="Map of themes",
        spots=spots,
        size=(placed.width, placed.height),
        line=LINE_PX,
        letters=FONT_PX,
        said=SAID,
        n_unplaced=len(told.themes) - len(shown),
    )
    return {"map.html": body}


def _theme(
    shell: Shell,
    told: Told,
    about: _About,
    theme: Row,
    around: tuple[Row | None, Row | None],
    mostly: str,
) -> dict[str, bytes]:
    one = theme["theme_id"]
    own = told.voices.get(one, {})
    voices = _voices_picture(told, theme)
    waves = _waves_picture(about.waves.get(one, []), theme)
    quotes = told.quotes.get(one, [])
    stories = _stories(told, one)
    path = f"themes/{safe_name(one)}.html"
    body = page(
        shell,
        path,
        "theme.html",
        title=theme["label"],
        theme=theme,
        share=interval(theme),
        altogether=told.facts.get("people", {}).get("n"),
        voices=[own[code] for code in VOICES if code in own],
        voices_chart=voices,
        quotes=[quote for quote in quotes if not quote.is_other],
        apart=[quote for quote in quotes if quote.why != UNMARKED],
        others=[quote for quote in quotes if quote.is_other],
        is_turned=any(quote.is_other and quote.voice == mostly for quote in quotes),
        no_others=_IN_A_STORY
        if any(story.is_other for story, _ in stories)
        else _why_no_others(own, mostly),
        stories=stories,
        waves=[(row, share_interval(row)) for row in about.waves.get(one, [])],
        waves_chart=waves,
        groups=_groups(about.groups.get(one, [])),
        robustness=about.robustness.get(one),
        salience=about.salience.get(one),
        lineage=about.lineage.get(one, []),
        differences=about.differences.get(one, []),
        actions=[row for row in about.actions if one in row["theme_ids"]],
        before=around[0],
        after=around[1],
    )
    files: dict[str, bytes] = {path: body}
    for drawn in (voices, waves):
        files |= drawn.files if drawn else {}
    return files


def _groups(
    found: list[Row],
) -> list[tuple[str, list[tuple[Row, str]], list[tuple[str, list[str]]]]]:
    """Each dimension with groups that are told, and those that are not by the reason why."""
    told_of: list[tuple[str, list[tuple[Row, str]], list[tuple[str, list[str]]]]] = []
    for dimension, own in by(found, "dimension").items():
        shown = [(row, share_interval(row)) for row in own if is_known(row["n_people"])]
        hidden = by([row for row in own if not is_known(row["n_people"])], "hidden")
        reasons = [
            (HIDDEN.get(why, NOT_TOLD).removeprefix("not told: "), [row["group"] for row in group])
            for why, group in hidden.items()
        ]
        told_of.append((dimension, shown, reasons))
    return told_of


def _why_no_others(voices: Mapping[str, Row], mostly: str) -> str:
    """Why no quote says otherwise: nobody does, nobody may be quoted, or that is not told."""
    if mostly not in OPPOSITE:
        is_told = all(is_known(row["n_people"]) for row in voices.values())
        return _NO_MAJORITY if voices and is_told else _NOT_TOLD_WHETHER
    against = voices.get(OPPOSITE[mostly])
    if against is None or not is_known(against["n_people"]):
        return _NOT_TOLD_WHETHER
    if not against["n_people"]:
        return "No one in this theme says otherwise."
    said = f"{VOICES[OPPOSITE[mostly]]}: {people(against)}"
    return (
        f"Some say otherwise ({said}), but none of them may be quoted to this audience, or no "
        "sentence of theirs stands well alone."
    )


def _stories(told: Told, theme: str) -> list[tuple[Passage, Row]]:
    """Stories of a theme's set, each with its row."""
    chosen = told.sets.get(f"theme-{theme}", [])
    return [(told.stories[row["story_id"]], row) for row in chosen]


def _voices_picture(told: Told, theme: Row) -> Picture | None:
    own = told.voices.get(theme["theme_id"], {})
    bars = [
        Bar(
            VOICES[code],
            own[code]["share_of_people"],
            own[code]["share_low"],
            own[code]["share_high"],
            people(own[code]),
            VOICE_COLOURS[code],
        )
        for code in VOICES
        if code in own
    ]
    if not bars or not any(is_known(bar.share) for bar in bars):
        return None
    told_of = ", ".join(f"{bar.label} {percent(bar.share)}" for bar in bars)
    return picture(
        f"voices-{safe_name(theme['theme_id'])}",
        bars,
        f"Chart: share of all people heard who raise this theme in each way: {told_of}.",
        small=True,
    )


def _waves_picture(waves: list[Row], theme: Row) -> Picture | None:
    told_of: list[dict[str, Any]] = [row for row in waves if is_known(row["share_of_group"])]
    if len(told_of) < _FEWEST_WAVES:
        return None
    bars = [
        Bar(
            row["group"],
            row["share_of_group"],
            row["share_low"],
            row["share_high"],
            percent(row["share_of_group"]),
        )
        for row in told_of
    ]
    said = ", ".join(f"{bar.label}: {bar.words}" for bar in bars)
    return picture(
        f"waves-{safe_name(theme['theme_id'])}",
        bars,
        f"Chart: share of the people heard in each wave who raise this theme. {said}.",
        small=True,
    )
