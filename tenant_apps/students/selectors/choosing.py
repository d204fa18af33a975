"""Choosing a pupil on a form without typing a name: a group first, then one of its names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from core.access import Access
from core.access.enums import SystemPermission
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.models import Membership, Student
from tenant_apps.students.selectors.finding import StudentSuggestion, suggestions
from tenant_apps.students.selectors.registers import current_membership

NO_GROUP = "none"


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group in the first of the two lists."""

    value: str
    name: str


def groups_to_choose_from(access: Access) -> list[GroupChoice]:
    """The groups of the first list, of the kind that the dashboard lists, and one for pupils without any.

    For everyone who may add: like the suggestions, the lists open nothing.
    """
    if not access.can(SystemPermission.ADD_ENTRIES):
        return []
    found = (
        Membership.objects.filter(
            current_membership(),
            group__kind=get_settings().dashboard_group_type,
            group__ended_on__isnull=True,
        )
        .order_by("group__sort_key", "group_id")
        .values_list("group_id", "group__name")
        .distinct()
    )
    return [
        *(GroupChoice(str(group_id), name) for group_id, name in found),
        GroupChoice(NO_GROUP, "Without a group"),
    ]


def students_to_choose_from(
    access: Access, group: str, *, besides: Sequence[UUID] = ()
) -> list[StudentSuggestion]:
    """The names of the second list: current and starting pupils of the group but those chosen already."""
    if not access.can(SystemPermission.ADD_ENTRIES) or not group:
        return []
    of_kind = Membership.objects.filter(
        current_membership(), student=OuterRef("pk"), group__kind=get_settings().dashboard_group_type
    )
    if group == NO_GROUP:
        belongs = ~Q(Exists(of_kind))
    else:
        try:
            belongs = Q(Exists(of_kind.filter(group_id=UUID(group))))
        except ValueError:
            return []
    return suggestions(Student.objects.filter(belongs, archived_at__isnull=True).exclude(pk__in=besides))
