"""The DfE's Common Transfer File comes in like an extract, fills what is not known, and archives nobody."""

import re
from typing import Any

import pytest

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
