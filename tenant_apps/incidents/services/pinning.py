"""Pins: what editors hold at the top of a student's chronology."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.incidents.models import IncidentStudent
from tenant_apps.incidents.selectors.finding import get_incident, is_listed
from tenant_apps.incidents.services.editing import assert_edits
from tenant_apps.students.selectors import visible_among


@transaction.atomic
def pin_incident(*, incident_id: UUID, student_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Puts an incident at the top of this student's chronology, above what was pinned before.

    Pinned once more it stays where it is. Raises Http404 for an incident or a log that the person may not
    read, and for a student who takes no part in it with the full text; PermissionDenied for who is no editor.
    """
    part = _hold_part(incident_id, student_id, by)
    if part.pinned_at is None:
        _set(part, at or now(), "incident.pinned", by, at)


@transaction.atomic
def unpin_incident(*, incident_id: UUID, student_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Lets it stand in its place by date again; raises as `pin_incident`."""
    part = _hold_part(incident_id, student_id, by)
    if part.pinned_at is not None:
        _set(part, None, "incident.unpinned", by, at)


def _hold_part(incident_id: UUID, student_id: UUID, by: Access) -> IncidentStudent:
    assert_edits(by)
    get_incident(by, incident_id, for_update=True)
    parts = IncidentStudent.objects.filter(incident=incident_id, student=student_id, shows_full=True)
    part = parts.select_for_update().first()
    if part is None or not is_listed(by, incident_id) or not visible_among(by, [student_id]):
        raise Http404("no such incident in this log")
    return part


def _set(
    part: IncidentStudent, pinned_at: datetime | None, event: str, by: Access, at: datetime | None
) -> None:
    part.pinned_at = pinned_at
    part.save(update_fields=["pinned_at"])
    record(event, by=by, students=[part.student_id], record=("incident", part.incident_id), at=at)
