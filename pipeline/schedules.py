"""When the corpus as a whole is worked through again."""

import dagster as dg

from pipeline.jobs import nightly, weekly

nightly_rebuild = dg.ScheduleDefinition(
    name="nightly_rebuild",
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Themes, stories and releases over all conversations, every night at two.",
)

weekly_look_afresh = dg.ScheduleDefinition(
    name="weekly_look_afresh",
    job=weekly,
    cron_schedule="0 5 * * 0",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Themes found without regard to last night, as a report of drift, every Sunday.",
)

schedules = [nightly_rebuild, weekly_look_afresh]
