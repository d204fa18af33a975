"""Tables as CSV for spreadsheets, in which no cell is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final

# What a spreadsheet takes for the beginning of a formula: typed by somebody, it would run on the machine of
# whoever opens the file.
FORMULA_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
CONTENT_TYPE: Final = "text/csv; charset=utf-8"


def safe_cell(value: object) -> str:
    """A value as text that stays text: an apostrophe stands before what could begin a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) or text.lstrip().startswith("=") else text


def csv_pieces(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A CSV file row by row, every cell quoted, with the mark by which spreadsheets know UTF-8."""
    yield b"\xef\xbb\xbf"
    line = StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()
