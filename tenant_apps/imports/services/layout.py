"""The files of an extract: their columns, what a cell may hold, and where its value goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tenant_apps.classes.enums import GroupKind

# A cell's text becomes a value, or ValueError with the reason, which is shown to the administrator.
Reader = Callable[[str], Any]

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# What a Common Transfer File has beside pupils and contacts, as its report calls it.
SCHOOL_HISTORY, YEARS = "school history", "attendance elsewhere"
FIRST_YEAR, LAST_YEAR = 1900, 2199
MIS_ID, SHORT, NAME, LONG, NOTES = 64, 120, 100, 500, 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: whether the file must have it, whether every row must fill it, and what empty means."""

    name: str
    read: Reader
    required: bool = False
    filled: bool = False
    empty: Any = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One file. `key` are the columns that no two rows share; `stage` the temporary table its rows go to."""

    file: str
    stage: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    has_ids: bool = True
    """Whether the staged rows carry keys of their own for records that turn out to be new."""

    @property
    def required(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.required)


def text(longest: int) -> Reader:
    """Text as it was typed, formulas and all; they are neutralised where they leave in a spreadsheet."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"Longer than {longest} characters.")
        return cell

    return read


@lru_cache(maxsize=4096)
def day(cell: str) -> date:
    if not ISO_DAY.fullmatch(cell):
        raise ValueError("Not a date like 2026-09-01.")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("There is no such day.") from None


def school_day(cell: str) -> date:
    """A day on which something at a school begins or ends: never in the year 1, nor in 9999."""
    found = day(cell)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"Not a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return found


def yes_or_no(cell: str) -> bool:
    if cell not in {"Y", "N"}:
        raise ValueError("Not Y or N.")
    return cell == "Y"


def codes(cell: str) -> list[str]:
    """A list in one cell, parted by semicolons."""
    if len(cell) > LONG:
        raise ValueError(f"Longer than {LONG} characters.")
    return [part.strip() for part in cell.split(";") if part.strip()]


def one_of(*choices: str) -> Reader:
    known = frozenset(choices)

    def read(cell: str) -> str:
        if cell not in known:
            raise ValueError(f"Not one of {', '.join(choices)}.")
        return cell

    return read


def whole_number(lowest: int, highest: int) -> Reader:
    @lru_cache(maxsize=4096)
    def read(cell: str) -> int:
        if not (cell.isascii() and cell.isdigit()) or not lowest <= int(cell) <= highest:
            raise ValueError(f"Not a whole number from {lowest} to {highest}.")
        return int(cell)

    return read


def _key(name: str) -> Column:
    return Column(name, text(MIS_ID), required=True, filled=True)


def _text(name: str, longest: int = LONG, *, required: bool = False) -> Column:
    return Column(name, text(longest), required=required)


def _yes(name: str) -> Column:
    return Column(name, yes_or_no, empty=None)


def _day(name: str, *, required: bool = False, filled: bool = False) -> Column:
    return Column(name, school_day, required=required, filled=filled, empty=None)


PUPILS = Layout(
    file="pupils.csv",
    stage="extract_pupils",
    key=("mis_id",),
    columns=(
        _key("mis_id"),
        Column("upn", text(MIS_ID), empty=None),
        _text("former_upn", MIS_ID),
        _text("legal_forename", LONG, required=True),
        _text("legal_surname", LONG, required=True),
        _text("preferred_forename", LONG),
        _text("preferred_surname", LONG),
        _text("former_surname", LONG),
        _text("middle_names", LONG),
        # A child is never refused: an odd date of birth is a warning on the pupil.
        Column("date_of_birth", day, required=True, empty=None),
        _text("sex", SHORT),
        _text("gender", SHORT),
        _text("email", LONG),
        _text("year_group", SHORT),
        _text("enrolment_status", SHORT),
        _day("start_date", required=True),
        _day("leaving_date"),
        _text("leaving_destination"),
        _text("sen_status", SHORT),
        Column("sen_needs", codes, empty=[]),
        _yes("pupil_premium"),
        _yes("free_school_meals"),
        _yes("eal"),
        _text("first_language", SHORT),
        _text("ethnicity", SHORT),
        _text("religion", SHORT),
        _yes("looked_after"),
        _yes("service_child"),
        Column("medical_conditions", codes, empty=[]),
        _text("medical_notes", NOTES),
        _text("address", NOTES),
        _text("postcode", SHORT),
        # The name of a file under photos/ in the ZIP.
        _text("photo", LONG),
    ),
)

CONTACTS = Layout(
    file="contacts.csv",
    stage="extract_contacts",
    key=("pupil_mis_id", "mis_id"),
    columns=(
        _key("mis_id"),
        _key("pupil_mis_id"),
        Column("priority", whole_number(0, 999), required=True, filled=True),
        _text("title", SHORT),
        _text("forename", required=True),
        _text("surname", required=True),
        _text("relationship", required=True),
        _yes("parental_responsibility"),
        _yes("court_order"),
        _yes("lives_with"),
        _text("email"),
        _text("mobile"),
        _text("home_phone"),
        _text("work_phone"),
        _text("address", NOTES),
        _text("postcode", SHORT),
    ),
)

LINKS = Layout(
    file="links.csv",
    stage="extract_links",
    key=("pupil_mis_id", "linked_pupil_mis_id"),
    columns=(
        _key("pupil_mis_id"),
        _key("linked_pupil_mis_id"),
        _text("relationship", SHORT, required=True),
    ),
)

GROUPS = Layout(
    file="groups.csv",
    stage="extract_groups",
    key=("mis_id",),
    columns=(
        _key("mis_id"),
        Column("kind", one_of(*GroupKind.values), required=True, filled=True),
        Column("name", text(SHORT), required=True, filled=True),
        _text("staff_mis_id", MIS_ID),
    ),
)

MEMBERSHIPS = Layout(
    file="memberships.csv",
    stage="extract_memberships",
    key=("group_mis_id", "pupil_mis_id", "start_date"),
    columns=(
        _key("group_mis_id"),
        _key("pupil_mis_id"),
        _day("start_date", required=True, filled=True),
        _day("end_date"),
    ),
)

STAFF = Layout(
    file="staff.csv",
    stage="extract_staff",
    key=("mis_id",),
    columns=(
        _key("mis_id"),
        _text("title", 40),
        _text("forename", NAME, required=True),
        _text("surname", NAME, required=True),
        _text("email", 254),
        _text("job_title", SHORT),
        _day("start_date", required=True, filled=True),
        _day("end_date"),
        Column("full_time", yes_or_no, required=True, filled=True),
    ),
)

ATTENDANCE = Layout(
    file="attendance.csv",
    stage="extract_attendance",
    key=("pupil_mis_id", "date", "session"),
    columns=(
        _key("pupil_mis_id"),
        _day("date", required=True, filled=True),
        Column("session", one_of("AM", "PM"), required=True, filled=True),
        # Whatever the MIS uses; one the product does not know counts neither as present nor as absent.
        Column("code", text(SHORT), required=True, filled=True),
        Column("minutes_late", whole_number(0, 999), empty=None),
    ),
    has_ids=False,
)

# In the order in which they are read: those that others refer to come first.
LAYOUTS = (STAFF, GROUPS, PUPILS, MEMBERSHIPS, CONTACTS, LINKS, ATTENDANCE)
BY_FILE = {layout.file: layout for layout in LAYOUTS}
# A full extract without one of these says nothing of who has left.
NEEDED_IN_FULL = ("pupils.csv", "groups.csv", "memberships.csv", "staff.csv")
