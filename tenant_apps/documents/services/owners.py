"""What a document hangs on: from a draft to its record, to further pupils, off again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.documents.enums import DocumentState
from tenant_apps.documents.models import Document, DocumentStudent
from tenant_apps.documents.selectors import students_of
from tenant_apps.documents.services.receiving import Owner, add_students, state_with


@transaction.atomic
def move_to_owner(
    *,
    from_owner: Owner,
    to_owner: Owner,
    by: Access,
    student_ids: Iterable[UUID] = (),
    document_ids: Iterable[UUID] | None = None,
    uploaded_by: UUID | None = None,
    at: datetime | None = None,
) -> list[UUID]:
    """Hands a draft's documents over to the record it became, and puts them into these students' vaults.

    Takes only what hangs on `from_owner` and was uploaded by `uploaded_by` (by default the person acting), so
    that nobody smuggles a file into another's entry; `document_ids` takes fewer. Returns the ids it moved;
    doing it twice moves nothing more.
    """
    student_ids = list(student_ids)
    waiting = Document.objects.filter(
        owner_kind=from_owner[0],
        owner_id=from_owner[1],
        uploaded_by_id=uploaded_by or by.user_id,
        deleted_at__isnull=True,
    )
    if document_ids is not None:
        waiting = waiting.filter(id__in=list(document_ids))
    documents = list(waiting.select_for_update().order_by("id"))
    for document in documents:
        document.owner_kind, document.owner_id = to_owner
        if document.state != DocumentState.MISSING:
            document.state = state_with(to_owner[0])
        document.save(update_fields=["owner_kind", "owner_id", "state"])
        add_students(document.id, student_ids)
    moved = [document.id for document in documents]
    if moved:
        record(
            "document.attached",
            by=by,
            students=student_ids,
            record=to_owner,
            detail={"documents": moved},
            at=at,
        )
    return moved


@transaction.atomic
def show_to_students(
    *, owner: Owner, student_ids: Iterable[UUID], by: Access, at: datetime | None = None
) -> list[UUID]:
    """Puts a record's documents into more students' vaults too; returns the ids of the documents."""
    student_ids = list(student_ids)
    documents = list(
        Document.objects.filter(owner_kind=owner[0], owner_id=owner[1], deleted_at__isnull=True)
        .order_by("id")
        .values_list("id", flat=True)
    )
    for document_id in documents:
        add_students(document_id, student_ids)
    if documents and student_ids:
        record(
            "document.shared",
            by=by,
            students=student_ids,
            record=owner,
            detail={"documents": documents},
            at=at,
        )
    return documents


@transaction.atomic
def take_from_students(
    *, owners: Iterable[Owner], student_ids: Iterable[UUID], by: Access, at: datetime | None = None
) -> None:
    """Takes these records' documents out of the vaults of students who have no part in them any more."""
    student_ids = list(student_ids)
    shown = DocumentStudent.objects.filter(document__in=_hanging_on(owners), student__in=student_ids)
    documents = sorted(set(shown.values_list("document_id", flat=True)))
    if documents:
        shown.delete()
        record("document.unshared", by=by, students=student_ids, detail={"documents": documents}, at=at)


@transaction.atomic
def take_off(
    *, owner: Owner, document_ids: Iterable[UUID], by: Access, at: datetime | None = None
) -> list[UUID]:
    """Takes documents off a record: no list has them any more, and nothing of them is erased.

    Whoever may read what the record was before still opens them. Returns the ids of those taken off now.
    """
    hanging = Document.objects.filter(owner_kind=owner[0], owner_id=owner[1], deleted_at__isnull=True)
    documents = list(hanging.filter(id__in=list(document_ids)).select_for_update().order_by("id"))
    for document in documents:
        document.deleted_at, document.deleted_by_id = at or now(), by.user_id
        document.deletion_reason = "taken-off"
        document.save(update_fields=["deleted_at", "deleted_by", "deletion_reason"])
        record(
            "document.taken_off",
            by=by,
            students=students_of(document.id),
            record=("document", document.id),
            detail={"owner_kind": owner[0], "owner": owner[1]},
            at=at,
        )
    return [document.id for document in documents]


@transaction.atomic
def hand_over(*, from_owner: Owner, to_owner: Owner, by: Access, at: datetime | None = None) -> list[UUID]:
    """Hangs everything of one record on another that it has become, what was taken off included.

    They stay in the vaults they stand in. For a service that has found that `by` may do this to both.
    """
    documents = sorted(_hanging_on([from_owner]).values_list("id", flat=True))
    Document.objects.filter(id__in=documents).update(owner_kind=to_owner[0], owner_id=to_owner[1])
    if documents:
        record("document.handed_over", by=by, record=to_owner, detail={"documents": documents}, at=at)
    return documents


def _hanging_on(owners: Iterable[Owner]) -> QuerySet[Document]:
    """All documents of these records, those taken off included."""
    condition = Q(pk__in=[])
    for kind, owner_id in owners:
        condition |= Q(owner_kind=kind, owner_id=owner_id)
    return Document.objects.filter(condition)
