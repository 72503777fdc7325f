"""Whether enough people were listened to, in a sentence, for everyone and for each group.

A theme needs several people. Of everyone, therefore, hardly a theme is raised once or comes last
in an order, however much was left unheard: what is left is guessed for groups alone, and of
everyone it is told how early the themes that were found came up.
"""

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

_FORECAST = ("n_unseen", "coverage", "new_share")
_NOBODY = 0.5
"""Fewer themes than this are expected to be missing: none, when rounded."""


def of_everyone(
    by_conversation: Incidence, n_people: int, min_theme_people: int, seed: int
) -> dict[str, object]:
    """The row of table `saturation_verdicts` for all conversations."""
    n_themes = int(by_conversation.raised.any(axis=0).sum())
    n_conversations = len(by_conversation.units)
    row = {"dimension": EVERYONE, "group": EVERYONE, "n_people": rounded(n_people)}
    if not is_long_enough(n_conversations) or not n_themes:
        return row | _too_few(f"fewer than {BASE_SIZE + RUN_LENGTH} conversations or no themes")
    seen = seen_after(by_conversation, seed)
    few = reached(seen, THRESHOLD)
    verdict = _verdict_of_everyone(few, n_conversations)
    return row | {
        "n_themes": n_themes,
        "n_themes_of_others": 0,
        **dict.fromkeys(_FORECAST),
        **_points(few, reached(seen, 0)),
        "verdict": verdict,
        "sentence": _sentence_of_everyone(verdict, few, min_theme_people),
    }


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
    few = reached(seen, THRESHOLD)
    verdict = _verdict(left, fresh, few)
    return {
        "n_themes": left.n_seen,
        "n_themes_of_others": n_themes - left.n_seen,
        "n_unseen": left.n_unseen,
        "coverage": left.coverage,
        "new_share": fresh,
        **_points(few, reached(seen, 0)),
        "verdict": verdict,
        "sentence": _sentence(verdict, left, fresh, few, n_themes),
    }


def _points(few: Point, none: Point) -> dict[str, object]:
    return {
        "n_at_5_percent": few.middle,
        "n_at_5_percent_low": few.low,
        "n_at_5_percent_high": few.high,
        "n_at_0": none.middle,
        "n_at_0_low": none.low,
        "n_at_0_high": none.high,
    }


def _too_few(why: str) -> dict[str, object]:
    never = Point(None, None, None)
    unknown = dict.fromkeys(("n_themes", "n_themes_of_others", *_FORECAST))
    sentence = f"Too few to say: {why}."
    return {**unknown, **_points(never, never), "verdict": TOO_FEW, "sentence": sentence}


def _verdict_of_everyone(few: Point, n_conversations: int) -> str:
    """Enough, if half of the conversations would have done in nearly any order."""
    if few.middle is None:
        return NOT_YET
    return ENOUGH if few.high is not None and 2 * few.high <= n_conversations else NEARLY


def _sentence_of_everyone(verdict: str, few: Point, min_theme_people: int) -> str:
    limit = (
        f" A theme needs at least {min_theme_people} people, so this says nothing of what fewer "
        "raise."
        if min_theme_people > 1
        else ""
    )
    if verdict == NOT_YET:
        late = "in more than half of all orders new ones kept coming until the last conversations"
        return f"Not yet, of themes that several people share: {late}.{limit}"
    came = f"new ones became rare {_after(few, 'conversations')}"
    if verdict == ENOUGH:
        return f"Enough for themes that several people share: {came}.{limit}"
    late = "in some orders half of the conversations would not have done"
    return f"Nearly enough for themes that several people share: {came}, but {late}.{limit}"


def _after(few: Point, heard: str) -> str:
    ends = f"{few.low} to {few.high}" if few.high is not None else f"{few.low} or more"
    return (
        f"after {few.middle} {heard}, confirmed by {RUN_LENGTH} more (in 95 % of orders after "
        f"{ends})"
    )


def _verdict(left: Outlook, fresh: float, few: Point) -> str:
    if fresh > THRESHOLD:
        return NOT_YET
    return ENOUGH if left.n_unseen < _NOBODY and few.middle is not None else NEARLY


def _sentence(verdict: str, left: Outlook, fresh: float, few: Point, n_themes: int) -> str:
    unheard = n_themes - left.n_seen
    others = f" They have not raised {_themes(unheard)} that others raise." if unheard else ""
    missing = f"about {_themes(max(round(left.n_unseen), 1))} more may be heard from such people"
    is_missing = left.n_unseen >= _NOBODY
    if verdict == ENOUGH:
        came = f"new ones became rare {_after(few, 'people')}"
        return (
            f"Enough for themes like these: {came}, and hardly any was raised by one of them "
            f"alone.{others}"
        )
    if verdict == NEARLY:
        but = missing if is_missing else "in more than half of all orders only with the last people"
        return f"Nearly: new themes have become rare, but {but}.{others}"
    brings = f"the last {RUN_LENGTH} still add {100 * fresh:.0f} % to"
    also = f", and {missing}" if is_missing else ""
    return f"Not yet: {brings} the themes of the first {BASE_SIZE}{also}.{others}"


def _themes(n: int) -> str:
    return "one theme" if n == 1 else f"{n} themes"
