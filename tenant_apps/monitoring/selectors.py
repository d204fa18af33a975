"""Reads of monitoring: what is on, for the categories whose "View Students" the person has, and nothing else.

"View Incidents" plays no part here; whoever may not see a category under monitoring does not learn that it
is on.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from core.access import Access
from core.db.among import among
from core.db.prepared import PreparedQuery
from tenant_apps.categories.selectors import CategoryMap, CategoryView, category_map
from tenant_apps.monitoring.enums import MonitoringSource
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.students.selectors import students_visible_to


@dataclass(frozen=True, slots=True)
class MonitoredCategory:
    """One category under which a student is monitored now."""

    category: CategoryView
    started_at: datetime


@dataclass(frozen=True, slots=True)
class BegunByPractice:
    """What a practice entry began: of whom, and under which category; None where the person may not see it.

    `also` are records that would have begun the same meanwhile; `by_hand` says that a person would have.
    """

    student_id: UUID | None
    category: CategoryView | None
    also: frozenset[UUID]
    by_hand: bool


@dataclass(frozen=True, slots=True)
class MonitoringStretch:
    """One stretch of a student's monitoring history; open while `ended_at` is None.

    Who may see the stretch may not always open the record that began it, nor know who wrote that: pages ask.
    """

    category: CategoryView
    started_at: datetime
    ended_at: datetime | None
    started_by: UUID | None
    ended_by: UUID | None
    source_kind: MonitoringSource
    source_id: UUID | None


def monitored_now(
    access: Access, student_ids: Collection[UUID], *, categories: CategoryMap | None = None
) -> dict[UUID, list[CategoryView]]:
    """For each of these students the categories on now, in the school's order; empty where there are none.

    The caller shows students of the person's classes only.
    """
    found: dict[UUID, list[CategoryView]] = {student_id: [] for student_id in student_ids}
    if not found or not _sees_any(access):
        return found
    tree = category_map() if categories is None else categories
    on: dict[UUID, set[UUID]] = defaultdict(set)
    for student_id, category_id in OPEN.rows(students=found):
        if access.is_system or category_id in access.view_students:
            on[student_id].add(category_id)
    for student_id, category_ids in on.items():
        found[student_id] = [category for category in tree.values() if category.id in category_ids]
    return found


def monitored_students(
    access: Access, category_id: UUID | None = None
) -> dict[UUID, list[MonitoredCategory]]:
    """Current students of the person's classes who are monitored now, under this category or under any.

    Students who have left or not begun yet are in no such list; their monitoring stays on all the same.
    """
    if not _sees_any(access):
        return {}
    rows = _listed(access)
    if category_id is not None:
        rows = rows.filter(category_id=category_id)
    tree = category_map()
    found: dict[UUID, list[MonitoredCategory]] = defaultdict(list)
    for student_id, row_category, started_at in rows.values_list("student_id", "category_id", "started_at"):
        found[student_id].append(MonitoredCategory(tree[row_category], started_at))
    return dict(found)


def monitored_counts(access: Access) -> dict[UUID, int]:
    """How many students `monitored_students` lists under each category."""
    if not _sees_any(access):
        return {}
    return dict(
        _listed(access)
        .values("category_id")
        .annotate(students=Count("id"))
        .values_list("category_id", "students")
    )


def practice_counts(access: Access) -> dict[UUID, int]:
    """How many of `monitored_counts` a practice entry of training mode began."""
    if not _sees_any(access):
        return {}
    rows = _listed(access).filter(is_practice=True).values("category_id")
    return dict(rows.annotate(students=Count("id")).values_list("category_id", "students"))


def monitoring_history(access: Access, student_id: UUID) -> list[MonitoringStretch]:
    """Every stretch of one student's monitoring that the person may see, the latest first.

    The caller has found the student visible to the person.
    """
    if not _sees_any(access):
        return []
    tree = category_map()
    rows = _visible(access).filter(student_id=student_id).order_by("-started_at", "-id")
    return [
        MonitoringStretch(
            category=tree[row.category_id],
            started_at=row.started_at,
            ended_at=row.ended_at,
            started_by=row.started_by_id,
            ended_by=row.ended_by_id,
            source_kind=MonitoringSource(row.source_kind),
            source_id=row.source_id,
        )
        for row in rows
        # What a merge left behind is within a stretch of the category that remained.
        if row.category_id in tree
    ]


def monitored_during(
    access: Access,
    category_ids: Collection[UUID],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[UUID, set[UUID]]:
    """Who was monitored under these categories at some time between the two: student to categories.

    Both ends count; without them it is "ever". Archived students of the person's classes are among them.
    """
    if not _sees_any(access):
        return {}
    rows = _visible(access).filter(
        category_id__in=category_ids, student_id__in=students_visible_to(access).values("id")
    )
    if since is not None:
        rows = rows.exclude(ended_at__lt=since)
    if until is not None:
        rows = rows.filter(started_at__lte=until)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for student_id, category_id in rows.values_list("student_id", "category_id"):
        found[student_id].add(category_id)
    return dict(found)


def begun_by_practice(access: Access, record_ids: Collection[UUID]) -> dict[UUID, list[BegunByPractice]]:
    """What would go if these practice entries went, by the entry that began it. For administrators."""
    tree = category_map()
    rows = list(Monitoring.objects.filter(is_practice=True, source_id__in=record_ids).order_by("id"))
    shown: set[UUID] = set()
    if rows and _sees_any(access):
        concerned = students_visible_to(access).filter(id__in={row.student_id for row in rows})
        shown = set(concerned.values_list("id", flat=True))
    found: dict[UUID, list[BegunByPractice]] = defaultdict(list)
    for row in rows:
        is_seen = row.student_id in shown and (access.is_system or row.category_id in access.view_students)
        assert row.source_id is not None
        found[row.source_id].append(
            BegunByPractice(
                student_id=row.student_id if is_seen else None,
                category=tree.get(row.category_id) if is_seen else None,
                also=frozenset(UUID(cause["id"]) for cause in row.also_begun if cause["id"]),
                by_hand=any(cause["id"] is None for cause in row.also_begun),
            )
        )
    return dict(found)


def students_ever_monitored(student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these students who are, or were, monitored under anything."""
    rows = Monitoring.every.filter(student__in=student_ids)
    return set(rows.values_list("student_id", flat=True).distinct())


def used_categories(ids: Collection[UUID]) -> set[UUID]:
    """Those of these categories under which somebody is, or was, monitored."""
    rows = Monitoring.every.filter(category__in=ids).order_by("category_id")
    return set(rows.values_list("category_id", flat=True).distinct())


def _sees_any(access: Access) -> bool:
    return access.is_elevated and bool(access.view_students)


def _visible(access: Access) -> QuerySet[Monitoring]:
    rows = Monitoring.objects.all()
    return rows if access.is_system else rows.filter(category_id__in=access.view_students)


def _open_of(students: UUID) -> QuerySet[Any, Any]:
    rows = Monitoring.objects.filter(among("student", [students]), ended_at__isnull=True)
    return rows.values_list("student_id", "category_id")


OPEN = PreparedQuery(_open_of, "students", is_planned_once=True)


def _open(access: Access) -> QuerySet[Monitoring]:
    return _visible(access).filter(ended_at__isnull=True)


def _listed(access: Access) -> QuerySet[Monitoring]:
    return (
        _open(access)
        .filter(student_id__in=students_visible_to(access).values("id"), student__archived_at__isnull=True)
        .exclude(student__start_date__gt=timezone.localdate())
    )
