"""What is left over from the day before: nobody's, or read by nobody."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet

from core.access import Access
from tenant_apps.alerts.selectors import unheard_exists
from tenant_apps.incidents.enums import Status
from tenant_apps.incidents.models import Incident
from tenant_apps.incidents.permissions import listed_for
from tenant_apps.incidents.selectors.lists import EntryLine, entry_lines

SHOWN = 50


@dataclass(frozen=True, slots=True)
class LeftOver:
    """How many incidents there are, and the latest of them."""

    count: int
    lines: list[EntryLine]


def active_unassigned(access: Access) -> LeftOver:
    """Active incidents, listed for this person, that are assigned to nobody."""
    return _left_over(access, _listed(access).filter(status=Status.ACTIVE, assignee=None))


def read_by_nobody(access: Access) -> LeftOver:
    """Incidents, listed for this person, to which or to an action of which people were alerted, and none of
    them has opened it.
    """
    return _left_over(access, _listed(access).filter(unheard_exists(OuterRef("pk"))))


def _listed(access: Access) -> QuerySet[Incident]:
    return Incident.objects.filter(listed_for(access), number__isnull=False)


def _left_over(access: Access, incidents: QuerySet[Incident]) -> LeftOver:
    latest = list(incidents.order_by("-happened_at", "-number")[:SHOWN])
    count = incidents.count() if len(latest) == SHOWN else len(latest)
    return LeftOver(count, entry_lines(access, latest))
