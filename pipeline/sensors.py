"""What happened outside: transcripts arrived, the register changed, a run failed."""

import json
import time
from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipeline.boundary import errors_quote_nobody
from pipeline.domain.governance.erasure import unfinished
from pipeline.domain.governance.register import read_register
from pipeline.errors import RegisterError, UsageError
from pipeline.headless import end_dead_runs
from pipeline.jobs import admit_batch, nightly, refresh_register
from pipeline.keeping import owed_now
from pipeline.partitions import intake_batches
from pipeline.receiving import receive, stopped, to_run, world
from pipeline.resources.landing import (
    ACTIONS,
    APPROVALS,
    DECISIONS,
    THEME_DECISIONS,
    Landing,
)
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage, sha256

BAD_INPUT = (UsageError, RegisterError)
WATCHED = (DECISIONS, THEME_DECISIONS, APPROVALS, ACTIONS)
LONGEST_WAIT_S = 3600
"""Between attempts at a batch that crashes; one refused by a gate is not tried again."""


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
    cursor: dict[str, Any] = json.loads(context.cursor or "{}")
    try:
        with errors_quote_nobody():
            storage.prepare()
            end_dead_runs(context.instance)
            cursor = _look(storage, landing, programme, cursor)
            requests, waiting = due(context.instance, to_run(storage), time.time())
    except BAD_INPUT as error:
        return dg.SkipReason(str(error))
    remembered = json.dumps(cursor, sort_keys=True)
    if not requests:
        return dg.SensorResult(skip_reason=_why_none(storage, waiting), cursor=remembered)
    partitions = [str(request.partition_key) for request in requests]
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[intake_batches.build_add_request(partitions)],
        cursor=remembered,
    )


@dg.sensor(
    jobs=[refresh_register, nightly],
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A changed register, or file of decisions, sign-offs or actions, takes effect; the "
    "next look takes in what it kept in quarantine, and what is to be redacted anew. Themes follow "
    "at night.",
)
def register_changed(
    context: dg.SensorEvaluationContext,
    storage: Storage,
    landing: Landing,
    programme: Programme,
) -> dg.SensorResult | dg.SkipReason:
    """Ask for all to be read, each time that one changes: back to an earlier one too.

    Where somebody is to be erased the whole night is asked for, since releases that held them are
    gone until new ones are built; and again, at growing intervals, until nothing of them is left.
    """
    last: dict[str, Any] = json.loads(context.cursor or '{"change": 0}')
    try:
        with errors_quote_nobody():
            decided = [landing.readable_decisions(name) for name in WATCHED]
            content = sha256(b"".join([landing.read_register(), *decided]))
            is_new = content != last.get("content")
            is_looked_at = is_new or last.get("owed") or unfinished(storage)
            owed = owed_now(storage, landing, programme.settings()) if is_looked_at else None
    except BAD_INPUT as error:
        return dg.SkipReason(str(error))
    is_owed = bool(owed and owed.conversation_ids)
    if not is_new and not (is_owed and _is_time_again(last, time.time())):
        return dg.SkipReason("The register is unchanged")
    tries = 1 if is_new else last.get("tries", 0) + 1
    change = last["change"] + is_new
    request = dg.RunRequest(
        run_key=f"register:{change}:{content[:12]}" + (f":{tries}" if tries > 1 else ""),
        job_name=(nightly if is_owed else refresh_register).name,
    )
    cursor = {"change": change, "content": content}
    if is_owed:
        cursor |= {"owed": True, "tries": tries, "tried_at": time.time()}
    return dg.SensorResult(run_requests=[request], cursor=json.dumps(cursor))


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Names a failed run in the log, for whatever watches the log.",
)
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """Ids only: an error's own words stay in the run."""
    run = context.dagster_run
    batch_id = run.tags.get("dagster/partition", "none")
    context.log.error("run %s of job %s failed, batch %s", run.run_id, run.job_name, batch_id)


def _is_time_again(last: Mapping[str, Any], now: float) -> bool:
    """Whether an erasure that did not end is to be tried again: after two minutes, four ..."""
    return now >= last.get("tried_at", 0) + min(60 * 2 ** last.get("tries", 0), LONGEST_WAIT_S)


def due(
    instance: dg.DagsterInstance, batch_ids: list[str], now: float
) -> tuple[list[dg.RunRequest], list[str]]:
    """One request per batch whose turn it is, and the batches that wait after a failed run.

    A batch without a run under way is asked for at once, then after two minutes, four, eight ... up
    to an hour: whatever broke may be mended meanwhile. The attempt is part of the run key.
    """
    requests: list[dg.RunRequest] = []
    waiting: list[str] = []
    for batch_id in batch_ids:
        runs = instance.get_run_records(
            dg.RunsFilter(job_name=admit_batch.name, tags={"dagster/partition": batch_id})
        )
        if not all(record.dagster_run.is_finished for record in runs):
            continue
        ended = max((_ended(record) for record in runs), default=0.0)
        if now < ended + min(60 * 2 ** len(runs), LONGEST_WAIT_S):
            waiting.append(batch_id)
            continue
        run_key = f"{batch_id}:{len(runs) + 1}"
        requests.append(dg.RunRequest(run_key=run_key, partition_key=batch_id))
    return requests, waiting


def _look(
    storage: Storage, landing: Landing, programme: Programme, cursor: dict[str, Any]
) -> dict[str, Any]:
    """Receive what landing holds, unless nothing has changed; the cursor after it."""
    look = landing.look()
    register = landing.read_register()
    now = world(storage, look, register)
    if cursor.get("quiet") == now:
        return cursor
    received = receive(
        storage,
        landing,
        read_register(register),
        programme.settings(),
        look,
        cursor.get("seen", {}),
    )
    is_quiet = not received.batch_ids and not received.n_growing
    return {"seen": received.seen, "quiet": now if is_quiet else None}


def _why_none(storage: Storage, waiting: list[str]) -> str:
    """What a person who looks at the tick has to know: batches that do not go on."""
    parts = ["No batch to start"]
    if waiting:
        parts.append(f"to be tried again after a failed run: {', '.join(waiting)}")
    halted = sorted(stopped(storage))
    if halted:
        parts.append(f"stopped by a gate: {', '.join(halted)}")
    return "; ".join(parts)


def _ended(record: dg.RunRecord) -> float:
    return record.end_time or record.update_timestamp.timestamp()


sensors = [transcript_arrived, register_changed, run_failed]
