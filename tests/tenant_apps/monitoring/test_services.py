import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.db.clock import now
from tenant_apps.categories.selectors import all_categories, close_upward
from tenant_apps.classes.services import set_restricted_kinds
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.monitoring.services import EndsBeforeItBeganError, InFutureError, end, end_all, start

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 12, tzinfo=UTC)
HAND = ("hand", None)


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


def begin(student, *names, by=SYSTEM, at=MONDAY):
    carried = close_upward(category(name) for name in names)
    return start(student_ids=[student.pk], category_ids=carried, by=by, source=("incident", uuid4()), at=at)


def on(student):
    return [one.name for one in monitored_now(SYSTEM, [student.pk])[student.pk]]


@pytest.mark.spec("INC-36", "MON-01", "MON-02")
def test_incident_starts_its_categories_that_start_monitoring(students_a, cast):
    student = students_a[0]
    begin(student, "Bullying", "First Aid", by=cast.support.plain_access)
    assert on(student) == ["Behaviour", "Bullying"]
    assert on(students_a[1]) == []
    row = Monitoring.objects.get(category=category("Bullying"))
    assert (row.started_at, row.started_by_id, row.ended_at) == (MONDAY, cast.support.user.pk, None)
    event = AuditEvent.objects.get(event="monitoring.started")
    assert event.student_ids == [student.pk]


@pytest.mark.spec("INC-36")
def test_restricting_sub_category_does_not_start_its_open_parent(students_a):
    begin(students_a[0], "Self-harm")
    assert on(students_a[0]) == ["Self-harm"]
    begin(students_a[1], "Neglect")
    assert on(students_a[1]) == ["Child Protection", "Neglect"]


@pytest.mark.spec("MON-02")
def test_category_that_is_on_is_not_started_twice(students_a):
    begin(students_a[0], "Bullying")
    assert begin(students_a[0], "Bullying", "SEND", at=TUESDAY) != []
    assert begin(students_a[0], "Bullying", at=TUESDAY) == []
    assert on(students_a[0]) == ["Behaviour", "Bullying", "SEND"]
    assert Monitoring.objects.get(category=category("Bullying")).started_at == MONDAY
    with pytest.raises(IntegrityError), transaction.atomic():
        Monitoring.objects.create(
            student=students_a[0], category_id=category("Bullying"), started_at=MONDAY, source_kind="hand"
        )


@pytest.mark.spec("MON-04")
def test_only_a_person_ends_it_and_a_later_incident_starts_it_anew(students_a, cast):
    student, bullying = students_a[0], category("Bullying")
    begin(student, "Bullying")
    by = cast.lead.access
    assert end(student_ids=[student.pk], category_ids=[bullying, category("SEND")], by=by, at=TUESDAY) == 1
    assert on(student) == ["Behaviour"]
    row = Monitoring.objects.get(category=bullying)
    assert (row.ended_at, row.ended_by_id) == (TUESDAY, cast.lead.user.pk)
    begin(student, "Bullying", at=TUESDAY)
    assert Monitoring.objects.filter(category=bullying).count() == 2
    assert on(student) == ["Behaviour", "Bullying"]


@pytest.mark.spec("MON-01", "CAT-06")
def test_by_hand_it_is_exactly_these_categories_for_those_who_view_them(students_a, cast):
    ids = [student.pk for student in students_a[:2]]
    start(student_ids=ids, category_ids=[category("First Aid")], by=cast.lead.access, source=HAND)
    assert on(students_a[0]) == on(students_a[1]) == ["First Aid"]


@pytest.mark.spec("CAT-06", "USR-33")
@pytest.mark.parametrize(
    ("part", "name", "elevated"),
    [
        ("teacher", "Disclosure", True),
        ("lead", "Bullying", False),
        ("support", "Bullying", False),
        ("data", "SEND", True),
    ],
)
def test_by_hand_is_refused_without_key_or_view_students(students_a, cast, part, name, elevated):
    person, ids = getattr(cast, part), [students_a[0].pk]
    by = person.access if elevated else person.plain_access
    begin(students_a[0], name)
    before = on(students_a[0])
    with pytest.raises(PermissionDenied):
        start(student_ids=ids, category_ids=[category(name)], by=by, source=HAND)
    with pytest.raises(PermissionDenied):
        end(student_ids=ids, category_ids=[category(name)], by=by)
    assert on(students_a[0]) == before


@pytest.mark.spec("GRP-08", "GRP-09")
def test_by_hand_is_refused_outside_ones_classes(students_a, cast):
    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    with pytest.raises(PermissionDenied):
        start(
            student_ids=[students_a[0].pk],
            category_ids=[category("Bullying")],
            by=cast.teacher.access,
            source=HAND,
        )
    assert on(students_a[0]) == []


