"""Gates: what breaks a rule is not published, is shown, and is shown by ids alone."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from pipeline.assets.spec import table_spec
from pipeline.checks.gate import MOST_IDS, USUAL, Check, Events, check_specs_for, publish
from pipeline.checks.preview import discreet, harmless, preview
from pipeline.partitions import intake_batches
from pipeline.resources.expectations import Expectations, read_suite
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES
from tests.fakes import example, spoiled

pytestmark = pytest.mark.slow  # Great Expectations takes seconds to load

PLANTED = "Zebedee Quillfeather"
ALL_GOOD = Check("redacted_turns", "all_is_good", "A check of this test.")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        instance.add_dynamic_partitions(str(intake_batches.name), ["b000001", "b000002"])
        yield instance


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(root=str(tmp_path / "data"))


def materialise(
    instance: dg.DagsterInstance,
    storage: Storage,
    tables: dict[str, pd.DataFrame],
    batch_id: str = "b000001",
    broken: tuple[str, ...] = (),
) -> dg.ExecuteInProcessResult:
    checks = [ALL_GOOD] if "redacted_turns" in tables else []

    @dg.multi_asset(
        specs=[table_spec(table) for table in tables],
        check_specs=check_specs_for(*tables, checks=checks),
        partitions_def=intake_batches,
    )
    def stage(
        context: dg.AssetExecutionContext, storage: Storage, expectations: Expectations
    ) -> Events:
        found = dict.fromkeys(checks, broken)
        yield from publish(context, storage, expectations, tables, found)

    return dg.materialize(
        [stage],
        instance=instance,
        resources={"storage": storage, "expectations": Expectations()},
        partition_key=batch_id,
        raise_on_error=False,
    )


def outcomes(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {
        f"{check.asset_key.to_user_string()}.{check.check_name}": check.passed
        for check in result.get_asset_check_evaluations()
    }


def test_what_passes_is_published_with_all_its_checks(
    instance: dg.DagsterInstance, storage: Storage
) -> None:
    result = materialise(instance, storage, {"redacted_turns": example("redacted_turns")})
    assert result.success
    assert len(outcomes(result)) == 3
    assert all(outcomes(result).values())
    assert len(storage.read_table("redacted_turns", "b000001")) == 3


@pytest.mark.parametrize(
    ("frame", "broken"),
    [
        (example("redacted_turns").assign(role="bystander"), ()),
        (example("redacted_turns").drop(columns="role"), ()),
        (example("redacted_turns").assign(turn="first"), ()),
        (example("redacted_turns"), ("C001/1",)),
    ],
    ids=["a suite", "a missing column", "a wrong type", "a check in Python"],
)
def test_what_breaks_a_rule_leaves_everything_as_it_was(
    instance: dg.DagsterInstance, storage: Storage, frame: pd.DataFrame, broken: tuple[str, ...]
) -> None:
    path = storage.write_table("redacted_turns", example("redacted_turns", n=1), "b000001")
    before = storage.read_bytes(path)
    tables = {"redacted_turns": frame, "redactions": example("redactions")}
    result = materialise(instance, storage, tables, broken=broken)
    assert not result.success
    assert storage.read_bytes(path) == before
    assert storage.batches("redactions") == []
    assert not [e for e in result.all_events if e.is_step_materialization]
    assert False in outcomes(result).values()
    failed = instance.get_status_by_partition(
        dg.AssetKey("redacted_turns"), ["b000001"], intake_batches
    )
    assert failed
    assert failed["b000001"]
    assert failed["b000001"].name == "FAILED"


def test_a_warning_is_shown_and_published(instance: dg.DagsterInstance, storage: Storage) -> None:
    frame = example("redacted_turns").assign(n_redactions=50)
    result = materialise(instance, storage, {"redacted_turns": frame})
    assert result.success
    assert [name for name, passed in outcomes(result).items() if not passed] == [
        f"redacted_turns.{USUAL}"
    ]


def test_a_batch_goes_on_after_another_was_stopped(
    instance: dg.DagsterInstance, storage: Storage
) -> None:
    bad = example("redacted_turns").assign(role="bystander")
    assert not materialise(instance, storage, {"redacted_turns": bad}).success
    good = {"redacted_turns": example("redacted_turns")}
    assert materialise(instance, storage, good, batch_id="b000002").success
    assert storage.batches("redacted_turns") == ["b000002"]


def test_a_failed_check_names_rows_and_nothing_that_was_said(
    instance: dg.DagsterInstance, storage: Storage, tmp_path: Path
) -> None:
    turns = example("turns").assign(text=PLANTED, speaker=PLANTED, role=PLANTED)
    names = example("known_names").assign(name=[f"{PLANTED} {n}" for n in range(3)], kind=PLANTED)
    result = materialise(instance, storage, {"turns": turns, "redactions": names})
    assert not result.success
    shown = [str(check.metadata) for check in result.get_asset_check_evaluations()]
    assert any("conversation-0/1" in text for text in shown)
    assert "Quillfeather" not in everything_written(tmp_path)


def test_restricted_tables_have_no_preview(
    instance: dg.DagsterInstance, storage: Storage, tmp_path: Path
) -> None:
    turns = example("turns").assign(text=PLANTED, speaker=PLANTED)
    assert materialise(instance, storage, {"turns": turns}).success
    assert "Quillfeather" not in everything_written(tmp_path)


@pytest.mark.parametrize("table", ["redacted_turns", "segments", "quotes", "stories"])
def test_a_name_that_redaction_missed_is_in_no_preview(table: str) -> None:
    missed = "So zebedee quillfeather drove me, Rose Marsh too, from 14 Mill Lane, didn't he?"
    shown = preview(table, example(table).assign(text=missed))
    if "question" in TABLES[table].schema.names:
        shown += preview(table, example(table).assign(question=missed))
    for personal in ("zebedee", "quillfeather", "Rose", "Marsh", "14"):
        assert personal not in shown
    assert "So … … drove me, … … too, from … " in shown


def test_a_preview_shows_everyday_words_and_placeholders() -> None:
    said = "We rang [PERSON_1] about the bus, and they didn't answer."
    assert discreet(said) == said


def test_ids_are_capped_and_those_left_out_are_counted(
    instance: dg.DagsterInstance, storage: Storage
) -> None:
    frame = example("redacted_turns", n=100).assign(role="bystander")
    result = materialise(instance, storage, {"redacted_turns": frame})
    record = next(c for c in result.get_asset_check_evaluations() if not c.passed).metadata
    data = record["what does not hold"].value.records[0].data  # type: ignore[union-attr]
    assert data["rows"] == 100
    assert str(data["ids"]).count("/") == MOST_IDS
    assert data["ids not shown"] == 100 - MOST_IDS


CRITICAL = [
    (table, rule)
    for table in TABLES
    for rule in read_suite(table)["expectations"]
    if rule["severity"] == "critical"
]


@pytest.mark.parametrize("table", TABLES)
def test_an_ordinary_table_breaks_no_critical_rule(table: str) -> None:
    broken = Expectations().broken(table, example(table))
    assert [rule for rule in broken if rule.severity == "critical"] == []


@pytest.mark.parametrize(
    ("table", "rule"), CRITICAL, ids=[f"{t}-{n}" for n, (t, _) in enumerate(CRITICAL)]
)
def test_each_critical_rule_can_be_broken(table: str, rule: dict[str, Any]) -> None:
    broken = Expectations().broken(table, spoiled(table, rule))
    assert any(b.severity == "critical" and b.why == rule["notes"] for b in broken)


@pytest.mark.parametrize("table", TABLES)
def test_a_suite_names_exactly_the_tables_columns(table: str) -> None:
    columns = read_suite(table)["expectations"][0]["kwargs"]["column_set"]
    assert columns == [column.name for column in TABLES[table].columns]


@pytest.mark.parametrize("table", TABLES)
def test_every_rule_says_why_and_each_suite_can_warn(table: str) -> None:
    rules = read_suite(table)["expectations"]
    assert all(rule["notes"].endswith(".") or rule["notes"].endswith("?") for rule in rules)
    assert {rule["severity"] for rule in rules} == {"critical", "warning"}


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> | a | b | **bold** [go](javascript:x) "
    "www.evil.example http://evil.example `code` # head\n\n- list ![](x) \u202eback"
)


def test_hostile_text_in_a_preview_is_only_text() -> None:
    shown = harmless(HOSTILE)
    assert not set("<>|*[]()`#\n\u202e") & set(shown.replace("&#", ""))
    assert "http:" not in shown
    frame = example("redacted_turns").assign(text=HOSTILE)
    lines = preview("redacted_turns", frame).split("\n")
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def everything_written(base: Path) -> str:
    """All that Dagster and the gate wrote, but the restricted zone."""
    files = [p for p in base.rglob("*") if p.is_file() and "restricted" not in p.parts]
    for path in files:
        if path.suffix == ".db":
            with sqlite3.connect(path) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
    return "".join(path.read_bytes().decode("latin-1") for path in files if path.exists())
