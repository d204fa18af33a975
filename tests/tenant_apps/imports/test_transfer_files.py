"""The DfE's Common Transfer File comes in like an extract, fills what is not known, and archives nobody."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.data.extracts import DEMO_DATA, on_a_full_roll, pupil, small_extract, upn

FILES = DEMO_DATA / "ctf"
SOUND = "9362107_CTF_9365203_001.xml"
OLD = "9362107_CTF_9365203_002_version10.xml"


@pytest.fixture
def ctf(in_a: Any) -> Any:
    """One of the demo's files, as if it were for this school."""
    in_a.la_number, in_a.establishment_number = "936", "5203"
    return lambda name: (FILES / name).read_bytes()


def students(**where: Any) -> Any:
    from tenant_apps.students.models import Student

    return Student.objects.filter(**where)


def of_one(*, more: str = "", basic: str = "", number: str = "") -> bytes:
    """A small file with one pupil, born as the first pupils of the small extract were."""
    return (
        "<CTfile><Header><CTFversion>25.0</CTFversion><SupplierID>Invented</SupplierID>"
        "<DestSchool><LEA>936</LEA><Estab>5203</Estab></DestSchool></Header><CTFpupilData><Pupil>"
        f"<UPN>{number}</UPN><Surname>Łukaszewski</Surname><Forename>Jakub</Forename><DOB>2012-03-04</DOB>"
        f"<BasicDetails>{basic}</BasicDetails>{more}</Pupil></CTFpupilData></CTfile>"
    ).encode()


@pytest.mark.spec("IMP-08", "IMP-10")
@pytest.mark.parametrize("name", [SOUND, OLD])
def test_pupils_and_contacts_come_in_and_a_second_time_changes_nothing(bring, ctf, name):
    from tenant_apps.students.models import Contact

    entry = bring(ctf(name))
    assert (entry.state, entry.form, entry.faults) == ("applied", "ctf", [])
    assert entry.counts["pupils.csv"]["added"] == 20
    conor = students(upn="V936210722425").get()
    assert (conor.legal_surname, conor.middle_names, conor.sex, conor.year_group) == (
        "Higgins",
        "Theodore",
        "M",
        "4",
    )
    assert (conor.sen_status, conor.sen_needs, conor.looked_after) == ("K", ["SLCN", "HI"], False)
    assert (conor.first_language, conor.mis_id, conor.archived_at) == ("ENG", None, None)
    assert Contact.objects.get(student=conor).parental_responsibility is True
    again = bring(ctf(name))
    told = {word: n for counts in again.counts.values() for word, n in counts.items() if word != "read"}
    assert set(told.values()) == {0}


@pytest.mark.spec("IMP-08")
def test_what_the_schools_own_mis_said_holds(bring, ctf):
    from tenant_apps.students.models import Contact

    bring(on_a_full_roll(small_extract()))
    basic = "<NCyearActual>5</NCyearActual><MiddleNames>Jan</MiddleNames>"
    contact = "<Contacts><Contact><Order>1</Order><Surname>Old</Surname><Forename>Contact</Forename>"
    more = contact + "<Relationship>PAM</Relationship></Contact></Contacts>"
    entry = bring(of_one(number=upn(2), basic=basic, more=more))
    assert entry.state == "applied", entry.faults
    jakub = students(mis_id="P2").get()
    assert (jakub.year_group, jakub.middle_names) == ("7", "Jan")
    assert "jan" in jakub.search_key
    assert Contact.objects.get(student=jakub).surname == "Old"
    # Nobody was archived, and the next night is not too old.
    assert not students().exclude(archived_at=None).exists()
    assert bring(on_a_full_roll(small_extract())).state == "applied"
    # Of somebody whose contacts the MIS gives, none are taken.
    amelia = of_one(number=upn(1), more=more)
    assert bring(amelia).counts["contacts.csv"]["added"] == 0


@pytest.mark.spec("SAF-34")
def test_name_and_date_of_birth_alone_are_a_question(bring, ctf, cast, run_outbox):
    from tenant_apps.imports.services import decide_import

    bring(small_extract())
    before = students(mis_id="P2").get()
    held = bring(of_one())
    assert held.state == "held"
    assert "has the name and date of birth of a student" in held.warnings[0]
    key = held.differences["questions"][0]["key"]
    decide_import(import_id=held.pk, decision="apply", by=cast.head.access, answers={key: "same"})
    run_outbox()
    held.refresh_from_db()
    assert held.state == "applied", held.faults
    assert students().count() == 3
    assert students(pk=before.pk).get().upn == upn(2)


