"""What happened outside: transcripts arrived, the register changed, a run failed."""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipeline.domain.governance.register import read_register
from pipeline.errors import PipelineError
from pipeline.headless import end_dead_runs
from pipeline.jobs import admit_batch, refresh_register
from pipeline.partitions import intake_batches
from pipeline.receiving import receive, to_run, world
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage, sha256

MOST_ATTEMPTS = 3
"""A batch that crashed this often waits for a person; one refused by a gate is not tried again."""


@dg.sensor(
    job=admit_batch,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Files in landing that stood still over two looks become an intake batch.",
)
def transcript_arrived(
    context: dg.SensorEvaluationContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
) -> dg.SensorResult | dg.SkipReason:
    """Ask for one run per batch that is new, or whose last run ended without a result.

    The cursor holds no file names: fingerprints of unsettled files by reference, and a digest of
    the world when nothing was left to do, so that most looks read no manifest at all.
    """
    storage.prepare()
    end_dead_runs(context.instance)
    cursor: dict[str, Any] = json.loads(context.cursor or "{}")
    try:
        look = landing.look()
        register = landing.read_register()
        now = world(storage, look, register)
        if cursor.get("quiet") != now:
            received = receive(
                storage,
                landing,
                read_register(register),
                programme.settings(),
                look,
                cursor.get("seen", {}),
            )
            is_quiet = not received.batch_ids and not received.n_growing
            cursor = {"seen": received.seen, "quiet": now if is_quiet else None}
    except PipelineError as error:
        return dg.SkipReason(str(error))
    requests = list(_run_requests(context.instance, to_run(storage)))
    remembered = json.dumps(cursor, sort_keys=True)
    if not requests:
        return dg.SensorResult(skip_reason="No batch to start", cursor=remembered)
    partitions = [str(request.partition_key) for request in requests]
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[intake_batches.build_add_request(partitions)],
        cursor=remembered,
    )


@dg.sensor(
    job=refresh_register,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A changed register takes effect; the next look lifts what it kept in quarantine.",
)
def register_changed(
    context: dg.SensorEvaluationContext, landing: Landing
) -> dg.SensorResult | dg.SkipReason:
    """Ask for the register to be read, each time that it changes: back to an earlier one too."""
    last: dict[str, Any] = json.loads(context.cursor or '{"change": 0}')
    try:
        content = sha256(landing.read_register())
    except PipelineError as error:
        return dg.SkipReason(str(error))
    if content == last.get("content"):
        return dg.SkipReason("The register is unchanged")
    change = last["change"] + 1
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=f"register:{change}:{content[:12]}")],
        cursor=json.dumps({"change": change, "content": content}),
    )


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Names a failed run in the log, for whatever watches the log.",
)
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """Ids only: an error's own words stay in the run."""
    run = context.dagster_run
    batch_id = run.tags.get("dagster/partition", "none")
    context.log.error("run %s of job %s failed, batch %s", run.run_id, run.job_name, batch_id)


def _run_requests(instance: dg.DagsterInstance, batch_ids: list[str]) -> Iterator[dg.RunRequest]:
    """One request per batch without a run under way; the attempt is part of the run key."""
    for batch_id in batch_ids:
        runs = instance.get_runs(
            dg.RunsFilter(job_name=admit_batch.name, tags={"dagster/partition": batch_id})
        )
        if len(runs) < MOST_ATTEMPTS and all(run.is_finished for run in runs):
            yield dg.RunRequest(run_key=f"{batch_id}:{len(runs) + 1}", partition_key=batch_id)


sensors = [transcript_arrived, register_changed, run_failed]
