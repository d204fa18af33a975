"""Opening: to whom, in what dress, and never across schools (DOC-04, DOC-11, TEN-08, A17, A31, A33)."""

from uuid import uuid4

import pytest

from core.db.keys import uuid7
from core.tenancy import in_school
from tenant_apps.documents.services import receive, receiving
from tests.tenant_apps.documents.adapters.test_content import HTML, SVG, huge_png, picture
from tests.tenant_apps.documents.conftest import MARKER, events, object_of

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.fixture
def put(school_a, folder, cast, report):
    """Stores a document on the report, which the lead may read."""
    report.user_ids.add(cast.lead.user.id)

    def receive_as(content=MARKER, name="letter.txt"):
        with in_school(school_a):
            return receive([content], name=name, owner=report.owner, by=cast.lead.access)

    return receive_as


@pytest.mark.spec("DOC-04")
@pytest.mark.spec("DOC-11")
def test_only_readers_of_the_record_get_the_document(put, client_for, cast, school_a):
    document = put()
    url = f"/documents/{document.id}/"
    answer = client_for(cast.lead).get(url)
    assert answer.getvalue() == MARKER
    for person in (cast.teacher, cast.deputy, cast.support, cast.data):
        refused = client_for(person).get(url)
        assert refused.status_code == 404
        assert b"Ruby" not in refused.content
        assert b"letter" not in refused.content
    visitor = client_for().get(url)
    assert visitor.status_code == 302
    with in_school(school_a):
        assert [event.user_id for event in events("document.opened")] == [cast.lead.user.id]


@pytest.mark.spec("USR-28")
def test_without_files_nothing_is_opened_or_added_by_its_address_either(put, client_for, cast, in_a):
    """Attachments are named; their address refuses, and says nothing to those who may not read the record."""
    from core.access import SystemPermission
    from tenant_apps.staff.models import StaffMember

    url = f"/documents/{put().id}/"
    group = StaffMember.objects.get(user=cast.lead.user).group
    group.system_permissions = [
        value for value in group.system_permissions if value != SystemPermission.FILES
    ]
    group.save(update_fields=["system_permissions"])
    client = client_for(cast.lead)
    refused = client.get(url)
    assert refused.status_code == 403
    assert MARKER not in refused.content
    assert client.post(f"/documents/upload/?draft={uuid7()}", {"file": "x"}).status_code == 403
    assert client_for(cast.teacher).get(url).status_code == 404


@pytest.mark.attack("A17")
def test_guessed_address_is_not_found(put, client_for, cast):
    put()
    assert client_for(cast.lead).get(f"/documents/{uuid4()}/").status_code == 404
    assert client_for(cast.lead).get(f"/documents/{uuid7()}/").status_code == 404


@pytest.mark.attack("A17")
@pytest.mark.spec("TEN-08")
def test_same_id_in_two_schools_shows_each_its_own(
    client_for, cast, cast_b, school_a, school_b, folder, monkeypatch
):
    """The same id stands in both, so that a refusal for the wrong reason would prove nothing."""
    planted = uuid7()
    monkeypatch.setattr(receiving, "uuid7", lambda: planted)
    for school, people, words in (
        (school_a, cast, b"only-of-ashgrove"),
        (school_b, cast_b, b"only-of-birchwood"),
    ):
        with in_school(school):
            receive([words], name=f"{words.decode()}.txt", owner=("draft", uuid4()), by=people.lead.access)
    for people, own, other in ((cast, b"ashgrove", b"birchwood"), (cast_b, b"birchwood", b"ashgrove")):
        answer = client_for(people.lead).get(f"/documents/{planted}/")
        assert answer.getvalue() == b"only-of-" + own
        assert other not in str(answer.headers).encode()
    # A person of one school, at the other's address, with the session of their own.
    stranger = client_for(cast.lead)
    stranger.defaults["HTTP_HOST"] = client_for(cast_b.lead).defaults["HTTP_HOST"]
    refused = stranger.get(f"/documents/{planted}/")
    assert refused.status_code in (302, 404)
    assert b"only-of" not in refused.getvalue()


