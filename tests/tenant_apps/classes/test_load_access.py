from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.access import SYSTEM, SystemPermission
from core.access.enums import KEPT_WITHOUT_KEY
from core.tenancy import in_school
from shared_apps.people.selectors import get_user
from shared_apps.people.services import create_user, set_active
from tenant_apps.categories.selectors import all_categories
from tenant_apps.categories.services import NewCategory, add_categories
from tenant_apps.classes.selectors import current_groups, is_in_network, load_access
from tenant_apps.classes.services import add_group, set_group_people, set_restricted_kinds
from tenant_apps.staff.selectors import user_group_ids
from tenant_apps.staff.services import Rights, add_member, save_user_group


def names(ids):
    return {one.name for one in all_categories() if one.id in ids}


@pytest.mark.spec("USR-17", "USR-20", "CAT-07")
def test_access_of_a_teacher_with_the_key(in_a, cast):
    access = load_access(cast.teacher.user, is_elevated=True)
    assert (access.user_id, access.is_elevated, access.has_key) == (cast.teacher.user.pk, True, True)
    assert SystemPermission.VIEW_STUDENT_DETAILS in access.system
    assert SystemPermission.EDIT_INCIDENTS not in access.system
    assert names(access.view_incidents) == {
        "Behaviour",
        "Bullying",
        "Attendance",
        "Punctuality",
        "Medical",
        "First Aid",
        "SEND",
        "Parental Contact",
    }
    assert names(access.add_incidents - access.view_incidents) == {
        "Cause for Concern",
        "Disclosure",
        "Change in behaviour",
        "Physical Intervention",
        "Mental Health",
        "Home Issues",
        "Online Safety",
    }
    assert (
        access.hidden_restricting
        == access.restricting
        == {one.id for one in all_categories() if one.is_restricting}
    )


@pytest.mark.spec("USR-32", "USR-33", "USR-21")
@pytest.mark.parametrize("part", ["head", "lead", "teacher", "support", "data"])
def test_session_without_the_key_reads_nothing_and_may_add_as_before(in_a, cast, part):
    person = getattr(cast, part)
    with_key = load_access(person.user, is_elevated=True)
    without = load_access(person.user, is_elevated=False)
    assert without.view_incidents == without.view_students == frozenset()
    assert without.add_incidents == with_key.add_incidents
    assert without.system == with_key.system & KEPT_WITHOUT_KEY
    assert not without.is_administrator
    assert without.has_key is (part != "support")


@pytest.mark.spec("USR-17")
def test_someone_in_no_group_or_inactive_may_do_nothing(in_a, cast):
    stranger = create_user(email="s@ashgrove.sch.example", first_name="S", last_name="T", by=SYSTEM)
    set_active(user_id=cast.head.user.pk, is_active=False, by=SYSTEM)
    for user in (stranger, get_user(cast.head.user.pk)):
        access = load_access(user, is_elevated=True)
        assert access.system == access.view_incidents == access.add_incidents == frozenset()
        assert not access.sees_ungrouped


def test_schools_permissions_are_its_own(school_a, school_b, cast):
    with in_school(school_b):
        access = load_access(cast.lead.user, is_elevated=True)
    assert access.system == access.view_incidents == frozenset()


@pytest.fixture
def houses(in_a):
    return {
        (kind, name): add_group(mis_id=f"{kind}{name}", kind=kind, name=name, by=SYSTEM).id
        for kind, name in [("year", "Year 7"), ("year", "Year 8"), ("tutor", "7A"), ("house", "Red")]
    }


@pytest.mark.spec("GRP-01")
def test_without_restrictions_everybody_has_all_classes(houses, cast):
    for part in ("head", "lead", "pastoral", "teacher"):
        access = getattr(cast, part).access
        assert access.classes is None
        assert access.restricted_kinds == frozenset()
    assert len(current_groups(cast.teacher.access)) == 4


@pytest.mark.spec("GRP-02", "GRP-08")
def test_restricted_kind_leaves_the_listed_groups(houses, cast):
    year_7 = houses["year", "Year 7"]
    set_group_people(group_id=year_7, user_ids=[cast.teacher.user.pk], by=cast.head.access)
    set_group_people(group_id=houses["tutor", "7A"], user_ids=[cast.teacher.user.pk], by=cast.head.access)
    set_restricted_kinds(kinds=["year"], by=cast.head.access)
    access = cast.teacher.access
    # A list for a kind that is not restricted counts only once it is.
    assert (access.classes, access.restricted_kinds) == ({year_7}, {"year"})
    assert [group.name for group in current_groups(access)] == ["Year 7"]
    assert cast.pastoral.access.classes == frozenset()
    assert current_groups(cast.pastoral.access) == []


@pytest.mark.spec("GRP-08")
def test_restricted_kinds_count_together(houses, cast):
    listed = {houses["year", "Year 8"], houses["tutor", "7A"]}
    for group_id in listed:
        set_group_people(group_id=group_id, user_ids=[cast.teacher.user.pk], by=SYSTEM)
    set_restricted_kinds(kinds=["year", "tutor", "house"], by=SYSTEM)
    assert cast.teacher.access.classes == listed
    set_restricted_kinds(kinds=[], by=SYSTEM)
    assert cast.teacher.access.classes is None


@pytest.mark.spec("GRP-01", "GRP-09")
def test_admin_and_dsl_stand_above_class_restrictions_and_categories_still_count(houses, cast):
    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    assert cast.head.access.classes is cast.lead.access.classes is None
    teacher = cast.teacher.access
    assert teacher.classes == frozenset()
    assert names(teacher.view_incidents) >= {"Bullying"}
    assert "Neglect" not in names(teacher.view_incidents)


