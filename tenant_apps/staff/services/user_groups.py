"""User groups: their system permissions, and their rights in each category."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access, SystemPermission
from core.audit.services import record
from tenant_apps.staff.models import CategoryPermission, UserGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.services.default_permissions import Rights


@transaction.atomic
def save_user_group(
    *,
    name: str,
    system_permissions: Collection[SystemPermission],
    category_rights: Mapping[UUID, Rights],
    by: Access,
    group_id: UUID | None = None,
    is_key_group: bool = True,
    at: datetime | None = None,
) -> UserGroup:
    """A new user group, or with `group_id` the whole of an old one. Administrators only.

    `category_rights` is complete: a category that it leaves out gives nothing. What is taken away counts from
    each member's next request. Raises PermissionDenied; ValidationError for a name that is blank or taken.
    """
    if not can_administer(by):
        raise PermissionDenied
    permissions = sorted(SystemPermission(permission).value for permission in system_permissions)
    if group_id is None:
        group = UserGroup(name=name.strip(), system_permissions=permissions, is_key_group=is_key_group)
        group.full_clean()
        group.save(force_insert=True)
    else:
        group = UserGroup.objects.select_for_update().get(pk=group_id)
        group.name, group.system_permissions, group.is_key_group = name.strip(), permissions, is_key_group
        group.full_clean()
        group.save(update_fields=["name", "system_permissions", "is_key_group"])
        CategoryPermission.objects.filter(group=group).delete()
    CategoryPermission.objects.bulk_create(_rows(group.id, category_rights))
    event = "user_group.added" if group_id is None else "user_group.changed"
    record(
        event,
        by=by,
        record=("user_group", group.id),
        detail={"system": permissions, "categories": sum(map(any, category_rights.values()))},
        at=at,
    )
    return group


@transaction.atomic
def set_category_rights(
    *, category_id: UUID, rights_by_group: Mapping[UUID, Rights], by: Access, at: datetime | None = None
) -> None:
    """ "User Group Permissions" of one category for the groups given; parents and sub-categories keep their
    own.

    Administrators only. The same rows as "Category Permissions" of the groups: a change here is a change
    there.
    """
    if not can_administer(by):
        raise PermissionDenied
    CategoryPermission.objects.filter(category_id=category_id, group_id__in=rights_by_group).delete()
    for group_id, rights in rights_by_group.items():
        CategoryPermission.objects.bulk_create(_rows(group_id, {category_id: rights}))
    record(
        "category.permissions_changed",
        by=by,
        record=("category", category_id),
        detail={"groups": sorted(map(str, rights_by_group))},
        at=at,
    )


def _rows(group_id: UUID, category_rights: Mapping[UUID, Rights]) -> list[CategoryPermission]:
    """No row for no right: an absent row and three unticked boxes must not differ."""
    return [
        CategoryPermission(group_id=group_id, category_id=category_id, **rights._asdict())
        for category_id, rights in category_rights.items()
        if any(rights)
    ]
