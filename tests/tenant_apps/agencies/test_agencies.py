import pytest
from django.core.exceptions import PermissionDenied

from core.access import SYSTEM
from tenant_apps.agencies import selectors
from tenant_apps.agencies.models import Agency
from tenant_apps.agencies.services import add_agencies, set_agency_enabled


@pytest.mark.spec("INC-26")
def test_form_offers_the_sheets_agencies_by_name_without_disabled_ones(in_a):
    assert [one.name for one in selectors.enabled_agencies()] == [
        "CAMHS",
        "Children's Social Care",
        "Police",
        "School Nurse",
    ]
    police = Agency.objects.get(name="Police")
    set_agency_enabled(agency=police, enabled=False, by=SYSTEM)
    assert "Police" not in [one.name for one in selectors.enabled_agencies()]
    assert selectors.agency_names([police.id]) == {police.id: "Police"}


def test_only_administrators_change_agencies(in_a, cast):
    before = selectors.enabled_agencies()
    with pytest.raises(PermissionDenied):
        add_agencies(names=["Youth Justice Service"], by=cast.lead.access)
    with pytest.raises(PermissionDenied):
        set_agency_enabled(agency=Agency.objects.first(), enabled=False, by=cast.lead.access)
    assert selectors.enabled_agencies() == before
    add_agencies(names=["Youth Justice Service"], by=cast.head.access)
    assert selectors.enabled_agencies()[-1].name == "Youth Justice Service"
