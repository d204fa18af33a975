"""Who may not see an incident, set and lifted by editors and administrators."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.incidents.models import BlockedReader, Incident
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import active_among, keepers_of_blocks
from tenant_apps.students.services import NobodyLeftError


@transaction.atomic
def block_incident_reader(
    *, incident_id: UUID, user_id: UUID, by: Access, at: datetime | None = None
) -> None:
    """From now on this person does not see the incident, by alert or assignment neither.

    Raises Http404 for an incident that `by` may not read, PermissionDenied without the right to block,
    NobodyLeftError where nobody would be left to lift a block. Blocking somebody twice is blocking once.
    """
    incident = _held(incident_id, by)
    if user_id not in active_among([user_id]):
        raise PermissionDenied("Only active members of staff can be blocked.")
    students = list(incident.participants.values_list("student", flat=True))
    if not keepers_of_blocks() - barred_from(students, incident_id=incident_id) - {user_id}:
        raise NobodyLeftError
    set_at = at or now()
    _, is_new = BlockedReader.objects.get_or_create(
        incident=incident,
        user_id=user_id,
        lifted_at=None,
        defaults={"set_by_id": by.user_id, "set_at": set_at},
    )
    if is_new:
        _note("incident.reader_blocked", incident, user_id, by, set_at)


@transaction.atomic
def lift_incident_block(*, incident_id: UUID, user_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Ends the block. Nobody lifts their own: to them the incident is not there (Http404)."""
    incident = _held(incident_id, by)
    lifted_at = at or now()
    standing = BlockedReader.objects.filter(incident=incident, user_id=user_id, lifted_at=None)
    if standing.update(lifted_at=lifted_at, lifted_by_id=by.user_id):
        _note("incident.reader_unblocked", incident, user_id, by, lifted_at)


def _held(incident_id: UUID, by: Access) -> Incident:
    """Two people who block each other at once wait for one another: one of them is left."""
    if not can_block_readers(by):
        raise PermissionDenied("Only editors and administrators say who may not see a record.")
    return get_incident(by, incident_id, for_update=True)


def _note(event: str, incident: Incident, user_id: UUID, by: Access, at: datetime) -> None:
    record(
        event,
        by=by,
        students=incident.participants.values_list("student", flat=True),
        record=("incident", incident.pk),
        detail={"user": user_id},
        at=at,
    )
