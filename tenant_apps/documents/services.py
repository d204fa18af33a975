"""Writes of documents: receiving, handing over to records, removing, opening, sweeping.

Content is sealed as it arrives and opened as it leaves; it is never whole in memory and never in clear on
disk. The object is stored before its row: what is killed in between leaves an object that no row names and
nobody can open, for the sweep to remove.
"""

import base64
import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from core.access import SYSTEM, Access
from core.audit.services import record
from core.crypto import (
    KeyUnavailable,
    Sealer,
    Tampered,
    document_key,
    new_document_key,
    open_stream,
    school_key,
)
from core.db.clock import now
from core.db.keys import uuid7
from core.tenancy import current_school
from tenant_apps.documents.adapters.choosing import get_store
from tenant_apps.documents.adapters.content import HEAD_BYTES, sniff
from tenant_apps.documents.adapters.logo import as_logo
from tenant_apps.documents.adapters.names import clean_name
from tenant_apps.documents.adapters.pictures import NotAPictureError
from tenant_apps.documents.adapters.storage import ObjectMissing, StoreUnavailable
from tenant_apps.documents.enums import DRAFT_OWNER, LOGO_OWNER, DocumentState
from tenant_apps.documents.models import Document, DocumentStudent
from tenant_apps.documents.selectors import get_document, get_removable, logo_id, students_of
from tenant_apps.school_settings.services import update_settings

logger = logging.getLogger(__name__)

Owner = tuple[str, UUID]

# An object younger than this may belong to an upload that has not committed yet.
ORPHAN_AGE = timedelta(hours=24)
# A draft is hidden 30 days after it was last touched; this is well after any draft still in use.
DRAFT_AGE = timedelta(days=90)
SWEEP_BATCH = 500


