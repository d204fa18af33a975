"""Reads of documents. Content is read through services, which write the audit event."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from core.access import Access
from tenant_apps.documents.enums import DRAFT_OWNER, DocumentState
from tenant_apps.documents.models import Document, DocumentStudent
from tenant_apps.documents.permissions import can_attach, can_open, can_remove
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.permissions import can_use_files


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as lists show it. Whether its page opens is decided there, by the owning record."""

    id: UUID
    name: str
    size: int
    content_type: str
    opens_inline: bool
    is_missing: bool
    uploaded_at: datetime
    uploaded_by_id: UUID | None
    sha256: str

    @property
    def url(self) -> str:
        return reverse("documents:open", args=[self.id])

    @property
    def remove_url(self) -> str:
        """Where the uploader takes it out of a draft."""
        return reverse("documents:remove", args=[self.id])

    @property
    def is_image(self) -> bool:
        """A picture that may be shown in the page."""
        return self.opens_inline and self.content_type.startswith("image/")

    @property
    def opens_in_tab(self) -> bool:
        """Shown by the browser in a tab of its own, not downloaded."""
        return self.opens_inline

    @property
    def may_open(self) -> bool:
        """False for a document that storage lost: its name stands, its link does not."""
        return not self.is_missing


def documents_of(kind: str, ids: Iterable[UUID]) -> dict[UUID, list[DocumentView]]:
    """What hangs on these owners, oldest first, in one query; owners without documents have no key.

    For the app that owns the records, which has decided that the reader may see them.
    """
    found: defaultdict[UUID, list[DocumentView]] = defaultdict(list)
    ids = list(ids)
    if not ids:
        return {}
    rows = (
        Document.objects.filter(owner_kind=kind, owner_id__in=ids, deleted_at__isnull=True)
        .order_by("id")
        .defer("wrapped_key")
    )
    for document in rows:
        found[document.owner_id].append(_view(document))
    return dict(found)


def taken_off(kind: str, owner_id: UUID) -> list[DocumentView]:
    """What was taken off this record, oldest first. For those who may read what it was before."""
    rows = Document.objects.filter(owner_kind=kind, owner_id=owner_id, deleted_at__isnull=False)
    return [_view(document) for document in rows.order_by("id").defer("wrapped_key")]


def document_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these documents, of those taken off a record too. For callers who may name them."""
    ids = set(ids)
    return dict(Document.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


def get_document(access: Access, document_id: UUID) -> Document:
    """A document this person may open; Http404 for a guessed id, another's, a hidden or a removed one.

    PermissionDenied for somebody who reads the record but has no "Files".
    """
    document = Document.objects.filter(id=document_id).first()
    if document is None or not can_open(access, document):
        raise Http404
    if not can_use_files(access):
        raise PermissionDenied
    return document


def get_removable(access: Access, document_id: UUID) -> Document:
    """A document this person may still take out of a draft, locked for it; Http404 otherwise."""
    document = Document.objects.select_for_update().filter(id=document_id).first()
    if document is None or not can_remove(access, document):
        raise Http404
    return document


def students_of(document_id: UUID) -> list[UUID]:
    """The students in whose vaults the document stands."""
    return list(
        DocumentStudent.objects.filter(document_id=document_id)
        .order_by("id")
        .values_list("student_id", flat=True)
    )


def students_with_documents(student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these students in whose vault something stands, or stood."""
    shown = DocumentStudent.objects.filter(student__in=student_ids)
    return set(shown.values_list("student_id", flat=True).distinct())


def count_in_draft(access: Access, draft_id: UUID) -> int:
    """How many documents are with a draft that takes this person's; Http404 for another's or a sent one.

    PermissionDenied for somebody without "Files", who adds none.
    """
    if not can_use_files(access):
        raise PermissionDenied
    if not can_attach(access, DRAFT_OWNER, draft_id):
        raise Http404
    return Document.objects.filter(owner_kind=DRAFT_OWNER, owner_id=draft_id, deleted_at__isnull=True).count()


def logo_id() -> UUID | None:
    """The document that is the school's logo, if it has one."""
    return get_settings().logo_document


def logo_url(request: HttpRequest) -> str:
    """Where the logo is found, for the frame of the login page; empty without one and outside schools."""
    if getattr(request, "school", None) is None or (document_id := logo_id()) is None:
        return ""
    # Browsers keep it for a while; another logo has another address.
    return f"{reverse('documents:logo')}?{document_id.hex[-12:]}"


def _view(document: Document) -> DocumentView:
    return DocumentView(
        id=document.id,
        name=document.name,
        size=document.size,
        content_type=document.content_type,
        opens_inline=document.opens_inline,
        is_missing=document.state == DocumentState.MISSING,
        uploaded_at=document.uploaded_at,
        uploaded_by_id=document.uploaded_by_id,
        sha256=document.sha256,
    )
