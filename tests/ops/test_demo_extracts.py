"""The demo's extracts on the day it starts, and the school days that everything is dated from."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from ops.demo_school.building import SHEETS
from ops.demo_school.calendar import RAW_FOR, WRITTEN_FOR, SchoolDays, day_zero, is_school_day
from ops.demo_school.extracts import for_today

SOURCE = SHEETS / "extracts/hillview-full.zip"
FAR = date(2028, 2, 9)


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """A file of an extract."""
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 10, 27), False),
        (date(2026, 12, 24), False),
        (date(2027, 1, 4), False),
        (date(2027, 8, 3), False),
        (date(2027, 9, 3), True),
    ],
)
def test_school_days_leave_out_weekends_and_holidays(day: date, wanted: bool) -> None:
    assert is_school_day(day) is wanted


@pytest.mark.parametrize(
    ("today", "zero"),
    [
        (date(2026, 11, 21), date(2026, 11, 20)),
        (date(2026, 11, 23), date(2026, 11, 20)),
        (date(2026, 11, 24), date(2026, 11, 23)),
        (date(2027, 8, 20), date(2027, 7, 21)),
    ],
)
def test_day_zero_is_the_last_school_day_before_the_start(today: date, zero: date) -> None:
    assert day_zero(today) == zero


def test_days_count_back_over_weekends_and_holidays() -> None:
    days = SchoolDays(date(2026, 11, 24))
    assert days.day(0) == date(2026, 11, 23)
    assert days.day(-1) == date(2026, 11, 20)
    counted = [days.day(-number) for number in range(800)]
    assert counted == sorted(counted, reverse=True)
    assert all(is_school_day(day) for day in counted)
    assert days.at(-1, "09:05").isoformat() == "2026-11-20T09:05:00+00:00"
    # The clocks went back in between: nine o'clock stays nine o'clock.
    assert days.at(-30, "09:05").isoformat() == "2026-10-05T09:05:00+01:00"


def test_a_fresh_extract_is_taken_as_it_is(tmp_path: Path) -> None:
    assert for_today(SOURCE, tmp_path / "extracts", WRITTEN_FOR + RAW_FOR) == SOURCE
    assert not (tmp_path / "extracts").exists()


def test_an_old_extract_moves_by_whole_weeks_and_its_manifest_stays_true(tmp_path: Path) -> None:
    moved = for_today(SOURCE, tmp_path / "extracts", FAR)

    with zipfile.ZipFile(SOURCE) as old, zipfile.ZipFile(moved) as new:
        assert sorted(new.namelist()) == sorted(old.namelist())
        manifest = json.loads(new.read("manifest.json"))
        for name, about in manifest["files"].items():
            assert about["sha256"] == hashlib.sha256(new.read(name)).hexdigest()
            assert about["rows"] == len(rows(new, name))
        before, after = rows(old, "staff.csv"), rows(new, "staff.csv")
        by = date.fromisoformat(after[0]["start_date"]) - date.fromisoformat(before[0]["start_date"])
        marks = {row["date"] for row in rows(new, "attendance.csv")}
        births = [[row["date_of_birth"] for row in rows(one, "pupils.csv")] for one in (old, new)]
    assert by.days % 7 == 0
    assert timedelta(0) <= day_zero(FAR) - (WRITTEN_FOR + by) < timedelta(days=7)
    # Marks stand up to the last school day and none lies ahead; nobody is born anew.
    assert max(marks) <= day_zero(FAR).isoformat()
    assert date.fromisoformat(max(marks)) > day_zero(FAR) - timedelta(days=7)
    assert births[0] == births[1]
