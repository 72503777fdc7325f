"""The code location: loads fast, without a model, and says of each asset what engineers ask."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipeline.assets.spec import release_asset
from pipeline.definitions import defs
from pipeline.places import Places
from pipeline.plugging import resources
from pipeline.tables import AUDIENCES, TABLES

ROOT = Path(__file__).parents[2]
SLOW_LIBRARIES = (
    "torch", "spacy", "presidio_analyzer", "sentence_transformers", "great_expectations",
    "transformers", "distributed", "lingua", "onnxruntime", "scipy", "sklearn", "hdbscan",
)  # fmt: skip
GRAPH = defs.resolve_asset_graph()
SPECS = {
    spec.key.to_user_string(): spec
    for spec in sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)
}


def test_loading_takes_no_slow_library_and_at_most_thrice_what_dagster_and_pandas_take() -> None:
    """Against a baseline at the same hour, since a slow or a busy machine is no fault of ours."""
    loaded, ours, baseline = [], [], []
    for _ in range(2):
        baseline.append(_started("dagster, pandas, pyarrow")[1])
        modules, seconds = _started("pipeline.definitions")
        loaded = [library for library in SLOW_LIBRARIES if library in modules]
        ours.append(seconds)
    assert loaded == []
    assert min(ours) <= 3 * min(baseline)


def _started(imported: str) -> tuple[list[str], float]:
    """The modules and the seconds of the processor of a fresh Python that imports these."""
    said = "print(json.dumps([[*sys.modules], time.process_time()]))"
    code = f"import json, sys, time, {imported}; {said}"
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    modules, seconds = json.loads(done.stdout)
    return modules, seconds


@pytest.mark.slow
def test_dagster_finds_nothing_to_say_about_the_definitions(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"]
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"DAGSTER_HOME": str(tmp_path)},
    )
    said = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 0, said
    # Dagster would like to be asked by another tool, which comes in another package.
    assert not [line for line in said if "Warning" in line and "SupersessionWarning" not in line]


def test_each_table_is_an_asset_and_each_audience_has_its_releases() -> None:
    assert set(SPECS) == {*TABLES, *map(release_asset, AUDIENCES)}


def test_groups_are_the_stages() -> None:
    groups = {name: spec.group_name for name, spec in SPECS.items() if name in TABLES}
    assert groups == {name: TABLES[name].stage for name in groups}


@pytest.mark.parametrize("name", SPECS)
def test_an_asset_says_what_it_is_whose_and_of_which_kind(name: str) -> None:
    spec = SPECS[name]
    assert len(spec.description or "") > 60
    assert spec.owners
    assert "parquet" in spec.kinds
    assert spec.tags["zone"]
    assert spec.code_version


@pytest.mark.parametrize("name", [name for name in SPECS if name in TABLES])
def test_an_asset_describes_each_of_its_columns(name: str) -> None:
    schema: dg.TableSchema = SPECS[name].metadata["dagster/column_schema"].value
    assert [column.name for column in schema.columns] == [c.name for c in TABLES[name].columns]
    assert all(column.description for column in schema.columns)


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"erasures", "uses"}))
def test_every_asset_is_guarded_by_a_blocking_check(name: str) -> None:
    keys = [key for key in GRAPH.asset_check_keys if key.asset_key.to_user_string() == name]
    checks = [GRAPH.get_check_spec(key) for key in keys]
    assert any(check.blocking for check in checks)
    assert all(check.description for check in checks)


def test_what_the_night_makes_is_expected_by_morning_and_batches_are_not() -> None:
    timed = {name for name, spec in SPECS.items() if spec.freshness_policy}
    nightly = ("themes", "stories", "exchange", "release")
    made = {name for name, spec in SPECS.items() if spec.group_name in nightly}
    assert timed == made - {"placements"} | {
        "representation", "representation_summary", "interviewers", "inequalities",
        "pipeline_equity", "retention",
    }  # fmt: skip


def test_jobs_sensors_and_the_schedule_are_plugged_in() -> None:
    repository = defs.get_repository_def()
    assert {"admit_batch", "nightly"} <= {job.name for job in repository.get_all_jobs()}
    assert {"transcript_arrived", "register_changed", "run_failed"} <= {
        sensor.name for sensor in repository.sensor_defs
    }
    assert {s.cron_schedule for s in repository.schedule_defs} == {"0 2 * * *", "0 5 * * 0"}


def test_heavy_stages_take_turns() -> None:
    heavy = ("redacted_turns", "segments", "lens_scores", "quotes", "themes", "release_public")
    pools = {name: defs.resolve_assets_def(name).op.pool for name in heavy}
    assert pools["redacted_turns"] == pools["segments"] == pools["lens_scores"] == "models"
    assert pools["themes"] == pools["quotes"] == pools["release_public"] == "corpus"


def test_the_scheduler_of_a_cluster_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = Places("data", "landing", "", "100-conversations")
    assert resources(where)["compute"].address == ""
    monkeypatch.setenv("CONVERSATIONS_SCHEDULER", "tcp://cluster.example:8786")
    assert resources(where)["compute"].address == "tcp://cluster.example:8786"
