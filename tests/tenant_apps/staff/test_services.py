from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from core.access import SYSTEM, SystemPermission
from core.audit.models import AuditEvent
from shared_apps.people.services import create_user, set_active
from tenant_apps.categories.selectors import all_categories
from tenant_apps.staff import selectors, services
from tenant_apps.staff.models import AlertGroup, MISStaff, StaffMember
from tenant_apps.staff.services import MISPerson, Rights, save_alert_group


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


@pytest.mark.spec("USR-17", "USR-18", "USR-20", "USR-21")
def test_new_user_group_gives_what_was_ticked_and_nothing_else(in_a, cast):
    group = services.save_user_group(
        name="Midday",
        system_permissions=[SystemPermission.ADD_ENTRIES],
        category_rights={category("Behaviour"): Rights(add_incidents=True), category("Prevent"): Rights()},
        by=cast.head.access,
    )
    services.move_to_group(user_id=cast.teacher.user.pk, group_id=group.id, by=cast.head.access)
    access = cast.teacher.access
    assert access.system == {SystemPermission.ADD_ENTRIES}
    assert access.add_incidents == {category("Behaviour")}
    assert access.view_incidents == access.view_students == frozenset()
    assert AuditEvent.objects.filter(event="staff.group_changed", record_id=cast.teacher.user.pk).exists()


@pytest.mark.spec("USR-19", "USR-33")
def test_saving_a_group_replaces_it_whole_and_counts_at_once(in_a, cast):
    group_id = selectors.permissions_of(cast.teacher.user.pk).group_id
    services.save_user_group(
        group_id=group_id,
        name="Teachers",
        system_permissions=[],
        category_rights={category("SEND"): Rights(True, True, True)},
        by=cast.head.access,
    )
    access = cast.teacher.access
    assert (access.system, access.view_incidents) == (frozenset(), {category("SEND")})


@pytest.mark.spec("CAT-05", "CAT-06", "CAT-07", "CAT-08", "CAT-09")
def test_rights_of_one_category_change_its_own_rows_only(in_a, cast):
    before = cast.teacher.access
    group_id = selectors.permissions_of(cast.teacher.user.pk).group_id
    behaviour, bullying = category("Behaviour"), category("Bullying")
    services.set_rights_of_category(
        category_id=behaviour, rights={group_id: Rights(view_students=True)}, by=cast.head.access
    )
    after = cast.teacher.access
    assert behaviour in after.view_students
    assert behaviour not in after.view_incidents | after.add_incidents
    assert bullying in after.view_incidents
    assert after.view_incidents == before.view_incidents - {behaviour}


