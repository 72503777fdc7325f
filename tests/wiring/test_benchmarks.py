"""Scorers of the benchmarks mean what they say, on texts small enough to count by hand."""

import importlib
import json
from pathlib import Path

import pytest
import yaml

from benchmarks import origins, public_sets, systems
from benchmarks.marked import Conversation, Mark, as_automatic_text, by_lines, read_marked_text
from benchmarks.redaction import MODULES, halves, scores, systems_table, type_table
from benchmarks.scoring import Spans, Tally, found_marks
from benchmarks.summary import TARGETS, Target, summary

ROOT = Path(__file__).parents[2]


def conversation(*turns: tuple[str, tuple[Mark, ...]], key: str = "B002") -> Conversation:
    texts, marks = zip(*turns, strict=True)
    return Conversation(key, tuple(range(len(texts))), texts, marks, ())


TALK = conversation(
    ("I told Oona about it", (Mark(7, 11, "PERSON"),)),
    ("at 4 Elm Row, in Wexcombe", (Mark(3, 12, "ADDRESS"), Mark(17, 25, "PLACE"))),
)


def test_a_mention_is_found_when_each_letter_and_digit_is_covered() -> None:
    found = [hit for _, hit in found_marks(TALK, [[(7, 11)], [(5, 12), (17, 25)]])]
    assert found == [True, False, True]


def test_signs_between_letters_need_no_cover() -> None:
    talk = conversation(("ask Jo-Ann", (Mark(4, 10, "PERSON"),)))
    assert [hit for _, hit in found_marks(talk, [[(4, 6), (7, 10)]])] == [True]


def test_one_direct_miss_spoils_a_conversation_and_a_place_does_not() -> None:
    tally = Tally()
    tally.add(TALK, [[(7, 11)], [(3, 12)]])
    assert tally.scores()["complete"] == 100.0
    tally.add(TALK, [[], [(3, 12)]])
    assert tally.scores()["complete"] == 50.0


def test_precision_counts_letters_and_digits_that_need_not_have_gone() -> None:
    tally = Tally()
    tally.add(TALK, [[(0, 11)], []])
    assert tally.scores()["precision"] == pytest.approx(100 * 4 / 9, abs=0.1)


def test_automatic_text_keeps_each_mark_on_its_words() -> None:
    plain = as_automatic_text(TALK)
    words = [t[m.start : m.end] for t, marks in zip(*plain[2:4], strict=True) for m in marks]
    assert words == ["oona", "4 elm row", "wexcombe"]


def test_marked_text_is_read_as_turns_without_marks() -> None:
    content = "# U91 lower\nQ: hello\nA: it's [[PERSON|oona]] of [[ADDRESS|4 elm row]]\n"
    ((talk, writing),) = read_marked_text(content, {"U91": ("Oona Wex",)})
    assert (talk.texts, talk.names, writing) == (
        ("hello", "it's oona of 4 elm row"), ("Oona Wex",), "lower",
    )  # fmt: skip
    assert talk.marks == ((), (Mark(5, 9, "PERSON"), Mark(13, 22, "ADDRESS")))


def test_a_span_over_lines_is_a_mark_in_each_line() -> None:
    talk = by_lines("4 Elm Row\nWexcombe", [(0, 18, "ADDRESS")])
    assert talk.marks == ((Mark(0, 9, "ADDRESS"),), (Mark(0, 8, "ADDRESS"),))


def test_even_conversations_are_the_half_that_rules_were_written_on() -> None:
    assert [halves(TALK._replace(conversation_id=key)) for key in ("B002", "B003")] == [
        ("all", "seen half"),
        ("all", "unseen half"),
    ]


def test_a_table_has_a_row_for_each_system_and_type() -> None:
    measured = scores({"none": lambda c: [[] for _ in c.texts]}, [TALK], halves)
    assert "| cased | all | none | 0.0 | 0.0 | 100.0 | 0.0 |" in systems_table(measured)
    assert "| PLACE | 1 | 0 | 0 |" in type_table(measured)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([(4, 8)], (1, 1, 2)),
        ([(4, 12)], (2, 2, 2)),
        ([(0, 8)], (1, 2, 2)),
        ([(4, 8), (16, 20)], (1, 1, 2)),
    ],
    ids=["half a name", "all of it", "a word too many", "a stop word too many"],
)
def test_words_are_counted_as_presidio_research_does(
    found: Spans, counts: tuple[int, int, int]
) -> None:
    assert public_sets.word_counts("Ask Oona Wex of this", [(4, 12)], found) == counts


def test_recall_weighs_twice_as_much_as_precision() -> None:
    assert public_sets.f_score(1, 1, 2)["F2"] < public_sets.f_score(1, 2, 1)["F2"]


