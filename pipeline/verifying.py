"""`conversations verify`: a release folder held against the data root that it lies in, if any."""

import json
from functools import partial
from pathlib import Path

from pipeline.domain.release.building import MANIFEST, PACKAGE
from pipeline.domain.release.verification import (
    UNPROVEN,
    data_root,
    files_in,
    verify_copy,
    verify_files,
)
from pipeline.errors import PipelineError, UsageError
from pipeline.receiving import today
from pipeline.releasing import terms_for
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


def verify_folder(folder: Path) -> list[str]:
    """Problems of a release folder; none: every promise that can be proven here is kept today.

    Raises
    ------
    UsageError
        If there is no such folder, or nothing in it says that it is a release.
    """
    root = data_root(folder)
    if not any((folder / name).is_file() for name in (PACKAGE, MANIFEST)):
        raise UsageError(f"There is no release in {folder}: neither {PACKAGE} nor {MANIFEST}")
    terms_of = partial(terms_for, _programme(folder))
    if root is None:
        return verify_copy(files_in(folder.resolve()), terms_of)
    return verify_files(folder, Storage(root=str(root)), today(), terms_of)


def not_proven(folder: Path) -> tuple[str, ...]:
    """What could not be looked at, where the folder lies in no data root that may be read."""
    return () if data_root(folder) else UNPROVEN


def _programme(folder: Path) -> Programme:
    """The programme the release says it is of; of a damaged one, the default."""
    try:
        programme = Programme(name=json.loads((folder / PACKAGE).read_bytes())["programme"])
        programme.settings()
    except (OSError, ValueError, KeyError, TypeError, PipelineError):
        return Programme()
    return programme
