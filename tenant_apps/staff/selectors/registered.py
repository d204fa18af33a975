"""Everybody registered at the school, and the user groups, for lists that give people something."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from core.access import SystemPermission
from tenant_apps.staff.models import StaffMember, UserGroup


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """A member of staff with an account. `is_above_classes`: no class restriction limits their user group."""

    id: UUID
    formal_name: str
    full_name: str
    is_active: bool
    group_id: UUID
    group_name: str
    is_above_classes: bool
    views_students: bool


@dataclass(frozen=True, slots=True)
class UserGroupLine:
    """A user group with the number of its active members."""

    id: UUID
    name: str
    member_count: int
    is_above_classes: bool


def registered_staff(*, besides: Collection[UUID] = ()) -> list[RegisteredPerson]:
    """All active staff, and these others whatever became of their account, by name. One query."""
    members = (
        StaffMember.objects.filter(Q(user__is_active=True) | Q(user_id__in=besides))
        .select_related("user", "group")
        .order_by("user__sort_key", "user_id")
    )
    return [
        RegisteredPerson(
            id=member.user_id,
            formal_name=member.user.formal_name,
            full_name=member.user.full_name,
            is_active=member.user.is_active,
            group_id=member.group_id,
            group_name=member.group.name,
            is_above_classes=SystemPermission.ALL_CLASSES in member.group.system_permissions,
            views_students=not VIEWING.isdisjoint(member.group.system_permissions),
        )
        for member in members
    ]


def user_group_lines() -> list[UserGroupLine]:
    """All user groups, by name. One query."""
    groups = UserGroup.objects.annotate(active=Count("members", filter=Q(members__user__is_active=True)))
    return [
        UserGroupLine(
            group.pk, group.name, group.active, SystemPermission.ALL_CLASSES in group.system_permissions
        )
        for group in groups.order_by("name", "id")
    ]


def user_group_of(user_id: UUID) -> UUID | None:
    """The user group that a person is in; None for somebody who is in none."""
    return StaffMember.objects.filter(user_id=user_id).values_list("group_id", flat=True).first()


VIEWING = frozenset({SystemPermission.VIEW_STUDENT_LIST.value, SystemPermission.VIEW_STUDENT_DETAILS.value})
