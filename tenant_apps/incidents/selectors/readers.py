"""Which user groups a change to the tree, or to rights, lets read incidents that they could not."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg

from tenant_apps.categories.selectors import CategoryMap, close_upward, leaves
from tenant_apps.incidents.models import Incident, IncidentCategory
from tenant_apps.staff.permissions import cat_ok


@dataclass(frozen=True, slots=True)
class Reading:
    """The rules by which incidents are read: the tree, and each group's "View Incidents"."""

    categories: CategoryMap
    viewing: Mapping[UUID, frozenset[UUID]]


@dataclass(slots=True)
class ReadersChange:
    """How many incidents each user group gains and loses, by the group's id; others are left out."""

    gained: Counter[UUID] = field(default_factory=Counter)
    lost: Counter[UUID] = field(default_factory=Counter)


def readers_changed(
    *,
    touching: Collection[UUID],
    before: Reading,
    after: Reading,
    moves: Mapping[UUID, UUID] | None = None,
) -> ReadersChange:
    """Compare who may read, by category, each incident that carries one of these categories.

    `moves` are categories that become others, as `services.refile` does it. Classes limit people and no
    group, so they play no part. One query; incidents that carry the same are compared once.
    """
    touched = IncidentCategory.objects.filter(category__in=touching).values("incident")
    standing = Incident.objects.filter(pk__in=touched, deleted_at__isnull=True)
    rows = (
        IncidentCategory.objects.filter(incident__in=standing)
        .order_by()
        .values("incident")
        .annotate(carries=ArrayAgg("category", order_by="category"))
        .values_list("carries", flat=True)
    )
    change = ReadersChange()
    for carries, incidents in Counter(map(tuple, rows)).items():
        filed = leaves(set(carries), categories=before.categories)
        moved = {(moves or {}).get(category, category) for category in filed}
        could = _readers(set(carries), before)
        can = _readers(close_upward(moved, categories=after.categories), after)
        change.gained.update(dict.fromkeys(can - could, incidents))
        change.lost.update(dict.fromkeys(could - can, incidents))
    return change


def _readers(carried: set[UUID], reading: Reading) -> set[UUID]:
    specific = leaves(carried, categories=reading.categories)
    restricting = {category for category in carried if reading.categories[category].is_restricting}
    return {
        group
        for group, viewable in reading.viewing.items()
        if cat_ok(carried=carried, leaves=specific, view_incidents=viewable, restricting=restricting)
    }
