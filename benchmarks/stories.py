"""How well stories and quotes are chosen, and whether what is new is found.

`conversations benchmark stories [--gold FOLDER]` measures a finished run, by default where
`make demo` leaves its tables, against the answer key; `python -m benchmarks.stories --data FOLDER`
another. No model runs but where vectors are not kept.

Novelty: of the key's turns that no code covers, how many have a segment among the tenth that the
pipeline finds newest; beside it, what each kind of evidence adds, the same with vectors of an
encoder that has never met the key, and what chance would find. The pattern of questions that ask
for what was not asked was written after its author had read this key, so the figure without it is
the one that cannot be flattered.

Stories: whether those that span several answers stay with one subject, by the key's codes. Quotes:
whether counterpoints contradict, and the good is good, by the key's voices; how many groups are
heard among the first.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_DATA, DEFAULT_GOLD, Key, Turn, read_key, run_segments
from benchmarks.kept_vectors import PLAIN, encoders, vectors_of
from benchmarks.reporting import ROOT, provenance, write_page, write_results
from benchmarks.summary import Target, summary
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.stories.corpus import Corpus, read_corpus
from pipeline.domain.stories.novelty import WEIGHTS, novelty
from pipeline.domain.stories.people import People, known_people
from pipeline.domain.themes.counting import wilson
from pipeline.errors import UsageError
from pipeline.resources.programme import Programme
from pipeline.tables import TABLES, empty, records

RESULTS = ROOT / "benchmarks/results/stories.json"
PAGE = ROOT / "docs/stories.md"
UNEXPECTED = "other"
SHARES = (0.05, 0.1, 0.2)
AS_SHIPPED, NOT_INVITED, ALONE = (
    "all evidence",
    "without what the interviewer asked",
    "only that few others say so",
)
VARIANTS: Mapping[str, Mapping[str, float]] = {
    AS_SHIPPED: WEIGHTS,
    NOT_INVITED: dict(WEIGHTS, not_asked_for=0.0),
    ALONE: {name: float(name == "alone") for name in WEIGHTS},
}
OF_RUN, UNMET = "the run's encoder, which has met the key", "encoder as packaged, which has not"
CHANCE = "by chance"

Vectors = NDArray[np.float32]


class Run(NamedTuple):
    """Tables of a finished run."""

    segments: pd.DataFrame
    redacted_turns: pd.DataFrame
    vectors: pd.DataFrame
    themes: pd.DataFrame
    theme_assignments: pd.DataFrame
    lens_scores: pd.DataFrame
    quotes: pd.DataFrame
    stories: pd.DataFrame
    story_sets: pd.DataFrame
    participants: pd.DataFrame


def read_run(data: Path = DEFAULT_DATA) -> Run:
    """The tables of a finished run.

    Raises
    ------
    UsageError
        If there is none.
    """
    segments = run_segments(data)
    if segments is None or not (data / "deidentified/quotes.parquet").exists():
        raise UsageError(f"There is no finished run in {data}; run `make demo`, or name one")
    whole = ("themes", "theme_assignments", "lens_scores", "quotes", "stories", "story_sets")
    return Run(
        segments=segments,
        redacted_turns=_batches(data, "redacted_turns"),
        vectors=_batches(data, "segment_embeddings"),
        participants=pd.read_parquet(data / "restricted/participants.parquet"),
        **{name: pd.read_parquet(data / f"deidentified/{name}.parquet") for name in whole},
    )


def _batches(data: Path, name: str) -> pd.DataFrame:
    files = sorted((data / "deidentified" / name).glob("*.parquet"))
    return pd.concat(map(pd.read_parquet, files), ignore_index=True)


# Novelty


def measure_novelty(run: Run, key: Key) -> dict[str, Any]:
    """Recall of the turns that no code covers, by vectors and by evidence."""
    turns = list(zip(run.segments["conversation_id"], run.segments["turn_start"], strict=True))
    wanted = {turn for turn, code in key.themes.items() if code == UNEXPECTED}
    people = _people(run)
    by_vectors = {
        OF_RUN: _scores(_corpus(run, run.vectors, people), run.lens_scores),
        UNMET: _scores(_unmet(run, people), None),
    }
    return {
        "n_segments": len(turns),
        "n_wanted": len(wanted & set(turns)),
        CHANCE: {f"{share:g}": by_chance(turns, wanted, share) for share in SHARES},
        **{
            vectors: {name: found_among(values, turns, wanted) for name, values in own.items()}
            for vectors, own in by_vectors.items()
        },
    }


def found_among(
    scores: Sequence[float], turns: Sequence[Turn], wanted: set[Turn]
) -> dict[str, Any]:
    """Share of the wanted turns with a segment among the newest 5, 10 and 20 %.

    And the area under the curve, by segment: 0.5 is chance.
    """
    order = sorted(range(len(turns)), key=lambda at: (-scores[at], turns[at]))
    known = wanted & set(turns)
    found: dict[str, Any] = {}
    for share in SHARES:
        top = {turns[at] for at in order[: round(share * len(order))]}
        hit = len(known & top)
        low, high = wilson(hit, len(known))[1:] if known else (0.0, 1.0)
        found[f"{share:g}"] = {"recall": _share(hit, len(known)), "low": low, "high": high}
    return found | {"auc": _area(scores, [turn in wanted for turn in turns])}


def by_chance(turns: Sequence[Turn], wanted: set[Turn], share: float) -> float:
    """Recall that segments drawn at random would have; a turn of two segments has two chances."""
    n_segments = Counter(turn for turn in turns if turn in wanted)
    return _rounded(np.mean([1 - (1 - share) ** n for n in n_segments.values()] or [0.0]))


def _scores(corpus: Corpus, lens_scores: pd.DataFrame | None) -> dict[str, list[float]]:
    return {
        name: novelty(corpus, lens_scores, weights).scores.tolist()
        for name, weights in VARIANTS.items()
    }


def _corpus(run: Run, vectors: pd.DataFrame, people: People) -> Corpus:
    return read_corpus(
        run.segments,
        run.redacted_turns,
        run.themes,
        run.theme_assignments,
        vectors,
        people,
        Programme().settings().min_theme_people,
    )


def _unmet(run: Run, people: People) -> Corpus:
    """The same segments by an encoder that has not met them, and so without the run's themes."""
    vectors = vectors_of(texts_to_embed(run.segments), encoders()[PLAIN])
    table = pd.DataFrame({"segment_id": run.segments["segment_id"], "vector": list(vectors)})
    blind = run._replace(
        themes=empty(TABLES["themes"]), theme_assignments=empty(TABLES["theme_assignments"])
    )
    return _corpus(blind, table, people)


