"""The tree of categories as a form offers it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tenant_apps.categories.selectors import OfferedCategory


def chips_of(tree: Iterable[OfferedCategory]) -> list[dict[str, Any]]:
    """The tree as chips; a parent that is not open to the person gives way to its sub-categories."""
    found: list[dict[str, Any]] = []
    for offered in tree:
        below = chips_of(offered.children)
        category = offered.category
        here = {
            "id": category.id,
            "name": category.name,
            "colour": category.colour,
            "children": below,
        }
        found.extend([here] if offered.can_choose else below)
    return found


def choosable_in(tree: Iterable[OfferedCategory]) -> list[UUID]:
    """Ids that the person may tick: enabled, with "Add Incidents" in their user group."""
    found: list[UUID] = []
    for offered in tree:
        if offered.can_choose:
            found.append(offered.category.id)
        found += choosable_in(offered.children)
    return found
