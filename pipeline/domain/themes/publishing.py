# pyright: standard
# pandas and threadpoolctl carry loose types or none.
"""From what was found to what people see: decisions applied, themes named, people counted.

The **found** layer (tables `found_themes`, `found_assignments`) is the machine's memory: which
segment it found in which theme, tracked from night to night; it holds no words. The **published**
layer (`themes`, `theme_assignments`, `theme_prevalence`) is that after people's decisions. Theme
ids are one name space: what is published under an id was once found under it.

What decisions may ask is a `Ruling`, and this holds:

- Themes that are shown in another are counted there together with it, each person once. The row
  stays in `themes` with status `joined`, the id in `shown_in` and no counts; take the decision away
  and the theme is live again the same night, since it is still tracked apart.
- A theme in which others are shown is live as long as any of its parts is found.
- Labels and descriptions by people stand in place of the machine's; `label_by` says whose.
- A hidden theme keeps its row with status `hidden`, its counts and its assignments: whoever reads
  themes reads those that are `live`.
- What a ruling says of an id that is not published tonight does nothing here; it is for whoever
  made the ruling to report.
- A ruling makes no new run. The same found layer and the same ruling give the same bytes.
- `label_history` grows when the label differs from the last one. A name from the text leaves it
  when one of its words is no longer said by three people, or asked of three, and so does the label
  of a theme that is found no more.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.embedding.vectors import Encode
from pipeline.domain.themes.clustering import in_course, unit
from pipeline.domain.themes.corpus import Corpus, Row
from pipeline.domain.themes.counting import counts, prevalence
from pipeline.domain.themes.labels import UNNAMED, central_phrases
from pipeline.domain.themes.membership import centres, similarity_to
from pipeline.domain.themes.naming import Nearness, Worded, common_words, may_be_said, worded
from pipeline.domain.themes.quality import Doubt, doubt, measures
from pipeline.tables import frame_of, records

LIVE, HIDDEN, JOINED, RETIRED = "live", "hidden", "joined", "retired"
BY_TEXT, BY_PEOPLE = "text", "people"

_REACH_PERCENTILE = 10
_RANK = {"core": 0, "nearest": 1, "also": 2}


class Ruling(NamedTuple):
    """What people's decisions ask of tonight's themes. Published ids, unless said otherwise."""

    shown_in: Mapping[str, str] = {}
    """Found id to the id it is shown in; no value is itself shown elsewhere."""
    labels: Mapping[str, str] = {}
    descriptions: Mapping[str, str] = {}
    hidden: frozenset[str] = frozenset()


Rule = Callable[[Collection[str], pd.DataFrame], Ruling]
"""From the found themes that are live tonight, and the lineage with tonight's run, to a ruling."""


def no_ruling(_live: Collection[str], _lineage: pd.DataFrame) -> Ruling:
    """Nobody decided anything."""
    return Ruling()


class PreviousThemes(NamedTuple):
    """The theme tables that a run starts from, as the run before published them."""

    themes: pd.DataFrame
    found_themes: pd.DataFrame
    found_assignments: pd.DataFrame
    theme_lineage: pd.DataFrame


class ThemeTables(NamedTuple):
    """The theme tables of one run."""

    themes: pd.DataFrame
    theme_assignments: pd.DataFrame
    theme_lineage: pd.DataFrame
    theme_prevalence: pd.DataFrame
    found_themes: pd.DataFrame
    found_assignments: pd.DataFrame


class FoundTheme(NamedTuple):
    """The machine's part of a theme's passport."""

    theme_id: str
    is_live: bool
    first_run_id: str
    first_seen_on: date | None
    stability: float | None


class Member(NamedTuple):
    """A segment, by its row in the corpus, in a found theme."""

    row: int
    theme_id: str
    membership: str
    strength: float
    since_run_id: str


class Found(NamedTuple):
    """The found layer of a run; `theme_lineage` with its events."""

    run_id: str
    themes: tuple[FoundTheme, ...]
    members: tuple[Member, ...]
    theme_lineage: pd.DataFrame


def found_of(previous: PreviousThemes, corpus: Corpus) -> Found:
    """What the run before found, of the segments that still exist."""
    themes = tuple(
        FoundTheme(
            row["theme_id"],
            row["status"] == LIVE,
            row["first_run_id"],
            None if pd.isna(row["first_seen_on"]) else row["first_seen_on"],
            None if pd.isna(row["stability"]) else row["stability"],
        )
        for row in records(previous.found_themes)
    )
    live = {theme.theme_id for theme in themes if theme.is_live}
    row_of = {row.segment_id: at for at, row in enumerate(corpus.rows)}
    members = sorted(
        Member(row_of[row["segment_id"]], *(row[field] for field in Member._fields[1:]))
        for row in records(previous.found_assignments)
        if row["segment_id"] in row_of and row["theme_id"] in live
    )
    return Found(last_run(previous.theme_lineage), themes, tuple(members), previous.theme_lineage)


def last_run(lineage: pd.DataFrame, back: int = 0) -> str:
    """Id of the last run of the lineage, or of one before it; empty if there is none."""
    runs = runs_of(lineage)
    return runs[-1 - back] if len(runs) > back else ""


