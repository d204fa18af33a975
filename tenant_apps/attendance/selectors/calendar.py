"""A pupil's marks as a calendar: months, weeks from Monday to Friday, morning and afternoon."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from core.access import Access
from tenant_apps.attendance.enums import Code, Session
from tenant_apps.attendance.selectors.codes import code_on, meanings
from tenant_apps.attendance.selectors.figures import last_day, marks_of
from tenant_apps.school_settings.selectors import academic_year_of

SEPTEMBER = 9
NOT_KNOWN = "Code not known here"


@dataclass(frozen=True, slots=True)
class MarkView:
    """One mark with its meaning; `side` is empty for a code that is not known."""

    session: str
    code: str
    meaning: str
    side: str
    minutes_late: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month, with its marks; without a date it belongs to another month."""

    day: date | None
    marks: list[MarkView]


@dataclass(frozen=True, slots=True)
class Week:
    """A week; Saturday and Sunday only where some week of the month has marks there."""

    monday: date
    days: list[Day]


@dataclass(frozen=True, slots=True)
class Month:
    """A month that has marks."""

    first: date
    has_weekend: bool
    weeks: list[Week]


@dataclass(frozen=True, slots=True)
class Calendar:
    """An academic year of marks, the latest month first."""

    year: int
    """The year in which it begins."""
    months: list[Month]
    codes: list[Code]
    unknown: list[str]
    """Codes that are not known, as they came."""
    years: list[int]
    """Every academic year of which there are marks, the latest first."""


def academic_year(day: date) -> int:
    """The year in which the academic year of a day began: 1 September to 31 August."""
    return academic_year_of(day)[0].year


def calendar_of(access: Access, student_id: UUID, *, year: int | None = None) -> Calendar:
    """The marks of a pupil the person may see, of one academic year: by default the latest one with marks.

    Two queries.
    """
    marks = marks_of(access, student_id)
    years = sorted({academic_year(day) for day in marks.dates("date", "month")}, reverse=True)
    shown = year if year in years else years[0] if years else academic_year(last_day())
    rows = list(
        marks.filter(date__range=academic_year_of(date(shown, SEPTEMBER, 1)))
        .order_by("date", "session")
        .values_list("date", "session", "code", "minutes_late")
    )
    by_day: dict[date, list[MarkView]] = defaultdict(list)
    for day, session, code, minutes in rows:
        known = code_on(code, day)
        by_day[day].append(
            MarkView(
                session=Session(session).label,
                code=code,
                meaning=known.meaning if known else NOT_KNOWN,
                side=known.side.value if known else "",
                minutes_late=minutes,
            )
        )
    firsts = sorted({day.replace(day=1) for day in by_day}, reverse=True)
    return Calendar(
        year=shown,
        months=[_month(first, by_day) for first in firsts],
        codes=meanings([(code, day) for day, _, code, _ in rows]),
        unknown=sorted({code for day, _, code, _ in rows if code_on(code, day) is None}),
        years=years,
    )


def _month(first: date, marks: dict[date, list[MarkView]]) -> Month:
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    has_weekend = any(day.weekday() > 4 for day in marks if day.replace(day=1) == first)
    length = 7 if has_weekend else 5
    weeks = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        days = [monday + timedelta(days=number) for number in range(length)]
        if any(first <= day <= last for day in days):
            weeks.append(
                Week(
                    monday=monday,
                    days=[
                        Day(day, marks.get(day, [])) if first <= day <= last else Day(None, [])
                        for day in days
                    ],
                )
            )
        monday += timedelta(days=7)
    return Month(first, has_weekend, weeks)
