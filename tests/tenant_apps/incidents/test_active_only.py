"""Without a key an incident is added as Active: on the form, by the service, and however it is sent."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-30", "INC-19")]


@pytest.fixture
def sent(in_a, category, students_a, in_class):
    def make(**changes):
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.staff.selectors import default_alert_group

        moment = timezone.localtime(now() - timedelta(minutes=5))
        return {
            "draft": str(uuid7()),
            "student": str(students_a[0].pk),
            "text": "Said she had no breakfast.",
            "happened_on": f"{moment:%Y-%m-%d}",
            "happened_time": f"{moment:%H:%M}",
            "categories": [str(category("Cause for Concern"))],
            "alert_groups": [str(default_alert_group().id)],
            "status": "closed",
        } | changes

    return make


def count():
    from tenant_apps.incidents.models import Incident

    return Incident.objects.count()


@pytest.mark.parametrize("part", ["support", "lead"])
def test_closed_from_a_session_without_a_key_is_refused_and_not_offered(client_for, cast, sent, part):
    client = client_for(getattr(cast, part), elevated=False)
    form = client.get("/incidents/add/").content.decode()
    assert '<option value="active"' in form
    assert '<option value="closed"' not in form
    answer = client.post("/incidents/add/", given := sent())
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Without a key an incident is added as Active." in page
    assert given["text"] in page
    assert count() == 0
    assert client.post("/incidents/add/", sent(status="active")).status_code == 302
    assert count() == 1


def test_with_the_key_both_are_offered(client_for, cast, sent):
    client = client_for(cast.teacher)
    assert '<option value="closed"' in client.get("/incidents/add/").content.decode()
    assert client.post("/incidents/add/", sent()).status_code == 302


def test_setting_offers_both_to_everybody(client_for, cast, sent):
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(non_key_active_only=False)
    client = client_for(cast.support, elevated=False)
    assert '<option value="closed"' in client.get("/incidents/add/").content.decode()
    assert client.post("/incidents/add/", sent()).status_code == 302


def test_service_refuses_as_well(add, cast):
    from core.access import SYSTEM

    with pytest.raises(PermissionDenied):
        add("Behaviour", by=cast.lead.plain_access, status="closed")
    assert count() == 0
    assert add("Behaviour", by=SYSTEM, source="MyConcern", status="closed").status == "closed"
    assert add("Behaviour", by=cast.lead.access, status="closed").status == "closed"
