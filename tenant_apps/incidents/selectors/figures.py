"""How many incidents a student has, by category and by month, as far as the reader sees them listed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from core.access import Access
from tenant_apps.categories.selectors import CategoryView, category_map, leaves
from tenant_apps.incidents.enums import Part, TrainingMark
from tenant_apps.incidents.models import Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.permissions import listed_for, named_categories


@dataclass(frozen=True, slots=True)
class StudentFigures:
    """The incidents about one student. `practice` of them were made in training mode.

    One with several categories counts under each most specific one that the reader may see. Months are the
    school's, in order, those without an incident left out.
    """

    count: int
    practice: int
    by_category: list[tuple[CategoryView, int]]
    by_month: list[tuple[datetime, int]]


def figures_of_student(access: Access, student_id: UUID) -> StudentFigures:
    """Counts over what this person sees listed about the student, who is not merely linked. Two queries
    beside the categories'.
    """
    months = list(
        _about(access, student_id)
        .annotate(month=TruncMonth("happened_at", tzinfo=timezone.get_current_timezone()))
        .values("month")
        .annotate(incidents=Count("id"), practice=Count("id", filter=Q(training=TrainingMark.PRACTICE)))
        .order_by("month")
    )
    carried = (
        IncidentCategory.objects.filter(incident__in=_about(access, student_id).values("pk"))
        .order_by()
        .values("incident")
        .annotate(carries=ArrayAgg("category", order_by="category"))
        .values_list("carries", flat=True)
    )
    tree = category_map()
    counts: Counter[UUID] = Counter()
    for carries, incidents in Counter(map(tuple, carried)).items():
        for category in leaves(set(named_categories(access, carries)), categories=tree):
            counts[category] += incidents
    return StudentFigures(
        count=sum(row["incidents"] for row in months),
        practice=sum(row["practice"] for row in months),
        by_category=sorted(
            ((tree[category], number) for category, number in counts.items()),
            key=lambda pair: (-pair[1], pair[0].name.casefold()),
        ),
        by_month=[(row["month"], row["incidents"]) for row in months],
    )


def _about(access: Access, student_id: UUID) -> QuerySet[Incident]:
    parts = IncidentStudent.objects.filter(student=student_id, part=Part.MAIN)
    return Incident.objects.filter(listed_for(access), pk__in=parts.values("incident"), number__isnull=False)