HISTORY = (
    "<SchoolHistory><School><LEA>936</LEA><Estab>2107</Estab>"
    "<SchoolName>Riverside Primary School</SchoolName>"
    "<EntryDate>2019-09-03</EntryDate><LeavingDate/><LastSchool>true</LastSchool></School>"
    "<School><LEA>936</LEA><Estab>2001</Estab><SchoolName>Hillside Nursery</SchoolName></School>"
    "</SchoolHistory>"
)


def year(*, possible: str, attended: str, estab: str = "2107", more: str = "") -> str:
    return (
        f"<Attendance><YearData><Year>2026</Year><LEA>936</LEA><Estab>{estab}</Estab>"
        f"<SchoolName>Riverside Primary School</SchoolName><SessionsPossible>{possible}</SessionsPossible>"
        f"<SessionsAttended>{attended}</SessionsAttended>{more}</YearData></Attendance>"
    )


MARKS = (
    "<AttendSessions><AttendanceStartDate>2025-09-03</AttendanceStartDate>"
    "<AttendanceMarks>/\\/\\II</AttendanceMarks></AttendSessions>"
)


@pytest.mark.spec("STU-04", "ATT-01", "IMP-08")
def test_school_history_and_years_elsewhere_come_in_once_and_stand_on_the_pupils_pages(
    bring, ctf, cast, client_for
):
    entry = bring(ctf(SOUND))
    assert (entry.counts["school history"]["added"], entry.counts["attendance elsewhere"]["added"]) == (
        20,
        20,
    )
    first = of_one(number=upn(9), more=year(possible="200", attended="190", more=MARKS) + HISTORY)
    entry = bring(first)
    assert (entry.state, entry.faults) == ("applied", [])
    again = bring(first)
    told = {word: n for counts in again.counts.values() for word, n in counts.items() if word != "read"}
    assert set(told.values()) == {0}
    # Later in the year the other school knows more; an older file after it changes nothing.
    late = HISTORY.replace("<LeavingDate/>", "<LeavingDate>2026-07-17</LeavingDate>")
    entry = bring(of_one(number=upn(9), more=year(possible="380", attended="361", more=MARKS) + late))
    assert (entry.counts["school history"]["changed"], entry.counts["attendance elsewhere"]["changed"]) == (
        1,
        1,
    )
    assert bring(first).counts["attendance elsewhere"]["changed"] == 0

    jakub = students(upn=upn(9)).get()
    client = client_for(cast.lead)
    page = client.get(f"/students/{jakub.pk}/").content.decode()
    for text in (
        "School history",
        "Riverside Primary School",
        "from 03/09/2019",
        "to 17/07/2026",
        "last school",
    ):
        assert text in page, text
    assert page.index("Riverside Primary School") < page.index("Hillside Nursery")
    tab = client.get(f"/students/{jakub.pk}/attendance/").content.decode()
    for text in ("At other schools", "380", "361", "95.0 %", "03/09/2025", "/\\/\\II"):
        assert text in tab, text
    # It counts in no figure of this school.
    assert "No marks since" in tab


@pytest.mark.spec("IMP-01", "IMP-10")
@pytest.mark.parametrize("way", ["upload", "post"])
def test_a_transfer_file_comes_in_by_upload_and_post_too(ctf, cast, client_for, run_outbox, way):
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import renew_token

    file = SimpleUploadedFile(SOUND, ctf(SOUND), content_type="text/xml")
    if way == "upload":
        answer = client_for(cast.data).post(reverse("imports:upload"), {"extract": file})
        assert answer.status_code == 302
    else:
        headers = {"Authorization": f"Bearer {renew_token(by=cast.data.access)}"}
        answer = client_for().post("/api/mis/extracts/", {"extract": file}, headers=headers)
        assert answer.status_code == 202
    run_outbox()
    entry = Import.objects.get()
    assert (entry.state, entry.form, students().count()) == ("applied", "ctf", 20)


@pytest.mark.spec("ATT-01")
def test_a_transfer_file_does_not_tell_the_school_of_its_own_register(bring, ctf):
    own = of_one(number=upn(9), more=year(possible="380", attended="361", estab="5203"))
    assert bring(own).counts["attendance elsewhere"]["read"] == 0


