"""Erasing conversations from data root, landing and register: see `domain.governance.erasure`."""

from collections.abc import Iterable

from pipeline.domain.governance.erasure import Certificate, erase
from pipeline.domain.governance.keys import ensure_key
from pipeline.receiving import today
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage


def erase_from(
    storage: Storage, landing: Landing, conversation_ids: Iterable[str]
) -> list[Certificate]:
    """Erase and certify; run again, it finishes what a killed one began."""
    return erase(
        storage,
        Storage(root=landing.folder),
        landing.register_path(),
        conversation_ids,
        key=ensure_key(storage, landing.read_register()),
        today=today(),
    )
