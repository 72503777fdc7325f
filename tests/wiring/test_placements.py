"""A batch between two nights is placed into the live themes, together with its vectors."""

import pytest

from tests.wiring.staged import Stage, landed

pytestmark = pytest.mark.slow

NEW = "C008"


@pytest.fixture
def stage(next_day: Stage) -> Stage:
    """Seven conversations through a batch and a night, then one more."""
    landed(next_day.base, NEW)
    (batch_id,) = next_day.receive()
    assert next_day.run("admit_batch", batch_id).success
    return next_day


def test_a_new_conversation_is_placed_the_same_day_and_in_its_theme_after_the_night(
    stage: Stage,
) -> None:
    storage = stage.storage
    themes = storage.read_table("themes")
    live = set(themes.loc[themes["status"].eq("live"), "theme_id"])
    assert live
    assert storage.read_table("placements", "b000001").empty
    placed = storage.read_table("placements", "b000002")
    assert {segment_id.partition("/")[0] for segment_id in placed["segment_id"]} == {NEW}
    assert set(placed["theme_id"]) <= live
    assert stage.run("nightly").success
    runs = storage.read_table("theme_runs")
    assert runs["is_promoted"].tolist() == [True, True]
    told = set(storage.read_table("theme_assignments")["segment_id"].str.partition("/")[0])
    assert NEW in told


def test_the_weekly_look_changes_no_theme(stage: Stage) -> None:
    storage = stage.storage
    tables = ("themes", "theme_assignments", "found_themes", "found_assignments", "theme_lineage")
    before = [storage.read_bytes(storage.table_path(table)) for table in tables]
    assert stage.run("weekly").success
    assert [storage.read_bytes(storage.table_path(table)) for table in tables] == before
    assert not storage.read_table("theme_drift").empty
