"""Reads of the register."""

from tenant_apps.attendance.selectors.calendar import Calendar, academic_year, calendar_of
from tenant_apps.attendance.selectors.codes import code_on, counted_as
from tenant_apps.attendance.selectors.elsewhere import YearView, years_elsewhere
from tenant_apps.attendance.selectors.figures import (
    AttendanceFigure,
    Trend,
    attendance_of,
    last_day,
    last_mark_of,
    trend_of,
)
from tenant_apps.attendance.selectors.missing import without_mark

__all__ = [
    "AttendanceFigure",
    "Calendar",
    "Trend",
    "YearView",
    "academic_year",
    "attendance_of",
    "calendar_of",
    "code_on",
    "counted_as",
    "last_day",
    "last_mark_of",
    "trend_of",
    "without_mark",
    "years_elsewhere",
]
