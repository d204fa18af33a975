"""Writes of the category tree."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from core.access import Access
from core.audit.services import record
from core.db.references import forget, refile
from tenant_apps.categories.enums import Colour
from tenant_apps.categories.models import Category
from tenant_apps.categories.selectors import is_deletable, merging_fault, nearest_colour

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


@transaction.atomic
def save_category(
    *,
    name: str,
    colour: str,
    by: Access,
    category_id: UUID | None = None,
    parent_id: UUID | None = None,
    is_restricting: bool = False,
    starts_monitoring: bool = True,
    always_alerts: bool = False,
    at: datetime | None = None,
) -> Category:
    """A new category at the end of the list, or with `category_id` the whole of an old one. Administrators
    only.

    Under another parent its records come along: each is closed upward anew, so that it carries the new parent
    and keeps the old one only where something else beneath it was chosen. Raises Category.DoesNotExist, and
    ValidationError by field: for a name that is empty or stands there already, for a third level.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    tree = _lock_tree()
    category = Category(position=_last_position(tree)) if category_id is None else _live(tree, category_id)
    moved = category_id is not None and category.parent_id != parent_id
    category.name, category.colour, category.parent_id = " ".join(name.split()), Colour(colour), parent_id
    category.is_restricting, category.starts_monitoring = is_restricting, starts_monitoring
    category.always_alerts = always_alerts
    _assert_fits(category, tree)
    category.full_clean(exclude=["parent", "merged_into"], validate_constraints=False)
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        # Two administrators made the same one at the same moment.
        raise ValidationError({"name": "There is a category of this name there already."}) from None
    refiled = refile("category", touching=[category.id], moves={}, by=by, at=at) if moved else {}
    record(
        "category.added" if category_id is None else "category.changed",
        by=by,
        record=("category", category.id),
        detail={
            "parent": category.parent_id,
            "colour": category.colour,
            "restricting": is_restricting,
            "starts_monitoring": starts_monitoring,
            "always_alerts": always_alerts,
            **refiled,
        },
        at=at,
    )
    return category


@transaction.atomic
def merge_categories(*, source_id: UUID, target_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Make one category into another, for good: incidents, actions and monitoring of the first become the
    second's, its sub-categories move beneath it. Administrators only.

    What carried both carries the second once. The rights of user groups stay as they are on the second; those
    on the first end with it. Kept versions are not touched. Raises Category.DoesNotExist, and ValidationError
    for a category and itself, its own sub-category, or sub-categories that would not fit.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    tree = _lock_tree()
    source, target = _live(tree, source_id), _live(tree, target_id)
    below = _children(tree, source_id)
    fault = merging_fault(
        source_id, target_id, categories={one.id: one for one in tree.values() if one.merged_into_id is None}
    )
    if fault:
        raise ValidationError(fault)
    Category.objects.filter(id__in=[child.id for child in below]).update(parent=target)
    Category.objects.filter(merged_into=source).update(merged_into=target)
    source.merged_into, source.is_enabled = target, False
    source.save(update_fields=["merged_into", "is_enabled"])
    refiled = refile("category", touching=[source_id], moves={source_id: target_id}, by=by, at=at)
    forget("category", source_id, by=by, at=at)
    record(
        "category.merged",
        by=by,
        record=("category", source_id),
        detail={"into": target_id, "sub_categories": [child.id for child in below], **refiled},
        at=at,
    )


@transaction.atomic
def delete_or_disable(*, category_id: UUID, by: Access, at: datetime | None = None) -> bool:
    """ "Delete/Disable": a category that nothing ever named is gone for good, any other is taken off the
    forms. Returns whether it was deleted. Administrators only.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    category = _live(_lock_tree(), category_id)
    if not is_deletable(category_id):
        set_category_enabled(category_id=category_id, enabled=False, by=by, at=at)
        return False
    forget("category", category_id, by=by, at=at)
    record("category.deleted", by=by, record=("category", category_id), at=at)
    category.delete()
    return True


def hold_categories(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Keep these categories from being merged, moved or deleted until the transaction ends.

    Whoever writes rows that name categories calls it before locking anything else; it waits for a merge under
    way. Answers for each what it is afterwards: itself, or what it was merged into; one that was deleted is
    left out. Such writers do not wait for each other.
    """
    wanted = set(ids)
    found = _hold(wanted)
    _hold({into for into in found.values() if into is not None} - wanted)
    return {category_id: into or category_id for category_id, into in found.items()}


def _hold(ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merged_into_id FROM categories_category WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [sorted(ids)],
        )
        return dict(cursor.fetchall())


def _lock_tree() -> dict[UUID, Category]:
    """All rows, held against writers of records too: the shape of the tree is what their rows follow."""
    rows = Category.objects.select_for_update().order_by("id")
    return {category.id: category for category in rows}


def _live(tree: dict[UUID, Category], category_id: UUID) -> Category:
    category = tree.get(category_id)
    if category is None or category.merged_into_id is not None:
        raise Category.DoesNotExist
    return category


def _children(tree: dict[UUID, Category], category_id: UUID) -> list[Category]:
    return [one for one in tree.values() if one.parent_id == category_id and one.merged_into_id is None]


def _last_position(tree: dict[UUID, Category]) -> int:
    return max((category.position for category in tree.values()), default=-1) + 1


def _assert_fits(category: Category, tree: dict[UUID, Category]) -> None:
    parent = _live(tree, category.parent_id) if category.parent_id else None
    if parent is not None and parent.id == category.id:
        raise ValidationError({"parent": "A category cannot be its own parent."})
    if parent is not None and parent.parent_id is not None:
        raise ValidationError(
            {"parent": f"“{parent.name}” is a sub-category itself. Choose a top-level category."}
        )
    if parent is not None and _children(tree, category.id):
        raise ValidationError(
            {"parent": "This category has sub-categories, so it has to stay at the top level."}
        )
    if not category.name:
        raise ValidationError({"name": "Give the category a name."})
    named = category.name.casefold()
    for other in tree.values():
        is_other = other.id != category.id and other.merged_into_id is None
        if is_other and other.parent_id == category.parent_id and other.name.casefold() == named:
            place = f"under “{parent.name}”" if parent else "at the top level"
            raise ValidationError({"name": f"There is a category of this name {place} already."})
