"""One incident by its id, for someone who may read it; for everyone else it is not there."""

from collections.abc import Collection
from uuid import UUID

from django.http import Http404

from core.access import SYSTEM, Access, KeyNeededError
from core.access.enums import SystemPermission
from tenant_apps.incidents.enums import Part
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.permissions import known_to, listed_for, readable_by, sees_deleted
from tenant_apps.incidents.selectors.standing import reads_whole, shows_action
from tenant_apps.students.selectors import visible_among


def get_incident(access: Access, incident_id: UUID, *, for_update: bool = False) -> Incident:
    """The incident, if this person may read it by permission, alert or assignment; else raises Http404.

    Raises KeyNeededError (403) where an alert would open it, but not in a session without a key from here.
    """
    incidents = Incident.objects.all()
    if access is not SYSTEM:
        incidents = incidents.filter(readable_by(access))
    if for_update:
        incidents = incidents.select_for_update(of=("self",))
    incident = incidents.filter(pk=incident_id).select_related("author", "assignee").first()
    if incident is None:
        if not access.may_read_alerts and Incident.objects.filter(known_to(access), pk=incident_id).exists():
            raise KeyNeededError
        raise Http404("no such incident")
    return incident


def is_listed(access: Access, incident_id: UUID) -> bool:
    """Whether the incident stands in lists for this person, beyond an alert that opens it alone."""
    return Incident.objects.filter(listed_for(access), pk=incident_id).exists()


def may_read_incident(access: Access, incident_id: UUID) -> bool:
    """Whether this person may open the incident and what is attached to it."""
    return Incident.objects.filter(readable_by(access), pk=incident_id).exists()


def readable_among(access: Access, incident_ids: Collection[UUID]) -> set[UUID]:
    """Those of these incidents that this person may open."""
    if not incident_ids:
        return set()
    incidents = Incident.objects.filter(readable_by(access), pk__in=incident_ids)
    return set(incidents.values_list("pk", flat=True))


def get_action(access: Access, action_id: UUID) -> Action:
    """The action with its incident, for someone who may read both; else raises Http404."""
    action = Action.objects.filter(pk=action_id, deleted_at=None).first()
    if action is None:
        raise Http404("no such action")
    action.incident = get_incident(access, action.incident_id)
    if not shows_action(access, action.incident_id, action_id, action.author_id):
        raise Http404("no such action")
    return action


def may_read_action(access: Access, action_id: UUID) -> bool:
    """Whether this person may open the action: who reads the whole incident reads its actions."""
    action = Action.objects.filter(pk=action_id, deleted_at=None).first()
    if action is None or not may_read_incident(access, action.incident_id):
        return False
    return shows_action(access, action.incident_id, action_id, action.author_id)


def may_read_former_incident(access: Access, incident_id: UUID) -> bool:
    """Whether this person may open what was taken off the incident: editors who read it as it stands now."""
    return sees_deleted(access) and reads_whole(access, incident_id)


def may_read_former_action(access: Access, action_id: UUID) -> bool:
    """The same for an action."""
    action = Action.objects.filter(pk=action_id, deleted_at=None).first()
    return sees_deleted(access) and action is not None and reads_whole(access, action.incident_id)


def log_of(access: Access, incident: Incident) -> UUID | None:
    """The student in whose log this person finds the incident; None where only the incident's page is open.

    That is the one it is about, if there is one. Someone limited to the classes of a linked student may read
    the incident, but not that log.
    """
    if not (access.can(SystemPermission.VIEW_STUDENT_DETAILS) and is_listed(access, incident.pk)):
        return None
    main = incident.participants.values_list("student", flat=True).filter(part=Part.MAIN).first()
    return main if main and visible_among(access, [main]) else None


def incident_label(access: Access, incident_id: UUID) -> str:
    """What a list of documents calls the incident, for someone who may read it."""
    return f"Incident no. {get_incident(access, incident_id).number}"


def action_label(access: Access, action_id: UUID) -> str:
    """What a list of documents calls the action, for someone who may read it."""
    return f"Action under incident no. {get_action(access, action_id).incident.number}"
