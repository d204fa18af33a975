"""What one person may change of a pupil, and how it stands now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from core.access import Access
from core.access.enums import OverviewBlock
from shared_apps.people.selectors import names_of
from tenant_apps.agencies.selectors import AgencyView, enabled_agencies
from tenant_apps.categories.selectors import CategoryMap, CategoryView, category_map
from tenant_apps.monitoring.permissions import changeable_categories
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.students.selectors import OwnAnswer, own_answers, own_facts


@dataclass(frozen=True, slots=True)
class Editing:
    """What one person may change of a pupil, and how it stands now."""

    categories: Sequence[CategoryView]
    """Those whose monitoring the person may change: enabled ones, and others that are on."""
    monitored: frozenset[UUID]
    """Those of them that are on."""
    has_own_facts: bool
    summary: str = ""
    summary_number: int = 0
    keywords: Sequence[str] = ()
    agencies: Sequence[AgencyView] = ()
    offered_agencies: Sequence[AgencyView] = ()
    stays: Sequence[str] = ()
    """Categories that are on and that the person sees only, by their full names."""
    answers: Sequence[OwnAnswer] = ()


def may_update_categories(access: Access) -> bool:
    """Whether the person may start and end monitoring under some category: "Update Categories" is theirs."""
    return bool(changeable_categories(access))


def bulk_categories(access: Access, student_ids: Collection[UUID]) -> list[CategoryView]:
    """What "Update Categories" offers for these students: see `editable_categories`."""
    on = monitored_now(access, student_ids)
    return editable_categories(access, {category.id for found in on.values() for category in found})


def editable_categories(access: Access, monitored: Collection[UUID]) -> list[CategoryView]:
    """Categories whose monitoring the person may change, by their full names: enabled ones, and disabled ones
    that are on.
    """
    tree, changeable = category_map(), changeable_categories(access)
    return [
        replace(category, name=full_name(category, tree, access))
        for category in tree.values()
        if category.id in changeable and (category.is_enabled or category.id in monitored)
    ]


def full_name(category: CategoryView, tree: CategoryMap, access: Access) -> str:
    """ "Behaviour: Bullying"; a parent that is not open to the person is not named."""
    parent = category.parent_id
    if parent is None or parent not in access.view_students:
        return category.name
    return f"{tree[parent].name}: {category.name}"


def editing(access: Access, student: Any) -> Editing:
    """What the person may change of a pupil that get_student returned."""
    on = monitored_now(access, [student.pk])[student.pk]
    changeable, tree = changeable_categories(access), category_map()
    monitored = frozenset(category.id for category in on if category.id in changeable)
    stays = [full_name(category, tree, access) for category in on if category.id not in changeable]
    categories = editable_categories(access, monitored)
    facts = own_facts(access, student)
    if facts is None:
        return Editing(categories, monitored, has_own_facts=False, stays=stays)
    return Editing(
        categories,
        monitored,
        has_own_facts=True,
        summary=facts.summary,
        summary_number=facts.summary_number,
        keywords=facts.keywords,
        agencies=facts.agencies,
        offered_agencies=enabled_agencies(),
        stays=stays,
        answers=own_answers(access, student),
    )


def person_name(person_id: UUID | None) -> str:
    """A colleague's name; empty for the system."""
    found = names_of([person_id])
    return found[person_id].full if person_id in found else ""


def may_edit(access: Access) -> bool:
    """Whether "Edit Information" has something in it for this person."""
    return may_update_categories(access) or OverviewBlock.SUMMARY in access.overview_blocks
