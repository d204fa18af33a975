"""Turns rows of text into values, and finds what is wrong with them: in a row, in a file, between files.

Odd data about a child (a UPN with a wrong check letter, an unknown code, a birth in the future) is a warning
on the pupil: a child is never refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from core.db.keys import uuid7
from tenant_apps.imports.services.faults import Faults
from tenant_apps.imports.services.layout import BY_FILE, FIRST_YEAR, PUPILS, Layout
from tenant_apps.imports.services.reading import LONGEST_LISTED, Row, RowReader
from tenant_apps.students.enums import (
    ETHNICITIES,
    SEN_NEEDS,
    YEAR_GROUPS,
    EnrolmentStatus,
    SenStatus,
    Sex,
)
from tenant_apps.students.services import name_keys

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]", re.ASCII)
Value = tuple[Any, ...]

KNOWN_CODES: dict[str, Any] = {
    "sex": set(Sex.values),
    "year_group": YEAR_GROUPS,
    "enrolment_status": set(EnrolmentStatus.values),
    "sen_status": set(SenStatus.values),
    "ethnicity": ETHNICITIES,
}


def check_header(reader: RowReader) -> list[str]:
    """Add faults for what is missing from a file's header or stands in it twice; returns warnings."""
    header, layout, faults = reader.header, reader.layout, reader.faults
    if not header and faults.total:
        return []
    for name in sorted(layout.required - set(header)):
        faults.add(layout.file, "This column is missing.", line=1, column=name)
    known = {column.name for column in layout.columns}
    for name in sorted({name for name in header if header.count(name) > 1}):
        faults.add(layout.file, "This column stands in the file twice.", line=1, column=name[:100])
    unknown = sorted(set(header) - known)
    warnings = [
        f"{layout.file}: the column “{name[:100]}” is unknown and was ignored."
        for name in unknown[:LONGEST_LISTED]
    ]
    if len(unknown) > LONGEST_LISTED:
        warnings.append(f"{layout.file}: {len(unknown)} columns in all are unknown and were ignored.")
    return warnings


def checked(
    reader: RowReader, rows: Iterable[Row], *, tell: Callable[[int], None], today: date
) -> Iterator[Value]:
    """The values of each sound row in the order of the layout's stage: line, key, columns, derived columns.

    Faults of the others are added to the reader's. `tell` gets the number of rows read, now and then.
    """
    layout, header, faults = reader.layout, reader.header, reader.faults
    places = {name: place for place, name in enumerate(header)}
    columns = [
        (places.get(column.name), column.read, column.empty, column.filled) for column in layout.columns
    ]
    width = len(header)
    derive = _derive(layout, today)
    for line, cells in rows:
        if reader.rows_read % 1000 == 0:
            tell(reader.rows_read)
        if len(cells) != width:
            faults.add(
                layout.file, f"The row has {len(cells)} cells, the header {width}.", line=line, value=cells[0]
            )
            continue
        try:
            values = [
                empty if place is None or not cells[place] else read(cells[place])
                for place, read, empty, _ in columns
            ]
        except ValueError:
            _add_faults(reader, line, cells, places)
            continue
        if any(filled and not cells[place] for place, _, _, filled in columns if place is not None):
            _add_faults(reader, line, cells, places)
            continue
        if layout.has_ids:
            yield (line, uuid7(), *values, *derive(values))
        else:
            yield (line, *values)


def _add_faults(reader: RowReader, line: int, cells: list[str], places: dict[str, int]) -> None:
    """Every fault of one row, column by column."""
    for column in reader.layout.columns:
        place = places.get(column.name)
        if place is None:
            continue
        cell = cells[place]
        if not cell:
            if column.filled:
                reader.faults.add(reader.file, "This may not be empty.", line=line, column=column.name)
            continue
        try:
            column.read(cell)
        except ValueError as error:
            reader.faults.add(reader.file, str(error), line=line, column=column.name, value=cell)