def runs_of(lineage: pd.DataFrame) -> list[str]:
    """Ids of all runs, the oldest first."""
    return cast("list[str]", lineage.sort_values("position")["run_id"].unique().tolist())


def published(
    found: Found,
    corpus: Corpus,
    previous: PreviousThemes | None,
    rule: Rule = no_ruling,
    encode: Encode | None = None,
) -> ThemeTables:
    """All theme tables of a run.

    Parameters
    ----------
    previous : PreviousThemes or None
        Names and history come from its table `themes`.
    rule : callable
        What people decided.
    encode : callable or None
        Texts to vectors, for choosing among names by nearness; None: by words alone.
    """
    live = sorted(theme.theme_id for theme in found.themes if theme.is_live)
    ruling = rule(live, found.theme_lineage)
    shown = _shown(found, ruling)
    before = {row["theme_id"]: row for row in records(previous.themes)} if previous else {}
    rows_of = {
        theme_id: [corpus.rows[member.row] for member in members]
        for theme_id, members in shown.items()
    }
    with threadpool_limits(limits=1):
        described = _described(corpus, shown, before, encode)
    common = common_words(corpus.rows)
    themes = [
        _published_row(theme, found.run_id, corpus, common, described, ruling, before)
        for theme in found.themes
    ]
    stability = _stabilities(found, shown, ruling)
    doubts = _doubts(corpus, shown, described, stability)
    for row in themes:
        theme_id = str(row["theme_id"])
        row["stability"] = stability.get(theme_id)
        row |= doubts.get(theme_id, Doubt(False, None))._asdict()
    return ThemeTables(
        frame_of("themes", themes),
        _assignments(shown, corpus),
        found.theme_lineage,
        prevalence(rows_of, corpus.n_people, corpus.n_conversations),
        found_themes(found, corpus),
        found_assignments(found, corpus),
    )


def _shown(found: Found, ruling: Ruling) -> dict[str, list[Member]]:
    """Members of each published theme, each segment once, as what it firmliest is."""
    shown: dict[str, dict[int, Member]] = {}
    for member in found.members:
        theme_id = ruling.shown_in.get(member.theme_id, member.theme_id)
        own = shown.setdefault(theme_id, {})
        known = own.get(member.row, member)
        own[member.row] = min(
            known, member, key=lambda m: (_RANK[m.membership], -m.strength, m.theme_id)
        )
    return {
        theme_id: [members[row] for row in sorted(members)]
        for theme_id, members in sorted(shown.items())
    }


def _described(
    corpus: Corpus,
    shown: Mapping[str, Sequence[Member]],
    before: Mapping[str, Mapping[str, object]],
    encode: Encode | None,
) -> dict[str, dict[str, object]]:
    """For each published theme, what its segments say about it."""
    if not shown:
        return {}
    groups = [[member.row for member in members] for members in shown.values()]
    rows = [[corpus.rows[at] for at in group] for group in groups]
    named = worded(
        rows,
        nearness=Nearness.of(encode, corpus.vectors, groups) if encode else None,
        before=[_last_name(before.get(theme_id)) for theme_id in shown],
    )
    overall = corpus.vectors.astype(np.float64).mean(axis=0)
    middles = centres(corpus.vectors, groups)
    seen = in_course(unit(corpus.vectors - overall), corpus.course)
    return {
        theme_id: _columns(corpus, group, own, words, middle, overall)
        | {"reach": _reach(seen[group], middle - overall)}
        for theme_id, group, own, words, middle in zip(
            shown, groups, rows, named, middles, strict=True
        )
    }


def _columns(
    corpus: Corpus,
    group: list[int],
    rows: Sequence[Row],
    words: Worded,
    centre: NDArray[np.float64],
    overall: NDArray[np.float64],
) -> dict[str, object]:
    likeness = similarity_to(corpus.vectors[group], centre, overall)
    near = {row.segment_id: float(s) for row, s in zip(rows, likeness, strict=True)}
    phrases = central_phrases(rows, near, words.weights)
    return {
        "label": words.label,
        "keywords": words.keywords,
        "phrases": [phrase._asdict() for phrase in phrases],
        "n_segments": len(rows),
        "centre": centre.astype(np.float32),
    } | counts(rows, corpus.n_people)


def _reach(seen: NDArray[np.float64], centre: NDArray[np.float64]) -> float:
    """The cosine that nine of ten rows of unit length exceed."""
    return round(float(np.percentile(seen @ unit(centre[None])[0], _REACH_PERCENTILE)), 6)


