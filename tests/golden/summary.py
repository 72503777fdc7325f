"""The demo run in numbers, for comparison with the numbers committed in `demo.json`."""

from pathlib import Path

import pandas as pd

from pipeline.resources.storage import Storage
from pipeline.tables import TABLES

COMMITTED = Path(__file__).parent / "demo.json"


def summary(data: Path) -> dict[str, dict[str, int]]:
    """Rows of every table, quarantine by reason, redactions by type, rows of every release."""
    storage = Storage(root=str(data))
    rows = {name: len(_whole(storage, name)) for name in TABLES}
    releases = {
        f"{path.parts[-3]}/{path.stem}": len(pd.read_parquet(path))
        for path in sorted((data / "releases").glob("*/latest/*.parquet"))
    }
    return {
        "rows": rows,
        "quarantine": _counts(_whole(storage, "quarantine")["reason"]),
        "roles": _counts(_whole(storage, "turns")["role"]),
        "redactions": _counts(_whole(storage, "redactions")["entity_type"]),
        "releases": releases,
    }


def _whole(storage: Storage, name: str) -> pd.DataFrame:
    if not TABLES[name].per_batch:
        return storage.read_table(name)
    parts = [storage.read_table(name, batch_id) for batch_id in storage.batches(name)]
    return pd.concat(parts) if parts else storage.read_live(name)


def _counts(column: pd.Series) -> dict[str, int]:
    return {str(value): int(n) for value, n in column.value_counts().sort_index().items()}
