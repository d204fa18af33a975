"""Reads of the category tree, and what follows from it.

A school has some dozens of categories: the whole tree is one small query, and everything else is worked out
on `CategoryView`s. Names of Restricting categories are shown only to those who may view them; that is for
the caller, with the person's access.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from math import hypot
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from core.access import Access
from core.db.prepared import PreparedQuery
from core.db.references import was_ever_named
from tenant_apps.categories.enums import LIGHT_HEX, Colour
from tenant_apps.categories.models import Category


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category as it is read: plain values, no way back to the database."""

    id: UUID
    name: str
    parent_id: UUID | None
    colour: str
    is_restricting: bool
    starts_monitoring: bool
    always_alerts: bool
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class OfferedCategory:
    """A category of the form with the sub-categories that appear once it is chosen.

    `can_choose` is false for a parent that stands there only because a sub-category beneath it is offered.
    """

    category: CategoryView
    can_choose: bool
    children: tuple["OfferedCategory", ...]


CategoryMap = Mapping[UUID, CategoryView]


def all_categories(*, with_merged: bool = False) -> list[CategoryView]:
    """Every category, disabled ones too, parents before children, in the school's order. One query.

    Those that were merged into another are left out, but `with_merged`: for names in kept versions.
    """
    rows = [CategoryView(*row) for row in (WITH_MERGED if with_merged else STANDING).rows()]
    by_parent: dict[UUID | None, list[CategoryView]] = {}
    for row in rows:
        by_parent.setdefault(row.parent_id, []).append(row)
    in_order: list[CategoryView] = []

    def walk(parent_id: UUID | None) -> None:
        for category in by_parent.get(parent_id, ()):
            in_order.append(category)
            walk(category.id)

    walk(None)
    return in_order


def _in_order(kept: QuerySet[Category]) -> QuerySet[Any, Any]:
    return kept.order_by("position", "id").values_list(*(field.name for field in fields(CategoryView)))


STANDING = PreparedQuery(lambda: _in_order(Category.objects.filter(merged_into=None)), is_planned_once=True)
WITH_MERGED = PreparedQuery(lambda: _in_order(Category.objects.all()), is_planned_once=True)


def category_map(*, with_merged: bool = False) -> dict[UUID, CategoryView]:
    """Every category by id, in the order of `all_categories`. One query."""
    return {category.id: category for category in all_categories(with_merged=with_merged)}


def get_category(category_id: UUID) -> CategoryView:
    """One category as it is; Http404 for none and for one that was merged into another."""
    category = category_map().get(category_id)
    if category is None:
        raise Http404("no such category")
    return category


def followed(ids: Iterable[UUID], *, categories: CategoryMap) -> list[UUID]:
    """These ids, each that was merged replaced by what it was merged into, in order and each once.

    For drafts and forms that were open when it happened. An id that is no category stays as it is. No query
    while `categories` knows them all.
    """
    wanted = list(ids)
    unknown = [category_id for category_id in wanted if category_id not in categories]
    if unknown:
        rows = Category.objects.filter(id__in=unknown, merged_into__isnull=False)
        instead = dict(rows.values_list("id", "merged_into_id"))
        wanted = [instead.get(category_id, category_id) for category_id in wanted]
    return list(dict.fromkeys(wanted))


def used_colours(*, categories: CategoryMap | None = None) -> dict[str, list[str]]:
    """The colours in use with the names of the categories that have them, in the palette's order."""
    categories = category_map() if categories is None else categories
    found: dict[str, list[str]] = {}
    for category in categories.values():
        found.setdefault(category.colour, []).append(category.name)
    return {colour: found[colour] for colour in Colour.values if colour in found}


def has_sub_categories(category_id: UUID, *, categories: CategoryMap | None = None) -> bool:
    """Whether another category stands beneath it."""
    categories = category_map() if categories is None else categories
    return any(category.parent_id == category_id for category in categories.values())


def merging_fault(source_id: UUID, target_id: UUID, *, categories: Mapping[UUID, Any]) -> str:
    """Why the first of these categories cannot become the second, as a sentence; empty when it can."""
    source, target = categories[source_id], categories[target_id]
    below = [one for one in categories.values() if one.parent_id == source_id]
    if source_id == target_id:
        return "A category cannot be merged with itself."
    if target.parent_id == source_id:
        return f"“{target.name}” is a sub-category of “{source.name}”. Move it to the top level first."
    if below and target.parent_id is not None:
        return (
            f"“{source.name}” has sub-categories and “{target.name}” is one itself: they would be a third"
            " level. Move or merge them first."
        )
    there = {one.name.casefold() for one in categories.values() if one.parent_id == target_id}
    twice = [one.name for one in below if one.name.casefold() in there]
    if twice:
        return f"Both have a sub-category “{twice[0]}”. Merge or rename these first."
    return ""


def is_deletable(category_id: UUID) -> bool:
    """Whether nothing names the category, or ever did: then it can be deleted in full.

    Rows of other apps decide, of hidden records too; so do sub-categories and what was merged into it.
    """
    beneath = Category.objects.filter(Q(parent=category_id) | Q(merged_into=category_id))
    return not beneath.exists() and not was_ever_named("category", category_id)


def restricting_categories() -> QuerySet[Category]:
    """All Restricting categories, enabled or not, to put into a query."""
    return Category.objects.filter(is_restricting=True)


