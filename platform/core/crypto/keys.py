"""The keys between the root and a document.

A wrapped key starts with one byte that names its layout and its wrapper: ROOT for a school's key,
SCHOOL for a document's. Another byte can name a pupil's key later; what is stored today stays readable.
"""

import secrets
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto.errors import KeyUnavailable, Tampered
from core.crypto.root import KEY_BYTES, NONCE_BYTES, root_key

WRAPPED_BY_ROOT = b"\x01"
WRAPPED_BY_SCHOOL = b"\x02"
SCHOOL_PURPOSE = "school-key"


class HasWrappedKey(Protocol):
    """A school, as far as its key is concerned."""

    @property
    def wrapped_key(self) -> bytes | memoryview | None: ...


def new_wrapped_key() -> bytes:
    """A fresh school's key, wrapped by the root key; raises KeyUnavailable."""
    return WRAPPED_BY_ROOT + root_key().wrap(secrets.token_bytes(KEY_BYTES), SCHOOL_PURPOSE)


def school_key(school: HasWrappedKey) -> bytes:
    """The school's key, unwrapped; raises KeyUnavailable without the root key or with another one."""
    wrapped = bytes(school.wrapped_key or b"")
    if wrapped[:1] != WRAPPED_BY_ROOT:
        raise KeyUnavailable("The school has no key of its own yet.")
    return root_key().unwrap(wrapped[1:], SCHOOL_PURPOSE)


def new_document_key(*, school_key: bytes, school_id: UUID, document_id: UUID) -> tuple[bytes, bytes]:
    """A key for sealing one document once, and the same key wrapped by the school's.

    Never seal twice under one key: the chunks' nonces are their numbers.
    """
    key = secrets.token_bytes(KEY_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    wrapped = AESGCM(school_key).encrypt(nonce, key, _document_context(school_id, document_id))
    return key, WRAPPED_BY_SCHOOL + nonce + wrapped


def document_key(
    wrapped: bytes | memoryview, *, school_key: bytes, school_id: UUID, document_id: UUID
) -> bytes:
    """The document's key; raises Tampered unless it was wrapped for this school and this document."""
    wrapped = bytes(wrapped)
    if wrapped[:1] != WRAPPED_BY_SCHOOL:
        raise KeyUnavailable("The document's key has a layout this version does not know.")
    nonce, sealed = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
    try:
        return AESGCM(school_key).decrypt(nonce, sealed, _document_context(school_id, document_id))
    except (InvalidTag, ValueError):
        # The school's key is right by now, so the fault lies in what was stored.
        raise Tampered("The document's key was wrapped for another school or another document.") from None


def _document_context(school_id: UUID, document_id: UUID) -> bytes:
    return b"document-key" + school_id.bytes + document_id.bytes
