"""Names the categories on an entry to one person: only those that this person may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from core.access import Access
from tenant_apps.categories.selectors import CategoryMap, leaves
from tenant_apps.incidents.permissions import named_categories


@dataclass(frozen=True)
class CategoryLine:
    """A category on an entry; its parent's name shows only with "Toggle parent categories"."""

    id: UUID
    name: str
    colour: str
    parent: str


class CategoryNames:
    """Names those categories that the person may see, sub-categories first."""

    def __init__(self, access: Access, categories: CategoryMap, opened_by_alert: bool) -> None:
        self._access = access
        self._categories = categories
        self._opened_by_alert = opened_by_alert

    def lines(self, carried: Iterable[UUID]) -> list[CategoryLine]:
        """One line for each category that has none of its sub-categories named beside it."""
        named = set(named_categories(self._access, carried, opened_by_alert=self._opened_by_alert))
        rows = []
        for pk in leaves(named, categories=self._categories):
            category = self._categories[pk]
            parent = self._categories[category.parent_id].name if category.parent_id in named else ""
            rows.append(CategoryLine(pk, category.name, category.colour, parent))
        return sorted(rows, key=lambda row: row.name.casefold())
