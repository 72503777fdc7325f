"""Scorers of the themes mean what they say, on groupings small enough to count by hand."""

import importlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import answer_key, scale, theme_sets, themes, voice
from benchmarks.kept_vectors import _read, _write
from benchmarks.lens import Coded, none_of_these
from benchmarks.theme_sets import CodedTexts, Sample
from pipeline.domain.themes.clustering import features
from pipeline.domain.themes.fitting import fit
from pipeline.domain.themes.follow_ups import course_of
from pipeline.domain.themes.frameworks import NONE, Entry
from pipeline.domain.themes.lens import Scores
from pipeline.resources.encoder import LAYERS
from pipeline.settings import Settings
from pipeline.tables import VOICES
from training.comments import SEEDS, read_comments, taught, tuned_encoders
from training.texts import FOLDS
from training.voice import heard


def coded(part_of: list[int], codes: tuple[str, ...]) -> CodedTexts:
    texts = tuple(f"text {at}" for at in range(len(part_of)))
    places = np.array(part_of, dtype=np.int64)
    return CodedTexts("made up", texts, texts, places, places, codes)


@pytest.mark.parametrize(
    ("labels", "found"),
    [([0, 0, 1], 0), ([-1, -1, 1], 1), ([-1, -1, -1], -1), ([1, 0, -1], 0)],
    ids=["most windows", "one assigned window", "none assigned", "a tie"],
)
def test_a_turn_is_in_the_theme_of_most_of_its_windows(labels: list[int], found: int) -> None:
    turn = coded([0, 0, 0], ("housing",))
    assert theme_sets.by_unit(turn, np.array(labels)).tolist() == [found]


def test_the_same_grouping_by_other_numbers_agrees_fully() -> None:
    texts = coded([0, 1, 2, 3], ("a", "a", "b", "b"))
    found = theme_sets.agreement(texts, np.array([7, 7, 2, 2]))
    assert (found["ami"], found["ari"], found["n_themes"]) == (1, 1, 2)


def test_unassigned_is_a_cluster_of_its_own() -> None:
    texts = coded([0, 1, 2, 3], ("a", "a", "b", "b"))
    found = theme_sets.agreement(texts, np.array([0, 0, -1, -1]))
    assert (found["ami"], found["unassigned_share"], found["n_themes"]) == (1, 0.5, 1)


def test_small_talk_counts_in_one_figure_and_not_in_the_other() -> None:
    texts = coded([0, 1, 2, 3, 4], ("a", "a", "b", "b", "none"))
    found = theme_sets.agreement(texts, np.array([0, 0, 1, 1, 1]))
    assert found["ami_themes"] == pytest.approx(1)
    assert found["ami"] < 1


def test_leftover_goes_to_its_neighbours() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1], [0.9, 0.1]], dtype=np.float32)
    assert theme_sets.reassigned(vectors, np.array([0, 0, 1, 1, -1])).tolist() == [0, 0, 1, 1, 0]


def test_two_readers_are_compared_on_the_turns_that_both_coded(tmp_path: Path) -> None:
    turns = [
        {"conversation_id": "B1", "turn": turn, "role": "participant", "text": "words", "spans": []}
        | {"theme": theme, "aspect": "good"}
        for turn, theme in ((1, "housing"), (2, "work"), (3, "work"))
    ]
    lines = "\n".join(json.dumps(turn) for turn in turns)
    (tmp_path / "gold_turns.jsonl").write_text(lines, encoding="utf-8")
    second = [
        {"id": "B1:1", "theme": "housing", "aspect": "good"},
        {"id": "B1:2", "theme": "housing", "aspect": "hope"},
        {"id": "B9:1", "theme": "work", "aspect": "good"},
    ]
    (tmp_path / "second_reader.json").write_text(json.dumps(second), encoding="utf-8")
    found = theme_sets.readers(tmp_path)
    assert (found["theme"]["n_turns"], found["theme"]["same"]) == (2, 0.5)


def test_a_key_without_a_second_reader_has_none(tmp_path: Path) -> None:
    assert answer_key.second_reader(tmp_path) == {}


