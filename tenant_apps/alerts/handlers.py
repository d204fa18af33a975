"""The outbox's side of alerts: one mail to one person, saying who and which category, and nothing else.

No student, no text, no file, no name in the subject. Categories are chosen for each recipient: those that
are not Restricting, and the Restricting ones that the recipient may view.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.access import SYSTEM
from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user, names_of
from tenant_apps.alerts import selectors, services
from tenant_apps.alerts.enums import MailState
from tenant_apps.categories.selectors import named_for
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.selectors import viewable_by
from tenants.models import School
from tenants.selectors import school_url

TOPICS = (
    services.ALERT_MAIL,
    services.ASSIGNMENT_MAIL,
    services.BEYOND_MAIL,
    services.REMOVAL_MAIL,
    services.UNDELIVERED_MAIL,
)
URLS = "config.urls_school"
TRAINING = {
    "practice": "Training mode is on. This may be practice.",
    "on": "Training mode is on, but this is not practice.",
}


def tell_of_refusal(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """The mail will hardly arrive: the list under the record says so, and somebody is asked to tell them."""
    services.note_undelivered(alert_id=UUID(payload["alert"]), by=SYSTEM)


@handles(services.ALERT_MAIL, given_up=tell_of_refusal, refused=tell_of_refusal)
def send_alert_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one person that they were alerted. A withdrawn alert, or one to a leaver, is not told any more."""
    alert = selectors.alert_to_mail(UUID(payload["alert"]))
    if alert is None:
        return
    recipient = get_user(alert.recipient_id)
    if not recipient.is_active:
        services.note_mail_failed(alert_id=alert.id, by=SYSTEM)
        return
    # Written before sending: if it cannot be written nothing is sent, and if sending fails it is undone.
    services.note_mailed(alert_id=alert.id, by=SYSTEM)
    _send(
        "alert",
        subject=f"{settings.BRAND}: you have an alert at {current_school().name}",
        to=recipient.email,
        key=f"{services.ALERT_MAIL} {alert.id}",
        by_id=alert.raised_by_id,
        categories=_named(recipient.pk, payload["categories"]),
        training=payload.get("training", ""),
        thing={"incident": "an incident", "action": "an action"}.get(alert.kind, f"a {alert.kind}"),
    )


@handles(services.UNDELIVERED_MAIL)
def send_undelivered_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Ask one person to tell somebody in person of an alert whose mail did not arrive, and has not since."""
    alert = selectors.alert_to_mail(UUID(payload["alert"]))
    recipient = get_user(UUID(payload["to"]))
    if alert is None or alert.read_at or alert.mail_state != MailState.FAILED or not recipient.is_active:
        return
    subject = f"{settings.BRAND}: a mail was not delivered"
    context = {
        "who": names_of([alert.recipient_id])[alert.recipient_id].formal,
        "at": alert.created_at,
        "is_today": timezone.localdate(alert.created_at) == timezone.localdate(),
        "subject": subject,
    }
    send_mail(
        to=recipient.email,
        subject=subject,
        text=render_to_string("alerts/mail/undelivered.txt", context),
        html=render_to_string("alerts/mail/undelivered.html", context),
        message_id_key=f"{entry.topic} {entry.key}",
    )


@handles(services.ASSIGNMENT_MAIL)
def send_assignment_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one person that an incident was assigned to them."""
    recipient = get_user(UUID(payload["assignee"]))
    if not recipient.is_active:
        return
    _send(
        "assignment",
        subject=f"{settings.BRAND}: something is assigned to you at {current_school().name}",
        to=recipient.email,
        key=f"{services.ASSIGNMENT_MAIL} {entry.key}",
        by_id=UUID(payload["by"]) if payload["by"] else None,
        categories=_named(recipient.pk, payload["categories"]),
        training=payload.get("training", ""),
    )


@handles(services.BEYOND_MAIL)
def send_beyond_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell a member of the default alert group that a rule lets somebody read beyond their categories."""
    rule = selectors.rule_by_id(UUID(payload["row"]))
    _tell(payload, entry, "rule", {"who": rule.user_id, "by": rule.set_by_id})


@handles(services.REMOVAL_MAIL)
def send_removal_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell a member of the default alert group that somebody's dashboard was cleared of unread alerts."""
    removal = selectors.removal_by_id(UUID(payload["row"]))
    _tell(
        payload, entry, "removal", {"who": removal.user_id, "by": removal.removed_by_id}, count=removal.count
    )


def _tell(
    payload: dict[str, Any], entry: OutboxEntry, template: str, people: dict[str, UUID], **facts: object
) -> None:
    recipient = get_user(UUID(payload["to"]))
    if not recipient.is_active:
        return
    names = names_of(people.values())
    school = current_school()
    assert isinstance(school, School)
    context = {part: names[user_id].full for part, user_id in people.items()} | facts
    context["link"] = school_url(school, reverse("people:login", urlconf=URLS))
    subject = f"{settings.BRAND}: alerts were changed at {school.name}"
    send_mail(
        to=recipient.email,
        subject=subject,
        text=render_to_string(f"alerts/mail/{template}.txt", context),
        html=render_to_string(f"alerts/mail/{template}.html", context | {"subject": subject}),
        message_id_key=f"{entry.topic} {entry.key}",
    )


def _named(recipient_id: UUID, categories: Collection[str]) -> list[str]:
    """Names of the categories that this person's mail may hold; none with "Plain alerts" on."""
    if get_settings().plain_alerts:
        return []
    ids = [UUID(category) for category in categories]
    viewable = viewable_by([recipient_id], ids)[recipient_id]
    return [category.name for category in named_for(ids, view_incidents=viewable)]


def _send(
    template: str,
    *,
    subject: str,
    to: str,
    key: str,
    by_id: UUID | None,
    categories: Sequence[str],
    training: str,
    thing: str = "",
) -> None:
    school = current_school()
    assert isinstance(school, School)
    names = names_of([by_id])
    author = names[by_id].formal if by_id in names else ""
    context = {
        # Without both the sentence would be lame: then the plain wording stands.
        "author": author if categories else "",
        "categories": ", ".join(categories),
        "thing": thing,
        "training": TRAINING.get(training, ""),
        "link": school_url(school, reverse("people:login", urlconf=URLS)),
    }
    if training:
        subject = f"[TRAINING] {subject}"
    send_mail(
        to=to,
        subject=subject,
        text=render_to_string(f"alerts/mail/{template}.txt", context),
        html=render_to_string(f"alerts/mail/{template}.html", context | {"subject": subject}),
        message_id_key=key,
    )
