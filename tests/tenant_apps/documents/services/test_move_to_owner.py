"""A draft's documents go to the record it became, and nobody else's do."""

from uuid import uuid4

import pytest

from tenant_apps.documents.enums import DocumentState
from tenant_apps.documents.selectors import documents_of, students_of
from tenant_apps.documents.services import move_to_owner, receive
from tests.tenant_apps.documents.conftest import MARKER, events


@pytest.fixture
def draft_id():
    return uuid4()


@pytest.fixture
def in_draft(in_a, folder, cast, draft_id):
    return receive([MARKER], name="a.txt", owner=("draft", draft_id), by=cast.teacher.access)


@pytest.mark.spec("INC-37")
@pytest.mark.spec("ACT-18")
@pytest.mark.spec("DOC-03")
def test_documents_of_a_draft_move_to_its_record_and_into_vaults(
    in_draft, draft_id, cast, students_a, report
):
    ids = [student.id for student in students_a[:2]]
    moved = move_to_owner(
        from_owner=("draft", draft_id), to_owner=report.owner, student_ids=ids, by=cast.teacher.access
    )
    assert moved == [in_draft.id]
    assert documents_of("draft", [draft_id]) == {}
    assert [found.name for found in documents_of("report", [report.record_id])[report.record_id]] == ["a.txt"]
    assert students_of(in_draft.id) == ids
    in_draft.refresh_from_db()
    assert in_draft.state == DocumentState.KEPT
    (event,) = events("document.attached")
    assert (event.record_kind, event.record_id, list(event.student_ids)) == ("report", report.record_id, ids)


def test_moving_twice_moves_once(in_draft, draft_id, cast, students_a, report):
    for expected in ([in_draft.id], []):
        assert expected == move_to_owner(
            from_owner=("draft", draft_id),
            to_owner=report.owner,
            student_ids=[students_a[0].id],
            by=cast.teacher.access,
        )
    assert len(events("document.attached")) == 1
    assert len(students_of(in_draft.id)) == 1


def test_another_persons_document_is_not_taken_along(in_draft, draft_id, cast, report):
    assert move_to_owner(from_owner=("draft", draft_id), to_owner=report.owner, by=cast.lead.access) == []
    in_draft.refresh_from_db()
    assert in_draft.owner_id == draft_id


def test_only_the_named_documents_are_moved(in_draft, draft_id, cast, report):
    second = receive([MARKER], name="b.txt", owner=("draft", draft_id), by=cast.teacher.access)
    moved = move_to_owner(
        from_owner=("draft", draft_id),
        to_owner=report.owner,
        document_ids=[second.id, uuid4()],
        by=cast.teacher.access,
    )
    assert moved == [second.id]


def test_documents_of_many_owners_take_one_query(in_a, folder, cast, django_assert_num_queries):
    drafts = [uuid4() for _ in range(3)]
    for draft_id in drafts:
        receive([MARKER], name="a.txt", owner=("draft", draft_id), by=cast.teacher.access)
    for count in (1, 3):
        with django_assert_num_queries(1):
            assert set(documents_of("draft", drafts[:count])) == set(drafts[:count])
    with django_assert_num_queries(0):
        assert documents_of("draft", []) == {}
