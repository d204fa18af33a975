"""Writes of the category tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.access import Access
from core.audit.services import record
from tenant_apps.categories.enums import Colour
from tenant_apps.categories.models import Category
from tenant_apps.categories.selectors import nearest_colour

CAUSE_FOR_CONCERN = "cause for concern"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCategory:
    """A category to be made; `parent` is the name of one in the same list. `colour` is a hex or empty.

    `always_alerts` None leaves the choice to the rule of a new school: Cause for Concern and every
    Restricting category preselect the default alert group.
    """

    name: str
    parent: str = ""
    colour: str = ""
    is_restricting: bool = False
    starts_monitoring: bool = True
    always_alerts: bool | None = None


@transaction.atomic
def add_categories(*, rows: Sequence[NewCategory], by: Access, at: datetime | None = None) -> list[Category]:
    """Make a whole tree at once, in the order given. Administrators only.

    A sub-category without a colour takes its parent's. Raises ValidationError for a parent that is not in the
    list or stands in a circle, and IntegrityError for a name twice under one parent.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    by_name = {row.name.strip().casefold(): row for row in rows}
    made: dict[str, Category] = {}
    position = {row.name.strip().casefold(): place for place, row in enumerate(rows)}

    def make(name: str, above: frozenset[str]) -> Category:
        if name in made:
            return made[name]
        row = by_name.get(name)
        if row is None or name in above:
            raise ValidationError("A category's parent must be a category of the same list.")
        parent = make(row.parent.strip().casefold(), above | {name}) if row.parent.strip() else None
        always = row.always_alerts
        made[name] = Category(
            name=row.name.strip(),
            parent=parent,
            colour=nearest_colour(row.colour) if row.colour else parent.colour if parent else Colour.K1,
            is_restricting=row.is_restricting,
            starts_monitoring=row.starts_monitoring,
            always_alerts=(row.is_restricting or name == CAUSE_FOR_CONCERN) if always is None else always,
            position=position[name],
        )
        return made[name]

    for name in by_name:
        make(name, frozenset())
    if len(by_name) != len(rows):
        raise ValidationError("A category stands on the list twice.")
    # Parents come first in `made`, as a foreign key wants them.
    categories = Category.objects.bulk_create(made.values())
    record("category.added", by=by, detail={"categories": [one.id for one in categories]}, at=at)
    return categories


@transaction.atomic
def set_category_enabled(*, category_id: UUID, enabled: bool, by: Access, at: datetime | None = None) -> None:
    """Offer a category on forms again, or take it off them; past records keep it. Administrators only."""
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    category = Category.objects.select_for_update().get(pk=category_id)
    category.is_enabled = enabled
    category.save(update_fields=["is_enabled"])
    event = "category.enabled" if enabled else "category.disabled"
    record(event, by=by, record=("category", category.id), at=at)
