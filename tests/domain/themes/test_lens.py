"""The lens: words in, scores out, whatever the number, order or neighbours of the texts."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.domain.themes.follow_ups import Course
from pipeline.domain.themes.frameworks import NONE, Entry, Framework
from pipeline.domain.themes.lens import Told, lens_scores, look, of_wholes, question_vectors
from pipeline.tables import TABLES, parquet_bytes, to_arrow

ENTRIES = (
    Entry("made-up", "ferries", "Ferries", ("crossing on the ferry", "the boat was late")),
    Entry("made-up", "bees", "Keeping bees", ("a hive and honey", "the bees swarmed")),
    Entry("made-up", "knitting", "Knitting", ("wool and needles", "a knitted jumper")),
)
SAID = (
    "I cross on the ferry and the boat was late again",
    "we keep a hive for honey and the bees swarmed in may",
    "she sits with wool and needles and makes a jumper",
)

QUESTIONS = ("And then?", "Tell me about the harbour", "What of the garden?")


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Each word a direction of its own, near enough."""
    rows = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            rows[row] += np.random.default_rng(seed).normal(size=64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def told(texts: Sequence[str], course: Course | None = None) -> Told:
    return Told(texts, encode(texts), course)


def best(texts: Sequence[str], **options) -> list[str]:
    scores = look(told(texts), ENTRIES, encode, **options).scores
    return [ENTRIES[at].code for at in scores.argmax(axis=1)]


def test_each_text_speaks_most_of_the_entry_whose_words_it_uses() -> None:
    assert best(SAID) == ["ferries", "bees", "knitting"]


@pytest.mark.parametrize("text", SAID, ids=["ferries", "bees", "knitting"])
def test_one_text_alone_is_scored_as_well(text: str) -> None:
    assert best([text]) == [ENTRIES[SAID.index(text)].code]


def test_small_talk_fits_no_entry() -> None:
    talk = "saying hello and who I am and a cup of tea before we start"
    found = look(told([*SAID, talk]), ENTRIES, encode)
    assert not found.fits[3].any()
    assert found.fits[:3].any(axis=1).all()


def test_no_texts_and_no_entries_give_no_scores() -> None:
    assert look(told(SAID), (), encode).scores.shape == (3, 0)
    assert look(Told((), np.empty((0, 64))), ENTRIES, encode).scores.shape == (0, 3)


def test_what_was_said_before_and_after_lends_a_vague_answer_its_subject() -> None:
    vague = "well it went on like that"
    texts = [SAID[0], vague, SAID[0], *SAID[1:]]
    alone = look(told(texts), ENTRIES, encode).scores
    course = Course(np.arange(5), np.array([0.0, 0.5, 0.5, 0.0, 0.0]))
    within = look(told(texts, course), ENTRIES, encode).scores
    assert within[1, 0] > alone[1, 0]
    assert within[3:].tolist() == alone[3:].tolist()


def test_an_answer_keeps_to_itself_when_the_question_opened_another_subject(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    """Eleven answers of one conversation, asked in turn whether it helped, or of another matter."""
    segments, embeddings = tables
    answers = segments.assign(
        segment_id=[f"C1/{at:02}/0" for at in range(11)], turn_start=range(11)
    )
    vectors = embeddings.assign(segment_id=answers["segment_id"])
    vague = "well it went on like that"
    answers.loc[1, "text"] = vague
    vectors["vector"] = [*vectors["vector"][:1], encode([vague])[0], *vectors["vector"][2:]]

    def ferries(question: str) -> float:
        found = scored(answers.assign(question=["", question, *[""] * 9]), vectors)
        of = found[found["segment_id"].eq("C1/01/0") & found["code"].eq("ferries")]
        return float(of["score"].iloc[0])

    other = "You mentioned your knees to me on the telephone, tell me about your knees"
    assert ferries("And did it?") > ferries(other)


def test_an_example_moves_texts_like_it_towards_its_code_and_leaves_others_where_they_were() -> (
    None
):
    like = "the gangway was up and the purser waved"
    texts = [*SAID, like, f"{like} at us"]
    before = look(told(texts), ENTRIES, encode).scores
    after = look(told(texts), ENTRIES, encode, {3: "ferries"}).scores
    assert after[4, 0] > before[4, 0]
    assert after[:3].argmax(axis=1).tolist() == before[:3].argmax(axis=1).tolist()


def test_an_example_lends_its_code_to_its_words_where_vectors_see_no_likeness() -> None:
    """Vectors that stand at right angles know of no likeness; the word is in both texts."""
    example, same_word, other = "a gangway there", "that gangway of theirs", "some marmalade"
    texts = [*SAID, example, same_word, other]
    vectors = np.eye(64, dtype=np.float32)[: len(texts)]
    apart = Told(texts, vectors)
    before = look(apart, ENTRIES, encode).scores
    gained = look(apart, ENTRIES, encode, {3: "ferries"}).scores - before
    assert gained[4, 0] > gained[5, 0] + 0.01


@pytest.mark.parametrize("alike", ["vectors", "asked"])
def test_an_example_lends_its_code_to_an_answer_that_was_come_to_alike(alike: str) -> None:
    """Three times something is said, and then the like of nothing; the first is the example."""
    texts = [*SAID, "purser", "it went on", "gangway", "we stood about", "marmalade", "nobody came"]
    course = Course(np.arange(9), np.array([0.0] * 4 + [0.9, 0.0, 0.9, 0.0, 0.9]))
    rows = np.eye(64)[: len(texts)]
    apart = Told(texts, rows, course, rows)
    same = rows.copy()
    same[5] = same[3]
    told = apart._replace(**{alike: same})
    before = look(told, ENTRIES, encode).scores
    gained = look(told, ENTRIES, encode, {4: "ferries"}).scores - before
    assert gained[6, 0] > gained[8, 0] + 0.01


def test_questions_are_alike_by_what_they_have_of_their_own() -> None:
    asked = ["And the ferry?", "", "And the bees?", "And the ferry?"]
    segments = pd.DataFrame({"question": asked, "text": ["a", "b", "c", "d"]})
    found = question_vectors(segments, encode)
    assert found is not None
    assert not found[1].any()
    np.testing.assert_allclose(found[0] + found[2], 0, atol=1e-6)
    assert found[0].tolist() == found[3].tolist()
    assert question_vectors(segments.assign(question=""), encode) is None


def test_an_example_of_none_of_these_lowers_every_entry_of_its_like() -> None:
    texts = [*SAID, "I had a kettle and a kettle", "a kettle it was"]
    before = look(told(texts), ENTRIES, encode).scores
    after = look(told(texts), ENTRIES, encode, {3: NONE}).scores
    assert (after[4] < before[4]).all()


def test_an_example_of_an_entry_lifts_no_other_entry() -> None:
    like = "the gangway was up and the purser waved"
    texts = [*SAID, like, f"{like} at us"]
    alone = look(told(texts), ENTRIES, encode, {2: "knitting"}).scores
    after = look(told(texts), ENTRIES, encode, {2: "knitting", 3: "ferries"}).scores
    assert after[4, 0] > alone[4, 0]
    assert (after[4, 1:] <= alone[4, 1:]).all()


def test_a_table_is_scored_by_examples_whose_question_was_alike(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    """Rows stand in another order than ids; nothing but the question joins two of them."""
    segments, _ = tables
    ids = [f"C{at:02}/1/0" for at in range(11)]
    vectors = pd.DataFrame({"segment_id": ids, "vector": list(np.eye(64)[:11])})
    apart = segments.assign(
        segment_id=ids,
        conversation_id=[f"C{at:02}" for at in range(11)],
        text=[f"nothing{at} like{at} it{at}" for at in range(11)],
        question=["And did it?" if at in (1, 7) else f"q{at}" for at in range(11)],
    ).iloc[::-1]
    before, after = scored(apart, vectors), scored(apart, vectors, C01_1_0="ferries")
    gained = (after["score"] - before["score"])[after["code"].eq("ferries")].to_numpy()
    assert gained[7] > max(gained[at] for at in range(11) if at not in (1, 7)) + 0.005


def test_an_example_with_a_code_that_no_entry_has_is_refused() -> None:
    with pytest.raises(ValueError, match="1 codes of examples"):
        look(told(SAID), ENTRIES, encode, {0: "trains"})


def test_a_whole_is_scored_by_the_two_parts_that_speak_of_it_most() -> None:
    scores = np.array([[0.9], [0.5], [0.1], [0.2]])
    found = of_wholes(scores, ["C1", "C1", "C1", "C2"])
    assert found["C1"].tolist() == [0.7]
    assert found["C2"].tolist() == [0.2]


@pytest.fixture
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Eleven windows of one answer, so that window 10 sorts before 2 as text."""
    texts = [SAID[at % 3] + f" for the {at} time" for at in range(11)]
    segments = pd.DataFrame(
        {
            "segment_id": [f"C1/1/{at}" for at in range(11)],
            "conversation_id": "C1",
            "turn_start": 1,
            "question": [QUESTIONS[at % 3] for at in range(11)],
            "text": texts,
        }
    )
    embeddings = pd.DataFrame({"segment_id": segments["segment_id"], "vector": list(encode(texts))})
    return segments, embeddings


def scored(segments: pd.DataFrame, embeddings: pd.DataFrame, **examples: str) -> pd.DataFrame:
    ids = {name.replace("_", "/"): code for name, code in examples.items()}
    return lens_scores(segments, embeddings, [Framework("made-up", ENTRIES, ids)], encode)


@pytest.mark.parametrize("examples", [{}, {"C1_1_0": "bees"}], ids=["words", "examples"])
def test_every_segment_has_each_rank_once_and_rows_in_any_order_give_the_same_bytes(
    tables: tuple[pd.DataFrame, pd.DataFrame], examples: dict[str, str]
) -> None:
    segments, embeddings = tables
    found = scored(segments, embeddings, **examples)
    assert found.groupby("segment_id")["rank"].apply(sorted).tolist() == [[1, 2, 3]] * 11
    shuffled = embeddings.sample(frac=1, random_state=0)
    turned = scored(segments.iloc[::-1], shuffled, **examples)
    table = TABLES["lens_scores"]
    assert parquet_bytes(to_arrow(table, turned)) == parquet_bytes(to_arrow(table, found))


def test_an_example_whose_segment_is_gone_changes_nothing(
    tables: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    pd.testing.assert_frame_equal(scored(*tables), scored(*tables, C9_1_0="bees"))


def test_no_segments_give_an_empty_table(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    segments, embeddings = tables
    assert scored(segments.iloc[:0], embeddings.iloc[:0]).empty
