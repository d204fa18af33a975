""" "Admin" > "Users" > "User Groups": the list and one group. For administrators only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404

from core.access import Access, SystemPermission
from core.access.enums import OverviewBlock
from core.db.clock import now
from tenant_apps.categories.selectors import CategoryView
from tenant_apps.staff.models import CategoryPermission, StaffMember, UserGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors.permissions import known_permissions

SHOWN_FOR = timedelta(days=90)
RIGHTS = ("view_students", "view_incidents", "add_incidents")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line of the list of user groups, with the number of its active members."""

    id: UUID
    name: str
    is_key_group: bool
    administers: bool
    member_count: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the group."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class UserGroupView:
    """One user group as its page shows it. `seen` names its present state.

    A form sends it back, so that a change made meanwhile is noticed.
    """

    id: UUID
    name: str
    is_key_group: bool
    system: frozenset[SystemPermission]
    blocks: frozenset[str]
    rights: dict[str, frozenset[UUID]]
    seen: str


@dataclass(frozen=True, slots=True)
class DeletedGroup:
    """A user group that the provider deleted on the school's request."""

    name: str
    deleted_at: datetime
    request: str


def user_group_rows(access: Access) -> list[GroupRow]:
    """All user groups, by name. One query; nothing for others than administrators."""
    if not can_administer(access):
        return []
    groups = UserGroup.objects.annotate(active=Count("members", filter=Q(members__user__is_active=True)))
    return [
        GroupRow(
            id=group.pk,
            name=group.name,
            is_key_group=group.is_key_group,
            administers=SystemPermission.ADMINISTRATION in group.system_permissions,
            member_count=group.active,
        )
        for group in groups.order_by("name", "id")
    ]


def get_user_group(access: Access, group_id: UUID, categories: Iterable[CategoryView]) -> UserGroupView:
    """One user group, for administrators; else Http404. `categories` are those that its page will show."""
    group = UserGroup.objects.filter(pk=group_id).first() if can_administer(access) else None
    if group is None:
        raise Http404("no such user group")
    rows = list(CategoryPermission.objects.filter(group=group).values("category_id", *RIGHTS))
    return UserGroupView(
        id=group.pk,
        name=group.name,
        is_key_group=group.is_key_group,
        system=known_permissions(group.system_permissions),
        blocks=frozenset(value for value in group.overview_blocks if value in OverviewBlock.values),
        rights={right: frozenset(row["category_id"] for row in rows if row[right]) for right in RIGHTS},
        seen=_state(group, rows, categories),
    )


def members_of_user_group(access: Access, group_id: UUID) -> list[Member]:
    """The active members of a user group, by name. One query; nothing for others than administrators."""
    if not can_administer(access):
        return []
    members = StaffMember.objects.filter(group_id=group_id, user__is_active=True).select_related("user")
    return [Member(one.user_id, one.user.full_name) for one in members.order_by("user__sort_key", "user_id")]


def deleted_user_groups(access: Access, *, at: datetime | None = None) -> list[DeletedGroup]:
    """What the provider deleted in the last 90 days, the latest first. For administrators."""
    if not can_administer(access):
        return []
    groups = UserGroup.all_groups.filter(deleted_at__gte=(at or now()) - SHOWN_FOR).order_by("-deleted_at")
    return [
        DeletedGroup(group.name, group.deleted_at, group.deletion_request)
        for group in groups
        if group.deleted_at is not None
    ]


def _state(group: UserGroup, rows: list[dict[str, object]], categories: Iterable[CategoryView]) -> str:
    """Another word whenever the group, or the list of categories, is not what it was."""
    parts = [
        group.name,
        str(group.is_key_group),
        *sorted(group.system_permissions),
        *sorted(group.overview_blocks),
        *sorted(str(sorted(row.items(), key=str)) for row in rows),
        *sorted(str(category.id) for category in categories),
    ]
    return sha256("\n".join(parts).encode()).hexdigest()[:24]