def judgment() -> public_sets.Document:
    text = "Mr Oz Wex (no. 77/01)\nOz Wex lost"
    mention = {"kind": "direct", "type": "PERSON", "id": "e1"}
    return public_sets.Document(
        by_lines(text, []),
        text,
        (
            {**mention, "start": 3, "end": 9},
            {**mention, "start": 22, "end": 28},
            {"kind": "direct", "type": "CODE", "id": "e2", "start": 15, "end": 20},
        ),
    )


def test_an_entity_is_found_when_all_its_mentions_are() -> None:
    one = public_sets.judgment_scores([judgment()], lambda _: [[(3, 9)], []])
    both = public_sets.judgment_scores([judgment()], lambda _: [[(3, 9)], [(0, 6)]])
    assert (one["direct"], both["direct"]) == (0.0, 50.0)


def test_titles_are_not_asked_of_a_judgment(tmp_path: Path) -> None:
    entity = {
        "span_text": "Mrs Wex", "start_offset": 0, "end_offset": 7, "entity_type": "PERSON",
        "entity_id": "e1", "identifier_type": "DIRECT",
    }  # fmt: skip
    path = tmp_path / "tab144.jsonl"
    path.write_text(json.dumps({"text": "Mrs Wex won", "entities": [entity]}), encoding="utf-8")
    scored = public_sets.judgment_scores(public_sets.judgments(path), lambda _: [[(4, 7)]])
    assert scored["direct"] == 100.0


def test_a_set_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    result = public_sets.measure({}, tmp_path)
    assert result == {}
    assert "GUM, presidio-research, TAB" in public_sets.table(result)[0]


def test_no_name_said_to_be_apart_is_in_a_pool_of_training() -> None:
    pools = [p for p in (ROOT / "training/pools").glob("*.yaml") if p.name != "held_out.yaml"]
    taught = {word for path in pools for word in path.read_text("utf-8").lower().split()}
    apart = yaml.safe_load(origins.NAMES.read_text("utf-8"))["apart"]
    names = {n.lower() for g in apart.values() for part in g.values() for n in part.split()}
    assert names & taught == set()


def test_each_group_has_its_mentions_and_every_mark_is_a_name() -> None:
    for name, group in origins.groups().items():
        said = list(origins.conversations(name, group))
        marks = [
            text[m.start : m.end]
            for talk in said
            for text, (m,) in zip(talk.texts, talk.marks, strict=True)
        ]
        known = {*group.firsts, *group.lasts}
        assert len(marks) >= 225
        assert {word for mark in marks for word in mark.split(" ")} <= known


def test_the_gap_is_judged_in_each_writing() -> None:
    result = {
        "gap": {origins.JUDGED: {"cased": 1.9, "lower case": 4.1}},
        "allowed": origins.ALLOWED,
    }
    assert origins.too_far_apart(result) == ["lower case"]


def test_people_of_every_origin_are_protected_alike() -> None:
    """Measured anew by `python -m benchmarks.redaction --only origins`."""
    results = json.loads((ROOT / "benchmarks/results/redaction.json").read_text("utf-8"))
    assert origins.too_far_apart(results["origins"]) == []


@pytest.mark.parametrize("part", MODULES)
def test_each_part_can_be_measured_and_shown(part: str) -> None:
    module = importlib.import_module(f"benchmarks.{part}")
    assert callable(module.measure)
    assert callable(module.table)


def test_others_systems_read_the_same_words_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "CACHE", tmp_path)
    asked: list[Conversation] = []

    def make() -> systems.System:
        return lambda talk: [asked.append(talk) or [(0, 1)] for _ in talk.texts]

    for _ in range(2):
        remembered = systems.Remembered("theirs", make, ["presidio-analyzer"])
        assert remembered(TALK) == [[(0, 1)], [(0, 1)]]
        remembered.save()
    assert len(asked) == len(TALK.texts)
    assert "Oona" not in "".join(path.read_text("utf-8") for path in tmp_path.iterdir())


def test_what_was_not_measured_is_not_met() -> None:
    assert all(row.endswith("| not measured | – |") for row in summary({})[2:])


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target("share", ("a", "b"), 95), False),
        (Target("share", ("a", "b"), 94), True),
        (Target("gap", ("a", "b"), 2, at_most=True), False),
        (Target("found of marked", ("a", "c"), 50), True),
    ],
    ids=["too low", "high enough", "too wide", "a share of counts"],
)
def test_a_figure_is_held_against_what_was_asked(target: Target, met: bool) -> None:
    value = target.measured({"a": {"b": 94.5, "c": [1, 2]}})
    assert value is not None
    assert target.is_met(value) is met


def test_every_target_has_a_name_of_its_own() -> None:
    assert len({target.what for target in TARGETS}) == len(TARGETS)
