"""What is received is sealed, whole and known; or it is not there."""

import secrets
from uuid import uuid4

import pytest

from core.crypto import CHUNK_BYTES
from tenant_apps.documents.models import Document
from tenant_apps.documents.services import UploadRefused, read_document, receive
from tests.tenant_apps.documents.conftest import MARKER, events, object_of


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.spec("DOC-02")
def test_received_document_lies_sealed_and_reads_back(in_a, folder, cast, stored):
    sealed = object_of(folder, in_a, stored).read_bytes()
    assert b"Ruby" not in sealed
    assert b"letter.txt" not in sealed
    assert len(sealed) > len(MARKER) * 4000
    assert b"".join(read_document(stored.id)) == MARKER * 4000
    assert stored.size == len(MARKER) * 4000
    assert stored.uploaded_by_id == cast.lead.user.id


@pytest.mark.spec("DOC-11")
@pytest.mark.parametrize("size", [1, CHUNK_BYTES, CHUNK_BYTES + 1, 9 * 1024 * 1024])
def test_document_goes_to_object_storage_and_back(in_a, in_s3, cast, report, size):
    content = secrets.token_bytes(size)
    pieces = [content[i : i + 200_000] for i in range(0, size, 200_000)]
    document = receive(pieces, name="a.bin", owner=report.owner, by=cast.lead.access)
    assert b"".join(read_document(document.id)) == content
    sealed = in_s3.client().get_object(Bucket=in_s3.bucket, Key=f"{in_a.id}/{document.id}")["Body"].read()
    assert content not in sealed or size == 1


def test_uploading_is_an_event(in_a, stored, report, cast):
    (event,) = events("document.uploaded")
    assert (event.record_kind, event.record_id, event.user_id) == ("document", stored.id, cast.lead.user.id)
    assert "letter" not in str(event.detail)


@pytest.mark.parametrize("pieces", [[], [b""], [b"", b""]])
def test_empty_file_is_refused(in_a, folder, cast, report, pieces):
    with pytest.raises(UploadRefused, match="is empty"):
        receive(pieces, name="a.txt", owner=report.owner, by=cast.lead.access)
    assert not Document.objects.exists()
    assert _files(folder) == []


def test_file_beyond_the_limit_is_refused_and_leaves_nothing(in_a, folder, cast, report, settings):
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    with pytest.raises(UploadRefused, match="larger than 1 MB") as refusal:
        receive([bytes(600_000)] * 2, name="a.bin", owner=report.owner, by=cast.lead.access)
    assert refusal.value.status == 413
    assert not Document.objects.exists()
    assert _files(folder) == []


@pytest.mark.fault("F7")
def test_store_away_during_an_upload_is_said_and_the_retry_completes(
    in_a, s3_away, cast, report, folder, settings
):
    settings.S3_BUCKET = "documents"
    with pytest.raises(UploadRefused, match="could not be stored") as refusal:
        receive([MARKER], name="a.txt", owner=report.owner, by=cast.lead.access)
    assert refusal.value.status == 503
    assert not Document.objects.exists()
    assert events("document.uploaded") == []
    settings.S3_BUCKET = ""
    document = receive([MARKER], name="a.txt", owner=report.owner, by=cast.lead.access)
    assert b"".join(read_document(document.id)) == MARKER


def test_without_the_root_key_nothing_is_taken(in_a, folder, cast, report, settings):
    settings.ENCRYPTION_ROOT_KEY = b""
    with pytest.raises(UploadRefused, match="could not be stored"):
        receive([MARKER], name="a.txt", owner=report.owner, by=cast.lead.access)
    assert _files(folder) == []
    assert not Document.objects.exists()


def test_reading_that_breaks_off_leaves_nothing(in_a, folder, cast, report):
    def pieces():
        yield MARKER
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(pieces(), name="a.txt", owner=report.owner, by=cast.lead.access)
    assert not Document.objects.exists()
    assert _files(folder) == []


def test_two_documents_never_share_a_key(in_a, folder, cast, report):
    first, second = (
        receive([MARKER], name="a.txt", owner=report.owner, by=cast.lead.access) for _ in range(2)
    )
    assert bytes(first.wrapped_key) != bytes(second.wrapped_key)
    assert object_of(folder, in_a, first).read_bytes() != object_of(folder, in_a, second).read_bytes()
    assert first.sha256 == second.sha256


def test_name_and_type_are_those_of_the_content(in_a, folder, cast, report):
    from tests.tenant_apps.documents.adapters.test_content import picture

    document = receive([picture()], name="..\\x\u202egnp.html", owner=("draft", uuid4()), by=cast.lead.access)
    assert (document.name, document.content_type, document.opens_inline) == (
        "xgnp.html.png",
        "image/png",
        True,
    )
