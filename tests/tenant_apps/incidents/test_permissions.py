"""Who may read, in SQL against the rule in plain Python, and corners that the drawing would rarely hit."""

import random
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.django_db

PLANTED = "zebra-lantern-77"


def naive(access, carried, categories, restricting):
    """The rule as D35 says it, on sets."""
    from tenant_apps.categories.selectors import close_upward

    closed = close_upward(carried, categories=categories)
    restricted = closed & restricting
    if restricted:
        return restricted <= access.view_incidents
    parents = {categories[one].parent_id for one in closed}
    return bool((closed - parents) & access.view_incidents)


@pytest.mark.attack("A11")
@pytest.mark.spec("SAF-01", "INC-40", "USR-33")
def test_listed_equals_the_naive_rule_for_200_draws(add, cast):
    from dataclasses import replace

    from core.access.enums import SystemPermission
    from tenant_apps.categories.selectors import category_map
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.permissions import listed_for

    draw = random.Random(20)
    categories = category_map()
    names = {view.id: view.name for view in categories.values()}
    restricting = {view.id for view in categories.values() if view.is_restricting}
    carried = {}
    for _ in range(20):
        chosen = draw.sample(list(categories), draw.randint(1, 4))
        carried[add(*[names[pk] for pk in chosen]).pk] = set(chosen)
    for _ in range(10):
        viewable = frozenset(draw.sample(list(categories), draw.randint(0, len(categories))))
        access = replace(cast.lead.access, view_incidents=viewable)
        found = set(Incident.objects.filter(listed_for(access)).values_list("pk", flat=True))
        expected = {pk for pk, chosen in carried.items() if naive(access, chosen, categories, restricting)}
        assert found == expected
    assert SystemPermission.EDIT_INCIDENTS in cast.lead.access.system


@pytest.mark.spec("SAF-01")
def test_restricting_category_hides_the_incident_from_who_may_view_only_the_other(add, cast):
    from tenant_apps.incidents.selectors import is_listed

    incident = add("Behaviour", "Child Protection")
    assert not is_listed(cast.teacher.access, incident.pk)
    assert is_listed(cast.lead.access, incident.pk)


@pytest.mark.spec("SAF-01")
def test_parent_does_not_open_what_carries_a_sub_category_of_it(add, cast):
    """Teachers view Behaviour but not Physical Intervention."""
    from tenant_apps.incidents.selectors import is_listed

    assert not is_listed(cast.teacher.access, add("Behaviour", "Physical Intervention").pk)
    assert is_listed(cast.teacher.access, add("Behaviour").pk)


@pytest.mark.spec("KEY-07", "KEY-35", "ACC-22")
def test_session_without_a_key_lists_nothing(add, cast):
    from tenant_apps.incidents.selectors import is_listed, may_read_incident

    incident = add("Behaviour")
    assert not is_listed(cast.lead.plain_access, incident.pk)
    assert not may_read_incident(cast.lead.plain_access, incident.pk)


@pytest.mark.spec("INC-49")
def test_alert_opens_the_one_incident_until_it_is_marked_read(add, cast, students_a):
    from tenant_apps.incidents.selectors import may_read_incident
    from tenant_apps.incidents.services import mark_read

    access = cast.support.access
    alerted = add("Child Protection", alert_user_ids=[cast.support.user.pk])
    other = add("Child Protection")
    assert may_read_incident(access, alerted.pk)
    assert not may_read_incident(access, other.pk)
    mark_read(incident_id=alerted.pk, by=access)
    assert not may_read_incident(access, alerted.pk)


@pytest.mark.spec("INC-20", "DSH-17")
def test_assignment_opens_the_incident_until_it_is_closed(add, cast):
    from tenant_apps.incidents.selectors import assigned_to, may_read_incident
    from tenant_apps.incidents.services import change_status

    access = cast.teacher.access
    incident = add("Child Protection", assignee_id=cast.teacher.user.pk)
    assert may_read_incident(access, incident.pk)
    assert [line.number for line in assigned_to(access)] == [incident.number]
    change_status(
        incident_id=incident.pk, status="closed", assignee_id=cast.teacher.user.pk, by=cast.lead.access
    )
    assert not may_read_incident(access, incident.pk)
    assert assigned_to(access) == []


@pytest.mark.spec("GRP-09", "GRP-08")
def test_class_limit_and_category_limit_both_apply(add, cast, students_a, in_class):
    from dataclasses import replace

    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.incidents.selectors import is_listed
    from tenant_apps.students.models import Membership

    mine = StudentGroup.objects.create(mis_id="G1", kind="tutor", name="7B", sort_key="7b")
    Membership.objects.create(student=students_a[0], group=mine, start_date="2026-01-01")
    access = replace(
        cast.teacher.access,
        classes=frozenset({mine.pk}),
        restricted_kinds=frozenset({"tutor"}),
        sees_ungrouped=False,
    )
    own, others = add("Behaviour"), add("Behaviour", student_id=students_a[1].pk)
    restricted = add("Child Protection")
    assert is_listed(access, own.pk)
    assert not is_listed(access, others.pk)
    assert not is_listed(access, restricted.pk)


@pytest.mark.spec("SAF-10", "DSH-12", "SAF-11")
def test_categories_that_one_may_not_view_are_not_named(add, cast, client_for):
    add("Behaviour", "Cause for Concern", text=PLANTED, alert_user_ids=[cast.teacher.user.pk])
    page = client_for(cast.teacher).get("/").content.decode()
    assert "Behaviour" in page
    assert PLANTED not in page


def test_names_for_the_alerted_leave_out_restricting_ones_they_may_not_view(category):
    from tenant_apps.incidents.permissions import named_categories

    hidden = category("Child Protection")
    open_ = category("Cause for Concern")
    access = SimpleNamespace(hidden_restricting=frozenset({hidden}), view_incidents=frozenset())
    assert named_categories(access, [hidden, open_], opened_by_alert=True) == [open_]
    assert named_categories(access, [hidden, open_]) == []
