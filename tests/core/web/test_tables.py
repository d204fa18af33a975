import csv
from io import StringIO

import pytest

from core.web.tables import csv_pieces, safe_cell


@pytest.mark.attack("A35")
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\uff1d1"])
def test_no_cell_begins_a_formula(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Amelia", "7A", "O'Connor-Hughes", "a=b"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


def test_file_reads_back_as_it_was_written():
    rows = [["Time", "Words"], [3, 'She said "no",\nthen left'], [None, "Łukaszewski"]]
    text = b"".join(csv_pieces(rows)).decode("utf-8-sig")
    assert list(csv.reader(StringIO(text, newline=""))) == [
        ["Time", "Words"],
        ["3", 'She said "no",\nthen left'],
        ["", "Łukaszewski"],
    ]
