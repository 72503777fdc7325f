"""Views for DuckDB: they open on the files themselves, and say what they are."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipeline.domain.exchange.files import exchanged
from pipeline.domain.exchange.views import views
from pipeline.domain.release.leaving import Leaving

TEAM_ONLY = {"themes_by_people", "disagreements_to_discuss"}


def with_agreement(leaving: Leaving) -> Leaving:
    differing = {
        "coder": "coder 1", "segment_id": "segment-5", "conversation_id": "conversation-5",
        "machine_theme_ids": [], "coder_theme_ids": ["T2"], "own_codes": [], "distance": 1.0,
    }  # fmt: skip
    voice = {"theme_id": "T1", "voice": "improve", "share_of_people": 0.5}
    more = {"coder_disagreements": [differing], "theme_prevalence": [voice]}
    frames = {name: pd.DataFrame(rows) for name, rows in more.items()}
    return leaving._replace(tables={**leaving.tables, **frames})


@pytest.fixture
def opened(
    leaving: Leaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in the folder of a release, the script run."""
    own = with_agreement(leaving)
    for name, table in own.tables.items():
        table.to_parquet(tmp_path / f"{name}.parquet")
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as database:
        database.execute(views(own).decode())
        yield database


def names_of(database: duckdb.DuckDBPyConnection) -> set[str]:
    found = database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    return {name for (name,) in found}


def test_each_table_and_each_joined_view_opens(
    opened: duckdb.DuckDBPyConnection, leaving: Leaving
) -> None:
    names = names_of(opened)
    assert names >= {*leaving.tables, *TEAM_ONLY, "quotes_with_themes", "sets_with_stories"}
    for name in names:
        assert opened.execute(f'SELECT * FROM "{name}"').fetchall(), name  # noqa: S608 -- ours


def test_views_and_columns_say_what_they_are(opened: duckdb.DuckDBPyConnection) -> None:
    silent = "SELECT count(*) FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
    assert opened.execute(silent).fetchall() == [(0,)]
    said = (
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'quotes' AND column_name = 'text'"
    )
    assert "exactly" in opened.execute(said).fetchall()[0][0]


def test_joined_views_hold_what_belongs_together(opened: duckdb.DuckDBPyConnection) -> None:
    by_people = opened.execute("SELECT theme_id, participant_id FROM themes_by_people").fetchall()
    assert ("T2", "person-1") in by_people
    assert len(by_people) == 5
    (row,) = opened.execute(
        "SELECT machine_says, coder_says FROM disagreements_to_discuss"
    ).fetchall()
    assert not row[0]
    assert row[1] == ["garden and hall"]


def test_views_that_need_what_did_not_leave_are_left_out(public: Leaving) -> None:
    script = views(public).decode()
    assert "quotes_with_themes" in script
    assert not [name for name in TEAM_ONLY if name in script]


def test_a_hostile_title_stays_a_comment(leaving: Leaving) -> None:
    title = "Fens\nDROP VIEW quotes; --"
    lines = views(leaving._replace(title=title)).decode().splitlines()
    assert not [line for line in lines if line.startswith("DROP")]


def test_tables_in_any_order_give_the_same_files(leaving: Leaving) -> None:
    turned = leaving._replace(tables=dict(reversed(leaving.tables.items())))
    assert exchanged(turned) == exchanged(leaving)
