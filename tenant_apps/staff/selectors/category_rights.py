"""What each user group may do with one category: the other side of a group's "Category Permissions"."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied

from core.access import Access
from tenant_apps.staff.models import CategoryPermission, UserGroup
from tenant_apps.staff.permissions import can_administer


@dataclass(frozen=True, slots=True)
class GroupRights:
    """One user group and its three ticks in a category."""

    group_id: UUID
    group_name: str
    view_students: bool = False
    view_incidents: bool = False
    add_incidents: bool = False


def rights_of_category(access: Access, category_id: UUID | None) -> list[GroupRights]:
    """Every user group by name with its rights in the category; without any where there is no category yet.

    Administrators only. Two queries.
    """
    if not can_administer(access):
        raise PermissionDenied
    rows = {row.group_id: row for row in CategoryPermission.objects.filter(category=category_id)}
    found = []
    for group_id, name in UserGroup.objects.order_by("name", "id").values_list("id", "name"):
        row = rows.get(group_id)
        ticks = (row.view_students, row.view_incidents, row.add_incidents) if row else ()
        found.append(GroupRights(group_id, name, *ticks))
    return found
