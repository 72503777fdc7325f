"""Have we listened enough, and to whom not yet.

After Guest, Namey and Chen (2020): themes of the first interviews are the base; when a run of
further interviews adds few new ones compared with the base, there is little left to hear. The
order of interviews is chance, so it is drawn many times. What is left to hear from a group is
estimated from themes that one or two of its people raise, as ecologists do for species. Of
everyone that cannot be: no theme has so few people.

Differences from the paper: orders are drawn without replacement, so that every curve ends at the
themes that were found; and the themes are found by a program that needs several people for a
theme, so that what one person alone says is in no curve.

References
----------
Guest, Namey & Chen (2020), PLoS ONE 15(5) e0232076: base size, run length, new information.
Chao (1987), Biometrics 43, 783-791: species not seen yet, from counts of presence (Chao2).
Chao & Jost (2012), Ecology 93, 2533-2547: coverage of a sample.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.themes.incidence import Incidence

BASE_SIZE = 6
"""The largest base that the paper tries: the most cautious one."""
RUN_LENGTH = 3
"""The longer of the two runs that the paper tries."""
THRESHOLD = 0.05
N_ORDERS = 500

_MIDDLE, _LOW, _HIGH = 0.5, 0.025, 0.975

Counts = NDArray[np.int64]


class Point(NamedTuple):
    """Conversations after which new information falls to a threshold: median and 95 % of orders.

    As the paper counts: those before the run that confirms it, the 8 of "8+3". None: in that
    share of orders it never does.
    """

    middle: int | None
    low: int | None
    high: int | None


class Outlook(NamedTuple):
    """What is left to hear.

    Attributes
    ----------
    n_seen : int
        Themes raised.
    n_unseen : float
        Themes expected beside them.
    coverage : float
        Chance that a theme raised next is one that was raised before, 0 to 1.
    """

    n_seen: int
    n_unseen: float
    coverage: float


def seen_after(by_conversation: Incidence, seed: int) -> Counts:
    """Themes seen after each conversation, in orders drawn at random.

    Returns
    -------
    ndarray of shape (n_orders, n_conversations)
    """
    n = len(by_conversation.units)
    rng = np.random.default_rng(seed)
    places: Counts = np.zeros((N_ORDERS, n), dtype=np.int64) + np.arange(n)
    turns = rng.permuted(places, axis=1)
    new = np.zeros((N_ORDERS, n), dtype=np.int64)
    every_order = np.arange(N_ORDERS)
    for theme in range(len(by_conversation.theme_ids)):
        raising = np.flatnonzero(by_conversation.raised[:, theme])
        if len(raising):
            first = turns[:, raising].min(axis=1)
            new[every_order, first] += 1
    return new.cumsum(axis=1)


def new_information(seen: Counts) -> NDArray[np.float64]:
    """New themes of the run that ends at each conversation, as a share of those of the base.

    Returns
    -------
    ndarray of shape (n_orders, n_conversations - base - run + 1)
        From the first conversation that ends a run after the base.
    """
    base = np.maximum(seen[:, BASE_SIZE - 1], 1)
    found = seen[:, BASE_SIZE + RUN_LENGTH - 1 :] - seen[:, BASE_SIZE - 1 : -RUN_LENGTH]
    return found / base[:, None]


def is_long_enough(n_conversations: int) -> bool:
    """Whether there is a base and one run after it."""
    return n_conversations >= BASE_SIZE + RUN_LENGTH


def curve(seen: Counts) -> list[dict[str, object]]:
    """Rows of table `saturation`, one for each number of conversations."""
    n = seen.shape[1]
    n_themes = max(int(seen.max(initial=0)), 1)
    fresh = new_information(seen) if is_long_enough(n) else np.empty((N_ORDERS, 0))
    before = n - fresh.shape[1]
    rows: list[dict[str, object]] = []
    for place in range(n):
        low, middle, high = _quantiles(seen[:, place] / n_themes)
        run = fresh[:, place - before] if place >= before else None
        rows.append(
            {
                "n_conversations": place + 1,
                "share_seen": middle,
                "share_low": low,
                "share_high": high,
                "new_share": None if run is None else _mean(run),
                "new_high": None if run is None else _quantiles(run)[2],
            }
        )
    return rows


def _quantiles(values: NDArray[np.float64]) -> tuple[float, float, float]:
    found = np.quantile(values, (_LOW, _MIDDLE, _HIGH), method="inverted_cdf")
    low, middle, high = (round(float(end), 6) for end in found)
    return low, middle, high


def _mean(values: NDArray[np.float64]) -> float:
    return round(float(values.mean()), 6)


def reached(seen: Counts, threshold: float) -> Point:
    """The first conversation after which a run adds no more than this share of the base."""
    if not is_long_enough(seen.shape[1]):
        return Point(None, None, None)
    few = new_information(seen) <= threshold
    first = np.where(few.any(axis=1), few.argmax(axis=1), np.inf) + BASE_SIZE
    quantiles = np.quantile(first, (_MIDDLE, _LOW, _HIGH), method="inverted_cdf")
    return Point(*(int(n) if np.isfinite(n) else None for n in quantiles.tolist()))


def last_run(seen: Counts) -> float:
    """New information of the last run, mean over the orders."""
    return _mean(new_information(seen)[:, -1])


def outlook(by_conversation: Incidence) -> Outlook:
    """Themes not raised yet by people like these, from those that one or two of them raise."""
    n = len(by_conversation.units)
    times = by_conversation.raised.sum(axis=0)
    total, once, twice = int(times.sum()), int((times == 1).sum()), int((times == 2).sum())
    n_seen = int((times > 0).sum())
    if not total:
        return Outlook(0, 0.0, 0.0)
    unseen = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    coverage = _coverage(n, total, once, twice)
    return Outlook(n_seen, round((n - 1) / n * unseen, 2), round(coverage, 4))


def _coverage(n: int, total: int, once: int, twice: int) -> float:
    if not once:
        return 1.0
    seldom = (n - 1) * once + 2 * twice
    return 1 - once / total * ((n - 1) * once / seldom if seldom else 1.0)
