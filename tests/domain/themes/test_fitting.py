import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.domain.themes.corpus import read_corpus
from pipeline.domain.themes.fitting import (
    PreviousThemes,
    ThemeTables,
    find_themes,
    fit,
    least_segments,
)
from pipeline.domain.themes.labels import UNNAMED
from pipeline.domain.themes.placement import place_segments
from pipeline.errors import PipelineError
from pipeline.settings import Settings
from pipeline.tables import TABLES, parquet_bytes, to_arrow
from tests.domain.themes.conftest import SUBJECTS, Tables, corpus

SETTINGS = Settings()


def as_bytes(tables: ThemeTables) -> dict[str, str]:
    return {
        name: hashlib.sha256(parquet_bytes(to_arrow(TABLES[name], frame))).hexdigest()
        for name, frame in tables._asdict().items()
    }


def previous(tables: ThemeTables) -> PreviousThemes:
    return PreviousThemes(*(getattr(tables, name) for name in PreviousThemes._fields))


def live(tables: ThemeTables) -> pd.DataFrame:
    return tables.themes[tables.themes["status"] == "live"]


@pytest.fixture(scope="module")
def first(thirty_people: Tables) -> ThemeTables:
    return fit(*thirty_people, None, SETTINGS)


def test_each_subject_becomes_a_theme_named_by_its_words(first: ThemeTables) -> None:
    assert len(first.themes) == len(SUBJECTS)
    for words in first.themes["keywords"]:
        assert any(
            set(words) <= set(subject) | {f"{a} {b}" for a in subject for b in subject}
            for subject in SUBJECTS.values()
        )


def test_people_are_counted_and_not_segments(first: ThemeTables) -> None:
    everyone = first.theme_prevalence[first.theme_prevalence["voice"] == "all"]
    assert everyone["n_people"].max() <= 30
    assert set(everyone["theme_id"]) == set(first.themes["theme_id"])
    by_voice = first.theme_prevalence.pivot_table(
        index="theme_id", columns="voice", values="n_people"
    )
    assert (by_voice["good"] + by_voice["improve"] == by_voice["all"]).all()


def test_every_phrase_stands_in_its_segment_and_is_proven(
    first: ThemeTables, thirty_people: Tables
) -> None:
    text_of = {
        (s.conversation_id, s.turn_start): "xx " + s.text
        for s in thirty_people.segments.itertuples()
    }
    for phrases in first.themes["phrases"]:
        assert phrases
        assert len({phrase["conversation_id"] for phrase in phrases}) == len(phrases)
        for phrase in phrases:
            turn = text_of[phrase["conversation_id"], phrase["turn"]]
            assert turn[phrase["start"] : phrase["end"]] == phrase["text"]
            assert hashlib.sha256(phrase["text"].encode()).hexdigest() == phrase["sha256"]


def test_the_same_inputs_again_give_the_same_bytes(
    first: ThemeTables, thirty_people: Tables
) -> None:
    again = fit(*thirty_people, previous(first), SETTINGS)
    assert as_bytes(again) == as_bytes(first)


def test_rows_may_come_in_any_order(first: ThemeTables, thirty_people: Tables) -> None:
    shuffled = (frame.sample(frac=1, random_state=7) for frame in thirty_people)
    assert as_bytes(fit(*shuffled, None, SETTINGS)) == as_bytes(first)


def test_themes_keep_their_id_when_people_are_added(thirty_people: Tables) -> None:
    before = fit(*thirty_people.of(range(26)), None, SETTINGS)
    after = fit(*thirty_people, previous(before), SETTINGS)
    assert set(live(after)["theme_id"]) == set(live(before)["theme_id"])
    tonight = after.theme_lineage[after.theme_lineage["position"] == 1]
    assert set(tonight["event"]) == {"kept"}
    assert (live(after)["first_run_id"] == before.theme_lineage["run_id"].iloc[0]).all()


def test_a_new_subject_is_born_and_a_vanished_one_is_retired() -> None:
    old = corpus(30, ["boats", "bread", "birds", "bikes"])
    new = corpus(30, ["boats", "bread", "birds", "books"])
    before = fit(*old, None, SETTINGS)
    # The fourth subject has other segments: another turn number.
    for frame in new:
        frame["segment_id"] = frame["segment_id"].str.replace("/3/0", "/4/0")
    after = fit(*new, previous(before), SETTINGS)
    tonight = after.theme_lineage[after.theme_lineage["position"] == 1]
    assert tonight["event"].value_counts().to_dict() == {"kept": 3, "born": 1, "retired": 1}
    gone = after.themes[after.themes["status"] == "retired"]
    assert gone[["n_people", "n_segments"]].to_numpy().tolist() == [[0, 0]]
    assert gone["phrases"].map(len).tolist() == [0]
    assert gone["centre"].map(len).tolist() == [0]
    assert gone["reach"].isna().all()
    assert live(after)["centre"].map(len).tolist() == [24] * 4
    assert to_arrow(TABLES["themes"], after.themes).num_rows == 5


