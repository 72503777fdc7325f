"""The made-up spoken forms: enough of them, of every kind, and apart from what reads them."""

import ast
import inspect
from collections import Counter

import pytest

from benchmarks import sayings
from benchmarks.known_identifiers import MANNERS, mentions, near_misses
from benchmarks.sayings import KINDS, WRITINGS, forms, harmless
from benchmarks.spoken_forms import is_found
from pipeline.domain.redaction.spans import Finding


def test_there_are_two_thousand_forms_of_every_kind_in_every_writing() -> None:
    made = forms()
    assert len(made) >= 2000
    seen = Counter((form.kind, form.writing, form.seed % 2) for form in made)
    wanted = {(kind, writing, half) for kind in KINDS for writing in WRITINGS for half in (0, 1)}
    assert set(seen) == wanted
    assert {form.entity_type for form in made} >= {
        "PHONE", "EMAIL", "HANDLE", "URL", "POSTCODE", "ID", "DOB", "DATE", "ADDRESS", "PERSON",
    }  # fmt: skip


def test_forms_are_hardly_ever_the_same_twice() -> None:
    made = {form.turns for form in forms()}
    assert len(made) >= 2000


def test_the_grammar_knows_nothing_of_what_reads_it() -> None:
    """A generator that shared lists with the normaliser would only measure those lists."""
    imported = {
        name.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(inspect.getsource(sayings)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported
    assert not [name for name in imported if name.startswith("pipeline")]


def test_every_mark_holds_a_letter_or_digit_within_its_turn() -> None:
    for form in forms(600):
        assert any(form.marks)
        for text, marks in zip(form.turns, form.marks, strict=True):
            for start, end in marks:
                assert 0 <= start < end <= len(text)
                assert any(map(str.isalnum, text[start:end]))
            assert not set(text) & set("\x02\x03\x04\x05")


def test_the_same_seed_says_the_same() -> None:
    assert forms(60) == forms(60)
    assert harmless(60) == harmless(60)
    assert mentions(60) == mentions(60)


def test_bare_text_has_neither_capitals_nor_commas() -> None:
    bare = [turn for form in forms(600) if form.writing == "lower case" for turn in form.turns]
    assert bare
    assert not [turn for turn in bare if turn != turn.lower() or "," in turn]


def test_harmless_talk_is_plentiful_and_different() -> None:
    assert len({line.text for line in harmless()}) >= 400


def test_a_form_is_found_only_when_all_of_it_is_hidden() -> None:
    form = next(f for f in forms() if f.kind == "passport" and len(f.turns) == 1)
    start, end = form.marks[0][0]
    assert is_found(form, [[Finding(start, end, "ID", "rule", 1.0)]])
    assert not is_found(form, [[Finding(start + 1, end, "ID", "rule", 1.0)]])
    assert not is_found(form, [[Finding(start, end, "ORG", "rule", 1.0)]])


@pytest.mark.parametrize("manner", list(MANNERS))
def test_the_register_is_mentioned_in_every_manner(manner: str) -> None:
    made = [one for one in mentions() if one.manner == manner]
    assert len(made) >= 300
    assert all(one.text[one.start : one.end].strip() for one in made)
    assert any(one.text.islower() for one in made)


def test_a_near_miss_names_nobody_in_full() -> None:
    assert not [miss for miss in near_misses() if miss.names[0] in miss.text]
