"""The photographs of an extract: encrypted documents drawn anew, and never a reason to refuse a child."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.data.extracts import small_extract

LATER = "2026-11-21T22:05:00+00:00"
SECRET_PLACE = b"51 degrees 30 minutes north"


def picture(colour: str = "teal", *, size: tuple[int, int] = (600, 800), kind: str = "JPEG") -> bytes:
    made = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET_PLACE.decode()
    Image.new("RGB", size, colour).save(made, kind, exif=exif)
    return made.getvalue()


def with_photos(names: dict[int, str], files: dict[str, bytes], **more: Any) -> Any:
    """The small extract in which these pupils have photographs; the first pupil is 0."""
    book = small_extract(**more)
    for place, row in enumerate(book.files["pupils.csv"]):
        row["photo"] = names.get(place, "")
    book.photos = files
    return book


def amelia() -> Any:
    from tenant_apps.students.models import Student

    return Student.objects.get(mis_id="P1")


def stored(student: Any) -> bytes:
    from tenant_apps.documents.services import read_document

    return b"".join(read_document(student.photo_document_id))


@pytest.mark.spec("IMP-07")
def test_photograph_is_drawn_anew_and_stored_sealed(bring, settings):
    from pathlib import Path

    from tenant_apps.documents.models import Document, DocumentStudent

    original = picture()
    assert SECRET_PLACE in original
    entry = bring(with_photos({0: "amelia.jpg"}, {"amelia.jpg": original}))

    assert (entry.state, entry.counts["pupils.csv"]["photos"]) == ("applied", 1)
    kept = stored(amelia())
    drawn = Image.open(BytesIO(kept))
    assert (drawn.format, drawn.size) == ("JPEG", (360, 480))
    assert SECRET_PLACE not in kept
    document = Document.objects.get(pk=amelia().photo_document_id)
    assert (document.owner_kind, document.owner_id) == ("photo", amelia().pk)
    # It stands with the pupil, not among the files of the vault.
    assert not DocumentStudent.objects.filter(document_id=document.pk).exists()
    for file in Path(settings.DOCUMENTS_FOLDER).rglob("*"):
        assert not file.is_file() or kept[:64] not in file.read_bytes()


@pytest.mark.spec("IMP-08")
def test_same_photograph_again_changes_nothing_and_another_one_replaces_it(bring):
    from tenant_apps.documents.models import Document

    bring(with_photos({0: "a.jpg"}, {"a.jpg": picture("teal")}))
    first = amelia().photo_document_id
    again = bring(with_photos({0: "a.jpg"}, {"a.jpg": picture("teal")}))
    assert again.counts["pupils.csv"] == dict.fromkeys(again.counts["pupils.csv"], 0) | {"read": 3}
    assert amelia().photo_document_id == first

    bring(with_photos({0: "a.jpg"}, {"a.jpg": picture("red")}, generated_at=LATER))
    assert amelia().photo_document_id != first
    assert Document.objects.get(pk=first).deleted_at is not None
    assert Image.open(BytesIO(stored(amelia()))).getpixel((5, 5))[0] > 200


def test_photograph_named_but_not_sent_again_stays_and_one_no_longer_named_goes(bring):
    from tenant_apps.documents.models import Document

    bring(with_photos({0: "a.jpg"}, {"a.jpg": picture()}))
    first = amelia().photo_document_id
    bring(with_photos({0: "a.jpg"}, {}, generated_at=LATER))
    assert (amelia().photo_document_id, amelia().warnings) == (first, [])
    # An extract that has no such column says nothing of photographs.
    bring(small_extract(generated_at=LATER))
    assert amelia().photo_document_id == first

    bring(with_photos({}, {}, generated_at=LATER))
    assert amelia().photo_document_id is None
    assert Document.objects.get(pk=first).state == "removed"


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page": b"\xff\xd8\xff\xe0<html><script>alert(1)</script>",
    "cut": picture(kind="PNG")[:-40],
    "gif": picture(kind="GIF"),
    "bomb": picture(size=(9000, 9000), kind="PNG"),
    "nothing": b"",
}


@pytest.mark.attack("A41")
def test_hostile_pictures_are_warnings_and_the_child_is_taken(bring):
    from tenant_apps.documents.models import Document

    for name, content in HOSTILE.items():
        book = with_photos({0: "../../a.jpg", 1: "b.jpg", 2: "none.jpg"}, {"b.jpg": content})
        # The bomb is plain in the ZIP: what it claims is found out by the reader of pictures.
        entry = bring(book)
        if name == "bomb" and entry.state == "refused":
            assert "100 to 1" in entry.faults[0]["reason"]
            continue
        assert entry.state == "applied", (name, entry.faults)
        from tenant_apps.students.models import Student

        codes = {
            student.mis_id: [warning["code"] for warning in student.warnings]
            for student in Student.objects.all()
        }
        assert codes == {"P1": ["photo_missing"], "P2": ["photo_unreadable"], "P3": ["photo_missing"]}, name
        assert not Document.objects.filter(owner_kind="photo").exists()


@pytest.mark.attack("A41")
def test_picture_of_65500_pixels_is_not_decoded(bring):
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 65_500, 65_500, 8, 2, 0, 0, 0)
    claim = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )
    entry = bring(with_photos({0: "a.png"}, {"a.png": claim}))
    assert entry.state == "applied"
    assert [warning["code"] for warning in amelia().warnings] == ["photo_unreadable"]


def test_photograph_of_nobody_is_told(bring):
    entry = bring(with_photos({0: "a.jpg"}, {"a.jpg": picture(), "stray.jpg": picture("red")}))
    assert entry.warnings == ["1 photograph in the ZIP is of no pupil in pupils.csv."]


def test_held_extract_stores_no_photograph_until_it_is_applied(bring, cast, run_outbox):
    from tenant_apps.documents.models import Document
    from tenant_apps.imports.services import decide_import

    bring(small_extract())
    book = with_photos({0: "a.jpg"}, {"a.jpg": picture()}, generated_at=LATER)
    for file, column in (("pupils.csv", "mis_id"), ("memberships.csv", "pupil_mis_id")):
        book.files[file] = [row for row in book.files[file] if row[column] == "P1"]
    book.files["links.csv"] = []
    held = bring(book)
    assert held.state == "held"
    assert not Document.objects.filter(owner_kind="photo").exists()
    decide_import(import_id=held.pk, decision="apply", by=cast.head.access)
    run_outbox()
    assert amelia().photo_document_id is not None


def test_nobody_opens_a_photograph_as_a_file(bring, cast, client_for):
    bring(with_photos({0: "a.jpg"}, {"a.jpg": picture()}))
    answer = client_for(cast.head).get(f"/documents/{amelia().photo_document_id}/")
    assert answer.status_code == 404
