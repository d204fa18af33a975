"""A15: what is taken away counts from the next request on, in sessions that are open."""

import pytest

from core.access import SystemPermission
from tenant_apps.staff.models import StaffMember, UserGroup


@pytest.fixture
def browser(in_a, client_for, cast):
    browser = client_for(cast.head)
    assert browser.get("/admin/imports/").status_code == 200
    assert browser.get("/students/search/").status_code == 200
    return browser


def test_permission_taken_from_the_group_is_gone(browser):
    group = UserGroup.objects.get(name="Admin")
    group.system_permissions.remove(SystemPermission.ADMINISTRATION)
    group.save()
    assert browser.get("/admin/imports/").status_code == 403
    assert browser.get("/students/search/").status_code == 200


def test_person_moved_to_another_group_has_its_permissions(browser, cast):
    StaffMember.objects.filter(user=cast.head.user).update(group=UserGroup.objects.get(name="Non-key staff"))
    assert browser.get("/admin/imports/").status_code == 403
    assert browser.get("/students/search/").status_code == 403
    assert browser.get("/incidents/add/").status_code == 200


def test_leaver_is_signed_out(browser, cast):
    """A16."""
    cast.head.user.is_active = False
    cast.head.user.save(update_fields=["is_active"])
    assert browser.get("/admin/imports/")["Location"].startswith("/login/")


def test_key_taken_away_ends_elevation(browser, cast):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    TOTPDevice.objects.filter(user_id=cast.head.user.pk).delete()
    assert browser.get("/admin/imports/").status_code == 403
