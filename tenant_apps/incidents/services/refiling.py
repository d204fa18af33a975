"""Brings incidents in step with a category tree that has changed: a merge, a sub-category that moved."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from core.access import Access
from core.audit.services import record
from tenant_apps.categories.selectors import CategoryMap, category_map, close_upward, leaves
from tenant_apps.incidents.enums import CategoryState
from tenant_apps.incidents.models import ActionCategory, IncidentCategory

# Rows in one statement: some thousands are quick and stay far below what a statement may hold.
AT_ONCE = 2000


@transaction.atomic
def refile(
    *, touching: Collection[UUID], moves: Mapping[UUID, UUID], by: Access, at: datetime | None = None
) -> int:
    """Close the incidents that carry one of these categories upward anew; how many there were.

    What an incident is filed under are its most specific categories; of them those in `moves` become others,
    and the parents follow from the tree as it is now. Whole school or nothing, in batches; the caller holds
    the tree. Kept versions stay as they were, and so does the text.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    touched = IncidentCategory.objects.filter(category__in=touching).order_by("incident")
    incidents = list(touched.values_list("incident", flat=True).distinct())
    categories = category_map()
    for start in range(0, len(incidents), AT_ONCE):
        _refile(incidents[start : start + AT_ONCE], moves, categories)
    for old, new in moves.items():
        _move_added(old, new)
    record("incidents.refiled", by=by, detail={"incidents": len(incidents)}, at=at)
    return len(incidents)


def _refile(incidents: Collection[UUID], moves: Mapping[UUID, UUID], categories: CategoryMap) -> None:
    carried: dict[UUID, dict[UUID, tuple[UUID, bool]]] = defaultdict(dict)
    rows = IncidentCategory.objects.filter(incident__in=incidents)
    for row, incident, category, is_leaf in rows.values_list("id", "incident", "category", "is_leaf"):
        carried[incident][category] = (row, is_leaf)
    shapes: dict[frozenset[UUID], dict[UUID, bool]] = {}
    gone: list[UUID] = []
    new: list[IncidentCategory] = []
    marked: dict[bool, list[UUID]] = {True: [], False: []}
    for incident, stands in carried.items():
        filed = frozenset(
            moves.get(category, category) for category, (_, is_leaf) in stands.items() if is_leaf
        )
        if filed not in shapes:
            shapes[filed] = _shape(filed, categories)
        wanted = shapes[filed]
        gone += [row for category, (row, _) in stands.items() if category not in wanted]
        for category, is_leaf in wanted.items():
            if category not in stands:
                new.append(IncidentCategory(incident_id=incident, category_id=category, is_leaf=is_leaf))
            elif stands[category][1] != is_leaf:
                marked[is_leaf].append(stands[category][0])
    # The ORM would delete them by the hundred.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM incidents_incidentcategory WHERE id = ANY(%s)", [gone])
    for is_leaf, ids in marked.items():
        if ids:
            IncidentCategory.objects.filter(id__in=ids).update(is_leaf=is_leaf)
    IncidentCategory.objects.bulk_create(new, batch_size=AT_ONCE)


def _shape(filed: Collection[UUID], categories: CategoryMap) -> dict[UUID, bool]:
    closed = close_upward(filed, categories=categories)
    specific = leaves(closed, categories=categories)
    return {category: category in specific for category in closed}


def _move_added(old: UUID, new: UUID) -> None:
    """What actions added, or propose; one that had both has the new category once."""
    added = ActionCategory.objects.filter(category=old)
    twin = ActionCategory.objects.filter(action=OuterRef("action"), category=new)
    # Of two the one that is in force counts: what was decided does not wait again.
    in_force = added.filter(state=CategoryState.IN_FORCE)
    ActionCategory.objects.filter(
        category=new, state=CategoryState.WAITING, action__in=in_force.values("action")
    ).update(state=CategoryState.IN_FORCE)
    added.filter(Exists(twin)).delete()
    added.update(category=new)
