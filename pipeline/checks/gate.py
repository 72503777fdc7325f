"""Write-audit-publish: what a stage computed is audited first, and published only if it passes.

A stage yields from `publish`. Every check is reported to Dagster with ids and counts, never values.
If a blocking check fails, nothing is published: the partition shows as failed, and whatever was
published before stays as it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import dagster as dg
import pandas as pd

from pipeline.checks.preview import preview
from pipeline.errors import PipelineError
from pipeline.resources.expectations import Broken, Expectations, read_suite, rule_name
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES, parquet_bytes, to_arrow

CONTRACT = "every_row_keeps_the_contract"
USUAL = "nothing_looks_unusual"
Events = Iterator[dg.AssetCheckResult | dg.MaterializeResult]

MOST_IDS = 20
"""Ids shown for one broken rule; a hundred thousand would make an event of three megabytes."""


class Check(NamedTuple):
    """A check that a suite cannot say, named as what is true when it passes."""

    table: str
    name: str
    meaning: str
    blocking: bool = True


def check_specs_for(*tables: str, checks: Sequence[Check] = ()) -> list[dg.AssetCheckSpec]:
    """What an asset must declare to be published: two checks for each table, and those named."""
    return [
        dg.AssetCheckSpec(
            check.name,
            asset=check.table,
            description=check.meaning,
            blocking=check.blocking,
        )
        for check in (*chain.from_iterable(map(suite_checks, tables)), *checks)
    ]


def suite_checks(table: str) -> tuple[Check, Check]:
    """The two checks that speak for the table's suite."""
    return (
        Check(table, CONTRACT, _in_plain_english(table, "critical")),
        Check(table, USUAL, _in_plain_english(table, "warning"), blocking=False),
    )


def publish(
    context: dg.AssetExecutionContext,
    storage: Storage,
    suites: Expectations,
    outputs: Mapping[str, pd.DataFrame],
    checks: Mapping[Check, Sequence[str]] | None = None,
) -> Events:
    """Audit the tables, report each check, and publish all of them or none.

    Parameters
    ----------
    outputs : mapping of table name to frame
        Tables that stand or fall together. Those kept per batch go to the run's partition.
    checks : mapping of Check to ids
        Checks already carried out, each with the ids that break it; none: it passed.
    """
    results = [result for table, frame in outputs.items() for result in audit(suites, table, frame)]
    results += [check_result(check, ids) for check, ids in (checks or {}).items()]
    yield from (_of_batch(context, result) for result in results)
    refuse_if_broken(results)
    batch_id = context.partition_key if context.has_partition_key else None
    if batch_id:
        _reopen(storage, outputs, batch_id)
    paths = storage.write_tables(outputs, batch_id)
    for table, frame in outputs.items():
        yield dg.MaterializeResult(
            asset_key=table, metadata=publication(table, frame, storage.uri(paths[table]))
        )


def _reopen(storage: Storage, outputs: Mapping[str, pd.DataFrame], batch_id: str) -> None:
    """Turns that change take from their batch what makes it count as finished.

    Killed in between, it would else show new turns beside segments of the old ones.
    """
    for table in {"turns", "redacted_turns"} & outputs.keys():
        path = storage.table_path(table, batch_id)
        content = parquet_bytes(to_arrow(TABLES[table], outputs[table]))
        if storage.exists(path) and storage.read_bytes(path) != content:
            storage.delete(storage.table_path("segment_embeddings", batch_id))


def audit(suites: Expectations, table: str, frame: pd.DataFrame) -> list[dg.AssetCheckResult]:
    """The two checks of the table's suite on a frame that is not published yet."""
    contract, usual = suite_checks(table)
    try:
        to_arrow(TABLES[table], frame)
    except PipelineError as error:  # wrong columns or types: a suite would only stumble over them
        return [_outcome(contract, [Broken(str(error), "critical", len(frame), ())])]
    broken = suites.broken(table, frame)
    return [
        _outcome(contract, [b for b in broken if b.severity == "critical"]),
        _outcome(usual, [b for b in broken if b.severity == "warning"]),
    ]


def check_result(check: Check, ids: Sequence[str]) -> dg.AssetCheckResult:
    """The outcome of a check whose breaking ids are known."""
    severity = "critical" if check.blocking else "warning"
    return _outcome(
        check, [Broken(check.name, severity, len(ids), tuple(ids), check.meaning)] if ids else []
    )


def refuse_if_broken(results: Sequence[dg.AssetCheckResult]) -> None:
    """Stop the stage, without a retry, when a blocking check failed."""
    untrue = sorted(
        f"{result.asset_key.to_user_string()}.{result.check_name}"
        for result in results
        if result.asset_key and not result.passed and result.severity == dg.AssetCheckSeverity.ERROR
    )
    if untrue:
        raise dg.Failure(
            f"Nothing was published, for this is not true: {', '.join(untrue)}. The run's checks "
            "name the rows; mend the cause and run it again.",
            allow_retries=False,
        )


def publication(table: str, frame: pd.DataFrame, uri: str) -> dict[str, dg.MetadataValue]:
    """What Dagster shows of a published table: where, how much, and a look unless restricted."""
    rows = "dagster/partition_row_count" if TABLES[table].per_batch else "dagster/row_count"
    shown: dict[str, dg.MetadataValue] = {
        "dagster/uri": dg.MetadataValue.url(uri),
        rows: dg.MetadataValue.int(len(frame)),
    }
    if "conversation_id" in frame:
        shown["conversations"] = dg.MetadataValue.int(len(set(frame["conversation_id"])))
    if TABLES[table].zone != "restricted":
        shown["preview"] = dg.MetadataValue.md(preview(table, frame))
    return shown


def _of_batch(
    context: dg.AssetExecutionContext, result: dg.AssetCheckResult
) -> dg.AssetCheckResult:
    """The result with its batch, which Dagster 1.13 does not show with a check of its own."""
    if not context.has_partition_key:
        return result
    return result.with_metadata({**result.metadata, "batch": context.partition_key})


def _in_plain_english(table: str, severity: str) -> str:
    rules = [rule for rule in read_suite(table)["expectations"] if rule["severity"] == severity]
    return "\n".join(
        f"- **{rule_name(rule['type'], rule['kwargs'])}**: {rule['notes']}" for rule in rules
    )


def _outcome(check: Check, broken: Sequence[Broken]) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {
        "broken rules": dg.MetadataValue.int(len(broken)),
        "rows concerned": dg.MetadataValue.int(sum(b.n_rows for b in broken)),
    }
    if broken:
        metadata["what does not hold"] = dg.MetadataValue.table([_record(b) for b in broken])
    return dg.AssetCheckResult(
        passed=not broken,
        asset_key=check.table,
        check_name=check.name,
        severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _record(broken: Broken) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "rule": broken.expectation,
            "rows": broken.n_rows,
            "ids": ", ".join(broken.ids[:MOST_IDS]),
            "ids not shown": max(0, len(broken.ids) - MOST_IDS),
            "why it matters": broken.why,
        }
    )
