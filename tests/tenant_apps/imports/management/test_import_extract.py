from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.data.extracts import pupil, small_extract


def test_the_command_imports_an_extract_and_tells_what_changed(in_a, tmp_path):
    from tenant_apps.students.models import Student

    file = tmp_path / "extract.zip"
    file.write_bytes(small_extract().pack())
    for school in (in_a.subdomain, in_a.schema_name):
        told = StringIO()
        call_command("import_extract", file, school=school, stdout=told)
        assert "pupils.csv: 3 read" in told.getvalue()
    assert Student.objects.count() == 3


def test_the_command_names_every_fault_and_fails(in_a, tmp_path):
    faulty = small_extract()
    faulty.files["pupils.csv"].append(pupil(9, date_of_birth="?"))
    file = tmp_path / "extract.zip"
    file.write_bytes(faulty.pack())
    told = StringIO()
    with pytest.raises(CommandError, match="refused: nothing was changed"):
        call_command("import_extract", file, school=in_a.subdomain, stderr=told)
    assert told.getvalue() == "pupils.csv, line 5, date_of_birth ('?'): Not a date like 2026-09-01.\n"


def test_an_unknown_school_and_a_missing_file_are_told(in_a, tmp_path):
    with pytest.raises(CommandError, match="There is no school 'nowhere'"):
        call_command("import_extract", tmp_path / "x.zip", school="nowhere")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_extract", tmp_path / "x.zip", school=in_a.subdomain)


@pytest.mark.spec("IMP-10")
def test_the_operator_imports_a_single_spreadsheet(in_a, tmp_path):
    from tenant_apps.imports.models import Import
    from tenant_apps.students.models import Student

    file = tmp_path / "pupils.csv"
    file.write_text("UPN,Surname,Forename,Born,Admission date\nA1,Smith,Sam,04/03/2012,2024-09-02\n")
    with pytest.raises(CommandError, match="These columns must be matched: date_of_birth"):
        call_command("import_extract", file, school=in_a.subdomain, holds="pupils")
    assert Import.objects.get().state == "rejected"
    told = StringIO()
    call_command(
        "import_extract",
        file,
        school=in_a.subdomain,
        holds="pupils",
        column=["date_of_birth=Born"],
        stdout=told,
    )
    assert told.getvalue() == "pupils.csv: 1 read, 1 added\n"
    assert Student.objects.get(upn="A1").legal_surname == "Smith"
