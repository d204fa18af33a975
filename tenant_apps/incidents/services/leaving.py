"""What a leaver had open is passed on: incidents assigned to them, unread alerts, unsent drafts.

The successor takes what they may read by their own rights: naming a successor opens nothing to anybody. The
rest goes to the default alert group, so that nothing lies with an account that is closed.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.selectors import get_user, has_key
from tenant_apps.alerts.enums import AlertReason
from tenant_apps.alerts.selectors.leavers import OpenAlert, heard_by_others, open_alerts_of
from tenant_apps.alerts.services import choose_recipients, notify_assignment, raise_alerts
from tenant_apps.classes.selectors import load_access
from tenant_apps.incidents.enums import Status
from tenant_apps.incidents.models import Draft, Incident
from tenant_apps.incidents.permissions import listed_for
from tenant_apps.incidents.selectors.blocking import barred_from_incident
from tenant_apps.incidents.selectors.drafts import DRAFT_STANDS_FOR, STANDS
from tenant_apps.incidents.services.versions import keep_incident_version
from tenant_apps.staff.selectors import default_alert_group, key_holders_for_assignment, members_of


def count_assigned(user_id: UUID) -> int:
    """Active incidents assigned to the person."""
    return _assigned(user_id).count()


def hand_over_assigned(user_id: UUID, successor_id: UUID | None, by: Access, at: datetime) -> None:
    """Assign the leaver's active incidents to the successor where they may read them; the others to nobody,
    with an alert to the default alert group.
    """
    may_be_assigned = successor_id in {person.id for person in key_holders_for_assignment()}
    readable = _readable(_assigned(user_id), successor_id) if may_be_assigned else set()
    for incident in _assigned(user_id).select_for_update(of=["self"]).order_by("pk"):
        incident.assignee_id = successor_id if incident.pk in readable else None
        incident.save(update_fields=["assignee"])
        keep_incident_version(incident, made_by=by.user_id, at=at)
        record(
            "incident.reassigned",
            by=by,
            students=list(incident.participants.values_list("student", flat=True)),
            record=("incident", incident.pk),
            detail={"from": user_id, "to": incident.assignee_id},
            at=at,
        )
        carried = list(incident.carried.values_list("category", flat=True))
        if incident.assignee_id is not None:
            notify_assignment(
                record_id=incident.pk,
                assignee_id=incident.assignee_id,
                category_ids=carried,
                barred=barred_from_incident(incident.pk),
                by=by,
                at=at,
            )
        else:
            _alert_default_group("incident", incident.pk, incident.pk, carried, user_id, by, at)


def hand_over_alerts(user_id: UUID, successor_id: UUID | None, by: Access, at: datetime) -> None:
    """Alert the successor to what the leaver never read, where they may read it; to the rest the default
    alert group, unless somebody else who is still here was alerted to it.
    """
    alerts = open_alerts_of(user_id)
    about = Incident.objects.filter(pk__in={alert.root_id for alert in alerts})
    incidents = {incident.pk: incident for incident in about.prefetch_related("carried")}
    readable = _readable(about, successor_id)
    heard = heard_by_others({alert.record_id for alert in alerts}, but=user_id)
    for alert in alerts:
        incident = incidents.get(alert.root_id)
        if incident is None or incident.deleted_at is not None:
            continue
        carried = [row.category_id for row in incident.carried.all()]
        if successor_id is not None and alert.root_id in readable:
            _alert(alert, {successor_id: AlertReason.CHOSEN}, carried, by, at)
        elif alert.record_id not in heard:
            _alert_default_group(alert.kind, alert.record_id, alert.root_id, carried, user_id, by, at)


def count_drafts(user_id: UUID) -> int:
    """Drafts of the person that were neither added nor discarded and still stand."""
    return _drafts(user_id).count()


def hand_over_drafts(user_id: UUID, successor_id: UUID | None, by: Access, at: datetime) -> None:
    """Give each draft to a key user who may see its categories: the successor, else one of the default alert
    group. A draft that none of them may see stays where it is.
    """
    drafts = list(_drafts(user_id).select_for_update(of=["self"]).order_by("pk"))
    if not drafts:
        return
    readers = {reader: _access_of(reader) for reader in _key_users(successor_id) if reader != user_id}
    for draft in drafts:
        wanted = {str(category) for category in draft.content.get("categories", ())}
        for reader, access in readers.items():
            if wanted <= {str(category) for category in access.view_incidents} and _may_follow(draft, reader):
                Draft.objects.filter(pk=draft.pk).update(author=reader, saved_at=at)
                record(
                    "draft.handed_over",
                    by=by,
                    record=("draft", draft.pk),
                    detail={"from": user_id, "to": reader},
                    at=at,
                )
                break


def _assigned(user_id: UUID) -> QuerySet[Incident]:
    return Incident.objects.filter(assignee=user_id, status=Status.ACTIVE, deleted_at__isnull=True)


def _drafts(user_id: UUID) -> QuerySet[Draft]:
    drafts = Draft.objects.filter(STANDS, author=user_id, sent_at=None, hidden_at=None)
    return drafts.filter(saved_at__gte=now() - DRAFT_STANDS_FOR).exclude(content={})


def _access_of(user_id: UUID) -> Access:
    """What the person may do with their key, if they have one; without one nothing is theirs to read."""
    return load_access(get_user(user_id), is_elevated=has_key(user_id))


def _readable(incidents: QuerySet[Incident], user_id: UUID | None) -> set[UUID]:
    if user_id is None:
        return set()
    return set(incidents.filter(listed_for(_access_of(user_id))).values_list("pk", flat=True))


def _may_follow(draft: Draft, user_id: UUID) -> bool:
    """Whether the person may read the incident that the draft of an action is about."""
    if draft.incident_id is None:
        return True
    return bool(_readable(Incident.objects.filter(pk=draft.incident_id), user_id))


def _key_users(successor_id: UUID | None) -> Iterable[UUID]:
    default = default_alert_group()
    team = members_of([default.id]) if default else []
    ordered = dict.fromkeys([*([successor_id] if successor_id else []), *team])
    return [user_id for user_id in ordered if has_key(user_id)]


def _alert(
    alert: OpenAlert, recipients: dict[UUID, AlertReason], carried: list[UUID], by: Access, at: datetime
) -> None:
    raise_alerts(
        kind=alert.kind,
        record_id=alert.record_id,
        root_id=alert.root_id,
        recipients=recipients,
        category_ids=carried,
        by=by,
        at=at,
    )


def _alert_default_group(
    kind: str,
    record_id: UUID,
    root_id: UUID,
    carried: list[UUID],
    leaver_id: UUID,
    by: Access,
    at: datetime,
) -> None:
    # Nobody chosen: that is the default alert group, and its own fallbacks.
    recipients = choose_recipients(
        chosen=[],
        groups=[],
        category_ids=carried,
        author_id=leaver_id,
        barred=barred_from_incident(root_id),
    )
    _alert(OpenAlert(kind, record_id, root_id), recipients, carried, by, at)
