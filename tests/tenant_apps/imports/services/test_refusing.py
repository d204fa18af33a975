"""A faulty extract changes nothing and says why, with file, line, column, value and reason."""

import io
import json
import stat
import zipfile
from typing import Any

import pytest

from tests.data.extracts import pupil, small_extract, upn


def packed(members: dict[str, bytes] | list[tuple[Any, bytes]], **options: Any) -> bytes:
    """A ZIP of exactly these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", options.get("method", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return target.getvalue()


def with_members(*members: tuple[Any, bytes]) -> bytes:
    """The small extract with more members."""
    target = io.BytesIO(small_extract().pack())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def only_fault(entry: Any) -> dict[str, Any]:
    assert entry.state == "refused"
    assert entry.faults_total == len(entry.faults) == 1, entry.faults
    return entry.faults[0]


@pytest.mark.spec("IMP-08")
@pytest.mark.spec("IMP-04")
def test_every_fault_is_placed_and_nothing_is_changed(bring):
    from tenant_apps.staff.models import MISStaff
    from tenant_apps.students.models import Student

    faulty = small_extract()
    faulty.files["pupils.csv"][1]["date_of_birth"] = "04/03/2012"
    faulty.files["pupils.csv"][2] |= {"legal_forename": "A\r\nB", "looked_after": "yes"}
    faulty.files["pupils.csv"].append(pupil(4, start_date="2026-02-30"))
    faulty.files["contacts.csv"][0]["priority"] = "first"
    faulty.files["attendance.csv"][1]["session"] = "EV"
    entry = bring(faulty)

    assert entry.state == "refused"
    assert sorted((f["file"], f["line"], f["column"], f["value"], f["reason"]) for f in entry.faults) == [
        ("attendance.csv", 3, "session", "EV", "Not one of AM, PM."),
        ("contacts.csv", 2, "priority", "first", "Not a whole number from 0 to 999."),
        ("pupils.csv", 3, "date_of_birth", "04/03/2012", "Not a date like 2026-09-01."),
        ("pupils.csv", 4, "looked_after", "yes", "Not Y or N."),
        # The row before holds a line break, so this one begins two lines later.
        ("pupils.csv", 6, "start_date", "2026-02-30", "There is no such day."),
    ]
    assert not Student.objects.exists()
    assert not MISStaff.objects.exists()


@pytest.mark.spec("IMP-08")
def test_a_lost_reference_rolls_back_what_was_merged_before(bring):
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Student

    faulty = small_extract()
    faulty.files["memberships.csv"][4]["group_mis_id"] = "G9"
    faulty.files["links.csv"][0]["linked_pupil_mis_id"] = "P9"
    faulty.files["attendance.csv"][0]["pupil_mis_id"] = "P8"
    entry = bring(faulty)

    assert [(f["file"], f["line"], f["column"], f["value"]) for f in entry.faults] == [
        ("memberships.csv", 6, "group_mis_id", "G9"),
        ("links.csv", 2, "linked_pupil_mis_id", "P9"),
        ("attendance.csv", 2, "pupil_mis_id", "P8"),
    ]
    assert not StudentGroup.objects.exists()
    assert not Student.objects.exists()


def test_repeated_rows_are_faults(bring):
    faulty = small_extract()
    faulty.files["pupils.csv"].append(pupil(1))
    fault = only_fault(bring(faulty))
    assert (fault["line"], fault["value"], fault["reason"]) == (5, "P1", "The same as line 2.")


def test_a_pupil_linked_to_themselves_is_a_fault(bring):
    faulty = small_extract()
    faulty.files["links.csv"][0]["linked_pupil_mis_id"] = "P1"
    assert only_fault(bring(faulty))["reason"] == "A pupil cannot be linked to themselves."


def test_the_first_200_faults_are_shown_and_all_counted(bring):
    faulty = small_extract()
    faulty.files["pupils.csv"] = [pupil(number, date_of_birth="?") for number in range(1, 251)]
    entry = bring(faulty)
    assert (len(entry.faults), entry.faults_total) == (200, 250)


def test_a_missing_column_refuses_and_an_unknown_one_is_named(bring):
    faulty = small_extract()
    for row in faulty.files["groups.csv"]:
        del row["kind"]
    fault = only_fault(bring(faulty))
    assert (fault["file"], fault["line"], fault["column"]) == ("groups.csv", 1, "kind")

    more = small_extract()
    for row in more.files["pupils.csv"]:
        row["shoe_size"] = "38"
    entry = bring(more)
    assert entry.state == "applied"
    assert entry.warnings == ["pupils.csv: the column “shoe_size” is unknown and was ignored."]


def test_an_empty_key_and_a_short_row_are_faults(bring):
    faulty = small_extract()
    faulty.files["staff.csv"][1]["mis_id"] = ""
    assert only_fault(bring(faulty))["reason"] == "This may not be empty."

    short = small_extract()
    short.raw["links.csv"] = b"pupil_mis_id,linked_pupil_mis_id,relationship\r\nP1,P2\r\n"
    del short.files["links.csv"]
    assert only_fault(bring(short))["reason"] == "The row has 2 cells, the header 3."


def test_another_schools_extract_is_refused(bring):
    from tenant_apps.students.models import Student

    fault = only_fault(bring(small_extract(urn="910002")))
    assert (fault["column"], fault["value"]) == ("school.urn", "910002")
    assert not Student.objects.exists()


def test_an_extract_older_than_the_last_applied_one_is_refused(bring):
    bring(small_extract())
    fault = only_fault(bring(small_extract(generated_at="2026-11-19T22:05:00+00:00")))
    assert fault["column"] == "generated_at"
    assert "Older than the last applied extract" in fault["reason"]


@pytest.mark.parametrize(
    ("promise", "reason"),
    [
        ({"rows": 4, "sha256": None}, "The manifest says 4 rows; there are 3."),
        ({"rows": 2, "sha256": None}, "The manifest says 2 rows; there are more."),
        ({"rows": 3, "sha256": "0" * 64}, "Its content is not the one that the manifest names (sha256)."),
    ],
)
def test_a_lying_manifest_refuses_the_whole_extract(bring, promise, reason):
    book = small_extract()
    truth = book.describe()["files"]["pupils.csv"]
    book.promised = {"pupils.csv": {"rows": promise["rows"], "sha256": promise["sha256"] or truth["sha256"]}}
    fault = only_fault(bring(book))
    assert (fault["file"], fault["reason"]) == ("pupils.csv", reason)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "mis-extract/2"},
        {"kind": "some"},
        {"school": {}},
        {"generated_at": "2026-11-20 22:05"},
        {"generated_at": None},
        {"files": []},
    ],
)
def test_a_broken_manifest_is_refused(bring, change):
    book = small_extract()
    book.manifest = change
    entry = bring(book)
    assert entry.state == "refused"
    assert {fault["file"] for fault in entry.faults} <= {"manifest.json", *small_extract().files}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"null"])
def test_a_manifest_that_is_no_json_object_is_refused(bring, content):
    assert (
        only_fault(bring(packed({"manifest.json": content}, method=zipfile.ZIP_STORED)))["file"]
        == "manifest.json"
    )


def test_a_full_extract_needs_its_four_files(bring):
    book = small_extract()
    del book.files["staff.csv"]
    assert only_fault(bring(book))["file"] == "staff.csv"


def test_a_file_that_the_manifest_does_not_name_is_refused(bring):
    book = small_extract()
    del book.files["links.csv"]
    target = io.BytesIO(book.pack())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("links.csv", b"pupil_mis_id\r\n")
    assert only_fault(bring(target.getvalue()))["file"] == "links.csv"


def test_text_that_is_not_utf8_is_placed(bring):
    book = small_extract()
    content = book.content("pupils.csv").replace("Łukaszewski".encode(), "Müller".encode("latin-1"))
    book.raw["pupils.csv"] = content
    del book.files["pupils.csv"]
    fault = only_fault(bring(book))
    assert (fault["file"], fault["line"], fault["reason"]) == ("pupils.csv", 3, "This is not text in UTF-8.")


def test_null_bytes_and_broken_quotes_are_placed(bring):
    for old, new, reason in (
        (b"Smith", b"Sm\0th", "There is a null byte in it."),
        (b"Smith", b'"Smith', "Broken quotes or a cell that is too long."),
    ):
        book = small_extract()
        book.raw["pupils.csv"] = book.content("pupils.csv").replace(old, new)
        del book.files["pupils.csv"]
        fault = only_fault(bring(book))
        assert (fault["file"], fault["line"], fault["reason"]) == ("pupils.csv", 4, reason)


def test_byte_order_mark_plain_line_ends_and_any_column_order_are_fine(bring):
    book = small_extract()
    content = book.content("links.csv").replace(b"\r\n", b"\n")
    book.raw["links.csv"] = b"\xef\xbb\xbf" + content
    del book.files["links.csv"]
    book.raw["groups.csv"] = b'name,staff_mis_id,mis_id,kind\n7A,,G1,tutor\n"Year, 7",,G2,year\n'
    del book.files["groups.csv"]
    assert bring(book).state == "applied"


@pytest.mark.attack("A39")
@pytest.mark.parametrize(
    "name",
    [
        "../evil.csv",
        "/etc/passwd",
        "a/b.csv",
        "..\\evil.csv",
        "C:evil.csv",
        "photos/../../x.jpg",
        "photos/a/b.jpg",
    ],
)
def test_paths_are_refused(bring, name):
    fault = only_fault(bring(with_members((name, b"x"))))
    assert "Paths are not allowed" in fault["reason"]


@pytest.mark.attack("A39")
def test_links_are_refused(bring):
    link = zipfile.ZipInfo("photos/a.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    fault = only_fault(bring(with_members((link, b"/etc/passwd"))))
    assert fault["reason"] == "Links and special files are not allowed."


@pytest.mark.attack("A38")
def test_a_zip_bomb_is_refused_with_the_limit_named(bring):
    fault = only_fault(bring(with_members(("notes.txt", b"0" * 5_000_000))))
    assert fault["reason"] == "Packed tighter than 100 to 1, which is the limit."


@pytest.mark.attack("A38")
def test_a_member_that_is_longer_than_it_says_is_refused(bring):
    """The archive's own word about a length is not believed: what it holds must agree with it."""
    content = small_extract().pack()
    target = io.BytesIO(content)
    with zipfile.ZipFile(target) as archive:
        size = archive.getinfo("pupils.csv").file_size
    # The central directory's length of pupils.csv, made smaller.
    lying = content.replace(size.to_bytes(4, "little"), (size - 40).to_bytes(4, "little"))
    assert lying != content
    assert bring(lying).state == "refused"