def _people(run: Run) -> People:
    """Their groups alone: who is heard too little is no part of what is measured."""
    return known_people(
        run.participants,
        Programme().dimensions(),
        run.segments,
        empty(TABLES["representation"]),
        empty(TABLES["inequalities"]),
        Programme().settings(),
    )._replace(under_heard=frozenset())


def _area(scores: Sequence[float], wanted: Sequence[bool]) -> float | None:
    places = pd.Series(list(scores)).rank().to_numpy()
    inside = np.array(wanted)
    n_in, n_out = int(inside.sum()), int((~inside).sum())
    if not (n_in and n_out):
        return None
    return _rounded((places[inside].sum() - n_in * (n_in + 1) / 2) / (n_in * n_out))


# Stories and quotes


def measure_stories(run: Run, key: Key) -> dict[str, Any]:
    """Length, and whether those of several answers stay with one subject."""
    codes = [
        _codes(story["conversation_id"], story["offsets"], key) for story in records(run.stories)
    ]
    several = [own for own in codes if len(own) > 1]
    return {
        "n": len(codes),
        "lanes": dict(sorted(Counter(run.stories["lane"]).items())),
        "median_words": float(run.stories["n_words"].median()) if len(codes) else None,
        "open_well": _reason_share(run.stories, "opens_well"),
        "arc": _reason_share(run.stories, "arc"),
        "several_answers": len(several),
        "one_subject": _share(sum(len(set(own)) == 1 for own in several), len(several)),
        "neighbours_of_one_subject": _neighbours(key),
        "sets": dict(sorted(Counter(run.story_sets["kind"]).items())),
    }


