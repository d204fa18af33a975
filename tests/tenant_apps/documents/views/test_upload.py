"""Uploading into a draft: who may, what is taken, and that nothing lies in clear (D25, INC-21, ACT-13)."""

import os
import sys
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.tenancy import in_school
from tenant_apps.documents.models import Document
from tenant_apps.documents.services import read_document
from tests.tenant_apps.documents.adapters.test_content import HTML, SVG, huge_png, picture
from tests.tenant_apps.documents.conftest import MARKER

LARGE = MARKER * 60_000  # over 2.5 MB, where Django's own handlers turn to a temporary file


@pytest.fixture
def draft_id():
    return uuid4()


@pytest.fixture
def upload(client_for, folder, cast, draft_id):
    """Sends one file as the form does; by default as the teacher without a key in the session."""

    def send(content=MARKER, name="letter.txt", *, client=None, draft=draft_id, **extra):
        client = client or client_for(cast.teacher, elevated=False)
        return client.post(
            f"/documents/upload/?draft={draft}", {"file": SimpleUploadedFile(name, content)}, **extra
        )

    return send


def _documents(school):
    with in_school(school):
        return list(Document.objects.all())


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.spec("INC-21")
@pytest.mark.spec("ACT-13")
def test_file_is_added_to_the_draft(upload, school_a, cast, draft_id):
    answer = upload()
    (document,) = _documents(school_a)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(document.id),
        "name": "letter.txt",
        "size": len(MARKER),
        "url": f"/documents/{document.id}/",
        "remove_url": f"/documents/{document.id}/remove/",
        "is_image": False,
    }
    assert (document.owner_kind, document.owner_id, document.state) == ("draft", draft_id, "draft")
    assert document.uploaded_by_id == cast.teacher.user.id
    with in_school(school_a):
        assert b"".join(read_document(document.id)) == MARKER


class Writes:
    """Notes every file that is opened for writing. An audit hook stays for good: it is silent when done."""

    def __init__(self):
        self.paths = []
        self.is_noting = True
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if self.is_noting and event == "open" and isinstance(arguments[0], str | bytes):
            mode, flags = arguments[1], arguments[2]
            if (mode and set(mode) & set("wax+")) or flags & (os.O_WRONLY | os.O_RDWR):
                self.paths.append(str(arguments[0]))


@pytest.mark.spec("DOC-02")
def test_upload_writes_nothing_anywhere_but_the_sealed_object(upload, folder, school_a):
    writes = Writes()
    try:
        answer = upload(LARGE)
    finally:
        writes.is_noting = False
    assert answer.status_code == 201
    assert writes.paths
    assert all(path.startswith(str(folder)) for path in writes.paths)
    assert not any(b"Ruby" in path.read_bytes() for path in _files(folder))


def test_visitor_is_sent_away_and_nothing_is_read(upload, client_for, school_a, folder):
    answer = upload(client=client_for())
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")
    assert _documents(school_a) == []
    assert _files(folder) == []


@pytest.mark.attack("A49")
@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "wrong"}])
def test_request_without_the_token_in_its_header_is_refused_unread(
    upload, client_for, cast, school_a, folder, headers
):
    client = client_for(cast.teacher)
    client.handler.enforce_csrf_checks = True
    client.cookies["csrf"] = "a" * 32
    answer = upload(client=client, headers=headers)
    assert answer.status_code == 403
    assert _documents(school_a) == []
    assert _files(folder) == []


def test_token_in_the_header_is_enough(upload, client_for, cast):
    client = client_for(cast.teacher)
    client.handler.enforce_csrf_checks = True
    client.cookies["csrf"] = "a" * 32
    assert upload(client=client, headers={"X-CSRFToken": "a" * 32}).status_code == 201


def test_another_persons_draft_takes_no_file(upload, client_for, cast, school_a):
    upload()
    answer = upload(b"smuggled", "b.txt", client=client_for(cast.lead))
    assert answer.status_code == 404
    assert [document.name for document in _documents(school_a)] == ["letter.txt"]


@pytest.mark.parametrize("draft", ["", "nonsense", "1"])
def test_upload_without_a_draft_is_refused(upload, school_a, draft):
    answer = upload(draft=draft)
    assert answer.status_code == 400
    assert "Reload the page" in answer.json()["error"]
    assert _documents(school_a) == []


def test_empty_file_is_refused_with_a_sentence(upload, school_a):
    answer = upload(b"")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "The file is empty. Choose it again, or another one."},
    )
    assert _documents(school_a) == []


