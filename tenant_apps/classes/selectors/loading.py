"""The loader of a person's access, and the class limits in it."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from core.access import Access, SystemPermission, reduce_without_key
from core.audit.context import current
from core.db.prepared import PreparedQuery
from tenant_apps.classes.models import ClassAccess, ClassAccessGroup, RestrictedKind
from tenant_apps.school_settings.enums import NonKeyReading
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.selectors import standing_of


def load_access(user: Any, *, is_elevated: bool) -> Access:
    """What this user may see and do in the current school. Named by `settings.ACCESS_LOADER`.

    At most two queries, whatever the number of categories and classes: where the person stands, and then with
    a key in the session the class restrictions, without one the school's settings (which the page asks for
    anyway). Someone inactive or in no user group may do nothing.
    """
    standing = standing_of(user.pk)
    given = standing.given if user.is_active else None
    stands_above = given is not None and SystemPermission.ALL_CLASSES in given.system
    if stands_above or not is_elevated or given is None:
        # A session without a key sees no students of any class: the question does not arise.
        kinds, classes = frozenset[str](), None if stands_above else frozenset[UUID]()
    else:
        kinds, classes = class_limits_of(user.pk, user_group_id=given.group_id)
    return reduce_without_key(
        Access(
            user_id=user.pk,
            is_elevated=is_elevated,
            has_key=is_elevated or standing.has_key,
            system=given.system if given else frozenset(),
            view_students=given.view_students if given else frozenset(),
            view_incidents=given.view_incidents if given else frozenset(),
            add_incidents=given.add_incidents if given else frozenset(),
            restricting=standing.restricting,
            classes=classes,
            restricted_kinds=kinds,
            sees_ungrouped=given.sees_ungrouped if given else False,
            overview_blocks=given.overview_blocks if given else frozenset(),
            may_read_alerts=is_elevated or may_read_without_key(),
        )
    )


def _limits(*, user: UUID, user_group: UUID) -> QuerySet[Any, Any]:
    named = ClassAccess.objects.filter(user_id=user, group__kind=OuterRef("kind"))
    through = ClassAccessGroup.objects.filter(user_group_id=user_group, group__kind=OuterRef("kind"))
    return RestrictedKind.objects.values_list(
        "kind", ArraySubquery(named.values("group_id")), ArraySubquery(through.values("group_id"))
    )


LIMITS = PreparedQuery(_limits, "user", "user_group", is_planned_once=True)


def class_limits_of(user_id: UUID, *, user_group_id: UUID) -> tuple[frozenset[str], frozenset[UUID] | None]:
    """The school's restricted kinds and the groups of those kinds that list this person. One query.

    A group lists people and user groups, whose members count live. Without a restricted kind everybody has
    all classes: None. The kinds count together: being listed in any group of any restricted kind shows that
    group's students, and nothing else does.
    """
    rows = LIMITS.rows(user=user_id, user_group=user_group_id)
    if not rows:
        return frozenset(), None
    listed = frozenset(group for _, own, shared in rows for group in (*own, *shared))
    return frozenset(kind for kind, _, _ in rows), listed


@dataclass(frozen=True, slots=True)
class ListedAt:
    """The school's restricted kinds, and whom some groups of those kinds list."""

    restricted_kinds: frozenset[str]
    people: frozenset[tuple[UUID, UUID]]
    user_groups: frozenset[tuple[UUID, UUID]]

    def lists(self, group_id: UUID, user_id: UUID, user_group_id: UUID) -> bool:
        """Whether the group lists the person, by name or through the person's user group."""
        return (group_id, user_id) in self.people or (group_id, user_group_id) in self.user_groups


def listed_at(group_ids: Collection[UUID]) -> ListedAt:
    """Whom these groups list, as far as their kinds are restricted. Three queries at most."""
    kinds = frozenset(RestrictedKind.objects.values_list("kind", flat=True))
    if not kinds:
        return ListedAt(kinds, frozenset(), frozenset())
    of_groups = {"group_id__in": group_ids, "group__kind__in": kinds}
    return ListedAt(
        kinds,
        frozenset(ClassAccess.objects.filter(**of_groups).values_list("group_id", "user_id")),
        frozenset(ClassAccessGroup.objects.filter(**of_groups).values_list("group_id", "user_group_id")),
    )


def may_read_without_key() -> bool:
    """Whether a session without a key opens what it was alerted to, from where this request comes."""
    settings = get_settings()
    if settings.non_key_reading == NonKeyReading.NETWORK:
        context = current()
        return is_in_network(context.address if context else None, settings.network_ranges)
    return settings.non_key_reading == NonKeyReading.EVERYWHERE


def is_in_network(address: str | None, ranges: list[str]) -> bool:
    """Whether an address is of one of these ranges ("203.0.113.0/24"); one that cannot be read is of none."""
    try:
        here: IPv4Address | IPv6Address = ip_address(address or "")
        if isinstance(here, IPv6Address) and here.ipv4_mapped:
            here = here.ipv4_mapped
        # An address and a range of different kinds are apart, not an error.
        return any(here in ip_network(network, strict=False) for network in ranges)
    except ValueError:
        return False
