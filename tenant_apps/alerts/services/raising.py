"""Whom a record alerts, and alerting them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.alerts.enums import AlertKind, AlertReason
from tenant_apps.alerts.models import Alert
from tenant_apps.categories.selectors import always_alerting
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.selectors import (
    active_among,
    covers_of,
    default_alert_group,
    members_of,
    safety_net,
)

ALERT_MAIL = "alerts.mail"
ASSIGNMENT_MAIL = "alerts.assignment"


def choose_recipients(
    *,
    chosen: Iterable[UUID],
    groups: Iterable[UUID],
    category_ids: Collection[UUID],
    author_id: UUID | None,
    automatic: Iterable[UUID] = (),
    barred: Collection[UUID] = (),
    is_action: bool = False,
    with_default: bool = False,
) -> dict[UUID, AlertReason]:
    """Whom a new record alerts, and why: each active person once, a choice by name before a group.

    A group never alerts the author, nor does a rule; `automatic` are those whom rules name for this
    record. When that leaves nobody, the default alert group is alerted, whatever the form let through; if
    nobody in it is active but the author, editors, then administrators; the author only when there is
    nobody else at all. Who covers for somebody alerted is alerted as well. An action may alert nobody.
    `with_default` alerts the default alert group, or who stands for it, besides those chosen.
    Members that came by the default group count as such where a category always alerts it. `barred` may not
    see the record, and nothing alerts them to it, not even as the last.
    """
    chosen_ids = list(dict.fromkeys(chosen))
    group_ids = set(groups)
    active = active_among(chosen_ids) - set(barred)
    recipients = {user_id: AlertReason.CHOSEN for user_id in chosen_ids if user_id in active}
    default = default_alert_group()
    always = bool(always_alerting(category_ids))
    # The default group comes last: somebody in another chosen group as well was meant through that one.
    for group_id in sorted(group_ids, key=lambda one: (default is not None and one == default.id, one)):
        is_default = default is not None and group_id == default.id and always
        reason = AlertReason.DEFAULT if is_default else AlertReason.GROUP
        for user_id in members_of([group_id]):
            if user_id != author_id and user_id not in barred:
                recipients.setdefault(user_id, reason)
    for user_id in automatic:
        if user_id != author_id and user_id not in barred:
            recipients.setdefault(user_id, AlertReason.AUTOMATIC)
    if with_default or (not recipients and not is_action):
        fallback = _fallback(default.id if default else None, author_id, barred)
        # The author is the last of all: with anybody else alerted they need not be.
        last = [user_id for user_id in fallback if user_id != author_id or not recipients]
        recipients = dict.fromkeys(last, AlertReason.DEFAULT) | recipients
    return recipients | _covers(recipients, author_id, barred)


def _covers(
    recipients: Mapping[UUID, AlertReason], author_id: UUID | None, barred: Collection[UUID]
) -> dict[UUID, AlertReason]:
    """Who stands in today for somebody among these, alerted for the same reason; both are."""
    covers = covers_of(recipients, on=timezone.localdate()) if recipients else {}
    return {
        cover: recipients[away]
        for away, cover in covers.items()
        if cover not in recipients and cover != author_id and cover not in barred
    }


@transaction.atomic
def raise_alerts(
    *,
    kind: AlertKind | str,
    record_id: UUID,
    root_id: UUID,
    recipients: Mapping[UUID, AlertReason | str],
    category_ids: Collection[UUID],
    by: Access,
    is_practice: bool = False,
    at: datetime | None = None,
) -> list[UUID]:
    """Alert these people to a record, and owe each one mail; the ids of the new alerts.

    Somebody alerted to the record before is not alerted again, also when two requests come at once.
    `category_ids` are the record's, closed upward: the mail names those that its reader may see named. While
    training mode is on the mail says so, and whether the record is practice.
    """
    created_at = at or now()
    wanted = [
        Alert(
            recipient_id=recipient_id,
            kind=AlertKind(kind),
            record_id=record_id,
            root_id=root_id,
            raised_by_id=by.user_id,
            reason=AlertReason(reason),
            created_at=created_at,
        )
        for recipient_id, reason in sorted(recipients.items())
    ]
    Alert.objects.bulk_create(wanted, ignore_conflicts=True)
    made = {
        alert.id: alert.recipient_id
        for alert in Alert.objects.filter(id__in=[alert.id for alert in wanted]).only("recipient_id")
    }
    training = _training(is_practice) if made else ""
    for alert_id in made:
        owe(
            ALERT_MAIL,
            key=str(alert_id),
            payload={
                "alert": str(alert_id),
                "categories": sorted(map(str, category_ids)),
                "training": training,
            },
        )
    if made:
        record(
            "alert.raised",
            by=by,
            record=(str(AlertKind(kind)), record_id),
            detail={"recipients": sorted(map(str, made.values()))},
            at=at,
        )
    return list(made)


@transaction.atomic
def notify_assignment(
    *,
    record_id: UUID,
    assignee_id: UUID,
    category_ids: Collection[UUID],
    barred: Collection[UUID] = (),
    by: Access,
    is_practice: bool = False,
    at: datetime | None = None,
) -> None:
    """Owe the mail that tells somebody that an incident is theirs now; who covers for them is alerted.

    Assigning again later, to the same person too, is a new mail; the same moment twice is one.
    """
    moment = at or now()
    cover = covers_of([assignee_id], on=timezone.localdate(moment)).get(assignee_id)
    if cover is not None and cover != by.user_id and cover not in barred:
        raise_alerts(
            kind=AlertKind.INCIDENT,
            record_id=record_id,
            root_id=record_id,
            recipients={cover: AlertReason.ASSIGNED},
            category_ids=category_ids,
            by=by,
            is_practice=is_practice,
            at=at,
        )
    training = _training(is_practice)
    owe(
        ASSIGNMENT_MAIL,
        key=f"{record_id}:{assignee_id}:{moment.timestamp():.6f}",
        payload={
            "record": str(record_id),
            "assignee": str(assignee_id),
            "by": str(by.user_id) if by.user_id else None,
            "categories": sorted(map(str, category_ids)),
            "training": training,
        },
    )
    record(
        "assignment.notified",
        by=by,
        record=("incident", record_id),
        detail={"assignee": assignee_id},
        at=at,
    )


def _training(is_practice: bool) -> str:
    """What the mail says of training mode: nothing, that it is on, or that this may be practice."""
    if get_settings().training_since is None:
        return ""
    return "practice" if is_practice else "on"


def _fallback(default_group_id: UUID | None, author_id: UUID | None, barred: Collection[UUID]) -> list[UUID]:
    team = members_of([default_group_id]) if default_group_id else []
    for read in (lambda: team, safety_net):
        if others := [user_id for user_id in read() if user_id != author_id and user_id not in barred]:
            return others
    return [user_id for user_id in team or safety_net() if user_id not in barred]
