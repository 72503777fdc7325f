"""A night killed while it publishes themes, and run again, ends as one that was left alone."""

from pathlib import Path

import pytest

from pipeline.domain.themes.fitting import PreviousThemes, ThemeTables, fit
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from tests.domain.themes.conftest import Tables, corpus
from tests.killing import killed_at_each_touch

pytestmark = pytest.mark.slow

SETTINGS = Settings(min_theme_segments=5)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(root=str(tmp_path / "data"))
    storage.prepare()
    return storage


def night(storage: Storage, spoken: Tables) -> ThemeTables:
    before = PreviousThemes(*(storage.read_table(table) for table in PreviousThemes._fields))
    return fit(spoken.segments, spoken.embeddings, before, SETTINGS)


def contents(storage: Storage) -> dict[str, bytes]:
    paths = (storage.table_path(table) for table in ThemeTables._fields)
    return {path: storage.read_bytes(path) for path in paths if storage.exists(path)}


def test_wherever_a_night_is_killed_the_next_one_makes_the_same_themes(storage: Storage) -> None:
    everybody = corpus(24, ["boats", "bread", "birds"])
    storage.write_tables(night(storage, everybody.of(range(18)))._asdict())
    yesterday = contents(storage)
    tables = night(storage, everybody)
    ends = set()
    seen: set[tuple[bytes, ...]] = set()
    for _ in killed_at_each_touch(
        Path(storage.root), lambda: storage.write_tables(tables._asdict())
    ):
        storage.prepare()
        found = tuple(contents(storage).values())
        if found not in seen:  # the same tables again give the same themes
            seen.add(found)
            storage.write_tables(night(storage, everybody)._asdict())
            ends.add(tuple(contents(storage).values()))
        for path, content in yesterday.items():
            storage.write_bytes(path, content)
    assert len(seen) == 2
    storage.write_tables(tables._asdict())
    assert ends == {tuple(contents(storage).values())}
    assert not tables.themes.empty
