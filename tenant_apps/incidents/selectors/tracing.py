"""Which record began something elsewhere, for pages that tell "why"."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from core.access import Access
from tenant_apps.incidents.enums import Part
from tenant_apps.incidents.models import Action, Incident, IncidentStudent
from tenant_apps.incidents.permissions import readable_by
from tenant_apps.incidents.selectors.standing import actions_shown, by_alert_alone
from tenant_apps.planner.selectors import About
from tenant_apps.students.selectors import died_among


@dataclass(frozen=True, slots=True)
class Origin:
    """An incident, or the incident an action belongs to, that the person may open."""

    number: int
    url: str


def origins_among(
    access: Access, *, incident_ids: Collection[UUID], action_ids: Collection[UUID]
) -> dict[UUID, Origin]:
    """For these incidents and actions the incident each leads to; those one may not open are left out.

    One that was merged leads to where its words stand now, and an action that was taken out to the incident
    it became. Four queries, for any number.
    """
    split = _taken_out(action_ids)
    of_actions = dict(
        Action.objects.filter(pk__in=action_ids, deleted_at=None).values_list("pk", "incident_id")
    )
    merged = _merged({*incident_ids, *split.values()})
    readable = {
        incident_id: Origin(number, reverse("incidents:entry", args=[incident_id]))
        for incident_id, number in Incident.objects.filter(
            readable_by(access),
            pk__in={*incident_ids, *split.values(), *merged.values(), *of_actions.values()},
        ).values_list("pk", "number")
        if number is not None
    }
    leads_to = {one: merged.get(one, one) for one in incident_ids} | of_actions
    leads_to |= {action: merged.get(one, one) for action, one in split.items()}
    return {source: readable[target] for source, target in leads_to.items() if target in readable}


def _taken_out(action_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """For each of these actions that was taken out the incident it became."""
    rows = Action.objects.filter(pk__in=action_ids, split_into__isnull=False)
    return dict(rows.values_list("pk", "split_into"))


def _merged(incident_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """For each of these incidents that was merged the one in which its words stand now."""
    rows = Incident.objects.filter(pk__in=incident_ids, merged_into__isnull=False)
    return {pk: into for pk, into in rows.values_list("pk", "merged_into") if into is not None}


def incidents_in_planner(access: Access, incident_ids: Collection[UUID]) -> dict[UUID, About]:
    """What reminders about these incidents refer to, as far as the person may open them now."""
    found = origins_among(access, incident_ids=incident_ids, action_ids=[])
    return {pk: About(f"Incident no. {one.number}", one.url) for pk, one in found.items()}


def actions_in_planner(access: Access, action_ids: Collection[UUID]) -> dict[UUID, About]:
    """The same of actions: each leads to its incident, as long as the person reads that action there.

    One that was taken out leads to the incident that it became.
    """
    found = origins_among(access, incident_ids=[], action_ids=action_ids)
    actions = list(Action.objects.filter(pk__in=found))
    alone = by_alert_alone(access, {action.incident_id for action in actions})
    shown = actions_shown(access, [action for action in actions if action.incident_id in alone])
    told = {}
    for action in actions:
        origin = found[action.pk]
        if action.split_into_id is not None:
            told[action.pk] = About(f"Incident no. {origin.number}", origin.url)
        elif action.incident_id not in alone or action.pk in shown:
            told[action.pk] = About(f"Action under incident no. {origin.number}", origin.url)
    return told


def incidents_of_the_dead(incident_ids: Collection[UUID]) -> set[UUID]:
    """Those of these incidents that are about a child who has died, by where their words stand now."""
    merged = _merged(incident_ids)
    stand = {one: merged.get(one, one) for one in incident_ids}
    parts = IncidentStudent.objects.filter(incident__in=set(stand.values()), part=Part.MAIN)
    about = dict(parts.values_list("incident_id", "student_id"))
    dead = died_among(about.values())
    return {one for one, now_at in stand.items() if about.get(now_at) in dead}


def actions_of_the_dead(action_ids: Collection[UUID]) -> set[UUID]:
    """The same of actions, by the incident that each stands under or became."""
    under = dict(Action.objects.filter(pk__in=action_ids).values_list("pk", "incident_id"))
    under |= _taken_out(action_ids)
    dead = incidents_of_the_dead(under.values())
    return {action for action, incident in under.items() if incident in dead}
