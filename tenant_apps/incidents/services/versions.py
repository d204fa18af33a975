"""Keeps the whole state of an entry at each change, in the transaction of the change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tenant_apps.documents.selectors import documents_of
from tenant_apps.incidents.enums import Part
from tenant_apps.incidents.models import Action, ActionVersion, Incident, IncidentVersion, Mark
from tenant_apps.incidents.selectors.answers import answers_of
from tenant_apps.incidents.selectors.marks import Marked, kept_in_snapshot

Event = tuple[str, UUID]


def keep_incident_version(
    incident: Incident,
    *,
    made_by: UUID | None,
    at: datetime,
    event: Event | None = None,
    told: Mapping[str, str] | None = None,
) -> None:
    """Stores the incident as it stands now, participants, categories and agencies included.

    `event` says what made it so, where that was no edit: a word that History knows, and an incident; `told`
    what else it says of it.
    """
    snapshot = incident_snapshot(incident) | _told(event, told)
    IncidentVersion.objects.create(incident=incident, made_at=at, made_by_id=made_by, snapshot=snapshot)


def keep_action_version(
    action: Action, *, made_by: UUID | None, at: datetime, event: Event | None = None
) -> None:
    """Stores the action as it stands now."""
    snapshot = action_snapshot(action) | _told(event)
    ActionVersion.objects.create(action=action, made_at=at, made_by_id=made_by, snapshot=snapshot)


def keep_as_action(incident: Incident, action: Action) -> None:
    """Gives an action the versions of the incident that it was, as far as an action has them.

    Who was alerted before a change still reads what stood then, and no more.
    """
    ActionVersion.objects.bulk_create(
        ActionVersion(
            action=action,
            made_at=version.made_at,
            made_by_id=version.made_by_id,
            snapshot=version.snapshot
            | {
                "students": sorted(
                    part["student"]
                    for part in version.snapshot["students"]
                    if part["part"] == Part.LINKED and part["shows_full"]
                ),
                "categories": [],
            },
        )
        for version in incident.versions.order_by("made_at", "id")
    )


def keep_as_incident(action: Action, incident: Incident) -> None:
    """The same for an incident that was an action, under the categories its incident had at each time."""
    filed = list(
        action.incident.versions.order_by("made_at", "id").values_list("made_at", "snapshot__categories")
    )
    now_stands = incident_snapshot(incident)
    IncidentVersion.objects.bulk_create(
        IncidentVersion(
            incident=incident,
            made_at=version.made_at,
            made_by_id=version.made_by_id,
            snapshot=now_stands
            | {"answers": []}
            | {key: value for key, value in version.snapshot.items() if key not in {"students", "categories"}}
            | {"categories": _at(filed, version.made_at), "marks": version.snapshot.get("marks", [])},
        )
        for version in action.versions.order_by("made_at", "id")
    )


def _at(filed: list[tuple[datetime, list[str]]], moment: datetime) -> list[str]:
    stood = [categories for made_at, categories in filed if made_at <= moment]
    return stood[-1] if stood else filed[0][1]


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
        "answers": answers_of([incident.pk], []).get(incident.pk, []),
        "files": _files("incident", incident.pk),
        "marks": _marks(incident.marks.filter(action=None)),
        "training": incident.training,
        "deleted": incident.deleted_at is not None and incident.merged_into_id is None,
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
        "answers": answers_of([], [action.pk]).get(action.pk, []),
        "files": _files("action", action.pk),
        "marks": _marks(action.marks.all()),
        "training": action.training,
        "deleted": action.deleted_at is not None and action.split_into_id is None,
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


def _told(event: Event | None, told: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"event": {"kind": event[0], "incident": str(event[1]), **(told or {})}} if event else {}


def _files(kind: str, record_id: UUID) -> list[str]:
    return [str(document.id) for document in documents_of(kind, [record_id]).get(record_id, [])]


def _marks(rows: QuerySet[Mark]) -> list[dict[str, Any]]:
    columns = rows.order_by("number").values_list("map", "x", "y", "text", "number")
    return kept_in_snapshot(Marked(*mark) for mark in columns)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