@pytest.mark.parametrize(
    ("more", "column"),
    [
        (year(possible="many", attended="1"), "possible"),
        (year(possible="1", attended="1", more=MARKS.replace("2025", "0001")), "marks_since"),
        (HISTORY.replace("2019-09-03", "03/09/2019"), "entry_date"),
    ],
)
def test_faults_of_history_and_years_are_placed(bring, ctf, more, column):
    entry = bring(of_one(number=upn(9), more=more))
    assert entry.state == "refused"
    assert [(fault["line"], fault["column"]) for fault in entry.faults] == [(1, column)]
    assert not students().exists()


@pytest.mark.spec("SAF-35", "SAF-55")
def test_history_is_emptied_with_a_leavers_record_and_stays_empty(bring, ctf):
    from core.access import SYSTEM
    from tenant_apps.students.models import SchoolAttended
    from tenant_apps.students.services import reduce_records

    sent = of_one(number=upn(9), more=HISTORY)
    bring(sent)
    students(upn=upn(9)).update(archived_at=timezone.now(), leaving_date=date(2025, 7, 18))
    jakub = students(upn=upn(9)).get()
    assert reduce_records(student_ids=[jakub.pk], by=SYSTEM) == [jakub.pk]
    assert bring(sent).state == "applied"
    assert set(SchoolAttended.objects.values_list("name", "leaving_reason")) == {("", "")}


@pytest.mark.parametrize(
    ("began", "ended", "meals"),
    [("2024", "2025", None), ("2024", "2199", True), ("2024", "", True), ("2199", "", None)],
)
def test_meals_are_free_while_a_time_of_them_runs(bring, ctf, began, ended, meals):
    end = f"<FSMendDate>{ended}-07-31</FSMendDate>" if ended else "<FSMendDate/>"
    time = f"<FSMinstance><FSMstartDate>{began}-09-01</FSMstartDate>{end}</FSMinstance>"
    bring(of_one(number=upn(9), more=f"<FSMhistory>{time}</FSMhistory>"))
    assert students(upn=upn(9)).get().free_school_meals is meals


def test_a_second_telephone_of_a_kind_does_not_replace_the_first(bring, ctf):
    from tenant_apps.students.models import Contact

    phones = "".join(
        f"<Phone><TelephoneType>{kind}</TelephoneType><PhoneNo>{number}</PhoneNo></Phone>"
        for kind, number in (("H", "01"), ("F", "02"), ("M", "03"), ("M", "04"))
    )
    contact = "<Contact><Order>²</Order><Surname>Old</Surname><Forename>C</Forename>"
    contact += "<Relationship>PAM</Relationship>"
    bring(of_one(number=upn(9), more=f"<Contacts>{contact}<Phones>{phones}</Phones></Contact></Contacts>"))
    mother = Contact.objects.get()
    assert (mother.home_phone, mother.mobile, mother.priority) == ("01", "03", 1)


@pytest.mark.attack("A45", "A47")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("doctype.xml", "document type"),
        ("latin1-says-utf8.xml", "encoding that it names"),
        (b"<CTfile><Header>", "damaged"),
        (b"<html><body/></html>", "not a Common Transfer File"),
        (of_one().replace(b"25.0", b"9.0"), "Not a version from 10 to 26"),
        (of_one().replace(b"5203", b"5204"), "for another school"),
        (of_one().replace(b"</Estab>", b"</Estab><URN>1</URN>"), "for another school"),
        (of_one().replace(b"2012-03-04", b"04/03/2012"), "Not a date"),
        (re.sub(rb"<Pupil>.*</Pupil>", b"", of_one()), "no pupil"),
    ],
)
def test_hostile_files_are_refused_with_the_reason(bring, ctf, content, reason):
    entry = bring(ctf(content) if isinstance(content, str) else content)
    assert entry.state == "refused"
    fault = entry.faults[0]
    assert reason in fault["reason"]
    assert fault["file"] == "extract.zip"
    assert not students().exists()


def test_odd_data_of_a_child_is_a_warning_here_too(bring, ctf):
    entry = bring(of_one(number="B936210722425"))
    assert entry.state == "applied"
    assert [one["code"] for one in students().get().warnings] == ["upn_invalid"]
    twins = of_one().replace(b"</Pupil>", b"</Pupil>" + re.findall(rb"<Pupil>.*</Pupil>", of_one())[0])
    assert bring(twins).state in {"held", "applied"}


def test_an_extract_older_than_the_last_is_refused_after_a_transfer_file_too(bring, ctf):
    bring(small_extract())
    bring(of_one(number=upn(9)))
    book = small_extract(generated_at="2026-11-19T22:05:00+00:00")
    book.files["pupils.csv"].append(pupil(9))
    assert bring(book).state == "refused"