def _published_row(
    theme: FoundTheme,
    run_id: str,
    corpus: Corpus,
    common: Collection[str],
    described: Mapping[str, Mapping[str, object]],
    ruling: Ruling,
    before: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """One row of table `themes`: the passport, and what is so tonight."""
    theme_id = theme.theme_id
    known = before.get(theme_id, {})
    told = described.get(theme_id)
    if told is None:
        own = _absent(known, corpus.n_people, common)
        own["status"] = JOINED if theme_id in ruling.shown_in and theme.is_live else RETIRED
    else:
        own = dict(told)
        own["status"] = HIDDEN if theme_id in ruling.hidden else LIVE
    by_people = ruling.labels.get(theme_id) if told else None
    earlier_by = BY_TEXT if told else known.get("label_by") or BY_TEXT
    own["label_by"] = BY_PEOPLE if by_people else earlier_by
    own["label"] = by_people or own["label"]
    return own | {
        "theme_id": theme_id,
        "description": ruling.descriptions.get(theme_id) if told else known.get("description"),
        "shown_in": ruling.shown_in.get(theme_id) if own["status"] == JOINED else None,
        "first_run_id": theme.first_run_id,
        "first_seen_on": theme.first_seen_on,
        "label_history": _history(known, own, run_id, common),
    }


def _absent(
    known: Mapping[str, object], n_people: int, common: Collection[str]
) -> dict[str, object]:
    """A theme that nobody is shown in keeps what people named it, and none of what was said.

    Those who made it may be gone: it has no vector of theirs, and a name from the text only as long
    as others say its words.
    """
    label = str(known.get("label") or UNNAMED)
    is_kept = known.get("label_by") == BY_PEOPLE or may_be_said(label, common)
    return {
        "label": label if is_kept else UNNAMED,
        "keywords": [],
        "phrases": [],
        "n_segments": 0,
        "centre": [],
        "reach": None,
    } | counts((), n_people)


def _history(
    known: Mapping[str, object], own: Mapping[str, object], run_id: str, common: Collection[str]
) -> list[dict[str, object]]:
    past = list(cast("Sequence[dict[str, object]]", known.get("label_history", ())))
    kept = [
        entry
        for entry in past
        if entry["by"] == BY_PEOPLE or may_be_said(str(entry["label"]), common)
    ]
    is_new = not kept or kept[-1]["label"] != own["label"]
    if is_new and own["status"] in (LIVE, HIDDEN):
        kept.append({"run_id": run_id, "label": own["label"], "by": own["label_by"]})
    return kept


def _last_name(known: Mapping[str, object] | None) -> str:
    """The name that the text gave the theme last."""
    past = cast("Sequence[dict[str, str]]", known["label_history"]) if known else ()
    own = [entry["label"] for entry in past if entry["by"] == BY_TEXT]
    return own[-1] if own else ""


def _stabilities(
    found: Found, shown: Mapping[str, Sequence[Member]], ruling: Ruling
) -> dict[str, float | None]:
    """Of a theme in which several are shown: the mean over its segments."""
    by_id = {theme.theme_id: theme.stability for theme in found.themes}
    parts: dict[str, list[float]] = {}
    for member in found.members:
        theme_id = ruling.shown_in.get(member.theme_id, member.theme_id)
        stability = by_id[member.theme_id]
        if stability is not None and member.membership != "also":
            parts.setdefault(theme_id, []).append(stability)
    return {
        theme_id: round(float(np.mean(parts[theme_id])), 4) if theme_id in parts else None
        for theme_id in shown
    }


def _doubts(
    corpus: Corpus,
    shown: Mapping[str, Sequence[Member]],
    described: Mapping[str, Mapping[str, object]],
    stability: Mapping[str, float | None],
) -> dict[str, Doubt]:
    """What speaks against each published theme."""
    groups = [[member.row for member in members] for members in shown.values()]
    keywords = [cast("Sequence[str]", described[theme_id]["keywords"]) for theme_id in shown]
    measured = measures(corpus.rows, corpus.vectors, groups, keywords)
    return {
        theme_id: doubt(own, stability.get(theme_id))
        for theme_id, own in zip(shown, measured, strict=True)
    }


def _assignments(shown: Mapping[str, Sequence[Member]], corpus: Corpus) -> pd.DataFrame:
    return frame_of(
        "theme_assignments",
        [
            {
                "segment_id": corpus.rows[member.row].segment_id,
                "theme_id": theme_id,
                "membership": member.membership,
                "strength": member.strength,
            }
            for theme_id, members in shown.items()
            for member in members
        ],
    )


def found_themes(found: Found, corpus: Corpus) -> pd.DataFrame:
    """Table `found_themes`."""
    rows: dict[str, list[Row]] = {theme.theme_id: [] for theme in found.themes}
    for member in found.members:
        if member.membership != "also":
            rows[member.theme_id].append(corpus.rows[member.row])
    return frame_of(
        "found_themes",
        [
            {
                "theme_id": theme.theme_id,
                "status": LIVE if theme.is_live else RETIRED,
                "first_run_id": theme.first_run_id,
                "first_seen_on": theme.first_seen_on,
                "n_people": len({row.participant_id for row in rows[theme.theme_id]}),
                "n_segments": len(rows[theme.theme_id]),
                "stability": theme.stability,
            }
            for theme in found.themes
        ],
    )


def found_assignments(found: Found, corpus: Corpus) -> pd.DataFrame:
    """Table `found_assignments`."""
    return frame_of(
        "found_assignments",
        [
            member._asdict() | {"segment_id": corpus.rows[member.row].segment_id}
            for member in found.members
        ],
    )
