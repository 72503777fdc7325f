"""Would the ranking of themes stand if the room looked like the population.

People are weighted so that each dimension with a known source has the shares of the population
(raking), weights trimmed; then themes are ranked again. People are also drawn again and again, to
see which themes stay among the first ten.

References
----------
Deming & Stephan (1940), Ann. Math. Stat. 11, 427-444: raking.
Kish (1965), Survey Sampling: effective number of people under weights.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.disclosure import ROUNDED_TO
from pipeline.domain.themes.groups import Dimension
from pipeline.domain.themes.incidence import Incidence

LIGHTEST, HEAVIEST = 0.3, 3.0
"""Nobody counts for less or for more people than this: few would else speak for many."""
TOP = 10
N_RESAMPLES = 500

_MOST_ROUNDS = 100
_CLOSE = 1e-9

Floats = NDArray[np.float64]
NOT_KNOWN = -1


class Target(NamedTuple):
    """Which cell of a dimension each person is in, and the population's share of each cell.

    Attributes
    ----------
    cells : ndarray of shape (n_people,)
        From 0; -1: not stated, whose weight the dimension leaves as it is.
    shares : ndarray of shape (n_cells,)
    """

    cells: NDArray[np.int64]
    shares: Floats


def targets(
    dimensions: Sequence[Dimension],
    members: Mapping[str, Mapping[str, Sequence[str]]],
    people: Sequence[str],
) -> list[Target]:
    """The dimensions whose shares in the population are known.

    Parameters
    ----------
    members : mapping of dimension to group to its people
    """
    place = {person: at for at, person in enumerate(people)}
    found: list[Target] = []
    for dimension in dimensions:
        cells = np.full(len(people), NOT_KNOWN)
        for number, cell in enumerate(dimension.reference):
            for group in cell.groups:
                cells[[place[person] for person in members[dimension.name].get(group, ())]] = number
        if dimension.reference:
            found.append(Target(cells, np.array([cell.share for cell in dimension.reference])))
    return found


def weights(raked: Sequence[Target], n_people: int) -> Floats:
    """A weight for each person, mean one, trimmed; cells without people are left out."""
    weight = np.ones(n_people)
    for _ in range(_MOST_ROUNDS):
        before = weight.copy()
        for target in raked:
            _rake(weight, target)
        if np.abs(weight - before).max(initial=0) < _CLOSE:
            break
    return _trimmed(weight) if n_people else weight


def _rake(weight: Floats, target: Target) -> None:
    known = target.cells != NOT_KNOWN
    present = np.bincount(target.cells[known], weights=weight[known], minlength=len(target.shares))
    wanted = np.where(present > 0, target.shares, 0)
    if not wanted.sum():
        return
    factor = np.divide(
        wanted / wanted.sum() * present.sum(), present, out=np.ones_like(wanted), where=present > 0
    )
    weight[known] *= factor[target.cells[known]]


def _trimmed(weight: Floats) -> Floats:
    """Weights within their limits and of mean one: what is cut off is spread over everyone."""
    for _ in range(_MOST_ROUNDS):
        weight = weight / weight.mean()
        if weight.min() >= LIGHTEST - _CLOSE and weight.max() <= HEAVIEST + _CLOSE:
            break
        weight = np.clip(weight, LIGHTEST, HEAVIEST)
    return weight


def effective_people(weight: Floats) -> float:
    """As many people of equal weight would tell as much."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0


def robustness(
    by_person: Incidence, raked: Sequence[Target], names: Sequence[str], seed: int
) -> list[dict[str, object]]:
    """Rows of table `theme_robustness`.

    Parameters
    ----------
    raked : sequence of Target
        Without any, weighted columns stay empty.
    names : sequence of str
        The dimensions they are from.
    """
    n_people = len(by_person.units)
    if not n_people:
        return []
    weight = weights(raked, n_people)
    share = _shares(np.ones(n_people), by_person)
    weighted = _shares(weight, by_person)
    rank, weighted_rank = ranks(share), ranks(weighted)
    drawn = _drawn(n_people, seed)
    stays = _share_in_top(drawn, by_person)
    stays_weighted = _share_in_top(drawn * weight, by_person)
    step = _step(weight)
    return [
        {
            "theme_id": theme_id,
            "n_people": int(by_person.raised[:, at].sum()),
            "rank": int(rank[at]),
            "top_ten_share": round(float(stays[at]), 4),
            "weighted_share": _stepped(float(weighted[at]), step) if raked else None,
            "weighted_rank": int(weighted_rank[at]) if raked else None,
            "rank_change": int(rank[at] - weighted_rank[at]) if raked else None,
            "weighted_top_ten_share": round(float(stays_weighted[at]), 4) if raked else None,
            "effective_people": round(effective_people(weight), 1) if raked else None,
            "weighted_by": list(names),
        }
        for at, theme_id in enumerate(by_person.theme_ids)
    ]


def ranks(shares: Floats) -> NDArray[np.int64]:
    """Rank of each share from 1, the largest first; equal shares have the same rank.

    Shares of shape (n, n_themes) are ranked row by row.
    """
    rounded = np.round(shares, 9)
    return 1 + (rounded[..., None, :] > rounded[..., :, None]).sum(axis=-1)


def _shares(weight: Floats, by_person: Incidence) -> Floats:
    """Share of the weight that raises each theme; weight of shape (..., n_people)."""
    total = np.maximum(weight.sum(axis=-1, keepdims=True), _CLOSE)
    raised: Floats = by_person.raised.astype(np.float64)
    return np.einsum("...p,pt->...t", weight, raised) / total


def _drawn(n_people: int, seed: int) -> Floats:
    """How often each person is drawn, shape (n_resamples, n_people)."""
    rng = np.random.default_rng(seed)
    even = np.full(n_people, 1 / n_people)
    return rng.multinomial(n_people, even, size=N_RESAMPLES).astype(np.float64)


def _share_in_top(drawn: Floats, by_person: Incidence) -> Floats:
    return (ranks(_shares(drawn, by_person)) <= TOP).mean(axis=0)


def _step(weight: Floats) -> float:
    """How coarsely a weighted share is told.

    Were it told exactly, it would tell how many of those in a theme are of which group, since
    weights can be worked out. Five people more or fewer of a group do not show.
    """
    return ceil(round(100 * ROUNDED_TO * float(np.ptp(weight)) / len(weight), 6)) / 100 or 0.01


def _stepped(share: float, step: float) -> float:
    return round(min(round(share / step) * step, 1.0), 2)
