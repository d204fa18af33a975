"""Reads of automatic alerts: whose they are, and which fit a new record; and of cleared dashboards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from shared_apps.people.selectors import PersonName, names_of
from tenant_apps.alerts.models import AlertRemoval, AutomaticAlert
from tenant_apps.staff.selectors import active_among
from tenant_apps.students.selectors import groups_of

RUNNING = Q(ended_at__isnull=True)


@dataclass(frozen=True, slots=True)
class AutomaticRule:
    """One rule that holds: for whom, and the one thing it names; the other two are None."""

    id: UUID
    user_id: UUID
    category_id: UUID | None
    student_id: UUID | None
    group_id: UUID | None
    is_beyond: bool
    set_at: datetime

    @property
    def thing(self) -> str:
        """What it names: "category", "student" or "group"."""
        return "category" if self.category_id else "student" if self.student_id else "group"

    @property
    def target_id(self) -> UUID:
        """The id of what it names."""
        found = self.category_id or self.student_id or self.group_id
        assert found
        return found


@dataclass(frozen=True, slots=True)
class Removal:
    """One clearing of a person's dashboard alerts."""

    by: str
    at: datetime
    reason: str
    count: int


def rules_of(user_id: UUID) -> list[AutomaticRule]:
    """The rules that alert this person, the oldest first. For administrators."""
    return _rules(Q(user_id=user_id))


def rules_for_student(student_id: UUID) -> list[tuple[PersonName, AutomaticRule]]:
    """Who is alerted automatically about this student, by name. For those who may open the profile."""
    rules = _rules(Q(student_id=student_id))
    names = names_of(rule.user_id for rule in rules)
    return sorted(((names[rule.user_id], rule) for rule in rules), key=lambda row: row[0])


def matching_rules(
    *, category_ids: Collection[UUID], student_ids: Collection[UUID], is_action: bool
) -> dict[UUID, bool]:
    """Active people whose rules fit a new record, each with whether a rule reaches beyond their categories.

    `category_ids` are closed upward; `student_ids` are those the record is about. New actions fit students'
    rules only.
    """
    fits = Q(student_id__in=student_ids)
    if not is_action:
        fits |= Q(category_id__in=category_ids) | Q(group_id__in=groups_of(student_ids))
    found: dict[UUID, bool] = {}
    for user_id, is_beyond in AutomaticAlert.objects.filter(RUNNING & fits).values_list(
        "user_id", "is_beyond"
    ):
        found[user_id] = found.get(user_id, False) or is_beyond
    active = active_among(found) if found else set()
    return {user_id: is_beyond for user_id, is_beyond in sorted(found.items()) if user_id in active}


def used_categories(ids: Collection[UUID]) -> set[UUID]:
    """Those of these categories that a rule names, or named before it ended."""
    rows = AutomaticAlert.objects.filter(category__in=ids).order_by("category_id")
    return set(rows.values_list("category_id", flat=True).distinct())


def removals_of(user_id: UUID) -> list[Removal]:
    """The clearings of this person's dashboard, the latest first. For administrators."""
    removals = list(AlertRemoval.objects.filter(user_id=user_id).order_by("-removed_at", "-id"))
    names = names_of(removal.removed_by_id for removal in removals)
    return [
        Removal(names[removal.removed_by_id].full, removal.removed_at, removal.reason, removal.count)
        for removal in removals
    ]


def rule_by_id(rule_id: UUID) -> AutomaticAlert:
    """The rule, held or ended. For the outbox's handler."""
    return AutomaticAlert.objects.get(pk=rule_id)


def removal_by_id(removal_id: UUID) -> AlertRemoval:
    """One clearing of a dashboard. For the outbox's handler."""
    return AlertRemoval.objects.get(pk=removal_id)


def _rules(whose: Q) -> list[AutomaticRule]:
    return [
        AutomaticRule(*row)
        for row in AutomaticAlert.objects.filter(RUNNING & whose)
        .order_by("set_at", "id")
        .values_list("id", "user_id", "category_id", "student_id", "group_id", "is_beyond", "set_at")
    ]