def test_too_much_unpacked_is_refused_unread(bring, monkeypatch):
    from tenant_apps.imports.services import reading

    monkeypatch.setattr(reading, "MAX_UNPACKED", 1000)
    assert "unpacked, which is the limit" in only_fault(bring(small_extract()))["reason"]


def test_what_is_no_zip_is_refused(bring):
    assert only_fault(bring(b"MZ not a zip"))["reason"] == "This is not a ZIP file, or it is damaged."
    whole = small_extract().pack()
    assert bring(whole[: len(whole) // 2]).state == "refused"


def test_an_encrypted_member_is_refused(bring):
    content = bytearray(small_extract().pack())
    # The flag of encryption in every central entry.
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    entry = bring(bytes(content))
    assert entry.state == "refused"
    assert "without a password" in entry.faults[0]["reason"]


def test_the_audit_tells_of_a_refusal_without_values(bring):
    from core.audit.models import AuditEvent

    faulty = small_extract()
    faulty.files["pupils.csv"][0]["date_of_birth"] = "Planted"
    entry = bring(faulty)
    event = AuditEvent.objects.get(event="extract.refused")
    assert event.record_id == entry.pk
    assert event.detail == {"faults": 1}
    assert "Planted" not in json.dumps(event.detail)


def test_a_valid_upn_is_told_from_others():
    from tenant_apps.imports.services.validation import is_upn

    assert is_upn(upn(1))
    assert is_upn("N940237019001")
    assert not is_upn("A940237019001")
    assert not is_upn("n940237019001")
    assert not is_upn("N94023701900")


@pytest.mark.spec("IMP-08")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_refused(bring, day):
    from tenant_apps.students.models import Student

    for file, line, column in (
        ("pupils.csv", 2, "start_date"),
        ("pupils.csv", 3, "leaving_date"),
        ("memberships.csv", 4, "end_date"),
        ("staff.csv", 2, "start_date"),
        ("attendance.csv", 3, "date"),
    ):
        faulty = small_extract()
        faulty.files[file][line - 2][column] = day
        fault = only_fault(bring(faulty))
        assert (fault["file"], fault["line"], fault["column"], fault["value"]) == (file, line, column, day)
        assert fault["reason"] == "Not a year from 1900 to 2199."
    assert not Student.objects.exists()


@pytest.mark.parametrize(
    ("day", "code"), [("0001-01-01", "date_of_birth_too_early"), ("9999-12-31", "date_of_birth_in_future")]
)
def test_no_child_is_refused_for_a_birth_at_the_ends_of_the_calendar(bring, cast, client_for, day, code):
    from tenant_apps.students.models import Student

    odd = small_extract()
    odd.files["pupils.csv"][0]["date_of_birth"] = day
    assert bring(odd).state == "applied"
    amelia = Student.objects.get(mis_id="P1")
    assert [warning["code"] for warning in amelia.warnings] == [code]
    page = client_for(cast.lead).get(f"/students/{amelia.pk}/")
    assert page.status_code == 200
    assert "To be checked in the MIS" in page.content.decode()


@pytest.mark.attack("A38")
def test_six_million_rows_are_refused_before_they_are_read(bring):
    book = small_extract()
    truth = book.describe()["files"]["attendance.csv"]
    book.promised = {"attendance.csv": truth | {"rows": 6_000_000}}
    fault = only_fault(bring(book))
    assert (fault["file"], fault["value"]) == ("attendance.csv", "6000000")
    assert fault["reason"] == "More than 5,000,000 rows, which is the limit."


@pytest.mark.attack("A38")
def test_six_million_rows_that_the_manifest_denies_are_not_read_to_their_end(bring):
    from random import Random

    from tenant_apps.students.models import Student

    draw = Random(7)
    some = "".join(f"P{draw.randrange(3)},2026-09-02,AM,{draw.randrange(10**6)},\n" for _ in range(6000))
    book = small_extract()
    del book.files["attendance.csv"]
    book.raw["attendance.csv"] = b"pupil_mis_id,date,session,code,minutes_late\n" + some.encode() * 1000
    book.promised = {"attendance.csv": {"rows": 2, "sha256": "0" * 64}}
    entry = bring(book)
    assert entry.state == "refused"
    assert "The manifest says 2 rows; there are more." in {fault["reason"] for fault in entry.faults}
    assert not Student.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp037"])
def test_other_encodings_are_refused(bring, encoding):
    book = small_extract()
    book.raw["pupils.csv"] = book.content("pupils.csv").decode().encode(encoding, "replace")
    book.promised = {"pupils.csv": book.describe()["files"]["pupils.csv"] | {"rows": 3}}
    del book.files["pupils.csv"]
    entry = bring(book)
    assert entry.state == "refused"
    assert {fault["file"] for fault in entry.faults} == {"pupils.csv"}
