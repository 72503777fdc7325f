"""`conversations` with quick stand-ins for what is slow, for tests that start many processes."""

import dagster as dg

from pipeline import plugging, running
from pipeline.cli import main
from pipeline.places import Places
from tests.fakes import (
    BagOfWordsEncoder,
    ContentExpectations,
    FewCanaries,
    SilentAuditor,
    WordListDetector,
)


def with_stand_ins(where: Places, *, progress: bool = False) -> dict[str, dg.ConfigurableResource]:
    """The resources of a run; those that would load a model or suites are quick."""
    quick = {
        "detector": WordListDetector(names=["Person1"]),
        "auditor": SilentAuditor(),
        "programme": FewCanaries(),
        "encoder": BagOfWordsEncoder(),
        "expectations": ContentExpectations(),
    }
    return plugging.resources(where, progress=progress) | quick


if __name__ == "__main__":
    running.resources = with_stand_ins
    main()
