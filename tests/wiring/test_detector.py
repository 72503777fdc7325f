"""The detector with its language model: what it finds, and that it survives odd text."""

import pickle

import pytest

from pipeline.domain.redaction.spans import Finding
from pipeline.resources.detector import LONGEST_BLOCK, Detector, blocks
from pipeline.resources.recognisers import (
    MODULES,
    OPTIONAL,
    PRESIDIO,
    TAGGER,
    Piece,
    load_engine,
    locate,
    rules_of,
)

pytestmark = pytest.mark.model


def types_of(text: str, detector: Detector) -> set[tuple[str, str]]:
    return {(text[f.start : f.end], f.entity_type) for f in detector.find([text])[0]}


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


def test_names_places_and_numbers_are_found_in_one_turn(detector: Detector) -> None:
    text = "Jenny Pellow from Wimborne gave me her postcode, BH21 1AB, and s.pellow@example.com."
    found = types_of(text, detector)
    assert {
        ("Jenny Pellow", "PERSON"),
        ("BH21 1AB", "POSTCODE"),
        ("s.pellow@example.com", "EMAIL"),
    } <= found
    assert any(words == "Wimborne" for words, _ in found)


def test_the_question_is_context_for_the_answer(detector: Detector) -> None:
    _, answer = detector.find(["What is your date of birth, please?", "The 4th of February 1993."])
    assert {f.entity_type for f in answer if f.end - f.start > 10} == {"DOB"}


def test_vague_times_are_not_personal_data(detector: Detector) -> None:
    assert detector.find(["We meet again tomorrow morning, or the week after."]) == [[]]


@pytest.mark.parametrize(
    "text",
    ["", " ", "😀 😀", "\u202eabc\u202c", "\x00\x01", "a" * (LONGEST_BLOCK + 5), "word " * 30_000],
    ids=["empty", "space", "emoji", "right to left", "control", "one long word", "long turn"],
)
def test_odd_text_is_read_without_failing(text: str, detector: Detector) -> None:
    assert len(detector.find([text, "Jenny came."])) == 2


def test_a_recogniser_can_be_switched_off() -> None:
    text = "write to s.pellow@example.com"
    assert "contacts" in MODULES
    without = Detector(without=["contacts", "EmailRecognizer", TAGGER])
    assert ("s.pellow@example.com", "EMAIL") not in types_of(text, without)


def test_the_tagger_is_a_recogniser_beside_the_others() -> None:
    engine = load_engine()
    names = {recogniser.name for recogniser in engine.registry.recognizers}
    assert names == {TAGGER, *MODULES, *PRESIDIO}
    results = engine.analyze("My sister is Rosamund Tregarthen.", "en")
    assert any(
        (r.recognition_metadata or {}).get("rule", "").startswith("tagger.") for r in results
    )


@pytest.mark.parametrize("name", [TAGGER, *MODULES, *PRESIDIO, *OPTIONAL])
def test_each_recogniser_can_be_switched_off_by_name(name: str) -> None:
    engine = load_engine((name,), tuple(OPTIONAL))
    assert name not in {recogniser.name for recogniser in engine.registry.recognizers}


def test_switching_one_off_is_dropping_the_findings_of_its_rules() -> None:
    texts = ["Jenny Pellow came to see us.", "thats s.pellow@example.com or ring oh double seven"]
    whole = Detector(without=[TAGGER]).find(texts)
    for name in ("names", "contacts", "EmailRecognizer"):
        left = [[f for f in turn if not f.rule.startswith(rules_of(name))] for turn in whole]
        assert Detector(without=[TAGGER, name]).find(texts) == left != whole


def test_turns_without_capitals_are_read_among_those_with_them(detector: Detector) -> None:
    texts = [
        "What is your name, please?",
        "rosamund tregarthen",
        "Thank you. And where do you live?",
    ]
    _, answer, _ = detector.find(texts)
    assert {f.entity_type for f in answer} == {"PERSON"}
    assert any(f.rule.startswith("tagger.") for f in answer)


def test_a_detector_travels_to_another_process(detector: Detector) -> None:
    copy = pickle.loads(pickle.dumps(detector))  # noqa: S301 our own bytes
    assert copy.find(["Jenny came."]) == detector.find(["Jenny came."])


def test_a_finding_over_two_turns_is_cut_between_them() -> None:
    block = [Piece(0, 0, "Jenny"), Piece(1, 0, "Pellow")]
    parts = list(locate(block, Finding(2, 9, "PERSON", "x", 1)))
    assert [(turn, f.start, f.end) for turn, f in parts] == [(0, 2, 5), (1, 0, 3)]


def test_blocks_hold_every_character_once() -> None:
    texts = ["Short one.", "without capitals at all", "x" * (2 * LONGEST_BLOCK + 7)]
    held = [piece for block in blocks(texts) for piece in block]
    for turn, text in enumerate(texts):
        pieces = sorted(piece for piece in held if piece.turn == turn)
        assert "".join(piece.text for piece in pieces) == text
