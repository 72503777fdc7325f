# pyright: standard
# pandas and threadpoolctl carry loose types or none.
"""One theme run: the whole corpus in, the themes found in it out, and then what people see.

A run has two layers. What the fit **found** (`find_themes`) is tracked from night to night and
knows no words. What is **published** is that after people's decisions: see
`pipeline.domain.themes.publishing`. The same inputs again give the same tables.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.themes.clustering import (
    NOISE,
    Attempt,
    Floats,
    Labels,
    centred,
    features,
    unit,
)
from pipeline.domain.themes.corpus import Corpus, read_corpus
from pipeline.domain.themes.follow_ups import fingerprint
from pipeline.domain.themes.identity import Event, identify
from pipeline.domain.themes.membership import Members
from pipeline.domain.themes.mending import fewest_people, mended, seconds
from pipeline.domain.themes.publishing import (
    Found,
    FoundTheme,
    Member,
    PreviousThemes,
    Rule,
    ThemeTables,
    found_of,
    last_run,
    no_ruling,
    published,
    runs_of,
)
from pipeline.domain.themes.stability import stabilities
from pipeline.domain.themes.tracking import Sides, groups_of, numbered, track
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty, frame_of, records

RECIPE = "6"
"""Raise it when a change of code changes the themes of unchanged inputs."""

_SEGMENTS_A_THEME = 150
_FEWEST_SEGMENTS = 4

NEWCOMER_RUNS = 28
"""Runs for which a segment counts as a newcomer of its theme: four weeks of nights."""


class _Run(NamedTuple):
    """What goes into the passports of themes that are born in it."""

    run_id: str
    newest_on: date | None


class _LastNight(NamedTuple):
    """What a run needs to know of the run before."""

    passports: dict[str, FoundTheme]
    members: dict[str, frozenset[str]]
    """Segments of each live theme that still exist, second memberships left out."""
    since: dict[str, str]
    """For each of them, the run in which it came into its theme."""
    newcomers: frozenset[str]
    lineage: pd.DataFrame


def fit(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    previous: PreviousThemes | None,
    settings: Settings,
    *,
    apart: Sequence[tuple[str, str]] = (),
    rule: Rule = no_ruling,
) -> ThemeTables:
    """The theme tables of the whole corpus, whatever the gates of a night would say of them.

    Parameters
    ----------
    segments, embeddings : DataFrame
        Tables `segments` and `segment_embeddings` of all live conversations, in any order.
    previous : PreviousThemes or None
        Tables of the run before; None or without rows for a first run.
    settings : Settings
        `min_theme_segments`, `min_theme_people` and `seed` count.
    apart : pairs of theme ids
        Themes of last night that are not to become one, as people decided.
    rule : callable
        What else people decided about themes; see `pipeline.domain.themes.publishing`.
    """
    corpus = read_corpus(segments, embeddings)
    found, attempts = find_themes(corpus, previous, settings, apart=apart)
    if attempts:
        found = with_stability(found, corpus, settings)
    return published(found, corpus, previous, rule)


def find_themes(
    corpus: Corpus,
    previous: PreviousThemes | None,
    settings: Settings,
    *,
    apart: Sequence[tuple[str, str]] = (),
    newest_on: date | None = None,
    afresh: bool = False,
) -> tuple[Found, tuple[Attempt, ...]]:
    """What is found in the corpus, without stability, and the settings that the clustering tried.

    Unchanged inputs make no new run: what was found before is found again, and nothing is tried.
    A fit `afresh` does not lean on the themes of last night; those that it finds again keep their
    ids.
    """
    lineage = previous.theme_lineage if previous else empty(TABLES["theme_lineage"])
    inputs = _inputs(corpus, settings, apart)
    anew = f"{inputs} afresh"
    if previous and not afresh and (_made_from(lineage, inputs) or _made_from(lineage, anew)):
        return found_of(previous, corpus), ()
    run = _Run(_run_id(anew if afresh else inputs, last_run(lineage)), newest_on)
    last = _last_night(previous, corpus, lineage)
    person = _numbers([row.participant_id for row in corpus.rows])
    sides = _sides(corpus, last, apart)
    with threadpool_limits(limits=1):
        X = features(corpus.texts(), corpus.vectors, corpus.course)
        fewest = fewest_people(settings.min_theme_people, len(corpus.rows))
        size = least_segments(settings, len(corpus.rows))
        tracked = track(X, person, sides, size, fewest, afresh=afresh)
        seen = centred(corpus.vectors.astype(np.float64)) if len(corpus.rows) else X
        apart_now = _apart(tracked.members.labels, sides)
        clustered = tracked.members.labels
        labels = mended(seen, clustered, person, fewest, apart_now)
        is_core = tracked.members.is_core & (labels == clustered)
        members = tracked.members._replace(labels=numbered(labels), is_core=is_core)
        found = _found(corpus, seen, members, last, run)
    return found, tracked.attempts


def least_segments(settings: Settings, n_segments: int) -> int:
    """Segments of the smallest cluster: fewer in a small corpus, where themes are small too.

    With one size for all, the themes of the first nights are few and coarse, and stay so: they keep
    their segments.
    """
    scaled = max(_FEWEST_SEGMENTS, n_segments // _SEGMENTS_A_THEME)
    return min(settings.min_theme_segments, scaled)


def with_stability(found: Found, corpus: Corpus, settings: Settings) -> Found:
    """The same themes, each with how well it survives when other people had been listened to."""
    live = [theme.theme_id for theme in found.themes if theme.is_live]
    labels = np.full(len(corpus.rows), NOISE)
    for member in found.members:
        if member.membership != "also":
            labels[member.row] = live.index(member.theme_id)
    size = least_segments(settings, len(corpus.rows))
    scaled = settings.model_copy(update={"min_theme_segments": size})
    with threadpool_limits(limits=1):
        X = features(corpus.texts(), corpus.vectors, corpus.course)
        steady = dict(zip(live, stabilities(X, corpus, labels, scaled), strict=True))
    themes = tuple(theme._replace(stability=steady.get(theme.theme_id)) for theme in found.themes)
    return found._replace(themes=themes)


def _inputs(corpus: Corpus, settings: Settings, apart: Sequence[tuple[str, str]]) -> str:
    numbers = (settings.min_theme_segments, settings.min_theme_people, settings.seed)
    pairs = repr(sorted(sorted(pair) for pair in apart)) if apart else ""
    parts = (RECIPE, fingerprint(), *map(str, numbers), pairs, corpus.fingerprint())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _run_id(inputs: str, after: str) -> str:
    """A hash of the inputs and the run before: going back to old inputs is a new run."""
    return "R" + hashlib.sha256(f"{after}\0{inputs}".encode()).hexdigest()[:16]


def _made_from(lineage: pd.DataFrame, inputs: str) -> bool:
    last = last_run(lineage)
    return last == _run_id(inputs, last_run(lineage, back=1))


def _last_night(
    previous: PreviousThemes | None, corpus: Corpus, lineage: pd.DataFrame
) -> _LastNight:
    if previous is None:
        return _LastNight({}, {}, {}, frozenset(), lineage)
    before = found_of(previous, corpus)
    passports = {theme.theme_id: theme for theme in before.themes}
    members: dict[str, set[str]] = {i: set() for i, t in passports.items() if t.is_live}
    own = [member for member in before.members if member.membership != "also"]
    for member in own:
        members[member.theme_id].add(corpus.rows[member.row].segment_id)
    since = {corpus.rows[member.row].segment_id: member.since_run_id for member in own}
    recent = set(runs_of(lineage)[1:][-NEWCOMER_RUNS:])
    return _LastNight(
        passports,
        {theme_id: frozenset(rows) for theme_id, rows in sorted(members.items())},
        since,
        frozenset(segment for segment, run in since.items() if run in recent),
        lineage,
    )


def _sides(corpus: Corpus, last: _LastNight, apart: Sequence[tuple[str, str]]) -> Sides:
    place = {theme_id: at for at, theme_id in enumerate(last.members)}
    theme_of = {s: place[theme_id] for theme_id, rows in last.members.items() for s in rows}
    theme = [theme_of.get(row.segment_id, NOISE) for row in corpus.rows]
    new = [
        row.segment_id not in theme_of or row.segment_id in last.newcomers for row in corpus.rows
    ]
    pairs = [(place[a], place[b]) for a, b in apart if a in place and b in place and a != b]
    return Sides(
        np.array(theme, dtype=np.int64), np.array(new, dtype=bool), len(place), tuple(pairs)
    )


def _apart(labels: Labels, last: Sides) -> list[tuple[int, int]]:
    """Groups of tonight that hold the themes which people want apart."""
    home = {
        theme: int(np.bincount(own).argmax())
        for theme in {theme for pair in last.apart for theme in pair}
        if len(own := labels[(last.theme == theme) & (labels >= 0)])
    }
    return [(home[a], home[b]) for a, b in last.apart if a in home and b in home]


def _found(
    corpus: Corpus,
    seen: Floats,
    members: Members,
    last: _LastNight,
    run: _Run,
) -> Found:
    groups = groups_of(members.labels)
    own = [frozenset(corpus.rows[i].segment_id for i in rows.tolist()) for rows in groups]
    likeness = _likeness(seen, corpus, last, groups)
    identified = identify(own, last.members, likeness, run.run_id, last.newcomers)
    ids = identified.theme_ids
    live = [_passport(theme_id, last, run) for theme_id in ids]
    gone = [
        theme._replace(is_live=False, stability=None)
        for theme_id, theme in last.passports.items()
        if theme_id not in ids
    ]
    name = dict(zip(np.unique(members.labels[members.labels >= 0]).tolist(), ids, strict=True))
    listed = [
        _member(corpus, members, row, name[int(members.labels[row])], last, run.run_id)
        for row in np.flatnonzero(members.labels >= 0).tolist()
    ]
    listed += [
        Member(row, name[group], "also", round(near, 6), run.run_id)
        for row, group, near in seconds(seen, members.labels)
    ]
    themes = tuple(sorted([*live, *gone]))
    lineage = _lineage(last.lineage, run.run_id, identified.events)
    return Found(run.run_id, themes, tuple(sorted(listed)), lineage)


def _passport(theme_id: str, last: _LastNight, run: _Run) -> FoundTheme:
    before = last.passports.get(theme_id)
    if before:
        return before._replace(is_live=True, stability=None)
    return FoundTheme(theme_id, True, run.run_id, run.newest_on, None)


def _member(
    corpus: Corpus, members: Members, row: int, theme_id: str, last: _LastNight, run_id: str
) -> Member:
    segment = corpus.rows[row].segment_id
    stayed = segment in last.members.get(theme_id, ())
    return Member(
        row,
        theme_id,
        "core" if members.is_core[row] else "nearest",
        round(float(np.clip(members.strengths[row], 0, 1)), 6),
        last.since[segment] if stayed else run_id,
    )


def _likeness(
    seen: Floats, corpus: Corpus, last: _LastNight, groups: Sequence[NDArray[np.intp]]
) -> Floats:
    """Cosine of centres of last night's themes, as their segments are now, to tonight's."""
    row_of = {row.segment_id: at for at, row in enumerate(corpus.rows)}
    before = [[row_of[s] for s in sorted(rows)] for rows in last.members.values()]
    likeness = np.zeros((len(before), len(groups)))
    for old, rows in enumerate(before):
        for new, others in enumerate(groups):
            if rows:
                pair = unit(np.stack([seen[rows].mean(axis=0), seen[others].mean(axis=0)]))
                likeness[old, new] = pair[0] @ pair[1]
    return likeness


def _lineage(before: pd.DataFrame, run_id: str, events: Sequence[Event]) -> pd.DataFrame:
    position = 0 if before.empty else int(before["position"].max()) + 1
    rows = [
        event._asdict()
        | {"run_id": run_id, "position": position, "overlap": round(event.overlap, 6)}
        | {"from_theme_ids": list(event.from_theme_ids)}
        for event in events
    ]
    return frame_of("theme_lineage", [*records(before), *rows])


def _numbers(names: Sequence[str]) -> Labels:
    place = {name: at for at, name in enumerate(sorted(set(names)))}
    return np.array([place[name] for name in names], dtype=np.int64)
