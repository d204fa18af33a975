"""What happens to an incident after it was added, short of editing it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.alerts import services as alerts
from tenant_apps.incidents.enums import Status, TrainingMark
from tenant_apps.incidents.models import Incident
from tenant_apps.incidents.selectors.blocking import barred_from_incident
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.searching import EVERYTHING, Search
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.services.versions import keep_first_version, keep_incident_version


@transaction.atomic
def change_status(
    *, incident_id: UUID, status: str, assignee_id: UUID | None, by: Access, at: datetime | None = None
) -> Incident:
    """Sets status and assignee; a new assignee is mailed. Any key user may who reads it as it stands now."""
    if not by.is_elevated:
        raise PermissionDenied("Changing status and assignee needs a key.")
    incident = get_incident(by, incident_id, for_update=True)
    assert_whole(by, incident_id)
    if (incident.status, incident.assignee_id) == (status, assignee_id):
        return incident
    barred = barred_from_incident(incident_id)
    if assignee_id != incident.assignee_id and assignee_id in barred:
        raise PermissionDenied("Whoever may not see an incident cannot be assigned it.")
    changed_at = at or now()
    before = incident.assignee_id
    keep_first_version(incident)
    incident.status, incident.assignee_id = Status(status), assignee_id
    incident.save(update_fields=["status", "assignee"])
    keep_incident_version(incident, made_by=by.user_id, at=changed_at)
    student_ids = list(incident.participants.values_list("student", flat=True))
    record(
        "incident.status_changed",
        by=by,
        students=student_ids,
        record=("incident", incident_id),
        at=changed_at,
    )
    if assignee_id is not None and assignee_id not in {before, by.user_id}:
        alerts.notify_assignment(
            record_id=incident_id,
            assignee_id=assignee_id,
            category_ids=list(incident.carried.values_list("category", flat=True)),
            barred=barred,
            by=by,
            is_practice=incident.training == TrainingMark.PRACTICE,
            at=changed_at,
        )
    return incident


@transaction.atomic
def mark_read(*, incident_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Acknowledges this person's alerts to the incident and its actions. Other people's alerts stay."""
    incident = get_incident(by, incident_id)
    alerts.mark_read(root_id=incident.pk, by=by, at=at)
    student_ids = list(incident.participants.values_list("student", flat=True))
    record("alert.read", by=by, students=student_ids, record=("incident", incident.pk), at=at)


@transaction.atomic
def note_opened(
    *, incident: Incident, student_ids: list[UUID], by: Access, at: datetime | None = None
) -> None:
    """Writes that this person opened the incident, and that their alert to it was opened."""
    alerts.mark_opened(root_ids=[incident.pk], by=by, at=at)
    record("incident.viewed", by=by, students=student_ids, record=("incident", incident.pk), at=at)


@transaction.atomic
def note_own_words(
    *, record_of: tuple[str, UUID], student_ids: list[UUID], by: Access, at: datetime | None = None
) -> None:
    """Writes that the author opened their own words."""
    record("own_words.viewed", by=by, students=student_ids, record=record_of, at=at)


@transaction.atomic
def note_listed(
    *,
    student_id: UUID,
    entries: list[UUID],
    highlighted: UUID | None,
    by: Access,
    search: Search = EVERYTHING,
    at: datetime | None = None,
) -> None:
    """Writes that this person read a page of the student's chronology, and opened the one they came for.

    Of a search it is written by what, and never the words.
    """
    if highlighted:
        alerts.mark_opened(root_ids=[highlighted], by=by, at=at)
    record(
        "chronology.viewed",
        by=by,
        students=[student_id],
        record=("incident", highlighted) if highlighted else None,
        detail={"entries": [str(entry) for entry in entries], **_asked(search)},
        at=at,
    )


@transaction.atomic
def note_combined(*, student_id: UUID, entries: list[UUID], by: Access, at: datetime | None = None) -> None:
    """Writes that this person looked at the marks of these incidents on one map."""
    detail = {"entries": [str(entry) for entry in entries]}
    record("maps.combined", by=by, students=[student_id], detail=detail, at=at)


@transaction.atomic
def note_history(*, kind: str, record_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Writes that this person read the earlier versions of an incident or action."""
    record("history.viewed", by=by, record=(kind, record_id), at=at)


@transaction.atomic
def note_searched(
    *, incident_id: UUID, found: UUID | None, student_ids: list[UUID], by: Access, at: datetime | None = None
) -> None:
    """Writes that this person looked for an incident by its number to merge this one, and which they read."""
    record(
        "incident.searched",
        by=by,
        students=student_ids,
        record=("incident", found or incident_id),
        detail={"for": str(incident_id), "found": found is not None},
        at=at,
    )


@transaction.atomic
def note_printed(
    *,
    student_ids: list[UUID],
    entries: list[UUID],
    by: Access,
    search: Search = EVERYTHING,
    at: datetime | None = None,
) -> None:
    """Writes that this person made a PDF of these entries."""
    record(
        "chronology.printed",
        by=by,
        students=student_ids,
        detail={"entries": [str(entry) for entry in entries], **_asked(search)},
        at=at,
    )


def _asked(search: Search) -> dict[str, Any]:
    asked = {
        "searched_words": bool(search.words),
        "searched_source": bool(search.source),
        "searched_categories": list(search.category_ids),
        "searched_author": search.author_id,
        "searched_since": search.since,
        "searched_until": search.until,
    }
    return {name: value for name, value in asked.items() if value}
