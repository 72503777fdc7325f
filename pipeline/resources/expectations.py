"""The suites of `expectations/`, run by Great Expectations: which rows break a rule, not how."""

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import dagster as dg
import pandas as pd

from pipeline.tables import TABLES

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

SUITES = Path(__file__).parents[2] / "expectations"
NOT_AN_ID = frozenset({"name"})
"""Key columns that hold what somebody is called, so that they cannot point at a row in public."""

Severity = Literal["critical", "warning"]


class Broken(NamedTuple):
    """An expectation that does not hold: how many rows, and which."""

    expectation: str
    severity: Severity
    n_rows: int
    ids: tuple[str, ...]
    why: str = ""


class Expectations(dg.ConfigurableResource):
    """Great Expectations behind our own types; loads the library at its first use."""

    def broken(self, table: str, frame: pd.DataFrame) -> list[Broken]:
        """The expectations of the table's suite that the frame breaks."""
        ids = id_columns(table)
        batch = _whole_frame().get_batch(batch_parameters={"dataframe": frame})
        validation = batch.validate(
            _suite(table),
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": list(ids),
                "exclude_unexpected_values": True,  # otherwise results quote what was said
            },
        )
        found = [
            _broken(result.to_json_dict(), ids)
            for result in validation.results
            if not result.success
        ]
        return sorted(found)


def id_columns(table: str) -> tuple[str, ...]:
    """The key columns that may be shown to whoever may see a run."""
    return tuple(column for column in TABLES[table].key if column not in NOT_AN_ID)


def rule_name(expectation: str, kwargs: Mapping[str, Any]) -> str:
    """The expectation and its columns, without the values it compares with."""
    columns = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    rule = re.sub(
        "^expect_(compound_columns|column_(pair_)?values?|column|table)_", "", expectation
    )
    words = [word for word in rule.split("_") if word not in ("to", "be")]
    return " ".join([*columns, *words])


def _broken(result: dict[str, Any], ids: tuple[str, ...]) -> Broken:
    config, found = result["expectation_config"], result["result"]
    rows: list[dict[str, list[Any]]] = found.get("unexpected_index_list") or []
    keys = [key for row in rows for key in zip(*(row[column] for column in ids), strict=True)]
    return Broken(
        expectation=rule_name(config["type"], config["kwargs"]),
        severity=config["severity"],
        n_rows=found.get("unexpected_count", 0),
        ids=tuple(sorted("/".join(map(str, key)) for key in keys)),
        why=config["notes"],
    )


@cache
def read_suite(table: str) -> dict[str, Any]:
    """The table's suite as it stands in its file."""
    return json.loads((SUITES / f"{table}.json").read_text(encoding="utf-8"))


@cache
def _suite(table: str) -> "ExpectationSuite":
    from great_expectations import ExpectationSuite

    return ExpectationSuite(**read_suite(table))


@cache
def _context() -> "EphemeralDataContext":
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import: nothing may leave this machine
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


@cache
def _whole_frame() -> "BatchDefinition[Any]":
    source = _context().data_sources.add_pandas("audit")
    return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("whole")
