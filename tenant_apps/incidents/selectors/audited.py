"""Which incidents and actions the audit may name to somebody, and how."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse

from core.access import Access
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.permissions import listed_for


def audited_incidents(access: Access, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Of these incidents, those that may stand in lists of this person: address and name.

    One that was merged may stand where the one that has its words now may. Two queries.
    """
    rows = list(Incident.objects.filter(listed_for(access), pk__in=ids).values_list("pk", "number"))
    listed = Incident.objects.filter(listed_for(access), surplus__in=ids).values("pk")
    rows += Incident.objects.filter(pk__in=ids, merged_into__in=listed).values_list("pk", "number")
    return {pk: (reverse("incidents:entry", args=[pk]), f"Incident no. {number}") for pk, number in rows}


def audited_actions(access: Access, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Of these actions, those on incidents this person may read: address and name. Three queries."""
    incidents = dict(Action.objects.filter(pk__in=ids).values_list("pk", "incident_id"))
    readable = audited_incidents(access, set(incidents.values()))
    return {
        pk: (readable[incident][0], f"Action on {readable[incident][1].lower()}")
        for pk, incident in incidents.items()
        if incident in readable
    }
