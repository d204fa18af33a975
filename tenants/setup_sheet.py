"""Reads the set-up spreadsheet, and finds every fault in it before anything is made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from core.tenancy.hosts import RESERVED_SUBDOMAINS, is_dns_label
from tenants.enums import Phase

DEFAULT_GROUPS = ("Admin", "DSL/SLT", "Pastoral leads", "Teachers", "Non-key staff", "System administration")
NEEDED_GROUPS = ("Admin", "DSL/SLT")
MAX_ROWS = 5_000
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
POST_CODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")

SCHOOL_KEYS = {
    "School name": True,
    "Subdomain": True,
    "URN": True,
    "LA number": True,
    "Establishment number": True,
    "Phase": False,
    "Post code": True,
    "Main contact name": True,
    "Main contact email": True,
    "Time zone": False,
}
# Columns of each sheet and whether the heading must be there.
COLUMNS = {
    "Staff": {"Title": False, "First name": True, "Last name": True, "Email": True, "User group": True},
    "Categories": {
        "Category": True,
        "Parent": False,
        "Colour": False,
        "Restricting": False,
        "Starts monitoring": False,
        "Always alerts": False,
    },
    "Agencies": {"Agency": True},
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what stands there, and why it cannot stay."""

    sheet: str
    cell: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.cell else self.sheet
        return f"{place}: {self.value!r}: {self.reason}" if self.value else f"{place}: {self.reason}"


