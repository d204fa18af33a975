"""That somebody looked at what was done about a pupil is known as well."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import Access
from core.audit.services import record, record_download


@transaction.atomic
def note_report_viewed(*, student_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The event of a page of "Audit Report"."""
    record("audit_report.viewed", by=by, students=[student_id], record=("student", student_id), at=at)


def note_report_exported(*, student_id: UUID, by: Access) -> None:
    """The event of a CSV file of "Audit Report", before its first byte leaves."""
    record_download("audit_report.exported", by=by, students=[student_id], record=("student", student_id))
