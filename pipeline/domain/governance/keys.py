"""The pseudonym key: what turns an identifier into another one that only its holder can compute."""

import hashlib
import hmac

from pipeline.domain.governance.store import Store

KEY_PATH = "restricted/keys/pseudonym.key"
_LABEL = b"listening pipeline, pseudonym key, version 1"
_PSEUDONYM_HEX = 16


def key_from_register(register: bytes) -> bytes:
    """The key of a programme, from its first register: secret to whoever lacks that file."""
    return hmac.digest(_LABEL, hashlib.sha256(register).digest(), "sha256")


def ensure_key(store: Store, register: bytes) -> bytes:
    """The data root's key; made from this register if there is none yet, and then for good."""
    store.create_bytes(KEY_PATH, key_from_register(register))
    return store.read_bytes(KEY_PATH)


def keyed_hash(key: bytes, *parts: str) -> str:
    """Hash of the parts in hexadecimal that cannot be recomputed without the key."""
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()


def pseudonym(key: bytes, audience: str, kind: str, identifier: str) -> str:
    """What an identifier is called in releases to one audience; another audience, another name.

    Two audiences that compare their releases cannot join them by pseudonym.
    """
    return f"{kind}-{keyed_hash(key, 'pseudonym', audience, kind, identifier)[:_PSEUDONYM_HEX]}"
