"""User groups by name, alert groups as buttons, and the people of the default one."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from tenant_apps.school_settings.selectors import FormNotices, TeamPerson, get_settings
from tenant_apps.school_settings.selectors import form_notices as fill_notices
from tenant_apps.staff.models import AlertGroup, AlertGroupMember, UserGroup


@dataclass(frozen=True, slots=True)
class AlertGroupView:
    """An alert group as a button: how many it reaches now."""

    id: UUID
    name: str
    is_default: bool
    member_count: int


def alert_groups_for_incidents() -> list[AlertGroupView]:
    """The buttons beneath "Alert Staff Members": groups on incidents and actions that reach someone."""
    return [group for group in _alert_groups(Q(on_incidents=True)) if group.member_count]


def default_alert_group() -> AlertGroupView | None:
    """The group that is alerted when nobody is chosen."""
    return next(iter(_alert_groups(Q(is_default=True))), None)


def members_of(group_ids: Iterable[UUID]) -> list[UUID]:
    """The active members of these alert groups, each once, by name."""
    places = (
        AlertGroupMember.objects.filter(group_id__in=set(group_ids), user__is_active=True)
        .order_by("user__sort_key", "user_id")
        .values_list("user_id", flat=True)
    )
    return list(dict.fromkeys(places))


def default_group_people() -> list[TeamPerson]:
    """The active people of the default alert group with their extensions, by name."""
    places = (
        AlertGroupMember.objects.filter(group__is_default=True, user__is_active=True)
        .select_related("user")
        .order_by("user__sort_key", "user_id")
    )
    return [TeamPerson(place.user_id, place.user.formal_name, place.user.extension) for place in places]


def form_notices() -> FormNotices:
    """The texts of "Add Incident" with today's people of the default alert group."""
    return fill_notices(team=default_group_people())


def safeguarding_extension() -> str:
    """The extension to ring when something about an account is wrong; empty where none is known."""
    extensions = (person.extension for person in default_group_people() if person.extension)
    return next(extensions, "") or get_settings().safeguarding_line


def user_group_ids() -> dict[str, UUID]:
    """Ids of user groups by name."""
    return dict(UserGroup.objects.values_list("name", "id"))


def alert_group_ids() -> dict[str, UUID]:
    """Ids of alert groups by name."""
    return dict(AlertGroup.objects.values_list("name", "id"))


def _alert_groups(wanted: Q) -> list[AlertGroupView]:
    rows = (
        AlertGroup.objects.filter(wanted)
        .annotate(active=Count("places", filter=Q(places__user__is_active=True)))
        .order_by("-is_default", "sort_key", "id")
        .values_list("id", "name", "is_default", "active")
    )
    return [AlertGroupView(*row) for row in rows]
