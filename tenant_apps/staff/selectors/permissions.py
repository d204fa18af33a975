"""What a user group lets its members do; it leaves this app only as sets of ids for the rules that ask."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from core.access import SystemPermission
from tenant_apps.staff.models import CategoryPermission, StaffMember, UserGroup


@dataclass(frozen=True, slots=True)
class GroupPermissions:
    """What a person's user group gives, before the session's key and class restrictions."""

    group_id: UUID
    group_name: str
    system: frozenset[SystemPermission]
    view_students: frozenset[UUID]
    view_incidents: frozenset[UUID]
    add_incidents: frozenset[UUID]
    sees_ungrouped: bool


def permissions_of(user_id: UUID) -> GroupPermissions | None:
    """The permissions of a user's group, or None for someone who is in no group. One query."""

    def granted(field: str) -> ArrayAgg:
        rows = "group__category_permissions"
        return ArrayAgg(f"{rows}__category_id", filter=Q(**{f"{rows}__{field}": True}), default=None)

    row = (
        StaffMember.objects.filter(user_id=user_id)
        .values("sees_ungrouped", "group_id", "group__name", "group__system_permissions")
        .annotate(
            students=granted("view_students"),
            incidents=granted("view_incidents"),
            adds=granted("add_incidents"),
        )
        .order_by("group_id")
        .first()
    )
    if row is None:
        return None
    system = known_permissions(row["group__system_permissions"])
    own_switch = row["sees_ungrouped"]
    return GroupPermissions(
        group_id=row["group_id"],
        group_name=row["group__name"],
        system=system,
        view_students=frozenset(row["students"] or ()),
        view_incidents=frozenset(row["incidents"] or ()),
        add_incidents=frozenset(row["adds"] or ()),
        sees_ungrouped=SystemPermission.UNGROUPED_STUDENTS in system if own_switch is None else own_switch,
    )


def known_permissions(values: Iterable[str]) -> frozenset[SystemPermission]:
    """Stored values as permissions; one that this release does not know gives nothing."""
    return frozenset(SystemPermission(value) for value in values if value in SystemPermission.values)


def groups_viewing() -> dict[UUID, tuple[str, frozenset[UUID]]]:
    """Each user group's name and the categories in which it has "View Incidents". One query.

    For telling which groups would gain or lose a record by a change to it.
    """
    groups = UserGroup.objects.annotate(
        viewable=ArrayAgg(
            "category_permissions__category_id",
            filter=Q(category_permissions__view_incidents=True),
            default=None,
        )
    ).values_list("id", "name", "viewable")
    return {group_id: (name, frozenset(viewable or ())) for group_id, name, viewable in groups}


def viewable_by(user_ids: Iterable[UUID], category_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each of these people, which of these categories their group has "View Incidents" in. One query.

    For naming categories in mails; everyone asked for is in the answer.
    """
    wanted = set(user_ids)
    rows = CategoryPermission.objects.filter(
        group__members__user_id__in=wanted, category_id__in=category_ids, view_incidents=True
    ).values_list("group__members__user_id", "category_id")
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for user_id, category_id in rows:
        found[user_id].add(category_id)
    return {user_id: frozenset(found[user_id]) for user_id in wanted}
