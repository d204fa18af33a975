"""Which column of a single spreadsheet is which: what it may be, what it probably is, and its rows by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from core.db.text import search_key
from tenant_apps.imports.enums import ImportForm
from tenant_apps.imports.services.layout import PUPILS, STAFF, Column, Layout, day, school_day, yes_or_no
from tenant_apps.imports.services.reading import Row

# {"date_of_birth": (3, "DOB")}: place in the row, and the heading that stands there.
Mapped = Mapping[str, tuple[int, str]]

NOT_IN_SHEETS = {"photo"}
# Students are known by the MIS's number for them, or by UPN where a school has no such number.
NUMBERS = ("mis_id", "upn")
OTHER_HEADINGS = {
    "admission no": "mis_id",
    "admission number": "mis_id",
    "adno": "mis_id",
    "student id": "mis_id",
    "pupil id": "mis_id",
    "staff code": "mis_id",
    "staff id": "mis_id",
    "unique pupil number": "upn",
    "dob": "date_of_birth",
    "birth date": "date_of_birth",
    "first name": "legal_forename",
    "forename": "legal_forename",
    "legal first name": "legal_forename",
    "last name": "legal_surname",
    "surname": "legal_surname",
    "family name": "legal_surname",
    "legal last name": "legal_surname",
    "preferred first name": "preferred_forename",
    "known as": "preferred_forename",
    "preferred last name": "preferred_surname",
    "middle name": "middle_names",
    "year": "year_group",
    "nc year": "year_group",
    "admission date": "start_date",
    "date of admission": "start_date",
    "date of entry": "start_date",
    "date of leaving": "leaving_date",
    "post code": "postcode",
    "sen": "sen_status",
    "fsm": "free_school_meals",
    "pp": "pupil_premium",
    "lac": "looked_after",
    "work email": "email",
    "email address": "email",
    "role": "job_title",
    "post": "job_title",
}
STAFF_HEADINGS = {"first name": "forename", "last name": "surname", "family name": "surname"}
BRITISH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
YES, NO = {"y", "yes", "true", "1"}, {"n", "no", "false", "0"}


class UnmappedError(ValueError):
    """Columns that must be there are not matched; the text names them."""


def columns_of(form: str) -> list[Column]:
    """The columns that a spreadsheet of this form may have."""
    layout = STAFF if form == ImportForm.STAFF else PUPILS
    return [column for column in layout.columns if column.name not in NOT_IN_SHEETS]


def layout_for(form: str, names: Iterable[str]) -> Layout:
    """The layout of a spreadsheet with these columns: students without the MIS's numbers go by UPN."""
    if form == ImportForm.STAFF:
        return STAFF
    return PUPILS if "mis_id" in names else PUPILS_BY_UPN


def guessed(form: str, header: list[str]) -> dict[str, int]:
    """The place of each column that can be told by its heading."""
    known = {column.name: column.name for column in columns_of(form)}
    other = {**OTHER_HEADINGS, **(STAFF_HEADINGS if form == ImportForm.STAFF else {})}
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        words = search_key(heading.replace("_", " "))
        name = known.get(words.replace(" ", "_")) or other.get(words)
        if name in known and name not in found:
            found[name] = place
    return found


def mapped(form: str, places: Mapping[str, int], header: list[str]) -> dict[str, tuple[int, str]]:
    """The mapping to keep; raises UnmappedError for what must be matched and is not."""
    found = {
        column.name: (places[column.name], header[places[column.name]])
        for column in columns_of(form)
        if column.name in places
    }
    layout = layout_for(form, found)
    missing = sorted(layout.required - found.keys())
    if form == ImportForm.PUPILS and not any(name in found for name in NUMBERS):
        missing = ["mis_id or upn", *(name for name in missing if name not in NUMBERS)]
    if missing:
        raise UnmappedError(f"These columns must be matched: {', '.join(missing)}.")
    return found


def mapped_rows(rows: Iterable[Row], by: Mapped, layout: Layout) -> Iterator[Row]:
    """The rows with just the columns that are mapped, in the order of `by`."""
    readers = {column.name: column.read for column in layout.columns}
    takes = [(place, readers[name]) for name, (place, _) in by.items()]
    for line, cells in rows:
        yield line, [_worded(cells[place], read) for place, read in takes]


def _worded(cell: str, read: object) -> str:
    """People write 31/08/2012 and "Yes" where a MIS writes 2012-08-31 and Y."""
    if read in (day, school_day) and (british := BRITISH_DAY.fullmatch(cell.strip())):
        number, month, year = british.groups()
        return f"{year}-{int(month):02}-{int(number):02}"
    if read is yes_or_no and (word := cell.strip().casefold()) in YES | NO:
        return "Y" if word in YES else "N"
    return cell


def _by_upn(column: Column) -> Column:
    if column.name == "mis_id":
        return replace(column, required=False, filled=False, empty=None)
    if column.name == "upn":
        return replace(column, required=True, filled=True)
    return column


PUPILS_BY_UPN = replace(PUPILS, key=("upn",), columns=tuple(map(_by_upn, PUPILS.columns)))
