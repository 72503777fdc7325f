# pyright: standard
# Altair's chained methods are typed too loosely for strict checking.
"""Three pictures: what people talk about, how many of them, and whether enough were heard.

The same tables give the same bytes: positions are worked out here, and the font comes with the
program that draws. Colours can be told apart with any colour vision; each picture says in its
title what is to be seen.
"""

import json
import textwrap
from collections.abc import Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.domain.themes.groups import EVERYONE
from pipeline.domain.themes.layout import FONT_PX, LINE_PX, Map, flat, lay_out
from pipeline.domain.themes.majority import USUAL_FEWEST, majority
from pipeline.domain.themes.saturation import BASE_SIZE, RUN_LENGTH, THRESHOLD
from pipeline.tables import records

if TYPE_CHECKING:
    import altair as alt

FONT = "Liberation Sans"
COLOURS = {
    "good": "#00785a",
    "improve": "#b84a00",
    "hope": "#0060a0",
    "divided": "#5f5f5f",
}
SAID = {
    "good": "good or helpful",
    "improve": "could be improved",
    "hope": "hopes and ideas",
    "divided": "no majority",
}
MOST_BARS = 45

_INK, _GREY, _BLUE = "#1a1a1a", "#5f5f5f", "#0060a0"
_TITLE_LETTERS = 100


def draw(
    themes: pd.DataFrame,
    theme_prevalence: pd.DataFrame,
    saturation: pd.DataFrame,
    verdicts: pd.DataFrame,
    n_people: int,
    min_theme_people: int,
) -> dict[str, str]:
    """All three pictures as SVG, by the name of their file, from the tables of these names."""
    (everyone,) = records(verdicts[verdicts["dimension"].eq(EVERYONE)])
    return {
        "theme-map": theme_map(themes, theme_prevalence, min_theme_people),
        "prevalence": prevalence_chart(themes, n_people),
        "saturation": saturation_curve(saturation, everyone),
    }


def theme_map(themes: pd.DataFrame, theme_prevalence: pd.DataFrame, min_theme_people: int) -> str:
    """Live themes on a map, as SVG: area by people, colour by what most of them say."""
    import altair as alt

    live = _live(themes)
    if live.empty:
        return _svg(_nothing("No themes yet"))
    voices = majority_voices(theme_prevalence, min_theme_people)
    centres = np.stack([np.asarray(c, dtype=np.float64) for c in live["centre"]])
    placed = lay_out(flat(centres), live["n_people"].tolist(), live["label"].tolist())
    spoken = [SAID[voices.get(theme_id, "divided")] for theme_id in live["theme_id"]]
    circles = _circles(placed, live["n_people"].tolist(), spoken)
    base = alt.Chart(circles).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, placed.width], nice=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[placed.height, 0], nice=False)),
    )
    dots = base.mark_circle(opacity=1).encode(
        size=alt.Size("area:Q", scale=None),
        color=alt.Color(
            "voice:N",
            scale=alt.Scale(domain=list(SAID.values()), range=list(COLOURS.values())),
            legend=alt.Legend(
                title="What most people in it tell of", titleLimit=400, orient="bottom"
            ),
        ),
    )
    counts = base.mark_text(color="white", fontWeight="bold").encode(
        text="n_people:Q", size=alt.Size("letters:Q", scale=None)
    )
    names = (
        alt.Chart(_names(placed))
        .mark_text(fontSize=FONT_PX, color=_INK)
        .encode(x="x:Q", y="y:Q", text="line:N")
    )
    drawn = (dots + counts + names).properties(width=placed.width, height=placed.height)
    return _svg(
        drawn,
        "What people talk about, and what is near to what",
        f"{len(live)} themes. Area and number: how many people raise it. Themes that stand near "
        "each other are alike in what is said; where circles or names would overlap they are "
        "moved apart.",
    )


def _circles(placed: Map, n_people: list[int], spoken: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [spot.x for spot in placed.spots],
            "y": [spot.y for spot in placed.spots],
            "area": [round(np.pi * spot.radius**2, 1) for spot in placed.spots],
            "letters": [round(min(max(0.6 * spot.radius, 10), 22), 1) for spot in placed.spots],
            "n_people": n_people,
            "voice": spoken,
        }
    )


def _names(placed: Map) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"x": spot.x, "y": spot.y + spot.radius + LINE_PX * (number + 0.6), "line": line}
            for spot in placed.spots
            for number, line in enumerate(spot.lines)
        ]
    )


