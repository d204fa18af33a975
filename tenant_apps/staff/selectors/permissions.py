"""What a user group lets its members do; it leaves this app only as sets of ids for the rules that ask."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import compress
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from core.access import SystemPermission
from core.access.enums import OverviewBlock
from core.db.clock import now
from core.db.prepared import PreparedQuery
from shared_apps.people.selectors import users_with_keys
from tenant_apps.categories.selectors import restricting_categories, restricting_ids
from tenant_apps.staff.models import CategoryPermission, UserGroup

# An enum works its values out at every question, and these are asked at the beginning of every request.
PERMISSIONS = {permission.value: permission for permission in SystemPermission}
TICKS = ("view_students", "view_incidents", "add_incidents")
BLOCKS = {block.value: block for block in OverviewBlock}


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
    overview_blocks: frozenset[OverviewBlock]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands in the school: all that can be known without looking at classes and records."""

    given: GroupPermissions | None
    """None for someone who is in no user group."""
    restricting: frozenset[UUID]
    """All Restricting categories of the school."""
    has_key: bool


def _standing(*, user: UUID) -> QuerySet[Any, Any]:
    # Two arrays side by side: each category once, and its three ticks as one number in the same order.
    rows = CategoryPermission.objects.filter(group=OuterRef("staff_member__group")).order_by("category_id")
    number = sum((Cast(tick, IntegerField()) * 2**place for place, tick in enumerate(TICKS)), Value(0))
    return (
        get_user_model()
        .objects.filter(pk=user)
        .values_list(
            "staff_member__group_id",
            "staff_member__group__name",
            "staff_member__group__system_permissions",
            "staff_member__group__overview_blocks",
            "staff_member__sees_ungrouped",
            "staff_member__ends_at",
            ArraySubquery(rows.values("category_id")),
            ArraySubquery(rows.values_list(number)),
            ArraySubquery(restricting_categories().order_by().values("pk")),
            Case(When(pk__in=users_with_keys().filter(pk=user), then=True), default=False),
        )
    )


STANDING = PreparedQuery(_standing, "user", is_planned_once=True)


def standing_of(user_id: UUID) -> Standing:
    """A user group's permissions, the school's Restricting categories, and whether a key is registered.

    One query, whatever the number of categories: it is asked at the beginning of every request.
    """
    row = next(iter(STANDING.rows(user=user_id)), None)
    if row is None:
        return Standing(None, restricting_ids(), has_key=False)
    group_id, name, system, blocks, own_switch, ends_at, categories, numbers, restricting, has_key = row
    # An account past its end may do nothing from that moment on, in open sessions too.
    if group_id is None or (ends_at is not None and ends_at <= now()):
        return Standing(None, frozenset(restricting), has_key)
    permissions = known_permissions(system)
    students, incidents, adds = (
        frozenset(compress(categories, (number >> place & 1 for number in numbers)))
        for place in range(len(TICKS))
    )
    given = GroupPermissions(
        group_id=group_id,
        group_name=name,
        system=permissions,
        view_students=students,
        view_incidents=incidents,
        add_incidents=adds,
        sees_ungrouped=(
            SystemPermission.UNGROUPED_STUDENTS in permissions if own_switch is None else own_switch
        ),
        overview_blocks=known_blocks(blocks),
    )
    return Standing(given, frozenset(restricting), has_key)


def permissions_of(user_id: UUID) -> GroupPermissions | None:
    """The permissions of a user's group, or None for someone who is in no group. One query."""
    return standing_of(user_id).given


def known_blocks(values: Iterable[str]) -> frozenset[OverviewBlock]:
    """Stored values as blocks of the overview; one that this release does not know shows nothing."""
    return frozenset(BLOCKS[value] for value in values if value in BLOCKS)


def known_permissions(values: Iterable[str]) -> frozenset[SystemPermission]:
    """Stored values as permissions; one that this release does not know gives nothing."""
    return frozenset(PERMISSIONS[value] for value in values if value in PERMISSIONS)


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
