"""What one look at landing takes in, given what earlier batches took."""

from collections.abc import Iterable, Mapping

import pytest

from pipeline.domain.intake.manifest import Entry
from pipeline.domain.intake.names import file_ref
from pipeline.domain.intake.planning import (
    Ledger,
    Listed,
    Record,
    examine,
    in_batches,
    judge,
    settled,
    to_take,
)

NONE_YET = Ledger({})


def entry(name: str, content: str | None = None, reason: str | None = None) -> Entry:
    return Entry(name, 10, 1, content or f"hash of {name}", reason)


def ledger(*records: tuple[Entry, str | None], stopped: Iterable[str] = ()) -> Ledger:
    """Each record in its own batch, in the order received."""
    return Ledger(
        {
            one.name: Record(f"b{number:06d}", one, reason)
            for number, (one, reason) in enumerate(records, start=1)
        },
        frozenset(stopped),
    )


def taken(
    entries: Iterable[Entry], before: Ledger, refused: Mapping[str, str] | None = None
) -> dict[str, str | None]:
    """What a look takes: name and reason."""
    judged = judge(list(entries), before, (refused or {}).get)
    return {one.name: one.reason for one in to_take(judged, before)}


# Standing still


def test_a_file_waits_until_it_stood_still_over_two_looks() -> None:
    file = Listed("C1.txt", 10, 1)
    assert settled([file], {}, NONE_YET) == ([], [file])
    assert settled([file], {file_ref("C1.txt"): "9:1"}, NONE_YET) == ([], [file])
    assert settled([file], {file_ref("C1.txt"): "10:1"}, NONE_YET) == ([file], [])


def test_a_file_that_a_batch_holds_as_it_is_needs_no_second_look() -> None:
    file = Listed("C1.txt", 10, 1)
    assert settled([file], {}, ledger((entry("C1.txt"), None))) == ([file], [])
    grown = file._replace(size=11)
    assert settled([grown], {}, ledger((entry("C1.txt"), None))) == ([], [grown])


# Looking at one file


def refuse_to_read(_name: str) -> str:
    raise AssertionError("was read")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (Listed("C1.pages", 10, 1), "unknown_format"),
        (Listed("Rose Gale.txt", 10, 1), "unsafe_name"),
        (Listed("C1.txt", 0, 1), "empty_file"),
        (Listed("C1.txt", 101, 1), "too_large"),
        (Listed("C1.txt", 10, 1, is_inside=False), "outside_landing"),
        (Listed("C1.txt", 0, 0, is_readable=False), "unreadable"),
    ],
    ids=["format", "name", "empty", "large", "link", "closed folder"],
)
def test_a_file_that_cannot_go_on_is_never_read(file: Listed, reason: str) -> None:
    assert examine(file, None, refuse_to_read, max_bytes=100).reason == reason


def test_an_unchanged_file_is_not_read_again() -> None:
    record = Record("b000001", entry("C1.txt", "A"), None)
    file = Listed("C1.txt", 10, 1)
    assert examine(file, record, refuse_to_read, max_bytes=100).content_hash == "A"


def test_a_file_that_could_not_be_read_is_tried_at_every_look() -> None:
    def denied(_name: str) -> str:
        raise PermissionError(13, "Permission denied")

    file = Listed("C1.txt", 10, 1)
    first = examine(file, None, denied, max_bytes=100)
    assert first.reason == "unreadable"
    record = Record("b000001", first, "unreadable")
    assert examine(file, record, denied, max_bytes=100).reason == "unreadable"
    assert examine(file, record, lambda _: "A", max_bytes=100).content_hash == "A"


# What is taken


def test_the_same_file_runs_once() -> None:
    assert taken([entry("C1.txt")], NONE_YET) == {"C1.txt": None}
    assert taken([entry("C1.txt")], ledger((entry("C1.txt"), None))) == {}


def test_a_touched_file_with_the_same_content_does_not_run_again() -> None:
    touched = entry("C1.txt")._replace(mtime_ns=99)
    assert taken([touched], ledger((entry("C1.txt"), None))) == {}


def test_an_edit_and_its_undoing_both_run() -> None:
    a, b = entry("C1.txt", "A"), entry("C1.txt", "B")
    assert taken([b], ledger((a, None))) == {"C1.txt": None}
    assert taken([a], ledger((a, None), (b, None))) == {"C1.txt": None}


