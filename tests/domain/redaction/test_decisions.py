"""Reviewers' decisions: read as spreadsheets export them, never lost, and the final word."""

from collections.abc import Sequence

import pandas as pd
import pytest

from pipeline.domain.governance.spreadsheets import report
from pipeline.domain.redaction.conversation import gather, redact_conversation
from pipeline.domain.redaction.decisions import (
    PROBLEMS,
    Decision,
    in_force,
    outcomes,
    places,
    read_decisions,
    recorded,
    ruling_for,
    settle,
    without_person,
    words_of,
)
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.spans import Finding
from pipeline.errors import RegisterError
from pipeline.tables import TABLES, empty, parquet_bytes, to_arrow

HEADER = "conversation_id,text,action,entity_type,reviewer,reason"
NONE = empty(TABLES["redaction_decisions"])
NOTHING = KeepList()


def file(*rows: str, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    lines = "\r\n".join([HEADER, *rows]).replace(",", delimiter)
    return lines.encode(encoding)


def mask(text: str, conversation: str = "C1", entity_type: str = "PERSON") -> Decision:
    return Decision(conversation, text, "mask", entity_type)


def keep(text: str, conversation: str = "C1") -> Decision:
    return Decision(conversation, text, "keep")


def find_words(*names: str, rule: str = "names.list"):
    """A detector that takes these words for people."""

    def find(texts: Sequence[str]) -> list[list[Finding]]:
        return [
            [
                Finding(text.index(name), text.index(name) + len(name), "PERSON", rule, 0.9)
                for name in names
                if name in text
            ]
            for text in texts
        ]

    return find


def redacted(text: str, *ruling: Decision, names: Sequence[str] = (), known: str = "") -> str:
    turns = pd.DataFrame(
        {
            "conversation_id": ["C1"], "turn": [0], "role": ["participant"], "start_s": [None],
            "end_s": [None], "text": [text],
        }
    )  # fmt: skip
    register = pd.DataFrame(
        [("C1", known, "participant")] if known else [],
        columns=["conversation_id", "name", "kind"],
    )
    done = redact_conversation(turns, register, find_words(*names), NOTHING, ruling)
    return done.redacted_turns["text"].item()


# Reading


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_as_spreadsheets_export_it(delimiter: str, encoding: str) -> None:
    content = file("C1,Zoë’s yard,Mask,org,AB,a shop", delimiter=delimiter, encoding=encoding)
    assert read_decisions(content).decisions == [
        Decision("C1", "Zoë’s yard", "mask", "ORG", "AB", "a shop")
    ]


def test_columns_may_stand_in_any_order_and_further_ones_are_left_alone() -> None:
    content = b"action;seen;text;conversation_id\nkeep;x;Quince Hall;*\n"
    assert read_decisions(content).decisions == [keep("Quince Hall", "*")]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("../C1,Quill,mask,,,", "conversation_id", "unsafe_id"),
        (",Quill,mask,,,", "conversation_id", "unsafe_id"),
        ("C1,,mask,,,", "text", "no_words"),
        ("C1,.*,keep,,,", "text", "no_words"),
        ("C1,[PERSON_1],mask,,,", "text", "placeholder"),
        (f"C1,{'quill ' * 40},mask,,,", "text", "too_long"),
        ("C1,Quill,delete,,,", "action", "unknown_action"),
        ("C1,Quill,mask,SECRET,,", "entity_type", "unknown_type"),
        ("*,the,mask,,,", "text", "everyday_word"),
        ("*,a,mask,,,", "text", "everyday_word"),
        ("C1,Quill,mask,,,,extra", "the row", "misaligned_row"),
    ],
)
def test_a_bad_row_is_named_without_its_values_and_the_good_ones_count(
    row: str, column: str, problem: str
) -> None:
    decided = read_decisions(file(row, "C1,Quillfeather,mask,,,"))
    assert [(p.row, p.column, p.problem) for p in decided.problems] == [(2, column, problem)]
    assert decided.decisions == [mask("Quillfeather")]
    (line,) = report(decided.problems, PROBLEMS)
    assert line.startswith(f"row 2, {column}: ")
    assert "Quill" not in line


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"\x00\x01\x02", b"name,what\nQuill,mask\n", b"text,text,action\n"],
    ids=["empty", "workbook", "binary", "other columns", "a column twice"],
)
def test_a_file_that_is_no_table_of_decisions_is_refused_without_quoting_it(content: bytes) -> None:
    with pytest.raises(RegisterError) as refusal:
        read_decisions(content)
    assert "Quill" not in str(refusal.value)


def test_a_report_of_ten_thousand_bad_rows_is_short() -> None:
    decided = read_decisions(file(*["C1,,mask,,,"] * 10_000))
    assert len(decided.problems) == 10_000
    assert len(report(decided.problems, PROBLEMS)) < 100


