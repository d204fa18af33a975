"""Audit of reading what the dashboards put together."""

from django.db import transaction

from core.access import Access
from core.audit.services import record
from tenant_apps.dashboard.selectors import MorningSheet


@transaction.atomic
def note_morning_sheet(sheet: MorningSheet, *, is_printed: bool, by: Access) -> None:
    """Writes that this person read the morning sheet, or made a PDF of it, and whom it named."""
    event = "morning_sheet.printed" if is_printed else "morning_sheet.viewed"
    record(event, by=by, students=sorted(sheet.student_ids))
