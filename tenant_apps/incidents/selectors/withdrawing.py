"""Which alerts to an incident somebody may withdraw, and what they may know of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from core.access import Access
from core.db.clock import now
from tenant_apps.alerts.permissions import may_withdraw
from tenant_apps.alerts.selectors import AlertStatus, recipients_of, records_under
from tenant_apps.incidents.models import Incident
from tenant_apps.incidents.permissions import unblocked
from tenant_apps.incidents.selectors.finding import may_read_incident


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """The alerts to one incident and its actions, for someone who may withdraw some of them.

    `number_only` is for an author who cannot open the incident: they see whom they alerted, and nothing else.
    """

    incident_id: UUID
    number: int | None
    number_only: bool
    alerts: list[AlertStatus]
    open_ids: frozenset[UUID]


def withdrawable(access: Access, incident_id: UUID, *, at: datetime | None = None) -> Withdrawable:
    """What this person may withdraw now; Http404 for someone who is no editor and raised nothing that they
    may still take back.
    """
    moment = at or now()
    incident = Incident.objects.filter(unblocked(access), pk=incident_id, deleted_at=None).first()
    may_read = incident is not None and may_read_incident(access, incident_id)
    every = [status for told in recipients_of(records_under(incident_id)).values() for status in told]
    found = {
        status.id
        for status in every
        if status.is_open
        and (may_read or status.raised_by_id == access.user_id)
        and may_withdraw(status.raised_by_id, status.created_at, by=access, at=moment)
    }
    own = [status for status in every if status.raised_by_id == access.user_id]
    is_editor = may_read and access.is_elevated and access.is_editor
    if incident is None or not (is_editor or found):
        raise Http404("no such alerts")
    return Withdrawable(
        incident_id=incident_id,
        number=incident.number,
        number_only=not may_read,
        alerts=every if is_editor else own,
        open_ids=frozenset(found),
    )


def withdrawn_sentence(ended: Collection[UUID], told: Withdrawable) -> str:
    """How many alerts ended, and who had opened the incident before."""
    opened = [
        f"{status.name} ({timezone.localtime(status.first_opened_at):%H:%M on %d/%m/%Y})"
        for status in told.alerts
        if status.id in ended and status.first_opened_at
    ]
    count = f"{len(ended)} alert{'' if len(ended) == 1 else 's'} withdrawn."
    if not ended:
        return "Nothing was withdrawn: these alerts were read meanwhile."
    if not opened:
        return f"{count} Nobody had opened it."
    return f"{count} Had opened it before: {', '.join(opened)}."
