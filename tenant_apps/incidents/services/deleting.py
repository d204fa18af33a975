"""Deleting hides: everything stays, editors see that it was there, and it can be brought back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.alerts.selectors import records_under, unread_recipients
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.permissions import kept_for
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.editing import assert_edits, hold_action
from tenant_apps.incidents.services.versions import (
    keep_action_version,
    keep_first_version,
    keep_incident_version,
)
from tenant_apps.staff.selectors import default_alert_group, members_of

DELETION_MAIL = "incidents.deletion"


@transaction.atomic
def delete_incident(*, incident_id: UUID, reason: str, by: Access, at: datetime | None = None) -> Incident:
    """Hides an incident with everything beneath it. While an alert to it is unread, those alerted and the
    default alert group are told by mail that something was deleted, and not what.

    Raises Http404 for what the person may not read, a block included; PermissionDenied for who is no editor.
    """
    assert_edits(by)
    incident = get_incident(by, incident_id, for_update=True)
    assert_whole(by, incident_id)
    moment = at or now()
    told = unread_recipients(records_under(incident_id))
    keep_first_version(incident)
    _hide(incident, reason, by, moment)
    keep_incident_version(incident, made_by=by.user_id, at=moment)
    students = list(incident.participants.values_list("student", flat=True))
    record("incident.deleted", by=by, students=students, record=("incident", incident.pk), at=moment)
    _tell(incident, incident.pk, told, students, by, moment)
    return incident


@transaction.atomic
def delete_action(*, action_id: UUID, reason: str, by: Access, at: datetime | None = None) -> Action:
    """Hides one action; the categories it gave its incident stay. Tells and raises as `delete_incident`."""
    assert_edits(by)
    action = hold_action(action_id, by)
    if action.deleted_at is not None:
        raise Http404("no such action")
    moment = at or now()
    told = unread_recipients([action_id])
    keep_first_version(action)
    _hide(action, reason, by, moment)
    keep_action_version(action, made_by=by.user_id, at=moment)
    students = list(action.incident.participants.values_list("student", flat=True))
    record("action.deleted", by=by, students=students, record=("action", action.pk), at=moment)
    _tell(action.incident, action.pk, told, students, by, moment)
    return action


@transaction.atomic
def restore_incident(*, incident_id: UUID, by: Access, at: datetime | None = None) -> Incident:
    """Brings an incident back in its place, with its actions, files and alerts. Who deleted it and why stays
    in its versions. Raises Http404 for one that this editor could not see listed or that is not deleted.
    """
    assert_edits(by)
    rows = Incident.objects.select_for_update(of=("self",)).filter(kept_for(by), deleted_at__isnull=False)
    incident = rows.filter(pk=incident_id).first()
    if incident is None:
        raise Http404("no such incident")
    moment = at or now()
    _bring_back(incident)
    keep_incident_version(incident, made_by=by.user_id, at=moment)
    students = list(incident.participants.values_list("student", flat=True))
    record("incident.restored", by=by, students=students, record=("incident", incident.pk), at=moment)
    alert_by_rules(incident, by=by, at=moment)
    return incident


@transaction.atomic
def restore_action(*, action_id: UUID, by: Access, at: datetime | None = None) -> Action:
    """Brings one action back; as `restore_incident`."""
    assert_edits(by)
    action = hold_action(action_id, by)
    if action.deleted_at is None:
        raise Http404("no such action")
    moment = at or now()
    _bring_back(action)
    keep_action_version(action, made_by=by.user_id, at=moment)
    students = list(action.incident.participants.values_list("student", flat=True))
    record("action.restored", by=by, students=students, record=("action", action.pk), at=moment)
    return action


def _hide(written: Incident | Action, reason: str, by: Access, at: datetime) -> None:
    written.deleted_at, written.deleted_by_id, written.deletion_reason = at, by.user_id, reason
    written.save(update_fields=["deleted_at", "deleted_by", "deletion_reason"])


def _bring_back(written: Incident | Action) -> None:
    written.deleted_at, written.deleted_by, written.deletion_reason = None, None, ""
    written.save(update_fields=["deleted_at", "deleted_by", "deletion_reason"])


def _tell(
    incident: Incident,
    record_id: UUID,
    alerted: set[UUID],
    students: Iterable[UUID],
    by: Access,
    at: datetime,
) -> None:
    """Owes the mails; whoever may not see the record is told nothing of it."""
    if not alerted:
        return
    default = default_alert_group()
    told = alerted.union(members_of([default.id]) if default else [])
    told -= barred_from(list(students), incident_id=incident.pk)
    told -= {by.user_id}
    for user_id in sorted(told):
        payload = {"to": str(user_id), "by": str(by.user_id)}
        owe(DELETION_MAIL, key=f"{record_id}:{at.isoformat()}:{user_id}", payload=payload)
