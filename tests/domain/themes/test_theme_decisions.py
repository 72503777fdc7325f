"""What people decide about themes: read as spreadsheets export it, in force for years, reported."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pytest

from pipeline.domain.governance.spreadsheets import report
from pipeline.domain.themes.decisions import (
    PROBLEMS,
    Decided,
    Decision,
    checked,
    forget,
    read_record,
    read_theme_decisions,
    recorded,
    telling_names,
    without_mentions,
)
from pipeline.domain.themes.rulings import (
    Ruled,
    kept_apart,
    rule,
    what_came_of,
)
from pipeline.errors import RegisterError
from pipeline.tables import TABLES, empty, parquet_bytes, to_arrow

HEADER = "theme_id,action,other_theme_id,words,decided_by,date,reason"
NONE = empty(TABLES["theme_decisions"])


def file(*rows: str, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    return "\r\n".join([HEADER, *rows]).replace(",", delimiter).encode(encoding)


def rename(theme: str, words: str) -> Decision:
    return Decision(theme, "rename", words=words)


def describe(theme: str, words: str) -> Decision:
    return Decision(theme, "describe", words=words)


def merge(theme: str, into: str) -> Decision:
    return Decision(theme, "merge", into)


def apart(theme: str, other: str) -> Decision:
    return Decision(theme, "keep_apart", other)


def hide(theme: str) -> Decision:
    return Decision(theme, "hide")


def undo(theme: str, other: str = "", words: str = "") -> Decision:
    return Decision(theme, "undo", other, words)


# Reading


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_as_spreadsheets_export_it(delimiter: str, encoding: str) -> None:
    rows = (
        "T01,Rename,,Café and company,engagement lead,12/03/2026,kinder",
        ",,,,,,",
        "T02 ,Keep Apart, T03,,,,",
    )
    decided = read_theme_decisions(file(*rows, delimiter=delimiter, encoding=encoding))
    by, on = "engagement lead", date(2026, 3, 12)
    assert decided.decisions == [
        Decision("T01", "rename", "", "Café and company", by, on, "kinder"),
        apart("T02", "T03"),
    ]
    assert decided.rows == [2, 4]


def test_columns_may_stand_in_any_order_and_two_are_enough() -> None:
    content = b"Action;seen by;Theme ID\nhide;x;T01\n"
    assert read_theme_decisions(content).decisions == [hide("T01")]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (",rename,,Quill,,,", "theme_id", "no_theme"),
        ("the quill one,hide,,,,,", "theme_id", "no_theme"),
        ("Margaret-Quillfeather,hide,,,,,", "theme_id", "no_theme"),
        ("T01,merge,Quillfeather,,,,", "other_theme_id", "no_other"),
        ("T01,delete,,,,,", "action", "unknown_action"),
        ("T01,,,,,,", "action", "unknown_action"),
        ("T01,merge,,,,,", "other_theme_id", "no_other"),
        ("T01,keep apart,,,,,", "other_theme_id", "no_other"),
        ("T01,merge,t01,,,,", "other_theme_id", "same_theme"),
        ("T01,hide,T02,,,,", "other_theme_id", "no_second_theme"),
        ("T01,rename,,,,,", "words", "no_words"),
        ("T01,rename,,?!,,,", "words", "no_words"),
        (f"T01,rename,,{'quill ' * 20},,,", "words", "too_long"),
        (f"T01,describe,,{'quill ' * 99},,,", "words", "too_long"),
        ("T01,rename,,Quill and [PERSON_1],,,", "words", "placeholder"),
        ("T01,describe,,Ring Quill on 01632 960 123,,,", "words", "identifying"),
        ("T01,merge,T02,Quill,,,", "words", "words_unread"),
        ("T01,undo,,Quill,,,", "words", "not_an_action"),
        ("T01,hide,,,,yesterday,", "date", "not_a_day"),
        ("T01,rename,,Quill,,,,more", "the row", "misaligned_row"),
    ],
)
def test_a_bad_row_is_named_without_its_values_and_the_good_ones_count(
    row: str, column: str, problem: str
) -> None:
    decided = read_theme_decisions(file(row, "T09,hide,,,,,"))
    assert [(p.row, p.column, p.problem) for p in decided.problems] == [(2, column, problem)]
    assert decided.decisions == [hide("T09")]
    (line,) = report(decided.problems, PROBLEMS)
    assert line.startswith(f"row 2, {column}: ")
    assert "Quill" not in line


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"\x00\x01\x02", b"theme,what\nQuill,hide\n", b"action,action,theme_id\n"],
    ids=["empty", "workbook", "binary", "other columns", "a column twice"],
)
def test_a_file_that_is_no_table_of_decisions_is_refused_without_quoting_it(content: bytes) -> None:
    with pytest.raises(RegisterError) as refusal:
        read_theme_decisions(content)
    assert "Quill" not in str(refusal.value)


# The record


def record(*readings: Sequence[Decision], after: str = "") -> pd.DataFrame:
    table = NONE
    for decisions in readings:
        decided = Decided(list(decisions), list(range(2, len(decisions) + 2)), [])
        table = from_disk(recorded(table, decided, after))
    return table


def from_disk(table: pd.DataFrame) -> pd.DataFrame:
    return to_arrow(TABLES["theme_decisions"], table).to_pandas()


def test_the_same_file_read_again_changes_nothing() -> None:
    rows = [rename("T01", "Buses"), hide("T02"), rename("T01", "Buses")]
    once, twice = record(rows), record(rows, rows)
    table = TABLES["theme_decisions"]
    assert parquet_bytes(to_arrow(table, twice)) == parquet_bytes(to_arrow(table, once))


def test_a_row_taken_out_is_in_force_and_one_written_in_again_decides_again() -> None:
    table = record([hide("T01"), undo("T01")], [undo("T01")], [undo("T01"), hide("T01")])
    told = [(one.name, one.decision.action) for one in read_record(table)]
    assert told == [("D0001", "hide"), ("D0002", "undo"), ("D0003", "hide")]
    rows = table.set_index("decision")["row"]
    assert rows.isna().to_dict() == {"D0001": True, "D0002": False, "D0003": False}


def test_a_file_that_was_broken_for_a_night_decides_nothing_twice() -> None:
    good = read_theme_decisions(file("T01,hide,,,,,"))
    first = from_disk(recorded(NONE, good, ""))
    broken = from_disk(recorded(first, read_theme_decisions(file("T01,hde,,,,,")), ""))
    assert broken["decision"].tolist() == ["D0001", "row 2"]
    assert recorded(broken, good, "").equals(recorded(NONE, good, ""))


def test_a_row_that_cannot_be_read_is_listed_until_it_is_mended() -> None:
    broken = read_theme_decisions(file("T01,hide,,,,,", "T02,hide,T03,,,soon,"))
    table = from_disk(recorded(NONE, broken, ""))
    assert table["decision"].tolist() == ["D0001", "row 3"]
    assert "date: " in table["problem"].iloc[1]
    assert "other_theme_id: " in table["problem"].iloc[1]
    mended = read_theme_decisions(file("T01,hide,,,,,", "T02,hide,,,,,"))
    assert recorded(table, mended, "")["decision"].tolist() == ["D0001", "D0002"]


# What they do


def history(*events: tuple[str, str, str, Sequence[str]], themes: str = "ABCDE") -> pd.DataFrame:
    """Themes born in run R1, and what became of them: run, event, theme, from which."""
    rows = [*(("R1", "born", theme, ()) for theme in themes), *events]
    runs = sorted({run for run, *_ in rows})
    return pd.DataFrame(
        [(run, runs.index(run), event, theme, list(of)) for run, event, theme, of in rows],
        columns=["run_id", "position", "event", "theme_id", "from_theme_ids"],
    )


def ruled(
    decisions: Sequence[Decision],
    tonight: str = "ABCDE",
    lineage: pd.DataFrame | None = None,
    *,
    after: str = "R1",
    personal: Sequence[str] = (),
) -> Ruled:
    table = record(decisions, after=after)
    table = checked(table, lambda words: [w for w in personal if w in words])
    return rule(table, tonight, history() if lineage is None else lineage)


def shown(found: Ruled, themes: str) -> dict[str, str]:
    """Where each theme is shown."""
    return {theme: found.ruling.shown_in.get(theme, theme) for theme in themes}


def told(found: Ruled) -> dict[str, str]:
    return {outcome.decision: outcome.outcome for outcome in found.outcomes}


def why(found: Ruled, decision: str) -> str:
    return next(outcome.why for outcome in found.outcomes if outcome.decision == decision)


def test_a_name_and_a_description_stand_with_the_theme_and_the_last_one_counts() -> None:
    found = ruled([rename("a", "Boats"), describe("A", "On the water."), rename("A", "Rowing")])
    assert found.ruling.labels == {"A": "Rowing"}
    assert found.ruling.descriptions == {"A": "On the water."}
    assert told(found) == {"D0001": "overruled", "D0002": "applied", "D0003": "applied"}


def test_a_merged_theme_has_the_name_of_what_it_was_merged_into() -> None:
    found = ruled([rename("A", "Boats"), rename("B", "Water"), merge("A", "B")])
    assert found.ruling.shown_in == {"A": "B"}
    assert found.ruling.labels == {"B": "Water"}
    assert told(found) == {"D0001": "waits", "D0002": "applied", "D0003": "applied"}
    assert "D0003" in why(found, "D0001")


def test_a_name_given_after_a_merge_names_the_whole() -> None:
    found = ruled([rename("B", "Water"), merge("A", "B"), rename("A", "Sea")])
    assert found.ruling.labels == {"B": "Sea"}
    assert told(found)["D0001"] == "overruled"


def test_merges_go_on_from_one_to_the_next() -> None:
    found = ruled([merge("A", "B"), merge("B", "C")])
    assert shown(found, "ABC") == dict.fromkeys("ABC", "C")


@pytest.mark.parametrize(
    ("tonight", "events", "expected"),
    [
        ("ABC", [], {"A": "B", "B": "B", "C": "C"}),
        ("AC", [("R2", "merged", "A", "B")], {"A": "B", "C": "C"}),
        (
            "BC",
            [("R2", "merged", "B", "A"), ("R2", "retired", "A", "")],
            {"B": "B", "C": "C"},
        ),
        ("ABCX", [("R2", "split", "X", "A")], {"A": "B", "B": "B", "C": "C", "X": "B"}),
        ("ABCX", [("R2", "split", "X", "B")], {"A": "B", "B": "B", "C": "C", "X": "B"}),
        (
            "BCY",
            [("R2", "split", "X", "A"), ("R3", "split", "Y", "X"), ("R3", "merged", "B", "A")],
            {"B": "B", "C": "C", "Y": "B"},
        ),
    ],
    ids=["both", "only the one merged", "only the other", "one in two", "other in two", "later"],
)
def test_a_merge_holds_however_the_clustering_cuts(
    tonight: str, events: list[tuple[str, str, str, str]], expected: dict[str, str]
) -> None:
    found = ruled([merge("A", "B")], tonight, history(*events))
    assert shown(found, tonight) == expected
    assert told(found) == {"D0001": "applied"}


def test_what_had_split_off_before_the_merge_was_decided_stays_itself() -> None:
    split = history(("R2", "split", "X", "A"))
    assert ruled([merge("A", "B")], "ABX", split, after="R2").ruling.shown_in == {"A": "B"}
    both = ruled([merge("A", "B")], "ABX", split, after="R1")
    assert both.ruling.shown_in == {"A": "B", "X": "B"}


def test_what_splits_off_is_itself_where_people_keep_it_apart() -> None:
    split = history(("R2", "split", "X", "A"))
    found = ruled([merge("A", "B"), apart("X", "B")], "ABX", split)
    assert found.ruling.shown_in == {"A": "B"}


def test_a_hidden_theme_is_hidden_with_what_splits_off_from_it_and_nothing_else() -> None:
    found = ruled([hide("A")], "ABX", history(("R2", "split", "X", "A")))
    assert found.ruling.hidden == {"A", "X"}
    assert ruled([hide("A"), merge("B", "A")]).ruling.hidden == {"A"}
    assert ruled([hide("A"), merge("A", "B")]).ruling.hidden == set()


def test_what_is_undone_is_as_if_it_had_never_been_decided() -> None:
    rows = [merge("A", "B"), hide("A"), rename("C", "Sky"), undo("A")]
    found = ruled(rows)
    assert not found.ruling.shown_in
    assert found.ruling.hidden == set()
    assert found.ruling.labels == {"C": "Sky"}
    assert told(found) == {
        "D0001": "overruled", "D0002": "overruled", "D0003": "applied", "D0004": "applied",
    }  # fmt: skip
    assert told(ruled([undo("A")])) == {"D0001": "no_longer_applies"}


def test_one_action_or_one_pair_can_be_undone_alone() -> None:
    both = [rename("A", "Boats"), merge("A", "B")]
    assert ruled([*both, undo("A", words="Merge")]).ruling.labels == {"A": "Boats"}
    pairs = [apart("A", "B"), apart("A", "C"), undo("A", "C")]
    assert kept_apart(record(pairs), history()) == [("A", "B")]


@pytest.mark.parametrize(
    ("rows", "contradicted", "published"),
    [
        ([merge("A", "B"), apart("A", "B")], "D0001", {"A": "A", "B": "B"}),
        ([apart("A", "B"), merge("A", "B")], "D0001", {"A": "B", "B": "B"}),
        ([merge("A", "B"), merge("B", "A")], "D0001", {"A": "A", "B": "A"}),
        (
            [merge("A", "B"), merge("B", "C"), merge("C", "A")],
            "D0001",
            {"A": "A", "B": "A", "C": "A"},
        ),
        ([merge("A", "C"), merge("B", "C"), apart("A", "B")], "D0001", {"A": "A", "B": "C"}),
    ],
    ids=["apart after all", "one after all", "round", "round by three", "apart by way of a third"],
)
def test_of_decisions_that_contradict_each_other_the_later_ones_hold_and_the_other_is_reported(
    rows: list[Decision], contradicted: str, published: dict[str, str]
) -> None:
    found = ruled(rows)
    assert shown(found, "".join(published)) == published
    outcomes = told(found)
    assert outcomes.pop(contradicted) == "contradicts"
    assert set(outcomes.values()) == {"applied"}
    assert "later" in why(found, contradicted)


def test_merging_a_theme_anew_takes_it_from_where_it_was() -> None:
    found = ruled([merge("A", "B"), merge("A", "C")])
    assert found.ruling.shown_in == {"A": "C"}
    assert told(found) == {"D0001": "overruled", "D0002": "applied"}


@pytest.mark.parametrize(
    "decision",
    [rename("A", "Boats"), describe("A", "Boats."), hide("A"), apart("A", "B"), merge("A", "D")],
    ids=lambda decision: decision.action,
)
def test_a_decision_on_a_theme_that_is_found_no_more_says_where_most_of_it_went(
    decision: Decision,
) -> None:
    gone = history(("R2", "merged", "C", "A"), ("R2", "retired", "A", ""))
    found = ruled([decision, merge("C", "E")], "BCDE", gone)
    assert told(found)["D0001"] == "no_longer_applies"
    assert next(o.now_in for o in found.outcomes if o.decision == "D0001") == ("E",)
    assert "A is found no more; most of it is in E" in why(found, "D0001")
    lost = ruled([decision], "BCDE", history(("R2", "retired", "A", "")))
    assert "no one theme" in why(lost, "D0001")


def test_what_split_off_in_an_earlier_run_is_no_heir_of_a_theme_that_ends_later() -> None:
    ended = history(("R2", "split", "B", "A"), ("R5", "retired", "A", ""), themes="ACDE")
    found = ruled([rename("A", "Boats"), merge("A", "B")], "BCDE", ended, after="R3")
    assert set(told(found).values()) == {"no_longer_applies"}
    assert {outcome.now_in for outcome in found.outcomes} == {()}
    assert "no one theme" in why(found, "D0001")


def test_a_theme_that_ends_goes_into_what_split_off_from_it_in_that_run() -> None:
    ended = history(("R5", "split", "B", "A"), ("R5", "retired", "A", ""), themes="ACDE")
    (outcome,) = ruled([rename("A", "Boats")], "BCDE", ended, after="R3").outcomes
    assert (outcome.outcome, outcome.now_in) == ("no_longer_applies", ("B",))


def test_a_theme_is_followed_through_each_run_that_ends_where_it_went() -> None:
    ended = history(
        ("R2", "merged", "B", "A"), ("R2", "retired", "A", ""), ("R3", "split", "D", "B"),
        ("R4", "merged", "C", "B"), ("R4", "retired", "B", ""), themes="ABCE",
    )  # fmt: skip
    (outcome,) = ruled([rename("A", "Boats")], "CDE", ended).outcomes
    assert outcome.now_in == ("C",)


@pytest.mark.parametrize(
    ("event", "outcome"), [("merged", "applied"), ("split", "no_longer_applies")]
)
def test_a_merge_of_a_theme_that_is_gone_is_applied_only_where_the_machine_merged_it(
    event: str, outcome: str
) -> None:
    ended = history(("R2", event, "B", "A"), ("R2", "retired", "A", ""))
    assert told(ruled([merge("A", "B")], "BCDE", ended)) == {"D0001": outcome}


def test_a_theme_that_no_run_has_found_waits() -> None:
    found = ruled([rename("Z", "Boats"), merge("A", "Z")])
    assert set(told(found).values()) == {"waits"}
    assert not found.ruling.shown_in


@pytest.mark.parametrize(
    ("decision", "column"),
    [(rename("Quillfeather", "Boats"), "theme_id"), (merge("A", "Quillfeather"), "other_theme_id")],
    ids=["the theme", "the other theme"],
)
def test_an_id_that_no_run_made_is_told_by_its_row_and_never_itself(
    decision: Decision, column: str
) -> None:
    found = ruled([hide("B"), decision])
    (outcome,) = (one for one in found.outcomes if one.decision == "D0002")
    assert "Quillfeather" not in repr(outcome)
    assert f"check {column} in row 3" in outcome.why


def test_words_that_redaction_takes_for_personal_are_held_back_and_the_name_before_stands() -> None:
    rows = [rename("A", "Boats"), rename("A", "Quillfeather"), hide("B")]
    found = ruled(rows, personal=["Quillfeather"])
    assert found.ruling.labels == {"A": "Boats"}
    assert told(found) == {"D0001": "applied", "D0002": "held_back", "D0003": "applied"}


def test_every_row_of_the_record_has_one_outcome_which_holds_none_of_its_words() -> None:
    content = file(
        "A,rename,,Quillfeather,,,", "A,rename,,Boats,,,", "B,merge,A,,,,", "A,hide,Q,,,,",
        "Z,describe,,Quillfeather,,,", "C,undo,,,,,",
    )  # fmt: skip
    table = from_disk(recorded(NONE, read_theme_decisions(content), "R1"))
    found = pd.DataFrame({"theme_id": list("ABC"), "status": "live"})
    outcomes = what_came_of(table, found, history())
    assert sorted(outcomes["decision"]) == sorted(table["decision"])
    assert outcomes["decision"].is_unique
    assert "Quillfeather" not in outcomes.to_csv()
    assert "Boats" not in outcomes.to_csv()
    to_arrow(TABLES["theme_decision_outcomes"], outcomes)


# People in the words


def test_an_everyday_first_name_is_no_reason_to_hold_a_name_back() -> None:
    assert telling_names(["Hope", "Hope Quill", "Quillfeather"]) == ["Hope Quill", "Quillfeather"]


def test_who_is_erased_is_in_no_row_and_other_decisions_hold() -> None:
    def mentions(text: str) -> bool:
        return "Quill" in text

    rows = [
        rename("A", "Quill and company"), hide("B")._replace(reason="Quill asked"),
        hide("C")._replace(reason="small talk"), hide("Quill"), merge("C", "Quill"),
    ]  # fmt: skip
    left = forget(record(rows), mentions)
    assert "Quill" not in left.to_csv()
    assert [one.decision for one in read_record(left)] == [hide("B"), rows[2]]
    content = file("A,rename,,Quill,,,", "B,hide,,,,,Quill", "C,hide,,,,,small talk")
    assert without_mentions(content, mentions) == file("C,hide,,,,,small talk")
