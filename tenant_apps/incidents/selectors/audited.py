"""Which incidents and actions the audit may name to somebody, and how."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse

from core.access import Access
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.permissions import kept_for, listed_for, sees_deleted


def audited_incidents(access: Access, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Of these incidents, those that may stand in lists of this person: address and name.

    One that was merged may stand where the one that has its words now may. For editors also those that were
    deleted, which lead to their history. Two queries.
    """
    rows = Incident.objects.filter(kept_for(access), pk__in=ids).values_list("pk", "number", "deleted_at")
    found = {pk: (_page_of(pk, is_deleted=bool(gone)), f"Incident no. {number}") for pk, number, gone in rows}
    listed = Incident.objects.filter(listed_for(access), surplus__in=ids).values("pk")
    merged = Incident.objects.filter(pk__in=ids, merged_into__in=listed).values_list("pk", "number")
    found |= {pk: (_page_of(pk, is_deleted=False), f"Incident no. {number}") for pk, number in merged}
    return found


def audited_actions(access: Access, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Of these actions, those on incidents this person may read: address and name. Three queries.

    One that was deleted is named to editors only.
    """
    actions = Action.objects.filter(pk__in=ids)
    if not sees_deleted(access):
        actions = actions.filter(deleted_at__isnull=True)
    incidents = dict(actions.values_list("pk", "incident_id"))
    readable = audited_incidents(access, set(incidents.values()))
    return {
        pk: (readable[incident][0], f"Action on {readable[incident][1].lower()}")
        for pk, incident in incidents.items()
        if incident in readable
    }


def _page_of(incident_id: UUID, *, is_deleted: bool) -> str:
    return reverse(f"incidents:{'history' if is_deleted else 'entry'}", args=[incident_id])
