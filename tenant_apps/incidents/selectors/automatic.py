"""Whom automatic alerts reach: rules that fit a record, as far as they may reach the person."""

from collections.abc import Collection
from uuid import UUID

from shared_apps.people.selectors import get_user
from tenant_apps.alerts.selectors import matching_rules
from tenant_apps.categories.selectors import CategoryMap, category_map, leaves
from tenant_apps.classes.selectors import load_access
from tenant_apps.staff.permissions import cat_ok
from tenant_apps.students.selectors import sees_everybody, visible_among


def automatic_recipients(
    *,
    carried: Collection[UUID],
    about: Collection[UUID],
    shown_under: Collection[UUID],
    is_action: bool = False,
) -> list[UUID]:
    """People whom a rule alerts to a record with these categories, closed upward.

    `about` are the students it is about, `shown_under` those in whose logs it stands with the full text. A
    rule that does not reach beyond somebody's categories and classes alerts them only to what they may read
    with their key anyway. Three queries for each such person who has a fitting rule.
    """
    fitting = matching_rules(category_ids=carried, student_ids=about, is_action=is_action)
    if not fitting:
        return []
    categories = category_map()
    return [
        user_id
        for user_id, is_beyond in fitting.items()
        if is_beyond or _may_read(user_id, frozenset(carried), shown_under, categories)
    ]


def _may_read(
    user_id: UUID, carried: frozenset[UUID], shown_under: Collection[UUID], categories: CategoryMap
) -> bool:
    access = load_access(get_user(user_id), is_elevated=True)
    return cat_ok(
        carried=carried,
        leaves=leaves(carried, categories=categories),
        view_incidents=access.view_incidents,
        restricting=access.restricting,
    ) and (sees_everybody(access) or bool(visible_among(access, shown_under)))