@pytest.mark.spec("GRP-10")
def test_new_group_of_a_restricted_kind_is_nobodys(houses, cast):
    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    add_group(mis_id="Y9", kind="year", name="Year 9", by=SYSTEM)
    assert cast.teacher.access.classes == cast.pastoral.access.classes == frozenset()


@pytest.mark.spec("USR-30")
def test_only_administrators_restrict_classes(houses, cast):
    from django.core.exceptions import PermissionDenied

    year_7 = houses["year", "Year 7"]
    for by in (cast.lead.access, cast.teacher.access, cast.head.plain_access):
        for attempt in (
            lambda by=by: set_restricted_kinds(kinds=["year"], by=by),
            lambda by=by: set_group_people(group_id=year_7, user_ids=[cast.teacher.user.pk], by=by),
            lambda by=by: add_group(mis_id="X", kind="year", name="X", by=by),
        ):
            with pytest.raises(PermissionDenied):
                attempt()
    assert cast.teacher.access.classes is None


def count(user, is_elevated):
    with CaptureQueriesContext(connection) as queries:
        load_access(user, is_elevated=is_elevated)
    return len(queries)


@pytest.mark.parametrize("is_elevated", [True, False])
def test_queries_do_not_grow_with_categories_and_classes(houses, cast, is_elevated):
    users = [getattr(cast, part).user for part in ("head", "teacher", "support")]
    before = [count(user, is_elevated) for user in users]
    assert max(before) <= 2
    add_categories(rows=[NewCategory(name=f"More {number}") for number in range(60)], by=SYSTEM)
    ids = {one.id: Rights(True, True, True) for one in all_categories()}
    group = save_user_group(name="Everything", system_permissions=[], category_rights=ids, by=SYSTEM)
    many = create_user(email="m@ashgrove.sch.example", first_name="M", last_name="N", by=SYSTEM)
    add_member(user_id=many.pk, group_id=group.id, by=SYSTEM)
    for number in range(40):
        added = add_group(mis_id=f"c{number}", kind="class", name=f"Class {number}", by=SYSTEM)
        set_group_people(group_id=added.id, user_ids=[many.pk, users[1].pk], by=SYSTEM)
    set_restricted_kinds(kinds=["class", "year"], by=SYSTEM)
    assert [count(user, is_elevated) for user in users] == before
    assert count(many, is_elevated) <= 2
    assert user_group_ids()["Everything"] == group.id


def test_groups_stand_in_the_order_people_count(in_a, cast):
    for name in ("10A", "7B", "7A", "9C"):
        add_group(mis_id=name, kind="tutor", name=name, by=SYSTEM)
    found = [group.name for group in current_groups(cast.head.access, kinds=["tutor"])]
    assert found == ["7A", "7B", "9C", "10A"]


def test_access_is_what_selectors_may_keep(in_a, cast):
    access = cast.teacher.access
    with pytest.raises(AttributeError):
        access.is_elevated = False
    assert replace(access) == access


@pytest.mark.spec("SAF-41")
def test_class_lists_a_user_group_whose_members_count_live(houses, cast):
    from tenant_apps.classes.models import ClassAccessGroup
    from tenant_apps.staff.models import StaffMember

    groups = user_group_ids()
    year_7 = houses["year", "Year 7"]
    ClassAccessGroup.objects.create(group_id=year_7, user_group_id=groups["Teachers"])
    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    assert cast.teacher.access.classes == {year_7}
    assert cast.pastoral.access.classes == frozenset()
    StaffMember.objects.filter(user=cast.pastoral.user).update(group=groups["Teachers"])
    StaffMember.objects.filter(user=cast.teacher.user).update(group=groups["Pastoral leads"])
    assert cast.pastoral.access.classes == {year_7}
    assert cast.teacher.access.classes == frozenset()


@pytest.mark.spec("SAF-13")
@pytest.mark.parametrize(
    ("setting", "ranges", "reads"),
    [
        ("everywhere", [], True),
        ("network", ["203.0.113.0/24", "127.0.0.0/8"], True),
        ("network", ["203.0.113.0/24", "2001:db8::/32"], False),
        ("network", [], False),
        ("network", ["no range"], False),
        ("key", ["127.0.0.0/8"], False),
    ],
)
def test_reading_without_a_key_follows_the_school_and_the_address(in_a, cast, rf, setting, ranges, reads):
    from core.audit.context import answering
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(non_key_reading=setting, network_ranges=ranges)
    with answering(rf.get("/"), request_id="1"):
        assert cast.support.plain_access.may_read_alerts is reads
        assert cast.lead.access.may_read_alerts


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.9", True),
        ("::ffff:203.0.113.9", True),
        ("203.0.114.9", False),
        ("2001:db8::1", False),
        ("", False),
        (None, False),
        ("somewhere", False),
    ],
)
def test_address_is_compared_with_the_ranges(address, found):
    assert is_in_network(address, ["203.0.113.0/24"]) is found


@pytest.mark.spec("SAF-12")
def test_blocks_of_the_overview_come_from_the_group_and_need_the_key(in_a, cast):
    from core.access.enums import OverviewBlock
    from tenant_apps.staff.models import UserGroup

    UserGroup.objects.filter(name="Teachers").update(overview_blocks=["contacts", "of another release"])
    assert cast.teacher.access.overview_blocks == {OverviewBlock.CONTACTS}
    assert not cast.teacher.plain_access.overview_blocks
