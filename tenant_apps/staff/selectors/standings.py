"""Where every member of staff stands, for counting who could read a record."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Q, When

from core.access import SystemPermission
from core.db.clock import now
from shared_apps.people.selectors import users_with_keys
from tenant_apps.staff.models import StaffMember


@dataclass(frozen=True, slots=True)
class StaffStanding:
    """One active member of staff: user group, a registered key, and what the group says of classes."""

    user_id: UUID
    group_id: UUID
    has_key: bool
    has_all_classes: bool
    sees_ungrouped: bool


def staff_standings() -> list[StaffStanding]:
    """Every active member of staff. One query."""
    not_ended = Q(ends_at__isnull=True) | Q(ends_at__gt=now())
    rows = StaffMember.objects.filter(not_ended, user__is_active=True).values_list(
        "user_id",
        "group_id",
        "group__system_permissions",
        "sees_ungrouped",
        Case(When(user_id__in=users_with_keys(), then=True), default=False),
    )
    return [
        StaffStanding(
            user_id=user_id,
            group_id=group_id,
            has_key=has_key,
            has_all_classes=SystemPermission.ALL_CLASSES in system,
            sees_ungrouped=(
                SystemPermission.UNGROUPED_STUDENTS in system if own_switch is None else own_switch
            ),
        )
        for user_id, group_id, system, own_switch, has_key in rows
    ]