# The record


def record(*readings: Sequence[Decision]) -> pd.DataFrame:
    table = NONE
    for decisions in readings:
        table = recorded(table, decisions)
    return table


def holding(table: pd.DataFrame) -> list[Decision]:
    return [decision for ruling in in_force(table).values() for decision in ruling]


def test_the_same_file_read_again_changes_nothing() -> None:
    rows = [mask("Quill"), keep("Hope"), mask("Quill", "C2")]
    once, twice = record(rows), record(rows, rows)
    table = TABLES["redaction_decisions"]
    assert parquet_bytes(to_arrow(table, twice)) == parquet_bytes(to_arrow(table, once))


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([[mask("Quill")], []], [mask("Quill")]),
        ([[mask("Quill"), keep("Hope")], [keep("Hope")]], [keep("Hope"), mask("Quill")]),
        ([[mask("Quill"), keep("Quill")]], [keep("Quill")]),
        ([[mask("Quill")], [mask("Quill"), keep("quill")]], [keep("quill")]),
        ([[mask("Quill"), keep("Quill")], [mask("Quill")]], [keep("Quill")]),
        ([[mask("Quill")], [keep("Quill")], [mask("Quill")]], [mask("Quill")]),
        (
            [[mask("Quill"), keep("Quill")], [mask("Quill"), keep("Quill"), mask("Quill")]],
            [mask("Quill")],
        ),
        ([[mask("Quill", "*"), keep("Quill")]], [mask("Quill", "*"), keep("Quill")]),
    ],
    ids=[
        "an emptied file", "a row taken out", "a later row", "a later row in other letters",
        "the later row taken out", "a row changed and changed back", "decided a third time",
        "for all and for one",
    ],
)  # fmt: skip
def test_what_was_decided_holds_until_a_later_row_says_otherwise(
    readings: list[list[Decision]], expected: list[Decision]
) -> None:
    assert sorted(holding(record(*readings))) == sorted(expected)


def test_the_record_only_grows() -> None:
    sizes = [
        len(record(*readings))
        for readings in (
            [[mask("Quill")]],
            [[mask("Quill")], [keep("Quill")]],
            [[mask("Quill")], [keep("Quill")], [mask("Quill")]],
            [[mask("Quill")], [keep("Quill")], [mask("Quill")], []],
        )
    ]
    assert sizes == [1, 2, 3, 3]


def test_who_decided_does_not_make_it_another_decision() -> None:
    assert mask("Quill").decision_id == mask("quill")._replace(reviewer="AB").decision_id
    assert len({d.decision_id for d in (mask("Quill"), keep("Quill"), mask("Quill", "C2"))}) == 3


# What they do


@pytest.mark.parametrize(
    ("text", "decision", "expected"),
    [
        ("I met Quill there", mask("quill"), "I met [PERSON_1] there"),
        ("At the Wash and Set", mask("wash and set", entity_type="ORG"), "At the [ORG_1]"),
        ("Mrs. Quill-Hart came", mask("Mrs Quill Hart"), "[PERSON_1] came"),
        ("Write to @quill_q now", mask("@quill_q", entity_type="HANDLE"), "Write to [HANDLE_1] now"),
        ("A (c++) [x] $1 course", mask("(c++) [x] $1"), "A (c++) [x] $1 course"),
        ("It cost a.b and aXb", mask("a.b"), "It cost [PERSON_1] and aXb"),
        ("A quillwort grows", mask("quill"), "A quillwort grows"),
        ("Rose has a rose", mask("Rose"), "[PERSON_1] has a rose"),
        ("rose has a rose", mask("Rose"), "[PERSON_1] has a [PERSON_1]"),
        ("Rose has a rose", mask("rose"), "[PERSON_1] has a [PERSON_1]"),
    ],
    ids=[
        "a name", "a phrase with its type", "other signs between", "a handle",
        "signs that patterns are made of, over a bracket", "a full stop is no wildcard",
        "inside a longer word", "a name that is a word", "no capitals to go by",
        "in small letters: both",
    ],
)  # fmt: skip
def test_a_mask_masks_these_words(text: str, decision: Decision, expected: str) -> None:
    assert redacted(text, decision) == expected


def test_a_mask_holds_where_the_keep_list_and_the_detector_say_keep() -> None:
    texts = ["The Quince Hall is warm"]
    kept = KeepList(phrases=("Quince Hall",))
    assert gather(texts, [], find_words("Quince Hall"), kept) == [[]]
    found = gather(texts, [], find_words(), kept, (mask("Quince Hall", "*", "ORG"),))
    assert [(f.start, f.end, f.entity_type) for f in found[0]] == [(4, 15, "ORG")]


