"""Reads of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from core.access import Access
from tenant_apps.attendance.enums import (
    AUTHORISED_CODES,
    PRESENT_CODES,
    UNAUTHORISED_CODES,
)
from tenant_apps.attendance.models import Mark
from tenant_apps.students.selectors import students_visible_to


@dataclass(frozen=True, slots=True)
class AttendanceFigure:
    """A pupil's attendance between two days, in sessions. Codes that are neither present nor absent, and
    codes the product does not know, count on no side.
    """

    since: date
    present: int
    authorised: int
    unauthorised: int
    late: int

    @property
    def possible(self) -> int:
        return self.present + self.authorised + self.unauthorised

    @property
    def percentage(self) -> float | None:
        """Sessions present of sessions possible, 0 to 100; None while there was no session."""
        return 100 * self.present / self.possible if self.possible else None


def attendance_of(access: Access, student_id: UUID, *, since: date) -> AttendanceFigure:
    """The attendance of a pupil the person may see, from `since` on; no sessions for any other. One query."""
    counted = Mark.objects.filter(
        student__in=students_visible_to(access).filter(pk=student_id), date__gte=since
    ).aggregate(
        present=Count("code", filter=Q(code__in=PRESENT_CODES)),
        authorised=Count("code", filter=Q(code__in=AUTHORISED_CODES)),
        unauthorised=Count("code", filter=Q(code__in=UNAUTHORISED_CODES)),
        late=Count("code", filter=Q(code__in={"L", "U"})),
    )
    return AttendanceFigure(since=since, **counted)
