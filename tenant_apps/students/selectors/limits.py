"""Which pupils a person may see at all: class restrictions, pupils without a group, and blocks.

A block ("Staff who may not see this record") comes before everything else and is part of every condition.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.access import Access
from tenant_apps.students.models import BlockedReader, Membership, Student


def running() -> Q:
    """Memberships that have not ended; those about to begin count."""
    return Q(end_date__isnull=True) | Q(end_date__gte=timezone.localdate())


def in_classes(access: Access) -> Q:
    """For rows of memberships: those that open a pupil to this person."""
    if access.classes is None:
        return running()
    return running() & Q(group_id__in=access.classes)


def groups_now(student_ids: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """For each of these pupils the groups of running memberships, each with its kind. One query."""
    found: dict[UUID, dict[UUID, str]] = {student_id: {} for student_id in student_ids}
    rows = Membership.objects.filter(running(), student_id__in=found)
    for student_id, group_id, kind in rows.values_list("student_id", "group_id", "group__kind"):
        found[student_id][group_id] = kind
    return found


def sees_everybody(access: Access) -> bool:
    """Whether neither classes nor the want of a group hide a pupil from this person."""
    return access.classes is None and access.sees_ungrouped


def blocked_students(access: Access) -> QuerySet[BlockedReader, UUID]:
    """Ids of the pupils whose records this person may not see, to put into a query. None for the system."""
    if access.user_id is None:
        return BlockedReader.objects.none().values_list("student_id", flat=True)
    return students_kept_from(access.user_id)


def students_kept_from(user_id: UUID) -> QuerySet[BlockedReader, UUID]:
    """Ids of the pupils whose records this person may not see, to put into a query."""
    standing = BlockedReader.objects.filter(lifted_at__isnull=True, user_id=user_id)
    return standing.values_list("student_id", flat=True)


def students_blocked_among(access: Access, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these pupils whose records this person may not see."""
    return set(blocked_students(access).filter(student_id__in=student_ids))


def readers_blocked_from(student_ids: Collection[UUID]) -> set[UUID]:
    """Everybody who may not see the record of one of these pupils."""
    standing = BlockedReader.objects.filter(student_id__in=student_ids, lifted_at__isnull=True)
    return set(standing.values_list("user_id", flat=True))


def student_visible(access: Access, student: str = "pk") -> Q:
    """A condition for queries with a student under the field `student`: of one's classes, and no block."""
    visible = in_own_classes(access, student)
    if access.user_id is None:
        return visible
    return visible & ~Q(**{f"{student}__in": blocked_students(access)})


def in_own_classes(access: Access, student: str = "pk") -> Q:
    """The part of `student_visible` that classes decide.

    A pupil is seen through a class of one's own, all restricted kinds together. One who is in no group
    (archived pupils are in none) asks for the permission of its own; where kinds are restricted, that is
    one in no group of those kinds, whom nobody could be given.
    """
    if sees_everybody(access):
        # Always true. An empty Q would vanish beside another one joined by "or".
        return Q(**{f"{student}__isnull": False})
    of_student = Membership.objects.filter(student=OuterRef(student))
    own = Q(Exists(of_student.filter(in_classes(access))))
    if not access.sees_ungrouped:
        return own
    grouped = of_student.filter(running(), group__kind__in=access.restricted_kinds)
    return own | ~Q(Exists(grouped))


def students_visible_to(access: Access) -> QuerySet[Student]:
    """Every pupil this person may see, archived ones included; nobody without a key in the session."""
    if not access.is_elevated:
        return Student.objects.none()
    return Student.objects.filter(student_visible(access))


def visible_among(access: Access, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these pupils whom this person may see."""
    return set(students_visible_to(access).filter(pk__in=student_ids).values_list("pk", flat=True))
