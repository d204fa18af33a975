"""Under which categories an incident is filed, and whom that lets read it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from core.access import Access
from core.audit.services import record
from tenant_apps.categories.selectors import category_map, close_upward
from tenant_apps.incidents.selectors.editing import stays_filed


def refiled(by: Access, carried: Mapping[UUID, bool], chosen: Collection[UUID]) -> frozenset[UUID]:
    """What an incident carries when this person chooses these categories instead, closed upward.

    `carried` says of each category it has whether it is a leaf. Those that the person may not see or may not
    add to stay. Raises PermissionDenied for a new one that they may not add to, and where none would be left.
    """
    categories = category_map()
    filed = {category for category, is_leaf in carried.items() if is_leaf}
    new = set(chosen) - set(carried)
    if not new <= by.add_incidents or any(not categories[one].is_enabled for one in new):
        raise PermissionDenied("This user group may not add incidents to one of these categories.")
    found = close_upward(stays_filed(by, filed, categories).union(chosen), categories=categories)
    if not found:
        raise PermissionDenied("An incident has at least one category.")
    return frozenset(found)


def note_readers(
    incident_id: UUID, gained: Iterable[str], lost: Iterable[str], *, by: Access, at: datetime | None
) -> None:
    """Writes that user groups gained or lost sight of an incident: how many, if any."""
    counts = {"groups_gained": len(set(gained)), "groups_lost": len(set(lost))}
    if any(counts.values()):
        record("incident.readers_changed", by=by, record=("incident", incident_id), detail=counts, at=at)