def measure_voices(run: Run, key: Key) -> dict[str, Any]:
    """Whether counterpoints contradict and the good is good, by the key's voices."""
    against = run.quotes[run.quotes["is_counterpoint"]]
    turns = zip(against["conversation_id"], against["turn"], strict=True)
    spoken = [
        (key.voices.get((conversation, turn)), voice)
        for (conversation, turn), voice in zip(turns, against["voice"], strict=True)
    ]
    coded = [(truly, voice) for truly, voice in spoken if truly is not None]
    good = run.story_sets[run.story_sets["kind"].eq("good_practice")]
    told = run.stories[run.stories["story_id"].isin(good["story_id"])]
    voices = [
        key.voices[turn]
        for story in records(told)
        for turn in _turns(story["conversation_id"], story["offsets"])
        if turn in key.voices
    ]
    return {
        "counterpoints": len(coded),
        "counterpoint_voice_right": _share(sum(a == b for a, b in coded), len(coded)),
        "good_practice_turns": len(voices),
        "good_practice_is_good": _share(voices.count("good"), len(voices)),
        "good_practice_is_to_improve": _share(voices.count("improve"), len(voices)),
    }


def measure_spread(run: Run, shown: int) -> dict[str, Any]:
    """Groups heard among the first quotes of a theme, of those that could be: means over themes."""
    groups = _people(run).groups
    themes: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for _, own in run.quotes.groupby("theme_id"):
        first = own[own["position"] <= shown]["participant_id"]
        heard = {group for person in first for group in groups.get(person, ())}
        there = {group for person in own["participant_id"] for group in groups.get(person, ())}
        for dimension in sorted({name for name, _ in there}):
            n_there = sum(name == dimension for name, _ in there)
            n_heard = sum(name == dimension for name, _ in heard)
            themes[dimension].append((n_heard, min(n_there, shown)))
    with_other = run.quotes[run.quotes["is_counterpoint"]]["theme_id"].nunique()
    return {
        "groups_heard": {
            dimension: _share(sum(n for n, _ in pairs), sum(n for _, n in pairs))
            for dimension, pairs in sorted(themes.items())
        },
        "themes_with_quotes": int(run.quotes["theme_id"].nunique()),
        "themes_with_counterpoint": int(with_other),
        "most_of_one_person_in_a_theme": int(
            run.quotes.groupby(["theme_id", "participant_id"]).size().max()
        ),
    }


def _turns(conversation: str, offsets: Iterable[Mapping[str, int]]) -> list[Turn]:
    return [(conversation, int(piece["turn"])) for piece in offsets]


def _codes(conversation: str, offsets: Iterable[Mapping[str, int]], key: Key) -> list[str]:
    return [key.themes[turn] for turn in _turns(conversation, offsets) if turn in key.themes]


def _neighbours(key: Key) -> float | None:
    """How often two answers that follow one another have one code: what chance would join."""
    turns = sorted(key.themes)
    pairs = [(a, b) for a, b in pairwise(turns) if a[0] == b[0]]
    return _share(sum(key.themes[a] == key.themes[b] for a, b in pairs), len(pairs))


def _reason_share(table: pd.DataFrame, code: str) -> float | None:
    return _share(sum(code in reasons for reasons in table["reasons"]), len(table))


def _share(n: int, of: int) -> float | None:
    return _rounded(n / of) if of else None


def _rounded(number: Any) -> float:
    return round(float(number), 3)


# The page


