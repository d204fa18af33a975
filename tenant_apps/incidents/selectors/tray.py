"""The tray: incidents that were added about no student of the list, until a key user has decided."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.incidents.enums import Tray
from tenant_apps.incidents.models import Incident
from tenant_apps.incidents.permissions import kept_for, listed_for, sees_deleted
from tenant_apps.incidents.selectors.audience import Readers, readers_if_edited, readers_of
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.lists import EntryLine, entry_lines
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.selectors.unlisted import IN_TRAY
from tenant_apps.students.selectors import hide_names

# Of those kept; what waits is shown whole, as it has to be decided.
SHOWN_KEPT = 50
ON_DASHBOARD = 5


@dataclass(frozen=True, slots=True)
class TrayCount:
    """How much lies in the tray for one person; `lines` are the oldest that wait."""

    waiting: int
    kept: int
    lines: list[EntryLine]


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """Something deleted from the tray, as editors see it."""

    id: UUID
    number: int | None
    by: str
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class TrayPage:
    """The whole tray of one person: what waits, oldest first; what was kept, the latest first; what was
    deleted there, for editors.
    """

    waiting: list[EntryLine]
    kept: list[EntryLine]
    removed: list[RemovedLine]


def tray_count(access: Access) -> TrayCount | None:
    """For the dashboard; None for who reads no incidents. A fixed number of queries."""
    if not access.is_elevated or not access.view_incidents:
        return None
    found = _listed(access).aggregate(
        waiting=Count("pk", filter=Q(tray=Tray.WAITING)), kept=Count("pk", filter=Q(tray=Tray.KEPT))
    )
    oldest = _listed(access).filter(tray=Tray.WAITING).order_by("recorded_at", "pk")[:ON_DASHBOARD]
    lines = entry_lines(access, oldest) if found["waiting"] else []
    return TrayCount(found["waiting"], found["kept"], lines)


def tray_page(access: Access) -> TrayPage:
    """What lies in the tray and may be listed for this person; an alert alone opens its one page only."""
    waiting = _listed(access).filter(tray=Tray.WAITING).order_by("recorded_at", "pk")
    kept = _listed(access).filter(tray=Tray.KEPT).order_by("-recorded_at", "-pk")[:SHOWN_KEPT]
    return TrayPage(entry_lines(access, waiting), entry_lines(access, kept), _removed(access))


def get_in_tray(access: Access, incident_id: UUID, *, for_update: bool = False) -> Incident:
    """An incident of the tray that this person may read and decide about.

    Http404 for one that is not, or no more, there; PermissionDenied for whom an alert alone let in.
    """
    incident = get_incident(access, incident_id, for_update=for_update)
    if incident.tray not in IN_TRAY:
        raise Http404("no such incident in the tray")
    assert_whole(access, incident_id)
    return incident


@dataclass(frozen=True, slots=True)
class ReadersAttached:
    """Who could read an incident before and after it is attached to a student."""

    before: Readers
    after: Readers

    @property
    def gained(self) -> frozenset[UUID]:
        return self.after.user_ids - self.before.user_ids

    @property
    def lost(self) -> frozenset[UUID]:
        return self.before.user_ids - self.after.user_ids


def readers_if_attached(access: Access, incident_id: UUID, student_id: UUID) -> ReadersAttached:
    """Who can read an incident of the tray, and who could as this student's; Http404 as `get_in_tray`."""
    incident = get_in_tray(access, incident_id)
    full = incident.participants.filter(shows_full=True).values_list("student", flat=True)
    after = readers_if_edited(
        incident,
        carried=list(incident.carried.values_list("category", flat=True)),
        full_students={student_id, *full},
        added=[student_id],
    )
    return ReadersAttached(readers_of(incident), after)


def _listed(access: Access) -> QuerySet[Incident]:
    return Incident.objects.filter(listed_for(access), tray__in=IN_TRAY)


def _removed(access: Access) -> list[RemovedLine]:
    if not sees_deleted(access):
        return []
    rows = Incident.objects.filter(kept_for(access), tray__in=IN_TRAY, deleted_at__isnull=False)
    found = list(rows.order_by("-deleted_at")[:SHOWN_KEPT])
    people = names_of({incident.deleted_by_id for incident in found})
    return [
        RemovedLine(
            one.pk,
            one.number,
            people[one.deleted_by_id].formal if one.deleted_by_id else "",
            one.deleted_at,
            hide_names(one.deletion_reason, typed=one.unlisted_name),
        )
        for one in found
    ]
