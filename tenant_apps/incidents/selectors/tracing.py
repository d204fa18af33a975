"""Which record began something elsewhere, for pages that tell "why"."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from core.access import Access
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.permissions import readable_by


@dataclass(frozen=True, slots=True)
class Origin:
    """An incident, or the incident an action belongs to, that the person may open."""

    number: int
    url: str


def origins_among(
    access: Access, *, incident_ids: Collection[UUID], action_ids: Collection[UUID]
) -> dict[UUID, Origin]:
    """For these incidents and actions the incident each leads to; those one may not open are left out.

    One that was merged leads to where its words stand now. Three queries, for any number.
    """
    of_actions = dict(
        Action.objects.filter(pk__in=action_ids, deleted_at=None).values_list("pk", "incident_id")
    )
    merged = dict(
        Incident.objects.filter(pk__in=incident_ids, merged_into__isnull=False).values_list(
            "pk", "merged_into"
        )
    )
    readable = {
        incident_id: Origin(number, reverse("incidents:entry", args=[incident_id]))
        for incident_id, number in Incident.objects.filter(
            readable_by(access), pk__in={*incident_ids, *merged.values(), *of_actions.values()}
        ).values_list("pk", "number")
        if number is not None
    }
    leads_to = {one: merged.get(one, one) for one in incident_ids} | of_actions
    return {source: readable[target] for source, target in leads_to.items() if target in readable}
