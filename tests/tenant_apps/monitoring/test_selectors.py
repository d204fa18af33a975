from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.access import SYSTEM
from tenant_apps.categories.selectors import all_categories, close_upward
from tenant_apps.classes.services import set_restricted_kinds
from tenant_apps.monitoring import selectors
from tenant_apps.monitoring.services import end, start

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 12, tzinfo=UTC)


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


def begin(student, *names):
    carried = close_upward(category(name) for name in names)
    start(student_ids=[student.pk], category_ids=carried, by=SYSTEM, source=("incident", uuid4()), at=MONDAY)


def names(categories):
    return [one.name for one in categories]


@pytest.fixture
def monitored(students_a):
    begin(students_a[0], "Neglect", "Bullying")
    begin(students_a[1], "Disclosure")
    return students_a


@pytest.mark.spec("CAT-06", "MON-01", "SAF-10")
def test_each_person_sees_the_categories_whose_students_they_may_view(monitored, cast):
    ids = [student.pk for student in monitored]

    def seen(access):
        found = selectors.monitored_now(access, ids)
        return [names(found[one]) for one in ids[:3]]

    assert seen(cast.lead.access) == [
        ["Child Protection", "Neglect", "Behaviour", "Bullying"],
        ["Cause for Concern", "Disclosure"],
        [],
    ]
    assert seen(cast.teacher.access) == [["Behaviour", "Bullying"], [], []]
    assert seen(cast.pastoral.access)[1] == ["Cause for Concern", "Disclosure"]
    for access in (cast.support.access, cast.data.access, cast.lead.plain_access):
        assert seen(access) == [[], [], []]


@pytest.mark.spec("CAT-06", "GRP-08", "GRP-09")
def test_lists_and_counts_hold_ones_categories_and_classes_only(monitored, cast):
    lead, teacher = cast.lead.access, cast.teacher.access
    assert set(selectors.monitored_students(lead)) == {monitored[0].pk, monitored[1].pk}
    assert selectors.monitored_counts(lead)[category("Neglect")] == 1
    # Without a class the teacher has no student here at all: these pupils are in no group.
    assert selectors.monitored_students(teacher) == {}
    assert selectors.monitored_counts(teacher) == {}
    assert selectors.monitored_students(lead, category("Neglect")).keys() == {monitored[0].pk}
    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    assert selectors.monitored_students(cast.pastoral.access) == {}
    assert selectors.monitored_students(lead.__class__(**{**_fields(lead), "is_elevated": False})) == {}


def _fields(access):
    return {name: getattr(access, name) for name in access.__dataclass_fields__}


@pytest.mark.spec("MON-04")
def test_students_who_left_or_have_not_begun_are_in_no_list_and_stay_monitored(monitored, cast):
    access = cast.lead.access
    type(monitored[0]).objects.filter(pk=monitored[0].pk).update(archived_at=timezone.now())
    begins = timezone.localdate() + timedelta(days=3)
    type(monitored[1]).objects.filter(pk=monitored[1].pk).update(start_date=begins)
    assert selectors.monitored_students(access) == {}
    assert selectors.monitored_counts(access) == {}
    assert names(selectors.monitored_now(access, [monitored[1].pk])[monitored[1].pk]) == [
        "Cause for Concern",
        "Disclosure",
    ]


@pytest.mark.spec("CAT-06")
def test_history_tells_starts_and_ends_of_ones_own_categories(monitored, cast):
    student = monitored[0].pk
    end(student_ids=[student], category_ids=[category("Bullying")], by=SYSTEM, at=TUESDAY)
    lead = {
        one.category.name: one.ended_at for one in selectors.monitoring_history(cast.lead.access, student)
    }
    assert lead == {"Child Protection": None, "Neglect": None, "Behaviour": None, "Bullying": TUESDAY}
    teacher = {one.category.name for one in selectors.monitoring_history(cast.teacher.access, student)}
    assert teacher == {"Behaviour", "Bullying"}
    assert selectors.monitoring_history(cast.support.access, student) == []


def test_queries_do_not_grow_with_students(monitored, cast):
    access = cast.lead.access

    def count(students):
        with CaptureQueriesContext(connection) as queries:
            selectors.monitored_now(access, [student.pk for student in students])
        return len(queries)

    assert count(monitored[:1]) == count(monitored) == 2


@pytest.mark.spec("MON-13")
def test_ever_and_between_read_the_history(monitored, cast):
    bullying, lead = category("Bullying"), cast.lead.access
    one, other = monitored[0].pk, monitored[2].pk
    end(student_ids=[one], category_ids=[bullying], by=SYSTEM, at=TUESDAY)
    later = TUESDAY + timedelta(days=3)
    start(student_ids=[other], category_ids=[bullying], by=SYSTEM, source=("hand", None), at=later)

    def during(access, **between):
        return selectors.monitored_during(access, [bullying, category("Neglect")], **between)

    assert during(lead) == {one: {bullying, category("Neglect")}, other: {bullying}}
    assert other not in during(lead, until=TUESDAY)
    assert during(lead, since=TUESDAY + timedelta(days=1), until=later) == {
        one: {category("Neglect")},
        other: {bullying},
    }
    assert during(cast.support.access) == {}
    assert during(cast.teacher.access) == {}
