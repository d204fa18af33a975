"""The set-up spreadsheet: read as it is meant, and every fault told at once with its place."""

from io import BytesIO
from pathlib import Path

import pytest

from tenants.setup_sheet import CategoryRow, SetupSheetError, StaffRow, read_setup_sheet
from tests.data.schools import book
from tests.servers import ROOT

SAMPLES = ROOT / "ops" / "demo_data" / "setup"


def faults_of(source):
    with pytest.raises(SetupSheetError) as caught:
        read_setup_sheet(source)
    return {(fault.sheet, fault.cell, fault.value) for fault in caught.value.faults}


@pytest.mark.spec("PRV-01")
@pytest.mark.parametrize(("name", "staff"), [("stgeorges", 12), ("riverside", 7), ("hillview", 6)])
def test_samples_are_read(name, staff):
    sheet = read_setup_sheet(SAMPLES / f"{name}.xlsx")
    assert sheet.subdomain == name
    assert len(sheet.staff) == staff
    assert {"Admin", "DSL/SLT"} <= {person.user_group for person in sheet.staff}
    assert {"Child Protection", "Behaviour"} <= {category.name for category in sheet.categories}
    assert "Police" in sheet.agencies


def test_rows_are_read_whole():
    sheet = read_setup_sheet(SAMPLES / "stgeorges.xlsx")
    assert sheet.staff[0] == StaffRow("Dr", "Martin", "Coleman", "m.coleman@stgeorges.sch.example", "Admin")
    neglect = next(category for category in sheet.categories if category.name == "Neglect")
    assert neglect == CategoryRow("Neglect", "Child Protection", "", True, True, False)
    medical = next(category for category in sheet.categories if category.name == "Medical")
    assert (medical.restricting, medical.starts_monitoring) == (False, False)
    assert (sheet.urn, sheet.la_number, sheet.time_zone) == ("900101", "936", "Europe/London")


def test_broken_book_shows_every_fault_at_once():
    assert faults_of(SAMPLES / "broken.xlsx") == {
        ("School", "B1", ""),
        ("School", "B2", "st george's!"),
        ("School", "B3", "90010"),
        ("School", "B7", ""),
        ("School", "B9", ""),
        ("Staff", "D2", ""),
        ("Staff", "D4", "SAME@broken.sch.example"),
        ("Staff", "D5", "not-an-address"),
        ("Staff", "B6", ""),
        ("Staff", "E1", ""),
        ("Categories", "A4", "Child Protection"),
        ("Categories", "B5", "No such parent"),
        ("Categories", "C5", "purple-ish"),
    }


def written(tmp_path, change):
    draft = book("oakhill", "Oakhill School", "910009")
    change(draft)
    return draft.write(tmp_path / "book.xlsx")


@pytest.mark.parametrize(
    ("key", "value", "cell"),
    [
        ("Subdomain", "auth", "B2"),
        ("Subdomain", "www", "B2"),
        ("Subdomain", "-oakhill", "B2"),
        ("Subdomain", "oak_hill", "B2"),
        ("Subdomain", "oak.hill", "B2"),
        ("Subdomain", "xn--oak", "B2"),
        ("URN", "9100091", "B3"),
        ("LA number", "9x6", "B4"),
        ("Establishment number", "12", "B5"),
        ("Phase", "Infant", "B6"),
        ("Post code", "SW1", "B7"),
        ("Main contact email", "a@b@c", "B9"),
        ("Time zone", "Europe/Nowhere", "B10"),
    ],
)
def test_unusable_entry_is_told_with_its_cell(tmp_path, key, value, cell):
    path = written(tmp_path, lambda draft: draft.school.update({key: value}))
    assert faults_of(path) == {("School", cell, value)}


def test_category_parents_are_two_levels_without_circles(tmp_path):
    def change(draft):
        draft.categories += [
            ("Third", "Neglect", "", "", ""),
            ("Own", "Own", "", "", ""),
            ("Maybe", "", "", "perhaps", ""),
        ]

    assert faults_of(written(tmp_path, change)) == {
        ("Categories", "B27", "Neglect"),
        ("Categories", "B28", "Own"),
        ("Categories", "D29", "perhaps"),
    }


def test_new_user_group_is_taken_and_default_ones_keep_their_spelling(tmp_path):
    def change(draft):
        draft.staff += [
            ("", "Ann", "Lee", "a.lee@oakhill.sch.example", "teachers"),
            ("", "Bo", "Lee", "b.lee@oakhill.sch.example", "Caretakers"),
        ]

    sheet = read_setup_sheet(written(tmp_path, change))
    assert [person.user_group for person in sheet.staff[-2:]] == ["Teachers", "Caretakers"]


def test_parents_stand_before_their_sub_categories(tmp_path):
    path = written(tmp_path, lambda draft: draft.categories.reverse())
    seen = set()
    for category in read_setup_sheet(path).categories:
        assert not category.parent or category.parent in seen
        seen.add(category.name)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a book", b"School,Oakhill"])
def test_file_that_is_no_book_is_told(content):
    assert len(faults_of(BytesIO(content))) == 1


def test_missing_sheet_is_told(tmp_path):
    from openpyxl import load_workbook

    path = written(tmp_path, lambda draft: None)
    opened = load_workbook(path)
    del opened["Staff"], opened["Agencies"]
    opened.save(path)
    assert faults_of(Path(path)) == {("Staff", "", ""), ("Agencies", "", "")}
