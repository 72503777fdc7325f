"""The code location: assets, jobs, sensors and schedules plugged together; nothing is defined here.

Where data root, landing folder, register and programme are: see `pipeline.places`.
"""

import dagster as dg

from pipeline.assets import (
    approvals,
    codesign,
    counting,
    embedding,
    exchange,
    governance,
    intake,
    keeping,
    lens,
    redaction,
    release,
    representation,
    stories,
    themes,
    validation,
)
from pipeline.assets.spec import table_spec
from pipeline.jobs import jobs
from pipeline.places import places
from pipeline.plugging import resources
from pipeline.schedules import schedules
from pipeline.sensors import sensors

MODULES = (
    approvals,
    governance,
    keeping,
    intake,
    redaction,
    validation,
    embedding,
    themes,
    lens,
    counting,
    stories,
    representation,
    codesign,
    exchange,
)

defs = dg.Definitions(
    assets=[
        *dg.load_assets_from_modules(MODULES),
        *release.releases,
        table_spec("uses"),  # written when a release is published
    ],
    jobs=jobs,
    sensors=sensors,
    schedules=schedules,
    resources=resources(places()),
    executor=dg.in_process_executor,  # one process per run: models are loaded once, not per step
)
