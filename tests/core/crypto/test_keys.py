"""Keys open only what they were made for, and nothing goes on without them."""

import base64
import json
import secrets
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from core.crypto import KeyUnavailable, Tampered, document_key, new_document_key, new_wrapped_key, school_key

SCHOOL, DOCUMENT = uuid4(), uuid4()


@dataclass
class SchoolRow:
    wrapped_key: bytes | memoryview | None


@pytest.fixture
def root(settings):
    settings.ENCRYPTION_ROOT_KEY = secrets.token_bytes(32)
    settings.ENCRYPTION_KMS_KEY_ID = ""
    return settings.ENCRYPTION_ROOT_KEY


def test_school_key_is_found_again_from_its_wrapped_form(root):
    row = SchoolRow(memoryview(new_wrapped_key()))
    assert len(school_key(row)) == 32
    assert school_key(row) == school_key(row)
    assert school_key(row) not in bytes(row.wrapped_key)
    assert school_key(SchoolRow(new_wrapped_key())) != school_key(row)


def test_root_key_may_be_given_as_base64(root, settings):
    row = SchoolRow(new_wrapped_key())
    key = school_key(row)
    settings.ENCRYPTION_ROOT_KEY = base64.b64encode(root).decode()
    assert school_key(row) == key


@pytest.mark.parametrize(
    "value", [None, b"", "", b"short", "not base64!", base64.b64encode(b"short").decode()]
)
def test_without_a_root_key_nothing_is_wrapped_or_opened(root, settings, value):
    row = SchoolRow(new_wrapped_key())
    settings.ENCRYPTION_ROOT_KEY = value
    with pytest.raises(KeyUnavailable, match="ENCRYPTION_ROOT_KEY"):
        new_wrapped_key()
    with pytest.raises(KeyUnavailable, match="ENCRYPTION_ROOT_KEY"):
        school_key(row)


def test_another_root_key_is_refused_with_a_remedy(root, settings):
    row = SchoolRow(new_wrapped_key())
    settings.ENCRYPTION_ROOT_KEY = secrets.token_bytes(32)
    with pytest.raises(KeyUnavailable, match="Start with the root key"):
        school_key(row)


@pytest.mark.parametrize("wrapped", [None, b"", b"\x01", b"\x01short", b"\x07" + bytes(60)])
def test_a_school_without_a_proper_key_is_refused(root, wrapped):
    with pytest.raises(KeyUnavailable):
        school_key(SchoolRow(wrapped))


@pytest.mark.spec("TEN-08")
def test_document_key_opens_for_its_school_and_document_only(root):
    ours, theirs = secrets.token_bytes(32), secrets.token_bytes(32)
    key, wrapped = new_document_key(school_key=ours, school_id=SCHOOL, document_id=DOCUMENT)
    place = {"school_key": ours, "school_id": SCHOOL, "document_id": DOCUMENT}
    assert document_key(wrapped, **place) == key
    assert key not in wrapped
    for other in ({"school_key": theirs}, {"school_id": uuid4()}, {"document_id": uuid4()}):
        with pytest.raises(Tampered):
            document_key(wrapped, **place | other)
    with pytest.raises(Tampered):
        document_key(wrapped[:-1], **place)
    with pytest.raises(KeyUnavailable, match="layout"):
        document_key(b"\x09" + wrapped[1:], **place)


class _Kms(BaseHTTPRequestHandler):
    """Speaks as much of the KMS protocol as wrapping needs, and forgets nothing it is asked."""

    asked: list[str] = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].split(".")[1]
        self.asked.append(operation)
        context = json.dumps(body["EncryptionContext"])
        if operation == "Encrypt":
            blob = json.dumps([context, body["Plaintext"]]).encode()[::-1]
            answer = {"CiphertextBlob": base64.b64encode(blob).decode()}
        else:
            known, plain = json.loads(base64.b64decode(body["CiphertextBlob"])[::-1])
            answer = {"Plaintext": plain} if known == context else None
        self.send_response(200 if answer else 400)
        self.end_headers()
        self.wfile.write(json.dumps(answer or {"__type": "InvalidCiphertextException"}).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def kms(settings, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Kms)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    settings.ENCRYPTION_KMS_KEY_ID = f"alias/{secrets.token_hex(4)}"
    settings.ENCRYPTION_KMS_ENDPOINT_URL = f"http://127.0.0.1:{server.server_port}"
    _Kms.asked.clear()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_kms_wraps_and_unwraps_and_is_asked_once_a_key(kms):
    row = SchoolRow(new_wrapped_key())
    assert school_key(row) == school_key(row)
    assert _Kms.asked == ["Encrypt", "Decrypt"]


def test_kms_away_fails_closed(kms, settings):
    row = SchoolRow(new_wrapped_key())
    settings.ENCRYPTION_KMS_ENDPOINT_URL = "http://127.0.0.1:1"
    with pytest.raises(KeyUnavailable, match="key management service"):
        school_key(row)
    with pytest.raises(KeyUnavailable, match="key management service"):
        new_wrapped_key()
