"""When the corpus as a whole is worked through again."""

import dagster as dg

from pipeline.jobs import nightly

nightly_rebuild = dg.ScheduleDefinition(
    name="nightly_rebuild",
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Themes, stories and releases over all conversations, every night at two.",
)

schedules = [nightly_rebuild]
