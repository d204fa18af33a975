"""Whom a register does not name."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from tenant_apps.attendance.models import Mark


def without_mark(student_ids: Collection[UUID], day: date) -> set[UUID] | None:
    """Those of these pupils, whom the caller may show, without any mark of that day. None if no mark of the
    day has come for anybody: then it says nothing about one of them. Two queries at most.
    """
    marks = Mark.objects.filter(date=day)
    marked = set(marks.filter(student__in=student_ids).values_list("student", flat=True))
    if not marked and not marks.exists():
        return None
    return set(student_ids) - marked
