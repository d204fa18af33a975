"""Links made by hand: to other pupils, seen from both, and to siblings at another school."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.students.enums import OwnRelationship, Source
from tenant_apps.students.models import SiblingElsewhere, StudentLink
from tenant_apps.students.selectors.links import get_own_link
from tenant_apps.students.selectors.records import get_student
from tenant_apps.students.services.contacts import hold_with_contacts


class LinkedToThemselvesError(Exception):
    """A pupil is not linked to themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingGiven:
    """A sibling at another school, as typed."""

    name: str
    school: str
    dsl: str = ""


@transaction.atomic
def add_link(
    *,
    student_id: UUID,
    linked_id: UUID,
    relationship: OwnRelationship,
    note: str = "",
    by: Access,
    at: datetime | None = None,
) -> None:
    """Link two pupils that `by` may see, from both sides; linking them again changes kind and note.

    Raises LinkedToThemselvesError, Http404, PermissionDenied.
    """
    if student_id == linked_id:
        raise LinkedToThemselvesError
    # In the order of their keys: two people who link the same two the other way round wait for one another.
    for one in sorted((student_id, linked_id)):
        hold_with_contacts(one, by)
    moment = at or now()
    for one, other in ((student_id, linked_id), (linked_id, student_id)):
        StudentLink.objects.update_or_create(
            student_id=one,
            linked_student_id=other,
            source=Source.HAND,
            defaults={
                "relationship": relationship.value,
                "note": note,
                "added_by_id": by.user_id,
                "added_at": moment,
                "ended_by_id": None,
                "ended_at": None,
            },
        )
    _note("student.link_added", [student_id, linked_id], by, {"kind": relationship.value}, moment)


@transaction.atomic
def end_link(*, student_id: UUID, link_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The link stands no longer, from neither side. Http404 for one of the MIS, or to a pupil not visible."""
    hold_with_contacts(student_id, by)
    link = get_own_link(student_id, link_id)
    other = link.linked_student_id
    if not by.is_system:
        get_student(by, other)
    moment = at or now()
    for one, two in ((student_id, other), (other, student_id)):
        StudentLink.objects.filter(
            student_id=one, linked_student_id=two, source=Source.HAND, ended_at=None
        ).update(ended_at=moment, ended_by_id=by.user_id)
    _note("student.link_ended", [student_id, other], by, {"kind": link.relationship}, moment)


@transaction.atomic
def add_sibling_elsewhere(
    *, student_id: UUID, given: SiblingGiven, by: Access, at: datetime | None = None
) -> SiblingElsewhere:
    """Note a brother or sister at another school."""
    hold_with_contacts(student_id, by)
    moment = at or now()
    row = SiblingElsewhere.objects.create(
        student_id=student_id, **asdict(given), added_by_id=by.user_id, added_at=moment
    )
    _note("student.sibling_added", [student_id], by, {"sibling": str(row.pk)}, moment)
    return row


@transaction.atomic
def end_sibling_elsewhere(
    *, student_id: UUID, sibling_id: UUID, by: Access, at: datetime | None = None
) -> None:
    """The note stands no longer; its row stays."""
    hold_with_contacts(student_id, by)
    moment = at or now()
    standing = SiblingElsewhere.objects.filter(pk=sibling_id, student_id=student_id, ended_at=None)
    if not standing.update(ended_at=moment, ended_by_id=by.user_id):
        raise Http404
    _note("student.sibling_ended", [student_id], by, {"sibling": str(sibling_id)}, moment)


def _note(event: str, students: list[UUID], by: Access, detail: dict[str, str], moment: datetime) -> None:
    record(event, by=by, students=students, record=("student", students[0]), detail=detail, at=moment)