@pytest.mark.attack("A2")
@pytest.mark.spec("TEN-08")
def test_address_of_a_document_is_nothing_at_another_school(put, client_for, cast, cast_b, report, school_b):
    report.user_ids.add(cast_b.lead.user.id)
    document = put()
    refused = client_for(cast_b.lead).get(f"/documents/{document.id}/")
    assert refused.status_code == 404
    assert b"Ruby" not in refused.content
    with in_school(school_b):
        assert events("document.opened") == []


@pytest.mark.attack("A31")
@pytest.mark.parametrize(
    ("content", "name", "content_type", "disposition"),
    [
        (picture(), "photo.png", "image/png", 'inline; filename="photo.png"'),
        (b"%PDF-1.7 x", "plan.pdf", "application/pdf", 'inline; filename="plan.pdf"'),
        (HTML, "page.html", "application/octet-stream", 'attachment; filename="page.html"'),
        (SVG, "drawing.svg", "application/octet-stream", 'attachment; filename="drawing.svg"'),
        (huge_png(), "huge.png", "image/png", 'attachment; filename="huge.png"'),
        (
            MARKER,
            "Łukasz’s “notes”.txt",
            "application/octet-stream",
            "attachment; filename*=utf-8''%C5%81ukasz%E2%80%99s%20%E2%80%9Cnotes%E2%80%9D.txt",
        ),
        (
            MARKER,
            "a.txt\r\nSet-Cookie: session=stolen",
            "application/octet-stream",
            'attachment; filename="a.txtSet-Cookie_ session=stolen"',
        ),
    ],
)
def test_document_leaves_in_a_safe_dress(put, client_for, cast, content, name, content_type, disposition):
    answer = client_for(cast.lead).get(f"/documents/{put(content, name).id}/")
    assert answer.getvalue() == content
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == disposition
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == SANDBOX
    assert answer["Cache-Control"] == "private, no-store"
    assert int(answer["Content-Length"]) == len(content)
    assert "Set-Cookie" not in answer.headers


def test_event_stands_before_the_first_byte_is_asked_for(put, client_for, cast, school_a):
    document = put()
    answer = client_for(cast.lead).get(f"/documents/{document.id}/")
    with in_school(school_a):
        assert [event.record_id for event in events("document.opened")] == [document.id]
    assert answer.streaming
    answer.close()


@pytest.mark.fault("F9")
def test_changed_document_is_refused_as_a_whole_and_said(put, client_for, cast, school_a, folder):
    document = put(MARKER * 4000)
    path = object_of(folder, school_a, document)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    answer = client_for(cast.lead).get(f"/documents/{document.id}/")
    assert answer.status_code == 410
    assert b"Ruby" not in answer.content
    assert b"cannot be opened" in answer.content
    with in_school(school_a):
        document.refresh_from_db()
        assert document.state == "missing"
        assert events("document.opened") == []


@pytest.mark.fault
def test_store_away_is_said_with_when_to_come_back(put, client_for, cast, school_a, settings):
    document = put()
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL = "documents", "http://127.0.0.1:1"
    settings.S3_ACCESS_KEY_ID = settings.S3_SECRET_ACCESS_KEY = "any"
    answer = client_for(cast.lead).get(f"/documents/{document.id}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    with in_school(school_a):
        document.refresh_from_db()
        assert document.state == "kept"


def test_uploader_looks_at_what_is_in_their_draft(client_for, cast, school_a, folder):
    with in_school(school_a):
        document = receive([MARKER], name="a.txt", owner=("draft", uuid4()), by=cast.support.access)
    assert client_for(cast.support).get(f"/documents/{document.id}/").getvalue() == MARKER
    assert client_for(cast.lead).get(f"/documents/{document.id}/").status_code == 404


def test_other_methods_are_refused(put, client_for, cast):
    document = put()
    assert client_for(cast.lead).post(f"/documents/{document.id}/").status_code == 405
