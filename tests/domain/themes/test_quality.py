import numpy as np

from pipeline.domain.themes.corpus import Row, Span
from pipeline.domain.themes.quality import Measures, doubt, measures

SOUND = Measures(apart=0.5, shared=0.9, n_keywords=8, manner=0.3, at_edges=0.1, of_one=0.1)


def row(person: int, turn: int, text: str) -> Row:
    span = Span(turn, 0, len(text))
    return Row(f"C{person}/{turn}/0", f"C{person}", f"P{person}", "", text, "good", (span,))


ROWS = [
    row(person, turn, text)
    for person in range(6)
    for turn, text in enumerate(
        [
            "Hello there, it is nice to be here with you.",
            "Well, where do I begin, I was with the others then.",
            "The harbour wall and the mooring buoys.",
            "A mooring in the harbour by the wall.",
            "The oven and the dough.",
            "So that is all from me, thank you.",
        ]
    )
]
GREETINGS = [at for at, own in enumerate(ROWS) if own.spans[0].turn in (0, 1, 5)]
BOATS = [at for at, own in enumerate(ROWS) if own.spans[0].turn in (2, 3)]
BREAD = [at for at, own in enumerate(ROWS) if own.spans[0].turn == 4]
GROUPS = [GREETINGS, BOATS, BREAD]
KEYWORDS = [[], ["harbour", "mooring", "wall"], ["oven", "dough"]]


def vectors(noise: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    kinds = np.zeros(len(ROWS), int)
    for kind, group in enumerate(GROUPS):
        kinds[group] = kind
    return (np.eye(3)[kinds] + noise * rng.standard_normal((len(ROWS), 3))).astype(np.float32)


def test_a_sound_theme_has_no_warning() -> None:
    assert doubt(SOUND, 0.6) == (False, None)
    assert doubt(SOUND, None) == (False, None)


def test_one_cause_is_a_warning_and_two_are_a_muddle() -> None:
    loose = SOUND._replace(apart=0.02)
    assert doubt(loose, 0.6).warning
    assert not doubt(loose, 0.6).is_muddled
    assert doubt(loose, 0.05).is_muddled
    assert len(doubt(loose, 0.05).warning or "") > len(doubt(loose, 0.6).warning or "")


def test_greetings_and_goodbyes_are_a_muddle_and_a_subject_is_none() -> None:
    greetings, boats, _ = measures(ROWS, vectors(0.05), GROUPS, KEYWORDS)
    assert greetings.at_edges == 1
    assert doubt(greetings, 0.9).is_muddled
    assert not boats.at_edges
    assert not doubt(boats, 0.9).is_muddled


def test_a_manner_of_speaking_is_told_from_a_subject() -> None:
    greetings, boats, _ = measures(ROWS, vectors(0.05), GROUPS, KEYWORDS)
    assert greetings.manner > boats.manner


def test_segments_that_lie_anywhere_are_less_apart() -> None:
    near = measures(ROWS, vectors(0.05), GROUPS, KEYWORDS)[1]
    far = measures(ROWS, vectors(3), GROUPS, KEYWORDS)[1]
    assert near.apart > far.apart


def test_keywords_that_few_of_its_people_say_are_not_shared() -> None:
    _, boats, _ = measures(ROWS, vectors(0.05), GROUPS, [[], ["pier"], []])
    assert boats.shared == 0


def test_one_person_who_says_most_of_it_is_named_in_the_warning_by_no_name() -> None:
    mine = [at for at in BOATS if ROWS[at].participant_id == "P1"] + BREAD[:1]
    (own,) = measures(ROWS, vectors(0.05), [mine], [["harbour", "wall", "mooring"]])
    assert own.of_one > 0.6
    told = doubt(own, 0.9).warning or ""
    assert "One person" in told
    assert "P1" not in told