@pytest.mark.spec("MON-08")
def test_start_date_may_lie_in_the_past_but_not_within_the_last_stretch(students_a, cast):
    first, second, bullying = students_a[0], students_a[1], category("Bullying")
    by, ids = cast.lead.access, [students_a[0].pk, students_a[1].pk]
    begin(first, "Bullying", at=MONDAY)
    end(student_ids=[first.pk], category_ids=[bullying], by=by, at=TUESDAY)
    start(student_ids=ids, category_ids=[bullying], by=by, source=HAND, since=MONDAY - timedelta(days=9))
    began = dict(Monitoring.objects.filter(ended_at=None).values_list("student_id", "started_at"))
    assert began[second.pk] == MONDAY - timedelta(days=9)
    # Nobody is monitored twice at the same time, in the past neither.
    assert began[first.pk] == TUESDAY
    with pytest.raises(InFutureError):
        start(
            student_ids=ids,
            category_ids=[category("SEND")],
            by=by,
            source=HAND,
            since=now() + timedelta(minutes=5),
        )
    # What was decided when stands in the audit at its own time.
    assert AuditEvent.objects.filter(event="monitoring.started").latest("at").at > TUESDAY


@pytest.mark.spec("MON-08")
def test_end_date_before_a_start_ends_nothing_and_says_for_whom(students_a, cast):
    early, late, bullying = students_a[0], students_a[1], category("Bullying")
    begin(early, "Bullying", at=MONDAY)
    begin(late, "Bullying", at=TUESDAY)
    by, ids = cast.lead.access, [early.pk, late.pk]
    with pytest.raises(EndsBeforeItBeganError) as told:
        end(student_ids=ids, category_ids=[bullying], by=by, until=MONDAY + timedelta(hours=1))
    assert told.value.student_ids == {late.pk}
    assert "Bullying" in on(early)
    with pytest.raises(InFutureError):
        end(student_ids=ids, category_ids=[bullying], by=by, until=now() + timedelta(days=1))
    assert end(student_ids=ids, category_ids=[bullying], by=by, until=TUESDAY) == 2
    ends = Monitoring.objects.filter(category=bullying).values_list("ended_at", flat=True)
    assert list(ends) == [TUESDAY, TUESDAY]


@pytest.mark.spec("MON-09", "CAT-06")
def test_wiping_ends_what_one_may_see_and_nothing_else(students_a, cast):
    begin(students_a[0], "Neglect", "Bullying")
    begin(students_a[1], "Bullying")
    deputy = cast.deputy.access
    seen = replace(
        deputy, view_students=frozenset({category("Bullying"), category("Behaviour"), category("SEND")})
    )
    assert end_all(student_ids=[students_a[0].pk], by=seen) == 2
    assert on(students_a[0]) == ["Child Protection", "Neglect"]
    assert on(students_a[1]) == ["Behaviour", "Bullying"]
    with pytest.raises(PermissionDenied):
        end_all(student_ids=[students_a[0].pk], by=cast.lead.plain_access)


@pytest.mark.spec("SAF-42")
def test_changing_asks_add_incidents_besides_view_students(students_a, cast):
    begin(students_a[0], "Bullying", "SEND")
    before = on(students_a[0])
    ids, bullying = [students_a[0].pk], category("Bullying")
    lead = cast.lead.access
    sees_only = replace(lead, add_incidents=lead.add_incidents - {bullying})
    adds_only = replace(lead, view_students=lead.view_students - {bullying})
    for by in (sees_only, adds_only):
        with pytest.raises(PermissionDenied):
            end(student_ids=ids, category_ids=[bullying], by=by)
        with pytest.raises(PermissionDenied):
            start(student_ids=[students_a[1].pk], category_ids=[bullying], by=by, source=HAND)
    assert on(students_a[0]) == before
    assert on(students_a[1]) == []
    # Wiping leaves alone what is not theirs to change.
    assert end_all(student_ids=ids, by=sees_only) == len(before) - 1
    assert on(students_a[0]) == ["Bullying"]


RACER = """
import sys, django
django.setup()
from uuid import UUID
from core.access import SYSTEM
from core.tenancy import in_school
from tenants.selectors import get_school_by_subdomain
with in_school(get_school_by_subdomain("ashgrove")):
    from tenant_apps.monitoring.services import start
    print("ready", flush=True)
    student, category = map(UUID, sys.stdin.readline().split())
    print(len(start(student_ids=[student], category_ids=[category], by=SYSTEM, source=("hand", None))))
"""

PUPIL = """
import django
django.setup()
from core.tenancy import in_school
from tenants.selectors import get_school_by_subdomain
with in_school(get_school_by_subdomain("ashgrove")):
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.students.models import Student
    names = {"legal_forename": "Ann", "legal_surname": "Bee", "sort_key": "bee  ann", "search_key": "ann bee"}
    student = Student.objects.create(mis_id="1", year_group="7", **names)
    print(student.pk, next(one.id for one in all_categories() if one.name == "Bullying"))
"""


@pytest.mark.fault
@pytest.mark.spec("MON-02")
def test_four_requests_at_once_start_it_once(product_environment, own_database):
    environment = product_environment | {"PYTHONPATH": ".:platform"}

    def python(script):
        return subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    ids, _ = python(PUPIL).communicate(timeout=60)
    racers = [python(RACER) for _ in range(4)]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write(ids)
        racer.stdin.flush()
    begun = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert sorted(begun) == [0, 0, 0, 1]
