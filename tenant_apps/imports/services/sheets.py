"""Reads a single spreadsheet, CSV or XLSX, without trusting it: its heading row and its rows as text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

from openpyxl import load_workbook

from tenant_apps.imports.services.doctypes import HostileXMLError, refuse_document_type
from tenant_apps.imports.services.faults import refuse
from tenant_apps.imports.services.reading import DAMAGED, MAX_RATIO, Row

MAX_SHEET = 20 * 1024 * 1024
MAX_SHEET_UNPACKED = 100 * 1024 * 1024
MAX_SHEET_ROWS = 20_000
MAX_SHEET_COLUMNS = 200
MAX_PARTS = 1000
SEPARATORS = ",;\t"
ZIP_SIGN = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet: its headings, and its rows, each as wide as the headings, with their lines."""

    header: list[str]
    rows: list[Row]


def read_sheet(packed: IO[bytes], *, name: str) -> Sheet:
    """The sheet in a stream; raises ExtractRefusedError, with faults of the file `name`."""
    start = packed.read(len(ZIP_SIGN))
    packed.seek(0)
    if start == OLD_EXCEL:
        raise refuse(name, "This is a workbook of the old kind. Save it as XLSX or CSV.")
    lines = _xlsx(packed, name) if start == ZIP_SIGN else _csv(packed.read(), name)
    header: list[str] = []
    rows: list[Row] = []
    for line, cells in lines:
        if not any(cells):
            continue
        if len(cells) > MAX_SHEET_COLUMNS:
            raise refuse(name, f"More than {MAX_SHEET_COLUMNS} columns, which is the limit.", line=line)
        if not header:
            header = _without_end(cell.strip() for cell in cells)
            continue
        if any(cells[len(header) :]):
            raise refuse(name, "A cell stands outside the columns that have a heading.", line=line)
        rows.append((line, [*cells[: len(header)], *[""] * (len(header) - len(cells))]))
        if len(rows) > MAX_SHEET_ROWS:
            raise refuse(name, f"More than {MAX_SHEET_ROWS:,} rows, which is the limit.", line=line)
    if not rows:
        raise refuse(name, "It has no row of headings with rows beneath it.")
    return Sheet(header, rows)


def _without_end(cells: Iterable[str]) -> list[str]:
    found = list(cells)
    while found and not found[-1]:
        found.pop()
    return found


def _csv(content: bytes, name: str) -> Iterator[Row]:
    if b"\0" in content:
        raise refuse(
            name, "There is a null byte in it.", line=content[: content.index(b"\0")].count(b"\n") + 1
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise refuse(name, "This is not text in UTF-8. Save it as “CSV UTF-8”.", line=line) from None
    headings = text[: text.find("\n")] if "\n" in text else text
    separator = max(SEPARATORS, key=headings.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begin = 1
    try:
        for cells in rows:
            yield begin, cells
            begin = rows.line_num + 1
    except csv.Error:
        raise refuse(name, "Broken quotes or a cell that is too long.", line=begin) from None


def _xlsx(packed: IO[bytes], name: str) -> Iterator[Row]:
    _check_parts(packed, name)
    with _workbook(packed, name) as sheet:
        try:
            # What the sheet says of its own size is not believed.
            sheet.reset_dimensions()
            # One column more than is allowed, so that it is seen.
            cells = sheet.iter_rows(values_only=True, max_col=MAX_SHEET_COLUMNS + 1)
            for line, row in enumerate(cells, start=1):
                if line > MAX_SHEET_ROWS * 2:
                    raise refuse(name, f"More than {MAX_SHEET_ROWS:,} rows, which is the limit.", line=line)
                yield line, _without_end(map(_text, row))
        # A workbook that says one thing here and another there fails in as many ways as there are parts.
        except (SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, *DAMAGED):
            raise refuse(name, "The workbook is damaged.") from None


@contextmanager
def _workbook(packed: IO[bytes], name: str) -> Iterator[Any]:
    packed.seek(0)
    try:
        # Formulas stay as they were typed; what they last came to is nobody's statement about a child.
        book = load_workbook(packed, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
    except (SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, *DAMAGED):
        raise refuse(name, "This is not an XLSX workbook, or it is damaged.") from None
    try:
        yield sheet
    finally:
        book.close()


def _check_parts(packed: IO[bytes], name: str) -> None:
    try:
        with zipfile.ZipFile(packed) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_SHEET_UNPACKED:
                raise refuse(
                    name, f"More than {MAX_SHEET_UNPACKED // 1024**2} MB unpacked, which is the limit."
                )
            for part in parts:
                if part.file_size > MAX_RATIO * max(part.compress_size, 1):
                    raise refuse(name, f"Packed tighter than {MAX_RATIO} to 1, which is the limit.")
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as member:
                        refuse_document_type(member)
    except HostileXMLError as fault:
        raise refuse(name, str(fault)) from None
    except (NotImplementedError, RuntimeError, ValueError, *DAMAGED):
        raise refuse(name, "This is not an XLSX workbook, or it is damaged.") from None


def _text(value: object) -> str:
    """A cell as an extract would have it."""
    match value:
        case None:
            return ""
        case bool():
            return "Y" if value else "N"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)