class UploadRefused(Exception):  # noqa: N818 -- named for what is so
    """The file was not taken. `sentence` tells the person why and what to do; `status` is for the answer."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class DocumentUnavailable(Exception):  # noqa: N818 -- named for what is so
    """The content is not there as it was stored; the document is flagged and nothing of it was served."""


def too_large(max_bytes: int) -> UploadRefused:
    """The refusal of a file beyond this size."""
    megabytes = max_bytes // (1024 * 1024)
    return UploadRefused(f"The file is larger than {megabytes} MB, which is the most that can be added.", 413)


def store_refused() -> UploadRefused:
    """The refusal while the store, or the key, is out of reach."""
    return UploadRefused(
        "The file could not be stored just now and was not added. Try again in a minute.", 503
    )


class Intake:
    """One file on its way in: `write` as it arrives, then `finish`, or `abort`.

    Raises UploadRefused from every method but `abort`; after it nothing is stored and no row exists.
    """

    def __init__(
        self, *, name: str, owner: Owner, by: Access, max_bytes: int | None = None, at: datetime | None = None
    ) -> None:
        school = current_school()
        self._name, self._owner, self._by, self._at = name, owner, by, at
        self._max_bytes = max_bytes or settings.DOCUMENT_MAX_BYTES
        self._id = uuid7()
        self._head = bytearray()
        self._size = 0
        self._digest = hashlib.sha256()
        try:
            key, self._wrapped_key = new_document_key(
                school_key=school_key(school),
                school_id=school.id,
                document_id=self._id,
            )
            self._sealer = Sealer(key=key, school_id=school.id, document_id=self._id)
            self._writer = get_store().writer(school.id, self._id)
        except (KeyUnavailable, StoreUnavailable) as fault:
            logger.error("An upload was refused: %s", fault)
            raise store_refused() from None

    def write(self, content: bytes) -> None:
        """Seals and stores what has arrived."""
        self._size += len(content)
        if self._size > self._max_bytes:
            self.abort()
            raise too_large(self._max_bytes)
        self._digest.update(content)
        if len(self._head) < HEAD_BYTES:
            self._head += content[: HEAD_BYTES - len(self._head)]
        self._store(self._sealer.update(content))

    def finish(self, *, student_ids: Iterable[UUID] = ()) -> Document:
        """Makes the object durable, then the row with its audit event."""
        if not self._size:
            self.abort()
            raise UploadRefused("The file is empty. Choose it again, or another one.", 400)
        self._store(self._sealer.finish())
        try:
            self._writer.commit()
        except StoreUnavailable as fault:
            self._refuse(fault)
        return self._make_row(list(student_ids))

    def abort(self) -> None:
        """Drops an unfinished object. A finished one without a row is left to the sweep."""
        self._writer.abort()

    @transaction.atomic
    def _make_row(self, student_ids: list[UUID]) -> Document:
        content = sniff(bytes(self._head))
        kind, owner_id = self._owner
        document = Document.objects.create(
            id=self._id,
            name=clean_name(self._name, extensions=content.extensions),
            content_type=content.content_type,
            opens_inline=content.opens_inline,
            size=self._size,
            sha256=self._digest.hexdigest(),
            wrapped_key=self._wrapped_key,
            owner_kind=kind,
            owner_id=owner_id,
            uploaded_by_id=self._by.user_id,
            uploaded_at=self._at or now(),
            state=_state_with(kind),
        )
        _add_students(document.id, student_ids)
        record(
            "document.uploaded",
            by=self._by,
            students=student_ids,
            record=("document", document.id),
            detail={"owner_kind": kind, "owner": owner_id, "size": self._size},
            at=self._at,
        )
        return document

    def _store(self, sealed: bytes) -> None:
        if not sealed:
            return
        try:
            self._writer.write(sealed)
        except StoreUnavailable as fault:
            self._refuse(fault)

    def _refuse(self, fault: StoreUnavailable) -> None:
        self.abort()
        logger.error("An upload was refused: %s", fault)
        raise store_refused() from None


def receive(
    content: Iterable[bytes],
    *,
    name: str,
    owner: Owner,
    by: Access,
    student_ids: Iterable[UUID] = (),
    max_bytes: int | None = None,
    at: datetime | None = None,
) -> Document:
    """Stores a file given in pieces for a draft or a record; `max_bytes` is DOCUMENT_MAX_BYTES by default.

    Raises UploadRefused; whatever happens, either the document is whole and listed or nothing of it is.
    """
    intake = Intake(name=name, owner=owner, by=by, max_bytes=max_bytes, at=at)
    try:
        for piece in content:
            intake.write(piece)
    except BaseException:
        intake.abort()
        raise
    return intake.finish(student_ids=student_ids)


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
            document.state = _state_with(to_owner[0])
        document.save(update_fields=["owner_kind", "owner_id", "state"])
        _add_students(document.id, student_ids)
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
        _add_students(document_id, student_ids)
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


@transaction.atomic
def remove_from_draft(document_id: UUID, *, by: Access, at: datetime | None = None) -> None:
    """Takes one's own document out of a draft; Http404 otherwise. The sweep erases the object."""
    document = get_removable(by, document_id)
    _remove(document, by=by, reason="removed-from-draft", at=at or now())


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
        _remove(document, by=by, reason="input-used", at=at or now())
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
        _remove(document, by=by, reason="draft-abandoned", at=at or now())
    return len(documents)


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document about to leave: `content` is what was uploaded, in pieces, read through once already."""

    id: UUID
    name: str
    content_type: str
    opens_inline: bool
    size: int
    content: Iterator[bytes]


def open_document(document_id: UUID, *, by: Access) -> OpenedDocument:
    """Opens a document for a person and writes `document.opened`.

    Reads it through before the first byte leaves: a document that is missing or changed is flagged and
    refused as a whole (DocumentUnavailable). Http404 when the person may not open it; StoreUnavailable or
    KeyUnavailable when nothing can be said just now.
    """
    document = get_document(by, document_id)
    content = _verified(document, by=by)
    with transaction.atomic():
        record("document.opened", by=by, students=students_of(document.id), record=("document", document.id))
    return OpenedDocument(
        document.id, document.name, document.content_type, document.opens_inline, document.size, content
    )


def read_document(document_id: UUID) -> Iterator[bytes]:
    """The content for the product itself (an import reading what was uploaded), verified like any other.

    No audit event: whoever calls this on behalf of a person writes their own.
    """
    return _verified(Document.objects.get(id=document_id, deleted_at__isnull=True), by=SYSTEM)


@transaction.atomic
def set_logo(content: bytes, *, by: Access, at: datetime | None = None) -> Document:
    """Makes a picture the school's logo in place of the one before. Administrators only.

    Raises PermissionDenied, and UploadRefused with a sentence for what is no picture.
    """
    if not by.is_administrator:
        raise PermissionDenied
    try:
        picture = as_logo(content)
    except NotAPictureError as fault:
        raise UploadRefused(str(fault), 422) from None
    remove_logo(by=by, at=at)
    document = receive([picture], name="logo.png", owner=(LOGO_OWNER, current_school().id), by=by, at=at)
    update_settings(by=by, at=at, logo_document=document.id)
    return document


@transaction.atomic
def remove_logo(*, by: Access, at: datetime | None = None) -> None:
    """The school has no logo any more; the sweep erases the picture. Administrators only."""
    if not by.is_administrator:
        raise PermissionDenied
    update_settings(by=by, at=at, logo_document=None)
    for former in Document.objects.select_for_update().filter(
        owner_kind=LOGO_OWNER, owner_id=current_school().id, deleted_at__isnull=True
    ):
        _remove(former, by=by, reason="logo-replaced", at=at or now())


def read_logo() -> bytes | None:
    """The school's logo as a PNG, for everybody; None without one, and while it cannot be read.

    A page or a print without its logo is better than none.
    """
    document_id = logo_id()
    if document_id is None:
        return None
    try:
        return b"".join(read_document(document_id))
    except (Document.DoesNotExist, DocumentUnavailable, StoreUnavailable, KeyUnavailable) as fault:
        logger.error("The logo cannot be read: %s", type(fault).__name__)
        return None


def logo_for_print() -> str:
    """The logo as the `data:` picture that the head of a PDF takes; empty without one."""
    picture = read_logo()
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else ""


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
                _remove(document, by=SYSTEM, reason="draft-abandoned", at=moment)
                removed += 1
    return removed


def _verified(document: Document, *, by: Access) -> Iterator[bytes]:
    """The content, after one whole reading found nothing missing or changed."""
    school = current_school()
    key_of_school = school_key(school)
    store = get_store()
    place = {"school_id": school.id, "document_id": document.id}

    def content() -> Iterator[bytes]:
        key = document_key(document.wrapped_key, school_key=key_of_school, **place)
        yield from open_stream(store.read(**place), key=key, **place)

    try:
        size = sum(len(piece) for piece in content())
        if size != document.size:
            raise Tampered("The length is not the one that was stored.")
        # Begins to read when the first byte is asked for: what nobody asks for holds no file open.
        opened = content()
    except (ObjectMissing, Tampered) as fault:
        _flag(document, DocumentState.MISSING, type(fault).__name__, by=by)
        raise DocumentUnavailable from None
    if document.state == DocumentState.MISSING:
        _flag(document, _state_with(document.owner_kind), "Found", by=by)
    return opened


@transaction.atomic
def _flag(document: Document, state: DocumentState, finding: str, *, by: Access) -> None:
    document.state = state
    document.save(update_fields=["state"])
    event = "document.found_unavailable" if state == DocumentState.MISSING else "document.found_again"
    record(
        event,
        by=by,
        students=students_of(document.id),
        record=("document", document.id),
        detail={"finding": finding},
    )
    logger.error("Document %s: %s", document.id, finding)


def _remove(document: Document, *, by: Access, reason: str, at: datetime) -> None:
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


def _hanging_on(owners: Iterable[Owner]) -> QuerySet[Document]:
    """All documents of these records, those taken off included."""
    condition = Q(pk__in=[])
    for kind, owner_id in owners:
        condition |= Q(owner_kind=kind, owner_id=owner_id)
    return Document.objects.filter(condition)


def _add_students(document_id: UUID, student_ids: Iterable[UUID]) -> None:
    DocumentStudent.objects.bulk_create(
        [DocumentStudent(document_id=document_id, student_id=student_id) for student_id in student_ids],
        ignore_conflicts=True,
    )


def _state_with(owner_kind: str) -> DocumentState:
    return DocumentState.DRAFT if owner_kind == DRAFT_OWNER else DocumentState.KEPT
