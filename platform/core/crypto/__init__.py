"""Envelope keys and sealed streams: see README.md for what always holds."""

from core.crypto.errors import CryptoError, KeyUnavailable, Tampered
from core.crypto.keys import document_key, new_document_key, new_wrapped_key, school_key
from core.crypto.stream import CHUNK_BYTES, Sealer, open_stream, seal_stream

__all__ = [
    "CHUNK_BYTES",
    "CryptoError",
    "KeyUnavailable",
    "Sealer",
    "Tampered",
    "document_key",
    "new_document_key",
    "new_wrapped_key",
    "open_stream",
    "school_key",
    "seal_stream",
]
