"""Manifests survive storage, and batches are numbered in the order received."""

from datetime import date

from pipeline.domain.intake.manifest import Entry, from_json, next_batch_id, to_json


def test_a_manifest_reads_back_as_it_was_written() -> None:
    entries = [Entry("C1.txt", 10, 1, "A", None), Entry("C\udcff.txt", 0, 2, None, "unsafe_name")]
    assert from_json(to_json(reversed(entries), date(2024, 6, 1))) == sorted(entries)


def test_the_next_batch_follows_the_last_received_even_after_a_gap() -> None:
    assert next_batch_id([]) == "b000001"
    assert next_batch_id(["b000009", "b000002"]) == "b000010"
