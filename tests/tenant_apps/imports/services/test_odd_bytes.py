"""Bytes that no MIS writes, in manifest, headers and heads of members, stop no import without a word."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.data.extracts import small_extract


@pytest.mark.spec("IMP-08")
@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"format": "\ud800"}, "format", "?"),
        ({"kind": "\ud800\0"}, "kind", "?␀"),
        ({"generated_at": "\ud800"}, "generated_at", "?"),
        ({"school": {"urn": "\ud800"}}, "school.urn", "?"),
    ],
)
def test_what_no_database_stores_is_refused_in_words(bring, change, column, value):
    from tenant_apps.students.models import Student

    book = small_extract()
    book.manifest = change
    entry = bring(book)
    assert entry.state == "refused"
    told = [(fault["file"], fault["column"], fault["value"]) for fault in entry.faults]
    assert told == [("manifest.json", column, value)]
    assert not Student.objects.exists()


def test_a_strange_name_of_the_mis_is_kept_as_far_as_it_can_be(bring):
    book = small_extract()
    book.manifest = {"mis": "MIS\0 \ud800"}
    entry = bring(book)
    assert (entry.state, entry.mis_name) == ("applied", "MIS␀ ?")


@pytest.mark.spec("IMP-08")
def test_a_null_byte_in_a_header_without_rows_is_placed(bring):
    book = small_extract()
    del book.files["links.csv"]
    book.raw["links.csv"] = b"pupil_mis_id,linked_pupil_mis_id,relationship,sh\0oe\r\n"
    entry = bring(book)
    assert entry.state == "refused"
    assert [(fault["file"], fault["line"], fault["reason"]) for fault in entry.faults] == [
        ("links.csv", 1, "There is a null byte in it.")
    ]


@pytest.mark.spec("IMP-08", "SAF-45")
def test_an_extract_of_the_future_is_refused_and_later_ones_are_not_too_old(bring):
    def made(days: int) -> Any:
        return small_extract(generated_at=(timezone.now() + timedelta(days=days)).isoformat())

    entry = bring(made(40))
    assert entry.state == "refused"
    assert [(fault["file"], fault["column"]) for fault in entry.faults] == [("manifest.json", "generated_at")]
    assert "in the future" in entry.faults[0]["reason"]
    # A clock that is wrong by a day is no reason.
    assert bring(made(0)).state == "applied"
    assert bring(made(1)).state == "applied"


def test_thousands_of_unknown_files_are_counted_and_ten_named(bring):
    packed = io.BytesIO(small_extract().pack())
    with zipfile.ZipFile(packed, "a") as archive:
        for number in range(2000):
            archive.writestr(f"{number}.txt", b"x")
    entry = bring(packed.getvalue())
    assert entry.state == "applied"
    assert len(entry.warnings) == 11
    assert entry.warnings[-1] == "2,000 files in all are unknown and were ignored."


@pytest.mark.spec("ATT-01")
def test_an_unknown_code_however_long_is_kept_as_it_came_and_counts_as_neither(bring, cast):
    from tenant_apps.attendance.models import Mark
    from tenant_apps.attendance.selectors import attendance_of

    book = small_extract()
    marks = book.files["attendance.csv"]
    marks[0]["code"] = "Not taken: fire drill"
    assert bring(book).state == "applied"
    mark = Mark.objects.get(code="Not taken: fire drill")
    figure = attendance_of(cast.lead.access, mark.student_id, since=mark.date)
    assert figure.not_counted == 1
    assert figure.possible == sum(1 for one in marks[1:] if one["pupil_mis_id"] == marks[0]["pupil_mis_id"])


@pytest.mark.attack("A38")
@pytest.mark.spec("IMP-08")
@pytest.mark.parametrize("place", range(1, 30, 7))
@pytest.mark.parametrize("name", ["pupils.csv", "manifest.json"])
def test_a_member_whose_own_head_is_damaged_is_named(bring, name, place):
    """The directory at the end of a ZIP may be whole and what it points to not."""
    from tenant_apps.students.models import Student

    content = bytearray(small_extract().pack())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo(name).header_offset
    # Signature, flags, digest and length of the name, in turn.
    content[start + place] ^= 0x5A
    entry = bring(bytes(content))
    assert entry.state in {"refused", "applied"}
    if entry.state == "refused":
        assert entry.faults[0]["file"] == name
        assert "damaged" in entry.faults[0]["reason"]
        assert not Student.objects.exists()


@pytest.mark.attack("A38")
def test_members_before_the_beginning_of_the_zip_are_refused(bring):
    content = bytearray(small_extract().pack())
    # Where the directory is said to begin: everything else is moved by the difference.
    content[-6:-2] = (0x7FFFFFFF).to_bytes(4, "little")
    entry = bring(bytes(content))
    assert entry.state == "refused"
    assert "damaged" in entry.faults[0]["reason"]
