"""The resources of a run, from places and the programme's settings."""

import dagster as dg

from pipeline.places import Places, scheduler
from pipeline.resources.auditor import Auditor
from pipeline.resources.compute import Compute
from pipeline.resources.detector import Detector
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Expectations
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


def resources(where: Places, *, progress: bool = False) -> dict[str, dg.ConfigurableResource]:
    """Everything that assets and sensors reach for outside themselves, by the name they use."""
    programme = Programme(name=where.programme)
    settings = programme.settings()
    return {
        "storage": Storage(root=where.data),
        "landing": Landing(folder=where.landing, register_file=where.register),
        "programme": programme,
        "expectations": Expectations(),
        "compute": Compute(address=scheduler(), progress=progress),
        "detector": Detector(score_threshold=settings.detector_score_threshold),
        "auditor": Auditor(),
        "encoder": Encoder(name=settings.encoder, precision=settings.encoder_precision),
    }
