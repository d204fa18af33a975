"""What was taken off the forms is refused by the server too: a form may have been open meanwhile."""

import pytest
from django.core.exceptions import PermissionDenied

from core.access import SYSTEM
from core.db.keys import uuid7
from tenant_apps.agencies.models import Agency
from tenant_apps.agencies.services import set_agency_enabled
from tenant_apps.categories.services import set_category_enabled
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.services import add_action
from tests.tenant_apps.incidents.typed import typed_incident


def typed_action(typed):
    kept = ("text", "happened_on", "happened_time")
    return {"draft": str(uuid7())} | {name: typed[name] for name in kept}


@pytest.mark.spec("CAT-19")
def test_disabled_category_takes_no_incident_and_no_action(
    add, category, client_for, cast, moment, students_a
):
    incident = add()
    off = category("Parental Contact")
    typed = typed_incident(off, students_a[0].pk)
    set_category_enabled(category_id=off, enabled=False, by=SYSTEM)
    lead = client_for(cast.lead)
    answer = lead.post("/incidents/add/", typed)
    assert answer.status_code == 422
    assert "One of the categories is not open to you for adding. Choose again." in answer.content.decode()
    action = typed_action(typed) | {"categories": [str(off)]}
    assert lead.post(f"/incidents/{incident.pk}/actions/add/", action).status_code == 422
    with pytest.raises(PermissionDenied):
        add("Parental Contact")
    with pytest.raises(PermissionDenied):
        add_action(
            action_id=uuid7(),
            incident_id=incident.pk,
            text="Rang.",
            happened_at=moment,
            category_ids=[off],
            by=cast.lead.access,
        )
    assert list(Incident.objects.all()) == [incident]
    assert not Action.objects.exists()


@pytest.mark.spec("AGY-04")
def test_disabled_agency_is_named_on_no_new_incident_and_action(add, category, client_for, cast, students_a):
    incident = add()
    agency = Agency.objects.order_by("sort_key").first()
    typed = typed_incident(category("Behaviour"), students_a[0].pk)
    set_agency_enabled(agency=agency, enabled=False, by=SYSTEM)
    lead = client_for(cast.lead)
    named = {"agencies": [str(agency.pk)]}
    action = typed_action(typed)
    for address, form in (("/incidents/add/", typed), (f"/incidents/{incident.pk}/actions/add/", action)):
        answer = lead.post(address, form | named)
        assert answer.status_code == 422
        assert "One of the agencies is no longer on the list. Choose again." in answer.content.decode()
        assert lead.post(address, form).status_code == 302
