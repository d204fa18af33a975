"""Single spreadsheets of students or staff, for schools whose MIS sends nothing by itself."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from tests.data.extracts import small_extract, upn

HEADINGS = ["UPN", "Surname", "Forename", "Known as", "DOB", "Year", "Admission date", "FSM", "Shoe size"]
ROWS: list[list[Any]] = [
    [upn(1), "O'Connor-Hughes", "Amelia", "Millie", "04/03/2012", "7", "02/09/2024", "Yes", "38"],
    [upn(8), "=1+1", "Nguyễn", "", "2012-05-06", "7", "2024-09-02", "no", "36"],
]


def as_csv(rows: list[list[Any]], *, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture
def bring_sheet(in_a: Any) -> Any:
    """Hands a spreadsheet in, has its columns matched by their headings, and applies it."""
    from core.access import SYSTEM
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import apply_import, match_by_headings, receive_extract

    def bring(content: bytes, *, form: str = "pupils", name: str = "Year 7.csv", **columns: str) -> Any:
        import_id = receive_extract([content], file_name=name, source="command", by=SYSTEM, form=form)
        match_by_headings(import_id=import_id, columns=columns, by=SYSTEM)
        apply_import(import_id=import_id)
        return Import.objects.get(pk=import_id)

    return bring


def students() -> dict[str, Any]:
    from tenant_apps.students.models import Student

    return {student.upn: student for student in Student.objects.all()}


@pytest.mark.spec("IMP-10")
@pytest.mark.parametrize(
    "content",
    [
        as_csv([HEADINGS, *ROWS]),
        as_csv([HEADINGS, *ROWS], separator=";"),
        as_xlsx(
            [
                HEADINGS,
                # A workbook knows no time zones.
                [*ROWS[0][:4], datetime.combine(date(2012, 3, 4), time()), 7, date(2024, 9, 2), True, 38],
                [],
                [*ROWS[1][:7], False, 36],
            ]
        ),
    ],
    ids=["csv", "semicolons", "xlsx"],
)
def test_students_of_a_spreadsheet_are_added_and_changed_by_upn(bring, bring_sheet, content):
    bring(small_extract())
    before = students()[upn(1)]
    entry = bring_sheet(content)

    assert (entry.state, entry.faults) == ("applied", [])
    assert entry.counts == {"pupils.csv": {"read": 2, "added": 1, "changed": 1, "archived": 0, "returned": 0}}
    amelia, new = students()[upn(1)], students()[upn(8)]
    assert (amelia.pk, amelia.mis_id, amelia.free_school_meals) == (before.pk, "P1", True)
    assert (new.legal_surname, new.legal_forename, new.date_of_birth) == ("=1+1", "Nguyễn", date(2012, 5, 6))
    # Nobody who is not in it has left.
    assert {student.archived_at for student in students().values()} == {None}


@pytest.mark.spec("IMP-10", "IMP-08")
def test_same_spreadsheet_twice_changes_nothing_and_no_later_extract_is_too_old(bring, bring_sheet):
    bring_sheet(as_csv([HEADINGS, *ROWS]))
    entry = bring_sheet(as_csv([HEADINGS, *ROWS]))
    assert entry.counts["pupils.csv"] | {"read": 0} == dict.fromkeys(entry.counts["pupils.csv"], 0)
    assert bring(small_extract(generated_at="2026-11-01T22:05:00+00:00")).state == "applied"


def test_names_that_the_spreadsheet_does_not_have_stay(bring, bring_sheet):
    bring(small_extract())
    less = [[row[0], row[1], row[2], row[4], row[6]] for row in [HEADINGS, *ROWS]]
    assert bring_sheet(as_csv(less)).state == "applied"
    amelia = students()[upn(1)]
    assert (amelia.preferred_forename, amelia.search_key) == ("Millie", "oconnor hughes  amelia  millie")


@pytest.mark.spec("IMP-10")
def test_staff_of_a_spreadsheet(bring, bring_sheet, cast):
    from tenant_apps.staff.models import MISStaff

    bring(small_extract())
    rows = [
        ["Staff code", "First name", "Last name", "Email", "Start date", "Full time"],
        ["S9", "New", "Person", "n.person@ashgrove.sch.example", "01/09/2026", "No"],
    ]
    entry = bring_sheet(as_xlsx(rows), form="staff", name="staff.xlsx")
    assert entry.state == "applied", entry.faults
    assert MISStaff.objects.get(mis_id="S9").is_full_time is False
    assert MISStaff.objects.get(mis_id="S1").is_listed is True


@pytest.mark.spec("IMP-10")
def test_faults_name_the_spreadsheet_and_its_own_columns_and_nothing_is_changed(bring_sheet):
    rows = [HEADINGS, *ROWS, [upn(9), "Smith", "Sam", "", "31/02/2012", "7", "2024-09-02", "perhaps", ""]]
    entry = bring_sheet(as_csv(rows))
    assert entry.state == "refused"
    assert [(f["file"], f["line"], f["column"], f["value"]) for f in entry.faults] == [
        ("Year 7.csv", 4, "DOB", "2012-02-31"),
        ("Year 7.csv", 4, "FSM", "perhaps"),
    ]
    assert not students()
    twice = bring_sheet(as_csv([HEADINGS, ROWS[0], ROWS[0]]))
    assert (twice.faults[0]["column"], twice.faults[0]["line"]) == ("UPN", 3)


def test_columns_that_must_be_there_are_asked_for(bring_sheet):
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import UnmappedError

    with pytest.raises(UnmappedError, match="mis_id or upn, date_of_birth, start_date"):
        bring_sheet(as_csv([["Surname", "Forename", "Born", "Arrived"], ["a", "b", "c", "d"]]))
    assert Import.objects.get().state == "mapping"
    entry = bring_sheet(
        as_csv([["No", "Surname", "Forename", "Born", "Came"], ["7", "A", "B", "2012-01-01", "2024-09-02"]]),
        mis_id="No",
        date_of_birth="Born",
        start_date="Came",
    )
    assert entry.state == "applied"


def doctored(name: str, change: Any) -> bytes:
    """A workbook with one part changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([HEADINGS, *ROWS]))) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            content = source.read(part)
            target.writestr(part, change(content) if part == name else content)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
