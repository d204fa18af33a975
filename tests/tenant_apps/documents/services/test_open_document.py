"""Opened is what was uploaded, by who may; missing or changed is refused as a whole (F9)."""

from uuid import uuid4

import pytest
from django.http import Http404

from core.crypto import KeyUnavailable
from core.tenancy import in_school
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.enums import DocumentState
from tenant_apps.documents.models import Document
from tenant_apps.documents.services import DocumentUnavailable, open_document, receive
from tests.tenant_apps.documents.conftest import MARKER, events, object_of


def test_reader_of_the_record_gets_what_was_uploaded(stored, cast):
    opened = open_document(stored.id, by=cast.lead.access)
    assert b"".join(opened.content) == MARKER * 4000
    assert (opened.name, opened.size) == ("letter.txt", stored.size)


def test_opening_is_an_event_before_the_first_byte(stored, cast, students_a):
    from tenant_apps.documents.models import DocumentStudent

    DocumentStudent.objects.create(document=stored, student=students_a[0])
    open_document(stored.id, by=cast.lead.access)
    (event,) = events("document.opened")
    assert (event.record_id, event.user_id) == (stored.id, cast.lead.user.id)
    assert list(event.student_ids) == [students_a[0].id]


@pytest.mark.spec("DOC-04")
def test_who_may_not_read_the_record_may_not_open_its_document(stored, cast, report):
    with pytest.raises(Http404):
        open_document(stored.id, by=cast.teacher.access)
    report.user_ids.clear()
    with pytest.raises(Http404):
        # Neither may the uploader, once it hangs on a record that is closed to them.
        open_document(stored.id, by=cast.lead.access)
    assert events("document.opened") == []


def test_guessed_id_is_not_found(in_a, folder, cast):
    with pytest.raises(Http404):
        open_document(uuid4(), by=cast.lead.access)


def test_hidden_document_is_not_opened(stored, cast):
    Document.objects.update(deleted_at=stored.uploaded_at)
    with pytest.raises(Http404):
        open_document(stored.id, by=cast.lead.access)


def test_document_of_a_kind_nobody_answers_for_stays_shut(stored, cast):
    Document.objects.update(owner_kind="unheard-of")
    with pytest.raises(Http404):
        open_document(stored.id, by=cast.lead.access)


def _remove(path, other):
    path.unlink()


def _change_a_bit(path, other):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _cut_at_a_chunk(path, other):
    path.write_bytes(path.read_bytes()[: 65_536 + 16])


def _empty(path, other):
    path.write_bytes(b"")


def _swap(path, other):
    path.write_bytes(other.read_bytes())


@pytest.mark.fault("F9")
@pytest.mark.parametrize("harm", [_remove, _change_a_bit, _cut_at_a_chunk, _empty, _swap])
def test_missing_or_changed_document_is_refused_and_flagged(in_a, folder, stored, cast, report, harm):
    other = receive([MARKER * 4000], name="b.txt", owner=report.owner, by=cast.lead.access)
    path = object_of(folder, in_a, stored)
    whole = path.read_bytes()
    harm(path, object_of(folder, in_a, other))
    with pytest.raises(DocumentUnavailable):
        open_document(stored.id, by=cast.lead.access)
    stored.refresh_from_db()
    assert stored.state == DocumentState.MISSING
    assert [event.record_id for event in events("document.found_unavailable")] == [stored.id]
    assert events("document.opened") == []
    # Put back from a backup, it opens again.
    path.write_bytes(whole)
    assert b"".join(open_document(stored.id, by=cast.lead.access).content) == MARKER * 4000
    stored.refresh_from_db()
    assert stored.state == DocumentState.KEPT
    assert len(events("document.found_again")) == 1


@pytest.mark.attack("A2")
@pytest.mark.spec("TEN-08")
def test_object_and_row_carried_to_another_school_do_not_open(
    in_a, folder, stored, cast, cast_b, school_b, report
):
    row = Document.objects.filter(id=stored.id).values().get()
    sealed = object_of(folder, in_a, stored).read_bytes()
    with in_school(school_b):
        planted = Document.objects.create(**row | {"uploaded_by_id": cast_b.lead.user.id})
        report.user_ids.add(cast_b.lead.user.id)
        path = object_of(folder, school_b, planted)
        path.parent.mkdir(parents=True)
        path.write_bytes(sealed)
        with pytest.raises(DocumentUnavailable):
            open_document(planted.id, by=cast_b.lead.access)


@pytest.mark.fault
def test_store_or_key_away_flags_nothing(stored, cast, settings):
    settings.ENCRYPTION_ROOT_KEY = bytes(32)
    with pytest.raises(KeyUnavailable):
        open_document(stored.id, by=cast.lead.access)
    settings.DOCUMENTS_FOLDER = settings.DOCUMENTS_FOLDER + "-not-mounted"
    settings.ENCRYPTION_ROOT_KEY = bytes(range(32))
    with pytest.raises(StoreUnavailable):
        open_document(stored.id, by=cast.lead.access)
    stored.refresh_from_db()
    assert stored.state == DocumentState.KEPT
