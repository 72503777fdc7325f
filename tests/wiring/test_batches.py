"""One stage of a batch at a time, on tables put there: what it refuses and what it leaves alone."""

from pathlib import Path

import dagster as dg
import pytest

from pipeline.assets.validation import cut
from pipeline.checks.gate import publish
from pipeline.partitions import intake_batches
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from tests.fakes import BagOfWordsEncoder, example

BATCH = "b000001"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(root=str(tmp_path / "data"))
    storage.prepare()
    return storage


def materialize(stage: dg.AssetsDefinition, storage: Storage) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(str(intake_batches.name), [BATCH])
        return dg.materialize(
            [stage],
            instance=instance,
            partition_key=BATCH,
            resources={
                "storage": storage,
                "programme": Programme(),
                "encoder": BagOfWordsEncoder(),
                "expectations": Expectations(),
            },
            raise_on_error=False,
        )


def test_consent_that_lapses_under_way_fails_the_run_instead_of_losing_the_conversation(
    storage: Storage,
) -> None:
    turns = example("redacted_turns")
    storage.write_table("redacted_turns", turns, BATCH)
    known = example("consent").assign(conversation_id=turns["conversation_id"], withdrawn_on=None)
    storage.write_table("consent", known.assign(expires_on=None).iloc[1:])
    result = materialize(cut, storage)
    assert not result.success
    assert storage.batches("segments") == []
    (failure,) = (event for event in result.all_events if event.is_step_failure)
    error = failure.step_failure_data.error
    assert error
    assert "lapsed" in error.to_string()


@pytest.mark.parametrize("is_same", [True, False], ids=["same turns", "other turns"])
def test_turns_that_change_reopen_their_batch_before_they_are_there(
    storage: Storage, is_same: bool
) -> None:
    turns = example("redacted_turns")
    storage.write_table("redacted_turns", turns, BATCH)
    storage.write_table("segment_embeddings", example("segment_embeddings"), BATCH)
    outputs = {"redacted_turns": turns if is_same else turns.assign(text="Another.")}

    @dg.asset(name="redacted_turns", partitions_def=intake_batches)
    def republish(context: dg.AssetExecutionContext) -> None:
        list(publish(context, storage, Expectations(), outputs))

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(str(intake_batches.name), [BATCH])
        assert dg.materialize([republish], instance=instance, partition_key=BATCH).success
    assert (storage.batches("segment_embeddings") == [BATCH]) is is_same
