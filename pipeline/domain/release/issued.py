"""What was released: every release's id and the hash of its manifest, kept in the restricted zone.

Whoever may write a release folder can also mend every hash in it. What was released is written
where only the data team can write, for every audience, before anybody can read the release.
"""

import hashlib
from collections.abc import Mapping

from pipeline.domain.governance.store import Store
from pipeline.domain.release.building import MANIFEST, release_id
from pipeline.domain.release.policy import slug

_FOLDER = "restricted/issued"


def note_issued(store: Store, audience: str, files: Mapping[str, bytes]) -> None:
    """Note that these files are a release; it stays noted when the release is taken back."""
    path = _path(audience, release_id(files))
    known = {"manifest": hashlib.sha256(files[MANIFEST]).hexdigest()}
    if not store.exists(path) or store.read_json(path) != known:
        store.write_json(path, known)


def not_issued(store: Store, audience: str, files: Mapping[str, bytes]) -> list[str]:
    """Why these files are no release of this data root; nothing: they are one."""
    path = _path(audience, release_id(files))
    if not store.exists(path):
        return ["no such release was ever made here: its content is not among what was released"]
    digest = hashlib.sha256(files.get(MANIFEST, b"")).hexdigest()
    if store.read_json(path)["manifest"] != digest:
        return [f"{MANIFEST}: not the one of the release that was made here"]
    return []


def _path(audience: str, release: str) -> str:
    return f"{_FOLDER}/{slug(audience)}/{release}.json"
