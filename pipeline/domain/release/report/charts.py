# pyright: standard
# Altair's chained methods are typed too loosely for strict checking.
"""Charts of the report as SVG: dots with their interval, and curves of how much was heard.

Each is drawn wide for screens and paper and narrow for phones. The same numbers give the same
bytes: letters come with the program that draws. A chart is drawn up once for each shape and filled
with rows again and again, since drawing it up takes as long as drawing it.
"""

import copy
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from markupsafe import escape

from pipeline.domain.release.report.harmless import harmless
from pipeline.domain.themes.pictures import COLOURS

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
INK, QUIET, LINE, BLUE = "#1c2327", "#4f5a61", "#d9d5cc", "#0b4f6c"
VOICE_COLOURS = COLOURS | {"none": QUIET}

_NARROW, _WIDE, _BESIDE = 230, 440, 300
_LETTERS_ABOVE, _LETTERS_BESIDE = 46, 40
_LINE_PX = 16
_HALF = 0.45


class Bar(NamedTuple):
    """A row of a chart: a dot, the line through it, and words beside it; None: not told."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    words: str
    colour: str = BLUE
    reference: float | None = None


class Picture(NamedTuple):
    """A chart on a page: its files, for wide and for narrow pages, and what is to be seen in it."""

    name: str
    alt: str
    files: Mapping[str, bytes]


def picture(name: str, bars: Sequence[Bar], alt: str, *, small: bool = False) -> Picture:
    """Shares as a picture of the report; a small one is narrow on every page.

    Parameters
    ----------
    name : str
        Of the file, without its ending.
    alt : str
        What is to be seen, in a sentence; the numbers stand in a table beside it.
    """
    whole = _round_up(max((bar.high or bar.share or 0.0 for bar in bars), default=1.0))
    files = {f"charts/{name}-narrow.svg": shares(bars, alt, narrow=True, whole=whole).encode()}
    if not small:
        files[f"charts/{name}.svg"] = shares(bars, alt, narrow=False, whole=whole).encode()
    return Picture(name, alt, files)


def curve_picture(name: str, points: Sequence[Mapping[str, Any]], alt: str) -> Picture:
    """How much was heard after so many conversations, as a picture of the report."""
    files = {
        f"charts/{name}-narrow.svg": curve(points, alt, narrow=True).encode(),
        f"charts/{name}.svg": curve(points, alt, narrow=False).encode(),
    }
    return Picture(name, alt, files)


def _round_up(share: float) -> float:
    """Where the axis ends: half or all of them, so that few shapes are drawn up."""
    return 0.5 if share <= _HALF else 1.0


def shares(bars: Sequence[Bar], title: str, *, narrow: bool, whole: float = 1.0) -> str:
    """Shares from 0 to `whole` as dots with intervals, one below the other, as SVG."""
    letters = _LETTERS_ABOVE if narrow else _LETTERS_BESIDE
    labels = [textwrap.wrap(str(harmless(bar.label)), letters)[:3] or [""] for bar in bars]
    lines = max((len(label) for label in labels), default=1)
    spec = copy.deepcopy(_shares(narrow, lines, whole))
    spec["params"] = [{"name": "labels", "value": labels}]
    spec["data"]["values"] = [
        _values(place, bar, label, lines)
        for place, (bar, label) in enumerate(zip(bars, labels, strict=True))
    ]
    return _svg(spec, title)


def curve(points: Sequence[Mapping[str, Any]], title: str, *, narrow: bool) -> str:
    """Themes heard after so many conversations, with the band of orders, as SVG."""
    spec = copy.deepcopy(_curve(narrow))
    spec["data"]["values"] = [
        {
            "n": int(point["n_conversations"]),
            **{name: point[name] for name in ("share_seen", "share_low", "share_high")},
        }
        for point in points
    ]
    return _svg(spec, title)


def _values(place: int, bar: Bar, label: list[str], lines: int) -> dict[str, Any]:
    """A row of the chart; short labels are moved down, to stand on their line."""
    known = {name: getattr(bar, name) for name in ("share", "low", "high", "reference")}
    ends = [value for value in known.values() if value is not None]
    return known | {
        "place": place,
        "label": "\n".join([*[""] * (lines - len(label)), *label]),
        "words": str(harmless(bar.words)),
        "colour": bar.colour,
        "end": max(ends, default=0.0),
    }


@cache
def _shares(narrow: bool, lines: int, whole: float) -> dict[str, Any]:
    """The chart without its rows: labels above the lines, or beside them on a wide page."""
    import altair as alt

    axis = alt.Axis(
        labelExpr="labels[datum.value]",
        labelLimit=_BESIDE,
        ticks=False,
        domain=False,
        title=None,
        labelPadding=12,
    )
    base = alt.Chart(alt.Data(values=[])).encode(
        y=alt.Y("place:O", axis=None if narrow else axis, scale=alt.Scale(paddingOuter=0.1))
    )
    across = alt.X(
        "low:Q",
        axis=alt.Axis(format=".0%", orient="top", title=None, tickCount=5, gridColor=LINE),
        scale=alt.Scale(domain=[0, whole], nice=False),
    )
    colour = alt.Color("colour:N", scale=None, legend=None)
    down = _LINE_PX * lines / 2 if narrow else 0
    layers = [
        base.mark_rule(strokeWidth=5, strokeCap="round", opacity=0.35, yOffset=down).encode(
            x=across, x2="high:Q", color=colour
        ),
        base.mark_tick(thickness=3, size=18, color=INK, yOffset=down).encode(x="reference:Q"),
        base.mark_circle(size=110, opacity=1, yOffset=down).encode(x="share:Q", color=colour),
        base.mark_text(align="left", dx=10, color=INK, fontSize=13, yOffset=down).encode(
            x="end:Q", text="words:N"
        ),
    ]
    if narrow:
        layers.append(
            base.mark_text(
                align="left",
                baseline="middle",
                lineBreak="\n",
                fontSize=13,
                color=INK,
                yOffset=-6 - _LINE_PX * lines / 2,
            ).encode(x=alt.value(0), text="label:N")
        )
    step = _LINE_PX * lines + (28 if narrow else 14)
    size = {"width": _NARROW if narrow else _WIDE, "height": alt.Step(step)}
    return _configured(alt.layer(*layers).properties(**size))


@cache
def _curve(narrow: bool) -> dict[str, Any]:
    import altair as alt

    base = alt.Chart(alt.Data(values=[])).encode(
        x=alt.X(
            "n:Q",
            axis=alt.Axis(title="Conversations heard", format="d", tickMinStep=1, tickCount=6),
            scale=alt.Scale(nice=False),
        )
    )
    percent = alt.Axis(format=".0%", title="Themes heard so far", tickCount=5, gridColor=LINE)
    scale = alt.Scale(domain=[0, 1])
    band = base.mark_area(color=BLUE, opacity=0.2).encode(
        y=alt.Y("share_low:Q", axis=percent, scale=scale), y2="share_high:Q"
    )
    line = base.mark_line(color=BLUE, strokeWidth=3).encode(
        y=alt.Y("share_seen:Q", axis=percent, scale=scale)
    )
    size = {"width": 250, "height": 200} if narrow else {"width": 600, "height": 280}
    return _configured((band + line).properties(**size))


def _configured(chart: Any) -> dict[str, Any]:
    finished = (
        chart.properties(background="white", padding=4)
        .configure(font=FONT)
        .configure_axis(
            labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelColor=INK,
            titleColor=INK, domainColor=QUIET, tickColor=QUIET,
        )
        .configure_view(stroke=None)
    )  # fmt: skip
    return cast("dict[str, Any]", finished.to_dict(validate=False))


def _svg(spec: Mapping[str, Any], title: str) -> str:
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(dict(spec))
    head, gap, rest = drawn.partition(">")
    return f'{head} role="img"{gap}<title>{escape(harmless(title))}</title>{rest}'
