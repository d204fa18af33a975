"""Who may not see a pupil's record, set and lifted by editors and administrators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import active_among, keepers_of_blocks
from tenant_apps.students.models import BlockedReader, Student
from tenant_apps.students.selectors.limits import readers_blocked_from
from tenant_apps.students.selectors.records import get_student


class NobodyLeftError(Exception):
    """The block would leave nobody who may see the record and lift a block again."""


@transaction.atomic
def block_student_reader(*, student_id: UUID, user_id: UUID, by: Access, at: datetime | None = None) -> None:
    """From now on this person does not see the pupil nor any incident the pupil has a part in.

    Raises Http404 for a pupil that `by` may not see, PermissionDenied without the right to block,
    NobodyLeftError. Blocking somebody twice is blocking once.
    """
    _hold(student_id, by)
    if user_id not in active_among([user_id]):
        raise PermissionDenied("Only active members of staff can be blocked.")
    if not keepers_of_blocks() - readers_blocked_from([student_id]) - {user_id}:
        raise NobodyLeftError
    set_at = at or now()
    _, is_new = BlockedReader.objects.get_or_create(
        student_id=student_id,
        user_id=user_id,
        lifted_at=None,
        defaults={"set_by_id": by.user_id, "set_at": set_at},
    )
    if is_new:
        _note("student.reader_blocked", student_id, user_id, by, set_at)


@transaction.atomic
def lift_student_block(*, student_id: UUID, user_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Ends the block. Nobody lifts their own: to them the pupil is not there (Http404)."""
    _hold(student_id, by)
    lifted_at = at or now()
    standing = BlockedReader.objects.filter(student_id=student_id, user_id=user_id, lifted_at=None)
    if standing.update(lifted_at=lifted_at, lifted_by_id=by.user_id):
        _note("student.reader_unblocked", student_id, user_id, by, lifted_at)


def _hold(student_id: UUID, by: Access) -> None:
    """Two people who block each other at once wait for one another: one of them is left."""
    if not can_block_readers(by):
        raise PermissionDenied("Only editors and administrators say who may not see a record.")
    if not by.is_system:
        get_student(by, student_id)
    Student.objects.select_for_update().get(pk=student_id)


def _note(event: str, student_id: UUID, user_id: UUID, by: Access, at: datetime) -> None:
    detail = {"user": user_id}
    record(event, by=by, students=[student_id], record=("student", student_id), detail=detail, at=at)
