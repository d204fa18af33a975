"""A U2F key made of software: it signs what a page of any origin asks it to sign."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode


@dataclass
class SoftwareKey:
    """One credential of one USB key; `count` is what it has counted."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(64))
    count: int = 0

    def create(self, question: dict[str, Any], *, origin: str, rp_id: str = "") -> str:
        """The answer to `navigator.credentials.create`, as the page writes it down."""
        public = bytes(cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key()))))
        credential = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(rp_id or question["rp"]["id"], flags=0x41) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", question, origin)
        return self._written({"clientDataJSON": client, "attestationObject": attestation})

    def get(self, question: dict[str, Any], *, origin: str, rp_id: str = "", flags: int = 0x01) -> str:
        """The answer to `navigator.credentials.get`, as the page writes it down."""
        self.count += 1
        data = self._data(rp_id or question["rpId"], flags=flags)
        client = self._client("webauthn.get", question, origin)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def copy(self) -> SoftwareKey:
        """A clone: the same secret, the same count."""
        return SoftwareKey(self.private, self.credential_id, self.count)

    def _data(self, rp_id: str, *, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, question: dict[str, Any], origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": question["challenge"], "origin": origin}).encode()

    def _written(self, response: dict[str, bytes]) -> str:
        raw = websafe_encode(self.credential_id)
        parts = {name: websafe_encode(value) for name, value in response.items()}
        whole = {"id": raw, "rawId": raw, "type": "public-key", "response": parts}
        return json.dumps({**whole, "clientExtensionResults": {}})
