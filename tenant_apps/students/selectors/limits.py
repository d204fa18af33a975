"""Which pupils a person may see at all: class restrictions, pupils without a group, and blocks.

A block ("Staff who may not see this record") and a seal ("Seal record") come before everything else and are
part of every condition.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.access import Access
from shared_apps.people.selectors import active_users
from tenant_apps.students.models import BlockedReader, Membership, Seal, Student


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


def kept_from(user_id: UUID, student: str = "pk") -> Q:
    """A condition for queries with a student under the field `student`: records kept from this person.

    By a block, or because the record is sealed and this is none of the two who may open it.
    """
    blocks = BlockedReader.objects.filter(lifted_at__isnull=True, user_id=user_id)
    seals = standing_seals().exclude(Q(first_reader=user_id) | Q(second_reader=user_id))
    # One list, not two joined by "or": for that the database would read every row of the table beside it.
    return Q(**{f"{student}__in": blocks.values("student_id").union(seals.values("student_id"), all=True)})


def standing_seals() -> QuerySet[Seal]:
    """The records that are sealed now."""
    return Seal.objects.filter(lifted_at__isnull=True)


def students_blocked_among(access: Access, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these pupils whose records this person may not see, by a block or a seal."""
    if access.user_id is None:
        return set()
    kept = Student.objects.filter(kept_from(access.user_id), pk__in=student_ids)
    return set(kept.values_list("pk", flat=True))


def readers_blocked_from(student_ids: Collection[UUID]) -> set[UUID]:
    """Everybody who may not see the record of one of these pupils: of a sealed one, all but two."""
    standing = BlockedReader.objects.filter(student_id__in=student_ids, lifted_at__isnull=True)
    found = set(standing.values_list("user_id", flat=True))
    seals = standing_seals().filter(student_id__in=student_ids)
    for named in seals.values_list("first_reader", "second_reader"):
        found |= set(active_users().exclude(pk__in=named).values_list("pk", flat=True))
    return found


def student_visible(access: Access, student: str = "pk") -> Q:
    """A condition for queries with a student under the field `student`: of one's classes, and not kept."""
    visible = in_own_classes(access, student)
    if access.user_id is None:
        return visible
    return visible & ~kept_from(access.user_id, student)


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


def students_found_by(access: Access) -> QuerySet[Student]:
    """Every pupil whom a search of this person may find: those visible, but for every sealed record."""
    if not access.is_elevated:
        return Student.objects.none()
    unsealed = Student.objects.exclude(pk__in=standing_seals().values("student_id"))
    found = unsealed if access.user_id is None else found_in_all_classes(access.user_id)
    return found.filter(in_own_classes(access))


def found_in_all_classes(user_id: UUID) -> QuerySet[Student]:
    """Every pupil whom a search of this person may find, as far as classes and keys allow it."""
    blocks = BlockedReader.objects.filter(lifted_at__isnull=True, user_id=user_id)
    return Student.objects.exclude(pk__in=standing_seals().values("student_id")).exclude(
        pk__in=blocks.values("student_id")
    )


def visible_among(access: Access, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these pupils whom this person may see."""
    return set(students_visible_to(access).filter(pk__in=student_ids).values_list("pk", flat=True))
