"""Writes of student groups and class restrictions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.text import natural_key
from tenant_apps.classes.enums import GroupKind
from tenant_apps.classes.models import ClassAccess, RestrictedKind, StudentGroup
from tenant_apps.staff.permissions import can_administer


def group_sort_key(name: str) -> str:
    """The stored key by which groups stand in the order people expect: 7A, 7B, 10A."""
    return natural_key(name)


@transaction.atomic
def add_group(
    *,
    mis_id: str,
    kind: GroupKind | str,
    name: str,
    by: Access,
    teacher_id: UUID | None = None,
    at: datetime | None = None,
) -> StudentGroup:
    """One student group. Imports write theirs in bulk; this is for one by hand. Administrators only."""
    if not can_administer(by):
        raise PermissionDenied
    group = StudentGroup.objects.create(
        mis_id=mis_id, kind=GroupKind(kind), name=name, sort_key=group_sort_key(name), teacher_id=teacher_id
    )
    record("student_group.added", by=by, record=("student_group", group.id), at=at)
    return group


@transaction.atomic
def set_restricted_kinds(*, kinds: Collection[str], by: Access, at: datetime | None = None) -> None:
    """ "Restrict Access" for exactly these kinds of group. Administrators only.

    From the next request on, people who are not above restrictions see students of the groups that list them
    and no others; who is listed stays stored while a kind is not restricted.
    """
    if not can_administer(by):
        raise PermissionDenied
    wanted = {GroupKind(kind).value for kind in kinds}
    RestrictedKind.objects.exclude(kind__in=wanted).delete()
    RestrictedKind.objects.bulk_create(
        (RestrictedKind(kind=kind) for kind in sorted(wanted)), ignore_conflicts=True
    )
    record("class_restrictions.changed", by=by, detail={"kinds": sorted(wanted)}, at=at)


@transaction.atomic
def set_group_people(
    *, group_id: UUID, user_ids: Collection[UUID], by: Access, at: datetime | None = None
) -> None:
    """ "These users will be able to see students in this class": exactly these. Administrators only."""
    if not can_administer(by):
        raise PermissionDenied
    wanted = set(user_ids)
    listed = ClassAccess.objects.filter(group_id=group_id)
    listed.exclude(user_id__in=wanted).delete()
    there = set(listed.values_list("user_id", flat=True))
    ClassAccess.objects.bulk_create(
        ClassAccess(group_id=group_id, user_id=user_id) for user_id in wanted - there
    )
    record(
        "student_group.people_changed",
        by=by,
        record=("student_group", group_id),
        detail={"users": sorted(map(str, wanted))},
        at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MISGroup:
    """One group as the MIS has it; `id` becomes the key of one that is new."""

    id: UUID
    mis_id: str
    kind: str
    name: str
    teacher_id: UUID | None = None


@transaction.atomic
def record_mis_groups(
    *, groups: Iterable[MISGroup], is_whole: bool, today: date, by: Access, at: datetime | None = None
) -> tuple[dict[str, UUID], dict[str, int]]:
    """Store the MIS's groups; all of the school's groups by MIS id, and how many were added, changed, ended.

    A whole list ends the groups it no longer names with `today`; one that is named again goes on. The same
    list twice changes nothing. System and administrators only.
    """
    if not can_administer(by):
        raise PermissionDenied
    known = {group.mis_id: group for group in StudentGroup.objects.select_for_update()}
    fields = ["kind", "name", "sort_key", "teacher_id", "ended_on"]
    new, changed, ended, named = [], [], [], set()
    for group in groups:
        named.add(group.mis_id)
        values = {
            "kind": group.kind,
            "name": group.name,
            "sort_key": group_sort_key(group.name)[:160],
            "teacher_id": group.teacher_id,
            "ended_on": None,
        }
        stored = known.get(group.mis_id)
        if stored is None:
            new.append(StudentGroup(id=group.id, mis_id=group.mis_id, **values))
        elif any(getattr(stored, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(stored, field, value)
            changed.append(stored)
    if is_whole:
        ended = [row for row in known.values() if row.mis_id not in named and row.ended_on is None]
        for row in ended:
            row.ended_on = today
    StudentGroup.objects.bulk_create(new, batch_size=500)
    StudentGroup.objects.bulk_update([*changed, *ended], [*fields[:3], "teacher", "ended_on"], batch_size=500)
    counts = {"added": len(new), "changed": len(changed), "ended": len(ended)}
    if any(counts.values()):
        record("student_group.mis_recorded", by=by, detail=counts, at=at)
    return {row.mis_id: row.id for row in [*known.values(), *new]}, counts