def restricting_ids() -> frozenset[UUID]:
    """All Restricting categories, enabled or not. One query."""
    return frozenset(restricting_categories().values_list("id", flat=True))


def close_upward(ids: Iterable[UUID], *, categories: CategoryMap | None = None) -> set[UUID]:
    """The categories with all their parents: choosing a sub-category adds its parent.

    Raises KeyError for an id that is no category. Pass `categories` where they are loaded already.
    """
    categories = category_map() if categories is None else categories
    closed: set[UUID] = set()
    for category_id in ids:
        step: UUID | None = category_id
        while step is not None and step not in closed:
            closed.add(step)
            step = categories[step].parent_id
    return closed


def leaves(ids: Collection[UUID], *, categories: CategoryMap | None = None) -> set[UUID]:
    """The most specific ones: those without a child among `ids`."""
    categories = category_map() if categories is None else categories
    parents = {categories[category_id].parent_id for category_id in ids}
    return {category_id for category_id in ids if category_id not in parents}


def begins_monitoring(ids: Collection[UUID], *, categories: CategoryMap | None = None) -> set[UUID]:
    """Of the categories a record carries (closed upward), those under which it starts monitoring by itself.

    A Restricting sub-category starts for itself only: a parent that is not Restricting starts only if it was
    chosen alone or with a sub-category that is not Restricting either. Otherwise the list of the open parent
    would tell that there is something.
    """
    categories = category_map() if categories is None else categories
    children: dict[UUID, list[UUID]] = {}
    for category_id in ids:
        parent_id = categories[category_id].parent_id
        if parent_id is not None:
            children.setdefault(parent_id, []).append(category_id)

    def is_open(category_id: UUID) -> bool:
        if categories[category_id].is_restricting:
            return False
        below = children.get(category_id, [])
        return not below or any(is_open(child) for child in below)

    return {
        category_id
        for category_id in ids
        if categories[category_id].starts_monitoring
        and (categories[category_id].is_restricting or is_open(category_id))
    }


def offered_to(access: Access, *, categories: CategoryMap | None = None) -> list[OfferedCategory]:
    """The tree a form offers: enabled categories for which the person's group has "Add Incidents".

    A parent that is enabled but not the person's to add still leads to sub-categories that are; a disabled
    parent takes its sub-categories with it.
    """
    categories = category_map() if categories is None else categories
    by_parent: dict[UUID | None, list[CategoryView]] = {}
    for category in categories.values():
        if category.is_enabled:
            by_parent.setdefault(category.parent_id, []).append(category)

    def offers(parent_id: UUID | None) -> tuple[OfferedCategory, ...]:
        found = []
        for category in by_parent.get(parent_id, ()):
            children = offers(category.id)
            can_choose = category.id in access.add_incidents
            if can_choose or children:
                found.append(OfferedCategory(category, can_choose, children))
        return tuple(found)

    return list(offers(None))


def always_alerting(ids: Collection[UUID], *, categories: CategoryMap | None = None) -> set[UUID]:
    """Of these categories, those for which the form preselects the default alert group."""
    categories = category_map() if categories is None else categories
    return {category_id for category_id in ids if categories[category_id].always_alerts}


def named_for(
    ids: Iterable[UUID], *, view_incidents: Collection[UUID], categories: CategoryMap | None = None
) -> list[CategoryView]:
    """The categories that a mail or an alert may name to someone with these "View Incidents", in order.

    Every one that is not Restricting, and of the Restricting ones those the person may view.
    """
    categories = category_map() if categories is None else categories
    wanted = set(ids)
    return [
        category
        for category in categories.values()
        if category.id in wanted and (not category.is_restricting or category.id in view_incidents)
    ]


def nearest_colour(hex_colour: str) -> str:
    """The class of the palette that looks most like a colour given as "#rrggbb" or "#rgb".

    Raises ValueError for anything else.
    """
    wanted = _lab(hex_colour)
    return min(LIGHT_HEX, key=lambda colour: _distance(wanted, _lab(LIGHT_HEX[colour]))).value


def _distance(wanted: tuple[float, float, float], offered: tuple[float, float, float]) -> float:
    """CIE94 with lightness at half weight: the palette's colours are all of one depth, so hue has to decide.

    In plain RGB, and in L*a*b* with equal weights, bright reds come out as orange and violets as magenta.
    """
    chroma, other_chroma = hypot(*wanted[1:]), hypot(*offered[1:])
    lightness_apart = (wanted[0] - offered[0]) / 2
    chroma_apart = chroma - other_chroma
    hue_squared = (wanted[1] - offered[1]) ** 2 + (wanted[2] - offered[2]) ** 2 - chroma_apart**2
    return (
        lightness_apart**2
        + (chroma_apart / (1 + 0.045 * chroma)) ** 2
        + max(hue_squared, 0.0) / (1 + 0.015 * chroma) ** 2
    )


def _lab(hex_colour: str) -> tuple[float, float, float]:
    digits = hex_colour.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) != 6:
        raise ValueError(f"{hex_colour!r} is not a colour.")

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    def curved(share: float) -> float:
        return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116

    red, green, blue = (linear(int(digits[at : at + 2], 16)) for at in (0, 2, 4))
    # sRGB to CIE XYZ, each divided by the white point D65.
    x = curved((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
    y = curved(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = curved((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
