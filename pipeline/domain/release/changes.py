"""What has changed since the release before, as far as its audience could see."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.domain.release.policy import CHANGES
from pipeline.domain.themes.labels import is_unnamed
from pipeline.tables import empty, records

Tables = Mapping[str, pd.DataFrame]
_NO_THEME = "no theme"
_NAMED_AFTER_THEMES = frozenset({"theme", "inequalities"})
"""Kinds of sets: that one is called otherwise now is told of its theme, once."""


class _Change(NamedTuple):
    kind: str
    id: str
    what: str
    before: str | None = None
    after: str | None = None


def changes(before: Tables, after: Tables) -> pd.DataFrame:
    """Table `changes`: what is not in `after` as it was in `before`.

    What is gone is counted, not named: it may be gone because somebody withdrew it.

    Parameters
    ----------
    before, after : mapping of table name to DataFrame
        As released; of an audience that was told nothing before, `before` is empty.
    """
    if not before:
        return empty(CHANGES)
    found = [
        *_themes(before["themes"], after["themes"]),
        *_counts(before["overview"], after["overview"]),
        *_told("quote", before["quotes"], after["quotes"]),
        *_told("story", before["stories"], after["stories"]),
        *_sets(before["story_sets"], after["story_sets"]),
    ]
    return pd.DataFrame(found, columns=list(_Change._fields), dtype=object)


def _themes(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[_Change]:
    old, new = _labels(before, "theme_id", "label"), _labels(after, "theme_id", "label")
    yield from _named("theme", old, new)
    counted = (_numbers(frame, "theme_id", "n_people") for frame in (before, after))
    yield from _moved("theme", *counted)


def _counts(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[_Change]:
    yield from _moved("count", *(_numbers(frame, "fact", "n") for frame in (before, after)))


def _told(kind: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[_Change]:
    """Each quote or story that is new; of those that are gone, how many of each theme."""
    key = f"{kind}_id"
    old, new = set(before[key]), set(after[key])
    yield from (_Change(kind, one, "new") for one in sorted(new - old))
    gone = before.loc[~before[key].isin(new), "theme_id"]
    themes = Counter(gone.where(gone.notna(), _NO_THEME))
    for theme, n in sorted(themes.items()):
        yield _Change(kind, theme, "gone", before=str(n))


def _sets(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[_Change]:
    old, new = (_labels(frame, "story_set_id", "title") for frame in (before, after))
    of_themes = after.loc[after["kind"].isin(_NAMED_AFTER_THEMES), "story_set_id"]
    yield from _named("set", old | {one: new[one] for one in of_themes if one in old}, new)
    held = {name: _stories(frame) for name, frame in (("before", before), ("after", after))}
    for one in sorted(old.keys() & new.keys()):
        if held["before"][one] != held["after"][one]:
            yield _Change("set", one, "other_stories")


def _stories(story_sets: pd.DataFrame) -> dict[str, list[str]]:
    ordered = story_sets.sort_values(["story_set_id", "position"])
    return {str(one): own["story_id"].tolist() for one, own in ordered.groupby("story_set_id")}


def _named(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[_Change]:
    for one in sorted(old.keys() | new.keys()):
        if one not in old:
            yield _Change(kind, one, "new", after=new[one])
        elif one not in new:
            yield _Change(kind, one, "gone", before=old[one])
        elif old[one] != new[one] and not (is_unnamed(old[one]) and is_unnamed(new[one])):
            yield _Change(kind, one, "renamed", old[one], new[one])


def _moved(
    kind: str, old: Mapping[str, int | None], new: Mapping[str, int | None]
) -> Iterator[_Change]:
    for one in sorted(old.keys() & new.keys()):
        before, after = old[one], new[one]
        if before == after:
            continue
        what = (
            "shown" if before is None
            else "hidden" if after is None
            else "more" if after > before
            else "fewer"
        )  # fmt: skip
        yield _Change(kind, one, what, *(None if n is None else str(n) for n in (before, after)))


def _labels(frame: pd.DataFrame, key: str, label: str) -> dict[str, str]:
    return dict(zip(frame[key], frame[label], strict=True))


def _numbers(frame: pd.DataFrame, key: str, n: str) -> dict[str, int | None]:
    values: Iterable[dict[str, object]] = records(frame[[key, n]])
    return {
        str(row[key]): None if pd.isna(row[n]) else int(str(row[n]).removesuffix(".0"))
        for row in values
    }
