import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.tenancy import in_school
from tenant_apps.categories.selectors import all_categories
from tenant_apps.staff import selectors
from tenant_apps.staff.models import StaffMember, UserGroup
from tenant_apps.staff.services import Rights, delete_user_group, move_to_group, save_user_group

pytestmark = pytest.mark.spec("USR-34")


@pytest.fixture
def midday(in_a):
    return save_user_group(
        name="Midday",
        system_permissions=["add_entries"],
        category_rights={all_categories()[0].id: Rights(True, True, True)},
        by=SYSTEM,
    ).id


def delete(in_school_a, **given):
    call_command(
        "delete_user_group",
        **{"school": in_school_a.subdomain, "group": "Midday", "request": "R-1042"} | given,
        verbosity=0,
    )


def test_worker_deletes_it_in_the_school_and_administrators_see_it(
    midday, school_a, run_outbox, client_for, cast
):
    delete(school_a)
    run_outbox()
    assert "Midday" not in selectors.user_group_ids()
    assert AuditEvent.objects.get(event="user_group.deleted", record_id=midday).detail == {
        "request": "R-1042"
    }
    page = client_for(cast.data).get("/admin/users/groups/").content.decode()
    assert "The provider deleted the user group “Midday”" in page
    assert "R-1042" in page
    # The name is free again, and nobody can be put into what was deleted.
    assert save_user_group(name="Midday", system_permissions=[], category_rights={}, by=SYSTEM).id != midday
    assert str(midday) not in client_for(cast.data).get("/admin/users/new/").content.decode()


def test_deleted_group_gives_nothing(midday, school_a, run_outbox, cast):
    from shared_apps.people.services import set_active

    move_to_group(user_id=cast.support.user.pk, group_id=midday, by=SYSTEM)
    set_active(user_id=cast.support.user.pk, is_active=False, by=SYSTEM)
    delete(school_a)
    run_outbox()
    set_active(user_id=cast.support.user.pk, is_active=True, by=SYSTEM)
    assert StaffMember.objects.get(user=cast.support.user).group_id == midday
    assert not cast.support.access.system | cast.support.access.add_incidents


def test_group_with_a_user_in_it_is_refused_and_nobody_is_named(midday, school_a, cast):
    move_to_group(user_id=cast.support.user.pk, group_id=midday, by=SYSTEM)
    with pytest.raises(CommandError, match="Users in this user group: 1") as refusal:
        delete(school_a)
    assert "Webb" not in str(refusal.value)
    assert UserGroup.objects.filter(pk=midday).exists()


def test_user_who_came_meanwhile_keeps_the_group(midday, school_a, run_outbox, cast):
    delete(school_a)
    move_to_group(user_id=cast.support.user.pk, group_id=midday, by=SYSTEM)
    run_outbox()
    assert "Midday" in selectors.user_group_ids()
    assert cast.support.access.add_incidents
    assert AuditEvent.objects.filter(event="user_group.deletion_refused", record_id=midday).exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"group": "Governors"}, "The school has no user group of this name."),
        ({"school": "nowhere"}, "There is no school 'nowhere'."),
        ({"request": "please; now"}, "The reference holds letters"),
        ({"request": "R" * 61}, "The reference holds letters"),
    ],
)
def test_wrong_order_is_refused_in_a_sentence(midday, school_a, given, sentence):
    with pytest.raises(CommandError, match=sentence.replace(".", r"\.")):
        delete(school_a, **given)


def test_group_of_the_same_name_in_another_school_stays(midday, school_a, school_b, run_outbox):
    with in_school(school_b):
        other = save_user_group(name="Midday", system_permissions=[], category_rights={}, by=SYSTEM).id
    delete(school_a)
    run_outbox()
    run_outbox(school_b)
    with in_school(school_b):
        assert selectors.user_group_ids()["Midday"] == other


@pytest.mark.parametrize("part", ["head", "data", "lead"])
def test_nobody_in_the_school_can_delete_a_group(midday, cast, part):
    with pytest.raises(PermissionDenied):
        delete_user_group(group_id=midday, request="R-1", by=getattr(cast, part).access)
    assert UserGroup.objects.filter(pk=midday).exists()