@pytest.mark.spec("USR-30")
@pytest.mark.parametrize("part", ["lead", "teacher", "support"])
def test_only_administrators_change_groups_and_members(in_a, cast, part):
    by, user_id = getattr(cast, part).access, cast.support.user.pk
    before = selectors.permissions_of(user_id)
    admin = selectors.user_group_ids()["Admin"]
    for attempt in (
        lambda: services.save_user_group(name="X", system_permissions=[], category_rights={}, by=by),
        lambda: services.move_to_group(user_id=user_id, group_id=admin, by=by),
        lambda: services.add_member(user_id=user_id, group_id=admin, by=by),
        lambda: services.set_rights_of_category(
            category_id=category("Prevent"),
            rights={before.group_id: Rights(True, True, True)},
            by=by,
        ),
        lambda: save_alert_group(name="X", member_ids=[user_id], by=by),
        lambda: services.record_mis_staff(people=[], by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert selectors.permissions_of(user_id) == before
    assert not AlertGroup.objects.filter(name="X").exists()


@pytest.mark.spec("USR-17")
def test_user_is_in_one_group(in_a, cast):
    admin = selectors.user_group_ids()["Admin"]
    with pytest.raises(IntegrityError), transaction.atomic():
        services.add_member(user_id=cast.teacher.user.pk, group_id=admin, by=SYSTEM)


def make_people(count):
    return [
        create_user(
            email=f"p{number}@ashgrove.sch.example", first_name="P", last_name=str(number), by=SYSTEM
        ).pk
        for number in range(count)
    ]


@pytest.mark.spec("SAF-04")
def test_large_alert_group_is_for_the_library_unless_somebody_insists(in_a):
    people = make_people(16)
    for user_id in people:
        services.add_member(user_id=user_id, group_id=selectors.user_group_ids()["Teachers"], by=SYSTEM)
    with pytest.raises(ValidationError):
        save_alert_group(name="All staff", member_ids=people, by=SYSTEM)
    save_alert_group(name="Fifteen", member_ids=people[:15], by=SYSTEM)
    save_alert_group(name="All staff", member_ids=people, on_incidents=False, by=SYSTEM)
    assert "All staff" not in [group.name for group in selectors.alert_groups_for_incidents()]
    save_alert_group(name="Insisted", member_ids=people, insists=True, by=SYSTEM)
    assert "Insisted" in [group.name for group in selectors.alert_groups_for_incidents()]


@pytest.mark.spec("SAF-15")
def test_alert_group_needs_an_active_member(in_a, cast):
    default = selectors.default_alert_group()
    set_active(user_id=cast.support.user.pk, is_active=False, by=SYSTEM)
    for people in ([], [cast.support.user.pk]):
        with pytest.raises(ValidationError):
            save_alert_group(
                group_id=default.id, name=default.name, member_ids=people, is_default=True, by=SYSTEM
            )
    assert len(selectors.members_of([default.id])) == 2


@pytest.mark.spec("SAF-15")
def test_default_group_can_be_replaced_and_not_given_up(in_a, cast):
    default = selectors.default_alert_group()
    people = [cast.head.user.pk]
    for change in ({"is_default": False}, {"is_default": True, "on_incidents": False}):
        with pytest.raises(ValidationError):
            save_alert_group(group_id=default.id, name=default.name, member_ids=people, by=SYSTEM, **change)
    other = save_alert_group(name="Leaders", member_ids=people, is_default=True, by=SYSTEM)
    assert selectors.default_alert_group().id == other.id
    assert AlertGroup.objects.filter(is_default=True).count() == 1


def test_alert_group_is_saved_whole(in_a, cast):
    people = [cast.head.user.pk, cast.lead.user.pk]
    group = save_alert_group(name="Year 7", member_ids=people, by=SYSTEM)
    save_alert_group(
        group_id=group.id,
        name="Year 7 pastoral",
        member_ids=[cast.lead.user.pk, cast.teacher.user.pk],
        by=SYSTEM,
    )
    assert selectors.members_of([group.id]) == [cast.teacher.user.pk, cast.lead.user.pk]
    with pytest.raises(ValidationError):
        save_alert_group(name="YEAR 7 pastoral", member_ids=people, by=SYSTEM)


def mis_person(mis_id, email="", **more):
    return MISPerson(
        mis_id=mis_id, first_name="Tom", last_name="Ellery", email=email, start_date=date(2020, 9, 1), **more
    )


def test_mis_staff_is_tied_to_users_by_address_and_never_becomes_one(in_a, cast):
    people = [
        mis_person("S1", cast.teacher.email.upper(), job_title="Teacher of maths"),
        mis_person("S2", "nobody@ashgrove.sch.example"),
        mis_person("S3"),
    ]
    users = StaffMember.objects.count()
    assert services.record_mis_staff(people=people, by=SYSTEM) == 3
    assert services.record_mis_staff(people=people, by=SYSTEM) == 0
    assert StaffMember.objects.count() == users
    member = StaffMember.objects.get(user_id=cast.teacher.user.pk)
    assert (member.mis_id, member.job_title) == ("S1", "Teacher of maths")
    assert selectors.users_by_mis_id(["S1", "S2"]) == {"S1": cast.teacher.user.pk}


def test_mis_staff_missing_from_a_whole_list_stays_marked(in_a):
    services.record_mis_staff(people=[mis_person("S1"), mis_person("S2")], by=SYSTEM)
    assert services.record_mis_staff(people=[mis_person("S2")], is_whole=False, by=SYSTEM) == 0
    assert services.record_mis_staff(people=[mis_person("S2")], by=SYSTEM) == 1
    assert dict(MISStaff.objects.values_list("mis_id", "is_listed")) == {"S1": False, "S2": True}


def test_address_shared_by_two_of_the_mis_ties_nobody(in_a, cast):
    people = [mis_person("S1", cast.teacher.email), mis_person("S2", cast.teacher.email)]
    services.record_mis_staff(people=people, by=SYSTEM)
    assert StaffMember.objects.get(user_id=cast.teacher.user.pk).mis_id is None
