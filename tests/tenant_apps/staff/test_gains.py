"""The same rights from the group's side and from the category's: named, confirmed, and waited for alike."""

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from core.access import SYSTEM, SystemPermission
from core.access.enums import OverviewBlock
from core.audit.models import AuditEvent
from core.db.keys import uuid7
from shared_apps.people.services import set_active
from tenant_apps.categories.selectors import all_categories
from tenant_apps.staff import selectors
from tenant_apps.staff.models import CategoryPermission, PendingChange
from tenant_apps.staff.services import (
    GainsToConfirmError,
    Rights,
    move_to_group,
    save_user_group,
    second_person,
    set_rights_of_category,
)

ALL = Rights(view_students=True, view_incidents=True, add_incidents=True)
ADDS = Rights(add_incidents=True)


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


def group(name):
    return selectors.user_group_ids()[name]


def gains_of(**given):
    with pytest.raises(GainsToConfirmError) as caught:
        set_rights_of_category(**given)
    return caught.value


def rights(name, category_name):
    row = CategoryPermission.objects.filter(group_id=group(name), category_id=category(category_name)).first()
    return Rights(row.view_students, row.view_incidents, row.add_incidents) if row else Rights()


@pytest.mark.spec("CAT-05", "CAT-10", "SAF-14")
def test_category_side_names_every_group_that_gains_under_one_token(in_a, cast):
    given = {
        "category_id": category("Mental Health"),
        "rights": {group("Teachers"): ALL, group("Non-key staff"): ALL, group("Pastoral leads"): Rights()},
        "by": cast.head.access,
    }
    before = rights("Pastoral leads", "Mental Health")
    error = gains_of(**given)
    assert {gain.group_name: gain.people for gain in error.gains} == {"Teachers": 1, "Non-key staff": 1}
    assert not any(gain.waits for gain in error.gains)
    assert rights("Pastoral leads", "Mental Health") == before != Rights()
    assert set_rights_of_category(**given, confirmed=error.token) == []
    assert rights("Teachers", "Mental Health") == rights("Non-key staff", "Mental Health") == ALL
    assert rights("Pastoral leads", "Mental Health") == Rights()
    event = AuditEvent.objects.get(event="category.permissions_changed")
    assert event.detail["gained"] == sorted(map(str, (group("Teachers"), group("Non-key staff"))))


@pytest.mark.spec("SAF-14")
def test_restricting_category_waits_for_each_group_and_narrowing_does_not(in_a, cast):
    given = {
        "category_id": category("Prevent"),
        "rights": {group("Teachers"): ALL, group("Pastoral leads"): ALL, group("DSL/SLT"): ADDS},
        "by": cast.head.access,
    }
    waiting = set_rights_of_category(**given, confirmed=gains_of(**given).token)
    assert {change.group_id for change in waiting} == {group("Teachers"), group("Pastoral leads")}
    assert rights("Teachers", "Prevent") == rights("DSL/SLT", "Prevent") == ADDS
    assert category("Prevent") not in cast.lead.access.view_incidents
    for change in waiting:
        second_person.confirm(change_id=change.pk, by=cast.data.access)
    assert rights("Teachers", "Prevent") == ALL
    assert category("Prevent") in cast.teacher.access.view_incidents


@pytest.mark.spec("SAF-14")
def test_confirmed_gain_adds_to_what_the_group_has_by_then(in_a, cast):
    given = {
        "category_id": category("Prevent"),
        "rights": {group("Teachers"): Rights(view_incidents=True)},
        "by": cast.head.access,
    }
    (change,) = set_rights_of_category(**given, confirmed=gains_of(**given).token)
    save_user_group(
        group_id=group("Teachers"), name="Teachers", system_permissions=[], category_rights={}, by=SYSTEM
    )
    second_person.confirm(change_id=change.pk, by=cast.data.access)
    assert rights("Teachers", "Prevent") == Rights(view_incidents=True)
    assert CategoryPermission.objects.filter(group_id=group("Teachers")).count() == 1
    assert cast.teacher.access.system == frozenset()


