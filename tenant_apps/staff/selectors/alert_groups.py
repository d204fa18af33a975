""" "Admin" > "Users" > "Alert Groups": the list and one group. For administrators only."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404

from core.access import Access
from tenant_apps.staff.models import AlertGroup, AlertGroupMember
from tenant_apps.staff.permissions import can_administer


@dataclass(frozen=True, slots=True)
class AlertGroupRow:
    """One line of the list of alert groups. `active_count` is how many people it reaches now."""

    id: UUID
    name: str
    is_default: bool
    on_incidents: bool
    on_library: bool
    is_large_on_purpose: bool
    member_count: int
    active_count: int


@dataclass(frozen=True, slots=True)
class AlertGroupDetails:
    """One alert group as its page shows it; `members` holds closed accounts, too."""

    id: UUID
    name: str
    is_default: bool
    on_incidents: bool
    on_library: bool
    is_large_on_purpose: bool
    members: frozenset[UUID]


def alert_group_rows(access: Access) -> list[AlertGroupRow]:
    """All alert groups, the default one first, then by name. One query; administrators only, else nothing."""
    if not can_administer(access):
        return []
    groups = AlertGroup.objects.annotate(
        people=Count("places"), active=Count("places", filter=Q(places__user__is_active=True))
    )
    return [
        AlertGroupRow(
            id=group.pk,
            name=group.name,
            is_default=group.is_default,
            on_incidents=group.on_incidents,
            on_library=group.on_library,
            is_large_on_purpose=group.is_large_on_purpose,
            member_count=group.people,
            active_count=group.active,
        )
        for group in groups.order_by("-is_default", "sort_key", "id")
    ]


def get_alert_group(access: Access, group_id: UUID) -> AlertGroupDetails:
    """One alert group with its members, for administrators; else Http404."""
    group = AlertGroup.objects.filter(pk=group_id).first() if can_administer(access) else None
    if group is None:
        raise Http404("no such alert group")
    members = AlertGroupMember.objects.filter(group=group).values_list("user_id", flat=True)
    return AlertGroupDetails(
        id=group.pk,
        name=group.name,
        is_default=group.is_default,
        on_incidents=group.on_incidents,
        on_library=group.on_library,
        is_large_on_purpose=group.is_large_on_purpose,
        members=frozenset(members),
    )


def alert_group_name(group_id: UUID) -> str:
    """What an alert group is called. For the outbox's handler."""
    return AlertGroup.objects.values_list("name", flat=True).get(pk=group_id)
