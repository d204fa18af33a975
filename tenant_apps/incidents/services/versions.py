"""Keeps the whole state of an entry at each change, in the transaction of the change."""

from datetime import datetime
from uuid import UUID

from tenant_apps.incidents.models import Action, ActionVersion, Incident, IncidentVersion


def keep_incident_version(incident: Incident, *, made_by: UUID | None, at: datetime) -> None:
    """Stores the incident as it stands now, participants, categories and agencies included."""
    snapshot = {
        "text": incident.text,
        "happened_at": incident.happened_at.isoformat(),
        "status": incident.status,
        "assignee": _text(incident.assignee_id),
        "students": [
            {
                "student": str(part.student_id),
                "part": part.part,
                "role": part.link_role,
                "shows_full": part.shows_full,
                "shares_documents": part.shares_documents,
            }
            for part in incident.participants.order_by("id")
        ],
        "categories": sorted(str(pk) for pk in incident.carried.values_list("category", flat=True)),
        "agencies": sorted(str(pk) for pk in incident.agencies.values_list("agency", flat=True)),
        "deleted": incident.deleted_at is not None,
    }
    IncidentVersion.objects.create(incident=incident, made_at=at, made_by_id=made_by, snapshot=snapshot)


def keep_action_version(action: Action, *, made_by: UUID | None, at: datetime) -> None:
    """Stores the action as it stands now."""
    snapshot = {
        "text": action.text,
        "happened_at": action.happened_at.isoformat(),
        "students": sorted(str(pk) for pk in action.copied_to.values_list("student", flat=True)),
        "categories": sorted(str(pk) for pk in action.added.values_list("category", flat=True)),
        "agencies": sorted(str(pk) for pk in action.agencies.values_list("agency", flat=True)),
        "deleted": action.deleted_at is not None,
    }
    ActionVersion.objects.create(action=action, made_at=at, made_by_id=made_by, snapshot=snapshot)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