def prevalence_chart(themes: pd.DataFrame, n_people: int) -> str:
    """How many people raise each live theme, with intervals, as SVG.

    Parameters
    ----------
    n_people : int
        People who were heard, in a theme or not.
    """
    import altair as alt

    live = _live(themes)
    if live.empty:
        return _svg(_nothing("No themes yet"))
    shown = live.head(MOST_BARS)
    rows = shown[["label", "share_of_people", "share_low", "share_high"]].assign(
        place=range(len(shown)), people=[f"{n} people" for n in shown["n_people"]]
    )
    names = json.dumps(rows["label"].tolist())
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "place:O",
            title=None,
            axis=alt.Axis(
                labelExpr=f"{names}[datum.value]", labelLimit=320, ticks=False, domain=False
            ),
        )
    )
    percent = alt.Axis(format=".0%", title="Share of people", orient="top", gridColor="#e3e3e3")
    across = alt.Scale(domain=[0, 1])
    lines = base.mark_rule(strokeWidth=5, color="#9cc3e0", strokeCap="round").encode(
        x=alt.X("share_low:Q", axis=percent, scale=across), x2="share_high:Q"
    )
    dots = base.mark_circle(size=90, color=_BLUE, opacity=1).encode(
        x=alt.X("share_of_people:Q", axis=percent, scale=across)
    )
    counts = base.mark_text(align="left", dx=10, color=_INK).encode(
        x=alt.X("share_high:Q", axis=percent, scale=across), text="people:N"
    )
    left_out = len(live) - len(shown)
    more = f" The {left_out} raised by fewest are left out here." if left_out else ""
    return _svg(
        (lines + dots + counts).properties(width=560, height=alt.Step(24)),
        f"How many of the {n_people} people raise each theme",
        "Dot: share of people, one vote each. Line: 95 % interval. Where lines overlap, which "
        f"theme comes first may be chance.{more}",
    )


def saturation_curve(saturation: pd.DataFrame, verdict: Mapping[str, Any]) -> str:
    """Themes heard and new ones by number of conversations, as SVG.

    Parameters
    ----------
    saturation : DataFrame
        Table of that name.
    verdict : mapping
        The row of `saturation_verdicts` for everyone.
    """
    import altair as alt

    if saturation.empty:
        return _svg(_nothing("No conversations yet"))
    heard = _heard(saturation)
    fresh = _fresh(saturation.dropna(subset=["new_share"]), verdict)
    charts = [chart.properties(width=760) for chart in (heard, fresh) if chart is not None]
    return _svg(
        alt.vconcat(*charts, spacing=24), "Have we listened enough?", str(verdict["sentence"])
    )


def _heard(saturation: pd.DataFrame) -> Any:
    import altair as alt

    last = int(saturation["n_conversations"].max())
    base = alt.Chart(saturation).encode(x=_conversations(last))
    percent = alt.Axis(format=".0%", title="Themes heard so far", tickCount=5)
    scale = alt.Scale(domain=[0, 1])
    band = base.mark_area(color="#9cc3e0", opacity=0.6).encode(
        y=alt.Y("share_low:Q", axis=percent, scale=scale), y2="share_high:Q"
    )
    line = base.mark_line(color=_BLUE, strokeWidth=3).encode(
        y=alt.Y("share_seen:Q", axis=percent, scale=scale)
    )
    words = _words(
        last, 0.5, "Line: middle of 500 orders of the conversations. Band: 95 % of orders."
    )
    return (band + line + words).properties(height=260)


def _fresh(fresh: pd.DataFrame, verdict: Mapping[str, Any]) -> Any:
    """New themes of a run, with both thresholds and where they are reached."""
    import altair as alt

    if fresh.empty:
        return None
    last = int(fresh["n_conversations"].max())
    top = max(float(fresh["new_high"].max()), 2 * THRESHOLD)
    percent = alt.Axis(
        format=".0%",
        title=[f"New in the last {RUN_LENGTH},", f"of themes of the first {BASE_SIZE}"],
        tickCount=5,
    )
    y = alt.Y("new_share:Q", axis=percent, scale=alt.Scale(domain=[0, top]))
    base = alt.Chart(fresh).encode(x=_conversations(last))
    band = base.mark_area(color="#f0c9ad", opacity=0.7).encode(y=y, y2="new_high:Q")
    line = base.mark_line(color="#b84a00", strokeWidth=3).encode(y=y)
    limit = (
        alt.Chart(pd.DataFrame({"y": [THRESHOLD]}))
        .mark_rule(color=_GREY, strokeDash=[6, 4])
        .encode(y=alt.Y("y:Q", axis=percent))
    )
    words = "Line: mean over orders. Band: all but the 2.5 % with most."
    layers = [band, line, limit, _words(last, top / 2, words)]
    marks = [("n_at_5_percent", "5 % or less"), ("n_at_0", "no new theme, for the first time,")]
    for row, (column, words) in enumerate(marks):
        if not pd.isna(verdict[column]):
            n, height = int(verdict[column]), top * (0.92 - 0.13 * row)
            named = f"half of orders: {words} after {n}, confirmed by {RUN_LENGTH} more"
            layers += _mark(n + RUN_LENGTH, named, height, last)
    return alt.layer(*layers).properties(height=200)


