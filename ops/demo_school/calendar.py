"""School days of the invented schools, counted back from the last one before the demo starts ("day 0")."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# The extracts were written for this last school day; everything is dated relative to it.
WRITTEN_FOR = date(2026, 11, 20)
RAW_FOR = timedelta(days=28)


def is_school_day(day: date) -> bool:
    """A weekday outside the holidays that most English schools share."""
    if day.weekday() >= 5:
        return False
    in_summer = (7, 22) <= (day.month, day.day) <= (9, 2)
    at_christmas = (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 4)
    in_october = day.month == 10 and day.day >= 24
    in_february = day.month == 2 and 14 <= day.day <= 20
    at_easter = day.month == 4 and 1 <= day.day <= 14
    in_may = day.month == 5 and day.day >= 25
    return not (in_summer or at_christmas or in_october or in_february or at_easter or in_may)


def day_zero(today: date) -> date:
    """The last school day before the demo starts."""
    day = today - timedelta(days=1)
    while not is_school_day(day):
        day -= timedelta(days=1)
    return day


class SchoolDays:
    """Turns "n school days before day 0 at 9:15" into a moment."""

    def __init__(self, today: date) -> None:
        self.zero = day_zero(today)
        self._days = [self.zero]

    def day(self, number: int) -> date:
        """The school day `number` days from day 0; below 0 are those before it."""
        if number > 0:
            day = self.day(number - 1) + timedelta(days=1)
            while not is_school_day(day):
                day += timedelta(days=1)
            return day
        while len(self._days) <= -number:
            day = self._days[-1] - timedelta(days=1)
            while not is_school_day(day):
                day -= timedelta(days=1)
            self._days.append(day)
        return self._days[-number]

    def at(self, number: int, clock: str) -> datetime:
        """The moment of "HH:MM" on that school day, in the schools' zone."""
        hour, minute = clock.split(":")
        return datetime.combine(self.day(number), time(int(hour), int(minute)), LONDON)