def run(gold: Path = DEFAULT_GOLD, data: Path = DEFAULT_DATA) -> dict[str, Any]:
    """Measure a finished run, write results file and page."""
    key, finished = read_key(gold), read_run(data)
    results = {
        "novelty": measure_novelty(finished, key),
        "stories": measure_stories(finished, key),
        "voices": measure_voices(finished, key),
        "spread": measure_spread(finished, Programme().settings().quotes_per_theme),
        **provenance(gold),
    }
    write_results("stories", results)
    report = "\n".join(page(json.loads(RESULTS.read_text("utf-8"))))
    write_page(PAGE, report)
    print(report)
    return results


def targets() -> list[Target]:
    """What was asked; the same figure by other vectors and evidence beside it."""
    return [
        Target(f"Unexpected turns among the newest tenth: {vectors}, {name}", path, 0.6)
        for vectors in (OF_RUN, UNMET)
        for name in (AS_SHIPPED, NOT_INVITED)
        for path in [("novelty", vectors, name, "0.1", "recall")]
    ]


def page(results: Mapping[str, Any]) -> list[str]:
    """All that the page shows between its markers."""
    found, told = results["novelty"], results["stories"]
    voices, spread = results["voices"], results["spread"]
    lines = [
        f"Last written on {results['date']}, commit {results['commit']}, {results['machine']}, "
        f"{results['data']}: {found['n_segments']} segments of a finished run, and "
        f"{found['n_wanted']} turns that no code of the key covers.",
        "",
        *summary(results, targets()),
        "",
        "| unexpected turns found | newest 5 % | newest 10 % (interval) | newest 20 % | area |",
        "|---|---|---|---|---|",
    ]
    lines += [
        _novelty_row(f"{vectors}: {name}", found[vectors][name])
        for vectors in (OF_RUN, UNMET)
        for name in VARIANTS
    ]
    chance = " | ".join(f"{found[CHANCE][f'{share:g}']:.2f}" for share in SHARES)
    lines += [f"| {CHANCE} | {chance} | 0.50 |", "", "| stories and quotes | |", "|---|---|"]
    facts = {
        "Stories": told["n"],
        "Median words of a story": told["median_words"],
        "Stories whose first sentence sets a scene, by its cues": told["open_well"],
        "Stories with an arc by their cues": told["arc"],
        "Stories of several answers": told["several_answers"],
        "of these, all answers with one code": told["one_subject"],
        "any two answers that follow one another, for comparison": told[
            "neighbours_of_one_subject"
        ],
        "Counterpoint quotes on coded turns": voices["counterpoints"],
        "of these, in the voice that the key has": voices["counterpoint_voice_right"],
        "Turns of good-practice stories": voices["good_practice_turns"],
        "of these, good by the key": voices["good_practice_is_good"],
        "of these, to be improved by the key": voices["good_practice_is_to_improve"],
        "Themes with quotes": spread["themes_with_quotes"],
        "of these, with a counterpoint": spread["themes_with_counterpoint"],
        **{
            f"Groups of {dimension} heard in the first quotes, of those that could be": share
            for dimension, share in spread["groups_heard"].items()
        },
    }
    return lines + [f"| {what} | {_shown(figure)} |" for what, figure in facts.items()]


def _novelty_row(name: str, found: Mapping[str, Any]) -> str:
    few, tenth, fifth = (found[f"{share:g}"] for share in SHARES)
    interval = f"{tenth['low']:.2f} to {tenth['high']:.2f}"
    return (
        f"| {name} | {_shown(few['recall'])} | {_shown(tenth['recall'])} ({interval}) | "
        f"{_shown(fifth['recall'])} | {_shown(found['auc'])} |"
    )


def _shown(figure: float | None) -> str:
    if figure is None:
        return "–"
    return f"{figure:g}" if isinstance(figure, int) or figure > 1 else f"{figure:.2f}"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=DEFAULT_GOLD, help="answer key")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="data of a finished run")
    given = parser.parse_args()
    run(given.gold, given.data)


if __name__ == "__main__":
    main()
