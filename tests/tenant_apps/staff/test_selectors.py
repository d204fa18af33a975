import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.access import SYSTEM
from shared_apps.people.services import set_active
from tenant_apps.categories.selectors import all_categories
from tenant_apps.staff import selectors
from tenant_apps.staff.models import StaffMember
from tenant_apps.staff.services import save_alert_group, save_user_group


def names(people):
    return [person.full_name for person in people]


@pytest.mark.spec("INC-20")
def test_assignment_offers_active_key_holders_whose_group_can_view_students(in_a, cast):
    assert names(selectors.key_holders_for_assignment()) == [
        "Martin Coleman",
        "Tom Ellery",
        "Priya Nair",
        "Daniel Okafor",
        "Anita Rowe",
    ]
    set_active(user_id=cast.teacher.user.pk, is_active=False, by=SYSTEM)
    assert "Tom Ellery" not in names(selectors.key_holders_for_assignment())


@pytest.mark.spec("INC-22")
def test_staff_is_suggested_by_part_of_a_name(in_a, cast):
    assert names(selectors.suggest_staff("oka")) == ["Daniel Okafor"]
    assert names(selectors.suggest_staff("dan oka")) == ["Daniel Okafor"]
    assert names(selectors.suggest_staff("joyce")) == ["Joyce Webb"]
    assert selectors.suggest_staff("") == []
    set_active(user_id=cast.support.user.pk, is_active=False, by=SYSTEM)
    assert selectors.suggest_staff("joyce") == []


@pytest.mark.spec("SAF-15")
def test_default_alert_group_is_the_dsl_and_slt(in_a):
    group = selectors.default_alert_group()
    assert (group.name, group.is_default, group.member_count) == ("Safeguarding team", True, 2)
    assert [str(person) for person in selectors.default_group_people()] == ["Ms Nair", "Mr Okafor"]


@pytest.mark.spec("USR-38", "INC-23", "SAF-04")
def test_buttons_are_the_groups_on_incidents_that_reach_somebody(in_a, cast):
    people = [cast.teacher.user.pk]
    save_alert_group(name="Year 10 pastoral", member_ids=people, by=SYSTEM)
    save_alert_group(name="Year 9 pastoral", member_ids=people, by=SYSTEM)
    save_alert_group(name="All staff", member_ids=people, on_incidents=False, by=SYSTEM)

    def buttons():
        return [group.name for group in selectors.alert_groups_for_incidents()]

    assert buttons() == ["Safeguarding team", "Year 9 pastoral", "Year 10 pastoral"]
    set_active(user_id=cast.teacher.user.pk, is_active=False, by=SYSTEM)
    assert buttons() == ["Safeguarding team"]


@pytest.mark.spec("USR-17", "USR-20")
def test_permissions_of_a_user_are_one_query(in_a, cast):
    with CaptureQueriesContext(connection) as queries:
        given = selectors.permissions_of(cast.pastoral.user.pk)
    assert len(queries) == 2, "one for the user, one for the permissions"
    assert given.group_name == "Pastoral leads"
    tree = {one.name: one.id for one in all_categories()}
    assert tree["Looked After Child"] in given.view_incidents
    assert tree["Previously Looked After"] not in given.view_incidents | given.add_incidents


def test_own_switch_for_ungrouped_students_beats_the_group(in_a, cast):
    for part, switch in (("teacher", True), ("lead", False)):
        user_id = getattr(cast, part).user.pk
        assert selectors.permissions_of(user_id).sees_ungrouped is not switch
        StaffMember.objects.filter(user_id=user_id).update(sees_ungrouped=switch)
        assert selectors.permissions_of(user_id).sees_ungrouped is switch


@pytest.mark.spec("INC-32", "SAF-10")
def test_viewable_by_answers_for_everyone_asked_in_one_query(in_a, cast):
    tree = {one.name: one.id for one in all_categories()}
    asked = [tree["Neglect"], tree["Bullying"]]
    people = {part: getattr(cast, part).user.pk for part in ("lead", "teacher", "support")}
    with CaptureQueriesContext(connection) as queries:
        found = selectors.viewable_by(people.values(), asked)
    assert len(queries) == 1
    assert found == {
        people["lead"]: frozenset(asked),
        people["teacher"]: frozenset({tree["Bullying"]}),
        people["support"]: frozenset(),
    }


def test_administrators_are_active_key_holders_with_the_privilege(in_a, cast):
    assert set(selectors.administrators()) == {cast.head.user.pk, cast.data.user.pk}
    set_active(user_id=cast.head.user.pk, is_active=False, by=SYSTEM)
    assert selectors.administrators() == [cast.data.user.pk]


def test_groups_viewing_tells_the_categories_of_every_group(in_a):
    group = save_user_group(name="Nobody", system_permissions=[], category_rights={}, by=SYSTEM)
    found = selectors.groups_viewing()
    assert found[group.id] == ("Nobody", frozenset())
    by_name = dict(found.values())
    assert by_name["Admin"] == frozenset(one.id for one in all_categories())
    assert by_name["Teachers"] < by_name["Pastoral leads"]
