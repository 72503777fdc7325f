# pyright: standard
# pandas and threadpoolctl carry loose types or none.
"""A night's fit is a candidate: it becomes what people see only when it is fit for that.

Two kinds of gates. The theme set itself: not too many, enough people each, none twice; the fit
mends these, so that here they are proven. Against last night: segments keep their theme, no more of
them are left out, the themes have not collapsed. If the candidate is refused, last night's themes
stay, without what may no longer be heard and with new segments where they are near: a gate must
not keep somebody in the tables who withdrew. Those of them that too few people are left in retire.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from pipeline.domain.embedding.vectors import Encode
from pipeline.domain.themes.clustering import NOISE, Labels, centred, in_course
from pipeline.domain.themes.corpus import Corpus, read_corpus
from pipeline.domain.themes.fitting import find_themes, with_stability
from pipeline.domain.themes.identity import Event
from pipeline.domain.themes.mending import (
    ALIKE,
    MOST_THEMES,
    OVERLAP,
    centres_of,
    fewest_people,
)
from pipeline.domain.themes.placement import near_a_theme, reach_of
from pipeline.domain.themes.publishing import (
    Found,
    Member,
    PreviousThemes,
    Rule,
    ThemeTables,
    found_of,
    no_ruling,
    published,
)
from pipeline.settings import Settings
from pipeline.tables import frame_of, records

_COLLAPSED_SHARE = 0.5
"""Fewer than this share of last night's number of themes: they have collapsed."""
_GROWN = 4
"""A corpus this many times as large as that of the last fit without anchor is grouped afresh.

Themes of the first few conversations do not bind those of many; from half of a programme to the
whole of it, segments keep their theme.
"""


class Promotion(NamedTuple):
    """What a night publishes, and why its candidate was refused, if it was."""

    tables: ThemeTables
    theme_runs: pd.DataFrame
    reasons: list[str]
    """Why last night's themes stay; empty: the candidate was promoted."""
    faults: list[str]
    """What is wrong with the theme set that is published."""


def tonight(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    previous: PreviousThemes,
    theme_runs: pd.DataFrame,
    settings: Settings,
    *,
    apart: Sequence[tuple[str, str]] = (),
    rule: Rule = no_ruling,
    newest_on: date | None = None,
    encode: Encode | None = None,
) -> Promotion:
    """The candidate of a night, or last night's themes if it is refused.

    `accept_themes_after` names the run whose themes may be given up: while those are live, the
    candidate neither leans on them nor is compared with them. Once it is promoted they no longer
    are, and the setting has no effect.

    Parameters
    ----------
    segments, embeddings : DataFrame
        Tables `segments` and `segment_embeddings` of all live conversations, in any order.
    previous : PreviousThemes
        Tables of the run before; without rows for a first run.
    theme_runs : DataFrame
        Table `theme_runs` before tonight.
    apart, rule : pairs of theme ids, callable
        What people decided; see `rulings.kept_apart` and `rulings.ruling_by`.
    newest_on : date or None
        Day of the newest conversation: themes born in this run were first seen on it.
    encode : callable or None
        Texts to vectors, for choosing among names by nearness.
    """
    corpus = read_corpus(segments, embeddings)
    last = found_of(previous, corpus)
    is_accepted = bool(last.run_id) and settings.accept_themes_after == last.run_id
    has_grown = _has_grown(theme_runs, len(corpus.rows))
    candidate, attempts = find_themes(
        corpus,
        previous,
        settings,
        apart=apart,
        newest_on=newest_on,
        afresh=is_accepted or has_grown,
    )
    with threadpool_limits(limits=1):
        faults = list(set_faults(candidate, corpus, settings, apart))
        instead = without_the_few(carried_over(last, corpus), corpus, settings)
    reasons: list[str] = []
    standing = _standing(last, instead)
    if any(theme.is_live for theme in standing.themes):
        least = 0.0 if has_grown else settings.min_kept_share
        breaks = () if is_accepted else _breaks(candidate, standing, corpus, settings, least)
        reasons = [*faults, *breaks]
    shown = candidate
    if reasons:
        shown, faults = instead, list(_few(instead, corpus, settings).values())
    elif attempts:
        shown = with_stability(candidate, corpus, settings)
    return Promotion(
        published(shown, corpus, previous, rule, encode),
        _recorded(theme_runs, candidate, standing, corpus, reasons),
        reasons,
        faults,
    )


