"""That somebody looked at what a user did is known as well."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record, record_download


@transaction.atomic
def note_audits_viewed(*, user_id: UUID, by: Access) -> None:
    """The event of a page of "Audits"."""
    _administrators_only(by)
    record("audit.viewed", by=by, record=("user", user_id))


@transaction.atomic
def note_security_log_viewed(*, user_id: UUID, by: Access) -> None:
    """The event of the "Security log"."""
    _administrators_only(by)
    record("security_log.viewed", by=by, record=("user", user_id))


def note_audits_exported(
    *, user_id: UUID, by: Access, event: str = "", student_id: UUID | None = None
) -> None:
    """The event of a CSV file of "Audits", with what was asked for, before its first byte leaves."""
    _administrators_only(by)
    record_download(
        "audit.exported",
        by=by,
        students=[student_id] if student_id else [],
        record=("user", user_id),
        detail={"event": event},
    )


def _administrators_only(by: Access) -> None:
    if not by.is_administrator:
        raise PermissionDenied
