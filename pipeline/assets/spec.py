"""How Dagster shows a table: one place, so that every asset reads alike."""

from collections.abc import Sequence, Set
from datetime import timedelta

import dagster as dg

from pipeline.domain.release.policy import COLUMNS, PASSED_ON, SCHEMA_VERSION, slug
from pipeline.partitions import intake_batches
from pipeline.resources.expectations import read_suite
from pipeline.tables import TABLES, Table

NIGHTLY = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=5), timezone="Europe/London"
)
"""The run of 02:00 is done by six in the morning. Batches have none: nobody may have come."""

WEEKLY = dg.FreshnessPolicy.cron(
    deadline_cron="0 9 * * 0", lower_bound_delta=timedelta(hours=5), timezone="Europe/London"
)
"""The look without last night is done by nine on Sunday morning."""

RELEASE = """What the audience *{audience}* may have, from people with current consent for it.

Tables, `datapackage.json` and a data dictionary in one folder, named by the hash of its content;
`latest` points to the newest. Ids are pseudonyms that differ between audiences. Every quote is
proven again before anything is published, and `conversations verify` proves it at any later time.
"""


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


def release_asset(audience: str) -> str:
    """The asset of an audience's releases."""
    return f"release_{slug(audience).replace('-', '_')}"


def release_spec(audience: str) -> dg.AssetSpec:
    """The asset of an audience's releases: a folder of tables that explain themselves."""
    return dg.AssetSpec(
        release_asset(audience),
        # The rest is upstream.
        deps=sorted({"consent", "quotes", "stories", "story_sets", *PASSED_ON}),
        description=RELEASE.format(audience=audience),
        group_name="release",
        owners=["team:information-governance"],
        kinds={"parquet"},
        tags={"zone": "releases", "audience": slug(audience)},
        metadata={
            "folder": dg.MetadataValue.path(f"releases/{slug(audience)}/latest"),
            "tables": dg.MetadataValue.text(", ".join(COLUMNS[audience])),
            "policy": dg.MetadataValue.path("docs/release.md"),
        },
        freshness_policy=NIGHTLY,
        code_version=SCHEMA_VERSION,
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
