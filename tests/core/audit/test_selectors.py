from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from core.access import SYSTEM
from core.audit import selectors
from core.audit.services import record


def test_administrator_reads_the_audit_of_user_student_and_record(in_a, cast):
    student, incident = uuid4(), uuid4()
    event = record("incident.viewed", by=cast.lead.access, students=[student], record=("incident", incident))
    record("incident.viewed", by=SYSTEM, students=[uuid4()], record=("incident", uuid4()))
    access = cast.head.access
    assert selectors.events_of_user(access, cast.lead.access.user_id).first() == event
    assert list(selectors.events_of_student(access, student)) == [event]
    assert list(selectors.events_of_record(access, "incident", incident)) == [event]


def test_others_read_no_audit(in_a, cast):
    student = uuid4()
    record("incident.viewed", by=SYSTEM, students=[student])
    with pytest.raises(PermissionDenied):
        selectors.events_of_student(cast.teacher.access, student)
    with pytest.raises(PermissionDenied):
        selectors.events_of_user(cast.teacher.access, cast.teacher.access.user_id)
