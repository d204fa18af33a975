"""Codes by their dates, figures, the trend of OP-23, and the calendar of marks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.access import SYSTEM
from tenant_apps.attendance.enums import CODES, Side
from tenant_apps.attendance.models import Mark
from tenant_apps.attendance.selectors import attendance_of, calendar_of, code_on, trend_of
from tests.data.pupils import make_group, make_pupil

DFE_2024 = {
    "present": "/ \\ L K V P W B",
    "authorised": "C C1 C2 E I J1 M R S T",
    "unauthorised": "G N O U",
    "neither": "D Q X Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #",
}


@pytest.fixture
def pupil(in_a: Any) -> Any:
    return make_pupil("Amelia", "Hughes", make_group("tutor", "7A"))


def mark(pupil: Any, day: date, *codes: str, minutes: int | None = None) -> None:
    for session, code in zip(("AM", "PM"), codes, strict=False):
        Mark.objects.create(student=pupil, date=day, session=session, code=code, minutes_late=minutes)


@pytest.mark.spec("ATT-01")
def test_codes_are_the_dfes_of_2024_and_each_holds_on_its_days():
    today, before = date(2026, 11, 20), date(2024, 7, 1)
    held = {
        side.value: {one.code for one in CODES if one.side == side and one.holds_on(today)} for side in Side
    }
    assert held == {side: set(codes.split()) for side, codes in DFE_2024.items()}
    assert [code_on(code, today) for code in ("H", "J", "Y", "F")] == [None] * 4
    assert [code_on(code, before).side for code in ("H", "J", "Y")] == ["authorised", "present", "neither"]
    assert [code_on(code, before) for code in ("K", "C1", "J1", "Q", "Y1")] == [None] * 5
    # On no day does one code mean two things.
    assert len({(one.code, day) for one in CODES for day in (before, today) if one.holds_on(day)}) == sum(
        one.holds_on(day) for one in CODES for day in (before, today)
    )


@pytest.mark.spec("ATT-01", "IMP-02")
def test_figures_count_each_code_on_its_side_and_unknown_ones_on_none(pupil):
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(30)]
    sessions = iter((day, session) for day in days for session in ("AM", "PM"))
    for codes in DFE_2024.values():
        for code in codes.split():
            day, session = next(sessions)
            Mark.objects.create(student=pupil, date=day, session=session, code=code)
    for code in ("??", "H", "present"):
        day, session = next(sessions)
        Mark.objects.create(student=pupil, date=day, session=session, code=code)
    # Of today nothing is told before tomorrow.
    mark(pupil, timezone.localdate(), "O", "O")
    figure = attendance_of(SYSTEM, pupil.pk, since=date(2026, 9, 1))
    assert (figure.present, figure.authorised, figure.unauthorised, figure.late) == (8, 10, 4, 2)
    assert figure.not_counted == 12 + 3
    assert figure.percentage == pytest.approx(100 * 8 / 22)
    assert figure.until == timezone.localdate() - timedelta(days=1)
    assert set(Mark.objects.values_list("code", flat=True)) >= {"??", "present"}


@pytest.mark.spec("ATT-01")
def test_a_code_counts_by_the_day_of_its_mark(pupil):
    mark(pupil, date(2024, 6, 3), "J", "H")
    mark(pupil, date(2026, 9, 7), "J", "H")
    figure = attendance_of(SYSTEM, pupil.pk, since=date(2024, 1, 1))
    assert (figure.present, figure.authorised, figure.not_counted) == (1, 1, 2)


@pytest.fixture
def spans(in_a: Any) -> list[date]:
    """The last six school days, the latest first; the trend looks at two of them against six."""
    from tenant_apps.school_settings.models import Closure, Settings
    from tenant_apps.school_settings.selectors import school_days_before

    Settings.objects.update(
        attendance_trend_short_days=2,
        attendance_trend_long_days=6,
        year_start=timezone.localdate() - timedelta(days=60),
        year_end=timezone.localdate() + timedelta(days=60),
    )
    closed = school_days_before(timezone.localdate(), count=3)[1]
    Closure.objects.create(date=closed, name="Snow")
    found = school_days_before(timezone.localdate(), count=6)
    assert closed not in found
    return found


@pytest.mark.spec("ATT-03", "OP-23", "ADM-14")
@pytest.mark.parametrize(
    ("short", "rest", "word"),
    [("/\\", "/O", "up"), ("O/", "/\\", "down"), ("/\\", "/\\", "steady"), ("#Y1", "/\\", None)],
)
def test_trend_is_short_span_less_long_span_in_school_days(pupil, spans, short, rest, word):
    for number, day in enumerate(spans):
        codes = (short if number < 2 else rest) if short != "#Y1" or number >= 2 else ("#", "Y1")
        mark(pupil, day, *codes)
    # Older days, and days on which the school is closed, are in neither span.
    mark(pupil, spans[-1] - timedelta(days=10), "O", "O")
    trend = trend_of(SYSTEM, pupil.pk)
    assert (trend.word if trend else None) == word
    if word == "up":
        assert (trend.short, trend.long) == (100, pytest.approx(100 * 8 / 12))


@pytest.mark.spec("ATT-03")
def test_within_one_point_the_trend_is_steady(pupil, spans):
    from tenant_apps.attendance.selectors import Trend

    assert Trend(10, 30, 95.9, 95.0).word == "steady"
    assert Trend(10, 30, 96.1, 95.0).word == "up"
    assert Trend(10, 30, 93.9, 95.0).word == "down"


@pytest.mark.spec("ATT-02")
def test_calendar_holds_one_academic_year_with_every_mark(pupil):
    mark(pupil, date(2026, 9, 7), "/", "L", minutes=12)
    mark(pupil, date(2026, 10, 3), "B")
    mark(pupil, date(2025, 9, 8), "I", "??")
    found = calendar_of(SYSTEM, pupil.pk)
    assert (found.year, found.years) == (2026, [2026, 2025])
    assert [(month.first.month, month.has_weekend) for month in found.months] == [(10, True), (9, False)]
    september = found.months[1]
    day = next(day for week in september.weeks for day in week.days if day.marks)
    assert day.day == date(2026, 9, 7)
    assert [(one.code, one.side, one.minutes_late) for one in day.marks] == [
        ("/", "present", 12),
        ("L", "present", 12),
    ]
    # The first of September 2026 is a Tuesday: its Monday is not of the month.
    assert [one.day for one in september.weeks[0].days][:2] == [None, date(2026, 9, 1)]
    earlier = calendar_of(SYSTEM, pupil.pk, year=2025)
    assert (earlier.unknown, [one.code for one in earlier.codes]) == (["??"], ["I"])
    assert calendar_of(SYSTEM, pupil.pk, year=1999).year == 2026


def test_nothing_is_told_of_a_pupil_who_is_not_visible(pupil, cast):
    from dataclasses import replace

    mark(pupil, date(2026, 9, 7), "/", "\\")
    access = replace(cast.teacher.access, classes=frozenset(), sees_ungrouped=False)
    assert attendance_of(access, pupil.pk, since=date(2026, 9, 1)).possible == 0
    assert calendar_of(access, pupil.pk).months == []
