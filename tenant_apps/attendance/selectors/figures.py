"""A pupil's attendance in figures, and whether it rises or falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from core.access import Access
from tenant_apps.attendance.enums import LATE_CODES, Side
from tenant_apps.attendance.models import Mark
from tenant_apps.attendance.selectors.codes import counted_as
from tenant_apps.school_settings.selectors import get_settings, school_days_before
from tenant_apps.students.selectors import students_visible_to

# A difference of up to one percentage point is no trend.
STEADY = 1.0


@dataclass(frozen=True, slots=True)
class AttendanceFigure:
    """A pupil's attendance between two days, in sessions.

    Codes that count as neither, and codes that are not known, stand on no side.
    """

    since: date
    until: date
    present: int
    authorised: int
    unauthorised: int
    late: int
    not_counted: int
    """Sessions with a code that counts on no side."""

    @property
    def possible(self) -> int:
        return self.present + self.authorised + self.unauthorised

    @property
    def percentage(self) -> float | None:
        """Sessions present of sessions possible, 0 to 100; None while there was no session."""
        return 100 * self.present / self.possible if self.possible else None


@dataclass(frozen=True, slots=True)
class Trend:
    """Attendance over the last few school days against that over more of them, in per cent."""

    short_days: int
    long_days: int
    short: float
    long: float

    @property
    def difference(self) -> float:
        """Percentage points by which the short span lies above the long one."""
        return self.short - self.long

    @property
    def word(self) -> str:
        """ "up", "steady" or "down"."""
        if abs(self.difference) <= STEADY:
            return "steady"
        return "up" if self.difference > 0 else "down"


def last_day() -> date:
    """Attendance is shown as of the day before."""
    return timezone.localdate() - timedelta(days=1)


def marks_of(access: Access, student_id: UUID) -> QuerySet[Mark]:
    """The marks, up to the day before, of a pupil the person may see; none of any other."""
    seen = students_visible_to(access).filter(pk=student_id)
    return Mark.objects.filter(student__in=seen, date__lte=last_day())


def attendance_of(access: Access, student_id: UUID, *, since: date) -> AttendanceFigure:
    """The attendance of a pupil the person may see, from `since` to yesterday. One query."""
    marks = marks_of(access, student_id).filter(date__gte=since)
    counted: dict[str, Any] = marks.aggregate(
        **{side.value: Count("code", filter=counted_as(side)) for side in Side if side != Side.NEITHER},
        late=Count("code", filter=Q(code__in=LATE_CODES)),
        marks=Count("code"),
    )
    every = counted.pop("marks")
    sides = sum(counted[side.value] for side in Side if side != Side.NEITHER)
    return AttendanceFigure(since=since, until=last_day(), not_counted=every - sides, **counted)


def trend_of(access: Access, student_id: UUID) -> Trend | None:
    """The trend by "Attendance Trend Values", in school days; None while a span has no session. One query.

    A day on which the school was closed is no day of a span, and neither is one of the year before.
    """
    settings = get_settings()
    short_days, long_days = settings.attendance_trend_short_days, settings.attendance_trend_long_days
    days = school_days_before(timezone.localdate(), count=long_days)
    if not days:
        return None
    short = Q(date__in=days[:short_days])
    present = counted_as(Side.PRESENT)
    possible = present | counted_as(Side.AUTHORISED) | counted_as(Side.UNAUTHORISED)
    found = (
        marks_of(access, student_id)
        .filter(date__in=days)
        .aggregate(
            short_present=Count("code", filter=present & short),
            short_possible=Count("code", filter=possible & short),
            long_present=Count("code", filter=present),
            long_possible=Count("code", filter=possible),
        )
    )
    if not found["short_possible"]:
        return None
    return Trend(
        short_days=short_days,
        long_days=long_days,
        short=100 * found["short_present"] / found["short_possible"],
        long=100 * found["long_present"] / found["long_possible"],
    )


def last_mark_of(access: Access, student_id: UUID) -> date | None:
    """The day of the last mark of a pupil the person may see."""
    last: date | None = marks_of(access, student_id).aggregate(last=Max("date"))["last"]
    return last
