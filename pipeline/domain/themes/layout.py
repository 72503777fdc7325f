# pyright: reportMissingTypeStubs=false
# threadpoolctl carries no types.
"""Where themes stand on a map: near ones near each other, and no two names on top of each other."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.domain.themes.clustering import Floats, centred

FONT_PX = 14
LINE_PX = 17
_LONGEST_LINE = 18
_PADDING = 8.0
_MOST_STEPS = 400
_FILLED = 0.5
"""Share of the map that circles and names cover at first; it grows until nothing overlaps."""
_GROWTH = 1.08
_WIDE = 1.5
_LARGEST, _SMALLEST = 62.0, 12.0
"""Radius in pixels of the circle of most people, and of any."""
_EVEN = 0.5
"""How far places are evened out, from as they are to all at equal distances."""
_NARROW_LETTERS = frozenset("iljtfr.,'’-I ")
_WIDE_LETTERS = frozenset("mwMWQO@%")


class Spot(NamedTuple):
    """A theme on the map, in pixels from the top left corner: its circle, its name below it."""

    x: float
    y: float
    radius: float
    lines: tuple[str, ...]


class Map(NamedTuple):
    """All themes on a map of this size in pixels."""

    width: int
    height: int
    spots: tuple[Spot, ...]


def lay_out(places: Floats, n_people: Sequence[int], names: Sequence[str]) -> Map:
    """The map of themes.

    Parameters
    ----------
    places : ndarray of shape (n_themes, 2)
        From `flat`: 0 to 1, near each other what is alike.
    n_people : sequence of n_themes int
        Areas of circles, compared with the largest.
    names : sequence of n_themes str
    """
    lines = [wrapped(name) for name in names]
    people = np.asarray(n_people, dtype=np.float64)
    radii = np.maximum(_LARGEST * np.sqrt(people / max(people.max(initial=0), 1)), _SMALLEST)
    widths = [max(map(text_width, own), default=0.0) for own in lines]
    boxes = np.column_stack(
        [
            np.maximum(2 * radii, widths) + _PADDING,
            2 * radii + [LINE_PX * len(own) for own in lines] + _PADDING,
        ]
    )
    area = float(boxes.prod(axis=1).sum()) / _FILLED
    width = max(float(np.sqrt(area * _WIDE)), 600.0)
    height = max(width / _WIDE, 400.0)
    evenly = evened(places)
    middles = _spread(evenly, boxes, np.array([width, height]))
    while overlap(middles, boxes):
        width, height = width * _GROWTH, height * _GROWTH
        middles = _spread(evenly, boxes, np.array([width, height]))
    spots = [
        Spot(round(float(x), 1), round(float(y - box[1] / 2 + _PADDING / 2 + r), 1), float(r), own)
        for (x, y), box, r, own in zip(middles, boxes, radii, lines, strict=True)
    ]
    return Map(round(width), round(height), tuple(spots))


def flat(centres: Floats) -> Floats:
    """Two coordinates from 0 to 1 that keep cosine distances as well as two can.

    Classical scaling; each axis is turned so that its largest coordinate is positive, since the
    sign that linear algebra gives is chance.
    """
    if len(centres) < 2:
        return np.full((len(centres), 2), 0.5)
    directions = centred(centres)
    squared = 2 - 2 * directions @ directions.T
    centring = np.eye(len(centres)) - 1 / len(centres)
    with threadpool_limits(limits=1):
        values, vectors = np.linalg.eigh(-0.5 * centring @ squared @ centring)
    axes = np.column_stack([vectors[:, -1], vectors[:, -2]]) * np.sqrt(
        np.maximum([values[-1], values[-2]], 0)
    )
    largest = axes[np.abs(axes.round(9)).argmax(axis=0), [0, 1]]
    axes = axes * np.where(largest < 0, -1, 1)
    low, high = axes.min(axis=0), axes.max(axis=0)
    return ((axes - low) / np.maximum(high - low, 1e-9)).round(6)


def evened(places: Floats) -> Floats:
    """Places half way to where they would be if only their order counted, to fill the map."""
    order = places.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return (1 - _EVEN) * places + _EVEN * order / max(len(places) - 1, 1)


def overlap(middles: Floats, boxes: Floats) -> bool:
    """Whether any two boxes overlap by more than a hair; both of shape (n, 2), in pixels."""
    x, y = _penetration(middles, boxes)
    return bool(((x > 0.5) & (y > 0.5)).any())


def _spread(places: Floats, boxes: Floats, size: Floats) -> Floats:
    """Middles of the boxes within the map, pushed apart where they overlap."""
    low, high = boxes / 2, size - boxes / 2
    middles = low + places * (high - low)
    for _ in range(_MOST_STEPS):
        x, y = _penetration(middles, boxes)
        pushed = (x > 0) & (y > 0)
        if not pushed.any():
            break
        away = np.sign(middles[:, None] - middles[None])
        earlier = np.sign(np.subtract.outer(np.arange(len(x)), np.arange(len(x))))
        sideways = np.where(away[..., 0] == 0, earlier, away[..., 0]) * x * (x <= y)
        upright = np.where(away[..., 1] == 0, earlier, away[..., 1]) * y * (x > y)
        step = np.stack([(sideways * pushed).sum(axis=1), (upright * pushed).sum(axis=1)], axis=1)
        middles = np.clip(middles + 0.4 * step, low, high)
    return middles


def _penetration(middles: Floats, boxes: Floats) -> tuple[Floats, Floats]:
    """How deep each pair of boxes overlaps sideways and upright; not positive: not at all."""
    apart = np.abs(middles[:, None] - middles[None])
    deep = (boxes[:, None] + boxes[None]) / 2 - apart
    np.einsum("iid->id", deep)[:] = 0
    return deep[..., 0], deep[..., 1]


def wrapped(name: str) -> tuple[str, ...]:
    """The name in lines of about eighteen letters, broken between words."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= _LONGEST_LINE:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def text_width(text: str) -> float:
    """About how wide a line is, in pixels, in a sans-serif font; rather too wide."""
    ems = (
        0.33
        if c in _NARROW_LETTERS
        else 0.9
        if c in _WIDE_LETTERS
        else 0.7
        if c.isupper()
        else 0.58
        for c in text
    )
    return FONT_PX * sum(ems)
