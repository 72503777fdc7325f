"""The shipped tagger, on talk made up for these tests."""

import numpy as np
import pytest

from pipeline.domain.redaction.spans import Finding
from pipeline.resources.tagger import WINDOW_TOKENS, believable, cut_windows, load_model, tagger

TALK = (
    "Thanks for coming in. It's Rosamund, isn't it?",
    "Rosamund Tregarthen, yes. My friend Piotrek drives me to Wimblebrook Surgery of a Monday.",
    "My number is oh seven seven double oh, nine double oh, four one six.",
    "I hope so, I will, and may I say the roses want cutting back.",
)


def words(turn: str, findings: list[Finding]) -> str:
    return " ".join(turn[f.start : f.end] for f in findings)


@pytest.mark.model
class TestShippedModel:
    def test_names_numbers_and_local_services_are_found(self) -> None:
        found = tagger(TALK)
        assert "Rosamund" in words(TALK[0], found[0])
        assert {"Rosamund Tregarthen", "Piotrek"} <= {TALK[1][f.start : f.end] for f in found[1]}
        assert "Wimblebrook Surgery" in words(TALK[1], found[1])
        assert "oh seven seven double oh, nine double oh, four one six" in words(TALK[2], found[2])

    def test_lower_case_talk_is_read_as_well(self) -> None:
        talk = [turn.lower().replace(",", "").replace(".", "") for turn in TALK]
        found = tagger(talk)
        assert "rosamund tregarthen" in words(talk[1], found[1])
        assert "piotrek" in words(talk[1], found[1])

    def test_ordinary_words_that_are_names_elsewhere_stay(self) -> None:
        assert tagger(TALK)[3] == []

    def test_same_talk_same_findings(self) -> None:
        assert tagger(TALK) == tagger(TALK)

    def test_what_context_denies_is_not_believed(self) -> None:
        hope, sister = Finding(2, 6, "PERSON", "list", 0.6), Finding(22, 26, "PERSON", "list", 0.6)
        assert believable("I hope so.\nMy sister Hope drove me.", [hope, sister]) == [sister]

    def test_numbers_found_by_rule_are_never_dropped(self) -> None:
        rule = Finding(0, 6, "ID", "rule", 0.9)
        assert believable("banana", [rule]) == [rule]

    def test_nothing_said_is_nothing_found(self) -> None:
        assert tagger([]) == []
        assert tagger(["", "   ", "..."]) == [[], [], []]

    def test_weights_stay_small_enough_to_ship(self) -> None:
        from importlib.resources import files

        folder = files("pipeline") / "models" / "tagger"
        assert len((folder / "model.int8.onnx").read_bytes()) < 30_000_000
        assert len(load_model().labels) == 15


@pytest.mark.parametrize("length", [0, 1, 157, 158, 159, 160, 1000])
def test_every_token_is_read_once(length: int) -> None:
    windows = list(cut_windows(list(range(1000, 1000 + length)), {length // 3, length}))
    read = [token for window in windows for token in window.tokens]
    assert sorted(read) == list(range(length))
    assert all(len(w.ids) <= WINDOW_TOKENS for w in windows)
    assert all(
        w.ids[p] == 1000 + t for w in windows for p, t in zip(w.positions, w.tokens, strict=True)
    )


def test_a_probability_is_judged_by_how_the_word_is_written() -> None:
    from pipeline.domain.redaction.tags import Tagged, Thresholds, decide

    thresholds = Thresholds(0.05, 0.3, 0.7, 0.2, 0.5, 0.6, 0.25, 0.9, 0.01, 0.8, 0.5, 0.5)
    text = "I saw Will today. Will I go? the will was lost."

    def judged(name: str, nth: int) -> list[Finding]:
        start = [i for i in range(len(text)) if text.lower().startswith(name, i)][nth]
        tagged = Tagged(
            np.array([start]), np.array([start + 4]), np.array([[0.85, 0.15]], dtype=np.float32)
        )
        return decide([text], [tagged], ["O", "PERSON"], thresholds)[0]

    assert judged("will", 0)
    assert not judged("will", 1)
    assert not judged("will", 2)
