"""Documents removed: from drafts, with what was given up, and for good after their time."""

from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction

from core.access import SYSTEM, Access
from core.audit.services import record
from core.db.clock import now
from core.tenancy import current_school
from tenant_apps.documents.adapters.choosing import get_store
from tenant_apps.documents.enums import DRAFT_OWNER, DocumentState
from tenant_apps.documents.models import Document
from tenant_apps.documents.selectors import get_removable
from tenant_apps.documents.services.receiving import Owner

# An object younger than this may belong to an upload that has not committed yet.
ORPHAN_AGE = timedelta(hours=24)
# A draft is hidden 30 days after it was last touched; this is well after any draft still in use.
DRAFT_AGE = timedelta(days=90)
SWEEP_BATCH = 500


@transaction.atomic
def remove_from_draft(document_id: UUID, *, by: Access, at: datetime | None = None) -> None:
    """Takes one's own document out of a draft; Http404 otherwise. The sweep erases the object."""
    document = get_removable(by, document_id)
    remove(document, by=by, reason="removed-from-draft", at=at or now())


@transaction.atomic
def discard_input(owner: Owner, *, by: Access = SYSTEM, at: datetime | None = None) -> int:
    """Removes files that were only the input of a job, such as an extract; the sweep erases the objects.

    For owners that no person opens files of. Returns how many it removed.
    """
    documents = list(
        Document.objects.select_for_update().filter(
            owner_kind=owner[0], owner_id=owner[1], deleted_at__isnull=True
        )
    )
    for document in documents:
        remove(document, by=by, reason="input-used", at=at or now())
    return len(documents)


@transaction.atomic
def abandon_draft(draft_id: UUID, *, by: Access = SYSTEM, at: datetime | None = None) -> int:
    """Removes what hangs on a draft that nobody will send; returns how many documents."""
    documents = list(
        Document.objects.select_for_update().filter(
            owner_kind=DRAFT_OWNER, owner_id=draft_id, deleted_at__isnull=True
        )
    )
    for document in documents:
        remove(document, by=by, reason="draft-abandoned", at=at or now())
    return len(documents)


def erase_removed(*, at: datetime | None = None) -> int:
    """Erases the objects of documents that were removed before they belonged to a record."""
    school_id, store = current_school().id, get_store()
    removed = Document.objects.filter(state=DocumentState.REMOVED, erased_at__isnull=True).order_by("id")
    erased = 0
    for document in removed[:SWEEP_BATCH]:
        store.delete(school_id, document.id)
        with transaction.atomic():
            document.erased_at = at or now()
            document.save(update_fields=["erased_at"])
            record("document.erased", by=SYSTEM, record=("document", document.id), at=at)
        erased += 1
    return erased


def sweep_orphans(*, at: datetime | None = None) -> int:
    """Removes objects that no row names, older than a day: their writer was killed before it committed.

    Nothing readable is lost: the key that opens an object stands in its row.
    """
    school_id, store, moment = current_school().id, get_store(), at or now()
    before = moment - ORPHAN_AGE
    swept = store.sweep_unfinished(school_id, before)
    old = (stored.document_id for stored in store.objects(school_id) if stored.modified_at < before)
    while batch := list(islice(old, SWEEP_BATCH)):
        known = set(Document.objects.filter(id__in=batch).values_list("id", flat=True))
        for document_id in batch:
            if document_id not in known:
                store.delete(school_id, document_id)
                swept += 1
    if swept:
        with transaction.atomic():
            record("document.orphans_swept", by=SYSTEM, detail={"count": swept}, at=at)
    return swept


def sweep_abandoned_drafts(*, at: datetime | None = None) -> int:
    """Removes documents that have waited with a draft far longer than any draft stands."""
    moment = at or now()
    stale = Document.objects.filter(state=DocumentState.DRAFT, uploaded_at__lt=moment - DRAFT_AGE)
    removed = 0
    for document_id in list(stale.values_list("id", flat=True)[:SWEEP_BATCH]):
        with transaction.atomic():
            document = Document.objects.select_for_update().get(id=document_id)
            if document.state == DocumentState.DRAFT:
                remove(document, by=SYSTEM, reason="draft-abandoned", at=moment)
                removed += 1
    return removed


def remove(document: Document, *, by: Access, reason: str, at: datetime) -> None:
    document.state = DocumentState.REMOVED
    document.deleted_at, document.deleted_by_id, document.deletion_reason = at, by.user_id, reason
    document.save(update_fields=["state", "deleted_at", "deleted_by", "deletion_reason"])
    record(
        "document.removed",
        by=by,
        record=("document", document.id),
        detail={"owner": document.owner_id, "reason": reason},
        at=at,
    )