def test_no_file_at_all_is_refused_with_a_sentence(client_for, cast, folder, draft_id):
    answer = client_for(cast.teacher).post(f"/documents/upload/?draft={draft_id}", {"note": "no file"})
    assert answer.status_code == 400
    assert "No file came" in answer.json()["error"]


def test_one_file_a_request(client_for, cast, folder, school_a, draft_id):
    two = [SimpleUploadedFile("a.txt", MARKER), SimpleUploadedFile("b.txt", MARKER)]
    answer = client_for(cast.teacher).post(f"/documents/upload/?draft={draft_id}", {"file": two})
    assert answer.status_code == 400
    assert _documents(school_a) == []
    assert _files(folder) == []


@pytest.mark.parametrize("excess", [1, 200_000])
def test_file_beyond_the_limit_is_refused_with_a_sentence(upload, school_a, folder, settings, excess):
    """By what it says (A42: nobody waits for 5 GB), and a little above by what arrives."""
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    answer = upload(bytes(settings.DOCUMENT_MAX_BYTES + excess))
    assert answer.status_code == 413
    assert answer.json() == {"error": "The file is larger than 1 MB, which is the most that can be added."}
    assert _documents(school_a) == []
    assert _files(folder) == []
    assert upload(bytes(settings.DOCUMENT_MAX_BYTES)).status_code == 201


@pytest.mark.fault("F7")
def test_store_away_is_said_and_the_retry_completes(upload, school_a, settings):
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL = "documents", "http://127.0.0.1:1"
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "any"
    answer = upload()
    assert answer.status_code == 503
    assert "Try again" in answer.json()["error"]
    assert _documents(school_a) == []
    settings.S3_BUCKET = ""
    assert upload().status_code == 201
    assert len(_documents(school_a)) == 1


def test_broken_off_request_leaves_nothing(client_for, cast, folder, school_a, draft_id):
    answer = client_for(cast.teacher).generic(
        "POST",
        f"/documents/upload/?draft={draft_id}",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of wh',
        content_type="multipart/form-data",
    )
    assert answer.status_code == 400
    assert _documents(school_a) == []
    assert _files(folder) == []


@pytest.mark.attack("A40")
@pytest.mark.parametrize(
    ("name", "content", "kept", "content_type", "opens_inline"),
    [
        ("drawing.svg", SVG, "drawing.svg", "application/octet-stream", False),
        ("page.html", HTML, "page.html", "application/octet-stream", False),
        ("photo.png", HTML, "photo.png", "application/octet-stream", False),
        ("photo.html", picture(), "photo.html.png", "image/png", True),
        ("huge.png", huge_png(), "huge.png", "image/png", False),
        ("photo_\u202egnp.exe", b"MZ\x90", "photo_gnp.exe", "application/octet-stream", False),
        ("invoice.pdf.exe", b"MZ\x90", "invoice.pdf.exe", "application/octet-stream", False),
        ("a.pdf", b"%PDF-1.4 <script>", "a.pdf", "application/pdf", True),
    ],
)
def test_name_and_type_are_made_honest(upload, school_a, name, content, kept, content_type, opens_inline):
    upload(content, name)
    (document,) = _documents(school_a)
    assert (document.name, document.content_type, document.opens_inline) == (kept, content_type, opens_inline)


def test_a_draft_takes_fifty_files(upload, school_a, monkeypatch):
    from tenant_apps.documents import views

    monkeypatch.setattr(views, "MOST_IN_A_DRAFT", 1)
    assert upload().status_code == 201
    answer = upload()
    assert (answer.status_code, len(_documents(school_a))) == (400, 1)


def test_files_sent_to_any_other_form_are_dropped_as_they_arrive(client_for, folder, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    request = RequestFactory().post("/login/", {"file": SimpleUploadedFile("a.txt", LARGE), "field": "kept"})
    assert dict(request.FILES) == {}
    assert request.POST["field"] == "kept"
    assert _files(tmp_path) == []


def test_other_methods_are_refused(client_for, cast, draft_id):
    assert client_for(cast.teacher).get(f"/documents/upload/?draft={draft_id}").status_code == 405


def test_file_that_takes_too_long_is_given_up(upload, school_a, folder, monkeypatch):
    from tenant_apps.documents.adapters import uploads

    monkeypatch.setattr(uploads, "MAX_SECONDS", -1)
    answer = upload()
    assert (answer.status_code, _documents(school_a), _files(folder)) == (408, [], [])
    assert "too long" in answer.json()["error"]
