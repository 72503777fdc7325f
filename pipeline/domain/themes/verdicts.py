"""Whether enough people were listened to, in a sentence, for everyone and for each group."""

from collections.abc import Sequence

from pipeline.domain.themes.breakdown import Part
from pipeline.domain.themes.disclosure import rounded
from pipeline.domain.themes.groups import EVERYONE, NOT_STATED
from pipeline.domain.themes.incidence import Incidence
from pipeline.domain.themes.saturation import (
    BASE_SIZE,
    RUN_LENGTH,
    THRESHOLD,
    Outlook,
    Point,
    is_long_enough,
    last_run,
    outlook,
    reached,
    seen_after,
)

ENOUGH, NEARLY, NOT_YET, TOO_FEW = "enough", "nearly", "not_yet", "too_few"

_NOBODY = 0.5
"""Fewer themes than this are expected to be missing: none, when rounded."""


def of_everyone(by_conversation: Incidence, n_people: int, seed: int) -> dict[str, object]:
    """The row of table `saturation_verdicts` for all conversations."""
    n_themes = int(by_conversation.raised.any(axis=0).sum())
    row = {"dimension": EVERYONE, "group": EVERYONE, "n_people": rounded(n_people)}
    if not is_long_enough(len(by_conversation.units)) or not n_themes:
        return row | _too_few(f"fewer than {BASE_SIZE + RUN_LENGTH} conversations or no themes")
    return row | _judged(by_conversation, n_themes, seed)


def of_groups(
    parts: Sequence[Part], n_themes: int, fewest: int, seed: int
) -> list[dict[str, object]]:
    """Rows of the groups of one dimension; of those too small to tell of, that they are.

    Parameters
    ----------
    parts : sequence of Part
        Each with what its people raise.
    n_themes : int
        Themes that anybody raises.
    fewest : int
        Fewer people than this are not told of.
    """
    rows: list[dict[str, object]] = []
    for part in parts:
        if part.group == NOT_STATED:
            continue
        row: dict[str, object] = {"dimension": part.dimension, "group": part.group}
        if part.is_small(fewest):
            row |= {"n_people": None} | _too_few(f"fewer than {fewest} people to tell of")
        elif not is_long_enough(part.size) or not n_themes:
            wanted = f"fewer than {BASE_SIZE + RUN_LENGTH} people or no themes"
            row |= {"n_people": rounded(part.size)} | _too_few(wanted)
        else:
            row |= {"n_people": rounded(part.size)} | _judged(part.raising, n_themes, seed)
        rows.append(row)
    return rows


def _judged(raising: Incidence, n_themes: int, seed: int) -> dict[str, object]:
    seen = seen_after(raising, seed)
    left, fresh = outlook(raising), last_run(seen)
    few, none = reached(seen, THRESHOLD), reached(seen, 0)
    verdict = _verdict(left, fresh)
    return {
        "n_themes": left.n_seen,
        "n_themes_of_others": n_themes - left.n_seen,
        "n_unseen": left.n_unseen,
        "coverage": left.coverage,
        "new_share": fresh,
        "n_at_5_percent": few.middle,
        "n_at_5_percent_low": few.low,
        "n_at_5_percent_high": few.high,
        "n_at_0": none.middle,
        "n_at_0_low": none.low,
        "n_at_0_high": none.high,
        "verdict": verdict,
        "sentence": _sentence(verdict, left, fresh, few, n_themes),
    }


def _too_few(why: str) -> dict[str, object]:
    unknown = (
        "n_themes", "n_themes_of_others", "n_unseen", "coverage", "new_share", "n_at_5_percent",
        "n_at_5_percent_low", "n_at_5_percent_high", "n_at_0", "n_at_0_low", "n_at_0_high",
    )  # fmt: skip
    sentence = f"Too few to say: {why}."
    return {**dict.fromkeys(unknown), "verdict": TOO_FEW, "sentence": sentence}


def _verdict(left: Outlook, fresh: float) -> str:
    if fresh > THRESHOLD:
        return NOT_YET
    return ENOUGH if left.n_unseen < _NOBODY else NEARLY


def _sentence(verdict: str, left: Outlook, fresh: float, few: Point, n_themes: int) -> str:
    unheard = n_themes - left.n_seen
    others = f" They have not raised {_themes(unheard)} that others raise." if unheard else ""
    missing = f"about {_themes(max(round(left.n_unseen), 1))} more may be heard from such people"
    if verdict == ENOUGH:
        ends = f"{few.low} to {few.high}" if few.high else f"{few.low} or more"
        return (
            f"Enough for themes like these: new ones became rare after {few.middle} conversations "
            f"(in 95 % of orders {ends}), and none is expected to be missing.{others}"
        )
    if verdict == NEARLY:
        return f"Nearly: new themes have become rare, but {missing}.{others}"
    brings = f"the last {RUN_LENGTH} still add {100 * fresh:.0f} % to"
    also = f", and {missing}" if left.n_unseen >= _NOBODY else ""
    return f"Not yet: {brings} the themes of the first {BASE_SIZE}{also}.{others}"


def _themes(n: int) -> str:
    return "one theme" if n == 1 else f"{n} themes"
