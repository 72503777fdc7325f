"""Putting a release where its readers find it: whole or not at all, `latest` last."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.domain.governance.store import Store
from pipeline.domain.release.building import MANIFEST, release_id
from pipeline.domain.release.issued import note_issued
from pipeline.domain.release.policy import slug
from pipeline.leftovers import unfinished_prefix

LATEST, LATEST_REMOTE = "latest", "latest.json"


def publish_release(store: Store, audience: str, files: Mapping[str, bytes]) -> str:
    """Publish the files as a folder of their own and point `latest` to it; returns the folder.

    Equal content has the same folder, so that publishing it again changes nothing. Whoever is
    killed on the way leaves the earlier release, and `latest` on it, as they were.
    """
    identity = release_id(files)
    note_issued(store, audience, files)
    folder = f"releases/{slug(audience)}/{identity}"
    if not _holds(store, folder, files):
        (_write_local if store.is_local else _write_remote)(store, folder, files)
    _point_latest(store, audience, identity)
    return folder


def latest_release(store: Store, audience: str) -> str | None:
    """The folder of the newest release for an audience, if there is one."""
    return _latest(store, f"releases/{slug(audience)}")


def unpoint_latest(store: Store, base: str, identity: str) -> None:
    """Take away `latest` of an audience's folder if it points to this release."""
    if _latest(store, base) != f"{base}/{identity}":
        return
    if store.is_local:
        Path(store.path(f"{base}/{LATEST}")).unlink()
    else:
        store.delete(f"{base}/{LATEST_REMOTE}")


def _latest(store: Store, base: str) -> str | None:
    if store.is_local:
        pointer = Path(store.path(f"{base}/{LATEST}"))
        return f"{base}/{pointer.readlink()}" if pointer.is_symlink() else None
    pointer_file = f"{base}/{LATEST_REMOTE}"
    if not store.exists(pointer_file):
        return None
    return f"{base}/{store.read_json(pointer_file)['release_id']}"


def files_of(store: Store, folder: str) -> dict[str, bytes]:
    """Every file of a release by its path in the folder, sub-folders included."""
    paths = store.walk(folder) if store.exists(folder) else ()
    return {path.removeprefix(f"{folder}/"): store.read_bytes(path) for path in sorted(paths)}


def _holds(store: Store, folder: str, files: Mapping[str, bytes]) -> bool:
    return files_of(store, folder) == dict(files)


def _write_local(store: Store, folder: str, files: Mapping[str, bytes]) -> None:
    target = Path(store.path(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=unfinished_prefix()))
    try:
        for name, body in files.items():
            (temporary / name).parent.mkdir(parents=True, exist_ok=True)
            _write_through(temporary / name, body)
        for inside in (temporary, *temporary.rglob("*/")):
            inside.chmod(0o755)
        if target.exists():
            # Its content no longer is what its name says: set aside, it goes with the rest.
            target.rename(temporary.with_name(f"{temporary.name}-replaced"))
        temporary.rename(target)
    finally:
        for leftover in target.parent.glob(f"{temporary.name}*"):
            shutil.rmtree(leftover)


def _write_through(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _write_remote(store: Store, folder: str, files: Mapping[str, bytes]) -> None:
    for name in sorted(files, key=lambda name: name == MANIFEST):
        store.write_bytes(f"{folder}/{name}", files[name])


def _point_latest(store: Store, audience: str, identity: str) -> None:
    base = f"releases/{slug(audience)}"
    if not store.is_local:
        content = json.dumps({"release_id": identity}).encode() + b"\n"
        store.write_bytes(f"{base}/{LATEST_REMOTE}", content)
        return
    pointer = Path(store.path(f"{base}/{LATEST}"))
    if pointer.is_symlink() and str(pointer.readlink()) == identity:
        return
    temporary = pointer.with_name(f"{unfinished_prefix()}{LATEST}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(identity, target_is_directory=True)
    temporary.replace(pointer)
