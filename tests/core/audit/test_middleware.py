from uuid import uuid4

import pytest

from core.audit.models import AuditEvent


@pytest.mark.spec("ADM-22")
def test_refused_record_is_in_the_audit(in_a, client_for, cast):
    wanted = uuid4()
    response = client_for(cast.teacher.user).get(f"/students/{wanted}/incidents/")
    assert response.status_code == 404
    event = AuditEvent.objects.get(record_id=wanted)
    assert (event.event, event.user_id) == ("access.refused", cast.teacher.user.pk)
    assert event.detail == {"status": 404, "route": "incidents:chronology", "method": "GET"}


def test_address_that_is_no_route_is_not_in_the_audit(in_a, client_for, cast):
    before = AuditEvent.objects.count()
    assert client_for(cast.teacher.user).get("/wp-admin/").status_code == 404
    assert AuditEvent.objects.count() == before


@pytest.mark.spec("ADM-22")
def test_forbidden_page_is_in_the_audit(in_a, client_for, cast):
    response = client_for(cast.teacher.user).get("/admin/imports/")
    assert response.status_code == 403
    event = AuditEvent.objects.filter(event="access.refused").latest("id")
    assert event.user_id == cast.teacher.user.pk
    assert event.detail["route"] == "imports:home"
    assert event.address == "127.0.0.1"