def clumps(n_clumps: int, n_each: int) -> scale.Segments:
    rng = np.random.default_rng(1)
    words = ["bus late village", "damp mould landlord", "dentist tooth pain", "swim class pool"]
    middles = rng.standard_normal((n_clumps, 24))
    vectors = np.repeat(middles, n_each, axis=0) + 0.5 * rng.standard_normal(
        (n_clumps * n_each, 24)
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"{words[at // n_each % 4]} and more of it" for at in range(n_clumps * n_each)]
    return scale.Segments(texts, vectors.astype(np.float32))


def test_what_is_compared_as_ours_is_what_the_pipeline_finds() -> None:
    own = clumps(4, 50)
    segments, embeddings = scale.as_tables(own)
    tables = fit(segments, embeddings, None, Settings())
    found = tables.found_assignments.query("membership != 'also'").set_index("segment_id")
    published = found["theme_id"].reindex(segments["segment_id"]).fillna("").to_numpy()
    texts = tuple((segments["question"] + " " + segments["text"]).tolist())
    people, course = pd.factorize(segments["participant_id"])[0], course_of(segments)
    X = features(texts, own.vectors, course)
    sample = Sample(texts, own.vectors, people, 4, X, course)
    (ours,) = theme_sets.ours(sample, Settings())
    assert len(set(published)) > 1
    assert len(set(zip(published, ours.tolist(), strict=True))) == len(set(published))
    assert len(set(ours.tolist())) == len(set(published))


def test_invented_segments_are_of_unit_length_and_differ() -> None:
    made = scale.mixed(clumps(4, 20), 300, seed=0)
    assert np.allclose(np.linalg.norm(made.vectors, axis=1), 1, atol=1e-5)
    assert len({vector.tobytes() for vector in made.vectors}) == 300
    assert len(made.texts) == 300


def test_invented_segments_are_the_same_each_time() -> None:
    one, other = (scale.mixed(clumps(4, 20), 50, seed=3) for _ in range(2))
    assert one.vectors.tobytes() == other.vectors.tobytes()
    assert one.texts == other.texts


