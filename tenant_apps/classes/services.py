"""Writes of student groups and class restrictions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import SYSTEM, Access
from core.audit.services import record
from core.db.clock import now
from core.db.text import natural_key
from core.outbox.services import owe
from tenant_apps.classes.enums import GroupKind
from tenant_apps.classes.models import ClassAccess, ClassAccessGroup, RestrictedKind, StudentGroup
from tenant_apps.classes.selectors import RESTRICTIONS_ID, listed_for, proposals, restricted_kinds
from tenant_apps.staff.permissions import can_administer

RESTRICT = "classes.restrict"


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
def set_restricted_kinds(
    *, kinds: Collection[str], by: Access, at: datetime | None = None, by_provider: bool = False
) -> None:
    """ "Restrict Access" for exactly these kinds of group. Administrators and the system only.

    From the next request on, people who are not above restrictions see students of the groups that list them
    and no others; who is listed stays stored while a kind is not restricted. `by_provider` says that the
    provider did it on the school's written request.
    """
    if not can_administer(by):
        raise PermissionDenied
    wanted = {GroupKind(kind).value for kind in kinds}
    RestrictedKind.objects.exclude(kind__in=wanted).delete()
    RestrictedKind.objects.bulk_create(
        (RestrictedKind(kind=kind) for kind in sorted(wanted)), ignore_conflicts=True
    )
    record(
        "class_restrictions.changed",
        by=by,
        record=("class_restrictions", RESTRICTIONS_ID),
        detail={"kinds": sorted(wanted), "by_provider": by_provider},
        at=at,
    )


@transaction.atomic
def set_group_people(
    *,
    group_id: UUID,
    user_ids: Collection[UUID],
    by: Access,
    user_group_ids: Collection[UUID] | None = None,
    at: datetime | None = None,
) -> None:
    """ "These users will be able to see students in this class": exactly these. Administrators only.

    `user_group_ids` are the user groups whose members, whoever they are at the moment, may see them too; None
    leaves those that are listed. A group that an import brought stops waiting for its people.
    """
    if not can_administer(by):
        raise PermissionDenied
    _list_people(group_id, set(user_ids))
    if user_group_ids is not None:
        _list_user_groups(group_id, set(user_group_ids))
    StudentGroup.objects.filter(pk=group_id).update(awaits_people_since=None)
    record(
        "student_group.people_changed",
        by=by,
        record=("student_group", group_id),
        detail={
            "users": sorted(map(str, user_ids)),
            **({} if user_group_ids is None else {"user_groups": sorted(map(str, user_group_ids))}),
        },
        at=at,
    )


def _list_people(group_id: UUID, wanted: set[UUID]) -> None:
    listed = ClassAccess.objects.filter(group_id=group_id)
    listed.exclude(user_id__in=wanted).delete()
    ClassAccess.objects.bulk_create(
        (ClassAccess(group_id=group_id, user_id=user_id) for user_id in wanted), ignore_conflicts=True
    )


def _list_user_groups(group_id: UUID, wanted: set[UUID]) -> None:
    listed = ClassAccessGroup.objects.filter(group_id=group_id)
    listed.exclude(user_group_id__in=wanted).delete()
    ClassAccessGroup.objects.bulk_create(
        (ClassAccessGroup(group_id=group_id, user_group_id=one) for one in wanted), ignore_conflicts=True
    )


@transaction.atomic
def set_classes_of_user(
    *, user_id: UUID, group_ids: Collection[UUID], by: Access, at: datetime | None = None
) -> None:
    """The classes that list this person: of those that have not ended, exactly these. Administrators only.

    A class that comes to the person through their user group is not touched.
    """
    if not can_administer(by):
        raise PermissionDenied
    current = StudentGroup.objects.filter(ended_on__isnull=True)
    wanted = set(current.filter(pk__in=group_ids).values_list("id", flat=True))
    listed = ClassAccess.objects.filter(user_id=user_id, group__in=current)
    listed.exclude(group_id__in=wanted).delete()
    ClassAccess.objects.bulk_create(
        (ClassAccess(group_id=group_id, user_id=user_id) for group_id in wanted), ignore_conflicts=True
    )
    record(
        "user.classes_changed",
        by=by,
        record=("user", user_id),
        detail={"groups": sorted(map(str, wanted))},
        at=at,
    )


@transaction.atomic
def accept_proposals(*, group_ids: Collection[UUID], by: Access, at: datetime | None = None) -> int:
    """Give these new groups the people proposed for them; how many got some. Administrators only.

    Whatever was listed in the meantime stays listed.
    """
    accepted = [one for one in proposals(by) if one.group_id in set(group_ids)]
    for proposal in accepted:
        together = proposal.listed | listed_for(by, proposal.group_id)
        set_group_people(
            group_id=proposal.group_id,
            user_ids=together.user_ids,
            user_group_ids=together.user_group_ids,
            by=by,
            at=at,
        )
    return len(accepted)


@transaction.atomic
def owe_restriction(*, kinds: Collection[str], request: str) -> None:
    """Have a worker restrict exactly these kinds, as the school asked the provider in writing.

    `request` is the provider's reference of that letter: the same one twice is carried out once.
    """
    wanted = sorted(GroupKind(kind).value for kind in kinds)
    owe(RESTRICT, key=request, payload={"kinds": wanted, "request": request})
    record("class_restrictions.requested", by=SYSTEM, detail={"kinds": wanted, "request": request})


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
    list twice changes nothing. A new group of a restricted kind lists nobody and waits for its people. System
    and administrators only.
    """
    if not can_administer(by):
        raise PermissionDenied
    known = {group.mis_id: group for group in StudentGroup.objects.select_for_update()}
    restricted = restricted_kinds()
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
            waits = (at or now()) if group.kind in restricted else None
            new.append(StudentGroup(id=group.id, mis_id=group.mis_id, awaits_people_since=waits, **values))
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