def test_a_theme_found_no_more_is_named_by_no_word_that_only_those_who_are_gone_said(
    first: ThemeTables, thirty_people: Tables
) -> None:
    by_people = first.themes["theme_id"].eq(first.themes["theme_id"].iloc[0])
    decided = first.themes.assign(label_by=by_people.map({True: "people", False: "text"}))
    last = previous(first)._replace(themes=decided)
    after = fit(*thirty_people.of([]), last, SETTINGS).themes
    assert after["label"].tolist() == [decided["label"].iloc[0], *[UNNAMED] * (len(decided) - 1)]
    assert not after["label_history"].map(len).any()


def test_going_back_to_old_inputs_is_a_new_run(thirty_people: Tables) -> None:
    few = thirty_people.of(range(26))
    one = fit(*few, None, SETTINGS)
    two = fit(*thirty_people, previous(one), SETTINGS)
    three = fit(*few, previous(two), SETTINGS)
    assert three.theme_lineage["run_id"].nunique() == 3
    assert set(live(three)["theme_id"]) == set(live(one)["theme_id"])


@pytest.mark.parametrize(("n_segments", "least"), [(50, 4), (900, 6), (1_500, 10), (20_000, 10)])
def test_a_small_corpus_has_small_themes(n_segments: int, least: int) -> None:
    assert least_segments(Settings(min_theme_segments=10), n_segments) == least


@pytest.mark.parametrize("n_people", [0, 1, 3])
def test_too_few_segments_give_no_themes(n_people: int, thirty_people: Tables) -> None:
    found = fit(*thirty_people.of(range(n_people)), None, SETTINGS)
    assert found.themes.empty
    assert found.theme_assignments.empty
    assert as_bytes(found)


def test_when_everybody_is_gone_all_themes_are_retired(
    first: ThemeTables, thirty_people: Tables
) -> None:
    after = fit(*thirty_people.of([]), previous(first), SETTINGS)
    assert set(after.themes["status"]) == {"retired"}
    assert after.theme_assignments.empty


def test_collapsed_clusters_are_tried_again_with_milder_settings() -> None:
    spoken = read_corpus(*corpus(30, ["boats", "bread"]))
    _, attempts = find_themes(spoken, None, SETTINGS)
    assert len(attempts) > 1
    assert attempts[0].n_clusters <= 3


@pytest.mark.parametrize("changed", ["model", "precision", "vector"])
def test_vectors_of_two_models_are_refused_with_a_remedy(
    thirty_people: Tables, changed: str
) -> None:
    values = thirty_people.embeddings[changed].tolist()
    values[0] = values[0][:-1] if changed == "vector" else "another"
    mixed = thirty_people.embeddings.assign(**{changed: values})
    with pytest.raises(PipelineError, match="another model or in another precision; run"):
        read_corpus(thirty_people.segments, mixed)


def test_a_segment_without_a_vector_is_refused(thirty_people: Tables) -> None:
    with pytest.raises(PipelineError, match="1 segments without a vector"):
        fit(thirty_people.segments, thirty_people.embeddings[1:], None, SETTINGS)


def test_new_segments_are_placed_only_where_they_are_near(first: ThemeTables) -> None:
    theme_of = dict(
        zip(first.theme_assignments["segment_id"], first.theme_assignments["theme_id"], strict=True)
    )
    said, near = corpus(3, list(SUBJECTS), seed=5)
    for table in (said, near):
        table["segment_id"] = "new" + table["segment_id"]
    far = near.head(1).assign(segment_id="far/0/0", vector=[np.full(24, 0.2, dtype=np.float32)])
    beside = said.head(1).assign(segment_id="far/0/0", conversation_id="far")
    placed = place_segments(
        pd.concat([said, beside]), pd.concat([near, far]), first.themes, first.theme_assignments
    )
    assert "far/0/0" not in set(placed["segment_id"])
    assert len(placed) >= len(near) / 2
    for row in placed.itertuples():
        assert theme_of[str(row.segment_id).removeprefix("new")] == row.theme_id
    assert to_arrow(TABLES["theme_assignments"], placed).num_rows == len(placed)


SCRIPT = """
from tests.domain.themes.conftest import SUBJECTS, corpus
from tests.domain.themes.test_fitting import SETTINGS, as_bytes, fit
print(sorted(as_bytes(fit(*corpus(30, list(SUBJECTS)), None, SETTINGS)).items()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_number_of_threads_does_not_matter(threads: str, first: ThemeTables) -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    root = Path(__file__).parents[3]
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT],
        env=os.environ | dict.fromkeys(names, threads),
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == str(sorted(as_bytes(first).items()))
