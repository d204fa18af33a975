"""Groups and their registers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone

from core.access import Access
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.models import Membership
from tenant_apps.students.selectors.finding import StudentListItem, list_items
from tenant_apps.students.selectors.limits import running, student_visible, students_visible_to


@dataclass(frozen=True, slots=True)
class GroupItem:
    """A group that has a register, with the number of pupils in it that the person may see."""

    id: UUID
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Register:
    """A group's pupils of today, in the order of names."""

    id: UUID
    name: str
    students: list[StudentListItem]


def groups_of(student_ids: Collection[UUID]) -> set[UUID]:
    """The groups these pupils are in now."""
    rows = Membership.objects.filter(running(), student_id__in=student_ids)
    return set(rows.values_list("group_id", flat=True))


def present_today() -> Q:
    """Memberships of today by pupils who have started and not left."""
    today = timezone.localdate()
    return (
        Q(start_date__lte=today)
        & (Q(end_date__isnull=True) | Q(end_date__gte=today))
        & Q(student__archived_at__isnull=True)
        & (Q(student__start_date__isnull=True) | Q(student__start_date__lte=today))
    )


def current_membership() -> Q:
    """Memberships of today and later, by pupils who have not left: starting ones are in their class."""
    return Q(student__archived_at__isnull=True) & (
        Q(end_date__isnull=True) | Q(end_date__gte=timezone.localdate())
    )


def dashboard_groups(access: Access) -> list[GroupItem]:
    """The groups of "Filter by Group", of the kind that the school's settings name. Two queries."""
    if not access.is_elevated:
        return []
    groups = (
        Membership.objects.filter(
            present_today(),
            student_visible(access, "student_id"),
            group__kind=get_settings().dashboard_group_type,
            group__ended_on__isnull=True,
        )
        .values("group_id", "group__name", "group__sort_key")
        .annotate(count=Count("student_id", distinct=True))
        .order_by("group__sort_key", "group_id")
    )
    return [GroupItem(id=row["group_id"], name=row["group__name"], count=row["count"]) for row in groups]


def register(access: Access, group_id: UUID) -> Register:
    """The register of a group in which the person may see somebody; Http404 else. Three queries."""
    of_group = Membership.objects.filter(present_today(), group_id=group_id)
    students = list_items(students_visible_to(access).filter(Exists(of_group.filter(student=OuterRef("pk")))))
    if not students:
        raise Http404
    name = of_group.values_list("group__name", flat=True)[:1].get()
    return Register(id=group_id, name=name, students=students)