def test_vectors_are_kept_without_words(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    kept = {"a" * 64: np.ones(4, dtype=np.float32), "b" * 64: np.zeros(4, dtype=np.float32)}
    _write(path, kept)
    assert {key: row.tolist() for key, row in _read(path).items()} == {
        key: row.tolist() for key, row in kept.items()
    }


def methods(ours: float, bertopic: float, recipe: float) -> dict[str, dict[str, float]]:
    other = {"ami_themes": 0.0, "unassigned_share": 0.0, "n_themes": 20}
    return {
        theme_sets.OURS: {"ami": ours, **other},
        theme_sets.BERTOPIC: {"ami": bertopic, **other},
        theme_sets.RECIPE: {"ami": recipe, **other},
    }


def test_the_lead_is_over_the_best_that_others_do_with_any_encoder() -> None:
    found = {"methods": {"as packaged": methods(0.2, 0.3, 0.1), "adapted": methods(0.4, 0.2, 0.45)}}
    figures = themes.derived({"sets": {"sets": {"some": found}}})["some"]
    assert figures["ami"] == 0.4
    assert figures[f"lead over {theme_sets.BERTOPIC}"] == 0.1
    assert figures[f"lead over {theme_sets.RECIPE}"] == -0.05


def test_an_encoder_that_has_met_the_key_is_not_the_figure_of_the_key() -> None:
    found = {
        "methods": {
            theme_sets.MET: methods(0.9, 0.2, 0.2),
            theme_sets.BY_FOLD: methods(0.3, 0.2, 0.2),
        }
    }
    figures = themes.derived({"sets": {"sets": {theme_sets.KEY_SET: found}}})
    assert figures[theme_sets.KEY_SET]["ami"] == 0.3


def test_keywords_are_judged_where_they_lead_least() -> None:
    def kinds(ours: float, theirs: float) -> dict[str, object]:
        words = {way: {"coherence": c, "diversity": 0.8} for way, c in (("ours", ours),)}
        other = {"BERTopic's": {"coherence": theirs, "diversity": 0.5}}
        return {"ours": {"words": words}, "BERTopic's": {"words": other}}

    figures = themes.derived({"labels": {"a": kinds(0.3, 0.1), "b": kinds(0.2, 0.15)}})["labels"]
    assert figures == {"least_lead": 0.05, "least_diversity": 0.8}


@pytest.mark.parametrize("part", themes.TITLES)
def test_each_part_can_be_shown(part: str) -> None:
    assert callable(themes.TABLES[part])


@pytest.mark.parametrize(
    "module", ["theme_sets", "theme_ablation", "lens", "voice", "replay", "labels", "scale"]
)
def test_each_part_can_be_measured_by_itself(module: str) -> None:
    part = importlib.import_module(f"benchmarks.{module}")
    assert callable(part.measure)
    assert callable(part.table)


def test_what_was_not_measured_is_said_to_be_so() -> None:
    rows = themes.summary({}, themes.targets({}))[2:]
    assert rows
    assert all(row.endswith("| not measured | – |") for row in rows)


def test_every_target_of_themes_has_a_name_of_its_own() -> None:
    asked = themes.targets({"derived": {"mts_dialog": {}, "counsel_chat": {}}})
    assert len({target.what for target in asked}) == len(asked)


def test_what_fits_is_counted_where_people_named_an_entry() -> None:
    """Four turns: right and sure, two fit of which one is right, none found, none said wrongly."""
    entries = tuple(Entry("code", code, code, ()) for code in ("boats", "bees"))
    codes = ("boats", "bees", NONE, "bees")
    turns = Coded(pd.DataFrame({"conversation_id": list("abcd")}), codes, (0,) * 4, entries)
    scores = np.array([[0.9, 0.0], [0.3, 0.4], [0.0, 0.0], [0.0, 0.1]])
    told = none_of_these(turns, Scores(scores, scores >= 0.2))
    assert told == {
        "none_found": 1.0,
        "none_said_of_coded": 0.333,
        "fits_per_turn": 1.0,
        "fits_right": 0.667,
        "sure_right": 1.0,
    }


def test_a_comment_is_heard_by_the_encoder_that_was_not_tuned_to_its_fold() -> None:
    class Ear:
        def __init__(self, fold: int) -> None:
            self.fold = fold

        def hear(self, texts: list[str]) -> np.ndarray:
            return np.full((len(texts), len(VOICES)), self.fold)

    comments = pd.DataFrame({"question": "", "text": ["a", "b", "c"], "conversation_id": "N1"})
    found = heard(comments, [Ear(0), Ear(1)], np.array([1, 0, 1]))
    assert found[:, 0].tolist() == [1, 0, 1]


def test_tuned_encoders_are_told_by_seed_and_fold_or_not_at_all(tmp_path: Path) -> None:
    folders = [[tmp_path / f"comments{seed}-{fold}" for fold in range(FOLDS)] for seed in SEEDS]
    for folder in (folder for of_seed in folders for folder in of_seed):
        assert not tuned_encoders(tmp_path)
        folder.mkdir()
        (folder / LAYERS).touch()
    names = [[encoder.name for encoder in of_seed] for of_seed in tuned_encoders(tmp_path)]
    assert names == [[str(folder) for folder in of_seed] for of_seed in folders]


def test_odds_of_a_comment_come_from_the_words_of_the_other_folds() -> None:
    """Fold 0 codes all the other way round; what it is told comes from those who did not."""
    folds = np.repeat(np.arange(FOLDS), 4)
    texts = pd.Series(["slow and rude", "kind and quick"] * 2 * FOLDS)
    told = np.tile([1, 0], 2 * FOLDS)
    voices = np.where(folds == 0, 1 - told, told)
    odds = voice._odds_held_out(texts, [], voices, folds)
    assert ((odds > 0) == (told == 1)).all()


def test_comments_have_folds_and_nothing_that_was_asked(tmp_path: Path) -> None:
    assert read_comments(tmp_path) is None
    said = pd.DataFrame({"text": [f"said {n}" for n in range(7)], "voice": "good", "other": 1})
    said.to_parquet(tmp_path / "nhs_comments_voice.parquet")
    comments = read_comments(tmp_path)
    assert comments is not None
    assert comments["fold"].tolist() == [0, 1, 2, 3, 4, 0, 1]
    assert taught(comments, 1)["fold"].tolist() == [0, 2, 3, 4, 0]
    assert comments["conversation_id"].is_unique
    assert set(comments["question"]) == {""}