@pytest.mark.parametrize("word", ["PERSON", "person_1", "1"])
def test_a_mask_leaves_placeholders_whole(word: str) -> None:
    once = redacted("I told Zeb and [PERSON_4] about it", mask(word), names=["Zeb"])
    assert once == "I told [PERSON_5] and [PERSON_4] about it"
    assert redacted(once, mask(word)) == once


def test_a_masked_name_is_masked_in_parts_too() -> None:
    said = "Zebedee Quillfeather came. Then Quillfeather left."
    assert redacted(said, mask("Zebedee Quillfeather")) == "[PERSON_1] came. Then [PERSON_1] left."


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("We asked Hope about it", ["Hope"], "We asked Hope about it"),
        ("We asked Hope Quill about it", ["Hope Quill"], "We asked [PERSON_1] about it"),
        ("At the Hope’s door", ["the Hope’s"], "At the Hope’s door"),
    ],
    ids=["found alone", "part of a longer find", "with article and ending"],
)
def test_a_keep_keeps_what_lies_inside_its_words(
    text: str, names: list[str], expected: str
) -> None:
    assert redacted(text, keep("Hope"), names=names) == expected


def test_a_kept_name_does_not_spread_from_where_it_was_kept() -> None:
    said = "The Marrowby Quillfeather choir sang. Quillfeather is nice."
    names = ["Marrowby Quillfeather"]
    assert "Quillfeather is" not in redacted(said, names=names)
    assert redacted(said, keep("Marrowby Quillfeather"), names=names) == said


def test_a_keep_never_unmasks_a_name_of_the_register() -> None:
    said = "I am Zebedee Quillfeather and Zebedee is here"
    everything = [keep(word) for word in ("Zebedee", "Quillfeather", "Zebedee Quillfeather", said)]
    kept = redacted(said, *everything, known="Zebedee Quillfeather")
    assert "Zebedee" not in kept
    assert "Quillfeather" not in kept


def test_a_mask_outweighs_a_keep_whoever_it_was_made_for() -> None:
    for ruling in ((mask("Hope", "*"), keep("Hope")), (keep("Hope", "*"), mask("Hope"))):
        assert redacted("We asked Hope about it", *ruling) == "We asked [PERSON_1] about it"


def test_what_came_of_each_decision_is_told() -> None:
    texts = ["I met Quill and Quill", "Zeb has Hope in Hope House"]
    decisions = (
        mask("Quill"), keep("Hope"), keep("Zeb"), mask("House"), keep("House", "*"), keep("in"),
        mask("nowhere"),
    )  # fmt: skip
    found = [
        settle(texts[0], [], decisions),
        settle(
            texts[1],
            [Finding(0, 3, "PERSON", "known_name", 1), Finding(8, 12, "PERSON", "n", 1)],
            decisions,
        ),
    ]
    told = {d.text + d.conversation_id: how for d, how in outcomes(texts, found, decisions).items()}
    assert told == {
        "QuillC1": (2, "masked"),
        "HopeC1": (2, "kept"),
        "ZebC1": (1, "known_name"),
        "HouseC1": (1, "masked"),
        "House*": (1, "outweighed"),
        "inC1": (1, "kept"),
    }


def test_only_decisions_whose_words_stand_in_a_conversation_concern_it() -> None:
    table = record([mask("Quill", "*"), keep("Hope"), mask("Hope", "C2"), mask("Zeb", "*")])
    assert ruling_for(in_force(table), "C1", ["Some Hope, Quill"]) == (
        mask("Quill", "*"),
        keep("Hope"),
    )


def test_ten_thousand_decisions_take_no_longer_than_a_breath() -> None:
    many = tuple(mask(f"Quill{number} feather", "*") for number in range(10_000))
    text = "I said Quill77 feather, and the words went on and on. " * 200
    assert len(places(text, many)) == 200


# Erasure


def test_rows_about_a_person_go_and_every_other_byte_stays() -> None:
    content = file(
        "C1,Quill,mask,,,", '*,"Hope, the",keep,,,', "C2,Zeb,mask,,,",
        "*,old Zebedee  Quill,mask,,,", "*,Zebedee,mask,,,", "C1,Hart,keep,,,",
    )  # fmt: skip
    left = without_person(content, "C1", [words_of("Zebedee Quill")])
    assert left == file('*,"Hope, the",keep,,,', "C2,Zeb,mask,,,", "*,Zebedee,mask,,,") + b"\r\n"


@pytest.mark.parametrize("sign", ["\u2028", "\x0b", "\x85"], ids=["separator", "tab", "next line"])
def test_a_row_about_a_person_goes_whole_whatever_a_word_processor_left_in_it(sign: str) -> None:
    content = file(f"C1,Quill{sign}Zebedee,mask,,,", "C2,Zeb,mask,,,")
    assert without_person(content, "C1", []) == file("C2,Zeb,mask,,,")
