"""Who is heard, as assets: tables of nobody, and of whoever is there, keep their contract."""

from pathlib import Path

import dagster as dg
import pytest

from pipeline.assets.representation import represent_people, weigh_equity
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage

TABLES = (
    "representation", "representation_summary", "interviewers", "inequalities", "pipeline_equity",
)  # fmt: skip
REGISTER = b"conversation_id,participant_id,consent_audience\nC001,P001,public\n"


@pytest.fixture
def night(tmp_path: Path) -> dict[str, dg.ConfigurableResource]:
    """The resources of a night on a data root in which nothing is."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "register.csv").write_bytes(REGISTER)
    return {
        "storage": Storage(root=str(tmp_path / "data")),
        "landing": Landing(
            folder=str(tmp_path / "landing"), register_file=str(tmp_path / "register.csv")
        ),
        "programme": Programme(),
        "expectations": Expectations(),
    }


@pytest.mark.slow
def test_before_anybody_is_heard_every_table_is_there_and_tells_of_nobody(
    night: dict[str, dg.ConfigurableResource],
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([represent_people, weigh_equity], resources=night, instance=instance)
    assert done.success
    storage = night["storage"]
    told = {name: storage.read_table(name) for name in TABLES}
    assert all(storage.exists(storage.table_path(name)) for name in TABLES)
    assert told["representation"]["n_people"].isna().all()
    assert set(told["representation"]["verdict"]) == {"hidden"}
    assert told["pipeline_equity"]["value"].isna().all()
    assert not len(told["interviewers"])
    assert not len(told["inequalities"])
