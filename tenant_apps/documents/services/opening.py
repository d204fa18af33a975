"""Content on its way out, after a whole reading found nothing missing or changed."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from core.access import SYSTEM, Access
from core.audit.services import record
from core.crypto import (
    Tampered,
    document_key,
    open_stream,
    school_key,
)
from core.tenancy import current_school
from tenant_apps.documents.adapters.choosing import get_store
from tenant_apps.documents.adapters.storage import ObjectMissing
from tenant_apps.documents.enums import DocumentState
from tenant_apps.documents.models import Document
from tenant_apps.documents.selectors import get_document, students_of
from tenant_apps.documents.services.receiving import state_with

logger = logging.getLogger(__name__)


class DocumentUnavailable(Exception):  # noqa: N818 -- named for what is so
    """The content is not there as it was stored; the document is flagged and nothing of it was served."""


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
        _flag(document, state_with(document.owner_kind), "Found", by=by)
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
