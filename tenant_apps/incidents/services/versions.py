"""Keeps the whole state of an entry at each change, in the transaction of the change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tenant_apps.documents.selectors import documents_of
from tenant_apps.incidents.models import Action, ActionVersion, Incident, IncidentVersion


def keep_incident_version(incident: Incident, *, made_by: UUID | None, at: datetime) -> None:
    """Stores the incident as it stands now, participants, categories and agencies included."""
    snapshot = incident_snapshot(incident)
    IncidentVersion.objects.create(incident=incident, made_at=at, made_by_id=made_by, snapshot=snapshot)


def keep_action_version(action: Action, *, made_by: UUID | None, at: datetime) -> None:
    """Stores the action as it stands now."""
    snapshot = action_snapshot(action)
    ActionVersion.objects.create(action=action, made_at=at, made_by_id=made_by, snapshot=snapshot)


def incident_snapshot(incident: Incident) -> dict[str, Any]:
    """The incident as it stands now, as a version keeps it."""
    unlisted = {
        "about": incident.about,
        "unlisted": [incident.unlisted_name, incident.unlisted_class],
        "tray": incident.tray,
    }
    return (unlisted if incident.about else {}) | {
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
        "files": _files("incident", incident.pk),
        "training": incident.training,
        "deleted": incident.deleted_at is not None,
        "reason": incident.deletion_reason,
    }


def action_snapshot(action: Action) -> dict[str, Any]:
    """The action as it stands now, as a version keeps it."""
    return {
        "text": action.text,
        "happened_at": action.happened_at.isoformat(),
        "students": sorted(str(pk) for pk in action.copied_to.values_list("student", flat=True)),
        "categories": sorted(str(pk) for pk in action.added.values_list("category", flat=True)),
        "agencies": sorted(str(pk) for pk in action.agencies.values_list("agency", flat=True)),
        "files": _files("action", action.pk),
        "training": action.training,
        "deleted": action.deleted_at is not None,
        "reason": action.deletion_reason,
    }


def keep_first_version(written: Incident | Action) -> None:
    """Keeps what stands before it changes, where no version has kept it: a record that was brought in."""
    if written.versions.exists():
        return
    if isinstance(written, Incident):
        keep_incident_version(written, made_by=written.author_id, at=written.recorded_at)
    else:
        keep_action_version(written, made_by=written.author_id, at=written.recorded_at)


def _files(kind: str, record_id: UUID) -> list[str]:
    return [str(document.id) for document in documents_of(kind, [record_id]).get(record_id, [])]


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