class SetupSheetError(Exception):
    """The book cannot be used; `faults` names everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class StaffRow:
    """A person who becomes a user."""

    title: str
    first_name: str
    last_name: str
    email: str
    user_group: str


@dataclass(frozen=True)
class CategoryRow:
    """A category; `parent` is the name of another on the sheet or empty, `colour` is "#rrggbb" or empty."""

    name: str
    parent: str
    colour: str
    restricting: bool
    starts_monitoring: bool
    always_alerts: bool


@dataclass(frozen=True)
class SetupSheet:
    """What the operator knows of a school before it exists. Parents stand before their sub-categories."""

    name: str
    subdomain: str
    urn: str
    la_number: str
    establishment_number: str
    phase: str
    post_code: str
    main_contact_name: str
    main_contact_email: str
    time_zone: str
    staff: list[StaffRow] = field(default_factory=list)
    categories: list[CategoryRow] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """A value with the place it stands at, which every fault names."""

    sheet: str
    place: str
    text: str

    def fault(self, reason: str) -> Fault:
        return Fault(self.sheet, self.place, self.text, reason)


def read_setup_sheet(source: Path | IO[bytes]) -> SetupSheet:
    """The book as a SetupSheet; raises SetupSheetError with every fault there is."""
    try:
        book = load_workbook(source, data_only=True, keep_links=False)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise SetupSheetError(
            [Fault("", "", "", f"This is not an XLSX file that can be read ({error}).")]
        ) from error
    try:
        reader = _Reader({sheet.title.strip(): sheet for sheet in book.worksheets})
        sheet = reader.read()
    finally:
        book.close()
    if reader.faults:
        raise SetupSheetError(reader.faults)
    return sheet


class _Reader:
    def __init__(self, sheets: dict[str, Any]) -> None:
        self.sheets = sheets
        self.faults: list[Fault] = []

    def read(self) -> SetupSheet:
        school = self._school()
        staff, categories, agencies = self._staff(), self._categories(), self._agencies()
        return SetupSheet(**school, staff=staff, categories=categories, agencies=agencies)

    # --- the sheet of the school: two columns, key and value

    def _school(self) -> dict[str, str]:
        cells = dict.fromkeys(SCHOOL_KEYS, Cell("School", "", ""))
        worksheet = self.sheets.get("School")
        if worksheet is None:
            self.faults.append(Fault("School", "", "", "The sheet is missing."))
        else:
            cells.update(self._school_cells(worksheet))
        for key, is_needed in SCHOOL_KEYS.items():
            if is_needed and not cells[key].text and worksheet is not None:
                self.faults.append(cells[key].fault(f"{key} is missing."))
        checks = {
            "Subdomain": self._subdomain_fault,
            "URN": lambda text: None if re.fullmatch(r"[0-9]{6}", text) else "A URN has six digits.",
            "LA number": lambda text: (
                None if re.fullmatch(r"[0-9]{3}", text) else "An LA number has three digits."
            ),
            "Establishment number": lambda text: (
                None if re.fullmatch(r"[0-9]{4}", text) else "An establishment number has four digits."
            ),
            "Phase": lambda text: (
                None if text in Phase.values else f"A phase is one of {', '.join(Phase.values)}."
            ),
            "Post code": lambda text: (
                None if POST_CODE.fullmatch(text.upper()) else "This is not a UK post code."
            ),
            "Main contact email": _email_fault,
            "Time zone": lambda text: (
                None if text in available_timezones() else "There is no such time zone."
            ),
        }
        for key, check in checks.items():
            if cells[key].text and (reason := check(cells[key].text)):
                self.faults.append(cells[key].fault(reason))
        return {
            "name": cells["School name"].text,
            "subdomain": cells["Subdomain"].text.lower(),
            "urn": cells["URN"].text,
            "la_number": cells["LA number"].text,
            "establishment_number": cells["Establishment number"].text,
            "phase": cells["Phase"].text,
            "post_code": cells["Post code"].text.upper(),
            "main_contact_name": cells["Main contact name"].text,
            "main_contact_email": cells["Main contact email"].text,
            "time_zone": cells["Time zone"].text or "Europe/London",
        }

    def _school_cells(self, worksheet: Any) -> Iterator[tuple[str, Cell]]:
        seen: set[str] = set()
        for number, (key, value) in enumerate(
            worksheet.iter_rows(max_col=2, max_row=MAX_ROWS, values_only=True), 1
        ):
            name = _text(key)
            if not name:
                continue
            if name not in SCHOOL_KEYS:
                self.faults.append(Fault("School", f"A{number}", name, "There is no such entry."))
            elif name in seen:
                self.faults.append(Fault("School", f"A{number}", name, "This entry stands here twice."))
            else:
                seen.add(name)
                yield name, Cell("School", f"B{number}", _text(value))

    @staticmethod
    def _subdomain_fault(text: str) -> str | None:
        if not is_dns_label(text.lower()):
            return "A subdomain has letters, digits and hyphens only, and no hyphen at its ends."
        return "This subdomain is reserved." if text.lower() in RESERVED_SUBDOMAINS else None

    # --- the sheets with a heading

    def _rows(self, name: str) -> list[dict[str, Cell]]:
        worksheet = self.sheets.get(name)
        if worksheet is None:
            self.faults.append(Fault(name, "", "", "The sheet is missing."))
            return []
        rows = worksheet.iter_rows(max_row=MAX_ROWS + 2, values_only=True)
        heading = [_text(value) for value in next(rows, ())]
        wanted = COLUMNS[name]
        for column, title in enumerate(heading, 1):
            if title and title not in wanted:
                self.faults.append(
                    Fault(name, f"{get_column_letter(column)}1", title, "There is no such column.")
                )
        missing = [title for title, is_needed in wanted.items() if is_needed and title not in heading]
        if missing:
            self.faults += [Fault(name, "A1", title, "The column is missing.") for title in missing]
            return []
        places = {title: heading.index(title) for title in wanted if title in heading}
        found = []
        for number, row in enumerate(rows, 2):
            if not any(_text(value) for value in row):
                continue
            if number > MAX_ROWS + 1:
                self.faults.append(Fault(name, f"A{number}", "", f"There are more than {MAX_ROWS} rows."))
                break
            found.append(
                {
                    title: Cell(
                        name,
                        f"{get_column_letter(places[title] + 1)}{number}",
                        _text(row[places[title]]) if places[title] < len(row) else "",
                    )
                    if title in places
                    else Cell(name, f"A{number}", "")
                    for title in wanted
                }
            )
        return found

    def _need(self, row: dict[str, Cell], *titles: str) -> None:
        for title in titles:
            if not row[title].text:
                self.faults.append(row[title].fault(f"{title} is missing."))

    def _staff(self) -> list[StaffRow]:
        people: list[StaffRow] = []
        emails: dict[str, str] = {}
        rows = self._rows("Staff")
        groups = {group.casefold(): group for group in reversed([r["User group"].text for r in rows])}
        groups.update({group.casefold(): group for group in DEFAULT_GROUPS})
        for row in rows:
            self._need(row, "First name", "Last name", "Email", "User group")
            email = row["Email"]
            if email.text and (reason := _email_fault(email.text)):
                self.faults.append(email.fault(reason))
            elif email.text and email.text.lower() in emails:
                self.faults.append(email.fault(f"The same address stands at {emails[email.text.lower()]}."))
            emails.setdefault(email.text.lower(), email.place)
            group = groups.get(row["User group"].text.casefold(), "")
            people.append(
                StaffRow(
                    row["Title"].text,
                    row["First name"].text,
                    row["Last name"].text,
                    email.text.lower(),
                    group,
                )
            )
        if "Staff" in self.sheets:
            for needed in NEEDED_GROUPS:
                if not any(person.user_group == needed for person in people):
                    self.faults.append(
                        Fault(
                            "Staff",
                            "E1",
                            "",
                            f"Nobody is in the user group {needed}; at least one person must be.",
                        )
                    )
        return people

    def _categories(self) -> list[CategoryRow]:
        rows = self._rows("Categories")
        names: dict[str, Cell] = {}
        for row in rows:
            self._need(row, "Category")
            cell = row["Category"]
            if cell.text.casefold() in names and cell.text:
                self.faults.append(
                    cell.fault(f"The same category stands at {names[cell.text.casefold()].place}.")
                )
            names.setdefault(cell.text.casefold(), cell)
        parents = {row["Category"].text.casefold(): row["Parent"].text.casefold() for row in reversed(rows)}
        categories = []
        for row in rows:
            parent = row["Parent"]
            if parent.text and parent.text.casefold() not in names:
                self.faults.append(parent.fault("There is no category of this name on the sheet."))
            elif parent.text and _is_circle(row["Category"].text.casefold(), parents):
                self.faults.append(
                    parent.fault("The category is its own parent, directly or through others.")
                )
            elif parent.text and parents.get(parent.text.casefold()):
                self.faults.append(
                    parent.fault("The parent is a sub-category itself; there are two levels only.")
                )
            colour = row["Colour"]
            if colour.text and not COLOUR.fullmatch(colour.text):
                self.faults.append(colour.fault("A colour is written as # and six hexadecimal digits."))
            categories.append(
                CategoryRow(
                    name=row["Category"].text,
                    parent=names[parent.text.casefold()].text if parent.text.casefold() in names else "",
                    colour=colour.text.lower(),
                    restricting=self._is_yes(row["Restricting"], default=False),
                    starts_monitoring=self._is_yes(row["Starts monitoring"], default=True),
                    always_alerts=self._is_yes(row["Always alerts"], default=False),
                )
            )
        return sorted(categories, key=lambda category: bool(category.parent))

    def _is_yes(self, cell: Cell, *, default: bool) -> bool:
        answer = cell.text.upper()
        if answer not in {"", "Y", "N"}:
            self.faults.append(cell.fault("Write Y or N."))
        return default if not answer else answer == "Y"

    def _agencies(self) -> list[str]:
        names: dict[str, Cell] = {}
        for row in self._rows("Agencies"):
            cell = row["Agency"]
            self._need(row, "Agency")
            if cell.text and cell.text.casefold() in names:
                self.faults.append(
                    cell.fault(f"The same agency stands at {names[cell.text.casefold()].place}.")
                )
            names.setdefault(cell.text.casefold(), cell)
        return [cell.text for cell in names.values()]


def _is_circle(name: str, parents: dict[str, str]) -> bool:
    seen = {name}
    while name := parents.get(name, ""):
        if name in seen:
            return True
        seen.add(name)
    return False


def _email_fault(text: str) -> str | None:
    try:
        validate_email(text)
    except ValidationError:
        return "This is not an email address."
    return None


def _text(value: object) -> str:
    """A cell as text: numbers without the ".0" that spreadsheets add, spaces made single."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
