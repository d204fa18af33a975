from contextlib import contextmanager
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from core.access import SYSTEM
from core.audit.context import address_of, answering
from core.audit.models import AuditEvent
from core.audit.services import FreeTextInAuditError, record, record_download, record_refusal

NAME = "Zebedee Quillfeather"


@contextmanager
def request_of(access, address="203.0.113.7"):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = SimpleNamespace(
        is_authenticated=True, pk=access.user_id, is_verified=lambda: access.is_elevated
    )
    with answering(request, request_id="r"):
        yield request


@pytest.mark.spec("ADM-22")
def test_event_says_who_from_where_what_and_about_whom(in_a, cast):
    pupils, incident = [uuid4(), uuid4()], uuid4()
    with request_of(cast.lead.access):
        record(
            "incident.added",
            by=cast.lead.access,
            students=[*pupils, pupils[0]],
            record=("incident", incident),
            detail={"categories": [uuid4()], "number": 12},
        )
    event = AuditEvent.objects.get(record_id=incident)
    assert event.user_id == cast.lead.access.user_id
    assert event.is_elevated
    assert event.address == "203.0.113.7"
    assert event.student_ids == pupils
    assert event.at is not None
    assert list(AuditEvent.objects.filter(student_ids__contains=[pupils[1]])) == [event]


def test_event_of_nobody_in_particular_is_the_signed_in_persons(in_a, cast):
    with request_of(cast.teacher.access):
        event = record("document.viewed", by=None)
    assert event.user_id == cast.teacher.access.user_id


def test_event_of_the_system_names_nobody(in_a):
    event = record("import.applied", by=SYSTEM)
    assert event.user_id is None
    assert not event.is_elevated
    assert event.address is None


@pytest.mark.parametrize(
    "detail",
    [
        {"text": NAME},
        {"email": "z.quillfeather@school.example"},
        {"files": ["plan.pdf", NAME]},
        {"nested": {"name": "x"}},
        {"note": "line\nbreak"},
        {"Name With Spaces": 1},
        {"long": "x" * 200},
    ],
)
def test_event_holds_no_free_text(in_a, detail):
    before = AuditEvent.objects.count()
    with pytest.raises(FreeTextInAuditError) as caught:
        record("incident.added", by=SYSTEM, detail=detail)
    assert "Quillfeather" not in str(caught.value)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", ["incident", "Incident.Added", "incident added", "incident.", ""])
def test_events_are_named_alike(in_a, name):
    with pytest.raises(ValueError, match=r"incident\.added"):
        record(name, by=SYSTEM)


@pytest.mark.spec("ADM-22")
def test_deed_and_event_vanish_together(in_a):
    written = []

    def deed():
        with transaction.atomic():
            written.append(record("incident.added", by=SYSTEM).id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        deed()
    assert not AuditEvent.objects.filter(id__in=written).exists()


@pytest.mark.spec("ADM-22")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET event = 'incident.viewed'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_events_cannot_be_changed_or_deleted_in_the_school(in_a, statement):
    event = record("incident.added", by=SYSTEM)
    change = connection.cursor().execute
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        change(statement)
    assert AuditEvent.objects.get(id=event.id).event == "incident.added"


def test_event_refuses_to_be_deleted(in_a):
    with pytest.raises(TypeError):
        record("incident.added", by=SYSTEM).delete()


def test_refusal_is_written_about_the_request(in_a, cast):
    target = uuid4()
    with request_of(cast.teacher.access):
        record_refusal(status=404, route="incidents:entry", method="GET", record=("incident", target))
    event = AuditEvent.objects.get(record_id=target)
    assert event.event == "access.refused"
    assert event.user_id == cast.teacher.access.user_id
    assert event.detail == {"status": 404, "route": "incidents:entry", "method": "GET"}


def test_download_is_written_before_it_begins(in_a, cast):
    document = uuid4()
    record_download("document.downloaded", by=cast.lead.access, record=("document", document))
    assert AuditEvent.objects.filter(record_id=document, event="document.downloaded").exists()


def test_forwarded_addresses_are_believed_from_known_proxies_only(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7")
    assert address_of(request) == "192.0.2.1"
    settings.TRUSTED_PROXY_COUNT = 1
    assert address_of(request) == "203.0.113.7"
