"""One theme run: the whole corpus in, the theme tables out.

The run starts from last night's themes, if there are any: segments that were in a theme lean a
little towards its centre, so that a few new conversations do not turn everything over, and each
theme that holds the same segments keeps its id. The same inputs again give the same tables.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.themes.clustering import Attempt, Floats, Labels, cluster, features, unit
from pipeline.domain.themes.corpus import Corpus, Row, read_corpus
from pipeline.domain.themes.counting import counts, prevalence
from pipeline.domain.themes.identity import Event, identify
from pipeline.domain.themes.labels import central_phrases, keywords, label, term_weights
from pipeline.domain.themes.membership import Members, centres, similarity_to, with_nearest
from pipeline.domain.themes.stability import stabilities
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty

RECIPE = "1"
"""Raise it when a change of code changes the themes of unchanged inputs."""

_ANCHOR = 0.3
_REACH_PERCENTILE = 10


class PreviousThemes(NamedTuple):
    """The theme tables as the run before published them."""

    themes: pd.DataFrame
    theme_assignments: pd.DataFrame
    theme_lineage: pd.DataFrame


class ThemeTables(NamedTuple):
    """The theme tables of one run."""

    themes: pd.DataFrame
    theme_assignments: pd.DataFrame
    theme_lineage: pd.DataFrame
    theme_prevalence: pd.DataFrame


class Fit(NamedTuple):
    """A run with what it tried on the way: the tables, and every setting of the clustering."""

    tables: ThemeTables
    attempts: tuple[Attempt, ...]
    n_unassigned: int


class _LastNight(NamedTuple):
    """What a run needs to know of the run before."""

    themes: dict[str, dict[str, object]]
    members: dict[str, frozenset[str]]

    @property
    def live(self) -> list[str]:
        return sorted(self.members)

    def centre(self, theme_id: str) -> Floats:
        return np.asarray(self.themes[theme_id]["centre"], dtype=np.float64)


def fit_themes(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    previous: PreviousThemes | None,
    settings: Settings,
) -> ThemeTables:
    """The theme tables of the whole corpus.

    Parameters
    ----------
    segments, embeddings : DataFrame
        Tables `segments` and `segment_embeddings` of all live conversations, in any order.
    previous : PreviousThemes or None
        Tables of the run before; None or without rows for a first run.
    settings : Settings
        `min_theme_segments` and `seed` count.
    """
    return fit(segments, embeddings, previous, settings).tables


def fit(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    previous: PreviousThemes | None,
    settings: Settings,
) -> Fit:
    """As `fit_themes`, with what was tried on the way."""
    corpus = read_corpus(segments, embeddings)
    lineage = previous.theme_lineage if previous else empty(TABLES["theme_lineage"])
    inputs = _inputs(corpus, settings)
    if previous and _made_from(lineage, inputs):
        return Fit(_unchanged(previous, corpus), (), _n_unassigned(previous, corpus))
    run_id = _run_id(inputs, _last_run(lineage))
    last_night = _last_night(previous, corpus)
    X = features(corpus.texts(), _anchored(corpus, last_night))
    clusters = cluster(X, settings.min_theme_segments)
    members = with_nearest(clusters)
    steady = stabilities(X, corpus, members.labels, settings)
    tables = _tables(corpus, members, steady, last_night, lineage, run_id)
    return Fit(tables, clusters.attempts, int((members.labels < 0).sum()))


def _inputs(corpus: Corpus, settings: Settings) -> str:
    parts = (RECIPE, str(settings.min_theme_segments), str(settings.seed), corpus.fingerprint())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _run_id(inputs: str, after: str) -> str:
    """A hash of the inputs and the run before: going back to old inputs is a new run."""
    return "R" + hashlib.sha256(f"{after}\0{inputs}".encode()).hexdigest()[:16]


def _last_run(lineage: pd.DataFrame, back: int = 0) -> str:
    runs = cast("list[str]", lineage.sort_values("position")["run_id"].unique().tolist())
    return runs[-1 - back] if len(runs) > back else ""


def _made_from(lineage: pd.DataFrame, inputs: str) -> bool:
    last = _last_run(lineage)
    return last == _run_id(inputs, _last_run(lineage, back=1))


def _last_night(previous: PreviousThemes | None, corpus: Corpus) -> _LastNight:
    if previous is None or previous.themes.empty:
        return _LastNight({}, {})
    themes = {str(t["theme_id"]): t for t in _records(previous.themes)}
    existing = {row.segment_id for row in corpus.rows}
    members: dict[str, set[str]] = {i: set() for i, t in themes.items() if t["status"] == "live"}
    for assignment in _records(previous.theme_assignments):
        if assignment["segment_id"] in existing and assignment["theme_id"] in members:
            members[str(assignment["theme_id"])].add(str(assignment["segment_id"]))
    return _LastNight(themes, {i: frozenset(m) for i, m in members.items()})


def _anchored(corpus: Corpus, last_night: _LastNight) -> NDArray[np.float32]:
    """Vectors, those that were in a theme leaning a little towards its centre."""
    theme_of = {s: theme for theme, members in last_night.members.items() for s in members}
    vectors = corpus.vectors.astype(np.float64)
    for place, row in enumerate(corpus.rows):
        if row.segment_id in theme_of:
            centre = last_night.centre(theme_of[row.segment_id])
            if centre.shape == vectors[place].shape:  # another model, other dimensions
                vectors[place] += _ANCHOR * unit(centre[None])[0]
    return vectors.astype(np.float32)


def _tables(
    corpus: Corpus,
    members: Members,
    steady: Sequence[float | None],
    last_night: _LastNight,
    lineage: pd.DataFrame,
    run_id: str,
) -> ThemeTables:
    groups = _groups(members.labels)
    rows = [[corpus.rows[i] for i in group] for group in groups]
    middles = centres(corpus.vectors, groups) if groups else np.empty((0, 0))
    identified = identify(
        [frozenset(row.segment_id for row in theme) for theme in rows],
        {theme_id: last_night.members[theme_id] for theme_id in last_night.live},
        _likeness(last_night, middles),
        run_id,
    )
    live = _live_themes(corpus, groups, middles, steady)
    for theme_id, theme in zip(identified.theme_ids, live, strict=True):
        before = last_night.themes.get(theme_id, {"first_run_id": run_id})
        theme |= {"theme_id": theme_id, "first_run_id": before["first_run_id"]}
    retired = [
        _retired(t, corpus.n_people)
        for i, t in last_night.themes.items()
        if i not in identified.theme_ids
    ]
    segments_of = dict(zip(identified.theme_ids, rows, strict=True))
    return ThemeTables(
        _frame("themes", [*live, *retired]),
        _assignments(corpus, members, groups, identified.theme_ids),
        _lineage(lineage, run_id, identified.events),
        prevalence(segments_of, corpus.n_people, corpus.n_conversations),
    )


def _groups(labels: Labels) -> list[list[int]]:
    return [
        np.flatnonzero(labels == group).tolist() for group in range(int(labels.max(initial=-1)) + 1)
    ]


def _likeness(last_night: _LastNight, middles: Floats) -> Floats:
    before = [last_night.centre(theme_id) for theme_id in last_night.live]
    if not before or not len(middles) or before[0].shape != middles[0].shape:
        return np.zeros((len(before), len(middles)))
    return unit(np.stack(before)) @ unit(middles).T


def _live_themes(
    corpus: Corpus,
    groups: Sequence[list[int]],
    middles: Floats,
    steady: Sequence[float | None],
) -> list[dict[str, object]]:
    """Columns of table `themes`, without ids."""
    weights = term_weights([[corpus.rows[i] for i in group] for group in groups])
    themes: list[dict[str, object]] = []
    overall = corpus.vectors.astype(np.float64).mean(axis=0) if groups else np.empty(0)
    for group, centre, terms, stability in zip(groups, middles, weights, steady, strict=True):
        rows = [corpus.rows[i] for i in group]
        likeness = similarity_to(corpus.vectors[group], centre, overall)
        near = {row.segment_id: float(s) for row, s in zip(rows, likeness, strict=True)}
        words = keywords(terms)
        themes.append(
            {
                "label": label(words),
                "keywords": words,
                "phrases": [phrase._asdict() for phrase in central_phrases(rows, near, terms)],
                "n_segments": len(rows),
                "stability": stability,
                "status": "live",
                "centre": centre.astype(np.float32),
                "reach": round(float(np.percentile(likeness, _REACH_PERCENTILE)), 6),
            }
            | counts(rows, corpus.n_people)
        )
    return themes


def _retired(theme: Mapping[str, object], n_people: int) -> dict[str, object]:
    """A theme that nobody is in any more keeps its name and history, and none of the words."""
    return {
        **theme,
        **counts((), n_people),
        "phrases": [],
        "n_segments": 0,
        "stability": None,
        "status": "retired",
    }


def _assignments(
    corpus: Corpus, members: Members, groups: Sequence[list[int]], theme_ids: Sequence[str]
) -> pd.DataFrame:
    return _frame(
        "theme_assignments",
        [
            {
                "segment_id": corpus.rows[i].segment_id,
                "theme_id": theme_id,
                "membership": "core" if members.is_core[i] else "nearest",
                "strength": round(float(members.strengths[i]), 6),
            }
            for theme_id, group in zip(theme_ids, groups, strict=True)
            for i in group
        ],
    )


def _lineage(before: pd.DataFrame, run_id: str, events: Sequence[Event]) -> pd.DataFrame:
    position = 0 if before.empty else int(before["position"].max()) + 1
    rows = [
        event._asdict()
        | {"run_id": run_id, "position": position, "overlap": round(event.overlap, 6)}
        | {"from_theme_ids": list(event.from_theme_ids)}
        for event in events
    ]
    return _frame("theme_lineage", [*_records(before), *rows])


def _unchanged(previous: PreviousThemes, corpus: Corpus) -> ThemeTables:
    row_of = {row.segment_id: row for row in corpus.rows}
    members: dict[str, list[Row]] = {}
    for assignment in _records(previous.theme_assignments):
        row = row_of[str(assignment["segment_id"])]
        members.setdefault(str(assignment["theme_id"]), []).append(row)
    counted = prevalence(members, corpus.n_people, corpus.n_conversations)
    return ThemeTables(*previous, counted)


def _n_unassigned(previous: PreviousThemes, corpus: Corpus) -> int:
    return len(corpus.rows) - int(previous.theme_assignments["segment_id"].nunique())


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", frame.to_dict("records"))


def _frame(name: str, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The table in its key's order; without rows it keeps its columns and types."""
    table = TABLES[name]
    if not rows:
        return empty(table)
    frame = pd.DataFrame(list(rows), columns=pd.Index([column.name for column in table.columns]))
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)
