"""How Dagster shows a table: one place, so that every asset reads alike."""

from collections.abc import Sequence, Set

import dagster as dg

from pipeline.partitions import intake_batches
from pipeline.resources.expectations import read_suite
from pipeline.tables import TABLES, Table


def table_spec(
    name: str,
    *,
    deps: Sequence[str] = (),
    kinds: Set[str] = frozenset(),
    freshness_policy: dg.FreshnessPolicy | None = None,
    code_version: str = "1",
) -> dg.AssetSpec:
    """The asset of a table: group, owner, description, column schema and links."""
    table, suite = TABLES[name], read_suite(name)
    return dg.AssetSpec(
        name,
        deps=deps,
        description=f"{table.meaning}\n\n{suite['notes']}",
        group_name=table.stage,
        owners=[f"team:{suite['meta']['owner'].replace(' ', '-')}"],
        kinds={"parquet", *kinds},
        tags={"zone": table.zone},
        metadata=_definition(table),
        partitions_def=intake_batches if table.per_batch else None,
        freshness_policy=freshness_policy,
        code_version=code_version,
    )


def column_schema(table: Table) -> dg.TableSchema:
    """The table's columns as Dagster shows them, with their meaning."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                type=str(column.type),
                description=column.meaning,
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable,
                    unique=table.key == (column.name,),
                    other=[f"one of: {', '.join(column.allowed)}"] if column.allowed else [],
                ),
            )
            for column in table.columns
        ]
    )


def _definition(table: Table) -> dict[str, dg.MetadataValue]:
    return {
        "dagster/column_schema": dg.MetadataValue.table_schema(column_schema(table)),
        "key": dg.MetadataValue.text(", ".join(table.key)),
        "suite": dg.MetadataValue.path(f"expectations/{table.name}.json"),
        "data dictionary": dg.MetadataValue.path(f"docs/data-dictionary.md#{table.name}"),
    }
