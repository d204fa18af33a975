"""What other schools told of a pupil's attendance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.access import Access
from tenant_apps.attendance.models import YearElsewhere
from tenant_apps.students.selectors import students_visible_to


@dataclass(frozen=True, slots=True)
class YearView:
    """A year at another school, in sessions; None where it was not told."""

    year: str
    school: str
    possible: int | None
    attended: int | None
    authorised: int | None
    unauthorised: int | None
    marks_since: date | None
    marks: str

    @property
    def percentage(self) -> float | None:
        """Sessions attended of sessions possible, 0 to 100."""
        return 100 * self.attended / self.possible if self.possible and self.attended is not None else None


def years_elsewhere(access: Access, student_id: UUID) -> list[YearView]:
    """The years of a pupil the person may see, the latest first; none of any other. One query."""
    seen = students_visible_to(access).filter(pk=student_id)
    return [
        YearView(
            year=row.year,
            school=row.school_name or f"{row.la_number}/{row.establishment_number}",
            possible=row.possible,
            attended=row.attended,
            authorised=row.authorised,
            unauthorised=row.unauthorised,
            marks_since=row.marks_since,
            marks=row.marks,
        )
        for row in YearElsewhere.objects.filter(student__in=seen).order_by("-year", "id")
    ]