def _derive(layout: Layout, today: date) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What is worked out from a row: for pupils the keys of the names and the warnings, and the two columns
    that matching fills.
    """
    if layout.stage != PUPILS.stage:
        return lambda values: ()
    names = [column.name for column in layout.columns]

    def derive(values: list[Any]) -> tuple[Any, ...]:
        pupil = dict(zip(names, values, strict=True))
        keys = name_keys(pupil)
        warnings = json.dumps(warnings_of(pupil, today))
        return keys["sort_key"], keys["legal_sort_key"], keys["search_key"], warnings, None, None

    return derive


def warnings_of(pupil: dict[str, Any], today: date) -> list[dict[str, str]]:
    """What is odd about a pupil's data, for the pupil's record: code, field and the value as it came."""
    found: list[dict[str, str]] = []

    def add(code: str, field: str, value: object = "") -> None:
        found.append({"code": code, "field": field, "value": str(value)[:64]})

    if pupil["upn"] and not is_upn(pupil["upn"]):
        add("upn_invalid", "upn", pupil["upn"])
    if not (pupil["legal_forename"].strip() and pupil["legal_surname"].strip()):
        add("name_incomplete", "legal_surname" if pupil["legal_forename"].strip() else "legal_forename")
    if pupil["date_of_birth"] is None:
        add("date_of_birth_missing", "date_of_birth")
    elif pupil["date_of_birth"] > today:
        add("date_of_birth_in_future", "date_of_birth", pupil["date_of_birth"])
    elif pupil["date_of_birth"].year < FIRST_YEAR:
        add("date_of_birth_too_early", "date_of_birth", pupil["date_of_birth"])
    for field, known in KNOWN_CODES.items():
        if pupil[field] and pupil[field] not in known:
            add("unknown_code", field, pupil[field])
    for need in pupil["sen_needs"]:
        if need not in SEN_NEEDS:
            add("unknown_code", "sen_needs", need)
    return found


def is_upn(upn: str) -> bool:
    """Whether a UPN has the right shape and check letter; the last place of a temporary one is a letter."""
    if not UPN.fullmatch(upn):
        return False
    last = upn[12] if upn[12].isdigit() else str(CHECK_LETTERS.find(upn[12]))
    if last == "-1":
        return False
    digits = [*map(int, upn[1:12]), int(last)]
    total = sum(weight * digit for weight, digit in enumerate(digits, start=2))
    return CHECK_LETTERS[total % 23] == upn[0]


def find_repeated_rows(layout: Layout, faults: Faults) -> None:
    """Add a fault for each staged row whose key an earlier one has."""
    key = ", ".join(layout.key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, min(line), max(line) FROM {layout.stage} WHERE ROW({key}) IS NOT NULL"
            f" GROUP BY {key} HAVING count(*) > 1"
            " ORDER BY max(line)"
        )
        for *value, first, last in cursor.fetchall():
            faults.add(
                layout.file,
                f"The same as line {first}.",
                line=last,
                column=", ".join(layout.key),
                value=", ".join(map(str, value)),
            )


# File, column, and the staged table with the MIS numbers that it may name.
REFERENCES = (
    ("memberships.csv", "group_mis_id", "extract_group_keys", "groups.csv"),
    ("memberships.csv", "pupil_mis_id", "extract_students", "pupils.csv"),
    ("contacts.csv", "pupil_mis_id", "extract_students", "pupils.csv"),
    ("links.csv", "pupil_mis_id", "extract_students", "pupils.csv"),
    ("links.csv", "linked_pupil_mis_id", "extract_students", "pupils.csv"),
    ("attendance.csv", "pupil_mis_id", "extract_students", "pupils.csv"),
)


def find_lost_references(files: Iterable[str], faults: Faults) -> None:
    """Add a fault for each row that names an unknown pupil or group, or links a pupil to themselves."""
    present = set(files)
    with connection.cursor() as cursor:
        for file, column, known, where in REFERENCES:
            if file not in present:
                continue
            cursor.execute(
                f"SELECT line, {column} FROM {BY_FILE[file].stage} e"
                f" WHERE NOT EXISTS (SELECT 1 FROM {known} k WHERE k.mis_id = e.{column}) ORDER BY line"
            )
            for line, value in cursor.fetchall():
                faults.add(
                    file, f"Neither {where} nor the school has it.", line=line, column=column, value=value
                )
        if "links.csv" in present:
            cursor.execute(
                "SELECT l.line, l.linked_pupil_mis_id FROM extract_links l"
                " JOIN extract_students a ON a.mis_id = l.pupil_mis_id"
                " JOIN extract_students b ON b.mis_id = l.linked_pupil_mis_id"
                " WHERE a.student_id = b.student_id ORDER BY l.line"
            )
            for line, value in cursor.fetchall():
                faults.add(
                    "links.csv",
                    "A pupil cannot be linked to themselves.",
                    line=line,
                    column="linked_pupil_mis_id",
                    value=value,
                )