HOSTILE = {
    "nothing": (b"", "row of headings"),
    "only headings": (as_csv([HEADINGS]), "row of headings"),
    "latin": (as_csv([HEADINGS, ["Siân"]], encoding="latin-1"), "not text in UTF-8"),
    "utf-16": (as_csv([HEADINGS, *ROWS], encoding="utf-16"), "null byte"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(600), "old kind"),
    "no workbook": (small_extract().pack(), "not an XLSX workbook"),
    "cut": (as_xlsx([HEADINGS, *ROWS])[:-200], "not an XLSX workbook"),
    "entities": (doctored(SHEET, lambda xml: ENTITIES + xml[xml.index(b"<worksheet") :]), "document type"),
    "wide": (as_csv([[f"c{number}" for number in range(300)], ["1"]]), "200 columns"),
    "long": (as_csv([["UPN"], *[[str(number)] for number in range(20_001)]]), "20,000 rows"),
    "bomb": (doctored(SHEET, lambda xml: xml + b" " * 30_000_000), "100 to 1"),
    "quotes": (b'UPN,Surname\n"a"b,c\n', "Broken quotes"),
    "beside": (as_csv([["UPN", "Surname"], ["1", "2", "3"]]), "outside the columns"),
}


@pytest.mark.spec("IMP-10")
@pytest.mark.attack("A38", "A45")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_spreadsheets_are_refused_in_words(in_a, name):
    from core.access import SYSTEM
    from tenant_apps.documents.services import UploadRefused
    from tenant_apps.imports.services import ExtractRefusedError, match_by_headings, receive_extract

    content, reason = HOSTILE[name]
    try:
        import_id = receive_extract([content], file_name="a.csv", source="command", by=SYSTEM, form="pupils")
        with pytest.raises(ExtractRefusedError) as refused:
            match_by_headings(import_id=import_id, columns={}, by=SYSTEM)
    except UploadRefused:
        assert name == "nothing"
        return
    fault = refused.value.faults.shown[0]
    assert fault.file == "a.csv"
    assert reason in fault.reason
    assert not students()