@pytest.mark.spec("CAT-05")
def test_category_made_just_now_holds_nothing_that_anybody_could_gain(in_a, cast):
    waiting = set_rights_of_category(
        category_id=category("Prevent"), rights={group("Teachers"): ALL}, is_new=True, by=cast.head.access
    )
    assert waiting == []
    assert rights("Teachers", "Prevent") == ALL


def test_category_of_nobody_is_not_there(in_a, cast):
    with pytest.raises(Http404):
        set_rights_of_category(category_id=uuid7(), rights={group("Teachers"): ALL}, by=cast.head.access)


@pytest.mark.spec("SAF-14")
def test_closed_account_in_the_group_keeps_nobody_from_being_asked(in_a, cast):
    """A group emptied by closing its accounts would else be widened and the accounts opened again."""
    set_active(user_id=cast.teacher.user.pk, is_active=False, by=SYSTEM)
    given = {
        "category_id": category("Prevent"),
        "rights": {group("Teachers"): ALL},
        "by": cast.head.access,
    }
    error = gains_of(**given)
    assert error.gains[0].people == 0
    assert len(set_rights_of_category(**given, confirmed=error.token)) == 1


@pytest.mark.spec("SAF-14")
def test_somebody_who_joined_meanwhile_has_to_be_confirmed_too(in_a, cast):
    given = {
        "category_id": category("Mental Health"),
        "rights": {group("Teachers"): ALL},
        "by": cast.head.access,
    }
    token = gains_of(**given).token
    move_to_group(user_id=cast.support.user.pk, group_id=group("Teachers"), by=SYSTEM)
    assert gains_of(**given, confirmed=token).gains[0].people == 2


@pytest.mark.spec("SAF-14")
@pytest.mark.parametrize(
    ("name", "added", "waits"),
    [
        ("DSL/SLT", SystemPermission.ADMINISTRATION, True),
        ("Teachers", SystemPermission.EDIT_INCIDENTS, False),
        ("Pastoral leads", SystemPermission.ALL_CLASSES, True),
    ],
)
def test_system_permission_waits_where_restricting_records_are_seen(in_a, cast, name, added, waits):
    """Pastoral leads see "Looked After Child", which is Restricting; teachers see nothing of the kind."""
    held = selectors.get_user_group(SYSTEM, group(name), all_categories())
    given = {
        "group_id": held.id,
        "name": name,
        "system_permissions": [*held.system, added],
        "category_rights": {
            one: Rights(**{right: one in ids for right, ids in held.rights.items()})
            for one in set().union(*held.rights.values())
        },
        "overview_blocks": held.blocks,
        "by": cast.head.access,
    }
    with pytest.raises(GainsToConfirmError) as caught:
        save_user_group(**given)
    assert caught.value.gains[0].lines == (f"“{added.label}”",)
    saved = save_user_group(**given, confirmed=caught.value.token)
    assert (saved.waiting is not None) == waits
    now = selectors.get_user_group(SYSTEM, held.id, all_categories()).system
    assert (added in now) == (not waits)


@pytest.mark.spec("SAF-12")
def test_block_of_the_overview_is_a_gain_too(in_a, cast):
    with pytest.raises(GainsToConfirmError) as caught:
        save_user_group(
            group_id=group("Non-key staff"),
            name="Non-key staff",
            system_permissions=[],
            category_rights={},
            overview_blocks=list(OverviewBlock),
            by=cast.head.access,
        )
    assert "Looked-after, ethnicity, religion, free school meals" in " ".join(caught.value.gains[0].lines)


@pytest.mark.spec("SAF-14")
def test_whoever_asked_cannot_confirm_and_another_ask_is_refused_meanwhile(in_a, cast):
    from django.core.exceptions import PermissionDenied

    given = {"category_id": category("Prevent"), "rights": {group("Teachers"): ALL}, "by": cast.head.access}
    (change,) = set_rights_of_category(**given, confirmed=gains_of(**given).token)
    with pytest.raises(PermissionDenied):
        second_person.confirm(change_id=change.pk, by=cast.head.access)
    with pytest.raises(ValidationError):
        set_rights_of_category(**given, confirmed=gains_of(**given).token)
    assert PendingChange.objects.count() == 1
    assert rights("Teachers", "Prevent") == ADDS
