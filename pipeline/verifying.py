"""`conversations verify`: a release folder held against the data root that it lies in."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipeline.domain.release.building import PACKAGE
from pipeline.domain.release.verification import data_root, verify_files
from pipeline.errors import PipelineError
from pipeline.releasing import terms_for
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


def verify_folder(folder: Path) -> list[str]:
    """Problems of a release folder; none: every promise is kept today.

    Raises
    ------
    UsageError
        If the folder is no release in a data root.
    """
    storage = Storage(root=str(data_root(folder)))
    today = datetime.now(UTC).date()
    programme = _programme(folder)
    return verify_files(folder, storage, today, partial(terms_for, programme))


def _programme(folder: Path) -> Programme:
    """The programme the release says it is of; of a damaged one, the default."""
    try:
        programme = Programme(name=json.loads((folder / PACKAGE).read_bytes())["programme"])
        programme.settings()
    except (OSError, ValueError, KeyError, TypeError, PipelineError):
        return Programme()
    return programme
