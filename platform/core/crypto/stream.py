"""Sealing and opening in chunks, so that no document is ever whole in memory.

Layout: chunks of 64 KiB of content, each followed by its 16-byte tag; nothing else. The nonce is the
chunk's number, which is safe because a document key seals once. The associated data is version, school,
document, chunk number and whether it is the last chunk, so the place of every chunk is as fixed as its
content.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto.errors import Tampered

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
VERSION = b"\x01"


class Sealer:
    """Seals content as it arrives: `update` as often as needed, then `finish` once.

    The newest chunk is held back until more content or `finish` tells whether it is the last one.
    """

    def __init__(self, *, key: bytes, school_id: UUID, document_id: UUID) -> None:
        self._cipher = AESGCM(key)
        self._place = _Place(school_id, document_id)
        self._held = bytearray()
        self._number = 0

    def update(self, content: bytes) -> bytes:
        """Takes content of any length; returns the sealed chunks that are complete, perhaps none."""
        self._held += content
        sealed = bytearray()
        start = 0
        while len(self._held) - start > CHUNK_BYTES:
            sealed += self._seal(self._held[start : start + CHUNK_BYTES], last=False)
            start += CHUNK_BYTES
        del self._held[:start]
        return bytes(sealed)

    def finish(self) -> bytes:
        """The last sealed chunk."""
        return self._seal(self._held, last=True)

    def _seal(self, content: bytearray, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(
            _nonce(self._number), content, self._place.data(self._number, last=last)
        )
        self._number += 1
        return sealed


def seal_stream(
    content: Iterable[bytes], *, key: bytes, school_id: UUID, document_id: UUID
) -> Iterator[bytes]:
    """Seals pieces of any length."""
    sealer = Sealer(key=key, school_id=school_id, document_id=document_id)
    for piece in content:
        if sealed := sealer.update(piece):
            yield sealed
    yield sealer.finish()


def open_stream(
    sealed: Iterable[bytes], *, key: bytes, school_id: UUID, document_id: UUID
) -> Iterator[bytes]:
    """Opens pieces of any length; yields only authenticated content.

    Raises Tampered at the first chunk that is not in its place, which for a cut stream is the end: whoever
    must not show a part of a changed document reads it through once before.
    """
    cipher = AESGCM(key)
    place = _Place(school_id, document_id)
    held = bytearray()
    number = 0
    size = CHUNK_BYTES + TAG_BYTES
    for piece in sealed:
        held += piece
        start = 0
        while len(held) - start > size:
            yield _open(cipher, number, held[start : start + size], place.data(number, last=False))
            number += 1
            start += size
        del held[:start]
    yield _open(cipher, number, held, place.data(number, last=True))


class _Place:
    """The associated data of a document's chunks."""

    def __init__(self, school_id: UUID, document_id: UUID) -> None:
        self._prefix = VERSION + school_id.bytes + document_id.bytes

    def data(self, number: int, *, last: bool) -> bytes:
        return self._prefix + number.to_bytes(8, "big") + (b"\x01" if last else b"\x00")


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _open(cipher: AESGCM, number: int, sealed: bytearray, data: bytes) -> bytes:
    try:
        return cipher.decrypt(_nonce(number), sealed, data)
    except (InvalidTag, ValueError):
        raise Tampered("A chunk is not what was sealed here.") from None
