"""The exchange files of a release, made of its tables alone."""

from pipeline.domain.exchange.refi import CODEBOOK, PROJECT, codebook, project
from pipeline.domain.exchange.views import VIEWS, views
from pipeline.domain.release.leaving import Leaving


def exchanged(leaving: Leaving) -> dict[str, bytes]:
    """The project, the codebook and the views, by name."""
    return {PROJECT: project(leaving), CODEBOOK: codebook(leaving), VIEWS: views(leaving)}
