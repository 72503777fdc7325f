"""The register and propagation can be switched off by name, to measure what they add."""

from collections.abc import Sequence

from pipeline.domain.redaction.conversation import PROPAGATION, REGISTER, gather
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.spans import Finding

TALK = ["I'm Zebedee Quill.", "Then Zebedee left, and so did Ottoline."]


def found(without: Sequence[str]) -> set[str]:
    def first_turn(texts: Sequence[str]) -> list[list[Finding]]:
        return [[Finding(4, 17, "PERSON", "names.i_am", 0.9)], *([] for _ in texts[1:])]

    redacted = gather(TALK, ["Ottoline"], first_turn, KeepList(), without=without)
    return {TALK[i][f.start : f.end] for i, turn in enumerate(redacted) for f in turn}


def test_both_are_on_by_default() -> None:
    assert found([]) == {"Zebedee Quill", "Zebedee", "Ottoline"}


def test_without_propagation_a_name_is_found_where_it_was_seen() -> None:
    assert found([PROPAGATION]) == {"Zebedee Quill", "Ottoline"}


def test_without_the_register_only_what_is_said_tells_a_name() -> None:
    assert found([REGISTER]) == {"Zebedee Quill", "Zebedee"}
