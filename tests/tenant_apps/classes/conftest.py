"""A school whose classes are restricted: two tutor groups with pupils, one of them the teacher's."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from core.access import SYSTEM
from core.db.keys import uuid7
from tenant_apps.classes.services import (
    MISGroup,
    add_group,
    record_mis_groups,
    set_group_people,
    set_restricted_kinds,
)
from tenant_apps.students.models import Membership


@pytest.fixture
def tutors(students_a, cast):
    """7A holds Amelia and is the teacher's; 7B holds Jakub and is nobody's. Tutor groups are restricted."""
    mine = add_group(mis_id="7A", kind="tutor", name="7A", by=SYSTEM)
    other = add_group(mis_id="7B", kind="tutor", name="7B", by=SYSTEM)
    year = add_group(mis_id="Y7", kind="year", name="Year 7", by=SYSTEM)
    start = timezone.localdate() - timedelta(days=60)
    Membership.objects.bulk_create(
        Membership(student=student, group=group, start_date=start)
        for student, group in [
            (students_a[0], mine),
            (students_a[0], year),
            (students_a[1], other),
            (students_a[1], year),
        ]
    )
    set_group_people(group_id=mine.pk, user_ids=[cast.teacher.user.pk], by=SYSTEM)
    set_restricted_kinds(kinds=["tutor"], by=SYSTEM)
    return SimpleNamespace(mine=mine, other=other, year=year, own=students_a[0], hidden=students_a[1])


@pytest.fixture
def promoted(tutors):
    """Both pupils have moved to 8A, which an import has just brought; Amelia's 7A has ended."""
    today = timezone.localdate()
    groups = [
        MISGroup(id=uuid7(), mis_id=mis_id, kind=kind, name=name)
        for mis_id, kind, name in [("8A", "tutor", "8A"), ("7B", "tutor", "7B"), ("Y7", "year", "Year 7")]
    ]
    keys, _ = record_mis_groups(groups=groups, is_whole=True, today=today, by=SYSTEM)
    Membership.objects.filter(group=tutors.mine).update(end_date=today - timedelta(days=1))
    Membership.objects.create(student=tutors.own, group_id=keys["8A"], start_date=today)
    return SimpleNamespace(id=keys["8A"])
