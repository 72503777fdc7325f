"""Eight nights of the answer key: who keeps its theme, what anchoring costs, what is born.

`python -m benchmarks.replay [FOLDER]`, FOLDER as for `benchmarks.themes`. Night one holds half of
the conversations, each of seven later nights a seventh of the rest. Vectors are computed once.

- **kept**: of the segments that were in a theme on night one, the share that are in the same theme
  on night eight.
- **AMI**: agreement with the key on night eight, beside a fit of the same night without a past.
- **born**: all turns of some codes are withheld and added in later nights. A theme that is born is
  right when most of its segments, on the last night, are of withheld codes. Once they come to a
  corpus that has everything else; once among the other conversations of the replay, where a theme
  that half of the conversations did not show counts as wrong.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_GOLD, Key, read_key
from benchmarks.theme_sets import UNASSIGNED, agreement_of_segments
from pipeline.domain.embedding.vectors import embed
from pipeline.domain.themes.corpus import Corpus, read_corpus
from pipeline.domain.themes.fitting import find_themes
from pipeline.domain.themes.promotion import tonight
from pipeline.domain.themes.publishing import (
    Found,
    PreviousThemes,
)
from pipeline.domain.validation.segments import cut_segments
from pipeline.resources.encoder import Encoder
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty

NIGHTS = 8
ORDERS = (0, 1)
WITHHELD_CODES = 5
NO_THEMES = {"none", "other"}
"""Codes that are no theme; they are never withheld."""

Flags = NDArray[np.bool_]


class Spoken(NamedTuple):
    """The segments of the key with their vectors, in one fixed order."""

    key: Key
    segments: pd.DataFrame
    embeddings: pd.DataFrame

    @property
    def codes(self) -> NDArray[np.object_]:
        """How people coded the turn of each segment."""
        where = zip(self.segments["conversation_id"], self.segments["turn_start"], strict=True)
        return np.array([self.key.themes[turn] for turn in where], dtype=object)

    def of(self, chosen: Flags) -> Corpus:
        """The corpus of these segments only."""
        return read_corpus(self.segments[chosen], self.embeddings[chosen])


class Replayed(NamedTuple):
    """The themes of the segments on the first and on the last night, and what happened between."""

    first: dict[str, str]
    last: dict[str, str]
    lineage: pd.DataFrame


def spoken(gold: Path = DEFAULT_GOLD) -> Spoken:
    """Segments of the key, personal data taken out by its marks, with vectors."""
    key, encoder, settings = read_key(gold), Encoder(), Settings()
    people = {conversation_id: conversation_id for conversation_id, _ in key.themes}
    segments = cut_segments(key.redacted_turns, people, settings).segments
    embeddings = embed(
        segments, encoder.encode, {}, model=encoder.identity(), precision=encoder.precision
    )
    return side_by_side(key, segments, embeddings)


def side_by_side(key: Key, segments: pd.DataFrame, embeddings: pd.DataFrame) -> Spoken:
    """Both tables by segment, so that one mask chooses rows of both."""
    ordered = segments.sort_values("segment_id", ignore_index=True)
    vectors = embeddings.set_index("segment_id").loc[ordered["segment_id"]].reset_index()
    return Spoken(key, ordered, vectors)


def measure(told: Spoken, settings: Settings | None = None) -> dict[str, Any]:
    """Replay in several orders, and with withheld codes."""
    chosen = settings or Settings()
    began = time.process_time()
    everything = np.ones(len(told.segments), dtype=bool)
    alone, _ = find_themes(told.of(everything), None, chosen)
    ami_alone = float(agreement_of_segments(told.key, told.segments, _labels(told, alone))["ami"])
    orders = [_one_order(told, order, ami_alone, chosen) for order in ORDERS]
    return {
        "n_nights": NIGHTS,
        "orders": orders,
        "ami_unanchored": ami_alone,
        "kept_share": _mean(orders, "kept_share"),
        "ami_loss": round(ami_alone - _mean(orders, "ami"), 3),
        "born": {
            "added to all else": _births(told, chosen, with_half=False),
            "added within the replay": _births(told, chosen, with_half=True),
        },
        "cpu_s": round(time.process_time() - began, 1),
    }


def _one_order(told: Spoken, order: int, ami_alone: float, settings: Settings) -> dict[str, Any]:
    replayed = replay(told, nights(told, order), settings)
    labels = [replayed.last.get(s, UNASSIGNED) for s in told.segments["segment_id"]]
    found = agreement_of_segments(told.key, told.segments, labels)
    events = replayed.lineage.loc[replayed.lineage["position"] > 0, "event"].value_counts()
    same = [replayed.last.get(s) == theme for s, theme in replayed.first.items()]
    return {
        "order": order,
        "kept_share": round(float(np.mean(same)), 4),
        "ami": found["ami"],
        "ami_loss": round(ami_alone - float(found["ami"]), 3),
        "unassigned_share": found["unassigned_share"],
        "n_themes_first": len(set(replayed.first.values())),
        "n_themes_last": found["n_themes"],
        "events": {str(name): int(n) for name, n in sorted(events.items())},
    }


def _births(told: Spoken, settings: Settings, *, with_half: bool) -> dict[str, Any]:
    """Precision and recall of births over several rounds of withheld codes."""
    rounds = [_one_round(told, order, settings, with_half=with_half) for order in ORDERS]
    born = sum(r["born"] for r in rounds)
    right = sum(r["right"] for r in rounds)
    withheld = sum(len(r["withheld"]) for r in rounds)
    return {
        "rounds": rounds,
        "born": born,
        "precision": round(right / born, 3) if born else None,
        "recall": round(sum(len(r["found"]) for r in rounds) / withheld, 3),
    }


def _one_round(told: Spoken, order: int, settings: Settings, *, with_half: bool) -> dict[str, Any]:
    codes = told.codes
    known = sorted({str(code) for code in codes} - NO_THEMES)
    withheld = np.random.default_rng(100 + order).permutation(known)[:WITHHELD_CODES].tolist()
    held_back = np.isin(codes, withheld)
    replayed = replay(told, _added_later(told, order, held_back, with_half=with_half), settings)
    later = replayed.lineage["position"] > 0
    born = replayed.lineage.loc[later & replayed.lineage["event"].eq("born"), "theme_id"]
    members = {
        theme: [
            str(code)
            for code, s in zip(codes, told.segments["segment_id"], strict=True)
            if replayed.last.get(s) == theme
        ]
        for theme in born
    }
    right = {theme: Counter(own) for theme, own in members.items() if _share(own, withheld) > 0.5}
    return {
        "withheld": withheld,
        "born": len(members),
        "right": len(right),
        "found": sorted({own.most_common(1)[0][0] for own in right.values()} & set(withheld)),
        "sizes": sorted(len(own) for own in members.values()),
    }


def _share(codes: Sequence[str], withheld: Sequence[str]) -> float:
    return sum(code in withheld for code in codes) / max(len(codes), 1)


def replay(told: Spoken, heard: Sequence[Flags], settings: Settings) -> Replayed:
    """One run a night, gates and all, each from the tables of the one before."""
    previous = PreviousThemes(*(empty(TABLES[table]) for table in PreviousThemes._fields))
    runs = empty(TABLES["theme_runs"])
    themes: list[dict[str, str]] = []
    for mask in heard:
        night = tonight(told.segments[mask], told.embeddings[mask], previous, runs, settings)
        runs = night.theme_runs
        previous = PreviousThemes(*(getattr(night.tables, name) for name in previous._fields))
        themes.append(_assigned(previous.found_assignments))
    return Replayed(themes[0], themes[-1], previous.theme_lineage)


def nights(told: Spoken, order: int) -> list[Flags]:
    """Segments heard by each night: half of the conversations, then a part of the rest each."""
    shuffled = _shuffled(told, order)
    first, *rest = _parts(shuffled[len(shuffled) // 2 :], shuffled[: len(shuffled) // 2])
    return [_said_in(told, first), *(_said_in(told, heard) for heard in rest)]


def _added_later(told: Spoken, order: int, held_back: Flags, *, with_half: bool) -> list[Flags]:
    """Nights in which the withheld turns come bit by bit after night one.

    Beside the replay they begin to come when half of its nights are over.
    """
    if not with_half:
        added = _parts(_shuffled(told, order), [])
        return [~held_back | _said_in(told, heard) for heard in added]
    heard = nights(told, order)
    quiet = NIGHTS // 2
    shuffled = _shuffled(told, order)
    parts = np.array_split(np.arange(len(shuffled)), NIGHTS - quiet)
    allowed = [np.zeros(len(held_back), dtype=bool)] * quiet
    allowed += [_said_in(told, shuffled[: part[-1] + 1]) for part in parts]
    return [mask & (~held_back | may) for mask, may in zip(heard, allowed, strict=True)]


def _parts(rest: Sequence[str], first: Sequence[str]) -> list[list[str]]:
    """What is heard by each night."""
    heard = [list(first)]
    for part in np.array_split(np.array(rest, dtype=object), NIGHTS - 1):
        heard.append(heard[-1] + part.tolist())
    return heard


def _shuffled(told: Spoken, order: int) -> list[str]:
    conversations = sorted(set(told.segments["conversation_id"]))
    return np.random.default_rng(order).permutation(conversations).tolist()


def _said_in(told: Spoken, conversations: Sequence[str]) -> Flags:
    return told.segments["conversation_id"].isin(conversations).to_numpy()


def _assigned(assignments: pd.DataFrame) -> dict[str, str]:
    first = assignments[assignments["membership"].ne("also")]
    return dict(zip(first["segment_id"], first["theme_id"], strict=True))


def _theme_of(found: Found, corpus: Corpus) -> dict[str, str]:
    return {
        corpus.rows[member.row].segment_id: member.theme_id
        for member in found.members
        if member.membership != "also"
    }


def _labels(told: Spoken, found: Found) -> list[str]:
    theme_of = _theme_of(found, told.of(np.ones(len(told.segments), dtype=bool)))
    return [theme_of.get(s, UNASSIGNED) for s in told.segments["segment_id"]]


def _mean(rows: Sequence[dict[str, Any]], name: str) -> float:
    return round(float(np.mean([row[name] for row in rows])), 4)


def table(measured: dict[str, Any]) -> list[str]:
    """The report as lines of Markdown."""
    return [*_kept_lines(measured), "", *_born_lines(measured["born"])]


def _kept_lines(measured: dict[str, Any]) -> Iterator[str]:
    yield "| order | kept their theme | AMI of night eight | loss | unassigned | themes | events |"
    yield "|---|---|---|---|---|---|---|"
    for row in measured["orders"]:
        events = ", ".join(f"{n} {name}" for name, n in row["events"].items() if name != "kept")
        yield (
            f"| {row['order'] + 1} | {row['kept_share']:.1%} | {row['ami']:.3f} "
            f"| {row['ami_loss']:.3f} | {row['unassigned_share']:.1%} "
            f"| {row['n_themes_first']} to {row['n_themes_last']} | {events or 'all kept'} |"
        )
    yield (
        f"| mean | {measured['kept_share']:.1%} | without a past {measured['ami_unanchored']:.3f} "
        f"| {measured['ami_loss']:.3f} | | | |"
    )


def _born_lines(born: dict[str, Any]) -> Iterator[str]:
    yield "| withheld themes | born | of these right | withheld codes found |"
    yield "|---|---|---|---|"
    for name, row in born.items():
        precision = "none born" if row["precision"] is None else f"{row['precision']:.0%}"
        yield f"| {name} | {row['born']} | {precision} | {row['recall']:.0%} |"


def main() -> None:
    """Measure and print; the joint report of themes writes the results."""
    told = spoken(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_GOLD)
    print("\n".join(table(measure(told))))


if __name__ == "__main__":
    main()
