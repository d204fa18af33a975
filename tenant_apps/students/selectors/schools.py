"""The schools that a pupil went to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from tenant_apps.students.models import SchoolAttended, Student


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school of a pupil's history."""

    name: str
    entry_date: date | None
    leaving_date: date | None
    leaving_reason: str
    is_last: bool


def schools_attended_by(student: Student) -> list[SchoolView]:
    """The schools of a pupil whom the caller may show, the latest first."""
    rows = SchoolAttended.objects.filter(student=student).exclude(
        name="", la_number="", establishment_number=""
    )
    return [
        SchoolView(
            name=row.name or f"{row.la_number}/{row.establishment_number}",
            entry_date=row.entry_date,
            leaving_date=row.leaving_date,
            leaving_reason=row.leaving_reason,
            is_last=bool(row.is_last),
        )
        for row in rows.order_by(F("entry_date").desc(nulls_last=True), "id")
    ]
