"""Files on their way in: refused, or sealed as they arrive and stored before their rows."""

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.crypto import (
    KeyUnavailable,
    Sealer,
    new_document_key,
    school_key,
)
from core.db.clock import now
from core.db.keys import uuid7
from core.tenancy import current_school
from tenant_apps.documents.adapters.choosing import get_store
from tenant_apps.documents.adapters.content import HEAD_BYTES, sniff
from tenant_apps.documents.adapters.names import clean_name
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.enums import DRAFT_OWNER, DocumentState
from tenant_apps.documents.models import Document, DocumentStudent

logger = logging.getLogger(__name__)

Owner = tuple[str, UUID]


class UploadRefused(Exception):  # noqa: N818 -- named for what is so
    """The file was not taken. `sentence` tells the person why and what to do; `status` is for the answer."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


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
            state=state_with(kind),
        )
        add_students(document.id, student_ids)
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


def add_students(document_id: UUID, student_ids: Iterable[UUID]) -> None:
    DocumentStudent.objects.bulk_create(
        [DocumentStudent(document_id=document_id, student_id=student_id) for student_id in student_ids],
        ignore_conflicts=True,
    )


def state_with(owner_kind: str) -> DocumentState:
    return DocumentState.DRAFT if owner_kind == DRAFT_OWNER else DocumentState.KEPT
