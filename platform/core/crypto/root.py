"""Who holds the root key: this machine's settings, or a key management service.

Both wrap 32-byte keys under a purpose; a key wrapped for one purpose cannot be unwrapped for another.
"""

import base64
import binascii
import functools
import secrets
import threading
import time
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core.crypto.errors import KeyUnavailable

KEY_BYTES = 32
NONCE_BYTES = 12
KMS_REMEMBERED_SECONDS = 300


class RootKey(Protocol):
    """Wraps and unwraps schools' keys; raises KeyUnavailable."""

    def wrap(self, key: bytes, purpose: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes: ...


class HeldRootKey:
    """The root key lies in the process's own settings."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def wrap(self, key: bytes, purpose: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            raise KeyUnavailable(
                "The key was not wrapped by this ENCRYPTION_ROOT_KEY. "
                "Start with the root key it was wrapped by."
            ) from None


class KmsRootKey:
    """The root key never leaves AWS KMS, or a service that speaks its protocol.

    An unwrapped key is remembered for five minutes, so that a page with pictures is not a call for each.
    """

    def __init__(self, key_id: str, endpoint_url: str | None, region: str) -> None:
        import boto3
        from botocore.config import Config

        self._key_id = key_id
        self._client: Any = boto3.client(
            "kms",
            endpoint_url=endpoint_url,
            region_name=region,
            config=Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2}),
        )
        self._remembered: dict[tuple[bytes, str], tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def wrap(self, key: bytes, purpose: str) -> bytes:
        answer = self._ask("encrypt", Plaintext=key, EncryptionContext={"purpose": purpose})
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        now = time.monotonic()
        with self._lock:
            known = self._remembered.get((wrapped, purpose))
        if known and known[0] > now:
            return known[1]
        answer = self._ask("decrypt", CiphertextBlob=wrapped, EncryptionContext={"purpose": purpose})
        key = bytes(answer["Plaintext"])
        with self._lock:
            self._remembered = {k: v for k, v in self._remembered.items() if v[0] > now}
            self._remembered[wrapped, purpose] = (now + KMS_REMEMBERED_SECONDS, key)
        return key

    def _ask(self, operation: str, **arguments: object) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client, operation)(KeyId=self._key_id, **arguments)
        except (BotoCoreError, ClientError) as fault:
            raise KeyUnavailable(
                f"The key management service did not {operation} ({type(fault).__name__})."
            ) from None
        return answer


def root_key() -> RootKey:
    """The root key that the settings name; raises KeyUnavailable when they name none."""
    kms_key_id = getattr(settings, "ENCRYPTION_KMS_KEY_ID", "")
    if kms_key_id:
        return _kms(
            kms_key_id,
            getattr(settings, "ENCRYPTION_KMS_ENDPOINT_URL", "") or None,
            getattr(settings, "ENCRYPTION_KMS_REGION", "") or "eu-west-2",
        )
    return _held(getattr(settings, "ENCRYPTION_ROOT_KEY", None) or b"")


@functools.lru_cache(maxsize=4)
def _kms(key_id: str, endpoint_url: str | None, region: str) -> KmsRootKey:
    return KmsRootKey(key_id, endpoint_url, region)


@functools.lru_cache(maxsize=4)
def _held(value: bytes | str) -> HeldRootKey:
    if isinstance(value, str):
        try:
            value = base64.b64decode(value, validate=True)
        except binascii.Error:
            value = b""
    if len(value) != KEY_BYTES:
        raise KeyUnavailable("ENCRYPTION_ROOT_KEY is not set to 32 bytes in base64: documents stay closed.")
    return HeldRootKey(value)