def set_faults(
    found: Found,
    corpus: Corpus,
    settings: Settings,
    apart: Sequence[tuple[str, str]] = (),
) -> Iterator[str]:
    """What is wrong with a theme set by itself, as sentences.

    Themes that people keep apart may be as alike as they are.
    """
    ids, labels = _labels(found, corpus)
    if not ids:
        return
    if len(ids) > MOST_THEMES:
        yield f"{len(ids)} themes, more than the {MOST_THEMES} that people can work with"
    yield from _few(found, corpus, settings).values()
    centres = centres_of(centred(corpus.vectors.astype(np.float64)), labels)
    is_free = _not_apart(ids, apart)
    for one, other in _pairs((centres @ centres.T >= ALIKE) & is_free):
        yield f"{ids[one]} and {ids[other]} have centres alike to {ALIKE} or more"
    for one, other in _pairs((_overlaps(found, ids) >= OVERLAP) & is_free):
        yield f"{ids[one]} and {ids[other]} share {OVERLAP:.0%} of their members or more"


def _not_apart(
    ids: Sequence[str], apart: Sequence[tuple[str, str]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    pairs = {frozenset(pair) for pair in apart}
    return np.array([[{one, other} not in pairs for other in ids] for one in ids])


def kept_share(candidate: Found, last: Found) -> float:
    """Of the segments that were in a theme, the share that are in it still; 1 if none were."""
    before, after = _themes_of(last), _themes_of(candidate)
    same = [after.get(row) == theme for row, theme in before.items()]
    return float(np.mean(same)) if same else 1.0


def carried_over(last: Found, corpus: Corpus) -> Found:
    """Last night's themes on tonight's corpus: new segments join where they are near."""
    ids, labels = _labels(last, corpus)
    known = {corpus.rows[member.row].conversation_id for member in last.members}
    new = [at for at, row in enumerate(corpus.rows) if row.conversation_id not in known]
    if not ids or not new:
        return last
    alone = centred(corpus.vectors.astype(np.float64))
    seen, centres = in_course(alone, corpus.course), centres_of(alone, labels)
    reach = reach_of(seen, labels, centres)
    placed = [
        Member(new[near.row], ids[near.theme], "nearest", near.strength, last.run_id)
        for near in near_a_theme(seen[new], centres, reach)
    ]
    return last._replace(members=tuple(sorted([*last.members, *placed])))


def without_the_few(found: Found, corpus: Corpus, settings: Settings) -> Found:
    """The same, but themes that too few people are in retire; the lineage says so.

    It is no new run: they end in the run that found them last.
    """
    few = _few(found, corpus, settings)
    if not few:
        return found
    before = records(found.theme_lineage)
    position = max(int(row["position"]) for row in before)
    why = "too few people are left in it"
    ended = [
        Event("retired", theme_id, (), 0.0, why)._asdict()
        | {"run_id": found.run_id, "position": position, "from_theme_ids": []}
        for theme_id in few
    ]
    return found._replace(
        themes=tuple(
            theme._replace(is_live=False, stability=None) if theme.theme_id in few else theme
            for theme in found.themes
        ),
        members=tuple(member for member in found.members if member.theme_id not in few),
        theme_lineage=frame_of("theme_lineage", [*before, *ended]),
    )


def _few(found: Found, corpus: Corpus, settings: Settings) -> dict[str, str]:
    """Live themes of too few people, each with a sentence that says so."""
    fewest = fewest_people(settings.min_theme_people, len(corpus.rows))
    people: dict[str, set[str]] = {t.theme_id: set() for t in found.themes if t.is_live}
    for row, theme_id in _themes_of(found).items():
        people[theme_id].add(corpus.rows[row].participant_id)
    return {
        theme_id: f"{theme_id} has {len(own)} people, fewer than {fewest}"
        for theme_id, own in people.items()
        if len(own) < fewest
    }


def _has_grown(runs: pd.DataFrame, n_segments: int) -> bool:
    """Whether the corpus is large enough to be grouped without regard to last night.

    The first promoted run leant on nothing, and neither did any that was large enough since.
    """
    rows = sorted(records(runs), key=lambda row: int(row["position"]))
    base = 0
    for n_then in (int(row["n_segments"]) for row in rows if row["is_promoted"]):
        base = n_then if n_then >= _GROWN * base else base
    return base > 0 and n_segments >= _GROWN * base


def _breaks(
    candidate: Found, last: Found, corpus: Corpus, settings: Settings, least: float
) -> Iterator[str]:
    """Why a candidate may not follow last night's themes, of whose members `least` must stay."""
    remedy = (
        "if that is meant, write the line accept_themes_after: "
        f"{last.run_id} under settings in programme.yaml"
    )
    kept = kept_share(candidate, last)
    if kept < least:
        yield (
            f"{kept:.1%} of the segments that were in a theme keep it, fewer than "
            f"{least:.0%}; {remedy}"
        )
    known = _known(last, corpus)
    left_out, before = _unassigned(candidate, known), _unassigned(last, known)
    if left_out > max(settings.max_unassigned_share, before):
        yield (
            f"{left_out:.1%} of the segments of earlier conversations are in no theme, more than "
            f"{settings.max_unassigned_share:.0%}; {remedy}"
        )
    n_now, n_then = (sum(theme.is_live for theme in found.themes) for found in (candidate, last))
    if n_now < _COLLAPSED_SHARE * n_then:
        yield f"{n_now} themes where there were {n_then}: the clustering collapsed; {remedy}"


def _recorded(
    runs: pd.DataFrame, candidate: Found, last: Found, corpus: Corpus, reasons: Sequence[str]
) -> pd.DataFrame:
    """Table `theme_runs` with tonight's row, the last; an unchanged night has that of its run."""
    before = sorted(records(runs), key=lambda row: int(row["position"]))
    known = next((row for row in before if row["run_id"] == candidate.run_id), None)
    others = [row for row in before if row is not known]
    position = int(others[-1]["position"]) + 1 if others else 0
    if not candidate.run_id:
        return frame_of("theme_runs", before)
    if known and known["is_promoted"]:
        return frame_of("theme_runs", [*others, known | {"position": position}])
    row = {
        "run_id": candidate.run_id,
        "position": position,
        "is_promoted": not reasons,
        "n_segments": len(corpus.rows),
        "n_themes": sum(theme.is_live for theme in candidate.themes),
        "kept_share": round(kept_share(candidate, last), 6),
        "unassigned_share": round(_unassigned(candidate, range(len(corpus.rows))), 6),
        "reasons": list(reasons),
    }
    return frame_of("theme_runs", [*others, row])


def _themes_of(found: Found) -> dict[int, str]:
    return {m.row: m.theme_id for m in found.members if m.membership != "also"}


def _labels(found: Found, corpus: Corpus) -> tuple[list[str], Labels]:
    """Themes with members, and the place of each segment's among them."""
    theme_of = _themes_of(found)
    ids = sorted(set(theme_of.values()))
    place = {theme_id: at for at, theme_id in enumerate(ids)}
    labels = np.full(len(corpus.rows), NOISE, dtype=np.int64)
    for row, theme_id in theme_of.items():
        labels[row] = place[theme_id]
    return ids, labels


def _unassigned(found: Found, rows: Collection[int]) -> float:
    """Share of these segments that are in no theme; 0 if there are none."""
    inside = _themes_of(found)
    return sum(row not in inside for row in rows) / max(len(rows), 1)


def _known(last: Found, corpus: Corpus) -> list[int]:
    """Segments of conversations that last night had in a theme: arrivals tell nothing of it."""
    known = {corpus.rows[member.row].conversation_id for member in last.members}
    return [at for at, row in enumerate(corpus.rows) if row.conversation_id in known]


def _standing(last: Found, instead: Found) -> Found:
    """Last night's themes that have enough people still: nobody can keep the others."""
    live = {theme.theme_id for theme in instead.themes if theme.is_live}
    return last._replace(
        themes=tuple(theme for theme in last.themes if theme.theme_id in live),
        members=tuple(member for member in last.members if member.theme_id in live),
    )


def _pairs(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in zip(*np.nonzero(np.triu(mask, 1)), strict=True)]


def _overlaps(
    found: Found, ids: Sequence[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Jaccard overlap of members, second memberships included."""
    members = {theme_id: set[int]() for theme_id in ids}
    for member in found.members:
        members[member.theme_id].add(member.row)
    own = [members[theme_id] for theme_id in ids]
    return np.array([[len(a & b) / len(a | b) for b in own] for a in own])