def test_of_two_new_files_for_one_conversation_neither_is_taken_for_right() -> None:
    both = [entry("C1.txt"), entry("C1.vtt")]
    assert taken(both, NONE_YET) == {"C1.txt": "two_files", "C1.vtt": "two_files"}


def test_a_second_file_does_not_disturb_the_first() -> None:
    both = [entry("C1.txt"), entry("late/C1.vtt")]
    assert taken(both, ledger((entry("C1.txt"), None))) == {"late/C1.vtt": "two_files"}


def test_the_remaining_file_is_taken_when_the_other_is_removed() -> None:
    before = ledger((entry("C1.txt"), "two_files"), (entry("C1.vtt"), "two_files"))
    assert taken([entry("C1.vtt")], before) == {"C1.vtt": None}


def test_an_empty_file_beside_the_real_one_does_no_harm() -> None:
    both = [entry("C1.txt", reason="empty_file"), entry("C1.vtt")]
    assert taken(both, NONE_YET) == {"C1.txt": "empty_file", "C1.vtt": None}


def test_content_belongs_to_the_conversation_that_came_first() -> None:
    old, copy = entry("C2.txt", "A"), entry("C1.txt", "A")
    assert taken([old, copy], ledger((old, None))) == {"C1.txt": "duplicate_content"}
    assert taken([old, copy], NONE_YET) == {"C1.txt": None, "C2.txt": "duplicate_content"}


def test_content_stays_with_its_conversation_when_landing_is_tidied() -> None:
    assert taken([entry("C1.txt", "A")], ledger((entry("C2.txt", "A"), None))) == {
        "C1.txt": "duplicate_content"
    }


def test_two_contents_the_wrong_way_round_can_be_put_right() -> None:
    before = ledger((entry("C1.txt", "A"), None), (entry("C2.txt", "B"), None))
    now = [entry("C1.txt", "B"), entry("C2.txt", "A")]
    assert taken(now, before) == {"C1.txt": None, "C2.txt": None}


def test_a_copy_without_a_register_row_claims_nothing() -> None:
    both = [entry("C1.txt", "A"), entry("C2.txt", "A")]
    assert taken(both, NONE_YET, {"C1": "no_register_row"}) == {
        "C1.txt": "no_register_row",
        "C2.txt": None,
    }


@pytest.mark.parametrize("reason", ["no_register_row", "bad_register_row", "no_consent"])
def test_a_late_register_row_releases_a_conversation_without_a_new_file(reason: str) -> None:
    before = ledger((entry("C1.txt"), reason))
    assert taken([entry("C1.txt")], before, {"C1": reason}) == {}
    assert taken([entry("C1.txt")], before) == {"C1.txt": None}


def test_a_withdrawal_does_not_send_what_is_in_through_intake_again() -> None:
    before = ledger((entry("C1.txt"), None))
    assert taken([entry("C1.txt")], before, {"C1": "consent_withdrawn"}) == {}


def test_a_file_set_aside_for_its_content_waits_for_new_content() -> None:
    before = ledger((entry("C1.txt", "A"), "broken_file"))
    assert taken([entry("C1.txt", "A")], before) == {}
    assert taken([entry("C1.txt", "B")], before) == {"C1.txt": None}


def test_a_failed_redaction_is_tried_again_with_the_next_batch_only() -> None:
    before = ledger((entry("C1.txt"), "redaction_failed"))
    assert taken([entry("C1.txt")], before) == {}
    assert taken([entry("C1.txt"), entry("C2.txt")], before) == {"C1.txt": None, "C2.txt": None}


def test_a_stopped_batch_is_opened_up_again_when_one_of_its_files_changes() -> None:
    records = {
        name: Record("b000001", entry(name), reason)
        for name, reason in [("C1.txt", None), ("C2.txt", "broken_file"), ("C3.txt", None)]
    }
    before = Ledger(records, frozenset({"b000001"}))
    same = [entry("C1.txt"), entry("C2.txt"), entry("C3.txt")]
    assert taken(same, before) == {}
    assert taken([same[0], entry("C2.txt", "mended"), same[2]], before) == dict.fromkeys(records)


def test_batches_hold_no_more_than_their_size() -> None:
    entries = [entry(f"C{number}.txt") for number in range(5)]
    assert [len(batch) for batch in in_batches(entries, 2)] == [2, 2, 1]
