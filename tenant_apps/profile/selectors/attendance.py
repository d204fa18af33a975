"""The tab "Attendance": figures, trend and calendar of marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from core.access import Access
from tenant_apps.attendance.selectors import (
    AttendanceFigure,
    Calendar,
    Trend,
    YearView,
    attendance_of,
    calendar_of,
    last_mark_of,
    trend_of,
    years_elsewhere,
)
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.selectors import StudentHeader, get_student, student_header

MARKS_KEPT_YEARS = 6


@dataclass(frozen=True, slots=True)
class Attendance:
    """The tab "Attendance"."""

    header: StudentHeader
    figure: AttendanceFigure
    trend: Trend | None
    calendar: Calendar
    elsewhere: list[YearView]
    """Years at other schools, as a Common Transfer File told them."""


def attendance(access: Access, student_id: UUID, *, year: int | None = None) -> Attendance:
    """The attendance of a pupil, as of the day before; Http404 where the person may not see the pupil."""
    return Attendance(
        header=student_header(get_student(access, student_id)),
        figure=attendance_of(access, student_id, since=get_settings().year_start),
        trend=trend_of(access, student_id),
        calendar=calendar_of(access, student_id, year=year),
        elsewhere=years_elsewhere(access, student_id),
    )


def marks_review_on(access: Access, student_id: UUID) -> date | None:
    """The day on which it is looked at whether the marks are still needed: six years after the last one."""
    last = last_mark_of(access, student_id)
    if last is None:
        return None
    return date(last.year + MARKS_KEPT_YEARS, last.month, 1) + timedelta(days=last.day - 1)