def _mark(n: int, words: str, height: float, last: int) -> list["alt.Chart"]:
    """A line up to a name beside its end, so that the names of others pass above it."""
    import altair as alt

    spot = alt.Chart(pd.DataFrame({"n": [n], "y": [height], "ground": [0], "words": [words]}))
    rule = spot.mark_rule(color=_INK).encode(x="n:Q", y="y:Q", y2="ground:Q")
    align, dx = ("left", 5) if 2 * n <= last else ("right", -5)
    text = spot.mark_text(align=align, dx=dx, color=_INK)
    return [rule, text.encode(x="n:Q", y="y:Q", text="words:N")]


def _words(last: int, height: float, words: str) -> "alt.Chart":
    """What line and band are, at the right, where the curve has long been flat."""
    import altair as alt

    spot = pd.DataFrame({"n": [last], "y": [height], "words": [words]})
    return (
        alt.Chart(spot)
        .mark_text(align="right", dx=-8, color=_GREY)
        .encode(x="n:Q", y="y:Q", text="words:N")
    )


def _conversations(last: int) -> "alt.X":
    import altair as alt

    return alt.X(
        "n_conversations:Q",
        axis=alt.Axis(title="Conversations heard", format="d", tickMinStep=1),
        scale=alt.Scale(domain=[1, max(last, 2)], nice=False),
    )


def majority_voices(theme_prevalence: pd.DataFrame, fewest: int = USUAL_FEWEST) -> dict[str, str]:
    """The voice of most people in each theme that has a majority; a hidden count is of few."""
    found: dict[str, str] = {}
    for theme_id, rows in theme_prevalence.groupby("theme_id"):
        told = rows.dropna(subset=["n_people"])
        n_by_voice = {
            voice: int(n) for voice, n in zip(told["voice"], told["n_people"], strict=True)
        }
        n_people = n_by_voice.get("all", sum(n_by_voice.values()))
        voice = majority(n_by_voice, n_people, fewest).voice
        if voice:
            found[str(theme_id)] = voice
    return found


def _live(themes: pd.DataFrame) -> pd.DataFrame:
    """Live themes, those of most people first."""
    live = themes[themes["status"].eq("live")]
    return live.sort_values(["n_people", "theme_id"], ascending=[False, True], ignore_index=True)


def _nothing(words: str) -> "alt.Chart":
    import altair as alt

    return alt.Chart(pd.DataFrame({"words": [words]})).mark_text(size=20).encode(text="words:N")


def _svg(chart: Any, title: str = "", subtitle: str = "") -> str:
    """The chart as SVG, with its title and our letters."""
    import altair as alt

    with alt.data_transformers.enable("default", max_rows=None):
        finished = (
            chart.properties(
                title=alt.TitleParams(
                    title,
                    subtitle=textwrap.wrap(subtitle, _TITLE_LETTERS),
                    fontSize=20,
                    subtitleFontSize=14,
                    subtitleColor=_GREY,
                    anchor="start",
                    offset=16,
                ),
                background="white",
                padding=20,
            )
            .configure(font=FONT)
            .configure_axis(labelFontSize=13, titleFontSize=13, titleFontWeight="normal")
            .configure_legend(labelFontSize=14, titleFontSize=14, symbolSize=180)
            .configure_text(fontSize=13)
            .configure_view(stroke=None)
        )
        page = StringIO()
        finished.save(page, format="svg")
    return page.getvalue()


def png(svg: str) -> bytes:
    """The picture as PNG, a little finer than a screen."""
    import vl_convert

    return vl_convert.svg_to_png(svg, scale=1.25)
