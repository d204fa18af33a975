"""Who may do what with a document. Records decide for what hangs on them; drafts belong to the uploader."""

from uuid import UUID

from core.access import Access
from core.access.owners import get_owner
from tenant_apps.documents.enums import DRAFT_OWNER, DocumentState
from tenant_apps.documents.models import Document


def is_own_draft(access: Access, document: Document) -> bool:
    """Uploaded by this person and still with a draft."""
    return (
        document.owner_kind == DRAFT_OWNER
        and access.user_id is not None
        and document.uploaded_by_id == access.user_id
    )


def can_open(access: Access, document: Document) -> bool:
    """Own drafts' documents; else what the owning record lets this person read. Removed ones nobody opens.

    What was taken off a record stays, for those whom the record lets read what it was before.
    """
    if document.state == DocumentState.REMOVED:
        return False
    if is_own_draft(access, document):
        return document.deleted_at is None
    try:
        owner = get_owner(document.owner_kind)
    except LookupError:
        # A kind that nobody answers for stays shut.
        return False
    if document.deleted_at is not None:
        return owner.may_open_taken_off is not None and owner.may_open_taken_off(access, document.owner_id)
    if not owner.may_open(access, document.owner_id):
        return False
    return owner.shows_file is None or owner.shows_file(access, document.owner_id, document.pk)


def can_attach(access: Access, kind: str, owner_id: UUID) -> bool:
    """Whether the owner takes files from this person; asking may make an empty draft of a free id."""
    try:
        owner = get_owner(kind)
    except LookupError:
        return False
    return owner.may_attach is not None and owner.may_attach(access, owner_id)


def can_remove(access: Access, document: Document) -> bool:
    """Only one's own, only before it belongs to a record."""
    return is_own_draft(access, document) and document.deleted_at is None
