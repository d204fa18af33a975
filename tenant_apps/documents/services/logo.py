"""The school's logo."""

import base64
import logging
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.crypto import (
    KeyUnavailable,
)
from core.db.clock import now
from core.tenancy import current_school
from tenant_apps.documents.adapters.logo import as_logo
from tenant_apps.documents.adapters.pictures import NotAPictureError
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.enums import LOGO_OWNER
from tenant_apps.documents.models import Document
from tenant_apps.documents.selectors import logo_id
from tenant_apps.documents.services.opening import DocumentUnavailable, read_document
from tenant_apps.documents.services.receiving import UploadRefused, receive
from tenant_apps.documents.services.removing import remove
from tenant_apps.school_settings.services import update_settings

logger = logging.getLogger(__name__)


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
        remove(former, by=by, reason="logo-replaced", at=at or now())


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
